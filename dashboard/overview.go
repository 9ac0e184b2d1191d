package dashboard

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/trends"
)

// spans are the stretches of weeks that trends are shown over.
var spans = []int{12, 26, 52}

// weeksAsked is the stretch that the address asks for.
func (v *visit) weeksAsked() int {
	n, _ := strconv.Atoi(v.query("weeks"))
	if !slices.Contains(spans, n) {
		return spans[0]
	}
	return n
}

// chip is a choice that lives in the address.
type chip struct {
	link
	Here bool
}

func (v *visit) spanChips() []chip {
	var out []chip
	for _, n := range spans {
		value := strconv.Itoa(n)
		if n == spans[0] {
			value = ""
		}
		out = append(out, chip{link{address(v.r.URL.Path, with(v.r.URL.Query(), "weeks", value)), strconv.Itoa(n) + " weeks"}, n == v.weeksAsked()})
	}
	return out
}

// overviewPage is the first page of everybody.
type overviewPage struct {
	Headline string
	Lead     string
	Spans    []chip
	Aligned  *chart // nil where nothing was counted
	Lines    []multiple
	Rules    []ruleRow
	Teams    []teamRow
	TeamsBy  string // the heading above them
	Hidden   string // why some are told together
	Marks    []chartMark
	Empty    *empty
}

// empty is what stands where there is nothing to show yet: what it means, and one
// next step.
type empty struct {
	Title, Text string
	Next        link
}

// multiple is one of several small pictures on one scale.
type multiple struct {
	Name  string
	Href  string
	Now   string
	Aside string
	Spark spark
}

// ruleRow is a rule with how much is open.
type ruleRow struct {
	multiple
	Rule string
	Open int
}

// teamRow is a team, or several told together, in numbers.
type teamRow struct {
	Name    string
	Href    string // empty where there is no page for the viewer
	Open    int
	Change  string
	Spark   spark
	Aligned string
	Share   spark
}

// group is what numbers are told of together.
type group struct {
	name  string
	href  string
	teams []string
}

// overview shows organisation and teams: to who is in teams theirs, by name, and to
// who leads the numbers of all that may be told.
func (v *visit) overview() error {
	l, t, err := v.reading()
	if err != nil {
		return err
	}
	groups, whose := v.groups()
	if len(groups) == 0 {
		return v.show("overview", v.frame("Overview"), overviewPage{Headline: v.emptyHeadline(), Empty: v.nothingToSee()})
	}
	weeks := weeksTo(v.now, v.clock(nil).loc, v.weeksAsked())
	p := overviewPage{Spans: v.spanChips(), TeamsBy: "By team"}
	s := v.summary(l, t, weeks, v.clock(nil).loc, groups)
	p.Headline = whose + ": " + exceptions(s.open) + s.change() + "."
	p.Lead = s.lead()
	p.Rules, p.Lines = s.byRule(v), s.byFaultLine(v)
	if len(groups) > 1 {
		p.Teams = s.byGroup()
	}
	if v.seesOrganisation() && slices.ContainsFunc(groups, func(g group) bool { return len(g.teams) > 1 }) {
		p.Hidden = "Teams of fewer than five people are told together with others, so that no number speaks of one person."
	}
	marks, err := v.marks(weeks, v.clock(nil).loc, func(team, _ string) bool { return team == "" || slices.Contains(s.teams, team) })
	if err != nil {
		return err
	}
	c := newChart("aligned", "Work in flight without an open exception, percent", "%", weeks, []series{{"aligned", "accent", share(s.clear, s.inFlight)}}, marks)
	p.Aligned = &c
	f := v.frame("Overview")
	f.Plots = true
	return v.show("overview", f, p)
}

// reading is the ledger and the trends as they stand.
func (v *visit) reading() (*Ledger, *Trends, error) {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return nil, nil, err
	}
	t, err := v.s.Data.Trends(v.r.Context())
	return l, t, err
}

