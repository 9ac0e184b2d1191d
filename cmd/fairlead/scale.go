package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/scale"
)

func newScale(a *app) *cobra.Command {
	o := scale.Default()
	tracker := string(o.Tracker)
	cmd := &cobra.Command{
		Use:   "scale",
		Short: "Foretell how it does in an organisation of any size",
		Long: `Simulate an organisation, event by event, by a clock of its own: the first reading
of all its tickets, then weeks of everyday work with nights, sprints, sites that are
away and a bulk change. Prints how many requests each tracker gets and how near to its
limit that is, how long the first reading takes, how far fairlead trails the trackers,
what Redis has to hold, how many replicas are needed and what they wait for, and when
Monday's reports have arrived.

It reads no configuration, asks nobody, and takes up to a minute. Trackers are
simulated by what they document; what fairlead itself takes is reckoned from what was
measured (docs/scale.md says how, and what is left out). The same numbers and seed
give the same outcome.`,
		Example: `  fairlead scale
  fairlead scale --teams 300 --tickets 400000 --sites 3 --redis-nodes 1
  fairlead scale --tracker jira --oauth
  fairlead scale --replicas 4 --sync-every 30m --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Tracker = scale.Tracker(tracker)
			r, err := scale.Simulate(cmd.Context(), o, func(doing string) {
				if !a.quiet && a.onTerminal() {
					fmt.Fprintln(a.err, doing)
				}
			})
			var mistake *scale.Mistake
			if errors.As(err, &mistake) {
				return usageError{err}
			}
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(r)
			}
			return r.Text(a.out)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&o.Teams, "teams", o.Teams, "how many teams, each with a project of Jira or a team of Linear")
	flags.IntVar(&o.Tickets, "tickets", o.Tickets, "how many tickets in all")
	flags.IntVar(&o.Sites, "sites", o.Sites, "over how many sites they are spread; the n-th holds 1/√n of what the first holds")
	flags.StringVar(&tracker, "tracker", tracker, "what the sites run: mix (three of Jira Cloud for each of Linear), jira or linear")
	complete(cmd, "tracker", scale.Trackers()...)
	flags.IntVar(&o.TeamsPerSource, "teams-per-source", o.TeamsPerSource, "how many projects of Jira one entry under sources names")
	flags.Float64Var(&o.Changes, "changes", o.Changes, "how often a ticket is changed in a month, on average over all, old ones too")
	flags.Float64Var(&o.Watched, "watched", o.Watched, "how many requests a changed ticket of Jira takes for watchers and remote links")
	flags.DurationVar(&o.Answer, "answer", o.Answer, "how long a tracker takes to answer")
	flags.BoolVar(&o.OAuth, "oauth", o.OAuth, "read each site of Jira by an OAuth application of its own, which has a quota, instead of by API token")
	flags.IntVar(&o.Replicas, "replicas", o.Replicas, "how many replicas of fairlead; 0: as many as are needed")
	flags.IntVar(&o.Cores, "cores", o.Cores, "how many cores each replica has")
	flags.BoolVar(&o.Altered, "altered", o.Altered, "suppose that checks after the first look only at what was altered")
	flags.IntVar(&o.Nodes, "redis-nodes", o.Nodes, "over how many servers of Redis the sources are spread")
	flags.IntVar(&o.BytesPerTicket, "bytes-per-ticket", o.BytesPerTicket, "what a ticket takes in Redis")
	flags.DurationVar(&o.Every, "sync-every", o.Every, "the pause between two rounds, as under sync: every")
	flags.DurationVar(&o.ReconcileEvery, "reconcile-every", o.ReconcileEvery, "how often everything is held against the trackers, as under sync: reconcile_every")
	flags.DurationVar(&o.Within, "within", o.Within, "what is wanted: within so long, 95 of 100 changes are read and checked")
	flags.IntVar(&o.Weeks, "weeks", o.Weeks, "how many weeks of everyday work")
	flags.BoolVar(&o.Quiet, "undisturbed", o.Quiet, "leave out sites that are away and the bulk change")
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "by what chance is drawn")
	a.formatFlag(cmd, "text", "json")
	return cmd
}
