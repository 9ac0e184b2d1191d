package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

func (s suite) comparing(t *testing.T) {
	s.promise(t, "what is as it was told is neither stale nor gone", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday), small(2, monday))
		wantCompared(t, st, nil, nil, told(small(1, monday), small(2, monday)))
	})
	s.promise(t, "what is not stored, updated since or has another key is stale", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday), small(2, monday), small(3, monday))
		moved := small(3, monday)
		moved.Key = "ORD-9"
		wantCompared(t, st, []string{"00002", "00003", "00004"}, nil,
			told(small(1, monday), small(2, monday.Add(time.Microsecond))), told(moved, small(4, monday)))
	})
	s.promise(t, "a ticket stored with a later update than the list tells is not stale", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday.Add(time.Hour)))
		wantCompared(t, st, nil, nil, told(small(1, monday)))
	})
	s.promise(t, "a key or an update that is not told is not compared", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		wantCompared(t, st, nil, nil, []ticket.Present{{Ref: ticket.Ref{ID: "00001"}}})
	})
	s.promise(t, "the former holder of a key that is told with it again is stale", func(t *testing.T, st store.Store) {
		young := small(2, monday)
		young.Key = "PAY-1"
		save(t, st, "", small(1, monday), young)
		wantCompared(t, st, []string{"00001"}, nil, told(small(1, monday), young))
	})
	s.promise(t, "what is stored and not told is gone", func(t *testing.T, st store.Store) {
		save(t, st, "", small(3, monday), small(1, monday), small(2, monday))
		wantCompared(t, st, nil, []string{"00001", "00003"}, told(small(2, monday)))
		wantCompared(t, st, nil, []string{"00001", "00002", "00003"})
	})
	s.promise(t, "a ticket told twice, as when a list shifts between pages, is told as updated last", func(t *testing.T, st store.Store) {
		later := small(1, monday.Add(time.Hour))
		later.Key = "ORD-1"
		save(t, st, "", later)
		wantCompared(t, st, nil, nil, told(small(1, monday)), told(later), told(small(1, monday)))
	})
	s.promise(t, "tickets of other sources are neither stale nor gone", func(t *testing.T, st store.Store) {
		there := small(9, monday)
		there.Source = "jira zeta"
		_, err := st.SavePage(t.Context(), there.Source, []ticket.Ticket{there}, nil, "")
		must(t, err)
		wantCompared(t, st, nil, nil)
		wantCompared(t, st, []string{"00009"}, nil, told(there))
	})
	s.promise(t, "comparing twice gives the same and changes nothing", func(t *testing.T, st store.Store) {
		save(t, st, "here", small(1, monday))
		for range 2 {
			wantCompared(t, st, []string{"00002"}, []string{"00001"}, told(small(2, monday)))
		}
		wantTickets(t, st, small(1, monday))
		wantCursor(t, st, source, "here")
	})
	s.promise(t, "an error of the list ends it, and nothing is concluded", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		cut := errors.New("cut")
		for _, pages := range [][][]ticket.Present{nil, {told(small(2, monday))}} {
			stale, gone, err := st.Compare(t.Context(), source, listed(cut, pages...))
			if !errors.Is(err, cut) || stale != nil || gone != nil {
				t.Errorf("got %v, %v, %v, want only the error", stale, gone, err)
			}
		}
	})
	s.promise(t, "a ticket told without an id is an error", func(t *testing.T, st store.Store) {
		_, _, err := st.Compare(t.Context(), source, listed(nil, []ticket.Present{{Ref: ticket.Ref{Key: "PAY-1"}}}))
		if err == nil {
			t.Error("it was compared")
		}
	})
	s.promise(t, "nothing is concluded once the context has ended", func(t *testing.T, st store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := st.Compare(ctx, source, listed(nil)); !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v, want context.Canceled", err)
		}
	})
	s.promise(t, "pages are saved while a list is being told", savedWhileComparing)
	s.promise(t, "many tickets are compared as few are", manyCompared)
}

func savedWhileComparing(t *testing.T, st store.Store) {
	save(t, st, "", small(1, monday))
	slow := func(yield func([]ticket.Present, error) bool) {
		for n := 2; n <= 4; n++ {
			if !yield(told(small(n, monday)), nil) {
				return
			}
			save(t, st, "", small(n, monday))
		}
	}
	stale, gone, err := st.Compare(t.Context(), source, slow)
	must(t, err)
	same(t, stale, nil)
	same(t, gone, []string{"00001"})
}

