package storetest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

const (
	writers      = 4
	pagesEach    = 15
	ticketsAPage = 20
)

func (s suite) sideBySide(t *testing.T) {
	s.promise(t, "writers and readers at once lose nothing and see whole pages only", writeWhileReading)
	t.Run("two stores in one place see each other's writes", func(t *testing.T) {
		place := s.newPlace(t)
		one, two := opened(t, place), opened(t, place)
		save(t, one, "from one", small(1, monday))
		wantCursor(t, two, source, "from one")
		save(t, two, "from two", small(2, monday))
		wantTickets(t, one, small(1, monday), small(2, monday))
	})
	t.Run("many stores may open one new place at the same time", func(t *testing.T) {
		place := s.newPlace(t)
		var openers sync.WaitGroup
		for n := range 8 {
			openers.Go(func() {
				st, err := place()
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := st.SavePage(t.Context(), source, []ticket.Ticket{small(n, monday)}, nil, ""); err != nil {
					t.Error(err)
				}
				if err := st.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		openers.Wait()
		if got := len(all(t, opened(t, place))); got != 8 {
			t.Errorf("%d tickets, want 8", got)
		}
	})
}

// writeWhileReading lets each writer store pages of one source of its own. A
// reader must see whole pages, and never fewer tickets than the cursor that it
// read before says were stored.
func writeWhileReading(t *testing.T, st store.Store) {
	var writing, reading sync.WaitGroup
	stop := make(chan struct{})
	for w := range writers {
		writing.Go(func() { writePages(t, st, fmt.Sprint("source ", w)) })
	}
	for range 3 {
		reading.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					readPages(t, st)
				}
			}
		})
	}
	writing.Wait()
	close(stop)
	reading.Wait()
	if got, want := len(all(t, st)), writers*pagesEach*ticketsAPage; got != want {
		t.Errorf("%d tickets, want %d", got, want)
	}
}

func writePages(t *testing.T, st store.Store, source string) {
	for p := range pagesEach {
		page := make([]ticket.Ticket, ticketsAPage)
		for i := range page {
			page[i] = small(p*ticketsAPage+i, monday)
			page[i].Source = source
		}
		changed, err := st.SavePage(t.Context(), source, page, nil, fmt.Sprint((p+1)*ticketsAPage))
		if err != nil || changed != ticketsAPage {
			t.Errorf("page %d of %s: changed = %d, %v", p, source, changed, err)
			return
		}
	}
}

func readPages(t *testing.T, st store.Store) {
	stored := 0
	if c, err := st.Cursor(t.Context(), "source 0"); err != nil {
		t.Error(err)
	} else if c != "" {
		if _, err := fmt.Sscan(c, &stored); err != nil {
			t.Error(err)
		}
	}
	counts := map[string]int{}
	for one, err := range st.Tickets(t.Context()) {
		if err != nil {
			t.Error(err)
			return
		}
		counts[one.Source]++
	}
	for source, n := range counts {
		if n%ticketsAPage != 0 {
			t.Errorf("%d tickets of %s are no whole pages", n, source)
		}
	}
	if counts["source 0"] < stored {
		t.Errorf("%d tickets where the cursor says %d", counts["source 0"], stored)
	}
}

func (s suite) openedAgain(t *testing.T) {
	t.Run("everything committed is there when the place is opened again", func(t *testing.T) {
		place := s.newPlace(t)
		first, err := place()
		must(t, err)
		rng := rand.New(rand.NewPCG(11, 12))
		one, sprint := Fill[ticket.Ticket](rng), Fill[ticket.Sprint](rng)
		one.Source, sprint.Source = source, source
		_, err = first.SavePage(t.Context(), source, []ticket.Ticket{one}, []ticket.Sprint{sprint}, "page 7")
		must(t, err)
		f := openFinding("a")
		opening := finding.Transition{Finding: "a", Move: finding.Opened, At: monday}
		flight := finding.Flight{Team: "payments", At: monday, InFlight: 41, Clear: 36}
		check(t, first, store.Check{
			Findings: []finding.Finding{f}, Transitions: []finding.Transition{opening}, Flights: []finding.Flight{flight},
		})
		run := Fill[store.Run](rng)
		must(t, first.SaveRun(t.Context(), run))
		must(t, first.Close())

		again := opened(t, place)
		wantCursor(t, again, source, "page 7")
		wantTickets(t, again, one)
		sprints, err := again.Sprints(t.Context())
		must(t, err)
		same(t, sprints, []ticket.Sprint{sprint})
		wantFindings(t, again, f)
		moves, err := again.Transitions(t.Context(), "a")
		must(t, err)
		same(t, moves, []finding.Transition{opening})
		wantFlights(t, again, "payments", monday, monday.Add(time.Second), flight)
		runs, err := again.Runs(t.Context(), run.Kind, 1)
		must(t, err)
		same(t, runs, []store.Run{run})
		if changed := save(t, again, "page 7", one); changed != 0 {
			t.Errorf("the same ticket stored again: changed = %d, want 0", changed)
		}
	})
	t.Run("a closed store says so instead of answering", func(t *testing.T) {
		st, err := s.newPlace(t)()
		must(t, err)
		must(t, st.Close())
		if _, err := st.Cursor(t.Context(), source); err == nil {
			t.Error("a closed store gave a cursor")
		}
		if _, err := st.SavePage(t.Context(), source, nil, nil, "x"); err == nil {
			t.Error("a closed store took a page")
		}
	})
}
