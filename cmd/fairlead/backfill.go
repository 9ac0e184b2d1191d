package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newBackfill(a *app) *cobra.Command {
	var weeks int
	cmd := &cobra.Command{
		Use:   "backfill",
		Short: "Rebuild past weeks from the tickets' histories",
		Long: `Rebuild past weeks from the tickets' histories wherever nobody has looked yet: all
of them on a new installation, those before a rule, an agreement or a project was
added. fairlead check does so for twelve weeks by itself; this reaches further
back, and tells week by week what was found.

What is recorded stays: findings get their past laid in front, in the order in
which it happened, and what people said lies over it. Of rules whose inputs
trackers keep no history of, only the week just over is taken, as things stand
now. Nothing is read from a tracker.`,
		Example: `  fairlead backfill
  fairlead backfill --weeks 26 --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			r, err := f.Backfill(cmd.Context(), weeks)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(r)
			}
			describeBackfill(a.out, &r)
			return nil
		},
	}
	cmd.Flags().IntVar(&weeks, "weeks", 12, "how many past weeks")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

// rebuiltFor names the rules as long as they are few.
func rebuiltFor(rules []string) string {
	const few = 5
	if len(rules) > few {
		return count(len(rules), "rule")
	}
	return strings.Join(rules, ", ")
}

func describeBackfill(w io.Writer, r *daemon.BackfillResult) {
	if len(r.Weeks) == 0 {
		fmt.Fprintln(w, "There is no week to rebuild: the ledger tells of all of them.")
	} else {
		fmt.Fprintf(w, "%s rebuilt, for %s:\n", count(len(r.Weeks), "week"), rebuiltFor(r.Rules))
	}
	for _, week := range r.Weeks {
		fmt.Fprintf(w, "  %s  %4d opened  %4d closed\n", week.Week, week.Opened, week.Closed)
	}
	if len(r.Untold) > 0 {
		fmt.Fprintf(w, "Of the past of %s trackers keep no whole history: reports leave those weeks out of the trend.\n", strings.Join(r.Untold, ", "))
	}
	for _, source := range r.Waiting {
		fmt.Fprintf(w, "%s waits until it has been read completely.\n", source)
	}
}