// groups are what the viewer is told numbers of, and what to call all of them.
func (v *visit) groups() (out []group, whose string) {
	if v.seesOrganisation() {
		for _, g := range v.s.told(v.now).groups {
			out = append(out, v.groupOf(g))
		}
		slices.SortFunc(out, func(a, b group) int {
			return cmp.Or(cmp.Compare(len(a.teams), len(b.teams)), cmp.Compare(a.name, b.name))
		})
		return out, "The organisation"
	}
	for _, t := range v.named() {
		out = append(out, group{nameOf(t), teamHref(t.ID), []string{t.ID}})
	}
	if len(out) == 0 {
		for _, t := range v.teamsThat(v.tellsNumbers) { // who leads some teams and stands in none
			out = append(out, group{nameOf(t), teamHref(t.ID), []string{t.ID}})
		}
	}
	if len(out) == 1 {
		return out, out[0].name
	}
	return out, "Your " + inWords(len(out)) + " teams"
}

func (v *visit) groupOf(teams []string) group {
	if len(teams) == 1 {
		return group{v.teamName(teams[0]), teamHref(teams[0]), teams}
	}
	names := make([]string, len(teams))
	for i, id := range teams {
		names[i] = v.teamName(id)
	}
	if len(names) > 4 {
		names = append(names[:3:3], inWords(len(names)-3)+" more")
	}
	return group{enumerate(names) + " together", "", teams}
}

func (v *visit) emptyHeadline() string {
	if v.seesOrganisation() {
		return "There is nothing to tell above the teams yet."
	}
	return "You stand in no team at the moment."
}

func (v *visit) nothingToSee() *empty {
	if v.seesOrganisation() {
		return &empty{Title: "Numbers are told of five people or more", Text: "As soon as the directory names five people in teams, their numbers stand here together.", Next: link{"/data", "See what the data rest on"}}
	}
	return &empty{Title: "This page fills with your team's week", Text: "What teams talk about is shown to their people. Ask whoever looks after the org file to give you a seat in yours.", Next: link{"/agreements", "Read what the organisation has agreed"}}
}

// summary is the numbers of some groups over some weeks.
type summary struct {
	ledger   *Ledger
	window   window   // of all teams together
	windows  []window // of each group
	told     []told   // by week; nil where the viewer is in all of the teams
	groups   []group
	teams    []string
	open     int
	before   float64 // at the end of last week; NaN where it is not known
	inFlight []float64
	clear    []float64
}

func (v *visit) summary(l *Ledger, t *Trends, weeks []string, loc *time.Location, groups []group) summary {
	s := summary{ledger: l, groups: groups}
	for _, g := range groups {
		s.teams = append(s.teams, g.teams...)
	}
	if v.onlyNumbers(s.teams) {
		s.told = v.s.toldIn(v.now, loc, weeks)
	}
	all := t.over(weeks)
	s.window = all.masked(s.told, s.teams)
	for _, g := range groups {
		s.windows = append(s.windows, all.masked(s.told, g.teams))
	}
	w := s.window
	s.open = l.Open("", s.teams...)
	s.before = lastWeek(w.sum(trends.Open, s.teams...))
	s.inFlight, s.clear = w.sum(trends.InFlight, s.teams...), w.sum(trends.Clear, s.teams...)
	return s
}

// ofRule is a measure of one rule, of all teams together.
func (s *summary) ofRule(measure, rule string) []float64 {
	w := s.window
	if s.told != nil && len(s.teams) > 1 {
		w = w.without(func(week int) bool { return !s.told[week].rules[rule] })
	}
	return w.sum(trends.OfRule(measure, rule), s.teams...)
}

// lastWeek is the value of the week before the one that runs.
func lastWeek(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	return values[len(values)-2]
}

func (s *summary) change() string {
	if math.IsNaN(s.before) {
		return ""
	}
	return ", " + change(s.open, int(s.before), "at the end of last week")
}

// lead tells how much of the work has none.
func (s *summary) lead() string {
	last := len(s.inFlight) - 1
	for i := last; i >= max(0, last-1); i-- {
		if n, without := s.inFlight[i], s.clear[i]; n > 0 && !math.IsNaN(without) {
			return number(int(without)) + " of " + counted(int(n), "ticket", "tickets") + " in flight " + have(int(without)) + " none."
		}
	}
	return ""
}

