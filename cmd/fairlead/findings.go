package main

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newFindings(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "findings",
		Short: "List what was noticed, show one with its history",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newFindingsList(a), newFindingsShow(a))
	return cmd
}

func newFindingsList(a *app) *cobra.Command {
	var ask daemon.ListRequest
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what is open, or what was",
		Long: `List the ledger as it is told now, what people answered and waived included: the
gravest first, of those the oldest first. It names what only an EM is told, so
think of who reads along. As CSV it is safe to open in a spreadsheet: text that
would be taken for a formula stands behind an apostrophe.`,
		Example: `  fairlead findings list --team payments
  fairlead findings list --state waived
  fairlead findings list --state all --since 2026-11-01 --format csv > findings.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			all, err := f.Findings(cmd.Context(), ask)
			switch {
			case err != nil:
				return err
			case a.format == "json":
				return a.printJSON(all)
			case a.format == "csv":
				return printCSV(a.out, all)
			}
			describeFindings(a.out, all, ask.State)
			return nil
		},
	}
	cmd.Flags().StringVar(&ask.Team, "team", "", "only this team's (its id)")
	cmd.Flags().StringVar(&ask.Rule, "rule", "", "only what this rule noticed")
	cmd.Flags().StringVar(&ask.State, "state", "open", "only what is so now: "+orList(daemon.FindingStates()))
	cmd.Flags().StringVar(&ask.Severity, "severity", "", "only these: "+orList(daemon.Severities()))
	cmd.Flags().StringVar(&ask.Since, "since", "", "only what opened or closed since: a day (its beginning, in UTC), a moment like 2026-09-07 14:00 (UTC), or 3 days ago")
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	a.completeFrom(cmd, "rule", (*daemon.Fairlead).RuleIDs)
	complete(cmd, "state", daemon.FindingStates()...)
	complete(cmd, "severity", daemon.Severities()...)
	a.formatFlag(cmd, "text", "json", "csv")
	return cmd
}

// printCSV writes a table with one row of names.
func printCSV(w io.Writer, all []daemon.Listed) error {
	table := csv.NewWriter(w)
	if err := table.Write(daemon.ListedHeader()); err != nil {
		return err
	}
	for i := range all {
		if err := table.Write(all[i].Record()); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

func describeFindings(w io.Writer, all []daemon.Listed, state string) {
	for i := range all {
		l := &all[i]
		fmt.Fprintf(w, "%s  %-4s  %-32s  %s%s%s, %s%s\n    %s\n", l.ID, l.Severity, l.Rule, l.Key, quotedTitle(l.Title), ofTeam(l.Team), howItStands(l), keptNote(l), l.Reason)
	}
	of := state + " "
	if state == "all" {
		of = ""
	}
	switch len(all) {
	case 0:
		fmt.Fprintf(w, "There is no %sfinding of this kind.\n", of)
	case 1:
		fmt.Fprintf(w, "1 %sfinding\n", of)
	default:
		fmt.Fprintf(w, "%d %sfindings\n", len(all), of)
	}
}

func howItStands(l *daemon.Listed) string {
	switch l.State {
	case "open":
		return "open for " + count(l.Weeks, "week")
	case "aged-out":
		return "aged out " + l.Closed.Format("2 January 2006")
	}
	return l.State + " " + l.Closed.Format("2 January 2006")
}

func keptNote(l *daemon.Listed) string {
	if l.Kept {
		return ", kept back: its rule is silent"
	}
	return ""
}

func newFindingsShow(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show FINDING",
		Short: "Show one finding, and who changed it when and why",
		Long: `Show what was noticed with its evidence, for how long it has been open, the waivers
that cover it, and everything that happened to it: what fairlead noticed, what
people said, and how waivers ran out, each with who, when and why. A finding is
named by its id, the beginning of it, or the ticket or sprint it is about.`,
		Example: `  fairlead findings show PAY-231
  fairlead findings show 83b131a0f4fad683 --format json`,
		Args: oneArg("FINDING", "fairlead findings list lists what is open"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			all, err := f.Show(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return printEach(a, all)
		},
	}
	a.completeFindings(cmd, "open")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

// completeFindings offers the ids of findings in a state as the argument, each
// with what it is about.
func (a *app) completeFindings(cmd *cobra.Command, state string) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		f, err := a.open(cmd)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		all, err := f.Findings(cmd.Context(), daemon.ListRequest{State: state})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var out []string
		for i := range all {
			out = append(out, cobra.CompletionWithDesc(string(all[i].ID), all[i].Key+", "+all[i].Rule))
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}
