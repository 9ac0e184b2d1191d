package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newDemo(a *app) *cobra.Command {
	var dir, team string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work on simulated trackers, without any account",
		Long: `Start a simulated Jira Cloud, Jira Data Center and Linear on this machine, with
twelve weeks of a made-up company's work, then do what "fairlead run" does: read,
check, report. Prints one team's report and writes those of all teams to a folder,
together with the configuration that was used. Everything stays on this machine.`,
		Example: `  fairlead demo
  fairlead demo --dir /tmp/demo --team growth`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := a.logger()
			if err != nil {
				return err
			}
			done, err := daemon.Demo(cmd.Context(), daemon.DemoOptions{Dir: dir, Team: team, Log: log, Progress: a.progress()})
			if err != nil {
				return err
			}
			fmt.Fprint(a.out, done.Report)
			fmt.Fprintf(a.out, "\nEvery team's report: %s\nWhat only the EMs see: %s\nThe configuration used: %s\n", done.Index, done.ForEMs, done.Config)
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "fairlead-demo", "the folder to write to")
	cmd.Flags().StringVar(&team, "team", daemon.DemoTeams()[0], "whose report to print: "+orList(daemon.DemoTeams()))
	complete(cmd, "team", daemon.DemoTeams()...)
	return cmd
}
