package finding

import (
	"slices"
	"strings"
	"time"
)

// Past makes up for moments before those that the ledger speaks of. It steps
// through them in memory, oldest first, and in the end lays what it found in
// front of what is recorded.
//
// What is recorded stays: a replay adds stretches only after the last one that
// ended before the ledger began to speak of the finding again, moves the
// beginning of the stretch that was open when it did, and changes nothing else.
// What people said lies over it, as it does over everything else: see Judge.
type Past struct {
	recorded map[ID]Finding
	since    func(*Seen) time.Time
	found    []Finding // the ledger of the replay
}

// NewPast begins a replay. since says from when on the ledger speaks of what was
// seen; the zero time: it does not yet.
func NewPast(ledger []Finding, since func(*Seen) time.Time) *Past {
	p := &Past{recorded: make(map[ID]Finding, len(ledger)), since: since}
	for _, f := range ledger {
		p.recorded[f.ID] = f
	}
	return p
}

// Step looks at one moment. What the ledger speaks of at that moment is left to
// the ledger, whatever was seen.
func (p *Past) Step(seen []Seen, covered Covered, at time.Time) {
	open := slices.DeleteFunc(slices.Clone(seen), func(s Seen) bool { return p.told(&s, at) || !at.After(p.floor(&s)) })
	var stepping, done []Finding
	for _, f := range p.found {
		if p.told(&f.Seen, at) {
			done = append(done, f)
		} else {
			stepping = append(stepping, f)
		}
	}
	next, _ := Step(stepping, open, covered, at)
	p.found = slices.Concat(done, merged(stepping, next))
}

// told reports whether the ledger speaks of it at the moment.
func (p *Past) told(s *Seen, at time.Time) bool {
	since := p.since(s)
	return !since.IsZero() && !at.Before(since)
}

// never is after every moment.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// floor is the moment up to which what is recorded leaves nothing to add.
func (p *Past) floor(s *Seen) time.Time {
	f, known := p.recorded[s.ID]
	switch before, _ := split(f.Spans, p.since(s)); {
	case !known:
		return time.Time{}
	case len(before) == 0:
		return time.Time{}
	case before[len(before)-1].To.IsZero():
		return never
	default:
		return before[len(before)-1].To
	}
}

// split parts the stretches that began before the moment from the others; all
// are before the zero time.
func split(spans []Span, at time.Time) (before, after []Span) {
	n := len(spans)
	if !at.IsZero() {
		n = 0
		for n < len(spans) && spans[n].From.Before(at) {
			n++
		}
	}
	return spans[:n], spans[n:]
}

// merged is the ledger with the newer entries in place of the older.
func merged(ledger, newer []Finding) []Finding {
	byID := make(map[ID]bool, len(newer))
	for _, f := range newer {
		byID[f.ID] = true
	}
	return append(slices.DeleteFunc(slices.Clone(ledger), func(f Finding) bool { return byID[f.ID] }), newer...)
}

// Lay gives every finding that has to be stored again, ordered by id, the moves
// that were made in the past, and the recorded moves that turn out not to have
// been: what seemed to open when somebody first looked had been open before.
func (p *Past) Lay() (next []Finding, made, undone []Transition) {
	for _, f := range p.found {
		was, known := p.recorded[f.ID]
		now := p.join(f, was, known)
		next = append(next, now)
		before, after := moves(&was), moves(&now)
		made = append(made, without(after, before)...)
		undone = append(undone, without(before, after)...)
	}
	slices.SortFunc(next, func(a, b Finding) int { return strings.Compare(string(a.ID), string(b.ID)) })
	byFinding := func(a, b Transition) int { return strings.Compare(string(a.Finding), string(b.Finding)) }
	slices.SortStableFunc(made, byFinding)
	slices.SortStableFunc(undone, byFinding)
	return next, made, undone
}

// join lays what the replay found in front of what is recorded.
func (p *Past) join(found, recorded Finding, known bool) Finding {
	since := p.since(&found.Seen)
	before, after := split(recorded.Spans, since)
	after = slices.Clone(after)
	if last := len(found.Spans) - 1; found.Spans[last].To.IsZero() && !since.IsZero() {
		if len(after) > 0 && after[0].From.Equal(since) {
			after[0].From = found.Spans[last].From
			found.Spans = found.Spans[:last]
		} else {
			found.end(found.gone(since), since)
		}
	}
	out := found
	if known && len(after) > 0 {
		out = recorded
	}
	out.Spans = slices.Concat(before, found.Spans, after)
	return out
}

// gone is how a finding ends that is not seen any more.
func (f *Finding) gone(at time.Time) State {
	if !f.Expires.IsZero() && !at.Before(f.Expires) {
		return AgedOut
	}
	return Settled
}

// moves tells the stretches of a finding as the moves that made them.
func moves(f *Finding) []Transition {
	ends := map[State]Move{Settled: Settling, AgedOut: Aging, Withdrawn: Leaving}
	var out []Transition
	for i, s := range f.Spans {
		m := Opened
		if i > 0 {
			m = Reopened
		}
		out = append(out, Transition{Finding: f.ID, Move: m, At: s.From})
		if end, ok := ends[s.End]; ok && !s.To.IsZero() {
			out = append(out, Transition{Finding: f.ID, Move: end, At: s.To})
		}
	}
	return out
}

// without are the moves of the one list that are not in the other.
func without(list, other []Transition) []Transition {
	return slices.DeleteFunc(slices.Clone(list), func(t Transition) bool {
		return slices.ContainsFunc(other, func(o Transition) bool { return o.Finding == t.Finding && o.Move == t.Move && o.At.Equal(t.At) })
	})
}
