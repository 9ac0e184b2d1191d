package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

func (s suite) runs(t *testing.T) {
	saved := func(t *testing.T, st store.Store, runs ...store.Run) {
		t.Helper()
		for _, r := range runs {
			must(t, st.SaveRun(t.Context(), r))
		}
	}
	want := func(t *testing.T, st store.Store, kind store.RunKind, limit int, want ...store.Run) {
		t.Helper()
		got, err := st.Runs(t.Context(), kind, limit)
		must(t, err)
		same(t, got, want)
	}
	numbered := func(n int) store.Run {
		return store.Run{ID: fmt.Sprint("run ", n), Kind: store.RunSync, Started: monday.Add(time.Duration(n) * time.Hour)}
	}
	s.promise(t, "a run comes back as it was stored, to the last field", func(t *testing.T, st store.Store) {
		r := Fill[store.Run](rand.New(rand.NewPCG(9, 10)))
		saved(t, st, r)
		want(t, st, r.Kind, 1, r)
	})
	s.promise(t, "runs come newest first, at most as many as asked for", func(t *testing.T, st store.Store) {
		saved(t, st, numbered(2), numbered(1), numbered(3))
		want(t, st, store.RunSync, 2, numbered(3), numbered(2))
		want(t, st, store.RunSync, 9, numbered(3), numbered(2), numbered(1))
		want(t, st, store.RunSync, 0)
		want(t, st, store.RunSync, -1)
	})
	s.promise(t, "runs that began together come in the same order every time", func(t *testing.T, st store.Store) {
		a, b := numbered(1), numbered(1)
		a.ID, b.ID = "a", "b"
		saved(t, st, b, a)
		want(t, st, store.RunSync, 9, b, a)
	})
	s.promise(t, "runs of another kind are not among them", func(t *testing.T, st store.Store) {
		check := numbered(1)
		check.Kind = store.RunCheck
		saved(t, st, check)
		want(t, st, store.RunSync, 9)
		want(t, st, store.RunCheck, 9, check)
	})
	s.promise(t, "a run stored again replaces the first", func(t *testing.T, st store.Store) {
		r := numbered(1)
		saved(t, st, r)
		r.Ended, r.Error, r.Gaps, r.Changed = monday.Add(2*time.Hour), "jira said 503", []string{"PAY-1: no history"}, 7
		saved(t, st, r)
		want(t, st, store.RunSync, 9, r)
	})
}
