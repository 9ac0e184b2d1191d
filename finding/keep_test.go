package finding

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestWhichFindingsAreKept(t *testing.T) {
	now := time.Date(2026, time.November, 9, 8, 0, 0, 0, time.UTC)
	from := now.AddDate(0, 0, -820)
	before, after := from.Add(-time.Hour), from.Add(time.Hour)
	long := from.AddDate(0, -6, 0)
	ended := func(at time.Time) Finding {
		return Finding{
			Seen:  Seen{ID: "f", Rule: "r", Subject: Subject{Kind: AboutTicket, Source: "s", ID: "7"}, Labels: []string{"Legal"}},
			State: Settled, LastSeen: long, Spans: []Span{{From: long, To: at, End: Settled}},
		}
	}
	answered := Word{ID: "w1", Kind: AnsweredSo, At: long, Finding: "f"}
	waived := Word{ID: "w2", Kind: WaivedFor, At: long, Expires: before, Scope: Scope{Finding: "f"}}
	for _, c := range []struct {
		name  string
		f     Finding
		words []Word
		goes  bool
	}{
		{"it ended before", ended(before), nil, true},
		{"it ended at the moment", ended(from), nil, false},
		{"it ended after", ended(after), nil, false},
		{"it is open", func() Finding {
			f := ended(before)
			f.State, f.Spans = Open, append(f.Spans, Span{From: before})
			return f
		}(), nil, false},
		{"it was withdrawn", func() Finding {
			f := ended(before)
			f.State, f.Spans[0].End = Withdrawn, Withdrawn
			return f
		}(), nil, true},
		{"its answer holds", ended(before), []Word{answered}, false},
		{"its answer was about an event that is over", func() Finding {
			f := ended(before)
			f.State, f.Expires = AgedOut, before
			return f
		}(), []Word{answered}, true},
		{"its answer was about an event that expired later", func() Finding {
			f := ended(before)
			f.Expires = after
			return f
		}(), []Word{answered}, false},
		{"its answer was taken back before", ended(before), []Word{answered, {ID: "w3", Kind: TookBack, At: before, Finding: "f"}}, true},
		{"its answer was taken back after", ended(before), []Word{answered, {ID: "w3", Kind: TookBack, At: after, Finding: "f"}}, false},
		{"its waiver had ended", ended(before), []Word{waived}, true},
		{"its waiver ended after", ended(before), []Word{waived, {ID: "w3", Kind: RenewedFor, Waiver: "w2", At: long, Expires: after}}, false},
		{"a waiver for its ticket holds", ended(before), []Word{{ID: "w2", Kind: WaivedFor, At: long, Expires: now.Add(1), Scope: Scope{Ticket: TicketScope{Source: "s", ID: "7"}}}}, false},
		{"a waiver for its label holds", ended(before), []Word{{ID: "w2", Kind: WaivedFor, At: long, Expires: now.Add(1), Scope: Scope{Rule: "r", Label: "legal"}}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			other := ended(after)
			other.ID = "other"
			words := append(slices.Clone(c.words), Word{ID: "w9", Kind: AnsweredSo, At: long, Finding: "other"})
			var want []Ended
			if c.goes {
				want = []Ended{{Finding: "f"}}
				for _, w := range c.words {
					want[0].Words = append(want[0].Words, w.ID)
				}
			}
			if got := EndedBefore([]Finding{c.f, other}, words, from, now); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestWhichWaiversAreKept(t *testing.T) {
	from := time.Date(2024, time.August, 12, 8, 0, 0, 0, time.UTC)
	before, after := from.Add(-time.Hour), from.Add(time.Hour)
	ledger := []Finding{{Seen: Seen{ID: "f", Rule: "r", Subject: Subject{Kind: AboutTicket, Source: "s", ID: "7"}}, Spans: []Span{{From: before}}}}
	on := func(id, ticket string, at, expires time.Time) Word {
		return Word{ID: id, Kind: WaivedFor, At: at, Expires: expires, Scope: Scope{Ticket: TicketScope{Source: "s", ID: ticket}}}
	}
	words := []Word{
		on("of what is there", "7", before, before),
		on("over", "8", before, before),
		{ID: "its end", Kind: EndedEarly, At: before, Waiver: "over"},
		on("ended after", "8", before, after),
		on("renewed after", "8", before, before),
		{ID: "its renewal", Kind: RenewedFor, At: after, Expires: after.Add(1), Waiver: "renewed after"},
		{ID: "an answer", Kind: AnsweredSo, At: before, Finding: "f"},
	}
	if got, want := WaiversEndedBefore(ledger, words, from), []string{"over", "its end"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
