package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

func newRules(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List rules, try them before switching them on, test them",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRulesList(a), newRulesShow(a), newRulesTry(a), newRulesTest(a), newRulesUnmute(a))
	return cmd
}

func newRulesList(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List every rule and where it is in force",
		Long: `List every rule, the shipped ones and those of your own files, with whom it tells
and in how many teams it is in force. Nothing is sent; the store is opened only where
agreements are managed on pages.`,
		Example: `  fairlead rules list
  fairlead rules list --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := a.rulesShown(cmd.Context(), "")
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(all)
			}
			for i := range all {
				r := &all[i]
				fmt.Fprintf(a.out, "%-32s %-4s  told to %-5s  %-14s  %s\n", r.ID, r.Severity, r.Audience, inForce(r), r.Title)
			}
			return nil
		},
	}
	a.formatFlag(cmd, "text", "json")
	return cmd
}

// rulesShown reads the configuration and tells of its rules.
func (a *app) rulesShown(ctx context.Context, rule string) ([]daemon.RuleShown, error) {
	cfg, err := config.Load(a.configPath, a.env)
	if err != nil {
		return nil, err
	}
	return daemon.RulesShown(ctx, cfg, rule)
}

// inForce says in how many teams the rule is.
func inForce(r *daemon.RuleShown) string {
	switch on, all := len(r.InForce), len(r.InForce)+len(r.Off); {
	case all == 0 && r.Unowned, on == all && all > 0:
		return "on"
	case on == 0:
		return "off"
	default:
		return fmt.Sprintf("on in %d of %d", on, all)
	}
}

func newRulesShow(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show RULE",
		Short: "Show one rule: why it matters, when it fires, what can be tuned",
		Long: `Show one rule: why it matters, exactly when it fires, its settings with their
defaults, and the teams in which it is in force. Nothing is sent; the store is opened
only where agreements are managed on pages.`,
		Example: `  fairlead rules show feature-without-problem
  fairlead rules show feature-without-problem --format json`,
		Args: oneArg("RULE", "fairlead rules list lists them"),
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := a.rulesShown(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(all[0])
			}
			describeRule(a.out, &all[0])
			return nil
		},
	}
	a.completeRules(cmd)
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func describeRule(w io.Writer, r *daemon.RuleShown) {
	fmt.Fprintf(w, "%s: %s\n", r.ID, r.Title)
	if r.Why != "" {
		fmt.Fprintf(w, "\n%s\n", r.Why)
	}
	fmt.Fprintf(w, "\nThe promise: %s\nWhat is asked: %s\n", r.Promise, r.Ask)
	if r.Mirror != "" {
		fmt.Fprintf(w, "The leader whose act it was reads alone: %s\n", r.Mirror)
	}
	fmt.Fprintf(w, "Severity %s; told to %s; past weeks from history: %s\n", r.Severity, r.Audience, strings.TrimSpace(r.Replay+". "+r.Untold))
	fmt.Fprintf(w, "\nIt fires for each %s where\n%s\n", r.Scope, indented(r.When))
	if r.GroupBy != "" {
		fmt.Fprintf(w, "told together by\n%s\n", indented(r.GroupBy))
	}
	if r.Having != "" {
		fmt.Fprintf(w, "where all of it together has\n%s\n", indented(r.Having))
	}
	if len(r.Settings) > 0 {
		fmt.Fprintln(w, "\nSettings")
	}
	for _, s := range r.Settings {
		fmt.Fprintf(w, "  %s (%s): %s\n    %s\n", s.Name, s.Type, strings.TrimSpace(s.Default+" "+s.Unit), s.Help)
	}
	fmt.Fprintln(w)
	if len(r.InForce) > 0 {
		fmt.Fprintf(w, "In force for %s\n", strings.Join(r.InForce, ", "))
	}
	for _, off := range r.Off {
		fmt.Fprintf(w, "Off for %s%s\n", off.Team, because(off.Because))
	}
	fmt.Fprintf(w, "%s; fairlead rules try %s shows what it would notice\n", count(r.Tests, "test"), r.ID)
}

func indented(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}

func newRulesTry(a *app) *cobra.Command {
	var ask daemon.TryRequest
	cmd := &cobra.Command{
		Use:   "try [RULE]",
		Short: "Show what a rule would have noticed, before it is switched on",
		Long: `Show what a rule would have noticed over past weeks and now, by week and with
samples: switched on, with other settings, or from a file that is not in the
configuration yet. A changed rule is compared with today's agreement. What is
stored is read; nothing is stored, and nobody is told.`,
		Example: `  fairlead rules try buzzword-driven --team payments
  fairlead rules try feature-without-problem --set min_chars=200 --set "problem_links=[solves, causes]"
  fairlead rules try --file rules/launch-without-runbook.yaml --weeks 26`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 0 && ask.File == "" {
				return usageError{fmt.Errorf("name one rule, or a file with --file\n\tfairlead rules list lists them")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				ask.Rule = args[0]
			}
			r, err := f.Try(cmd.Context(), ask)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(r)
			}
			describeTry(a.out, &r)
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&ask.Set, "set", nil, "a setting to change, as name=value (may be repeated)")
	cmd.Flags().StringVar(&ask.File, "file", "", "a rule file to try, instead of the rule of its id")
	cmd.Flags().IntVar(&ask.Weeks, "weeks", 12, "how many past weeks to look at")
	cmd.Flags().StringVar(&ask.Team, "team", "", "only this team's work (its id; default: everybody's)")
	a.completeRules(cmd)
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func describeTry(w io.Writer, r *daemon.TryResult) {
	of := ""
	if r.Team != "" {
		of = " in the work of " + r.Team
	}
	fmt.Fprintf(w, "%s%s, since %s: would have raised %s, %d open now.\n", r.Rule, of, r.From.Format("2 January 2006"), count(r.Raised, "finding"), r.Open)
	for _, s := range r.Changed {
		fmt.Fprintf(w, "  %s is %s here, and %s today\n", s.Name, s.Tried, s.Today)
	}
	for _, off := range r.Off {
		team := off.Team
		if team == "" {
			team = "work that no team owns"
		}
		fmt.Fprintf(w, "  today it is off for %s%s\n", team, because(off.Because))
	}
	fmt.Fprintf(w, "\n  %-10s %6s %6s %6s\n", "week", "opened", "closed", "open")
	for _, week := range r.Weeks {
		fmt.Fprintf(w, "  %-10s %6d %6d %6d\n", week.Week, week.Opened, week.Closed, week.Open)
	}
	if r.Untold != "" {
		fmt.Fprintf(w, "  The past is not wholly known: %s\n", r.Untold)
	}
	if r.Stopped != "" {
		fmt.Fprintf(w, "  At some of these moments it could not be evaluated: %s\n", r.Stopped)
	}
	describeSamples(w, "Some of it, what is open first", r.Samples)
	if r.Today != nil {
		describeDifference(w, r.Today)
	}
}

func describeDifference(w io.Writer, d *daemon.TryToday) {
	fmt.Fprintf(w, "\nToday's agreement would have raised %s, %d open now. The change raises %d more and %d fewer; of what is open now %d more and %d fewer.\n",
		count(d.Raised, "finding"), d.Open, d.More, d.Fewer, d.MoreOpen, d.FewerOpen)
	describeSamples(w, "Only with the change", d.MoreSamples)
	describeSamples(w, "Only as it is today", d.FewerSamples)
}

func describeSamples(w io.Writer, heading string, all []daemon.Noticed) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", heading)
	for i := range all {
		describeNoticed(w, &all[i])
	}
}

func describeNoticed(w io.Writer, n *daemon.Noticed) {
	since := ""
	if !n.Since.IsZero() {
		since = ", since " + n.Since.Format("2 January 2006")
	}
	fmt.Fprintf(w, "  %s%s%s%s\n    %s\n", n.Key, quotedTitle(n.Title), ofTeam(n.Team), since, n.Reason)
	if n.URL != "" {
		fmt.Fprintf(w, "    %s\n", n.URL)
	}
}

func quotedTitle(title string) string {
	if title == "" {
		return ""
	}
	return fmt.Sprintf(" %q", title)
}

func ofTeam(team string) string {
	if team == "" {
		return ", of no team"
	}
	return ", " + team
}

func newRulesUnmute(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "unmute RULE",
		Short: "Let a rule speak again that fell silent",
		Long: `Let a rule speak again. A rule that suddenly notices more than 30 new things in a
week, and more than three times its usual, falls silent: what is new is recorded
and told to nobody, because more often than not a word of the tracker changed its
meaning. Have a look with fairlead rules try and fairlead explain; if what it
noticed is right, this command tells it. If it was a mistake and is mended, the
rule speaks again by itself.`,
		Example: `  fairlead rules try feature-without-problem
  fairlead rules unmute feature-without-problem`,
		Args: oneArg("RULE", "fairlead check names the rules that are silent"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			m, err := f.Unmute(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(m)
			}
			_, err = fmt.Fprintf(a.out, "%s speaks again. It had been silent since %s; %s told from now on.\n",
				m.Rule, m.Since.Format(time.RFC3339), areOrIs(m.Held, "finding"))
			return err
		},
	}
	a.completeRules(cmd)
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func areOrIs(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return count(n, noun) + " are"
}

// oneArg refuses everything but one argument of the name.
func oneArg(name, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError{fmt.Errorf("%s takes one %s\n\t%s", cmd.CommandPath(), name, hint)}
		}
		return nil
	}
}

// completeRules offers rule ids as the argument.
func (a *app) completeRules(cmd *cobra.Command) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		f, err := a.open(cmd)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f.RuleIDs(), cobra.ShellCompDirectiveNoFileComp
	}
}
