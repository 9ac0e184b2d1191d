package dashboard

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Ledger is the judged ledger at a moment, laid out so that pages can look through
// a hundred thousand findings at every request: what they filter by stands in
// columns, and lists of rows by team and rule say where to look. It never changes;
// a newer one takes its place. Make one with NewLedger, or With.
type Ledger struct {
	// Version is another one whenever what is in it is: entity tags carry it.
	Version string
	// At is the moment people's words were judged at.
	At time.Time

	*layout
	lately
}

// layout is where findings stand.
type layout struct {
	all     []*finding.Finding // in the order pages show them
	rows    []row
	teams   index // team ids
	rules   index // rule ids
	byID    map[finding.ID]int32
	byTeam  [][]int32
	byRule  [][]int32
	byAbout map[subjectKey][]int32
	byLabel map[ruleLabel][]int32
	open    map[teamRule]int   // what is open and whole teams may see
	tickets map[string][]int32 // by key in lower case: rows about it, or that concern it
}

type subjectKey struct{ source, id string }

type teamRule struct{ team, rule string }

// ruleLabel is what a waiver of a rule is given for: the label is folded.
type ruleLabel struct{ rule, label string }

// row is what findings are filtered by.
type row struct {
	opened   int64 // seconds, when its latest stretch began
	ended    int64 // seconds, when that ended; math.MaxInt64 while it lasts
	team     int32
	rule     int32
	state    uint8
	severity uint8
	audience uint8
}

// index numbers names.
type index struct {
	names []string
	of    map[string]int32
}

func (x *index) number(name string) int32 {
	if n, ok := x.of[name]; ok {
		return n
	}
	if x.of == nil {
		x.of = map[string]int32{}
	}
	n := int32(len(x.names)) //nolint:gosec // of teams and rules there are never two billion
	x.names = append(x.names, name)
	x.of[name] = n
	return n
}

// Watched stands in lists for what is open and told to nobody yet: its agreement is
// only watched, or its rule fell silent.
const Watched finding.State = "watched"

var (
	everyState = [...]finding.State{finding.Open, Watched, finding.Answered, finding.Waived, finding.Settled, finding.AgedOut, finding.Withdrawn}
	states     = everyState[:]
	severities = []finding.Severity{finding.High, finding.Warn, finding.Info}
	audiences  = []finding.Audience{finding.ForEM, finding.ForEMPM, finding.ForTeam, finding.ForOrg}
)

// NewLedger lays out findings as Judge gave them at the moment. It keeps them;
// nobody changes them afterwards. One without a stretch in which it was open is
// left out. told says which are told to anybody: those of an agreement that is only
// watched, or of a rule that fell silent, are not.
func NewLedger(judged []finding.Finding, told func(*finding.Finding) bool, at time.Time, version string) *Ledger {
	return &Ledger{Version: version, At: at, layout: newLayout(judged, told, index{}, index{})}
}

// newLayout numbers teams and rules on from those given.
func newLayout(judged []finding.Finding, told func(*finding.Finding) bool, teams, rules index) *layout {
	l := &layout{
		all: make([]*finding.Finding, 0, len(judged)), byID: make(map[finding.ID]int32, len(judged)), teams: teams, rules: rules,
		byAbout: map[subjectKey][]int32{}, byLabel: map[ruleLabel][]int32{}, tickets: map[string][]int32{}, open: map[teamRule]int{},
	}
	for i := range judged {
		if len(judged[i].Spans) > 0 {
			l.all = append(l.all, &judged[i])
		}
	}
	slices.SortFunc(l.all, inOrder)
	l.rows = make([]row, len(l.all))
	for i := range l.all {
		l.add(i, told)
	}
	return l
}

// inOrder is the order of every list: what is open first, the gravest first, the
// oldest first; of what is closed the latest first.
func inOrder(a, b *finding.Finding) int {
	return cmp.Or(
		cmp.Compare(stateNumber(a.State), stateNumber(b.State)),
		cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		a.OpenSince().Compare(b.OpenSince())*sense(a.State),
		strings.Compare(string(a.ID), string(b.ID)),
	)
}

func sense(s finding.State) int {
	if s == finding.Open {
		return 1
	}
	return -1
}

func stateNumber(s finding.State) int { return max(slices.Index(states, s), 0) }

