// Package storetest holds what every store promises, as one suite: each store
// runs it on the real thing and adds only what is its own.
package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Place is where a store keeps its data, empty at first. Each call opens it
// again: two stores opened from one place see the same content, one after the
// other and side by side.
type Place func() (store.Store, error)

// Run shows that a store keeps its promises. newPlace makes an empty place that
// t cleans up.
func Run(t *testing.T, newPlace func(t *testing.T) Place) {
	s := suite{newPlace}
	t.Run("cursors and pages", s.pages)
	t.Run("tickets", s.tickets)
	t.Run("keys", s.keys)
	t.Run("hostile texts", s.hostileTexts)
	t.Run("iterating", s.iterating)
	t.Run("comparing", s.comparing)
	t.Run("removing", s.removing)
	t.Run("what is different since", s.altered)
	t.Run("sprints", s.sprints)
	t.Run("ledger", s.ledger)
	t.Run("undoing", s.undoing)
	t.Run("looks", s.looks)
	t.Run("mutes", s.mutes)
	t.Run("flights", s.flights)
	t.Run("runs", s.runs)
	t.Run("words", s.words)
	t.Run("votes", s.votes)
	t.Run("revisions", s.revisions)
	t.Run("gathered", s.gathered)
	t.Run("snapshots", s.snapshots)
	t.Run("deliveries", s.deliveries)
	t.Run("sign-in", s.signIns)
	t.Run("API tokens", s.apiTokens)
	t.Run("contents", s.contents)
	t.Run("amending", s.amending)
	t.Run("taking away", s.takingAway)
	t.Run("emptying", s.emptying)
	t.Run("side by side", s.sideBySide)
	t.Run("opened again", s.openedAgain)
}

type suite struct {
	newPlace func(t *testing.T) Place
}

// promise runs one sentence on a store of its own.
func (s suite) promise(t *testing.T, sentence string, show func(t *testing.T, st store.Store)) {
	t.Helper()
	t.Run(sentence, func(t *testing.T) { show(t, opened(t, s.newPlace(t))) })
}

func opened(t *testing.T, open Place) store.Store {
	t.Helper()
	st, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return st
}

const source = "jira acme.atlassian.net"

// monday is when these tests happen.
var monday = time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)

// small is a ticket with little in it: id 7 has the key PAY-7.
func small(id int, updated time.Time) ticket.Ticket {
	return ticket.Ticket{
		Source: source, Tracker: "jira", ID: fmt.Sprintf("%05d", id), Key: fmt.Sprintf("PAY-%d", id),
		Title: fmt.Sprintf("ticket %d", id), Kind: ticket.Task, Category: ticket.Todo,
		Created: monday, Updated: updated,
	}
}

// save stores one page and says how many tickets changed.
func save(t *testing.T, st store.Store, cursor string, tickets ...ticket.Ticket) int {
	t.Helper()
	changed, err := st.SavePage(t.Context(), source, tickets, nil, cursor)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// all reads every ticket.
func all(t *testing.T, st store.Store) []ticket.Ticket {
	t.Helper()
	var out []ticket.Ticket
	for one, err := range st.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	return out
}

// find reads one ticket of the source that the tests use.
func find(t *testing.T, st store.Store, ref ticket.Ref) ticket.Ticket {
	t.Helper()
	got, err := st.Ticket(t.Context(), source, ref)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// same fails unless got and want are equal to the last field, and names the
// first place where they are not.
func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if place, g, w := Differ(reflect.ValueOf(got), reflect.ValueOf(want), ""); place != "" {
		t.Errorf("%s = %.300s, want %.300s", place, g, w)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
