package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
)

// OrgInputs is all that the organisation's report is made from. The report holds
// sums over groups of people that are large enough, and names nobody and no
// ticket.
type OrgInputs struct {
	// Name of the organisation; empty: "All teams".
	Name string
	// Week reported on in the zone of the organisation; of each team, the week of
	// the same number in its own zone counts.
	Week org.Week
	// Now is when the report is made.
	Now time.Time
	// Location and Locale are those of whoever reads it.
	Location *time.Location
	Locale   string
	// Teams are those that existed in the week, in any order.
	Teams []OrgTeam
	// Trials are the experiments of the organisation as a whole.
	Trials []TrialInput
	// Promises are the organisation's words for its agreements, by rule id.
	Promises map[string]string
	// Silent are the rules that fell silent.
	Silent []finding.Mute
	// Widespread are the rules of which something is open in most teams.
	Widespread map[string]finding.Spread
	// Sources says how well each source could be read.
	Sources []Health
	// Link is the address of a page that shows more; may be empty.
	Link string
}

// OrgTeam is a team as the organisation's report counts it.
type OrgTeam struct {
	Team Team
	// Existed is when there was such a team, and Seats are all its places: members,
	// EM and PM.
	Existed org.Span
	Seats   []org.Seat
	// Agreements, Findings, Flights, Snapshots and Trials as for the team's own
	// report. What was so at the ends of earlier weeks is told from snapshots
	// alone: they do not change when teams or agreements do, so that two reports
	// never differ about a week that both tell.
	Agreements []Agreement
	Findings   []finding.Finding
	Flights    []finding.Flight
	Snapshots  []trends.Snapshot
	Trials     []TrialInput
}

const allTeams = "All teams"

// BuildOrg makes the organisation's report. It is pure.
func BuildOrg(in OrgInputs) Report {
	v := newOrgView(in)
	r := v.frame()
	if len(v.groups) == 0 {
		r.Headline = "There is nothing to tell above the teams yet: numbers are told of five people or more."
		r.Counts, r.StillOpen.Weeks, r.Data = Counts{}, []string{}, v.own.data()
		return r
	}
	r.Counts = v.counts()
	r.Headline = v.headline(r.Counts)
	r.InFlight = inFlight(r.Counts)
	r.Trend = v.total()
	r.Teams = v.teams()
	r.Conditions = v.conditions()
	r.StillOpen = v.agreements()
	r.Experiments, r.MoreExperiments = v.experiments()
	r.Data, r.Sources = v.own.data(), v.own.sources()
	return r
}

// orgView is a build's look at its inputs.
type orgView struct {
	in     OrgInputs
	own    view // of the organisation's week, for dates and data
	teamsV []teamView
	// groups are those told at the end of each of the twelve weeks, oldest first;
	// those of the reported one are groups.
	past   [trendWeeks]told
	groups [][]string
}

// told is what may be told of one moment.
type told struct {
	groups map[string]bool // by the teams in them
	rules  map[string]bool
}

// teamView is a team's week as its own report sees it.
type teamView struct {
	OrgTeam
	counts    Counts
	open      map[string]int // by rule
	snapshots map[string]trends.Snapshot
}

func newOrgView(in OrgInputs) *orgView {
	v := &orgView{in: in, own: newView(Inputs{
		Team: Team{Location: in.Location, Locale: in.Locale}, Week: in.Week, Now: in.Now, Sources: in.Sources,
	})}
	for i := range in.Teams {
		if t := newTeamView(in, &in.Teams[i]); len(t.rules()) > 0 {
			v.teamsV = append(v.teamsV, t)
		}
	}
	slices.SortFunc(v.teamsV, func(a, b teamView) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Team.Name), strings.ToLower(b.Team.Name)), strings.Compare(a.Team.ID, b.Team.ID))
	})
	for i := range v.past {
		var all []crowd
		v.past[i], v.groups, all = v.toldAt(in.Week.Before(trendWeeks - 1 - i))
		v.own.in.People = len(distinct(all, nil))
	}
	return v
}

