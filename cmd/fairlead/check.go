package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newCheck(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Apply the agreements to what was read and keep the ledger",
		Long: `Apply every agreement in force to the stored tickets and move the ledger of
findings on: what opens, stays, settles or reopens. The first check replays the
past twelve weeks from the tickets' histories, so that reports have a trend
from the beginning. Nothing is read from a tracker. Findings of a source that
could not be read lately are frozen.`,
		Example: `  fairlead check
  fairlead check --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			result, err := f.Check(cmd.Context())
			if err != nil {
				return err
			}
			return a.showCheck(result)
		},
	}
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func (a *app) showCheck(r daemon.CheckResult) error {
	if a.format == "json" {
		return a.printJSON(r)
	}
	describeCheck(a.out, r)
	return nil
}

func describeCheck(w io.Writer, r daemon.CheckResult) {
	fmt.Fprintf(w, "%s checked: %s open, %d new, %d settled", count(r.Tickets, "ticket"), count(r.Open, "exception"), r.Opened, r.Settled)
	if r.Frozen > 0 {
		fmt.Fprintf(w, ", %d frozen until their source can be read", r.Frozen)
	}
	fmt.Fprintln(w)
	if p := r.Past; p != nil {
		fmt.Fprintf(w, "  the weeks before, not looked at until now: %d opened, %d settled\n", p.Opened+p.Reopened, p.Settled)
	}
	for _, rule := range r.Rules {
		fmt.Fprintf(w, "  %-28s %3d open\n", rule.Rule, rule.Open)
	}
	for rule, why := range r.Stopped {
		fmt.Fprintf(w, "  %s could not be evaluated; its findings are frozen\n\t%s\n", rule, why)
	}
}
