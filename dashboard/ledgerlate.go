package dashboard

import (
	"sort"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// lately is what was said since a ledger was laid out: the findings that it was about
// stand by themselves, and the rows where they stood count no more. To lay out a
// hundred thousand anew for one word would take as much memory as all of them.
type lately struct {
	late   *layout // nil: nothing was said
	gone   gone
	opened map[teamRule]int // how many more are open for it
}

// gone are rows that count no more.
type gone map[int32]bool

// mostLate is how many findings stand by themselves at most.
const mostLate = 1000

// With is the ledger once something was said: judged are findings of it as they stand
// at the moment, told as in NewLedger. It is false where so many have changed that it
// is better laid out anew.
func (l *Ledger) With(judged []finding.Finding, told func(*finding.Finding) bool, at time.Time, version string) (*Ledger, bool) {
	changed := map[finding.ID]bool{}
	for i := range judged {
		if _, known := l.byID[judged[i].ID]; !known || len(judged[i].Spans) == 0 {
			return nil, false
		}
		changed[judged[i].ID] = true
	}
	if l.late != nil {
		for _, f := range l.late.all {
			if !changed[f.ID] {
				judged = append(judged[:len(judged):len(judged)], *f)
			}
		}
	}
	if len(judged) > mostLate {
		return nil, false
	}
	out := &Ledger{Version: version, At: at, layout: l.layout}
	out.late, out.gone, out.opened = newLayout(judged, told, l.teams, l.rules), gone{}, map[teamRule]int{}
	for i := range judged {
		n := l.byID[judged[i].ID]
		out.gone[n] = true
		if f := l.all[n]; states[l.rows[n].state] == finding.Open && f.ForWholeTeams() {
			out.opened[teamRule{f.Team, f.Rule}]--
			out.opened[teamRule{f.Team, ""}]--
		}
	}
	for key, n := range out.late.open {
		out.opened[key] += n
	}
	return out, true
}

// eachPart hands over what was laid out, and then what was said something about since.
func (l *Ledger) eachPart(do func(*layout, gone)) {
	do(l.layout, l.gone)
	if l.late != nil {
		do(l.late, nil)
	}
}

// where says in which part a finding stands, and in which row.
func (l *Ledger) where(id finding.ID) (*layout, int32, bool) {
	if l.late != nil {
		if n, ok := l.late.byID[id]; ok {
			return l.late, n, true
		}
	}
	n, ok := l.byID[id]
	return l.layout, n, ok
}

// eachBehind hands over what the query asks for and stands behind a place in the order
// of lists; nil is the beginning.
func (l *Ledger) eachBehind(q Query, place *finding.Finding, yield func(*finding.Finding) bool) {
	w := l.wanted(q)
	var late []*finding.Finding
	if l.late != nil {
		l.late.each(&w, l.late.behind(place), nil, func(f *finding.Finding) bool { late = append(late, f); return true })
	}
	more := true
	l.each(&w, l.behind(place), l.gone, func(f *finding.Finding) bool {
		for ; more && len(late) > 0 && inOrder(late[0], f) < 0; late = late[1:] {
			more = yield(late[0])
		}
		more = more && yield(f)
		return more
	})
	for ; more && len(late) > 0; late = late[1:] {
		more = yield(late[0])
	}
}

// behind is the first row behind a place.
func (l *layout) behind(place *finding.Finding) int {
	if place == nil {
		return 0
	}
	return sort.Search(len(l.all), func(i int) bool { return inOrder(l.all[i], place) > 0 })
}

// between is what the query asks for from an offset on, at most so many.
func (l *Ledger) between(q Query, offset, most int) []*finding.Finding {
	var out []*finding.Finding
	n := 0
	l.Each(q, func(f *finding.Finding) bool {
		if n++; n > offset {
			out = append(out, f)
		}
		return len(out) < most
	})
	return out
}