func (l *layout) add(i int, told func(*finding.Finding) bool) {
	f, n := l.all[i], int32(i) //nolint:gosec // see number
	r := row{
		opened: f.OpenSince().Unix(), ended: math.MaxInt64, team: l.teams.number(f.Team), rule: l.rules.number(f.Rule),
		state: uint8(stateNumber(f.State)), severity: uint8(max(slices.Index(severities, f.Severity), 0)), //nolint:gosec // six and three
		audience: uint8(max(slices.Index(audiences, f.Audience), 0)), //nolint:gosec // four; what is not known is for the EM alone
	}
	if last := f.Spans[len(f.Spans)-1]; !last.To.IsZero() {
		r.ended = last.To.Unix()
	}
	switch {
	case f.State != finding.Open:
	case !told(f):
		r.state = uint8(stateNumber(Watched)) //nolint:gosec // the second
	case f.ForWholeTeams():
		l.open[teamRule{f.Team, f.Rule}]++
		l.open[teamRule{f.Team, ""}]++
	}
	l.rows[i] = r
	l.byID[f.ID] = n
	l.byTeam = appended(l.byTeam, r.team, n)
	l.byRule = appended(l.byRule, r.rule, n)
	about := subjectKey{f.Subject.Source, f.Subject.ID}
	l.byAbout[about] = append(l.byAbout[about], n)
	for _, label := range f.Labels {
		at := ruleLabel{f.Rule, finding.FoldLabel(label)}
		if rows := l.byLabel[at]; len(rows) == 0 || rows[len(rows)-1] != n { // one label may stand twice
			l.byLabel[at] = append(rows, n)
		}
	}
	for _, key := range f.Tickets {
		key = strings.ToLower(key)
		l.tickets[key] = append(l.tickets[key], n)
	}
}

func appended(lists [][]int32, at, n int32) [][]int32 {
	for int(at) >= len(lists) {
		lists = append(lists, nil)
	}
	lists[at] = append(lists[at], n)
	return lists
}

// Len is how many findings there are.
func (l *Ledger) Len() int { return len(l.all) }

// Finding finds one by its id.
func (l *Ledger) Finding(id finding.ID) (*finding.Finding, bool) {
	at, i, ok := l.where(id)
	if !ok {
		return nil, false
	}
	return at.all[i], true
}

// Open is how many findings of some teams are open that whole teams may see; of a
// rule, or of all where it is empty.
func (l *Ledger) Open(rule string, teams ...string) int {
	n := 0
	for _, team := range teams {
		n += l.open[teamRule{team, rule}] + l.opened[teamRule{team, rule}]
	}
	return n
}

// StateOf is where a finding of the ledger stands, Watched included.
func (l *Ledger) StateOf(f *finding.Finding) finding.State {
	if at, n, ok := l.where(f.ID); ok {
		return states[at.rows[n].state]
	}
	return f.State
}

// Concerning lists what is about a ticket or concerns it, by its key in any case.
func (l *Ledger) Concerning(key string) []*finding.Finding {
	key = strings.ToLower(key)
	out := []*finding.Finding{}
	l.eachPart(func(part *layout, gone gone) {
		for _, n := range part.tickets[key] {
			if !gone[n] {
				out = append(out, part.all[n])
			}
		}
	})
	slices.SortFunc(out, inOrder)
	return out
}

// CoveredBy is how much a waiver covers of what keep lets through, and whose work it
// is of whatever it covers. Shown holds at most so many.
func (l *Ledger) CoveredBy(w *finding.Waiver, keep func(*finding.Finding) bool, most int) Breadth {
	var b Breadth
	teams := map[string]bool{}
	l.eachCovered(w, func(f *finding.Finding) {
		teams[f.Team] = true
		if !keep(f) {
			return
		}
		b.All++
		if f.State != finding.Open {
			return
		}
		b.Open++
		if len(b.Shown) < most {
			b.Shown = append(b.Shown, f)
		}
	})
	for team := range teams {
		b.Teams = append(b.Teams, team)
	}
	slices.Sort(b.Teams)
	return b
}

// mayCover are the rows worth asking about.
func (l *layout) mayCover(w *finding.Waiver) []int32 {
	c := w.Scope
	switch {
	case c.Finding != "":
		if n, ok := l.byID[c.Finding]; ok {
			return []int32{n}
		}
	case c.Ticket.ID != "":
		return l.byAbout[subjectKey{c.Ticket.Source, c.Ticket.ID}]
	}
	return l.byLabel[ruleLabel{c.Rule, finding.FoldLabel(c.Label)}]
}

// Breadth is what a waiver covers now.
type Breadth struct {
	All, Open int                // of what was asked about
	Teams     []string           // ids of the teams whose work it covers, whatever was asked about
	Shown     []*finding.Finding // some of the open ones
}