func newTeamView(in OrgInputs, t *OrgTeam) teamView {
	loc := t.Team.Location
	if loc == nil {
		loc = time.UTC
	}
	week, err := org.ParseWeek(in.Week.String(), loc)
	if err != nil {
		week = in.Week // cannot be: the week wrote itself
	}
	v := newView(Inputs{
		Team: t.Team, Week: week, Now: in.Now, Findings: t.Findings, Flights: t.Flights, Agreements: t.Agreements, Silent: in.Silent,
	})
	fs := v.forWhom(openToTeam...)
	out := teamView{OrgTeam: *t, counts: v.counts(v.sortByFate(fs)), open: map[string]int{}, snapshots: map[string]trends.Snapshot{}}
	for _, f := range fs {
		if f.OpenAt(v.asOf) {
			out.open[f.Rule]++
		}
	}
	for _, s := range t.Snapshots {
		out.snapshots[s.Week] = s
	}
	return out
}

// rules are the agreements of the team that are told to it as a whole.
func (t *teamView) rules() []string {
	var out []string
	for _, a := range t.Agreements {
		if a.Stage != StageWatch && a.Tell != finding.ForEM && a.Tell != finding.ForEMPM {
			out = append(out, a.Rule)
		}
	}
	return out
}

// crowdAt is who was in the team at the end of the week of that number.
func (t *teamView) crowdAt(w org.Week) (crowd, bool) {
	at := w.End.Add(-1)
	if !t.Existed.Holds(at) {
		return crowd{}, false
	}
	c := crowd{team: t.Team.ID, rules: t.rules()}
	for _, s := range t.Seats {
		if s.Holds(at) && !slices.Contains(c.people, s.Person) {
			c.people = append(c.people, s.Person)
		}
	}
	return c, true
}

// toldAt works out what may be told of the end of a week, from who was where then.
func (v *orgView) toldAt(w org.Week) (told, [][]string, []crowd) {
	var all []crowd
	for i := range v.teamsV {
		if c, there := v.teamsV[i].crowdAt(w); there {
			all = append(all, c)
		}
	}
	groups := toldGroups(all)
	out := told{groups: map[string]bool{}, rules: map[string]bool{}}
	for _, g := range groups {
		out.groups[strings.Join(g, "\x00")] = true
	}
	if len(groups) > 0 {
		for _, r := range toldRules(all, groups) {
			out.rules[r] = true
		}
	}
	return out, groups, all
}

func (v *orgView) frame() Report {
	name := clean(cmp.Or(v.in.Name, allTeams), nameLength)
	r := Report{
		Version: Version, Kind: OfOrganisation, Team: TeamName{Name: name, Zone: v.own.loc.String()}, Week: v.own.week(),
		Made: v.in.Now.UTC().Truncate(time.Second), Reader: finding.ForOrg,
		Settled: noItems(), New: noItems(), Reopened: noItems(), AgedOut: noItems(),
		StillOpen: StillOpen{Weeks: v.own.trendWeeks(), Lines: []Line{}}, Shipped: Shipped{Items: []ShippedItem{}},
		Notes: v.own.notes(), Link: safeURL(v.in.Link),
		Why: "You get this because you look after several teams. It tells sums over five people or more, and nobody's name. Change it under Agreements.",
	}
	r.Title = title(isolated(name), v.in.Week, r.Week.Days)
	return r
}

func noItems() List { return List{Items: []Item{}} }

// counts adds up what the teams' own reports count.
func (v *orgView) counts() Counts {
	var c Counts
	for i := range v.teamsV {
		t := &v.teamsV[i].counts
		c.Open, c.New, c.Reopened, c.Settled = c.Open+t.Open, c.New+t.New, c.Reopened+t.Reopened, c.Settled+t.Settled
		c.AgedOut, c.Answered, c.Waived, c.Passing = c.AgedOut+t.AgedOut, c.Answered+t.Answered, c.Waived+t.Waived, c.Passing+t.Passing
		if t.Flight != nil {
			c.Flight = plus(c.Flight, t.Flight)
		}
	}
	c.LastWeek = v.openIn(v.all(), trends.Open, trendWeeks-2)
	return c
}

func plus(a, b *Flight) *Flight {
	if a == nil {
		return &Flight{InFlight: b.InFlight, Clear: b.Clear}
	}
	return &Flight{InFlight: a.InFlight + b.InFlight, Clear: a.Clear + b.Clear}
}

