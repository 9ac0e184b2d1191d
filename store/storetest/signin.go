package storetest

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

func (s suite) signIns(t *testing.T) {
	const hash = "83b131a0f4fad683"
	take := func(t *testing.T, st store.Store, hash string, now time.Time, want string) {
		t.Helper()
		got, err := st.TakeToken(t.Context(), hash, now)
		must(t, err)
		if got != want {
			t.Errorf("the token was %q's, want %q's", got, want)
		}
	}
	s.promise(t, "a token lets in once", func(t *testing.T, st store.Store) {
		must(t, st.AddToken(t.Context(), hash, "lee", monday.Add(time.Minute)))
		take(t, st, "other", monday, "")
		take(t, st, hash, monday, "lee")
		take(t, st, hash, monday, "")
	})
	s.promise(t, "a token lets in up to its last moment and not at it", func(t *testing.T, st store.Store) {
		for _, h := range []string{"a", "b"} {
			must(t, st.AddToken(t.Context(), h, "lee", monday.Add(time.Minute)))
		}
		take(t, st, "a", monday.Add(time.Minute-time.Microsecond), "lee")
		take(t, st, "b", monday.Add(time.Minute), "")
		take(t, st, "b", monday, "") // it is not kept for later either
	})
	s.promise(t, "a token without a hash or a person, or of a hash that is there, is refused", func(t *testing.T, st store.Store) {
		must(t, st.AddToken(t.Context(), hash, "lee", monday))
		for _, one := range [][2]string{{hash, "mina"}, {"", "mina"}, {"other", ""}} {
			if err := st.AddToken(t.Context(), one[0], one[1], monday.Add(time.Hour)); err == nil {
				t.Errorf("the token %q of %q was kept", one[0], one[1])
			}
		}
		take(t, st, hash, monday.Add(-time.Second), "lee")
	})
	s.promise(t, "of many who take one token at once, one gets it", func(t *testing.T, st store.Store) {
		must(t, st.AddToken(t.Context(), hash, "lee", monday.Add(time.Minute)))
		if got := winners(t, func() (bool, error) {
			person, err := st.TakeToken(t.Context(), hash, monday)
			return person == "lee", err
		}); got != 1 {
			t.Errorf("%d got it, want 1", got)
		}
	})
	s.promise(t, "an id is spent once, and remembered until it may be forgotten", func(t *testing.T, st store.Store) {
		for _, c := range []struct {
			id    string
			after time.Duration
			first bool
		}{{"a", 0, true}, {"a", time.Minute, false}, {"b", 59 * time.Minute, true}, {"a", 59 * time.Minute, false}} {
			first, err := st.Spend(t.Context(), c.id, monday.Add(c.after), monday.Add(time.Hour))
			must(t, err)
			if first != c.first {
				t.Errorf("%s after %s is spent for the first time: %v, want %v", c.id, c.after, first, c.first)
			}
		}
		for id, want := range map[string]bool{"a": true, "b": true, "c": false} {
			got, err := st.Spent(t.Context(), id)
			must(t, err)
			if got != want {
				t.Errorf("%s is spent: %v, want %v", id, got, want)
			}
		}
	})
	s.promise(t, "of many who spend one id at once, one is the first", func(t *testing.T, st store.Store) {
		if got := winners(t, func() (bool, error) { return st.Spend(t.Context(), "a", monday, monday.Add(time.Hour)) }); got != 1 {
			t.Errorf("%d were the first, want 1", got)
		}
	})
	s.promise(t, "epochs are counted for each person, from none on", func(t *testing.T, st store.Store) {
		epoch := func(person string, want int) {
			t.Helper()
			got, err := st.Epoch(t.Context(), person)
			must(t, err)
			if got != want {
				t.Errorf("%s is in epoch %d, want %d", person, got, want)
			}
		}
		epoch("lee", 0)
		for want := 1; want <= 2; want++ {
			got, err := st.NextEpoch(t.Context(), "lee")
			must(t, err)
			if got != want {
				t.Errorf("the next epoch is %d, want %d", got, want)
			}
		}
		epoch("lee", 2)
		epoch("mina", 0)
	})
	s.promise(t, "the first secret of a name stays", func(t *testing.T, st store.Store) {
		for _, c := range []struct{ name, fresh, want string }{{"sessions", "one", "one"}, {"sessions", "two", "one"}, {"other", "three", "three"}} {
			got, err := st.SharedSecret(t.Context(), c.name, c.fresh)
			must(t, err)
			if got != c.want {
				t.Errorf("secret %s is %q, want %q", c.name, got, c.want)
			}
		}
		if _, err := st.SharedSecret(t.Context(), "empty", ""); err == nil {
			t.Error("an empty secret was kept")
		}
	})
}

