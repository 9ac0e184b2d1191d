package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

func (s suite) gathered(t *testing.T) {
	keep := func(t *testing.T, st store.Store, name string, at time.Time, parts map[string]string) {
		t.Helper()
		g := store.Gathered{Name: name, At: at, Parts: map[string][]byte{}}
		for part, body := range parts {
			g.Parts[part] = []byte(body)
		}
		must(t, st.SaveGathered(t.Context(), g))
	}
	kept := func(t *testing.T, st store.Store, name, part string, at time.Time, want string) {
		t.Helper()
		when, body, err := st.Gathered(t.Context(), name, part)
		if err != nil || !when.Equal(at) || string(body) != want {
			t.Errorf("%s of %q is %q as of %v, %v, want %q as of %v", name, part, body, when, err, want, at)
		}
	}
	missing := func(t *testing.T, st store.Store, name, part string) {
		t.Helper()
		if _, _, err := st.Gathered(t.Context(), name, part); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s of %q: %v, want that it is not stored", name, part, err)
		}
	}
	later := monday.Add(time.Hour)
	s.promise(t, "what was gathered is there, part by part", func(t *testing.T, st store.Store) {
		keep(t, st, "week", monday, map[string]string{"": "{}", "payments": `{"a":1}`})
		keep(t, st, "stock", later, map[string]string{"": "x"})
		kept(t, st, "week", "payments", monday, `{"a":1}`)
		kept(t, st, "week", "", monday, "{}")
		kept(t, st, "stock", "", later, "x")
		missing(t, st, "week", "growth")
		missing(t, st, "other", "")
	})
	s.promise(t, "what is gathered later replaces all parts of that name, and no other", func(t *testing.T, st store.Store) {
		keep(t, st, "week", monday, map[string]string{"": "{}", "payments": "old"})
		keep(t, st, "stock", monday, map[string]string{"": "x"})
		keep(t, st, "week", later, map[string]string{"": "{}", "growth": "new"})
		missing(t, st, "week", "payments")
		kept(t, st, "week", "growth", later, "new")
		kept(t, st, "stock", "", monday, "x")
	})
}
