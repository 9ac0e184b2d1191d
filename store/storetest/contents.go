package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// wantContents wants one of the lists to be this.
func wantContents[T any](t *testing.T, st store.Store, list func(store.Contents, context.Context) ([]T, error), want ...T) {
	t.Helper()
	got, err := list(st, t.Context())
	must(t, err)
	same(t, got, want)
}

func (s suite) contents(t *testing.T) {
	s.promise(t, "an empty store lists nothing", func(t *testing.T, st store.Store) {
		wantContents(t, st, store.Contents.Sources)
		wantContents(t, st, store.Contents.RunKinds)
		wantContents(t, st, store.Contents.FlightTeams)
		wantContents(t, st, store.Contents.SnapshotTeams)
		wantContents(t, st, store.Contents.Votes)
		wantContents(t, st, store.Contents.Tokens)
		wantContents(t, st, store.Contents.AllSpent)
		wantContents(t, st, store.Contents.Epochs)
		wantContents(t, st, store.Contents.Secrets)
	})
	s.promise(t, "everything is listed, in order, whatever signs are in its names", func(t *testing.T, st store.Store) {
		ctx, odd := t.Context(), "z\x00\xff{}:é"
		for _, name := range []string{odd, source} {
			_, err := st.SavePage(ctx, name, nil, nil, "")
			must(t, err)
			must(t, st.SaveRun(ctx, store.Run{ID: name, Kind: store.RunKind(name), Started: monday}))
			check(t, st, store.Check{Flights: []finding.Flight{{Team: name, At: monday}}})
			must(t, st.SaveSnapshots(ctx, []store.Snapshot{{Team: name, Week: "2026-W46"}}))
			must(t, st.AddToken(ctx, name, "lee", monday))
			_, err = st.Spend(ctx, name, monday, monday.Add(time.Hour))
			must(t, err)
			_, err = st.NextEpoch(ctx, name)
			must(t, err)
			_, err = st.SharedSecret(ctx, name, "s")
			must(t, err)
		}
		yes, no := true, false
		must(t, st.Vote(ctx, "b", "r1", odd, &yes, monday))
		must(t, st.Vote(ctx, "b", "r1", "lee", &no, monday))
		must(t, st.Vote(ctx, "a", odd, "lee", &yes, monday))
		must(t, st.Vote(ctx, "a", odd, "sam", &yes, monday))
		must(t, st.Vote(ctx, "a", odd, "sam", nil, monday))
		wantContents(t, st, store.Contents.Sources, source, odd)
		wantContents(t, st, store.Contents.RunKinds, source, store.RunKind(odd))
		wantContents(t, st, store.Contents.FlightTeams, source, odd)
		wantContents(t, st, store.Contents.SnapshotTeams, source, odd)
		wantContents(t, st, store.Contents.Votes, store.Vote{Finding: "a", Person: "lee", Rule: odd, Useful: true, At: monday},
			store.Vote{Finding: "b", Person: "lee", Rule: "r1", At: monday}, store.Vote{Finding: "b", Person: odd, Rule: "r1", Useful: true, At: monday})
		wantContents(t, st, store.Contents.Tokens, store.Token{Hash: source, Person: "lee", Expires: monday}, store.Token{Hash: odd, Person: "lee", Expires: monday})
		wantContents(t, st, store.Contents.AllSpent, store.SpentID{ID: source, Until: monday.Add(time.Hour)}, store.SpentID{ID: odd, Until: monday.Add(time.Hour)})
		wantContents(t, st, store.Contents.Epochs, store.PersonEpoch{Person: source, Epoch: 1}, store.PersonEpoch{Person: odd, Epoch: 1})
		wantContents(t, st, store.Contents.Secrets, store.Secret{Name: source, Text: "s"}, store.Secret{Name: odd, Text: "s"})
	})
}
