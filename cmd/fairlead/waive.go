package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newWaive(a *app) *cobra.Command {
	var ask daemon.WaiveRequest
	var yes bool
	cmd := &cobra.Command{
		Use:   "waive [FINDING]",
		Short: "Leave something alone until a day, and say why",
		Long: `Leave something alone until a day, and say why: one finding, everything about a
ticket, or what a rule notices about tickets with a label. Until then it is told
to nobody; what is still there afterwards is open again. A waiver has an end, at
most 366 days away, and can be renewed.

Before it is saved you see how much it would cover: what is open now, in which
teams, and how much was open under it over the last 12 weeks. On a terminal it
asks; anywhere else add --yes.

It ends with the day named, in the time zone of the team it concerns; in UTC where
it concerns teams of several zones.`,
		Example: `  fairlead waive PAY-231 --until "6 weeks" --reason "Waits for the audit"
  fairlead waive --ticket PAY-88 --until 2026-12-31 --reason "Moves to Core in January"
  fairlead waive --rule date-imposed --label regulatory --until 2027-03-31 --reason "The law sets these dates" --yes`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("%s takes one FINDING\n\tfairlead findings list lists what is open", cmd.CommandPath())}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&ask.Ticket, "ticket", "", "everything about this ticket (its key)")
	cmd.Flags().StringVar(&ask.Rule, "rule", "", "with --label: what this rule notices")
	cmd.Flags().StringVar(&ask.Label, "label", "", "with --rule: about tickets with this label, in any case")
	cmd.Flags().StringVar(&ask.Until, "until", "", "the last day it holds, like 2026-12-31, or like 6 weeks")
	cmd.Flags().StringVar(&ask.Reason, "reason", "", "why, in a sentence")
	cmd.Flags().BoolVar(&yes, "yes", false, "save it without asking")
	speaker := a.speakerFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f, err := a.open(cmd)
		if err != nil {
			return err
		}
		if ask.Speaker = speaker(); len(args) == 1 {
			ask.Finding = args[0]
		}
		return a.waive(cmd.Context(), f, ask, yes)
	}
	a.completeFrom(cmd, "rule", (*daemon.Fairlead).RuleIDs)
	a.completeFindings(cmd, "open")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

// waive shows what the waiver would cover, asks, and saves it.
func (a *app) waive(ctx context.Context, f *daemon.Fairlead, ask daemon.WaiveRequest, yes bool) error {
	plan, err := f.PlanWaiver(ctx, ask)
	if err != nil {
		return err
	}
	if !yes {
		describePlan(a.err, &plan)
		if err := a.agreed(ctx); err != nil {
			return err
		}
	}
	if plan, err = f.Waive(ctx, plan); err != nil {
		return err
	}
	if a.format == "json" {
		return a.printJSON(plan)
	}
	if yes {
		describePlan(a.out, &plan)
	}
	fmt.Fprintf(a.out, "Saved as waiver %s. It can be ended at any time: fairlead waivers end %s\n", plan.Waiver.ID, plan.Waiver.ID)
	return nil
}

// agreed asks whether to save; an error says that nothing was.
func (a *app) agreed(ctx context.Context) error {
	if !a.canAsk() {
		return usageError{errors.New("nothing was saved: look at what it would cover, and add --yes\n\ton a terminal, fairlead waive asks")}
	}
	d := dialogue{in: bufio.NewReader(a.in), out: a.err}
	answer, err := d.ask(ctx, "Save it? (yes or no)", "no")
	if err != nil {
		return err
	}
	switch strings.ToLower(answer) {
	case "y", "yes":
		return nil
	}
	return usageError{errors.New("nothing was saved")}
}

func either(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// describePlan shows how much a waiver covers.
func describePlan(w io.Writer, p *daemon.WaiverPlan) {
	fmt.Fprintf(w, "Waived: %s\n  until %s, by %s: %s\n", p.Waiver.Covers, untilWords(p.Waiver.Until), p.Waiver.ByName, p.Waiver.Why)
	var teams []string
	for _, t := range p.Breadth.Teams {
		name := t.Team
		if name == "" {
			name = "work that no team owns"
		}
		teams = append(teams, fmt.Sprintf("%d in %s", t.N, name))
	}
	in := ""
	if len(teams) > 0 {
		in = ": " + strings.Join(teams, ", ")
	}
	fmt.Fprintf(w, "  It covers %s%s.\n", either(p.Breadth.Open, "finding that is open now", "findings that are open now"), in)
	switch n := p.Breadth.ForEM; {
	case n == 1:
		fmt.Fprintln(w, "  One of these only the EM is told of; the EM would hear of it no more.")
	case n > 1:
		fmt.Fprintf(w, "  %d of these only the EM is told of; the EM would hear of them no more.\n", n)
	}
	for i := range p.Breadth.Some {
		n := &p.Breadth.Some[i]
		fmt.Fprintf(w, "    %s%s: %s\n", n.Key, quotedTitle(n.Title), n.Reason)
	}
	fmt.Fprintf(w, "  Over the last 12 weeks %s.\n", either(p.Breadth.Lately, "finding was open under it", "findings were open under it"))
	if len(p.Breadth.Labels) > 0 {
		fmt.Fprintf(w, "  Nothing the rule noticed has this label; it has had %s.\n", strings.Join(p.Breadth.Labels[:min(len(p.Breadth.Labels), 10)], ", "))
	}
}