// manyCompared holds a shuffled list of some thousands against the store, of
// which every 7th is not stored and every 11th not told.
func manyCompared(t *testing.T, st store.Store) {
	const many = 5000
	var page []ticket.Ticket
	var present []ticket.Present
	var stale, gone []string
	for n := range many {
		one := small(n, monday)
		stored, known := n%7 != 0, n%11 != 0
		if stored {
			page = append(page, one)
		}
		if known {
			present = append(present, told(one)...)
		}
		if known && !stored {
			stale = append(stale, one.ID)
		}
		if stored && !known {
			gone = append(gone, one.ID)
		}
	}
	rand.New(rand.NewPCG(11, 12)).Shuffle(len(present), func(i, j int) { present[i], present[j] = present[j], present[i] })
	save(t, st, "", page...)
	wantCompared(t, st, stale, gone, slices.Collect(slices.Chunk(present, 250))...)
}

func (s suite) removing(t *testing.T) {
	s.promise(t, "a removed ticket is gone from every reading", func(t *testing.T, st store.Store) {
		save(t, st, "here", small(1, monday), small(2, monday), small(3, monday))
		wantRemoved(t, st, 2, "00001", "00003")
		wantTickets(t, st, small(2, monday))
		wantCompared(t, st, []string{"00001"}, nil, told(small(1, monday), small(2, monday)))
		for _, ref := range []ticket.Ref{{ID: "00001"}, {Key: "PAY-3"}} {
			if _, err := st.Ticket(t.Context(), source, ref); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("ticket %v: err = %v, want store.ErrNotFound", ref, err)
			}
		}
		wantCursor(t, st, source, "here")
		wantCount(t, st, 1)
	})
	s.promise(t, "removing again, or what was never there, removes nothing", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		wantRemoved(t, st, 0)
		wantRemoved(t, st, 1, "00001", "00001", "99999")
		wantRemoved(t, st, 0, "00001")
	})
	s.promise(t, "a removed ticket that is saved again is back, even as older news", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		wantRemoved(t, st, 1, "00001")
		old := small(1, monday.Add(-time.Hour))
		if changed := save(t, st, "", old); changed != 1 {
			t.Errorf("changed = %d, want 1", changed)
		}
		wantTickets(t, st, old)
		same(t, find(t, st, ticket.Ref{Key: "PAY-1"}), old)
	})
	s.promise(t, "the same id of another source stays", func(t *testing.T, st store.Store) {
		there := small(1, monday)
		there.Source = "jira zeta"
		save(t, st, "", small(1, monday))
		_, err := st.SavePage(t.Context(), there.Source, []ticket.Ticket{there}, nil, "")
		must(t, err)
		wantRemoved(t, st, 1, "00001")
		wantTickets(t, st, there)
		wantCount(t, st, 0)
	})
	s.promise(t, "nothing is removed once the context has ended", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if n, err := st.Remove(ctx, source, []string{"00001"}); !errors.Is(err, context.Canceled) || n != 0 {
			t.Errorf("got %d, %v, want context.Canceled", n, err)
		}
		wantCount(t, st, 1)
	})
	s.promise(t, "the tickets of a source are counted", func(t *testing.T, st store.Store) {
		wantCount(t, st, 0)
		save(t, st, "", small(1, monday), small(2, monday))
		wantCount(t, st, 2)
	})
}

// told is what a tracker's list says of these tickets.
func told(tickets ...ticket.Ticket) []ticket.Present {
	out := make([]ticket.Present, len(tickets))
	for i := range tickets {
		out[i] = ticket.Present{Ref: tickets[i].Ref(), Updated: tickets[i].Updated}
	}
	return out
}

// listed tells the pages and then the error, if there is one.
func listed(end error, pages ...[]ticket.Present) iter.Seq2[[]ticket.Present, error] {
	return func(yield func([]ticket.Present, error) bool) {
		for _, p := range pages {
			if !yield(p, nil) {
				return
			}
		}
		if end != nil {
			yield(nil, end)
		}
	}
}

func wantCompared(t *testing.T, st store.Store, stale, gone []string, pages ...[]ticket.Present) {
	t.Helper()
	gotStale, gotGone, err := st.Compare(t.Context(), source, listed(nil, pages...))
	must(t, err)
	if !slices.Equal(gotStale, stale) || !slices.Equal(gotGone, gone) {
		t.Errorf("stale %s, gone %s, want %s and %s", few(gotStale), few(gotGone), few(stale), few(gone))
	}
}

func few(ids []string) string { return fmt.Sprintf("%d %.200q", len(ids), ids[:min(len(ids), 20)]) }

func wantRemoved(t *testing.T, st store.Store, want int, ids ...string) {
	t.Helper()
	got, err := st.Remove(t.Context(), source, ids)
	if err != nil || got != want {
		t.Errorf("removed %d of %v, %v, want %d", got, ids, err, want)
	}
}

func wantCount(t *testing.T, st store.Store, want int) {
	t.Helper()
	got, err := st.Count(t.Context(), source)
	if err != nil || got != want {
		t.Errorf("count = %d, %v, want %d", got, err, want)
	}
}
