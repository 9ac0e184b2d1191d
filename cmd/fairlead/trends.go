package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newTrends(a *app) *cobra.Command {
	var ask daemon.TrendsRequest
	cmd := &cobra.Command{
		Use:   "trends",
		Short: "Show past weeks in numbers",
		Long: `Show complete weeks in numbers, of a team or of the whole organisation: exceptions
open, new and settled, tickets in flight without one, and how work flowed. They are
kept after each check. docs/trends.md says what each number counts and where its
definition comes from. A number that is not known is shown as -, which is not zero.

CSV holds more: a column for each rule as well. What could be taken for a formula by
a spreadsheet has a ' before it.`,
		Example: `  fairlead trends --team payments
  fairlead trends --team payments --weeks 26 --format csv > payments.csv
  fairlead trends --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			shown, err := f.Trends(cmd.Context(), ask)
			if err != nil {
				return err
			}
			switch a.format {
			case "json":
				return a.printJSON(shown)
			case "csv":
				return writeTrendsCSV(a.out, &shown)
			}
			return describeTrends(a.out, &shown)
		},
	}
	cmd.Flags().StringVar(&ask.Team, "team", "", "the team's id (default: the whole organisation)")
	cmd.Flags().IntVar(&ask.Weeks, "weeks", 12, "how many complete weeks, the latest last")
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	a.formatFlag(cmd, "text", "json", "csv")
	return cmd
}

// column is a column of the table: a number, or how much of how much.
type column struct{ heading, measure, share string }

var columns = []column{
	{heading: "open", measure: "open"}, {heading: "new", measure: "new"}, {heading: "settled", measure: "settled"},
	{heading: "aligned work", share: "aligned"},
	{heading: "cycle days", measure: "cycle-time-median"}, {heading: "85th", measure: "cycle-time-85"}, {heading: "finished", measure: "throughput"},
	{heading: "bugs in", measure: "bugs-in"}, {heading: "out", measure: "bugs-out"},
	{heading: "carried over", share: "carried-over-share"}, {heading: "unplanned", share: "unplanned-share"},
	{heading: "EM aware h", measure: "em-awareness"},
}

// describeTrends prints a table with a line for each week.
func describeTrends(w io.Writer, shown *daemon.TrendsShown) error {
	all := slices.Clone(columns)
	for _, name := range shown.Outside {
		all = append(all, column{heading: name, measure: "outside:" + name})
	}
	fmt.Fprintf(w, "%s\n\n", shown.Name)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "week\t")
	for _, c := range all {
		fmt.Fprintf(table, "%s\t", c.heading)
	}
	fmt.Fprintln(table)
	for i := range shown.Weeks {
		fmt.Fprintf(table, "%s\t", shown.Weeks[i].Week)
		for _, c := range all {
			fmt.Fprintf(table, "%s\t", c.of(&shown.Weeks[i]))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(shown.Marks) > 0 {
		fmt.Fprintln(w)
	}
	for _, m := range shown.Marks {
		fmt.Fprintf(w, "%s: %s (%s)\n", m.Week, m.Text, m.Day)
	}
	_, err := fmt.Fprintln(w, "\n- is not known. What each number counts: docs/trends.md")
	return err
}

func (c column) of(w *daemon.TrendWeek) string {
	if c.share != "" {
		part, whole, known := w.Part(c.share)
		if !known {
			return "-"
		}
		return fmt.Sprintf("%.0f of %.0f", part, whole)
	}
	v, known := w.Values[c.measure]
	if !known {
		return "-"
	}
	return daemon.Shortly(v)
}

// writeTrendsCSV writes a column for every measure that is known of some week.
func writeTrendsCSV(w io.Writer, shown *daemon.TrendsShown) error {
	known := map[string]bool{}
	for i := range shown.Weeks {
		for measure := range shown.Weeks[i].Values {
			known[measure] = true
		}
	}
	measures := slices.Sorted(maps.Keys(known))
	out := csv.NewWriter(w)
	head := []string{"team", "week"}
	for _, m := range measures {
		head = append(head, daemon.NoFormula(m))
	}
	rows := [][]string{head}
	for i := range shown.Weeks {
		row := []string{daemon.NoFormula(shown.Team), shown.Weeks[i].Week}
		for _, m := range measures {
			cell := ""
			if v, has := shown.Weeks[i].Values[m]; has {
				cell = strconv.FormatFloat(v, 'f', -1, 64)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return out.WriteAll(rows)
}

func newExperiments(a *app) *cobra.Command {
	var team string
	cmd := &cobra.Command{
		Use:   "experiments",
		Short: "Show what is tried out and what has come of it",
		Long: `Show every experiment of the configuration, or those that concern a team: what was
expected, how the number was before and since, and the verdict so far: moved as
expected, moved the other way, not moved, or too little data. The organisation's
experiments are shown by the numbers of the whole organisation, with --team by
those of the team. docs/trends.md says how a verdict comes about.`,
		Example: `  fairlead experiments
  fairlead experiments --team payments
  fairlead experiments --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			all, err := f.Experiments(cmd.Context(), team)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(struct {
					Experiments []daemon.ExperimentShown `json:"experiments"`
					Method      string                   `json:"method"`
				}{append([]daemon.ExperimentShown{}, all...), daemon.ExperimentMethod})
			}
			describeExperiments(a.out, all)
			return nil
		},
	}
	cmd.Flags().StringVar(&team, "team", "", "the team's id (default: all experiments)")
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func describeExperiments(w io.Writer, all []daemon.ExperimentShown) {
	if len(all) == 0 {
		fmt.Fprintln(w, "Nothing is tried out: add experiments to fairlead.yaml or a team's file (docs/trends.md shows how).")
		return
	}
	for i := range all {
		describeExperiment(w, &all[i])
	}
	fmt.Fprintln(w, daemon.ExperimentMethod)
}

