package finding_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	. "github.com/fairlead-dev/fairlead/finding"
)

var start = time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC)

func day(n int) time.Time { return start.AddDate(0, 0, n) }

func always(string, string) bool { return true }

func never(string, string) bool { return false }

// seen is what an evaluation saw of the finding, in its words of that time.
func seen(id ID, reason string) Seen {
	return Seen{ID: id, Rule: "rule", Subject: Subject{Kind: AboutTicket, Source: "jira acme", ID: "1"}, Reason: reason}
}

func expiring(s Seen, at time.Time) Seen {
	s.Expires = at
	return s
}

func open(s Seen, lastSeen time.Time, from ...time.Time) Finding {
	f := Finding{Seen: s, State: Open, LastSeen: lastSeen}
	for _, at := range from {
		f.Spans = append(f.Spans, Span{From: at})
	}
	return f
}

func closed(s Seen, end State, lastSeen, from, to time.Time) Finding {
	return Finding{Seen: s, State: end, LastSeen: lastSeen, Spans: []Span{{From: from, To: to, End: end}}}
}

func TestStep(t *testing.T) {
	a := seen("a", "as first seen")
	for _, c := range []struct {
		name    string
		ledger  []Finding
		seen    []Seen
		covered Covered
		want    []Finding
		moves   []Move
	}{
		{name: "nothing there, nothing seen", covered: always},
		{
			name: "seen for the first time it opens", covered: always,
			seen: []Seen{a}, want: []Finding{open(a, day(7), day(7))}, moves: []Move{Opened},
		},
		{
			name: "seen again it stays, in the latest words", covered: always,
			ledger: []Finding{open(a, day(0), day(0))}, seen: []Seen{seen("a", "put better")},
			want: []Finding{open(seen("a", "put better"), day(7), day(0))}, moves: []Move{Stayed},
		},
		{
			name: "not seen any more it is settled", covered: always,
			ledger: []Finding{open(a, day(0), day(0))},
			want:   []Finding{closed(a, Settled, day(0), day(0), day(7))}, moves: []Move{Settling},
		},
		{
			name: "not seen where nobody could look it is frozen", covered: never,
			ledger: []Finding{open(a, day(0), day(0))},
			want:   []Finding{open(a, day(0), day(0))}, moves: []Move{Frozen},
		},
		{
			name: "seen although not covered it stays: what is there is there", covered: never,
			ledger: []Finding{open(a, day(0), day(0))}, seen: []Seen{a},
			want: []Finding{open(a, day(7), day(0))}, moves: []Move{Stayed},
		},
		{
			name: "gone after its event left the window it has aged out", covered: always,
			ledger: []Finding{open(expiring(a, day(7)), day(0), day(0))},
			want:   []Finding{closed(expiring(a, day(7)), AgedOut, day(0), day(0), day(7))}, moves: []Move{Aging},
		},
		{
			name: "gone before its event left the window it is settled", covered: always,
			ledger: []Finding{open(expiring(a, day(7).Add(1)), day(0), day(0))},
			want:   []Finding{closed(expiring(a, day(7).Add(1)), Settled, day(0), day(0), day(7))}, moves: []Move{Settling},
		},
		{
			name: "old, but nobody could look: frozen, not aged out", covered: never,
			ledger: []Finding{open(expiring(a, day(1)), day(0), day(0))},
			want:   []Finding{open(expiring(a, day(1)), day(0), day(0))}, moves: []Move{Frozen},
		},
		{
			name: "settled and seen again it opens again", covered: always,
			ledger: []Finding{closed(a, Settled, day(0), day(0), day(3))}, seen: []Seen{a},
			want: []Finding{{Seen: a, State: Open, LastSeen: day(7), Spans: []Span{
				{From: day(0), To: day(3), End: Settled}, {From: day(7)},
			}}},
			moves: []Move{Reopened},
		},
		{
			name: "aged out and seen again, in a longer window, it opens again", covered: always,
			ledger: []Finding{closed(a, AgedOut, day(0), day(0), day(3))}, seen: []Seen{a},
			want: []Finding{{Seen: a, State: Open, LastSeen: day(7), Spans: []Span{
				{From: day(0), To: day(3), End: AgedOut}, {From: day(7)},
			}}},
			moves: []Move{Reopened},
		},
		{
			name: "closed and not seen there is nothing to store", covered: always,
			ledger: []Finding{closed(a, Settled, day(0), day(0), day(3)), closed(seen("b", ""), AgedOut, day(0), day(0), day(3))},
		},
		{
			name: "seen twice in one evaluation it opens once, in the later words", covered: always,
			seen: []Seen{a, seen("a", "again")}, want: []Finding{open(seen("a", "again"), day(7), day(7))}, moves: []Move{Opened},
		},
		{
			name: "what comes back is ordered by id", covered: always,
			ledger: []Finding{open(seen("c", ""), day(0), day(0)), open(seen("a", ""), day(0), day(0))},
			seen:   []Seen{seen("d", ""), seen("c", ""), seen("b", "")},
			want: []Finding{
				closed(seen("a", ""), Settled, day(0), day(0), day(7)), open(seen("b", ""), day(7), day(7)),
				open(seen("c", ""), day(7), day(0)), open(seen("d", ""), day(7), day(7)),
			},
			moves: []Move{Settling, Opened, Stayed, Opened},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept := fmt.Sprintf("%+v", c.ledger)
			got, moves := Step(c.ledger, c.seen, c.covered, day(7).In(time.FixedZone("elsewhere", 3600)))
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("findings\n got %+v\nwant %+v", got, c.want)
			}
			var want []Transition
			for i, m := range c.moves {
				want = append(want, Transition{Finding: c.want[i].ID, Move: m, At: day(7)})
			}
			if !reflect.DeepEqual(moves, want) {
				t.Errorf("moves\n got %+v\nwant %+v", moves, want)
			}
			if now := fmt.Sprintf("%+v", c.ledger); now != kept {
				t.Errorf("the ledger given was changed:\n got %s\nwant %s", now, kept)
			}
		})
	}
}

