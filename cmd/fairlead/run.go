package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newRun(a *app) *cobra.Command {
	var week string
	var deliver bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Sync, check, report and remind once",
		Long: `Read what changed, apply the agreements, and deliver every report that is due and
has not been delivered: of the last complete week, to the channels under "reports" in
the configuration and in the teams' own files. Made for a cron job. Where those name
no time, a report is due as soon as its week is over; where they do, not before. What
was delivered stays, but for files, which are written anew when the report has changed.
With --week, every report of that week leaves that has not left, due or not. Then the
reminders that are due are sent: see fairlead remind.
With --deliver=false it reads and checks, and leaves reports and reminders to another run.
When a source cannot be read, the reports say so and the exit code is 1; it is also 1
when a report could not be delivered, which does not hold up the others.`,
		Example: `  fairlead run
  fairlead run --deliver=false
  fairlead run --week 2026-W46 --quiet`,
		Args: noArgs,
		PreRunE: func(*cobra.Command, []string) error {
			if !deliver && week != "" {
				return usageError{errors.New("--week says which reports are delivered, and --deliver=false that none is\n\tgive one of them")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			run := f.ReadAndCheck
			if deliver {
				run = func(ctx context.Context, observe func(daemon.Progress)) (daemon.RunResult, error) {
					return f.Run(ctx, week, observe)
				}
			}
			result, err := run(cmd.Context(), a.progress())
			return errors.Join(a.showRun(result), err)
		},
	}
	cmd.Flags().BoolVar(&deliver, "deliver", true, "deliver the reports and reminders that are due; false leaves them to another run")
	cmd.Flags().StringVar(&week, "week", "", "report this week, due or not: last, this, or like 2026-W46 (default: what is due)")
	complete(cmd, "week", daemon.Weeks()...)
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func (a *app) showRun(r daemon.RunResult) error {
	if a.format == "json" {
		return a.printJSON(r)
	}
	for _, s := range r.Syncs {
		describeSync(a.out, s)
	}
	if r.Check != nil {
		describeCheck(a.out, *r.Check)
	}
	for _, w := range r.Reports {
		fmt.Fprintf(a.out, "%s, %s, for %s: %s\n", cmp.Or(w.Team, "the organisation"), w.Week, w.For, w.Place)
	}
	if r.Reminded != nil {
		describeReminded(a.out, r.Reminded, false)
	}
	return nil
}

func weekFlag(cmd *cobra.Command, week *string) {
	cmd.Flags().StringVar(week, "week", "last", "the week to report: last, this, or like 2026-W46")
	complete(cmd, "week", daemon.Weeks()...)
}
