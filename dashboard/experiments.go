package dashboard

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

// trialRow is an experiment in a list.
type trialRow struct {
	Name, Href string
	Team       string
	Hypothesis string
	Days       string
	Verdict    string
	Running    bool
	Text       string
	Strip      []stretch // of the last 26 weeks, while it runs
}

// experimentsPage lists the experiments.
type experimentsPage struct {
	Headline string
	Rows     []trialRow
	Managed  string // where they are kept, when that is not here
	New      bool
	Empty    *empty
}

// seesExperiment reports whether the viewer may know of an experiment.
func (v *visit) seesExperiment(e *Experiment) bool {
	return e.Team == "" || v.access.Configures() || v.tellsNumbers(e.Team)
}

// seesOutcome reports whether the viewer may know what came of it.
func (v *visit) seesOutcome(e *Experiment) bool {
	if e.Team == "" {
		return len(v.s.told(v.now).groups) > 0
	}
	return v.tellsNumbers(e.Team)
}

func (v *visit) experiments() error {
	all, err := v.s.Data.Experiments(v.r.Context())
	if err != nil {
		return err
	}
	p := experimentsPage{Managed: clean(v.s.Data.ExperimentsIn())}
	p.New = p.Managed == "" && v.changesSomething()
	running := 0
	for i := range all {
		if e := &all[i]; v.seesExperiment(e) {
			row := v.trialRow(e)
			p.Rows = append(p.Rows, row)
			if row.Running {
				running++
			}
		}
	}
	switch {
	case running > 0:
		p.Headline = upperFirst(counted(running, "experiment is", "experiments are")) + " running."
	case len(p.Rows) > 0:
		p.Headline = "No experiment is running; " + counted(len(p.Rows), "one has", "have") + " ended."
	default:
		p.Headline = "No experiments yet."
		p.Empty = &empty{Title: "The process is in beta", Text: "An experiment is a change to how you work with a prediction: what should move, by how much, and until when. The weeks before and after are compared, and the verdict is honest about too little data."}
		if p.New {
			p.Empty.Next = link{"/experiments/new", "Begin an experiment"}
		}
	}
	return v.show("experiments", v.frame("Experiments"), p)
}

func (v *visit) trialRow(e *Experiment) trialRow {
	row := trialRow{
		Name: clean(e.Name), Href: "/experiments/" + pathEscape(e.ID), Hypothesis: reports.Clean(e.Hypothesis, textLength),
		Team: "every team", Days: v.daysOf(e), Running: v.runs(e),
	}
	row.Strip = v.trialStrip(e)
	if e.Team != "" {
		row.Team = v.teamName(e.Team)
	}
	if v.seesOutcome(e) {
		row.Verdict, row.Text = clean(e.Verdict), reports.Clean(e.Text, textLength)
	}
	return row
}

func (v *visit) trialStrip(e *Experiment) []stretch {
	loc := v.zoneOf(e.Team)
	start, end := e.Start.In(loc), e.End.In(loc)
	if start.IsZero() {
		return nil
	}
	if !end.IsZero() {
		end = end.AddDate(0, 0, 1)
	}
	return stripOf([]finding.Span{{From: start, To: end}}, v.now, 26)
}

// runs reports whether today is one of its days.
func (v *visit) runs(e *Experiment) bool {
	loc := v.zoneOf(e.Team)
	start, end := e.Start.In(loc), e.End.In(loc)
	return !start.IsZero() && !v.now.Before(start) && (end.IsZero() || v.now.Before(end.AddDate(0, 0, 1)))
}

func (v *visit) zoneOf(team string) *time.Location {
	t, _ := v.dir.Team(team)
	return v.clock(t).loc
}

func (v *visit) daysOf(e *Experiment) string {
	c := clock{now: v.now, loc: v.zoneOf(e.Team)}
	start, end := e.Start.In(c.loc), e.End.In(c.loc)
	switch {
	case start.IsZero():
		return ""
	case end.IsZero():
		return "since " + c.day(start)
	}
	return c.day(start) + " to " + c.day(end)
}

