package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newServe(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Sync, check and report on a schedule, until stopped",
		Long: `Keep tickets, ledger and reports current: read what changed on the schedule under
"sync" in the configuration, apply the agreements after each reading, and deliver every
team's report once its week is over. With "webhooks" configured, what a tracker's
webhook tells of is read at once. Stops on SIGINT or SIGTERM after storing what was
under way; started again, it goes on there.`,
		Example: `  fairlead serve
  fairlead serve --log-level info`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.err, "fairlead is running; stop it with Ctrl-C")
			return f.Serve(cmd.Context())
		},
	}
}
