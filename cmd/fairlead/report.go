package main

import (
	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newReport(a *app) *cobra.Command {
	var ask daemon.ReportRequest
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Print the week of a team, or of all teams together",
		Long: `Print the weekly report of one team, or of every team, from the ledger. Nothing is
sent. What a reader may see depends on who it is for: the team's channel, the EM and
PM, or the EM alone. For the organisation it holds sums over five people or more and
nobody's name; for a leader, only what is about their own part in the work.`,
		Example: `  fairlead report --team payments
  fairlead report --team payments --week 2026-W46 --format html > week.html
  fairlead report --team payments --for em
  fairlead report --for org
  fairlead report --for leader:dana`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			ask.Format = a.format
			return f.Report(cmd.Context(), a.out, ask)
		},
	}
	cmd.Flags().StringVar(&ask.Team, "team", "", "the team's id (default: every team)")
	cmd.Flags().StringVar(&ask.For, "for", "team", "who reads it: "+orList(daemon.Readers()))
	complete(cmd, "for", daemon.Readers()...)
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	weekFlag(cmd, &ask.Week)
	a.formatFlag(cmd, daemon.ReportFormats()...)
	return cmd
}