// trialsOf are the experiments of a team and those of everybody, for its page.
func (v *visit) trialsOf(team string) ([]trialRow, error) {
	all, err := v.s.Data.Experiments(v.r.Context())
	if err != nil {
		return nil, err
	}
	var out []trialRow
	for i := range all {
		if e := &all[i]; (e.Team == team || e.Team == "") && v.seesExperiment(e) && len(out) < 5 {
			out = append(out, v.trialRow(e))
		}
	}
	return out, nil
}

// experimentPage is one experiment.
type experimentPage struct {
	trialRow
	Headline  string
	Expect    string
	Label     string
	Guardrail string
	Guarded   string
	Chart     *chart
	Compared  []comparedRow
	Hidden    string
}

type comparedRow struct{ When, Between, Weeks, Mean string }

func (v *visit) experiment() error {
	all, err := v.s.Data.Experiments(v.r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(e Experiment) bool { return e.ID == v.r.PathValue("experiment") })
	if i < 0 || !v.seesExperiment(&all[i]) {
		return notThere
	}
	e := &all[i]
	p := experimentPage{trialRow: v.trialRow(e), Expect: clean(e.Expect), Label: clean(e.Label), Guardrail: reports.Clean(e.Guardrail, textLength)}
	p.Headline = p.Name + ": " + experimentVerdict(&p.trialRow) + "."
	f := v.frame(p.Name)
	if !v.seesOutcome(e) {
		p.Hidden = "What came of it is told to the team, and above it where five people or more stand behind the numbers."
		return v.show("experiment", f, p)
	}
	p.Guarded = reports.Clean(e.Guarded, textLength)
	p.Compared = compared(e)
	if p.Chart, err = v.experimentChart(e); err != nil {
		return err
	}
	f.Plots = p.Chart != nil
	return v.show("experiment", f, p)
}

func experimentVerdict(row *trialRow) string {
	switch {
	case row.Verdict != "" && row.Running:
		return row.Verdict + " so far"
	case row.Verdict != "":
		return row.Verdict
	case row.Running:
		return "running"
	}
	return "ended"
}

func compared(e *Experiment) []comparedRow {
	var out []comparedRow
	for _, side := range []struct {
		when string
		Compared
	}{{"Before", e.Before}, {"Since", e.After}} {
		if side.First == "" {
			continue
		}
		mean := "not known"
		if side.Known > 0 {
			mean = decimal(side.Mean)
		}
		out = append(out, comparedRow{side.when, clean(side.First) + " to " + clean(side.Last), counted(side.Known, "week", "weeks"), mean})
	}
	return out
}

// experimentChart is what is measured, from before it began until now.
func (v *visit) experimentChart(e *Experiment) (*chart, error) {
	t, err := v.s.Data.Trends(v.r.Context())
	if err != nil {
		return nil, err
	}
	teams := []string{e.Team}
	if e.Team == "" {
		teams = nil
		for _, g := range v.s.told(v.now).groups {
			teams = append(teams, g...)
		}
		if !summable(e.Measure) {
			return nil, nil // medians of teams cannot be added up
		}
	}
	loc := v.zoneOf(e.Team)
	weeks := weeksTo(v.now, loc, 26)
	w := t.over(weeks)
	if v.onlyNumbers(teams) {
		by := v.s.toldIn(v.now, loc, weeks)
		w = w.masked(by, teams)
		if rule := ruleOf(e.Measure); rule != "" && len(teams) > 1 {
			w = w.without(func(week int) bool { return !by[week].rules[rule] })
		}
	}
	c := newChart("experiment", clean(cmp.Or(e.Label, e.Measure))+", week by week", "", weeks, []series{{"a week", "accent", w.sum(e.Measure, teams...)}}, nil)
	c.mark(weeks, latestMarks(experimentMarks(e, loc), weeks, loc, v.now))
	return &c, nil
}

// summable reports whether a measure of several teams is the sum of theirs.
func summable(measure string) bool {
	return ruleOf(measure) != "" || slices.Contains([]string{trends.Open, trends.New, trends.Settled, trends.InFlight, trends.Clear, trends.Throughput, trends.BugsIn, trends.BugsOut, trends.CarriedOver, trends.Unplanned}, measure)
}

// ruleOf is the rule that a measure is of; empty when of all, or of none.
func ruleOf(measure string) string {
	for _, m := range []string{trends.Open, trends.New, trends.Settled} {
		if rule, ok := strings.CutPrefix(measure, trends.OfRule(m, "")); ok {
			return rule
		}
	}
	return ""
}