func (v *orgView) headline(c Counts) string {
	open := "Nothing open"
	if c.Open > 0 {
		open = counted(c.Open, "open exception", "open exceptions")
	}
	open += " in " + counted(len(v.teamsV), "team", "teams")
	if c.LastWeek != nil && c.Open+*c.LastWeek > 0 {
		open += compared(c.Open, *c.LastWeek)
	}
	return open + moves(c) + "."
}

func (v *orgView) all() []*teamView {
	out := make([]*teamView, len(v.teamsV))
	for i := range v.teamsV {
		out[i] = &v.teamsV[i]
	}
	return out
}

// openIn is a measure of some teams at the end of the nth of the twelve weeks, as
// it was kept then; nil where it was not kept of all of them.
func (v *orgView) openIn(teams []*teamView, measure string, n int) *int {
	week := v.in.Week.Before(trendWeeks - 1 - n)
	sum, some := 0, false
	for _, t := range teams {
		if !t.Existed.Holds(week.End.Add(-1)) {
			continue
		}
		value, kept := t.snapshots[week.String()].Values[measure]
		if !kept {
			return nil
		}
		sum, some = sum+int(value), true
	}
	if !some || len(v.past[n].groups) == 0 {
		return nil
	}
	return &sum
}

// total is the open exceptions of all teams at the end of each week.
func (v *orgView) total() *Trend {
	t := &Trend{Weeks: v.own.trendWeeks(), Open: make([]*int, trendWeeks)}
	for n := range trendWeeks - 1 {
		t.Open[n] = v.openIn(v.all(), trends.Open, n)
	}
	now := 0
	for i := range v.teamsV {
		now += v.teamsV[i].counts.Open
	}
	t.Open[trendWeeks-1] = &now
	if t.known() < fewestForPicture {
		return nil
	}
	return t
}

// teams is the table of groups.
func (v *orgView) teams() *Teams {
	out := &Teams{Weeks: v.own.trendWeeks(), Rows: []TeamRow{}}
	if len(v.groups) < 2 {
		out.Hidden = "All teams are told together: alone, one of them has fewer than five people of its own."
		if len(v.teamsV) == 1 {
			return nil
		}
		return out
	}
	var flights []*Flight
	for _, g := range v.groups {
		row, flight := v.row(g)
		out.Rows, flights = append(out.Rows, row), append(flights, flight)
		if len(g) > 1 {
			out.Hidden = v.hidden(g)
		}
	}
	for i, tell := range toldShares(flights) {
		if tell {
			out.Rows[i].Flight = flights[i]
		}
	}
	out.arrange(mostTeams)
	return out
}

// mostTeams is how many rows the table has.
const mostTeams = 25

// arrange leaves out what is too much and orders the rest by name, teams that are
// told together last.
func (t *Teams) arrange(most int) {
	slices.SortStableFunc(t.Rows, func(a, b TeamRow) int { return cmp.Compare(b.Open, a.Open) })
	if len(t.Rows) > most {
		for _, r := range t.Rows[most:] {
			t.More++
			t.MoreOpen += r.Open
		}
		t.Rows = t.Rows[:most:most]
	}
	slices.SortStableFunc(t.Rows, func(a, b TeamRow) int {
		return cmp.Or(compareBool(a.Team.ID == "", b.Team.ID == ""), strings.Compare(strings.ToLower(a.Team.Name), strings.ToLower(b.Team.Name)))
	})
}

// row is one group of the table.
func (v *orgView) row(group []string) (TeamRow, *Flight) {
	in := v.named(group)
	row := TeamRow{Trend: make([]*int, trendWeeks)}
	row.Team = TeamName{Name: upperFirst(inWords(len(in))) + " teams together", Zone: v.own.loc.String()}
	if len(in) == 1 {
		row.Team = TeamName{ID: clean(in[0].Team.ID, nameLength), Name: teamName(in[0].Team), Zone: zoneOf(in[0].Team)}
	}
	var flight *Flight
	for _, t := range in {
		row.Open += t.counts.Open
		if t.counts.Flight != nil {
			flight = plus(flight, t.counts.Flight)
		}
	}
	for n := range trendWeeks - 1 {
		if v.past[n].groups[strings.Join(group, "\x00")] {
			row.Trend[n] = v.openIn(in, trends.Open, n)
		}
	}
	now := row.Open
	row.Trend[trendWeeks-1], row.LastWeek = &now, row.Trend[trendWeeks-2]
	return row, flight
}

