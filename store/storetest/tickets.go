package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

func (s suite) tickets(t *testing.T) {
	s.promise(t, "a ticket comes back as it was stored, to the last field", func(t *testing.T, st store.Store) {
		want := Fill[ticket.Ticket](rand.New(rand.NewPCG(1, 2)))
		want.Source = source
		save(t, st, "", want)
		same(t, find(t, st, want.Ref()), want)
		wantTickets(t, st, want)
	})
	s.promise(t, "a ticket with nothing but an id comes back as it was stored", func(t *testing.T, st store.Store) {
		want := ticket.Ticket{Source: source, ID: "1"}
		save(t, st, "", want)
		same(t, find(t, st, ticket.Ref{ID: "1"}), want)
	})
	s.promise(t, "many tickets are found by their ids, and those that are not there are left out", func(t *testing.T, st store.Store) {
		page := make([]ticket.Ticket, 1100) // more than any store asks for at once
		for n := range page {
			page[n] = small(n, monday)
		}
		page[7].ID = "an id with \"quotes\", \\ and \xff"
		save(t, st, "", page...)
		if _, err := st.Remove(t.Context(), source, []string{page[3].ID}); err != nil {
			t.Fatal(err)
		}
		ids := []string{"never stored", ""}
		want := map[string]ticket.Ticket{}
		for n := 1; n < len(page); n++ {
			if ids = append(ids, page[n].ID); n != 3 && n != 7 {
				want[page[n].ID] = page[n]
			}
		}
		got := byID(t, st, source, ids)
		delete(got, page[7].ID) // what is no text may be left out, and is found by itself
		same(t, got, want)
		same(t, find(t, st, page[7].Ref()), page[7])
		same(t, byID(t, st, "another source", ids), map[string]ticket.Ticket{})
		same(t, byID(t, st, source, nil), map[string]ticket.Ticket{})
		seen := 0
		for _, err := range st.TicketsByID(t.Context(), source, ids) {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; seen == 2 {
				break // who has seen enough gets no more
			}
		}
		ended, end := context.WithCancel(t.Context())
		end()
		for _, err := range st.TicketsByID(ended, source, ids) {
			if err == nil {
				t.Fatal("tickets are read though nobody wants them any more")
			}
		}
	})
	s.promise(t, "times keep their microseconds and come back in UTC", func(t *testing.T, st store.Store) {
		want := small(1, monday.Add(123456*time.Microsecond))
		given := want
		given.Updated = given.Updated.In(time.FixedZone("somewhere", 5*3600+1800))
		save(t, st, "", given)
		same(t, find(t, st, want.Ref()), want)
	})
	s.promise(t, "the same page twice changes nothing the second time", func(t *testing.T, st store.Store) {
		rng := rand.New(rand.NewPCG(3, 4))
		page := make([]ticket.Ticket, 20)
		for i := range page {
			page[i] = Fill[ticket.Ticket](rng)
			page[i].Source = source
		}
		if changed := save(t, st, "1", page...); changed != len(page) {
			t.Errorf("first time: changed = %d, want %d", changed, len(page))
		}
		before := all(t, st)
		if changed := save(t, st, "1", page...); changed != 0 {
			t.Errorf("second time: changed = %d, want 0", changed)
		}
		wantTickets(t, st, before...)
	})
	s.promise(t, "an empty list is no change from none", func(t *testing.T, st store.Store) {
		one := small(1, monday)
		save(t, st, "", one)
		one.Labels, one.History = []string{}, []ticket.Change{}
		if changed := save(t, st, "", one); changed != 0 {
			t.Errorf("changed = %d, want 0", changed)
		}
	})
	s.promise(t, "another content of the same moment replaces the stored one", func(t *testing.T, st store.Store) {
		one := small(1, monday)
		save(t, st, "", one)
		one.Title = "told again, with a comment counted"
		if changed := save(t, st, "", one); changed != 1 {
			t.Errorf("changed = %d, want 1", changed)
		}
		wantTickets(t, st, one)
	})
	s.promise(t, "older news is left alone, to the microsecond", func(t *testing.T, st store.Store) {
		now := small(1, monday)
		save(t, st, "", now)
		old := small(1, monday.Add(-time.Microsecond))
		old.Title = "as it was"
		if changed := save(t, st, "moved on", old); changed != 0 {
			t.Errorf("changed = %d, want 0", changed)
		}
		wantTickets(t, st, now)
		wantCursor(t, st, source, "moved on")
	})
	s.promise(t, "a ticket without a time of update gives way to one with", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, time.Time{}))
		save(t, st, "", small(1, monday))
		save(t, st, "", small(1, time.Time{}))
		wantTickets(t, st, small(1, monday))
	})
	s.promise(t, "a ticket twice in one page counts once, and the later update stays", func(t *testing.T, st store.Store) {
		later := small(1, monday.Add(time.Hour))
		if changed := save(t, st, "", small(1, monday), later, small(1, monday)); changed != 1 {
			t.Errorf("changed = %d, want 1", changed)
		}
		wantTickets(t, st, later)
	})
	s.promise(t, "the same id in two sources is two tickets", func(t *testing.T, st store.Store) {
		here, there := small(1, monday), small(1, monday)
		there.Source = "jira zeta"
		save(t, st, "", here)
		_, err := st.SavePage(t.Context(), there.Source, []ticket.Ticket{there}, nil, "")
		must(t, err)
		wantTickets(t, st, here, there)
		same(t, find(t, st, here.Ref()), here)
	})
	s.promise(t, "tickets come ordered by source and id, however they were stored", func(t *testing.T, st store.Store) {
		save(t, st, "", small(9, monday), small(1, monday), small(5, monday))
		wantTickets(t, st, small(1, monday), small(5, monday), small(9, monday))
	})
	s.promise(t, "a ticket that is not there is ErrNotFound", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		for _, c := range []struct {
			source string
			ref    ticket.Ref
		}{
			{source, ticket.Ref{ID: "2"}},
			{source, ticket.Ref{Key: "PAY-2"}},
			{source, ticket.Ref{ID: "2", Key: "PAY-1"}}, // an id decides
			{source, ticket.Ref{}},
			{"jira zeta", ticket.Ref{ID: "00001"}},
		} {
			if _, err := st.Ticket(t.Context(), c.source, c.ref); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("ticket %v of %s: err = %v, want store.ErrNotFound", c.ref, c.source, err)
			}
		}
	})
}

