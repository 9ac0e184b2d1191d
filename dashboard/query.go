package dashboard

import (
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Sees says what of a team's findings a reader may see.
type Sees func(team string, a finding.Audience) bool

// Query says which findings a list holds. What is empty or zero does not narrow it.
type Query struct {
	Sees     Sees // nil: nothing is seen
	Team     string
	NoTeam   bool // only what no team owns; Team is empty then
	Rule     string
	Severity finding.Severity
	State    finding.State
	// OpenFor is for how long the latest stretch must have lasted, until it ended
	// or up to the ledger's moment.
	OpenFor time.Duration
	// OpenUnder is how long it may have lasted, exclusive.
	OpenUnder time.Duration
}

// Found is a page of a list, and how much there is of what.
type Found struct {
	Items []*finding.Finding
	Total int
	// The counts are of the whole list, each as if it were not narrowed by what it
	// counts: how many there would be of every other team, rule, severity and state.
	ByTeam     map[string]int
	ByRule     map[string]int
	BySeverity map[finding.Severity]int
	ByState    map[finding.State]int
}

// wanted is a query in the numbers of the ledger.
type wanted struct {
	seen                  []uint8 // by team: a bit for each audience
	team, rule            int32   // -1: any, -2: none that is there
	severity, state       int16   // -1: any
	openFor, openUnder    int64   // seconds
	now                   int64
	teams, rules          []int
	severityOf, stateOf   []int
	items                 []*finding.Finding
	total, from, mostItem int
}

const (
	anyOne = -1
	noOne  = -2
)

// Find lists what the query asks for: at most so many from an offset on. It copies
// no finding.
func (l *Ledger) Find(q Query, offset, most int) Found {
	w := l.wanted(q)
	w.from, w.mostItem = max(offset, 0), most
	l.eachPart(func(part *layout, gone gone) {
		for i := range part.rows {
			if !gone[int32(i)] { //nolint:gosec // see number
				w.look(&part.rows[i], part.all[i])
			}
		}
	})
	if l.late != nil && len(w.items) > 0 {
		w.items = l.between(q, w.from, most) // in the order of both parts
	}
	return Found{
		Items: w.items, Total: w.total,
		ByTeam: named(l.teams.names, w.teams), ByRule: named(l.rules.names, w.rules),
		BySeverity: named(severities, w.severityOf), ByState: named(states, w.stateOf),
	}
}

// Each hands over everything the query asks for, in order, until yield says no.
func (l *Ledger) Each(q Query, yield func(*finding.Finding) bool) { l.eachBehind(q, nil, yield) }

// each does so for one part, from a row on.
func (l *layout) each(w *wanted, from int, gone gone, yield func(*finding.Finding) bool) {
	one := func(i int32) bool {
		r := &l.rows[i]
		return gone[i] || !w.sees(r) || !w.ofTeam(r) || !w.ofRule(r) || !w.ofSeverity(r) || !w.ofState(r) || !w.ofAge(r) || yield(l.all[i])
	}
	switch {
	case w.team == noOne || w.rule == noOne:
		return
	case w.team >= 0 && (w.rule < 0 || len(listAt(l.byTeam, w.team)) < len(listAt(l.byRule, w.rule))):
		eachOf(listAt(l.byTeam, w.team), from, one)
	case w.rule >= 0:
		eachOf(listAt(l.byRule, w.rule), from, one)
	default:
		for i := from; i < len(l.rows); i++ {
			if !one(int32(i)) { //nolint:gosec // see number
				return
			}
		}
	}
}

// listAt is a list of rows; none where there is none of that number.
func listAt(lists [][]int32, n int32) []int32 {
	if int(n) >= len(lists) {
		return nil
	}
	return lists[n]
}

func eachOf(rows []int32, from int, yield func(int32) bool) {
	begin, _ := slices.BinarySearch(rows, int32(from)) //nolint:gosec // see number
	for _, i := range rows[begin:] {
		if !yield(i) {
			return
		}
	}
}

// Count is how many the query asks for.
func (l *Ledger) Count(q Query) int {
	n := 0
	l.Each(q, func(*finding.Finding) bool { n++; return true })
	return n
}

func (l *Ledger) wanted(q Query) wanted {
	w := wanted{
		seen: make([]uint8, len(l.teams.names)), team: anyOne, rule: anyOne, severity: anyOne, state: anyOne,
		openFor: int64(q.OpenFor / time.Second), openUnder: int64(q.OpenUnder / time.Second), now: l.At.Unix(),
		teams: make([]int, len(l.teams.names)), rules: make([]int, len(l.rules.names)),
		severityOf: make([]int, len(severities)), stateOf: make([]int, len(states)),
	}
	for i, team := range l.teams.names {
		for bit, a := range audiences {
			if q.Sees != nil && q.Sees(team, a) {
				w.seen[i] |= 1 << bit
			}
		}
	}
	if q.Team != "" || q.NoTeam {
		w.team = numberOf(&l.teams, q.Team)
	}
	if q.Rule != "" {
		w.rule = numberOf(&l.rules, q.Rule)
	}
	w.severity = place(severities, q.Severity)
	w.state = place(states, q.State)
	return w
}

func numberOf(x *index, name string) int32 {
	if n, ok := x.of[name]; ok {
		return n
	}
	return noOne
}

// place is where the value stands; any where it is empty, none where it is not there.
func place[T ~string](all []T, v T) int16 {
	if v == "" {
		return anyOne
	}
	if i := slices.Index(all, v); i >= 0 {
		return int16(i) //nolint:gosec // six at most
	}
	return noOne
}

func (w *wanted) sees(r *row) bool { return w.seen[r.team]&(1<<r.audience) != 0 }

func (w *wanted) ofTeam(r *row) bool { return w.team == anyOne || w.team == r.team }
func (w *wanted) ofRule(r *row) bool { return w.rule == anyOne || w.rule == r.rule }
func (w *wanted) ofSeverity(r *row) bool {
	return w.severity == anyOne || w.severity == int16(r.severity)
}
func (w *wanted) ofState(r *row) bool { return w.state == anyOne || w.state == int16(r.state) }

func (w *wanted) ofAge(r *row) bool {
	lasted := min(r.ended, w.now) - r.opened
	return lasted >= w.openFor && (w.openUnder == 0 || lasted < w.openUnder)
}

// look counts a row, and takes it where it is on the page. Of a row that differs in
// one thing only, that thing is counted.
func (w *wanted) look(r *row, f *finding.Finding) {
	if !w.sees(r) || !w.ofAge(r) {
		return
	}
	team, rule, severity, state := w.ofTeam(r), w.ofRule(r), w.ofSeverity(r), w.ofState(r)
	if rule && severity && state {
		w.teams[r.team]++
	}
	if team && severity && state {
		w.rules[r.rule]++
	}
	if team && rule && state {
		w.severityOf[r.severity]++
	}
	if team && rule && severity {
		w.stateOf[r.state]++
	}
	if !team || !rule || !severity || !state {
		return
	}
	if w.total >= w.from && len(w.items) < w.mostItem {
		w.items = append(w.items, f)
	}
	w.total++
}

// named gives counts their names, those of nothing left out.
func named[T comparable](names []T, counts []int) map[T]int {
	out := map[T]int{}
	for i, n := range counts {
		if n > 0 {
			out[names[i]] = n
		}
	}
	return out
}