func have(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// byRule are the rules with something open or seen lately, the most open first; to
// who is in no team only those that may be told.
func (s *summary) byRule(v *visit) []ruleRow {
	var out []ruleRow
	var lines [][]float64
	for _, r := range v.s.Data.Book().Rules() {
		if v.seesOrganisation() && !v.tellsRule(r.ID) {
			continue
		}
		line := s.ofRule(trends.Open, r.ID)
		n := s.ledger.Open(r.ID, s.teams...)
		if n == 0 && !some(line) {
			continue
		}
		lines = append(lines, line)
		out = append(out, ruleRow{multiple{Name: reports.Clean(r.Title, titleLength), Href: "/rules/" + pathEscape(r.ID), Now: number(n)}, r.ID, n})
	}
	top := topOf(4, lines...)
	for i := range out {
		out[i].Spark = sparkOf(lines[i], top, "Open")
	}
	slices.SortStableFunc(out, func(a, b ruleRow) int { return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(a.Name, b.Name)) })
	return out
}

// some reports whether anything was open in one of the weeks.
func some(values []float64) bool {
	return slices.ContainsFunc(values, func(v float64) bool { return v > 0 })
}

// byFaultLine sums up what is open under each fault line, on one scale.
func (s *summary) byFaultLine(v *visit) []multiple {
	all := v.s.Data.Book().Rules()
	var out []multiple
	var lines [][]float64
	for _, fault := range faultLines {
		line, n, of := unknown(len(s.window.at)), 0, 0
		for _, r := range all {
			if r.FaultLine != fault.ID || v.seesOrganisation() && !v.tellsRule(r.ID) {
				continue
			}
			of++
			line = plus(line, s.ofRule(trends.Open, r.ID))
			n += s.ledger.Open(r.ID, s.teams...)
		}
		if of == 0 {
			continue
		}
		lines = append(lines, line)
		out = append(out, multiple{Name: fault.Name, Now: number(n)})
	}
	top := topOf(4, lines...)
	for i := range out {
		out[i].Spark = sparkOf(lines[i], top, "Open").filled(lines[i], top)
	}
	return out
}

// byGroup are the teams, in the order of the groups, each on the scale of all.
func (s *summary) byGroup() []teamRow {
	out := make([]teamRow, len(s.groups))
	lines := make([][]float64, len(s.groups))
	for i, g := range s.groups {
		lines[i] = s.windows[i].sum(trends.Open, g.teams...)
	}
	top, shares := topOf(4, lines...), s.shares()
	for i, g := range s.groups {
		n := s.ledger.Open("", g.teams...)
		out[i] = teamRow{
			Name: g.name, Href: g.href, Open: n, Spark: sparkOf(lines[i], top, "Open"),
			Aligned: percent(shares[i]), Share: sparkOf(shares[i], 100, "Percent of the work in flight without an open exception"),
		}
		if was := lastWeek(lines[i]); !math.IsNaN(was) {
			out[i].Change = difference(n, int(was))
		}
	}
	return out
}

// shares are the groups' aligned work in percent, where neither it nor what it
// leaves of the whole speaks of too few tickets.
func (s *summary) shares() [][]float64 {
	out := make([][]float64, len(s.groups))
	inFlight := make([][]float64, len(s.groups))
	for i, g := range s.groups {
		inFlight[i] = s.windows[i].sum(trends.InFlight, g.teams...)
		out[i] = share(s.windows[i].sum(trends.Clear, g.teams...), inFlight[i])
	}
	counts, flights := make([]*reports.Flight, len(s.groups)), make([]reports.Flight, len(s.groups))
	for week := range s.window.at {
		for i := range counts {
			counts[i] = nil
			if n := inFlight[i][week]; known(n) {
				flights[i].InFlight = int(n)
				counts[i] = &flights[i]
			}
		}
		for i, told := range reports.ToldShares(counts) {
			if !told {
				out[i][week] = math.NaN()
			}
		}
	}
	return out
}

// percent is the latest share that is known, as people write it.
func percent(values []float64) string {
	if s := lastKnown(values); s != "" {
		return s + " %"
	}
	return "–"
}

// difference is a signed number with a true minus.
func difference(now, before int) string {
	switch {
	case now > before:
		return "+" + number(now-before)
	case now < before:
		return "−" + number(before-now)
	}
	return "±0"
}

func teamHref(id string) string { return "/teams/" + pathEscape(id) }

func pathEscape(s string) string { return url.PathEscape(s) }
