package storetest

import (
	"math"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

func (s suite) snapshots(t *testing.T) {
	of := func(team, week string, values map[string]float64) store.Snapshot {
		return store.Snapshot{Team: team, Week: week, Taken: monday, Values: values}
	}
	want := func(t *testing.T, st store.Store, team, from, to string, want ...store.Snapshot) {
		t.Helper()
		got, err := st.Snapshots(t.Context(), team, from, to)
		must(t, err)
		same(t, got, want)
	}
	s.promise(t, "a snapshot comes back as it was stored: zero is zero, and what is not known is missing", func(t *testing.T, st store.Store) {
		one := of("payments", "2026-W46", map[string]float64{"open": 0, "cycle-time-median": 2.0416666666666665, "outside:usage": -1.5e9, "open:a rule": 7})
		one.Taken = monday.Add(123456 * time.Microsecond)
		must(t, st.SaveSnapshots(t.Context(), []store.Snapshot{one}))
		want(t, st, "payments", "2026-W46", "2026-W46", one)
	})
	s.promise(t, "where nothing is stored there is no error", func(t *testing.T, st store.Store) {
		want(t, st, "payments", "2026-W01", "2026-W53")
		must(t, st.SaveSnapshots(t.Context(), nil))
	})
	s.promise(t, "a week of which nothing is known is kept as such", func(t *testing.T, st store.Store) {
		must(t, st.SaveSnapshots(t.Context(), []store.Snapshot{of("a", "2026-W46", nil), of("b", "2026-W46", map[string]float64{})}))
		want(t, st, "a", "2026-W46", "2026-W46", of("a", "2026-W46", nil))
		want(t, st, "b", "2026-W46", "2026-W46", of("b", "2026-W46", nil))
	})
	s.promise(t, "snapshots come oldest first, over the turn of a year, both ends included", func(t *testing.T, st store.Store) {
		a, b, c, d := of("x", "2026-W52", nil), of("x", "2026-W53", nil), of("x", "2027-W01", nil), of("x", "2027-W02", nil)
		must(t, st.SaveSnapshots(t.Context(), []store.Snapshot{d, b, a, c}))
		want(t, st, "x", "2026-W53", "2027-W01", b, c)
		want(t, st, "x", "2026-W01", "2027-W53", a, b, c, d)
		want(t, st, "x", "2027-W02", "2026-W52")
	})
	s.promise(t, "each team has its own, and the organisation, whose name is empty, too", func(t *testing.T, st store.Store) {
		a, b, all := of("a", "2026-W46", map[string]float64{"open": 1}), of("b", "2026-W46", map[string]float64{"open": 2}), of("", "2026-W46", map[string]float64{"open": 3})
		must(t, st.SaveSnapshots(t.Context(), []store.Snapshot{a, b, all}))
		want(t, st, "a", "2026-W46", "2026-W46", a)
		want(t, st, "b", "2026-W46", "2026-W46", b)
		want(t, st, "", "2026-W46", "2026-W46", all)
	})
	s.promise(t, "one of the same team and week replaces the first wholly", func(t *testing.T, st store.Store) {
		must(t, st.SaveSnapshots(t.Context(), []store.Snapshot{of("a", "2026-W46", map[string]float64{"open": 1, "new": 1}), of("a", "2026-W45", map[string]float64{"open": 5})}))
		again := of("a", "2026-W46", map[string]float64{"open": 2})
		again.Taken = monday.Add(time.Hour)
		must(t, st.SaveSnapshots(t.Context(), []store.Snapshot{again}))
		want(t, st, "a", "2026-W45", "2026-W46", of("a", "2026-W45", map[string]float64{"open": 5}), again)
	})
	s.promise(t, "a number that is none is refused, and all that was to be saved with it", func(t *testing.T, st store.Store) {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			err := st.SaveSnapshots(t.Context(), []store.Snapshot{of("a", "2026-W46", map[string]float64{"open": 1}), of("a", "2026-W47", map[string]float64{"open": v})})
			if err == nil {
				t.Errorf("%v was stored", v)
			}
		}
		want(t, st, "a", "2026-W46", "2026-W47")
	})
}
