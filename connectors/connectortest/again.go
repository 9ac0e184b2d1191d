package connectortest

import (
	"fmt"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/simulator"
)

func secondPass(t *testing.T, b *bench) {
	b.pageSize = 0 // as it ships
	s := b.synced(t)
	before := s.upTo(len(s.pages))
	p := b.sync(t, s)
	if p.Changed != 0 {
		t.Errorf("the second pass changed %d tickets", p.Changed)
	}
	if p.Pages > 2 {
		t.Errorf("the second pass took %d pages, want at most 2", p.Pages)
	}
	s.same(t, before)
}

func anyCursor(t *testing.T, b *bench) {
	full := b.synced(t)
	for n := 0; n < len(full.pages); n += Every() {
		s := full.upTo(n)
		b.sync(t, s)
		s.same(t, full)
	}
}

func incremental(t *testing.T, b *bench) {
	s := b.synced(t)
	b.world.Advance(3 * time.Hour)
	keys := []string{key(b, "Plain 3"), key(b, "Plain 9")}
	for _, k := range keys {
		b.world.As("mina").Comment(k, "One more thing.")
		b.world.As("lee").Move(k, "In Review")
	}
	fresh := b.world.As("sam").Create(simulator.Draft{Space: space, Title: "Fresh"})
	p := b.sync(t, s)
	if p.Changed != 3 {
		t.Errorf("%d tickets changed, want 3", p.Changed)
	}
	if p.Tickets > 12 {
		t.Errorf("%d tickets were read again for 3 that changed", p.Tickets)
	}
	got := s.issues()
	for _, k := range append(keys, fresh) {
		i, _ := b.world.Issue(k)
		compare(t, got[k], i)
	}
}

// sameMinute edits a ticket in the very second in which the last pass read it,
// in a world whose newest ticket is that old.
func sameMinute(t *testing.T, b *bench) {
	k := key(b, "Plain 5")
	b.world.As("mina").Label(k, "first")
	s := b.synced(t)
	b.world.As("mina").Label(k, "second")
	b.world.As("mina").Comment(key(b, "Plain 6"), "At the same time.")
	b.sync(t, s)
	i, _ := b.world.Issue(k)
	compare(t, s.issues()[k], i)
	j, _ := b.world.Issue(key(b, "Plain 6"))
	compare(t, s.issues()[j.Key], j)
}

func earlyStop(t *testing.T, b *bench) {
	full := b.synced(t)
	for n := 1; n < len(full.pages); n++ {
		s := newShelf()
		for page, err := range b.open(t).Changed(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			_, _ = s.SavePage(t.Context(), "", page.Tickets, page.Sprints, string(page.Cursor))
			if len(s.pages) == n {
				break
			}
		}
		b.sync(t, s)
		s.same(t, full)
	}
}

// changesWhilePaging edits tickets before each single request of a pass in turn:
// one that was read already, one that was not, and a new one.
func changesWhilePaging(t *testing.T, b *bench) {
	for n, all := 0, b.requests(t); n < all; n += Every() {
		t.Run(fmt.Sprintf("before request %d", n+1), func(t *testing.T) {
			b := newBench(t, b.tracker)
			var touched []string
			b.serve(simulator.Options{}, simulator.Fault{After: n, Times: 1, Do: simulator.Before(func() {
				touched = touch(b)
			})})
			s := newShelf()
			b.sync(t, s)
			untouched(t, b, s, touched)
			b.world.Advance(time.Minute)
			b.sync(t, s)
			want := newShelf()
			b.sync(t, want)
			s.same(t, want)
		})
	}
}

func touch(b *bench) []string {
	b.world.Advance(time.Second)
	keys := []string{key(b, "Plain 0"), key(b, "Plain 1"), key(b, "Plain 8"), key(b, "Plain 15"), key(b, "Busy")}
	for _, k := range keys {
		b.world.As("lee").Label(k, "touched")
		b.world.As("mina").Comment(k, "Just now.")
	}
	return append(keys, b.world.As("sam").Create(simulator.Draft{Space: space, Title: "Born while reading"}))
}

// untouched checks that what nobody changed arrived in the very pass in which
// others changed.
func untouched(t *testing.T, b *bench, s *shelf, touched []string) {
	t.Helper()
	got := s.issues()
	for _, i := range b.world.Issues(space) {
		if _, ok := got[i.Key]; !ok && !contains(touched, i.Key) {
			t.Errorf("%s %q was lost, though nobody touched it", i.Key, i.Title)
		}
	}
}

func contains(keys []string, key string) bool {
	for _, k := range keys {
		if k == key {
			return true
		}
	}
	return false
}

func deletedWhilePaging(t *testing.T, b *bench) {
	for n, all := 0, b.requests(t); n < all; n += Every() {
		b := newBench(t, b.tracker)
		gone := []string{key(b, "Plain 2"), key(b, "Plain 12")}
		b.serve(simulator.Options{}, simulator.Fault{After: n, Times: 1, Do: simulator.Before(func() {
			for _, k := range gone {
				b.world.As("sam").Delete(k)
			}
		})})
		s := newShelf()
		if _, err := connectors.Sync(t.Context(), b.open(t), s, nil); err != nil {
			t.Errorf("deleted before request %d: %v", n+1, err)
			continue
		}
		untouched(t, b, s, nil)
	}
}

// key finds a ticket of the world by its title.
func key(b *bench, title string) string {
	for _, i := range b.world.Issues(space) {
		if i.Title == title {
			return i.Key
		}
	}
	panic("connectortest: no ticket is called " + title)
}
