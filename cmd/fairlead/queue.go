package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newQueue(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "queue",
		Short: "See the work that several processes share, and try again",
		Long: `Where the store is a Redis, every fairlead serve takes jobs from one queue: readings
of sources, checks, deliveries and reminders. What stands in the way of a job is tried
again with growing pauses and then given up until the next round of the schedule.`,
		Example: `  fairlead queue list
  fairlead queue retry --all`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newQueueList(a), newQueueRetry(a), newQueueDrop(a))
	return cmd
}

func newQueueList(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what waits, and what something stood in the way of",
		Long: `Tell how many jobs of each kind wait, run, are to be tried again and were given up,
who keeps the schedule, and of each job that something stood in the way of: what, how
often it was tried, and what to do.`,
		Example: `  fairlead queue list
  fairlead queue list --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			s, err := f.QueueOrNone(cmd.Context())
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(s)
			}
			return s.Text(a.out)
		},
	}
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func newQueueRetry(a *app) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "retry [KEY]",
		Short: "Have a job done that was given up",
		Long: `Have a job done at once that was given up or waits to be tried again, by the key that
"fairlead queue list" shows; with --all every one that was given up.`,
		Example: `  fairlead queue retry "sync jira acme.atlassian.net"
  fairlead queue retry --all`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all != (len(args) == 0) {
				return usageError{errors.New("name one job, or all that were given up with --all")}
			}
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			key := ""
			if len(args) == 1 {
				key = args[0]
			}
			n, err := f.RetryJob(key)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "%d asked for\n", n)
			return err
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "every job that was given up")
	return cmd
}

func newQueueDrop(a *app) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "drop KEY",
		Short: "Take a job out of the queue",
		Long: `Take a job out of the queue that was given up or waits to be tried again. The reason
goes to the log. What is still to be done is asked for again by the next round of the
schedule: nothing is lost by dropping a job.`,
		Example: `  fairlead queue drop "sync jira old.atlassian.net" --reason "the site is gone"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			if err := f.DropJob(args[0], reason); err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, "dropped")
			return err
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why (needed)")
	return cmd
}
