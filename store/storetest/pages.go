package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

func (s suite) pages(t *testing.T) {
	s.promise(t, "a source never read has an empty cursor", func(t *testing.T, st store.Store) {
		wantCursor(t, st, source, "")
	})
	s.promise(t, "the cursor is that of the last page", func(t *testing.T, st store.Store) {
		save(t, st, "page 1", small(1, monday))
		save(t, st, "page 2", small(2, monday))
		wantCursor(t, st, source, "page 2")
	})
	s.promise(t, "an empty page still moves the cursor", func(t *testing.T, st store.Store) {
		if changed := save(t, st, "on"); changed != 0 {
			t.Errorf("changed = %d, want 0", changed)
		}
		wantCursor(t, st, source, "on")
	})
	s.promise(t, "each source has a cursor of its own", func(t *testing.T, st store.Store) {
		save(t, st, "here")
		_, err := st.SavePage(t.Context(), "linear acme", nil, nil, "there")
		must(t, err)
		wantCursor(t, st, source, "here")
		wantCursor(t, st, "linear acme", "there")
	})
	s.promise(t, "a cursor keeps every byte", func(t *testing.T, st store.Store) {
		cursor := "{\"since\":\"2026\"}\x00\xff\n"
		save(t, st, cursor)
		wantCursor(t, st, source, cursor)
	})

	noID := small(3, monday)
	noID.ID = ""
	elsewhere := small(3, monday)
	elsewhere.Source = "linear acme"
	for _, c := range []struct {
		sentence string
		wrong    ticket.Ticket
	}{
		{"a page with a ticket without an id leaves everything as it was", noID},
		{"a page with a ticket of another source leaves everything as it was", elsewhere},
	} {
		s.promise(t, c.sentence, func(t *testing.T, st store.Store) { leavesAllAsItWas(t, st, c.wrong) })
	}
	s.promise(t, "nothing is stored once the context has ended", func(t *testing.T, st store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := st.SavePage(ctx, source, []ticket.Ticket{small(1, monday)}, nil, "too late")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v, want context.Canceled", err)
		}
		wantCursor(t, st, source, "")
		wantTickets(t, st)
	})
}

// leavesAllAsItWas shows that nothing of a page with a wrong ticket among good
// ones is kept, and that the error names source and ticket.
func leavesAllAsItWas(t *testing.T, st store.Store, wrong ticket.Ticket) {
	before := small(1, monday)
	save(t, st, "before", before)
	after := small(1, monday.Add(time.Hour))
	page := []ticket.Ticket{after, small(2, monday), wrong, small(4, monday)}
	sprint := ticket.Sprint{Source: source, ID: "23", Name: "Sprint 23"}
	changed, err := st.SavePage(t.Context(), source, page, []ticket.Sprint{sprint}, "after")
	if err == nil {
		t.Fatal("the page was stored")
	}
	if changed != 0 {
		t.Errorf("changed = %d, want 0", changed)
	}
	for _, word := range []string{source, "PAY-3"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("err = %v, want it to name %s", err, word)
		}
	}
	wantCursor(t, st, source, "before")
	wantTickets(t, st, before)
	if sprints, err := st.Sprints(t.Context()); err != nil || len(sprints) != 0 {
		t.Errorf("sprints = %v, %v, want none", sprints, err)
	}
}

func wantCursor(t *testing.T, st store.Store, source, want string) {
	t.Helper()
	got, err := st.Cursor(t.Context(), source)
	if err != nil || got != want {
		t.Errorf("cursor of %s = %q, %v, want %q", source, got, err, want)
	}
}

func wantTickets(t *testing.T, st store.Store, want ...ticket.Ticket) {
	t.Helper()
	same(t, all(t, st), want)
}
