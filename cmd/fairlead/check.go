package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newCheck(a *app) *cobra.Command {
	var asOf string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Apply the agreements to what was read and keep the ledger",
		Long: `Apply every agreement in force to the stored tickets and move the ledger of
findings on: what opens, stays, settles or reopens. The first check replays the
past twelve weeks from the tickets' histories, so that reports have a trend
from the beginning. Nothing is read from a tracker. Findings of a source that
could not be read lately are frozen.

With --as-of it is only a look: what a check at that moment would find, by the
agreements of today and the tickets' histories. The ledger stays as it is.`,
		Example: `  fairlead check
  fairlead check --format json
  fairlead check --as-of 2026-09-07
  fairlead check --as-of "3 days ago"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("as-of") {
				return a.look(cmd, f, asOf)
			}
			result, err := f.Check(cmd.Context())
			if err != nil {
				return err
			}
			return a.showCheck(result)
		},
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "only look, as of a day (its end, in UTC), a moment like 2026-09-07 14:00 (UTC), 3 days ago, or now")
	complete(cmd, "as-of", "now")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

// look prints what a check at a moment would find.
func (a *app) look(cmd *cobra.Command, f *daemon.Fairlead, asOf string) error {
	at, err := f.MomentNamed(asOf)
	if err != nil {
		return err
	}
	r, err := f.LookAt(cmd.Context(), at)
	if err != nil {
		return err
	}
	if a.format == "json" {
		return a.printJSON(r)
	}
	describeLook(a.out, &r)
	return nil
}

func describeLook(w io.Writer, r *daemon.LookResult) {
	fmt.Fprintf(w, "As of %s: %s, %s open. This was only a look; the ledger stays as it is.\n",
		r.At.Format("2006-01-02 15:04 UTC"), count(r.Tickets, "ticket"), count(r.Open, "exception"))
	if r.Frozen > 0 {
		fmt.Fprintf(w, "  %d of them are as they were when their source was last read\n", r.Frozen)
	}
	for _, rule := range r.Rules {
		fmt.Fprintf(w, "\n%s: %d open\n", rule.Rule, rule.Open)
		if why := r.Untold[rule.Rule]; why != "" {
			fmt.Fprintf(w, "  not wholly known for the past: %s\n", why)
		}
		for i := range r.Findings {
			if r.Findings[i].Rule == rule.Rule {
				describeNoticed(w, &r.Findings[i])
				fmt.Fprintf(w, "    fairlead explain %s\n", r.Findings[i].ID)
			}
		}
	}
	describeStopped(w, r.Stopped)
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
	for _, m := range r.Muted {
		fmt.Fprintf(w, "  %s is silent: %d new at once, where %.0f a week are usual; %s kept back\n\thave a look with fairlead rules try %s, then fairlead rules unmute %s\n",
			m.Rule, m.New, m.Usual, areOrIs(m.Held, "finding"), m.Rule, m.Rule)
	}
	for _, l := range r.Loud {
		fmt.Fprintf(w, "  %s: %d open%s since the first look\n\tif that is more than expected, look at some with fairlead rules try %s and at the mapping with fairlead doctor --mapping\n",
			l.Rule, l.Open, inSource(l.Source), l.Rule)
	}
	describeStopped(w, r.Stopped)
}

func inSource(source string) string {
	if source == "" {
		return ""
	}
	return " in " + source
}

func describeStopped(w io.Writer, stopped map[string]string) {
	for _, rule := range slices.Sorted(maps.Keys(stopped)) {
		fmt.Fprintf(w, "  %s could not be evaluated; its findings are frozen\n\t%s\n", rule, stopped[rule])
	}
}
