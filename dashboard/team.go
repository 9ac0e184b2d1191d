package dashboard

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
)

// teamListPage lists the teams that there are pages for.
type teamListPage struct {
	Headline string
	Rows     []listedTeam
	Empty    *empty
}

type listedTeam struct {
	Name, Href string
	EMs, PMs   string
	People     int
	Agreements int
	Agreed     string // where they stand
	Numbers    bool   // there is a page of its numbers
	Open       int
}

// teamList lists teams with who looks after them.
func (v *visit) teamList() error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	var p teamListPage
	mine := 0
	for _, t := range v.listedTeams() {
		row := listedTeam{
			Name: nameOf(t), EMs: v.seated(t.EMs), PMs: v.seated(t.PMs), People: len(peopleOf(t, v.now)),
			Agreements: len(v.s.Data.Book().RulesOf(t.ID)), Agreed: agreementsHref(t.ID),
		}
		if v.access.SeesTeam(t.ID) {
			row.Href = teamHref(t.ID)
		}
		if row.Numbers = v.tellsNumbers(t.ID); row.Numbers {
			row.Open = l.Open("", t.ID)
		}
		if v.inTeam(t.ID) {
			mine++
		}
		p.Rows = append(p.Rows, row)
	}
	switch {
	case len(p.Rows) == 0:
		p.Headline, p.Empty = v.emptyHeadline(), v.nothingToSee()
	case mine == len(p.Rows):
		p.Headline = "You are in " + counted(mine, "team", "teams") + "."
	case mine == 0:
		p.Headline = counted(len(p.Rows), "team", "teams") + ", none of them yours."
	default:
		p.Headline = counted(len(p.Rows), "team", "teams") + ", " + inWords(mine) + " of them yours."
	}
	return v.show("teams", v.frame("Teams"), p)
}

// listedTeams are the teams that the viewer may know the people of.
func (v *visit) listedTeams() []*org.Team {
	return v.teamsThat(func(id string) bool { return v.access.SeesTeam(id) || v.access.Configures() })
}

// seated names those who have a seat now.
func (v *visit) seated(seats []org.Seat) string {
	var names []string
	for _, s := range seats {
		if s.Holds(v.now) {
			names = append(names, v.personName(s.Person))
		}
	}
	return enumerate(names)
}

// teamPage is one team: how it goes, what is open, what it tries out.
type teamPage struct {
	Headline, Lead string
	Spans          []chip
	Chart          *chart
	Lines          []multiple
	Rules          []ruleRow
	Numbers        []flowRow
	NumbersOf      string
	Findings       []item
	More           link
	Narrow         string // what only this reader sees beside it
	Experiments    []trialRow
	Links          []link
	Empty          *empty
}

// flowRow is a flow number of the latest week that is over.
type flowRow struct {
	Label, Value, Before string
	Spark                spark
}

const findingsOfTeam = 8

// team shows a team: with its findings to its people, its numbers alone to who
// leads it.
func (v *visit) team() error {
	t, _ := v.dir.Team(v.r.PathValue("team"))
	l, tr, err := v.reading()
	if err != nil {
		return err
	}
	f := v.frame(nameOf(t))
	if !v.tellsNumbers(t.ID) {
		return v.show("team", f, teamPage{Headline: nameOf(t) + " is told together with other teams.", Links: []link{{agreementsHref(t.ID), "What " + nameOf(t) + " has agreed"}},
			Empty: &empty{Title: "Fewer than five people stand behind these numbers", Text: "So that no number speaks of one person, they are told together with those of other teams.", Next: overviewNext}})
	}
	weeks := weeksTo(v.now, t.Location, v.weeksAsked())
	s := v.summary(l, tr, weeks, t.Location, []group{{nameOf(t), teamHref(t.ID), []string{t.ID}}})
	p := teamPage{Headline: nameOf(t) + ": " + exceptions(s.open) + s.change() + ".", Lead: s.lead(), Spans: v.spanChips(), Links: v.teamLinks(t)}
	p.Rules, p.Lines = s.byRule(v), s.byFaultLine(v)
	marks, err := v.marks(weeks, t.Location, func(team, _ string) bool { return team == "" || team == t.ID })
	if err != nil {
		return err
	}
	c := newChart("open", "Exceptions open at the end of each week", "", weeks, s.flowLines(), marks)
	p.Chart, f.Plots = &c, true
	p.Numbers, p.NumbersOf = v.flow(s, t), weeks[max(0, len(weeks)-2)]
	if v.inTeam(t.ID) {
		p.Findings, p.More, p.Narrow = v.openOf(l, t, s.open)
	}
	p.Experiments, err = v.trialsOf(t.ID)
	if err != nil {
		return err
	}
	return v.show("team", f, p)
}

