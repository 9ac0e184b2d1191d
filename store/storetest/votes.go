package storetest

import (
	"testing"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

func (s suite) votes(t *testing.T) {
	yes, no := true, false
	vote := func(t *testing.T, st store.Store, id finding.ID, rule, person string, useful *bool) {
		t.Helper()
		must(t, st.Vote(t.Context(), id, rule, person, useful, monday))
	}
	counted := func(t *testing.T, st store.Store, rule string, useful, not int) {
		t.Helper()
		u, n, err := st.CountVotes(t.Context(), rule)
		if err != nil || u != useful || n != not {
			t.Errorf("%s has %d and %d votes, %v, want %d and %d", rule, u, n, err, useful, not)
		}
	}
	s.promise(t, "votes are counted by rule", func(t *testing.T, st store.Store) {
		vote(t, st, "a", "r1", "lee", &yes)
		vote(t, st, "a", "r1", "sam", &no)
		vote(t, st, "b", "r1", "lee", &yes)
		vote(t, st, "c", "r2", "lee", &no)
		counted(t, st, "r1", 2, 1)
		counted(t, st, "r2", 0, 1)
		counted(t, st, "r3", 0, 0)
	})
	s.promise(t, "a later vote replaces the earlier, and can be taken back", func(t *testing.T, st store.Store) {
		vote(t, st, "a", "r1", "lee", &yes)
		vote(t, st, "a", "r1", "lee", &no)
		counted(t, st, "r1", 0, 1)
		if got, err := st.VoteOf(t.Context(), "a", "lee"); err != nil || got == nil || *got {
			t.Errorf("lee thinks %v, %v, want not useful", got, err)
		}
		vote(t, st, "a", "r1", "lee", nil)
		counted(t, st, "r1", 0, 0)
		if got, err := st.VoteOf(t.Context(), "a", "lee"); err != nil || got != nil {
			t.Errorf("lee thinks %v, %v, want nothing", got, err)
		}
	})
	s.promise(t, "nobody has voted on what nobody voted on", func(t *testing.T, st store.Store) {
		if got, err := st.VoteOf(t.Context(), "a", "lee"); err != nil || got != nil {
			t.Errorf("got %v, %v", got, err)
		}
	})
}
