package connectors_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
)

// tracker is a source that holds tickets and can be made to err.
type tracker struct {
	holds map[string]ticket.Ticket
	// unlisted are held but left out of the list, as while a search index trails.
	unlisted map[string]bool
	listErr  error // at the end of the list
	fetchErr error // from the given call on
	errFrom  int
	asked    [][]string // ids of each Fetch
}

func (s *tracker) Name() string { return "jira test" }

func (s *tracker) Present(context.Context) iter.Seq2[[]ticket.Present, error] {
	return func(yield func([]ticket.Present, error) bool) {
		for page := range slices.Chunk(s.listed(), 7) {
			if !yield(page, nil) {
				return
			}
		}
		if s.listErr != nil {
			yield(nil, s.listErr)
		}
	}
}

func (s *tracker) listed() (out []ticket.Present) {
	for id, t := range s.holds {
		if !s.unlisted[id] {
			out = append(out, ticket.Present{Ref: t.Ref(), Updated: t.Updated})
		}
	}
	return out
}

func (s *tracker) Fetch(_ context.Context, ids []string) (connectors.Page, error) {
	s.asked = append(s.asked, ids)
	if s.fetchErr != nil && len(s.asked) >= s.errFrom {
		return connectors.Page{}, s.fetchErr
	}
	var p connectors.Page
	for _, id := range ids {
		if t, ok := s.holds[id]; ok {
			p.Tickets = append(p.Tickets, t)
		}
	}
	return p, nil
}

// change gives a held ticket a later update and other contents.
func (s *tracker) change(id string, how func(*ticket.Ticket)) {
	t := s.holds[id]
	t.Updated = t.Updated.Add(time.Hour)
	how(&t)
	s.holds[id] = t
}

// synced is a tracker that holds n tickets and a store that has all of them.
func synced(t *testing.T, n int) (*tracker, *sqlite.Store) {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "fairlead.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	src := &tracker{holds: map[string]ticket.Ticket{}, unlisted: map[string]bool{}}
	for i := range n {
		one := ticket.Ticket{Source: src.Name(), ID: fmt.Sprint(1000 + i), Key: fmt.Sprintf("PAY-%d", i), Project: "PAY", Created: noon, Updated: noon}
		src.holds[one.ID] = one
	}
	if n > 0 {
		if _, err := st.SavePage(t.Context(), src.Name(), stored(src.holds), nil, "here"); err != nil {
			t.Fatal(err)
		}
	}
	return src, st
}

// stored is how these tickets stand in a store: by id.
func stored(holds map[string]ticket.Ticket) (out []ticket.Ticket) {
	for _, t := range holds {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b ticket.Ticket) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func wantStored(t *testing.T, st *sqlite.Store, want []ticket.Ticket) {
	t.Helper()
	var got []ticket.Ticket
	for one, err := range st.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, one)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("stored are %d tickets, want %d:\n got %.600v\nwant %.600v", len(got), len(want), got, want)
	}
	if cursor, err := st.Cursor(t.Context(), "jira test"); err != nil || (cursor != "here" && len(want) > 0) {
		t.Errorf("cursor = %q, %v, want it where it was", cursor, err)
	}
}

func TestReconcileBringsTheStoreToWhatTheTrackerHolds(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*tracker)
		want   connectors.Reconciled // Source, Stored and Present are filled in
	}{
		{"nothing changed", func(*tracker) {}, connectors.Reconciled{}},
		{"a ticket was deleted", func(s *tracker) { delete(s.holds, "1003") }, connectors.Reconciled{Removed: 1}},
		{"a ticket moved: same id, new key", func(s *tracker) {
			one := s.holds["1003"]
			one.Key, one.Project = "ORD-9", "ORD" // Jira does not count a move as an update everywhere
			s.holds["1003"] = one
		}, connectors.Reconciled{Refetched: 1, Changed: 1}},
		{"a ticket left the project and another took its place", func(s *tracker) {
			delete(s.holds, "1003")
			s.holds["2000"] = ticket.Ticket{Source: s.Name(), ID: "2000", Key: "PAY-3", Created: noon, Updated: noon}
		}, connectors.Reconciled{Refetched: 1, Changed: 1, Removed: 1}},
		{"a ticket was linked anew and the sync missed it", func(s *tracker) {
			s.change("1003", func(t *ticket.Ticket) {
				t.Links = []ticket.Link{{Kind: ticket.Solves, Phrase: "solves", Target: ticket.Ref{ID: "1004"}}}
				t.History = []ticket.Change{{ID: "1", At: noon, Field: ticket.FieldLink}}
			})
		}, connectors.Reconciled{Refetched: 1, Changed: 1, Changes: 1}},
		{"a ticket left its sprint and the sync missed it", func(s *tracker) {
			s.change("1003", func(t *ticket.Ticket) { t.Sprints = nil; t.Title = "out of the sprint" })
		}, connectors.Reconciled{Refetched: 1, Changed: 1}},
		{"a ticket is missing from the list alone", func(s *tracker) { s.unlisted["1003"] = true }, connectors.Reconciled{StillHeld: 1}},
		{"a ticket is missing from the list and changed", func(s *tracker) {
			s.unlisted["1003"] = true
			s.change("1003", func(t *ticket.Ticket) { t.Title = "another" })
		}, connectors.Reconciled{StillHeld: 1, Changed: 1}},
		{"twenty of thirty were deleted", func(s *tracker) {
			for i := range 20 {
				delete(s.holds, fmt.Sprint(1000+i))
			}
		}, connectors.Reconciled{Removed: 20}},
		{"more than one batch is new", func(s *tracker) {
			for i := range 250 {
				id := fmt.Sprint(5000 + i)
				s.holds[id] = ticket.Ticket{Source: s.Name(), ID: id, Key: "NEW-" + id, Updated: noon}
			}
		}, connectors.Reconciled{Refetched: 250, Changed: 250}},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, st := synced(t, 30)
			c.change(src)
			c.want.Source, c.want.Stored, c.want.Present = src.Name(), 30, len(src.listed())
			got, err := connectors.Reconcile(t.Context(), src, st, connectors.ReconcileOptions{})
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, c.want)
			}
			wantStored(t, st, stored(src.holds))
			for _, ids := range src.asked {
				if len(ids) > 100 {
					t.Errorf("%d tickets were asked for at once, want at most 100", len(ids))
				}
			}
		})
	}
}

