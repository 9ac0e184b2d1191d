package connectortest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/ticket"
)

// shelf is a store in memory. It remembers every page's cursor together with
// what had been stored by then.
type shelf struct {
	tickets map[string]ticket.Ticket // by id
	sprints map[string]ticket.Sprint
	cursor  string
	pages   []saved
}

type saved struct {
	cursor  string
	tickets []ticket.Ticket
	sprints []ticket.Sprint
}

func newShelf() *shelf {
	return &shelf{tickets: map[string]ticket.Ticket{}, sprints: map[string]ticket.Sprint{}}
}

// Cursor implements connectors.Store.
func (s *shelf) Cursor(context.Context, string) (string, error) { return s.cursor, nil }

// SavePage implements connectors.Store. As every store does, it leaves a ticket
// alone that is older than the one it holds.
func (s *shelf) SavePage(_ context.Context, _ string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (int, error) {
	changed := 0
	for _, t := range tickets {
		old, known := s.tickets[t.ID]
		if known && t.Updated.Before(old.Updated) {
			continue
		}
		if !known || !reflect.DeepEqual(old, t) {
			changed++
		}
		s.tickets[t.ID] = t
	}
	for _, sp := range sprints {
		s.sprints[sp.ID] = sp
	}
	s.cursor = cursor
	s.pages = append(s.pages, saved{cursor, tickets, sprints})
	return changed, nil
}

// upTo is a shelf that holds only the first n pages of s.
func (s *shelf) upTo(n int) *shelf {
	out := newShelf()
	for _, p := range s.pages[:n] {
		_, _ = out.SavePage(context.Background(), "", p.tickets, p.sprints, p.cursor)
	}
	return out
}

// issues lists what is no container or goal, by key.
func (s *shelf) issues() map[string]ticket.Ticket {
	out := map[string]ticket.Ticket{}
	for _, t := range s.tickets {
		if t.RawType != "project" && t.RawType != "initiative" {
			out[t.Key] = t
		}
	}
	return out
}

// same reports every difference between two shelves.
func (s *shelf) same(t *testing.T, want *shelf) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want.tickets)) {
		got, ok := s.tickets[id]
		if !ok {
			t.Errorf("%s is missing", want.tickets[id].Key)
		} else if d := difference(got, want.tickets[id]); d != "" {
			t.Errorf("%s differs: %s", got.Key, d)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.tickets)) {
		if _, ok := want.tickets[id]; !ok {
			t.Errorf("%s is there and should not be", s.tickets[id].Key)
		}
	}
	if got, want := s.sprints, want.sprints; !reflect.DeepEqual(got, want) {
		t.Errorf("sprints = %v, want %v", got, want)
	}
}

// difference names the fields in which two tickets differ.
func difference(got, want ticket.Ticket) string {
	var out []string
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if a, b := g.Field(i).Interface(), w.Field(i).Interface(); !reflect.DeepEqual(a, b) {
			out = append(out, fmt.Sprintf("%s = %v, want %v", g.Type().Field(i).Name, a, b))
		}
	}
	return strings.Join(out, "; ")
}
