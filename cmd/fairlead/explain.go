package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newExplain(a *app) *cobra.Command {
	var whyNot, asOf string
	cmd := &cobra.Command{
		Use:   "explain FINDING | --why-not RULE TICKET",
		Short: "Show why something is noticed, or why it is not",
		Long: `Show why a finding is there: the parts of the rule's condition with their values
and the facts in them, event by event, with links. A finding is named by its id,
the beginning of it, or the ticket or sprint it is about.

With --why-not it is the other way round: how a rule looks at a ticket, and what
keeps it from noticing anything: a part of its condition, an exception, a window
that is over, automation, a rule that is off. Nothing is stored.`,
		Example: `  fairlead explain PAY-231
  fairlead explain 83b131a0f4fad683
  fairlead explain --why-not feature-without-problem PAY-180
  fairlead explain --why-not date-imposed PAY-180 --as-of 2026-09-07`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("name one finding, or a rule with --why-not and one ticket\n\tfairlead findings list lists what is open")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			at, err := f.MomentNamed(asOf)
			if err != nil {
				return err
			}
			ask := func() ([]daemon.Explained, error) { return f.Explain(cmd.Context(), args[0], at) }
			if cmd.Flags().Changed("why-not") {
				ask = func() ([]daemon.Explained, error) { return f.WhyNot(cmd.Context(), whyNot, args[0], at) }
			}
			all, err := ask()
			if err != nil {
				return err
			}
			return printEach(a, all)
		},
	}
	cmd.Flags().StringVar(&whyNot, "why-not", "", "the rule that noticed nothing about the ticket")
	cmd.Flags().StringVar(&asOf, "as-of", "now", "the moment to look at: a day (its end, in UTC), a moment like 2026-09-07 14:00 (UTC), 3 days ago, or now")
	a.completeFrom(cmd, "why-not", (*daemon.Fairlead).RuleIDs)
	complete(cmd, "as-of", "now")
	a.formatFlag(cmd, "text", "json")
	return cmd
}
