package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newSync(a *app) *cobra.Command {
	var only []string
	var reconcile, allowRemovals bool
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Read what changed in Jira and Linear",
		Long: `Read everything that changed since the last sync, for each configured source,
and store it. A source that cannot be read keeps what was stored before; the
others go on. An interrupted sync goes on where it stopped.

From time to time, as sync: reconcile_every says, it also holds everything that
is stored against everything the trackers still hold, to notice what was deleted
or left the projects. --reconcile does so now. It removes nothing when a tracker
lists nothing at all, and asks for --allow-removals before it removes more than
half of what is stored.`,
		Example: `  fairlead sync
  fairlead sync --source "jira acme.atlassian.net" --format json
  fairlead sync --reconcile`,
		Args: noArgs,
		PreRunE: func(*cobra.Command, []string) error {
			if allowRemovals && !reconcile {
				return usageError{errors.New("--allow-removals confirms what a reconciliation removes\n\tgive --reconcile with it")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			var results []daemon.SyncResult
			if reconcile {
				results, err = f.SyncAndReconcile(cmd.Context(), only, allowRemovals, a.progress())
			} else {
				results, err = f.Sync(cmd.Context(), only, a.progress())
			}
			return errors.Join(a.showSync(results), err)
		},
	}
	cmd.Flags().StringSliceVar(&only, "source", nil, "read only this source (its name; may be repeated)")
	cmd.Flags().BoolVar(&reconcile, "reconcile", false, "also look for tickets that were deleted or moved, due or not")
	cmd.Flags().BoolVar(&allowRemovals, "allow-removals", false, "with --reconcile: confirm the removal of more than half of what is stored")
	a.completeFrom(cmd, "source", (*daemon.Fairlead).SourceNames)
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func (a *app) showSync(results []daemon.SyncResult) error {
	if a.format == "json" {
		return a.printJSON(results)
	}
	for _, r := range results {
		describeSync(a.out, r)
	}
	return nil
}

func describeSync(w io.Writer, r daemon.SyncResult) {
	if r.Error != "" && r.Pages == 0 {
		fmt.Fprintf(w, "%s: not read; what was stored before is kept\n", r.Source)
		return
	}
	fmt.Fprintf(w, "%s: %s read with %s, %d new or changed",
		r.Source, count(r.Tickets, "ticket"), count(r.Changes, "change"), r.Changed)
	if r.Error != "" {
		fmt.Fprint(w, "; stopped early, what was read is kept")
	}
	fmt.Fprintln(w)
	for _, g := range r.Gaps {
		fmt.Fprintf(w, "\tnot told by the tracker: %s\n", g)
	}
	if r.Reconciled != nil {
		describeReconciled(w, *r.Reconciled)
	}
}

func describeReconciled(w io.Writer, r daemon.ReconcileResult) {
	fmt.Fprintf(w, "\theld against the %s the tracker lists: %d read again, %d removed", count(r.Listed, "ticket"), r.Refetched, r.Removed)
	if r.Error != "" {
		fmt.Fprint(w, "; stopped early")
	}
	fmt.Fprintln(w)
	for _, g := range r.Gaps {
		fmt.Fprintf(w, "\tnot told by the tracker: %s\n", g)
	}
}

// count writes a number with its noun: "1 ticket", "2 tickets".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