func TestCoverageIsAskedForRuleAndSource(t *testing.T) {
	f := open(Seen{ID: "a", Rule: "r", Subject: Subject{Source: "jira acme"}}, day(0), day(0))
	Step([]Finding{f}, nil, func(rule, source string) bool {
		if rule != "r" || source != "jira acme" {
			t.Errorf("asked for %q of %q, want r of jira acme", rule, source)
		}
		return true
	}, day(1))
}

// ledger is the ledger as a store would keep it, with everything that moved.
type ledger struct {
	findings map[ID]Finding
	moves    map[ID][]Transition
}

func (l *ledger) step(saw []Seen, covered Covered, now time.Time) {
	var all []Finding
	for _, f := range l.findings {
		all = append(all, f)
	}
	next, moves := Step(all, saw, covered, now)
	for _, f := range next {
		l.findings[f.ID] = f
	}
	for _, m := range moves {
		if m.Move != Stayed && m.Move != Frozen {
			l.moves[m.Finding] = append(l.moves[m.Finding], m)
		}
	}
}

// Whatever is seen and covered in whatever order, the ledger stays in order.
func TestLedgerOverManyEvaluations(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		l := &ledger{findings: map[ID]Finding{}, moves: map[ID][]Transition{}}
		now := start
		for range 30 {
			now = now.Add(time.Duration(1+rng.IntN(96)) * time.Hour)
			var saw []Seen
			for n := range 5 {
				if rng.IntN(2) == 0 {
					s := seen(ID(fmt.Sprint(n)), fmt.Sprint(rng.IntN(3)))
					if n > 2 {
						s.Expires = now.Add(time.Duration(rng.IntN(100)) * time.Hour)
					}
					saw = append(saw, s)
				}
			}
			covered := always
			if rng.IntN(4) == 0 {
				covered = never
			}
			before := snapshot(l)
			l.step(saw, covered, now)
			checkLedger(t, l, before, saw, now)

			once := snapshot(l)
			l.step(saw, covered, now)
			if twice := snapshot(l); !reflect.DeepEqual(twice, once) {
				t.Fatalf("seed %d: evaluating twice at one moment changed\n%+v\ninto\n%+v", seed, once, twice)
			}
		}
	}
}

