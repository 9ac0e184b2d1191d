package connectortest

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

// holdings opens the source as what reconciliation asks; a source that is none
// has nothing to check.
func (b *bench) holdings(t *testing.T) connectors.Holdings {
	t.Helper()
	h, ok := b.open(t).(connectors.Holdings)
	if !ok {
		t.Skip("this source does not tell what it holds")
	}
	return h
}

// present is all that the source says the tracker holds, by id.
func (b *bench) present(t *testing.T) map[string]ticket.Present {
	t.Helper()
	out := map[string]ticket.Present{}
	for page, err := range b.holdings(t).Present(t.Context()) {
		if err != nil {
			t.Fatalf("Present: %v", err)
		}
		for _, p := range page {
			out[p.ID] = p
		}
	}
	return out
}

// fetch reads tickets by id.
func (b *bench) fetch(t *testing.T, ids ...string) map[string]ticket.Ticket {
	t.Helper()
	page, err := b.holdings(t).Fetch(t.Context(), ids)
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	if page.Cursor != "" {
		t.Errorf("the page has the cursor %q, want none", page.Cursor)
	}
	out := map[string]ticket.Ticket{}
	for _, tk := range page.Tickets {
		out[tk.ID] = tk
	}
	return out
}

// presentIsWhatChangedBrings compares both lists, also where pages are small.
func presentIsWhatChangedBrings(t *testing.T, b *bench) {
	b.holdings(t)
	s := b.synced(t)
	check := func() {
		t.Helper()
		got := b.present(t)
		for id, tk := range s.tickets {
			p, ok := got[id]
			if !ok {
				t.Errorf("%s %q is not among what is present", tk.Key, tk.Title)
				continue
			}
			if p.Key != tk.Key || !p.Updated.Equal(tk.Updated) {
				t.Errorf("%s is present as %s, updated %v, want %v", tk.Key, p.Key, p.Updated, tk.Updated)
			}
		}
		for id, p := range got {
			if _, ok := s.tickets[id]; !ok {
				t.Errorf("%s is present, but Changed never brought it", p.Key)
			}
		}
	}
	check()
	b.serve(b.tracker.Small)
	check()
}

// presentFollowsTheTracker deletes a ticket and moves one out and one in.
func presentFollowsTheTracker(t *testing.T, b *bench) {
	for _, o := range []simulator.Options{{}, {StrictNames: true}} {
		follows(t, newBench(t, b.tracker), o)
	}
}

func follows(t *testing.T, b *bench, o simulator.Options) {
	b.holdings(t)
	id := func(title string) string { return b.idOf(t, title) }
	deleted, left, came := id("Plain 2"), id("Plain 4"), id("Elsewhere 1")
	b.world.As("sam").Delete(key(b, "Plain 2"))
	b.world.As("sam").MoveTo(key(b, "Plain 4"), otherSpace)
	b.serve(o)
	newKey := b.world.As("sam").MoveTo(b.elsewhere("Elsewhere 1"), space)
	b.world.Advance(time.Hour)

	got, fetched := b.present(t), b.fetch(t, deleted, left, came)
	for what, gone := range map[string]string{"deleted": deleted, "moved away": left} {
		if p, ok := got[gone]; ok {
			t.Errorf("what was %s is still present: %+v", what, p)
		}
		if tk, ok := fetched[gone]; ok {
			t.Errorf("what was %s is still read: %s", what, tk.Key)
		}
	}
	if p := got[came]; p.Key != newKey {
		t.Errorf("what was moved here is present as %+v, want the key %s", p, newKey)
	}
	if tk := fetched[came]; tk.Key != newKey {
		t.Errorf("what was moved here is read as %q, want the key %s", tk.Key, newKey)
	}
}

// idOf is the id by which the tracker under test knows the ticket.
func (b *bench) idOf(t *testing.T, title string) string {
	t.Helper()
	for _, i := range b.world.Issues("") {
		if i.Title != title {
			continue
		}
		for _, tk := range b.synced(t).tickets { // one ticket tells which ids these are
			if other, ok := b.world.Issue(tk.Key); ok && tk.ID == other.ID() {
				return i.ID()
			}
		}
		return i.UUID()
	}
	t.Fatalf("no ticket is called %q", title)
	return ""
}

// elsewhere is the key of a ticket in the space that is not read.
func (b *bench) elsewhere(title string) string {
	for _, i := range b.world.Issues(otherSpace) {
		if i.Title == title {
			return i.Key
		}
	}
	panic("connectortest: no ticket is called " + title)
}

// fetchIsWhatChangedBrings reads every ticket by id and compares.
func fetchIsWhatChangedBrings(t *testing.T, b *bench) {
	b.holdings(t)
	want := b.synced(t)
	ids := slices.Sorted(maps.Keys(want.tickets))
	got := b.fetch(t, ids...)
	for id, tk := range want.tickets {
		if fetched, ok := got[id]; !ok {
			t.Errorf("%s %q was not read", tk.Key, tk.Title)
		} else if d := difference(fetched, tk); d != "" {
			t.Errorf("%s differs from what Changed brought: %s", tk.Key, d)
		}
	}
	if n := len(b.fetch(t)); n != 0 {
		t.Errorf("asked for nothing, %d tickets were read", n)
	}
}

// brokenPresentIsNotComplete breaks the sequence at each of its requests: it
// must end with an error, or whoever reads it would take the rest for deleted.
func brokenPresentIsNotComplete(t *testing.T, b *bench) {
	b.holdings(t)
	b.log.Forget()
	b.present(t)
	requests := b.log.Total()
	for _, fault := range []func(http.Handler) http.Handler{simulator.Status(http.StatusInternalServerError), simulator.HalfBody} {
		for n := range requests {
			b.serve(simulator.Options{}, simulator.Fault{After: n, Do: fault})
			var last error
			for _, err := range b.holdings(t).Present(t.Context()) {
				last = err
			}
			explained(t, "a list that broke off", last)
		}
	}
	b.serve(simulator.Options{}, simulator.Fault{Do: simulator.Status(http.StatusInternalServerError)})
	_, err := b.holdings(t).Fetch(t.Context(), []string{"10001"})
	if e := (&connectors.Error{}); err != nil && !errors.As(err, &e) {
		t.Errorf("Fetch: %T %v is no *connectors.Error", err, err)
	} else if err == nil {
		t.Error("Fetch gave no error where the site gave nothing but errors")
	}
}
