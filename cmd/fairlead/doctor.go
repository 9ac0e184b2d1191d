package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newDoctor(a *app) *cobra.Command {
	var ask daemon.DoctorRequest
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at everything that reports rest on",
		Long: `Look at everything that reports rest on, and change nothing: whom each tracker
takes fairlead for, permissions that are missing and what is lost without them,
words of the tracker that have no meaning yet, custom fields found, people in
tickets whom org.yaml does not know, EMs whose account is not known, tickets that
no team owns, calendars at addresses and entries that do not count, outside
numbers, rate limits, clocks, how fresh the store is, rules that stopped, reports
that did not reach anybody, when the next ones leave, how long records are kept
and the oldest of each.

Lines that begin with ! would make reports wrong; then the exit code is 1. Lines
of configuration that would mend it can be pasted. A tracker that cannot be
reached keeps nothing else from being looked at.`,
		Example: `  fairlead doctor
  fairlead doctor --source "jira acme.atlassian.net" --mapping
  fairlead doctor --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			seen, err := f.Doctor(cmd.Context(), ask)
			if err != nil {
				return err
			}
			return a.showExamination(&seen)
		},
	}
	cmd.Flags().StringSliceVar(&ask.Sources, "source", nil, "look only at this source (its name; may be repeated)")
	cmd.Flags().BoolVar(&ask.Mapping, "mapping", false, "list every word of the mapping in force")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func (a *app) showExamination(seen *daemon.Examination) error {
	show := func() error { return seen.Text(a.out) }
	if a.format == "json" {
		show = func() error { return a.printJSON(seen) }
	}
	if err := show(); err != nil {
		return err
	}
	if seen.Wrong > 0 {
		return fmt.Errorf("%s would make reports wrong", count(seen.Wrong, "thing"))
	}
	return nil
}
