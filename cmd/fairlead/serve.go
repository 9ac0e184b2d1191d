package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newServe(a *app) *cobra.Command {
	var profiles string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Sync, check and report on a schedule, until stopped",
		Long: `Keep tickets, ledger and reports current: read what changed on the schedule under
"sync" in the configuration, apply the agreements after each reading, and deliver every
team's report once its week is over. With "webhooks" configured, what a tracker's
webhook tells of is read at once. Stops on SIGINT or SIGTERM after storing what was
under way; started again, it goes on there.

The files of the configuration are looked at every ten seconds, tokens in files
included, and on SIGHUP: what they say then takes the place of what they said, without
a restart. Files with mistakes change nothing, and the log says what is wrong.
Environment variables are those that the process was started with.

With --pprof, what Go tells of the running process is told under /debug/pprof/ at an
address of this machine, for go tool pprof.`,
		Example: `  fairlead serve
  fairlead serve --pprof 127.0.0.1:6060
  fairlead serve --log-level info`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if profiles != "" {
				closed, _, err := profiling(cmd.Context(), profiles)
				if err != nil {
					return err
				}
				defer closed()
			}
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.err, "fairlead is running; stop it with Ctrl-C")
			asked := make(chan os.Signal, 1)
			signal.Notify(asked, syscall.SIGHUP)
			defer signal.Stop(asked)
			return f.ServeAndFollow(cmd.Context(), daemon.Reopening{Open: a.load, Asked: asked})
		},
	}
	cmd.Flags().StringVar(&profiles, "pprof", "", "tell profiles of the process at this address of this machine, like 127.0.0.1:6060 (default: nowhere)")
	return cmd
}
