package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

// toStdout is where reports are printed.
const toStdout = "stdout"

func newReport(a *app) *cobra.Command {
	var ask daemon.ReportRequest
	var to string
	var dryRun bool
	targets := append([]string{toStdout}, daemon.SendTargets()...)
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Print the week of a team or of all together, or deliver it now",
		Long: `Print the weekly report of one team, or of every team, from the ledger. Nothing is
sent. What a reader may see depends on who it is for: the team's channel, the EM and
PM, or the EM alone. For the organisation it holds sums over five people or more and
nobody's name; for a leader, only what is about their own part in the work.

With --to, deliver it now to the channels of that kind that the configuration names,
due or not: once, like every delivery. What was delivered before is corrected in its
place where the channel can do that, and otherwise left alone. With --dry-run, print
exactly what would be sent and to whom, and send and store nothing.`,
		Example: `  fairlead report --team payments
  fairlead report --team payments --week 2026-W46 --format html > week.html
  fairlead report --team payments --for em
  fairlead report --for org
  fairlead report --for leader:dana
  fairlead report --team payments --week 2026-W46 --to slack --dry-run
  fairlead report --team payments --week 2026-W46 --to all`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkSending(cmd, to, dryRun, targets); err != nil {
				return err
			}
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			if to != toStdout {
				return a.send(cmd, f, daemon.SendRequest{Team: ask.Team, Week: ask.Week, To: to}, dryRun)
			}
			ask.Format = a.format
			return f.Report(cmd.Context(), a.out, ask)
		},
	}
	cmd.Flags().StringVar(&ask.Team, "team", "", "the team's id (default: every team)")
	cmd.Flags().StringVar(&ask.For, "for", "team", "who reads it, when it is printed: "+orList(daemon.Readers()))
	cmd.Flags().StringVar(&to, "to", toStdout, "where to: "+orList(targets))
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print what --to would send and to whom; send and store nothing")
	complete(cmd, "for", daemon.Readers()...)
	complete(cmd, "to", targets...)
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	weekFlag(cmd, &ask.Week)
	a.formatFlag(cmd, daemon.ReportFormats()...)
	return cmd
}

// checkSending looks whether the flags go together.
func checkSending(cmd *cobra.Command, to string, dryRun bool, targets []string) error {
	format, _ := cmd.Flags().GetString("format")
	switch {
	case !slices.Contains(targets, to):
		return usageError{fmt.Errorf("--to %q: choose %s", to, orList(targets))}
	case to == toStdout && dryRun:
		return usageError{errors.New("--dry-run shows what --to would send\n\tname where to, for example --to slack; without --to nothing is sent anyway")}
	case to != toStdout && cmd.Flags().Changed("for"):
		return usageError{errors.New("--for is for printing: who reads a report that is sent is said where it goes, in the configuration\n\tleave --for out, or leave --to out")}
	case to != toStdout && format != "text" && format != "json":
		return usageError{fmt.Errorf("--format %s is for printing: each channel has a form of its own\n\tchoose text or json for the outcome", format)}
	}
	return nil
}

func (a *app) send(cmd *cobra.Command, f *daemon.Fairlead, ask daemon.SendRequest, dryRun bool) error {
	if !dryRun {
		sent, err := f.Send(cmd.Context(), ask)
		return errors.Join(a.showSent(sent, err), err)
	}
	seen, err := f.Preview(cmd.Context(), ask)
	if err != nil {
		return err
	}
	if a.format == "json" {
		return a.printJSON(seen)
	}
	return daemon.PreviewText(a.out, seen)
}