// experimentForm is the form for a new one.
type experimentForm struct {
	Headline                       string
	Draft                          ExperimentDraft
	Teams, Measures, Guardrails    []option
	Errors                         map[string]string
	Expectations, GuardrailExample string
}

func (v *visit) newExperiment() error {
	if where := v.s.Data.ExperimentsIn(); where != "" {
		return managedElsewhere(where)
	}
	start := v.now.In(v.clock(nil).loc)
	d := ExperimentDraft{Start: ticket.Date(start.Format(time.DateOnly)), End: ticket.Date(start.AddDate(0, 0, 56).Format(time.DateOnly))}
	return v.experimentForm(http.StatusOK, d, nil)
}

func managedElsewhere(where string) problem {
	return problem{Status: http.StatusConflict, Title: "Experiments are kept in " + clean(where), Text: "Add it there; it stands here as soon as that is read.", Next: link{"/experiments", "See the experiments"}}
}

func (v *visit) experimentForm(status int, d ExperimentDraft, wrong map[string]string) error {
	p := experimentForm{Headline: "What do you want to try, and what should it move?", Draft: d, Errors: wrong}
	if v.access.Changes("") {
		p.Teams = append(p.Teams, option{"", "Every team", d.Team == ""})
	}
	for _, t := range v.changeable() {
		p.Teams = append(p.Teams, option{t.ID, nameOf(t), d.Team == t.ID})
	}
	p.Guardrails = []option{{"", "Nothing", d.Guardrail == ""}}
	for _, m := range v.s.Data.Measures() {
		p.Measures = append(p.Measures, option{m.Name, clean(m.Label), d.Measure == m.Name})
		p.Guardrails = append(p.Guardrails, option{m.Name, clean(m.Label), d.Guardrail == m.Name})
	}
	return v.render(status, "experiment-form", v.frame("New experiment"), p)
}

// beginExperiment keeps a new experiment.
func (v *visit) beginExperiment() error {
	if where := v.s.Data.ExperimentsIn(); where != "" {
		return managedElsewhere(where)
	}
	field := func(name string) string { return reports.Clean(v.r.PostFormValue(name), longestReason) }
	d := ExperimentDraft{
		Name: field("name"), Hypothesis: field("hypothesis"), Team: field("team"), Measure: field("measure"), Expect: field("expect"),
		Guardrail: field("guardrail"), Guarded: field("guarded"), Start: ticket.Date(field("start")), End: ticket.Date(field("end")),
	}
	if !v.access.Changes(d.Team) {
		return notYoursToChange
	}
	if wrong := v.wrongDraft(&d); len(wrong) > 0 {
		return v.experimentForm(http.StatusUnprocessableEntity, d, wrong)
	}
	id, err := v.s.Changes.Begin(v.r.Context(), v.viewer, d)
	var r *Refusal
	if errors.As(err, &r) {
		return v.experimentForm(http.StatusUnprocessableEntity, d, map[string]string{r.Field: reports.Clean(r.Text, textLength)})
	}
	if err != nil {
		return err
	}
	return v.seeOther("/experiments/" + pathEscape(id) + "?done=begun")
}

// wrongDraft is what stands in the way of keeping it, by field.
func (v *visit) wrongDraft(d *ExperimentDraft) map[string]string {
	wrong := map[string]string{}
	if d.Name == "" {
		wrong["name"] = "Give it a name that the team will recognise."
	}
	if d.Hypothesis == "" {
		wrong["hypothesis"] = "Write what you expect to happen, and why, in a sentence."
	}
	if !slices.ContainsFunc(v.s.Data.Measures(), func(m Measure) bool { return m.Name == d.Measure }) {
		wrong["measure"] = "Choose what it should move."
	}
	if d.Expect == "" {
		wrong["expect"] = "Say by how much it should move, like “down by half”."
	}
	start, startErr := ticket.ParseDate(string(d.Start))
	end, endErr := ticket.ParseDate(string(d.End))
	if startErr != nil || d.Start == "" {
		wrong["start"] = "Choose its first day."
	}
	if endErr != nil || d.End == "" || startErr == nil && end <= start {
		wrong["end"] = "Choose a last day that comes after the first."
	}
	return wrong
}
