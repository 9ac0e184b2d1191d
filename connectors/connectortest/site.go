package connectortest

import (
	"fmt"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
)

// shortPages reads a site whose pages hold fewer tickets than asked for, some
// none, without being the last.
func shortPages(t *testing.T, b *bench) {
	want := b.synced(t)
	for seed := range uint64(8) {
		b.serve(simulator.Options{ShortPages: seed + 1})
		b.synced(t).same(t, want)
	}
}

// laggingSearch edits a ticket now and then while a search that trails the
// database is read. Once it has caught up, everything must have arrived.
func laggingSearch(t *testing.T, b *bench) {
	b.serve(simulator.Options{SearchLag: 3 * time.Minute})
	b.world.Advance(time.Hour)
	s := b.synced(t)
	for n := range 8 {
		k := key(b, fmt.Sprintf("Plain %d", n))
		b.world.As("lee").Move(k, "In Review")
		b.world.As("mina").Comment(k, "Late news.")
		b.world.Advance(70 * time.Second)
		b.sync(t, s)
	}
	b.world.Advance(4 * time.Minute)
	b.sync(t, s)
	b.serve(simulator.Options{})
	s.same(t, b.synced(t))
}

// expiringTokens lets so much time pass between two pages that a page token is
// no longer good.
func expiringTokens(t *testing.T, b *bench) {
	want := b.synced(t)
	for n := range b.requests(t) {
		b.serve(simulator.Options{TokenLife: time.Hour}, simulator.Fault{After: n, Times: 1, Do: simulator.Before(func() {
			b.world.Advance(2 * time.Hour)
		})})
		b.synced(t).same(t, want)
	}
}

// bursts reads a site that allows each endpoint only a few requests a second.
func bursts(t *testing.T, b *bench) {
	want := b.synced(t)
	b.serve(simulator.Options{Burst: simulator.Limit{Requests: 1, Per: 10 * time.Second}})
	b.synced(t).same(t, want)
}
