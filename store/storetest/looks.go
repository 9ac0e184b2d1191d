package storetest

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

func (s suite) looks(t *testing.T) {
	want := func(t *testing.T, st store.Store, want ...finding.Look) {
		t.Helper()
		got, err := st.Looks(t.Context())
		must(t, err)
		same(t, got, want)
	}
	at := func(source, part, rule, team string) finding.Look {
		return finding.Look{LookKey: finding.LookKey{Source: source, Part: part, Rule: rule, Team: team}, Since: monday, Live: monday.Add(time.Hour)}
	}
	s.promise(t, "a look comes back as it was stored, to the last field", func(t *testing.T, st store.Store) {
		l := Fill[finding.Look](rand.New(rand.NewPCG(11, 12)))
		check(t, st, store.Check{Looks: []finding.Look{l}})
		want(t, st, l)
	})
	s.promise(t, "where nobody looked yet there is no error", func(t *testing.T, st store.Store) { want(t, st) })
	s.promise(t, "looks are ordered by source, part, rule and team, and one stored again replaces the first", func(t *testing.T, st store.Store) {
		whole, part, rule, other := at(source, "", "", ""), at(source, "PAY", "", ""), at(source, "", "rule", ""), at(source, "", "rule", "payments")
		everywhere := at("", "", "rule", "payments")
		check(t, st, store.Check{Looks: []finding.Look{part, other, whole, rule, everywhere}})
		want(t, st, everywhere, whole, rule, other, part)
		other.Since, whole.Until = monday.Add(-time.Hour), monday
		check(t, st, store.Check{Looks: []finding.Look{whole, other}})
		want(t, st, everywhere, whole, rule, other, part)
	})
	s.promise(t, "where nobody looks any more the look goes, unless it begins anew with the same check", func(t *testing.T, st store.Store) {
		a, b := at(source, "", "a", ""), at(source, "", "b", "")
		check(t, st, store.Check{Looks: []finding.Look{a, b}})
		b.Since = monday.Add(time.Hour)
		check(t, st, store.Check{Unlooked: []finding.LookKey{a.LookKey, b.LookKey, {Rule: "never"}}, Looks: []finding.Look{b}})
		want(t, st, b)
	})
	s.promise(t, "a check that cannot be stored leaves looks and mutes as they were", func(t *testing.T, st store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := st.SaveCheck(ctx, store.Check{Looks: []finding.Look{at(source, "", "a", "")}, Mutes: []finding.Mute{{Rule: "a", At: monday}}})
		if err == nil {
			t.Error("the check was stored")
		}
		want(t, st)
		wantMutes(t, st)
	})
}

func (s suite) mutes(t *testing.T) {
	s.promise(t, "a mute comes back as it was stored, to the last field", func(t *testing.T, st store.Store) {
		m := Fill[finding.Mute](rand.New(rand.NewPCG(13, 14)))
		check(t, st, store.Check{Mutes: []finding.Mute{m}})
		wantMutes(t, st, m)
	})
	s.promise(t, "without mutes there is no error", func(t *testing.T, st store.Store) { wantMutes(t, st) })
	s.promise(t, "mutes are ordered by rule and moment, and one of the same rule and moment replaces the first", func(t *testing.T, st store.Store) {
		first, second := finding.Mute{Rule: "b", At: monday, New: 40}, finding.Mute{Rule: "b", At: monday.Add(time.Hour), New: 50}
		other := finding.Mute{Rule: "a", At: monday.Add(2 * time.Hour), New: 60, Usual: 2.5}
		check(t, st, store.Check{Mutes: []finding.Mute{second, other, first}})
		wantMutes(t, st, other, first, second)
		first.Lifted, first.Confirmed = monday.Add(time.Minute), true
		check(t, st, store.Check{Mutes: []finding.Mute{first}})
		wantMutes(t, st, other, first, second)
	})
}

func wantMutes(t *testing.T, st store.Store, want ...finding.Mute) {
	t.Helper()
	got, err := st.Mutes(t.Context())
	must(t, err)
	same(t, got, want)
}

func (s suite) undoing(t *testing.T) {
	move := func(m finding.Move, hours int) finding.Transition {
		return finding.Transition{Finding: "a", Move: m, At: monday.Add(time.Duration(hours) * time.Hour)}
	}
	s.promise(t, "a move that turns out not to have been is gone, and the others stay", func(t *testing.T, st store.Store) {
		other := finding.Transition{Finding: "b", Move: finding.Opened, At: monday}
		check(t, st, store.Check{
			Findings:    []finding.Finding{openFinding("a"), openFinding("b")},
			Transitions: []finding.Transition{move(finding.Opened, 0), move(finding.Settling, 1), other},
		})
		check(t, st, store.Check{
			Undone:      []finding.Transition{move(finding.Opened, 0), move(finding.Reopened, 0), move(finding.Opened, 7)},
			Transitions: []finding.Transition{move(finding.Opened, -9), move(finding.Reopened, 0)},
		})
		for id, want := range map[finding.ID][]finding.Transition{
			"a": {move(finding.Opened, -9), move(finding.Reopened, 0), move(finding.Settling, 1)}, "b": {other},
		} {
			got, err := st.Transitions(t.Context(), id)
			must(t, err)
			same(t, got, want)
		}
	})
}