// flowLines are what is open and what settled, week by week.
func (s *summary) flowLines() []series {
	return []series{
		{"open", "accent", s.window.sum(trends.Open, s.teams...)},
		{"settled", "settled", s.window.sum(trends.Settled, s.teams...)},
	}
}

func (v *visit) teamLinks(t *org.Team) []link {
	out := []link{{agreementsHref(t.ID), "What " + nameOf(t) + " has agreed"}}
	if v.inTeam(t.ID) {
		out = append(out, link{"/reports?" + "team=" + queryEscape(t.ID), "Weekly reports"})
	}
	return out
}

// openOf are the gravest open findings of a team that the viewer sees, and how many
// of all are for narrower circles.
func (v *visit) openOf(l *Ledger, t *org.Team, whole int) ([]item, link, string) {
	found := l.Find(Query{Sees: v.access.SeesAudience, Team: t.ID, State: finding.Open}, 0, findingsOfTeam)
	narrow := ""
	if more := found.Total - whole; more > 0 {
		narrow = counted(more, "more is", "more are") + " told to you and not to the whole team."
	}
	more := link{}
	if found.Total > len(found.Items) {
		more = link{"/findings?team=" + queryEscape(t.ID), "All " + number(found.Total) + " open findings"}
	}
	return v.items(l, found.Items), more, narrow
}

// measured is a flow number and how to tell it.
type measured struct {
	label, unit string
	part, whole string // whole is empty for a plain number
	onePerson   bool   // it speaks of the one EM of a team
}

var flowNumbers = []measured{
	{"Tickets finished", "", trends.Throughput, "", false},
	{"Cycle time, median", "days", trends.CycleMedian, "", false},
	{"Cycle time, 85th percentile", "days", trends.Cycle85, "", false},
	{"Bugs created", "", trends.BugsIn, "", false},
	{"Bugs finished", "", trends.BugsOut, "", false},
	{"Work carried over to another sprint", "%", trends.CarriedOver, trends.CarriedOverOf, false},
	{"Finished work that was not planned", "%", trends.Unplanned, trends.UnplannedOf, false},
	{"Until the EM took part, median", "hours", trends.AwarenessHours, "", true},
}

// flow tells the flow numbers of the latest week that is over, with that before.
// What speaks of one person is for who answers for the team.
func (v *visit) flow(s summary, t *org.Team) []flowRow {
	all := slices.Clone(flowNumbers)
	for _, m := range v.s.Data.Measures() {
		if strings.HasPrefix(m.Name, trends.Outside("")) {
			all = append(all, measured{label: clean(m.Label), part: m.Name})
		}
	}
	var out []flowRow
	for _, m := range all {
		values := s.window.sum(m.part, t.ID)
		if m.whole != "" {
			values = share(values, s.window.sum(m.whole, t.ID))
		}
		if !slices.ContainsFunc(values, known) || m.onePerson && !v.access.Changes(t.ID) {
			continue
		}
		out = append(out, flowRow{m.label, valueAt(values, 2, m.unit), valueAt(values, 3, m.unit), sparkOf(values, topOf(1, values), m.label)})
	}
	return out
}

func known(v float64) bool { return !math.IsNaN(v) }

// valueAt is the value so many weeks from the end, with its unit.
func valueAt(values []float64, fromEnd int, unit string) string {
	if len(values) < fromEnd || math.IsNaN(values[len(values)-fromEnd]) {
		return "not known"
	}
	s := decimal(values[len(values)-fromEnd])
	if unit != "" {
		s += " " + unit
	}
	return s
}

func agreementsHref(team string) string {
	if team == "" {
		return "/agreements"
	}
	return teamHref(team) + "/agreements"
}

func agreementHref(team, rule string) string { return agreementsHref(team) + "/" + pathEscape(rule) }

// ageOf is for how long the latest stretch of a finding lasted or lasts.
func ageOf(f *finding.Finding, now time.Time) time.Duration {
	last := f.Spans[len(f.Spans)-1]
	if !last.To.IsZero() && last.To.Before(now) {
		return last.To.Sub(last.From)
	}
	return max(0, now.Sub(last.From))
}
