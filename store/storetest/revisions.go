package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

// revised are revisions of several things in the order in which they were made, with
// the numbers that a store gives them, and after what each was made.
func revised() (all []store.Revision, after []int64) {
	at := func(minutes int) time.Time {
		return monday.Add(time.Duration(minutes)*time.Minute + 123456*time.Microsecond)
	}
	return []store.Revision{
		{Number: 1, Kind: store.OfAgreement, Team: "payments", Name: "date-imposed", Text: "rule: date-imposed\nstage: watch\n", By: "lee", Why: "A start", At: at(0)},
		{Number: 2, Kind: store.OfAgreement, Name: "date-imposed", Text: "rule: date-imposed\n", By: "dana", Why: "For all", At: at(1)},
		{Number: 3, Kind: store.OfRule, Name: "date-imposed", Text: "id: date-imposed\n", By: "dana", Why: "Another condition", At: at(2)},
		{Number: 4, Kind: store.OfAgreement, Team: "payments", Name: "date-imposed", Text: "rule: date-imposed\nstage: report\n", By: "mina", Why: "It is fine", At: at(3)},
		{Number: 5, Kind: store.OfExperiment, Team: "payments", Name: "date-imposed", Text: "name: Dates\n", By: "lee", Why: "", At: at(3)},
		{Number: 6, Kind: store.OfAgreement, Team: "payments", Name: "date-imposed", By: "lee", Why: "Back to the file", At: at(4)},
		{Number: 7, Kind: store.OfFiles, Name: "agreements", Text: "[]", At: at(5)},
		{Number: 8, Kind: store.OfFiles, Name: "agreements", Text: `[{"kind":"agreement"}]`, At: at(6)},
	}, []int64{0, 0, 0, 1, 0, 4, 0, 7}
}

func (s suite) revisions(t *testing.T) {
	s.promise(t, "revisions come back as they were made, with their numbers, oldest first", func(t *testing.T, st store.Store) {
		all, after := revised()
		for i, r := range all {
			wantLatest(t, st, int64(i))
			r.Number = 0
			kept, err := st.AddRevision(t.Context(), r, after[i])
			must(t, err)
			same(t, kept, all[i])
		}
		wantLatest(t, st, int64(len(all)))
		wantRevisions(t, st, all...)
	})
	s.promise(t, "there are none at first", func(t *testing.T, st store.Store) {
		wantRevisions(t, st)
		wantLatest(t, st, 0)
	})
	s.promise(t, "the number is the store's to give", func(t *testing.T, st store.Store) {
		all, _ := revised()
		asked := all[0]
		asked.Number = 17
		kept, err := st.AddRevision(t.Context(), asked, 0)
		must(t, err)
		same(t, kept, all[0])
		wantRevisions(t, st, all[0])
	})
	s.promise(t, "a revision that was begun from another than the latest of the same thing is refused", func(t *testing.T, st store.Store) {
		all, after := revised()
		for i := range all[:4] {
			_, err := st.AddRevision(t.Context(), all[i], after[i])
			must(t, err)
		}
		for _, begun := range []int64{0, 1, 2, 3, 5, -1} {
			if _, err := st.AddRevision(t.Context(), all[3], begun); !errors.Is(err, store.ErrOutrun) {
				t.Errorf("begun from %d: err = %v, want store.ErrOutrun", begun, err)
			}
		}
		wantRevisions(t, st, all[:4]...)
	})
	s.promise(t, "a refused revision uses up no number", func(t *testing.T, st store.Store) {
		all, after := revised()
		for i, r := range all {
			if _, err := st.AddRevision(t.Context(), r, 99); !errors.Is(err, store.ErrOutrun) {
				t.Errorf("err = %v, want store.ErrOutrun", err)
			}
			kept, err := st.AddRevision(t.Context(), r, after[i])
			must(t, err)
			same(t, kept.Number, int64(i+1))
		}
	})
	s.promise(t, "a revision of nothing is refused", func(t *testing.T, st store.Store) {
		for what, r := range map[string]store.Revision{
			"no name": {Kind: store.OfAgreement, At: monday}, "no kind": {Name: "date-imposed", At: monday}, "another kind": {Kind: "team", Name: "payments", At: monday},
		} {
			if _, err := st.AddRevision(t.Context(), r, 0); err == nil || errors.Is(err, store.ErrOutrun) {
				t.Errorf("%s: err = %v, want it refused for what it is", what, err)
			}
		}
		wantRevisions(t, st)
	})
	s.promise(t, "nothing is kept once the context has ended", func(t *testing.T, st store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		all, _ := revised()
		if _, err := st.AddRevision(ctx, all[0], 0); err == nil {
			t.Error("it was kept")
		}
		wantRevisions(t, st)
	})
	for what, text := range hostile {
		s.promise(t, what+" in every text of a revision", func(t *testing.T, st store.Store) {
			r := store.Revision{Number: 1, Kind: store.OfAgreement, Team: text, Name: "x" + text, Text: text, By: text, Why: text, At: monday}
			_, err := st.AddRevision(t.Context(), r, 0)
			must(t, err)
			wantRevisions(t, st, r)
			if _, err := st.AddRevision(t.Context(), r, 0); !errors.Is(err, store.ErrOutrun) {
				t.Errorf("again: err = %v, want store.ErrOutrun", err)
			}
		})
	}
	t.Run("of many who add at once, in two stores of one place, exactly one wins each round", s.manyRevise)
	t.Run("revisions are there when the place is opened again", func(t *testing.T) {
		place := s.newPlace(t)
		first, err := place()
		must(t, err)
		all, after := revised()
		for i, r := range all {
			_, err := first.AddRevision(t.Context(), r, after[i])
			must(t, err)
		}
		must(t, first.Close())
		wantRevisions(t, opened(t, place), all...)
	})
}

// manyRevise has several people revise the same agreement through two stores, each
// from what they saw last.
func (s suite) manyRevise(t *testing.T) {
	const people, rounds = 8, 10
	place := s.newPlace(t)
	stores := []store.Store{opened(t, place), opened(t, place)}
	latest := int64(0)
	for round := range rounds {
		var won atomic.Int64
		var adding sync.WaitGroup
		for n := range people {
			adding.Go(func() {
				r := store.Revision{Kind: store.OfAgreement, Team: "payments", Name: "date-imposed", Text: fmt.Sprintf("promise: %d of %d\n", n, round), By: "lee", At: monday}
				switch kept, err := stores[n%2].AddRevision(t.Context(), r, latest); {
				case err == nil:
					won.Add(1)
					if kept.Number <= latest || kept.Text != r.Text {
						t.Errorf("kept %+v after %d", kept, latest)
					}
				case !errors.Is(err, store.ErrOutrun):
					t.Error(err)
				}
			})
		}
		adding.Wait()
		if won.Load() != 1 {
			t.Errorf("round %d: %d were kept, want one", round, won.Load())
		}
		var err error
		latest, err = stores[round%2].LatestRevision(t.Context())
		must(t, err)
	}
	got, err := stores[1].Revisions(t.Context())
	must(t, err)
	if len(got) != rounds {
		t.Errorf("%d revisions, want %d", len(got), rounds)
	}
}

func wantRevisions(t *testing.T, st store.Store, want ...store.Revision) {
	t.Helper()
	got, err := st.Revisions(t.Context())
	must(t, err)
	same(t, got, want)
}

func wantLatest(t *testing.T, st store.Store, want int64) {
	t.Helper()
	got, err := st.LatestRevision(t.Context())
	must(t, err)
	same(t, got, want)
}
