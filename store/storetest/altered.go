package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

func (s suite) altered(t *testing.T) {
	s.promise(t, "nothing is known since no position, and nothing is different since the one that is given", func(t *testing.T, st store.Store) {
		for _, tickets := range [][]ticket.Ticket{nil, {small(1, monday)}} {
			save(t, st, "", tickets...)
			first := altered(t, st, "")
			if first.Known || first.Position == "" || len(first.Tickets) > 0 {
				t.Errorf("since the beginning: %+v, want a position alone", first)
			}
			wantAltered(t, st, first.Position)
		}
	})
	s.promise(t, "what was stored or removed since is named, each once and in order", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday), small(2, monday), small(3, monday), small(4, monday))
		since := altered(t, st, "").Position
		save(t, st, "", small(3, monday.Add(time.Hour)), small(5, monday))
		wantRemoved(t, st, 1, "00002", "99999")
		save(t, st, "", small(3, monday.Add(2*time.Hour)))
		then := wantAltered(t, st, since, "00002", "00003", "00005")
		wantAltered(t, st, then)
		save(t, st, "", small(2, monday)) // it is back
		wantAltered(t, st, then, "00002")
		wantAltered(t, st, since, "00002", "00003", "00005")
	})
	s.promise(t, "what was stored as it was, or is older news, is not different", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday), small(2, monday))
		since := altered(t, st, "").Position
		older := small(1, monday.Add(-time.Hour))
		older.Title = "as it was before"
		save(t, st, "on", older, small(2, monday))
		wantAltered(t, st, since)
	})
	s.promise(t, "a ticket whose key another takes over is different", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		since := altered(t, st, "").Position
		young := small(2, monday)
		young.Key = "PAY-1"
		save(t, st, "", young)
		wantAltered(t, st, since, "00001", "00002")
	})
	s.promise(t, "sources are told apart, also those that came later", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		since := altered(t, st, "").Position
		there := small(1, monday)
		there.Source = "linear & acme=1"
		_, err := st.SavePage(t.Context(), there.Source, []ticket.Ticket{there}, nil, "")
		must(t, err)
		save(t, st, "", small(2, monday))
		got := altered(t, st, since)
		if want := []store.TicketName{{Source: source, ID: "00002"}, {Source: there.Source, ID: "00001"}}; !got.Known || !slices.Equal(got.Tickets, want) {
			t.Errorf("got %+v, want %v", got, want)
		}
	})
	s.promise(t, "what is written wholly or not at all is told so too", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		since := altered(t, st, "").Position
		wrong := small(3, monday)
		wrong.ID = ""
		if _, err := st.SavePage(t.Context(), source, []ticket.Ticket{small(2, monday), wrong}, nil, ""); err == nil {
			t.Fatal("the page was stored")
		}
		wantAltered(t, st, since)
	})
	s.promise(t, "a position that no store gives is not known", func(t *testing.T, st store.Store) {
		save(t, st, "", small(1, monday))
		for _, since := range []string{"7", "somewhere", "%%%", strings.Repeat("9", 40), altered(t, st, "").Position + "9"} {
			if got := altered(t, st, since); got.Known || len(got.Tickets) > 0 {
				t.Errorf("since %q: %+v", since, got)
			}
		}
	})
	t.Run("a position of another store is not known", func(t *testing.T) {
		one, other := opened(t, s.newPlace(t)), opened(t, s.newPlace(t))
		for _, st := range []store.Store{one, other} {
			save(t, st, "", small(1, monday))
		}
		if got := altered(t, other, altered(t, one, "").Position); got.Known {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("what another process writes is told", func(t *testing.T) {
		place := s.newPlace(t)
		one, two := opened(t, place), opened(t, place)
		save(t, one, "", small(1, monday))
		since := altered(t, one, "").Position
		save(t, two, "", small(2, monday))
		wantRemoved(t, two, 1, "00001")
		wantAltered(t, one, since, "00001", "00002")
	})
	s.promise(t, "a large page is told whole", func(t *testing.T, st store.Store) {
		since := altered(t, st, "").Position
		var page []ticket.Ticket
		var ids []string
		for n := range 3000 {
			page = append(page, small(n, monday))
			ids = append(ids, page[n].ID)
		}
		save(t, st, "", page...)
		wantAltered(t, st, since, ids...)
	})
	s.promise(t, "who follows while others write misses nothing", followed)
}

// followed lets somebody keep a copy of all tickets by what is told alone.
func followed(t *testing.T, st store.Store) {
	const rounds = 60
	written := make(chan struct{})
	go func() {
		defer close(written)
		for n := range rounds {
			page := []ticket.Ticket{small(n%7, monday.Add(time.Duration(n)*time.Minute)), small(n, monday)}
			if _, err := st.SavePage(t.Context(), source, page, nil, fmt.Sprint(n)); err != nil {
				t.Error(err)
			}
			if _, err := st.Remove(t.Context(), source, []string{small(n/2, monday).ID}); err != nil {
				t.Error(err)
			}
		}
	}()
	have := map[string]ticket.Ticket{}
	position := altered(t, st, "").Position
	for _, one := range all(t, st) {
		have[one.ID] = one
	}
	for last := false; ; {
		got := altered(t, st, position)
		if !got.Known {
			t.Fatal("it was forgotten at once")
		}
		position = got.Position
		for _, n := range got.Tickets {
			one, err := st.Ticket(t.Context(), n.Source, ticket.Ref{ID: n.ID})
			switch {
			case err == nil:
				have[n.ID] = one
			case errors.Is(err, store.ErrNotFound):
				delete(have, n.ID)
			default:
				t.Fatal(err)
			}
		}
		if last {
			break
		}
		select {
		case <-written:
			last = true
		default:
		}
	}
	want := all(t, st)
	if len(have) != len(want) {
		t.Errorf("%d tickets, want %d", len(have), len(want))
	}
	for _, one := range want {
		same(t, have[one.ID], one)
	}
}

func altered(t *testing.T, st store.Store, since string) store.Alterations {
	t.Helper()
	got, err := st.Altered(t.Context(), since)
	must(t, err)
	return got
}

// wantAltered holds the ids that are told since a position against those wanted, and
// gives the position up to where that is.
func wantAltered(t *testing.T, st store.Store, since string, want ...string) (position string) {
	t.Helper()
	got := altered(t, st, since)
	var ids []string
	for _, n := range got.Tickets {
		ids = append(ids, n.ID)
	}
	if !got.Known || !slices.Equal(ids, want) {
		t.Errorf("since %q: %s, known %v, want %s", since, few(ids), got.Known, few(want))
	}
	return got.Position
}
