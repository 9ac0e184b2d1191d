package finding_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	. "github.com/fairlead-dev/fairlead/finding"
)

// stretch is a span of days; an end of 0 lasts.
func stretch(from, to int, end State) Span {
	s := Span{From: day(from), End: end}
	if to != 0 {
		s.To = day(to)
	}
	return s
}

// weekly is the replay of days 7, 14, 21 and so on, up to 70, on which a finding
// was seen as the digits say: 1 seen, 0 not.
func weekly(p *Past, s Seen, days string) {
	for i, c := range days {
		var all []Seen
		if c == '1' {
			all = []Seen{s}
		}
		p.Step(all, always, day(7*(i+1)))
	}
}

func TestBackfill(t *testing.T) {
	const now = 77 // the day on which somebody looked first, where the ledger speaks already
	a := seen("a", "as it was in the past")
	latest := seen("a", "as recorded")
	expired := expiring(a, day(40))
	recorded := func(state State, spans ...Span) *Finding {
		return &Finding{Seen: latest, State: state, LastSeen: day(80), Spans: spans}
	}
	for _, c := range []struct {
		name     string
		recorded *Finding
		since    int // 0: the ledger does not speak yet
		seen     Seen
		past     string
		want     *Finding
		made     []Transition
		undone   []Transition
	}{
		{name: "never seen", past: "0000000000"},
		{
			name: "open to the end where the ledger does not speak yet: it stays open", past: "0000000011", seen: a,
			want: &Finding{Seen: a, State: Open, LastSeen: day(70), Spans: []Span{stretch(63, 0, "")}},
			made: []Transition{{"a", Opened, day(63)}},
		},
		{
			name: "open, settled, open again", past: "0110000001", seen: a,
			want: &Finding{Seen: a, State: Open, LastSeen: day(70), Spans: []Span{stretch(14, 28, Settled), stretch(70, 0, "")}},
			made: []Transition{{"a", Opened, day(14)}, {"a", Settling, day(28)}, {"a", Reopened, day(70)}},
		},
		{
			name: "open when somebody first looked: it opened before", past: "0000000111", seen: a, since: now,
			recorded: recorded(Open, stretch(now, 0, "")),
			want:     recorded(Open, stretch(56, 0, "")),
			made:     []Transition{{"a", Opened, day(56)}}, undone: []Transition{{"a", Opened, day(now)}},
		},
		{
			name: "open when somebody first looked, settled since: only the beginning moves", past: "0000000001", seen: a, since: now,
			recorded: recorded(Settled, stretch(now, 84, Settled)),
			want:     recorded(Settled, stretch(70, 84, Settled)),
			made:     []Transition{{"a", Opened, day(70)}}, undone: []Transition{{"a", Opened, day(now)}},
		},
		{
			name: "settled before somebody looked, opened later: the later opening was the second", past: "0011000000", seen: a, since: now,
			recorded: recorded(Open, stretch(80, 0, "")),
			want:     recorded(Open, stretch(21, 35, Settled), stretch(80, 0, "")),
			made:     []Transition{{"a", Opened, day(21)}, {"a", Settling, day(35)}, {"a", Reopened, day(80)}},
			undone:   []Transition{{"a", Opened, day(80)}},
		},
		{
			name: "open in the past and not there when somebody looked: settled by then", past: "0000000011", seen: a, since: now,
			want: &Finding{Seen: a, State: Settled, LastSeen: day(70), Spans: []Span{stretch(63, now, Settled)}},
			made: []Transition{{"a", Opened, day(63)}, {"a", Settling, day(now)}},
		},
		{
			name: "an event that had left its window when somebody looked has aged out", past: "0000000011", seen: expiring(a, day(75)), since: now,
			want: &Finding{Seen: expiring(a, day(75)), State: AgedOut, LastSeen: day(70), Spans: []Span{stretch(63, now, AgedOut)}},
			made: []Transition{{"a", Opened, day(63)}, {"a", Aging, day(now)}},
		},
		{
			name: "an event that left its window within the past", past: "0001100000", seen: expired,
			want: &Finding{Seen: expired, State: AgedOut, LastSeen: day(35), Spans: []Span{stretch(28, 42, AgedOut)}},
			made: []Transition{{"a", Opened, day(28)}, {"a", Aging, day(42)}},
		},
		{
			name: "looked at, given up, taken up again: only the time between is filled", past: "1111111111", seen: a, since: now,
			recorded: recorded(Open, stretch(10, 30, Withdrawn), stretch(now, 0, "")),
			want:     recorded(Open, stretch(10, 30, Withdrawn), stretch(35, 0, "")),
			made:     []Transition{{"a", Reopened, day(35)}}, undone: []Transition{{"a", Reopened, day(now)}},
		},
		{
			name: "given up and not taken up yet: it opens again, in the newer words", past: "1111111111", seen: a,
			recorded: recorded(Withdrawn, stretch(10, 30, Withdrawn)),
			want:     &Finding{Seen: a, State: Open, LastSeen: day(70), Spans: []Span{stretch(10, 30, Withdrawn), stretch(35, 0, "")}},
			made:     []Transition{{"a", Reopened, day(35)}},
		},
		{
			name: "recorded as open all along there is nothing to add", past: "1101101111", seen: a,
			recorded: recorded(Open, stretch(10, 0, "")),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var ledger []Finding
			if c.recorded != nil {
				ledger = []Finding{*c.recorded}
			}
			p := NewPast(ledger, func(*Seen) time.Time {
				if c.since == 0 {
					return time.Time{}
				}
				return day(c.since)
			})
			weekly(p, c.seen, c.past)
			got, made, undone := p.Lay()
			if c.want == nil {
				if len(got)+len(made)+len(undone) > 0 {
					t.Errorf("got %+v, %+v, %+v, want nothing", got, made, undone)
				}
				return
			}
			if !reflect.DeepEqual(got, []Finding{*c.want}) {
				t.Errorf("findings\n got %+v\nwant %+v", got, *c.want)
			}
			if !reflect.DeepEqual(made, c.made) || len(undone) != len(c.undone) || !slices.Equal(undone, c.undone) {
				t.Errorf("moves made %v, want %v\nundone %v, want %v", made, c.made, undone, c.undone)
			}
		})
	}
}