// winners does one thing many times at once, and counts those it was true for.
func winners(t *testing.T, try func() (bool, error)) int {
	t.Helper()
	var wg sync.WaitGroup
	won := make(chan bool, 16)
	for range cap(won) {
		wg.Go(func() {
			got, err := try()
			if err != nil {
				t.Error(err)
			}
			won <- got
		})
	}
	wg.Wait()
	close(won)
	n := 0
	for got := range won {
		if got {
			n++
		}
	}
	return n
}

func (s suite) apiTokens(t *testing.T) {
	token := func(id string, made time.Time) store.APIToken {
		return store.APIToken{ID: id, Hash: "hash " + id, Person: "lee", Scopes: []string{"read"}, Made: made, Expires: monday.Add(time.Hour)}
	}
	want := func(t *testing.T, st store.Store, want ...store.APIToken) {
		t.Helper()
		got, err := st.APITokens(t.Context())
		must(t, err)
		same(t, got, want)
	}
	owner := func(t *testing.T, st store.Store, hash string, now time.Time, wantPerson string, wantScopes ...string) {
		t.Helper()
		person, scopes, err := st.APITokenOwner(t.Context(), hash, now)
		must(t, err)
		same(t, person, wantPerson)
		same(t, scopes, wantScopes)
	}
	s.promise(t, "a token comes back as it was stored, to the last field", func(t *testing.T, st store.Store) {
		one := Fill[store.APIToken](rand.New(rand.NewPCG(21, 22)))
		must(t, st.AddAPIToken(t.Context(), one))
		want(t, st, one)
		owner(t, st, one.Hash, one.Expires.Add(-time.Microsecond), one.Person, one.Scopes...)
		owner(t, st, one.Hash, one.Expires, "")
		owner(t, st, one.ID, monday, "")
	})
	s.promise(t, "tokens are listed oldest first, those that expired too", func(t *testing.T, st store.Store) {
		want(t, st)
		a, b, c := token("a", monday), token("b", monday.Add(-time.Hour)), token("c", monday)
		b.Expires, c.Scopes = monday.Add(-time.Minute), nil
		for _, one := range []store.APIToken{c, a, b} {
			must(t, st.AddAPIToken(t.Context(), one))
		}
		want(t, st, b, a, c)
		owner(t, st, c.Hash, monday, "lee")
		owner(t, st, b.Hash, monday, "")
	})
	s.promise(t, "a token whose id or hash is there, or that lacks one, is refused", func(t *testing.T, st store.Store) {
		one := token("a", monday)
		must(t, st.AddAPIToken(t.Context(), one))
		sameID, sameHash, nobody := token("a", monday), token("b", monday), token("c", monday)
		sameID.Hash, sameHash.Hash, nobody.Person = "other", one.Hash, ""
		for _, wrong := range []store.APIToken{sameID, sameHash, nobody, {Person: "lee"}} {
			if err := st.AddAPIToken(t.Context(), wrong); err == nil {
				t.Errorf("%+v was kept", wrong)
			}
		}
		want(t, st, one)
	})
	s.promise(t, "a revoked token is gone", func(t *testing.T, st store.Store) {
		one := token("a", monday)
		must(t, st.AddAPIToken(t.Context(), one))
		must(t, st.RevokeAPIToken(t.Context(), "a"))
		owner(t, st, one.Hash, monday, "")
		want(t, st)
		if err := st.RevokeAPIToken(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("revoked again: %v, want store.ErrNotFound", err)
		}
	})
}