func (s suite) keys(t *testing.T) {
	withKey := func(id int, key string, updated time.Time) ticket.Ticket {
		one := small(id, updated)
		one.Key = key
		return one
	}
	s.promise(t, "a moved ticket keeps its id, is found by its new key and no more by the old", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		moved := withKey(1, "ORD-9", monday.Add(time.Hour))
		save(t, st, "", moved)
		same(t, find(t, st, ticket.Ref{Key: "ORD-9"}), moved)
		wantNoKey(t, st, "PAY-1")
		wantTickets(t, st, moved)
	})
	s.promise(t, "a key taken over belongs to the ticket stored last", func(t *testing.T, st store.Store) {
		old, young := small(1, monday), withKey(2, "PAY-1", monday.Add(-time.Hour))
		save(t, st, "", old)
		save(t, st, "", young)
		same(t, find(t, st, ticket.Ref{Key: "PAY-1"}), young)
		same(t, find(t, st, ticket.Ref{ID: old.ID}), old)
	})
	s.promise(t, "reading the former holder again, unchanged, does not give the key back", func(t *testing.T, st store.Store) {
		old, young := small(1, monday), withKey(2, "PAY-1", monday)
		save(t, st, "", old, young)
		if changed := save(t, st, "", old, young); changed != 0 {
			t.Errorf("changed = %d, want 0", changed)
		}
		same(t, find(t, st, ticket.Ref{Key: "PAY-1"}), young)
	})
	s.promise(t, "two tickets may swap their keys in one page", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday), small(2, monday))
		one, two := withKey(1, "PAY-2", monday), withKey(2, "PAY-1", monday)
		save(t, st, "", one, two)
		same(t, find(t, st, ticket.Ref{Key: "PAY-2"}), one)
		same(t, find(t, st, ticket.Ref{Key: "PAY-1"}), two)
	})
	s.promise(t, "the former holder takes the key back by changing", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday), withKey(2, "PAY-1", monday))
		back := small(1, monday.Add(time.Hour))
		save(t, st, "", back)
		same(t, find(t, st, ticket.Ref{Key: "PAY-1"}), back)
	})
	s.promise(t, "a key of another source is another key", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		there := withKey(2, "PAY-1", monday)
		there.Source = "jira zeta"
		_, err := st.SavePage(t.Context(), there.Source, []ticket.Ticket{there}, nil, "")
		must(t, err)
		same(t, find(t, st, ticket.Ref{Key: "PAY-1"}), small(1, monday))
	})
}

func wantNoKey(t *testing.T, st store.Store, key string) {
	t.Helper()
	if got, err := st.Ticket(t.Context(), source, ticket.Ref{Key: key}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ticket %s = %s, %v, want store.ErrNotFound", key, got.ID, err)
	}
}

// byID reads tickets by their ids.
func byID(t *testing.T, st store.Store, source string, ids []string) map[string]ticket.Ticket {
	t.Helper()
	out := map[string]ticket.Ticket{}
	for one, err := range st.TicketsByID(t.Context(), source, ids) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[one.ID]; twice {
			t.Errorf("ticket %q comes twice", one.ID)
		}
		out[one.ID] = one
	}
	return out
}