func TestARuleThatStoppedInThePastIsFrozenThere(t *testing.T) {
	p := NewPast(nil, func(*Seen) time.Time { return time.Time{} })
	a := seen("a", "")
	p.Step([]Seen{a}, always, day(7))
	p.Step(nil, never, day(14))
	p.Step([]Seen{a}, always, day(21))
	if got, _, _ := p.Lay(); len(got) != 1 || !reflect.DeepEqual(got[0].Spans, []Span{stretch(7, 0, "")}) {
		t.Errorf("got %+v, want it open since day 7", got)
	}
}

// Whatever is recorded and whatever a replay sees: stretches follow one another,
// what was recorded from since on stands, and the moves tell the stretches.
func TestBackfillKeepsOrderAndRecord(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	for range 3000 {
		since, at := 1+random.IntN(80), 0
		f := Finding{Seen: seen("a", "recorded"), State: Settled, LastSeen: day(90)}
		for range 1 + random.IntN(3) {
			from := at + 1 + random.IntN(30)
			at = from + 1 + random.IntN(20)
			f.Spans = append(f.Spans, stretch(from, at, Settled))
		}
		if random.IntN(2) == 0 {
			f.State, f.Spans[len(f.Spans)-1] = Open, stretch(at-1, 0, "")
		}
		p := NewPast([]Finding{f}, func(*Seen) time.Time { return day(since) })
		for n := 1; n < 13; n++ {
			var all []Seen
			if random.IntN(2) == 0 {
				all = []Seen{seen("a", "replayed")}
			}
			p.Step(all, always, day(7*n))
		}
		next, made, undone := p.Lay()
		for _, got := range next {
			inOrder(t, got)
			kept := slices.DeleteFunc(slices.Clone(f.Spans), func(s Span) bool { return !s.From.After(day(since)) })
			if tail := got.Spans[len(got.Spans)-len(kept):]; !slices.Equal(tail, kept) {
				t.Fatalf("since day %d of %+v became %+v", since, f.Spans, got.Spans)
			}
			if got.OpenAt(day(since)) != f.OpenAt(day(since)) {
				t.Fatalf("on day %d %+v became %+v", since, f.Spans, got.Spans)
			}
		}
		for _, m := range slices.Concat(made, undone) {
			if m.Finding != "a" || m.At.Before(day(1)) {
				t.Fatalf("move %+v", m)
			}
		}
	}
}

func inOrder(t *testing.T, f Finding) {
	t.Helper()
	for i, s := range f.Spans {
		last := i == len(f.Spans)-1
		if s.To.IsZero() != (last && f.State == Open) || !s.To.IsZero() && !s.From.Before(s.To) || i > 0 && s.From.Before(f.Spans[i-1].To) {
			t.Fatalf("%s with stretches %+v", f.State, f.Spans)
		}
	}
}
