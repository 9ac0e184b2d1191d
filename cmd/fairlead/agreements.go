package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

func newAgreements(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "agreements",
		Short: "Show what a team has agreed to, or write it down as files",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAgreementsShow(a), newAgreementsExport(a))
	return cmd
}

func newAgreementsShow(a *app) *cobra.Command {
	var team, rule string
	var all bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show what holds for a team, and where each value came from",
		Long: `Show what holds for a team: every rule, whether it is on, and each value with
where it came from: as shipped, the organisation's agreement, or the team's own,
with file, line and column, or the page's revision and who saved it. What the organisation has pinned is marked, and so is
a review whose day has come. Without --team it is what the whole organisation has
agreed to. Nothing is sent; the store is opened only where agreements are managed on
pages (dashboard: {agreements: pages}).`,
		Example: `  fairlead agreements show --team payments
  fairlead agreements show --team payments --rule feature-without-problem --all
  fairlead agreements show --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(a.configPath, a.env)
			if err != nil {
				return err
			}
			shown, err := daemon.Agreements(cmd.Context(), cfg, team, rule, time.Now().UTC())
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(shown)
			}
			describeAgreements(a.out, &shown, all || rule != "")
			return nil
		},
	}
	cmd.Flags().StringVar(&team, "team", "", "the team's id (default: the whole organisation)")
	cmd.Flags().StringVar(&rule, "rule", "", "only this rule")
	cmd.Flags().BoolVar(&all, "all", false, "also show values that are as shipped")
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	a.completeFrom(cmd, "rule", (*daemon.Fairlead).RuleIDs)
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func newAgreementsExport(a *app) *cobra.Command {
	var team, into string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write down what was agreed as files of the configuration",
		Long: `Write down what was agreed as files of the configuration hold it, what was changed on
pages laid over what the files say now: for moving from pages to files that are kept
in a repository, or for a look at all of it. With --team it is that team's file;
otherwise the organisation's. With --into everything is written into a folder: what
the organisation says, a file for each team, and each rule whose condition was
changed. Put the agreements and experiments of each in place of those in your own
file. Nothing is changed but that folder.`,
		Example: `  fairlead agreements export --team payments
  fairlead agreements export --into agreed`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(a.configPath, a.env)
			if err != nil {
				return err
			}
			files, err := daemon.ExportAgreements(cmd.Context(), cfg, team)
			if err != nil {
				return err
			}
			return a.export(files, into, team)
		},
	}
	cmd.Flags().StringVar(&team, "team", "", "the team's id (default: the organisation)")
	cmd.Flags().StringVar(&into, "into", "", "a folder to write all files into")
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	return cmd
}

// export prints the one file that was asked for, or writes all of them.
func (a *app) export(files []daemon.ExportedFile, into, team string) error {
	if into != "" {
		if err := daemon.WriteExported(into, files); err != nil {
			return err
		}
		for _, f := range files {
			fmt.Fprintln(a.out, filepath.Join(into, filepath.FromSlash(f.Name)))
		}
		return nil
	}
	for _, f := range files {
		if team != "" || f.Name == daemon.OrganisationFile {
			_, err := io.WriteString(a.out, f.Text)
			return err
		}
	}
	return nil
}

// describeAgreements prints the rules that somebody said something about, then
// those that are as shipped, then those that are off.
func describeAgreements(w io.Writer, shown *daemon.AgreementsShown, all bool) {
	fmt.Fprintf(w, "%s\n", shown.Name)
	var shipped, off []daemon.AgreementShown
	for _, r := range shown.Rules {
		switch {
		case !r.On:
			off = append(off, r)
		case asShipped(&r) && !all:
			shipped = append(shipped, r)
		default:
			describeAgreement(w, &r, all)
		}
	}
	if len(shipped) > 0 {
		fmt.Fprintln(w, "\nAs shipped")
	}
	for i := range shipped {
		fmt.Fprintf(w, "  %-32s  %s\n", shipped[i].Rule, valueOf(&shipped[i], "promise").Value)
	}
	if len(off) > 0 {
		fmt.Fprintln(w, "\nOff")
	}
	for i := range off {
		fmt.Fprintf(w, "  %s%s%s\n", off[i].Rule, because(off[i].Because), saidWhere(valueOf(&off[i], "off")))
	}
}

// asShipped reports whether nobody said anything about the rule.
func asShipped(r *daemon.AgreementShown) bool {
	return !slices.ContainsFunc(r.Values, func(v daemon.ValueShown) bool { return v.From != "shipped" || v.Pinned })
}

func describeAgreement(w io.Writer, r *daemon.AgreementShown, all bool) {
	fmt.Fprintf(w, "\n%s%s\n", r.Rule, because(r.Because))
	more := 0
	for _, v := range r.Values {
		said := v.From != "shipped" || v.Pinned
		switch {
		case v.Name == "off" && said:
			fmt.Fprintf(w, "  on%s\n", saidWhere(v))
		case v.Name == "off":
		case said || all || v.Name == "promise":
			fmt.Fprintf(w, "  %-22s %s%s\n", v.Name, v.Value, saidWhere(v))
		default:
			more++
		}
	}
	if more > 0 {
		fmt.Fprintf(w, "  %s as shipped\n", count(more, "more value"))
	}
	if r.ReviewDue {
		fmt.Fprintln(w, "  the day has come to look at this agreement again")
	}
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ", because " + why
}

// valueOf is the value of the name, and who said it.
func valueOf(r *daemon.AgreementShown, name string) daemon.ValueShown {
	for _, v := range r.Values {
		if v.Name == name {
			return v
		}
	}
	return daemon.ValueShown{From: "shipped"}
}

// saidWhere says who said a value, and where.
func saidWhere(v daemon.ValueShown) string {
	out := " (" + v.From
	if v.Where != "" {
		out += ", " + v.Where
	}
	if v.Pinned {
		out += ", pinned"
	}
	return out + ")"
}
