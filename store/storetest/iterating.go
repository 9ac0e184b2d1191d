package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// many stores n tickets in pages of 1,000.
func many(t *testing.T, st store.Store, n int, updated time.Time) {
	t.Helper()
	for first := 0; first < n; first += 1000 {
		page := make([]ticket.Ticket, 0, 1000)
		for id := first; id < min(first+1000, n); id++ {
			page = append(page, small(id, updated))
		}
		save(t, st, fmt.Sprint(first), page...)
	}
}

func (s suite) iterating(t *testing.T) {
	s.promise(t, "ten thousand tickets come back once each, in order", func(t *testing.T, st store.Store) {
		many(t, st, 10_000, monday)
		next := 0
		for one, err := range st.Tickets(t.Context()) {
			must(t, err)
			if one.ID != small(next, monday).ID {
				t.Fatalf("ticket %d has the id %s", next, one.ID)
			}
			next++
		}
		if next != 10_000 {
			t.Errorf("%d tickets, want 10,000", next)
		}
	})
	s.promise(t, "a loop sees one moment, whatever is stored meanwhile", func(t *testing.T, st store.Store) {
		many(t, st, 2000, monday)
		seen := 0
		for one, err := range st.Tickets(t.Context()) {
			must(t, err)
			if !one.Updated.Equal(monday) {
				t.Fatalf("ticket %s is of %s, which was stored during the loop", one.ID, one.Updated)
			}
			if seen++; seen == 100 {
				many(t, st, 3000, monday.Add(time.Hour))
			}
		}
		if seen != 2000 {
			t.Errorf("%d tickets, want the 2000 of the beginning", seen)
		}
	})
	s.promise(t, "inside a loop one may read and write, in many loops at once", func(t *testing.T, st store.Store) {
		many(t, st, 20, monday)
		var loops sync.WaitGroup
		for n := range 30 {
			loops.Go(func() { loopAndTouch(t, st, n) })
		}
		loops.Wait()
	})
	s.promise(t, "a loop left early leaks nothing", func(t *testing.T, st store.Store) {
		many(t, st, 50, monday)
		for range 300 {
			for _, err := range st.Tickets(t.Context()) {
				must(t, err)
				break
			}
		}
		save(t, st, "still here", small(1, monday.Add(time.Hour)))
	})
	s.promise(t, "a sequence may be read twice", func(t *testing.T, st store.Store) {
		many(t, st, 3, monday)
		sequence, read := st.Tickets(t.Context()), 0
		for range 2 {
			for _, err := range sequence {
				must(t, err)
				read++
			}
		}
		if read != 6 {
			t.Errorf("%d tickets read in two passes, want 6", read)
		}
	})
	s.promise(t, "a context that ends stops the loop with its error", func(t *testing.T, st store.Store) {
		many(t, st, 5000, monday)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		read := 0
		for _, err := range st.Tickets(ctx) {
			if last = err; err != nil {
				continue // the error must be the last thing that comes
			}
			if read++; read == 10 {
				cancel()
			}
		}
		if !errors.Is(last, context.Canceled) {
			t.Errorf("after %d tickets: err = %v, want context.Canceled", read, last)
		}
	})
	s.promise(t, "a store without tickets yields nothing", func(t *testing.T, st store.Store) { wantTickets(t, st) })
}

// loopAndTouch reads every ticket again by key and stores one, in a loop.
func loopAndTouch(t *testing.T, st store.Store, n int) {
	for one, err := range st.Tickets(t.Context()) {
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := st.Ticket(t.Context(), source, ticket.Ref{Key: one.Key}); err != nil {
			t.Error(err)
		}
		if one.ID == small(n%20, monday).ID {
			touched := []ticket.Ticket{small(n%20, monday.Add(time.Duration(n)*time.Second))}
			if _, err := st.SavePage(t.Context(), source, touched, nil, ""); err != nil {
				t.Error(err)
			}
		}
	}
}