func zoneOf(t Team) string {
	if t.Location == nil {
		return time.UTC.String()
	}
	return t.Location.String()
}

func (v *orgView) named(ids []string) []*teamView {
	var out []*teamView
	for i := range v.teamsV {
		if slices.Contains(ids, v.teamsV[i].Team.ID) {
			out = append(out, &v.teamsV[i])
		}
	}
	return out
}

// mostNamed is how many teams that are told together are named.
const mostNamed = 8

func (v *orgView) hidden(group []string) string {
	var names []string
	for _, t := range v.named(group) {
		names = append(names, isolated(teamName(t.Team)))
	}
	if more := len(names) - mostNamed; more > 1 {
		names = append(names[:mostNamed], inWords(more)+" more")
	}
	return enumerate(names) + " are told together, since a number must not tell of fewer than five people."
}

// conditions are the rules of which something is open in most teams.
func (v *orgView) conditions() []Condition {
	var out []Condition
	for rule, spread := range v.in.Widespread {
		c := Condition{Rule: clean(rule, nameLength), Promise: v.promise(rule), Teams: spread.Open, Of: spread.Teams}
		if v.past[trendWeeks-1].rules[rule] {
			c.Here = v.openOf(rule)
		}
		c.Text = fmt.Sprintf("%s: open in %s of %s teams. One talk above the teams may do more than one in each.",
			quoted(cmp.Or(c.Promise, c.Rule)), number(c.Teams), number(c.Of))
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Condition) int {
		return cmp.Or(cmp.Compare(b.Teams, a.Teams), strings.Compare(a.Promise, b.Promise), strings.Compare(a.Rule, b.Rule))
	})
	return out
}

func (v *orgView) openOf(rule string) int {
	n := 0
	for i := range v.teamsV {
		n += v.teamsV[i].open[rule]
	}
	return n
}

func (v *orgView) promise(rule string) string {
	if p := v.in.Promises[rule]; p != "" {
		return prose(p)
	}
	return clean(rule, nameLength)
}

// agreements has a line for each rule that may be told, most open first.
func (v *orgView) agreements() StillOpen {
	out := StillOpen{Weeks: v.own.trendWeeks(), Lines: []Line{}}
	for rule := range v.past[trendWeeks-1].rules {
		l := Line{Rule: clean(rule, nameLength), Promise: v.promise(rule), Now: v.openOf(rule), Items: []Item{}, Trend: make([]*int, trendWeeks)}
		for n := range trendWeeks - 1 {
			if v.past[n].rules[rule] {
				l.Trend[n] = v.openIn(v.with(rule), trends.OfRule(trends.Open, rule), n)
			}
		}
		l.Trend[trendWeeks-1] = &l.Now
		if l.Now > 0 {
			out.Lines = append(out.Lines, l)
		}
	}
	out.arrange(mostLines)
	return out
}

// with are the teams that have the agreement.
func (v *orgView) with(rule string) []*teamView {
	var out []*teamView
	for i := range v.teamsV {
		if slices.Contains(v.teamsV[i].rules(), rule) {
			out = append(out, &v.teamsV[i])
		}
	}
	return out
}

// experiments are those of the organisation and of the teams that are told alone:
// what came of one is a number of its team. An experiment of the organisation is
// told once, not as it went in each team.
func (v *orgView) experiments() (told []Trial, more int) {
	told, more = v.own.trials(v.in.Trials)
	shared := map[string]bool{}
	for _, t := range v.in.Trials {
		shared[t.Name] = true
	}
	for _, g := range v.groups {
		if len(g) > 1 {
			continue
		}
		for _, t := range v.named(g) {
			own := slices.DeleteFunc(slices.Clone(t.Trials), func(one TrialInput) bool { return shared[one.Name] })
			some, rest := v.of(t).trials(own)
			for _, one := range some {
				one.Name = isolated(teamName(t.Team)) + ": " + one.Name
				told = append(told, one)
			}
			more += rest
		}
	}
	if cut := len(told) - mostTrials; cut > 0 {
		told, more = told[:mostTrials], more+cut
	}
	return told, more
}

// of is the organisation's view by a team's clocks.
func (v *orgView) of(t *teamView) *view {
	there := v.own
	if t.Team.Location != nil {
		there.loc = t.Team.Location
	}
	return &there
}