func TestReconcileRemovesNothingWhen(t *testing.T) {
	cut := errors.New("connection reset")
	for _, c := range []struct {
		name  string
		spoil func(*tracker)
		words string // part of the error
	}{
		{"the list was cut", func(s *tracker) {
			delete(s.holds, "1003")
			s.listErr = cut
		}, "connection reset"},
		{"the list is empty", func(s *tracker) { clear(s.holds) }, "no ticket at all, though 50 are stored"},
		{"the second look was cut", func(s *tracker) {
			delete(s.holds, "1003")
			s.fetchErr, s.errFrom = cut, 1
		}, "connection reset"},
		{"what is new could not be read", func(s *tracker) {
			delete(s.holds, "1003")
			s.holds["2000"] = ticket.Ticket{Source: s.Name(), ID: "2000"}
			s.fetchErr, s.errFrom = cut, 1
		}, "connection reset"},
		{"more than half would go", func(s *tracker) {
			for i := range 26 {
				delete(s.holds, fmt.Sprint(1000+i))
			}
		}, "26 of 50 stored tickets"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, st := synced(t, 50)
			before := stored(src.holds)
			c.spoil(src)
			_, err := connectors.Reconcile(t.Context(), src, st, connectors.ReconcileOptions{})
			if err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("err = %v, want one that says %q", err, c.words)
			}
			wantStored(t, st, before)
		})
	}
}

func TestReconcileSaysHowToConfirmAndThenGoesOn(t *testing.T) {
	src, st := synced(t, 50)
	for i := range 40 {
		delete(src.holds, fmt.Sprint(1000+i))
	}
	_, err := connectors.Reconcile(t.Context(), src, st, connectors.ReconcileOptions{})
	told := &connectors.Error{}
	if !errors.As(err, &told) || !strings.Contains(told.Fix, "fairlead sync --reconcile --allow-removals") {
		t.Fatalf("err = %v, want one that says how to confirm", err)
	}
	if len(src.asked) != 0 {
		t.Errorf("%d second looks before anybody confirmed", len(src.asked))
	}
	got, err := connectors.Reconcile(t.Context(), src, st, connectors.ReconcileOptions{AllowRemovals: true})
	if err != nil || got.Removed != 40 {
		t.Errorf("got %+v, %v, want 40 removed", got, err)
	}
	wantStored(t, st, stored(src.holds))
}

func TestConfirmingDoesNotMakeAnEmptyListBelievable(t *testing.T) {
	src, st := synced(t, 5)
	before := stored(src.holds)
	clear(src.holds)
	if _, err := connectors.Reconcile(t.Context(), src, st, connectors.ReconcileOptions{AllowRemovals: true}); err == nil {
		t.Error("it went well")
	}
	wantStored(t, st, before)
}

func TestAnEmptyTrackerAndAnEmptyStoreAgree(t *testing.T) {
	src, st := synced(t, 0)
	if got, err := connectors.Reconcile(t.Context(), src, st, connectors.ReconcileOptions{}); err != nil || got.Removed != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAStoppedReconciliationRemovesNothing(t *testing.T) {
	src, st := synced(t, 5)
	before := stored(src.holds)
	delete(src.holds, "1003")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := connectors.Reconcile(ctx, src, st, connectors.ReconcileOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
	wantStored(t, st, before)
}

func TestReconcilingTellsHowFarItIs(t *testing.T) {
	src, st := synced(t, 10)
	for i := range 150 {
		id := fmt.Sprint(5000 + i)
		src.holds[id] = ticket.Ticket{Source: src.Name(), ID: id}
	}
	var told []int
	_, err := connectors.Reconcile(t.Context(), src, st, connectors.ReconcileOptions{Observe: func(p connectors.Progress) {
		if p.Expected != 150 || p.Source != src.Name() {
			t.Errorf("told %+v", p)
		}
		told = append(told, p.Tickets)
	}})
	if err != nil || !slices.Equal(told, []int{100, 150}) {
		t.Errorf("told %v, %v, want 100 and 150", told, err)
	}
}
