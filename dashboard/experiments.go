package dashboard

import (
	"cmp"
	"context"
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
	return e.Ended == nil && !start.IsZero() && !v.now.Before(start) && (end.IsZero() || v.now.Before(end.AddDate(0, 0, 1)))
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
	Ended     string // by whom and why it was ended early
	EndedWhy  string
	Managed   string // where it is changed, when that is not here
	Ends      string // where the form that ends it goes to; empty where it cannot be
	Withdraws string // where the form that withdraws it goes to
	Reason    string
	Wrong     string
}

type comparedRow struct{ When, Between, Weeks, Mean string }

// experimentAsked is the one in the address; not there for who may not know of it.
func (v *visit) experimentAsked() (*Experiment, error) {
	all, err := v.s.Data.Experiments(v.r.Context())
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(e Experiment) bool { return e.ID == v.r.PathValue("experiment") })
	if i < 0 || !v.seesExperiment(&all[i]) {
		return nil, notThere
	}
	return &all[i], nil
}

func (v *visit) experiment() error {
	e, err := v.experimentAsked()
	if err != nil {
		return err
	}
	return v.experimentWith(http.StatusOK, e, "", "")
}

func (v *visit) experimentWith(status int, e *Experiment, reason, wrong string) (err error) {
	p := experimentPage{trialRow: v.trialRow(e), Expect: clean(e.Expect), Label: clean(e.Label), Guardrail: reports.Clean(e.Guardrail, textLength)}
	p.Headline = p.Name + ": " + experimentVerdict(&p.trialRow) + "."
	p.Reason, p.Wrong = reason, wrong
	v.endings(&p, e)
	f := v.frame(p.Name)
	if !v.seesOutcome(e) {
		p.Hidden = "What came of it is told to the team, and above it where five people or more stand behind the numbers."
		return v.render(status, "experiment", f, p)
	}
	p.Guarded = reports.Clean(e.Guarded, textLength)
	p.Compared = compared(e)
	if p.Chart, err = v.experimentChart(e); err != nil {
		return err
	}
	f.Plots = p.Chart != nil
	return v.render(status, "experiment", f, p)
}

// endings tell how the experiment ended early, and whether the viewer may end or
// withdraw it here. Once its last day has passed, what came of it stays.
func (v *visit) endings(p *experimentPage, e *Experiment) {
	if end := e.Ended; end != nil {
		c := clock{now: v.now, loc: v.zoneOf(e.Team)}
		p.Headline = strings.TrimSuffix(p.Headline, ".") + "; ended early."
		p.Ended, p.EndedWhy = "by "+v.personName(end.By)+" on "+c.day(end.At), reports.Clean(end.Why, reasonLength)
		if planned := end.Planned.In(c.loc); !planned.IsZero() {
			p.Ended += "; its last day was to be " + c.day(planned)
		}
		return
	}
	if !v.access.Changes(e.Team) {
		return
	}
	if p.Managed = clean(cmp.Or(e.KeptIn, v.s.Data.ExperimentsIn())); p.Managed != "" {
		return
	}
	start := e.Start.In(v.zoneOf(e.Team))
	if p.Running {
		p.Ends = p.Href + "/end"
	}
	if p.Running || start.After(v.now) {
		p.Withdraws = p.Href + "/withdraw"
	}
}

// trialElsewhere refuses to change an experiment that is kept in a file.
func (v *visit) trialElsewhere() error {
	if where := cmp.Or(v.trial.KeptIn, v.s.Data.ExperimentsIn()); where != "" {
		return problem{
			Status: http.StatusConflict, Title: "This experiment is kept in " + clean(where), Text: "Nothing was changed here. Change it there; it holds as soon as that is read.",
			Next: link{"/experiments/" + pathEscape(v.trial.ID), "See the experiment"},
		}
	}
	return nil
}

// endExperiment ends it before its last day.
func (v *visit) endExperiment() error {
	return v.ofTrial(v.s.Changes.EndExperiment, "/experiments/"+pathEscape(v.trial.ID)+"?done=ended-early")
}

// withdrawExperiment takes back one that was begun by mistake.
func (v *visit) withdrawExperiment() error {
	return v.ofTrial(v.s.Changes.WithdrawExperiment, "/experiments?done=withdrawn")
}

// ofTrial changes the experiment in the address with the reason in the form, and goes on
// to where what came of that is shown.
func (v *visit) ofTrial(change func(context.Context, Viewer, string, string) error, next string) error {
	if err := v.trialElsewhere(); err != nil {
		return err
	}
	reason, wrong := v.reason()
	if wrong != "" {
		return v.experimentWith(http.StatusUnprocessableEntity, v.trial, reason, wrong)
	}
	err := change(v.r.Context(), v.viewer, v.trial.ID, reason)
	var r *Refusal
	switch {
	case errors.As(err, &r):
		return v.experimentWith(http.StatusUnprocessableEntity, v.trial, reason, reports.Clean(r.Text, textLength))
	case errors.Is(err, ErrChanged):
		return v.experimentWith(http.StatusConflict, v.trial, reason, "Somebody else has changed it meanwhile. Look at what they did, and do it again if you still want to.")
	case err != nil:
		return err
	}
	return v.seeOther(next)
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
	Teams                          []option
	Measures, Guardrails           []optionGroup
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
	p.Measures = v.measureOptions(d.Measure)
	p.Guardrails = append([]optionGroup{{Options: []option{{"", "Nothing", d.Guardrail == ""}}}}, v.measureOptions(d.Guardrail)...)
	return v.render(status, "experiment-form", v.frame("New experiment"), p)
}

// optionGroup are options that stand together under a name; without one for none.
type optionGroup struct {
	Name    string
	Options []option
}

// measureOptions are what an experiment can be about, in groups.
func (v *visit) measureOptions(chosen string) []optionGroup {
	var out []optionGroup
	for _, m := range v.s.Data.Measures() {
		if n, group := len(out), clean(m.Group); n == 0 || out[n-1].Name != group {
			out = append(out, optionGroup{Name: group})
		}
		in := &out[len(out)-1]
		in.Options = append(in.Options, option{m.Name, clean(m.Label), chosen == m.Name})
	}
	return out
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
