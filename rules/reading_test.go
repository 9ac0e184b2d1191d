package rules

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"testing"

	"github.com/fairlead-dev/fairlead/ticket"
)

// countedWork counts how often all its tickets are read, and breaks after some.
type countedWork struct {
	Work
	tickets, breaks int // breaks at the ticket of that number; 0: never
	reads           int
}

var errBroken = errors.New("broken")

func (w *countedWork) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	w.reads++
	return func(yield func(ticket.Ticket, error) bool) {
		for n := range w.tickets {
			if err := ctx.Err(); err != nil || n+1 == w.breaks {
				yield(ticket.Ticket{}, errors.Join(err, errBroken))
				return
			}
			if !yield(ticket.Ticket{ID: strconv.Itoa(n)}, nil) {
				return
			}
		}
	}
}

func TestEvaluationsSideBySideReadTogether(t *testing.T) {
	const many, tickets = 26, 3*readAtOnce + 5
	w := &countedWork{tickets: tickets}
	got := make([]int, many)
	sideBySide(t.Context(), w, many, func(i int, w Work) {
		if i == 3 {
			return // asks for none
		}
		for range 2 {
			for one, err := range w.Tickets(t.Context()) {
				if err != nil {
					t.Error(err)
				}
				if i == 5 && one.ID == strconv.Itoa(readAtOnce) { // has enough, and asks again
					break
				}
				got[i]++
			}
		}
	})
	for i, n := range got {
		want := map[int]int{3: 0, 5: 2 * readAtOnce}
		if w, other := want[i]; other && n != w || !other && n != 2*tickets {
			t.Errorf("evaluation %d saw %d tickets", i, n)
		}
	}
	if w.reads != 2 {
		t.Errorf("everything was read %d times, want twice", w.reads)
	}
}

func TestWhatEndsTheReadingIsToldToAll(t *testing.T) {
	for name, w := range map[string]*countedWork{"at once": {tickets: 10, breaks: 1}, "later": {tickets: 500, breaks: 400}} {
		told := make([]error, 4)
		sideBySide(t.Context(), w, len(told), func(i int, w Work) {
			for _, err := range w.Tickets(t.Context()) {
				told[i] = err
			}
		})
		for i, err := range told {
			if !errors.Is(err, errBroken) {
				t.Errorf("%s: evaluation %d is told %v", name, i, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sideBySide(ctx, &countedWork{tickets: 10}, 3, func(i int, w Work) {
		for _, err := range w.Tickets(ctx) {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("evaluation %d is told %v, want that it was given up", i, err)
			}
		}
	})
}

func TestAPanicReachesWhoAsked(t *testing.T) {
	defer func() {
		if p := recover(); p != "ours" {
			t.Errorf("recovered %v", p)
		}
	}()
	sideBySide(t.Context(), &countedWork{tickets: 10}, 3, func(i int, w Work) {
		if i == 1 {
			panic("ours")
		}
		for _, err := range w.Tickets(t.Context()) {
			if err != nil {
				t.Error(err)
			}
		}
	})
	t.Error("nothing reached us")
}