func snapshot(l *ledger) ledger {
	s := ledger{findings: map[ID]Finding{}, moves: map[ID][]Transition{}}
	for id, f := range l.findings {
		f.Spans = append([]Span(nil), f.Spans...)
		s.findings[id] = f
	}
	for id, m := range l.moves {
		s.moves[id] = append([]Transition(nil), m...)
	}
	return s
}

func checkLedger(t *testing.T, l *ledger, before ledger, saw []Seen, now time.Time) {
	t.Helper()
	for _, s := range saw {
		if f := l.findings[s.ID]; f.State != Open || !f.LastSeen.Equal(now) {
			t.Errorf("%s was seen at %s and is %s, last seen %s", s.ID, now, f.State, f.LastSeen)
		}
	}
	for id, f := range l.findings {
		checkSpans(t, f)
		if got, want := len(l.moves[id]), 2*len(f.Spans); got != want && got != want-1 {
			t.Errorf("%s has %d spans and %d moves", id, len(f.Spans), got)
		}
		if old, ok := before.findings[id]; ok && !f.FirstSeen().Equal(old.FirstSeen()) {
			t.Errorf("%s was first seen at %s, then at %s", id, old.FirstSeen(), f.FirstSeen())
		}
		if got, want := f.OpenAt(now), f.State == Open; got != want {
			t.Errorf("%s is %s and open now: %v", id, f.State, got)
		}
		if got, want := f.Streak(now) > 0, f.State == Open; got != want {
			t.Errorf("%s is %s with a streak of %d", id, f.State, f.Streak(now))
		}
	}
}

// checkSpans: in order, apart, all but the last ended, the last as the state says.
func checkSpans(t *testing.T, f Finding) {
	t.Helper()
	for i, s := range f.Spans {
		last := i == len(f.Spans)-1
		if ended := !s.To.IsZero(); ended != (s.End != "") || ended && !s.To.After(s.From) || !ended && !last {
			t.Errorf("%s: span %d is %+v", f.ID, i, s)
		}
		if i > 0 && !s.From.After(f.Spans[i-1].To) {
			t.Errorf("%s: span %d begins at %s, before the one before ended", f.ID, i, s.From)
		}
		if last && (f.State == Open) != s.To.IsZero() || last && f.State != Open && s.End != f.State {
			t.Errorf("%s is %s and its last span %+v", f.ID, f.State, s)
		}
	}
}

func TestRewind(t *testing.T) {
	twice := Finding{Seen: seen("a", ""), State: Open, LastSeen: day(40), Spans: []Span{stretch(7, 14, Settled), stretch(21, 0, "")}}
	aged := Finding{Seen: seen("a", ""), State: AgedOut, LastSeen: day(20), Spans: []Span{stretch(7, 28, AgedOut)}}
	as := func(f Finding, state State, last int, spans ...Span) []Finding {
		f.State, f.LastSeen, f.Spans = state, day(last), spans
		return []Finding{f}
	}
	for _, c := range []struct {
		name string
		f    Finding
		at   int
		want []Finding
	}{
		{"before it opened it is not there", twice, 6, nil},
		{"when it opened it is open", twice, 7, as(twice, Open, 7, stretch(7, 0, ""))},
		{"while it was open it is", twice, 13, as(twice, Open, 13, stretch(7, 0, ""))},
		{"when it settled it is settled", twice, 14, as(twice, Settled, 14, stretch(7, 14, Settled))},
		{"between its stretches it is settled", twice, 20, as(twice, Settled, 20, stretch(7, 14, Settled))},
		{"open again it has two", twice, 30, as(twice, Open, 30, twice.Spans...)},
		{"now it is what it is", twice, 40, []Finding{twice}},
		{"later as well", twice, 50, []Finding{twice}},
		{"what aged out was open", aged, 27, as(aged, Open, 20, stretch(7, 0, ""))},
		{"and has aged out", aged, 28, []Finding{aged}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := fmt.Sprint(c.f)
			if got := Rewind([]Finding{c.f}, day(c.at)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("ledger\n got %+v\nwant %+v", got, c.want)
			}
			if fmt.Sprint(c.f) != before {
				t.Error("the finding given was changed")
			}
		})
	}
}
