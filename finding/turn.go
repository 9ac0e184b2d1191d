package finding

import (
	"slices"
	"strings"
	"time"
)

// Touched is what an evaluation did to one entry of the ledger.
type Touched struct {
	Place int // in the ledger as it is afterwards
	Move  Move
	// Same says that the entry is as it was, but for when it was last seen.
	Same bool
	// Elsewhere says that it is told to others than before, or has other labels, so that
	// past weeks count it otherwise as well.
	Elsewhere bool
}

// Turn is Step in place, for a ledger ordered by id that nobody else looks at: it
// gives the ledger as it is afterwards, in which nothing is copied that stays, and what
// was done to which of its entries, in order. seen is ordered by id and names each once.
func Turn(ledger []Finding, seen []Seen, covered Covered, now time.Time) ([]Finding, []Touched) {
	now = now.UTC()
	var fresh []int // places in seen of what the ledger does not hold
	var out []Touched
	next := 0
	for i := range ledger {
		f := &ledger[i]
		for next < len(seen) && seen[next].ID < f.ID {
			fresh = append(fresh, next)
			next++
		}
		var s *Seen
		if next < len(seen) && seen[next].ID == f.ID {
			s = &seen[next]
			next++
		}
		if t := f.turn(s, covered, now); t.Move != "" {
			t.Place = i
			out = append(out, t)
		}
	}
	for ; next < len(seen); next++ {
		fresh = append(fresh, next)
	}
	if len(fresh) == 0 {
		return ledger, out
	}
	return insert(ledger, out, seen, fresh, now)
}

// turn moves one entry; s is what was seen of it, nil for nothing.
func (f *Finding) turn(s *Seen, covered Covered, now time.Time) Touched {
	switch {
	case s != nil && f.State == Open:
		out := Touched{Move: Stayed, Same: f.same(s), Elsewhere: f.elsewhere(s)}
		f.LastSeen = now
		if !out.Same {
			f.Seen = *s
		}
		return out
	case s != nil:
		out := Touched{Move: Reopened, Elsewhere: f.elsewhere(s)}
		f.Seen, f.State, f.LastSeen, f.Outlined = *s, Open, now, false
		f.Spans = append(slices.Clip(f.Spans), Span{From: now})
		return out
	case f.State != Open:
		return Touched{} // closed and not seen: nothing to do
	case !covered(f.Rule, f.Subject.Source):
		return Touched{Move: Frozen, Same: true}
	}
	f.Spans = slices.Clone(f.Spans)
	if f.gone(now) == AgedOut {
		f.end(AgedOut, now)
		return Touched{Move: Aging}
	}
	f.end(Settled, now)
	return Touched{Move: Settling}
}

// insert puts what was seen for the first time between the others, from behind, so
// that each is moved once.
func insert(ledger []Finding, touched []Touched, seen []Seen, fresh []int, now time.Time) ([]Finding, []Touched) {
	n, t := len(ledger), len(touched)
	ledger = slices.Grow(ledger, len(fresh))[:n+len(fresh)]
	touched = slices.Grow(touched, len(fresh))[:t+len(fresh)]
	to, mark := len(ledger)-1, len(touched)-1
	for k := len(fresh) - 1; k >= 0; k-- {
		s := &seen[fresh[k]]
		for n > 0 && ledger[n-1].ID > s.ID {
			n--
			if t > 0 && touched[t-1].Place == n {
				t--
				touched[mark] = touched[t]
				touched[mark].Place = to
				mark--
			}
			ledger[to] = ledger[n]
			to--
		}
		ledger[to] = Finding{Seen: *s, State: Open, LastSeen: now, Spans: []Span{{From: now}}}
		touched[mark] = Touched{Place: to, Move: Opened}
		to, mark = to-1, mark-1
	}
	return ledger, touched
}

// elsewhere reports whether the other telling is for others, or with other labels.
func (s *Seen) elsewhere(o *Seen) bool {
	return s.Team != o.Team || s.Audience != o.Audience || !slices.Equal(s.Labels, o.Labels)
}

// same reports whether two tellings of a finding say the same.
func (s *Seen) same(o *Seen) bool {
	return s.ID == o.ID && s.Rule == o.Rule && s.Team == o.Team && s.Subject == o.Subject && s.Event == o.Event &&
		s.Promise == o.Promise && s.Reason == o.Reason && s.Ask == o.Ask && s.Severity == o.Severity && s.Audience == o.Audience &&
		s.Actor == o.Actor && s.Mirror == o.Mirror && s.Expires.Equal(o.Expires) &&
		slices.EqualFunc(s.Evidence, o.Evidence, func(a, b Evidence) bool {
			return a.Fact == b.Fact && a.Value == b.Value && a.URL == b.URL && a.At.Equal(b.At)
		}) && slices.Equal(s.Tickets, o.Tickets) && slices.Equal(s.Labels, o.Labels)
}

// inOrderOfID is the ledger ordered by id: itself where it is.
func inOrderOfID(ledger []Finding) []Finding {
	byID := func(a, b Finding) int { return strings.Compare(string(a.ID), string(b.ID)) }
	if slices.IsSortedFunc(ledger, byID) {
		return ledger
	}
	ledger = slices.Clone(ledger)
	slices.SortFunc(ledger, byID)
	return ledger
}

// eachOnce is what was seen, ordered by id, the last of several tellings: itself where
// it is so.
func eachOnce(seen []Seen) []Seen {
	byID := func(a, b Seen) int { return strings.Compare(string(a.ID), string(b.ID)) }
	inOrder := true
	for i := 1; i < len(seen) && inOrder; i++ {
		inOrder = seen[i-1].ID < seen[i].ID
	}
	if inOrder {
		return seen
	}
	seen = slices.Clone(seen)
	slices.Reverse(seen)
	slices.SortStableFunc(seen, byID)
	return slices.CompactFunc(seen, func(a, b Seen) bool { return a.ID == b.ID })
}
