package dashboard

import (
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
)

// How much one answer tells.
const (
	mostMeasures = 8
	mostWeeks    = 104
)

var trendParams = []param{
	{Name: "team", Help: "The id of a team. Without it: everything that is told to the viewer together, as on the overview."},
	{Name: "measure", Help: "What is counted; docs/trends.md tells each. Up to 8, open without it. Of one rule alone: open:RULE, new:RULE, settled:RULE.", Many: true, Most: mostMeasures, Default: trends.Open},
	{Name: "weeks", Help: "How many weeks, up to the one that runs.", Number: true, Most: mostWeeks, Default: "12"},
}

// parts are the measures that are a part of a whole.
var parts = map[string][2]string{
	trends.Aligned: {trends.Clear, trends.InFlight}, trends.CarriedOverShare: {trends.CarriedOver, trends.CarriedOverOf}, trends.UnplannedShare: {trends.Unplanned, trends.UnplannedOf},
}

// plainMeasures are those that a snapshot of any team may hold.
var plainMeasures = []string{
	trends.Open, trends.New, trends.Settled, trends.InFlight, trends.Clear, trends.Aligned, trends.CycleMedian, trends.Cycle85, trends.Throughput, trends.BugsIn, trends.BugsOut,
	trends.CarriedOver, trends.CarriedOverOf, trends.CarriedOverShare, trends.Unplanned, trends.UnplannedOf, trends.UnplannedShare, trends.AwarenessHours, trends.AwarenessOf,
}

// measures are all that may be asked for.
func (v *visit) measures() []string {
	out := slices.Clone(plainMeasures)
	for _, rule := range v.ruleIDs() {
		out = append(out, trends.OfRule(trends.Open, rule), trends.OfRule(trends.New, rule), trends.OfRule(trends.Settled, rule))
	}
	for _, m := range v.s.Data.Measures() {
		if !slices.Contains(out, m.Name) {
			out = append(out, m.Name)
		}
	}
	return out
}

// apiTrends answers with numbers week by week: of one team, or of all that is told to
// the viewer.
func (v *visit) apiTrends() error {
	known := v.measures()
	for _, m := range v.asked["measure"] {
		if !slices.Contains(known, m) {
			return wrongMeasure(unknownWord(m, known))
		}
	}
	l, tr, err := v.reading()
	if err != nil {
		return err
	}
	groups, whose := v.groups()
	loc := v.clock(nil).loc
	if id := v.asked.get("team"); id != "" {
		t, err := v.teamAsked(id)
		if err != nil {
			return err
		}
		groups, whose, loc = []group{{nameOf(t), teamHref(t.ID), []string{t.ID}}}, nameOf(t), t.Location
	}
	return v.trendsOf(l, tr, groups, whose, loc)
}

// teamAsked is a team whose numbers the viewer is told.
func (v *visit) teamAsked(id string) (*org.Team, error) {
	t, known := v.dir.Team(id)
	switch {
	case !known:
		return nil, wrongRequest(http.StatusBadRequest, "That query is not understood", []api.FieldError{{Field: "team", Text: unknownWord(id, idsOf(v.dir.Teams()))}})
	case !v.access.SeesTeam(id):
		return nil, notYours
	case !v.tellsNumbers(id):
		return nil, problem{Status: http.StatusForbidden, Title: "Fewer than five people stand behind these numbers", Text: "So that no number speaks of one person, they are told together with those of other teams: ask without a team."}
	}
	return t, nil
}

func wrongMeasure(text string) error {
	return wrongRequest(http.StatusBadRequest, "That query is not understood", []api.FieldError{{Field: "measure", Text: text}})
}

func (v *visit) trendsOf(l *Ledger, tr *Trends, groups []group, whose string, loc *time.Location) error {
	out := api.Trends{Weeks: weeksTo(v.now, loc, v.asked.number("weeks")), Series: []api.Series{}}
	if len(groups) == 0 {
		return v.answerJSON(out)
	}
	s := v.summary(l, tr, out.Weeks, loc, groups)
	for _, m := range v.asked["measure"] {
		if len(s.teams) > 1 && parts[m][0] == "" && !summable(m) {
			return wrongMeasure("The " + m + " of several teams cannot be added up: name a team.")
		}
		out.Series = append(out.Series, api.Series{Measure: m, Name: whose, Teams: s.teams, Values: nullable(v.together(&s, m))})
		if len(groups) > 1 {
			out.Series = append(out.Series, s.apart(m)...)
		}
	}
	return v.answerJSON(out)
}

// together is a measure of all groups: of one rule where that may be told, and of one
// person where the viewer answers for their team.
func (v *visit) together(s *summary, measure string) []float64 {
	if rule := ruleOf(measure); rule != "" {
		if v.seesOrganisation() && !v.tellsRule(rule) {
			return unknown(len(s.window.at))
		}
		return s.ofRule(measure[:len(measure)-len(rule)-1], rule)
	}
	if p, ok := parts[measure]; ok {
		return share(s.window.sum(p[0], s.teams...), s.window.sum(p[1], s.teams...))
	}
	if (measure == trends.AwarenessHours || measure == trends.AwarenessOf) && !v.access.Changes(s.teams[0]) {
		return unknown(len(s.window.at))
	}
	return s.window.sum(measure, s.teams...)
}

// apart is a measure of each group, where the overview tells those apart.
func (s *summary) apart(measure string) []api.Series {
	var lines [][]float64
	switch measure {
	case trends.Open:
		for i, g := range s.groups {
			lines = append(lines, s.windows[i].sum(trends.Open, g.teams...))
		}
	case trends.Aligned:
		lines = s.shares()
	}
	var out []api.Series
	for i, line := range lines {
		out = append(out, api.Series{Measure: measure, Name: s.groups[i].name, Teams: s.groups[i].teams, Values: nullable(line)})
	}
	return out
}

// nullable is a line as JSON holds it: what is not known is null.
func nullable(line []float64) []*float64 {
	out := make([]*float64, len(line))
	for i := range line {
		if !math.IsNaN(line[i]) {
			out[i] = &line[i]
		}
	}
	return out
}
