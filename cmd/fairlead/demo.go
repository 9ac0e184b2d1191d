package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newDemo(a *app) *cobra.Command {
	var dir, team string
	var serve bool
	var listen, as string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work on simulated trackers, without any account",
		Long: `Start a simulated Jira Cloud, Jira Data Center and Linear on this machine and live
through 26 weeks of a made-up company's work: do every Monday what "fairlead run"
does, read, check, report, while its people answer, waive and agree on things in
between. Prints one team's report of the last week and writes those of all teams and
weeks to a folder, together with the configuration that was used. It takes seconds,
and everything stays on this machine.

With --serve it then shows the dashboard of that company, as one of its people sees
it, until you stop it.`,
		Example: `  fairlead demo
  fairlead demo --dir /tmp/demo --team growth
  fairlead demo --serve                as the EM of payments
  fairlead demo --serve --as dana      as a director: sums, and nobody's name`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := a.logger()
			if err != nil {
				return err
			}
			// It lives through half a year with little in memory: most of its time would
			// go into collecting garbage.
			debug.SetGCPercent(400)
			o := daemon.DemoOptions{Dir: dir, Team: team, Log: log, Progress: a.progress()}
			if serve {
				o.Serve, o.As, o.Ready = listen, as, a.showDemo
			}
			done, err := daemon.Demo(cmd.Context(), o)
			if err != nil || serve {
				return err
			}
			a.showDemo(done)
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "fairlead-demo", "the folder to write to")
	cmd.Flags().StringVar(&team, "team", daemon.DemoTeams()[0], "whose report to print: "+orList(daemon.DemoTeams()))
	complete(cmd, "team", daemon.DemoTeams()...)
	cmd.Flags().BoolVar(&serve, "serve", false, "then serve the dashboard until stopped")
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "where to serve it: an address of this machine, port 0 for any free one")
	cmd.Flags().StringVar(&as, "as", "lee", "whose eyes to see it with: lee (EM of payments), sam (PM), mina (engineer), dana (director), nkechi (EM of platform, may configure)")
	complete(cmd, "as", "lee", "sam", "mina", "dana", "nkechi")
	return cmd
}

// showDemo prints what the demo made.
func (a *app) showDemo(done daemon.DemoResult) {
	fmt.Fprint(a.out, done.Report)
	fmt.Fprintf(a.out, "\nEvery team's report: %s\nWhat only the EMs see: %s\nThe configuration used: %s\n", done.Index, done.ForEMs, done.Config)
	if done.URL == "" {
		fmt.Fprintln(a.out, "To see them as pages: the same with --serve")
		return
	}
	fmt.Fprintf(a.out, "\nThe dashboard: %s\nYou see it as %s. Stop it with Ctrl-C.\n\nTo try next:\n", done.URL, done.Viewer)
	for _, next := range demoNext(&done) {
		fmt.Fprintf(a.out, "  %s\n      %s\n", next.at, next.why)
	}
}

// demoStep is something to look at in the demo.
type demoStep struct{ at, why string }

// demoNext are the pages worth opening first.
func demoNext(done *daemon.DemoResult) []demoStep {
	steps := []demoStep{
		{done.URL + "/?weeks=26", "half a year: a bumpy spring, a release everybody hurried for, a quiet summer"},
		{done.URL + "/experiments", "what was tried out, and what came of it"},
		{done.URL + "/findings", "open one: event by event; answer it, or waive it for a while"},
		{done.URL + "/reports", "every week's report as it reads now"},
	}
	for _, as := range []struct{ person, why string }{
		{"lee", "the same as the EM of payments sees it, finding by finding"},
		{"dana", "the same as a director sees it: sums, and nobody's name"},
		{"nkechi", "as the EM of platform sees it, who may configure: under Data, what the configuration does not know yet"},
	} {
		if as.person != done.As {
			steps = append(steps, demoStep{"fairlead demo --serve --as " + as.person, as.why})
		}
	}
	return steps
}