func describeExperiment(w io.Writer, e *daemon.ExperimentShown) {
	who := "the whole organisation"
	if e.Team != "" {
		who = "team " + e.Team
	}
	state := e.State
	if e.Early {
		state += ", ended earlier than planned"
	}
	fmt.Fprintf(w, "%s (%s), %s to %s, %s\n", e.Name, who, e.Start, e.End, state)
	if e.Hypothesis != "" {
		fmt.Fprintf(w, "  %s\n", e.Hypothesis)
	}
	fmt.Fprintf(w, "  measured by %s, expected: %s\n", e.Measure, e.Expect)
	describeSide(w, "before", e.Before)
	describeSide(w, "since", e.After)
	if e.Verdict != "" {
		fmt.Fprintf(w, "  %s: %s\n", e.Verdict, e.Text)
	}
	if e.Chance != nil {
		fmt.Fprintf(w, "  chance alone would do as much in %s of 100 ways to deal the weeks out\n", daemon.Shortly(100**e.Chance))
	}
	if g := e.Guardrail; g != nil && g.Text != "" {
		fmt.Fprintf(w, "  guardrail %s: %s\n", g.Verdict, g.Text)
	} else if g != nil {
		fmt.Fprintf(w, "  guardrail: %s, %s\n", g.Measure, g.Expect)
	}
	fmt.Fprintln(w)
}

func describeSide(w io.Writer, name string, s *daemon.SideShown) {
	if s == nil {
		return
	}
	fmt.Fprintf(w, "  %-6s %s to %s: ", name, s.First, s.Last)
	if s.Mean == nil {
		fmt.Fprintf(w, "not known in any of %s\n", count(s.Weeks, "week"))
		return
	}
	fmt.Fprintf(w, "%s on average, known in %d of %s\n", daemon.Shortly(*s.Mean), s.Known, count(s.Weeks, "week"))
}
