package redis_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

var (
	reading  = store.Lease{Source: "jira acme", Name: "sync"}
	checking = store.Lease{Name: "check"}
)

// holds takes a lease and wants to get it, or not.
func holds(t *testing.T, s *redis.Store, l store.Lease, holder string, length time.Duration, want string) {
	t.Helper()
	by, err := s.Hold(t.Context(), l, holder, length)
	if err != nil || by != want {
		t.Errorf("%s asked for %s: %q holds it, %v, want %q", holder, l.Name, by, err, want)
	}
}

// untilHeld asks until the lease of another has run out.
func untilHeld(t *testing.T, s *redis.Store, l store.Lease, holder string) {
	t.Helper()
	if !redistest.Until(10*time.Second, func(ctx context.Context) bool {
		by, err := s.Hold(ctx, l, holder, time.Minute)
		return err == nil && by == holder
	}) {
		t.Fatalf("%s never got %s", holder, l.Name)
	}
}

func TestALeaseIsOneHoldersUntilItRunsOut(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	for _, l := range []store.Lease{reading, checking} {
		holds(t, s, l, "a", time.Minute, "a")
		holds(t, s, l, "b", time.Minute, "a")
		must(t, s.Release(t.Context(), l, "b")) // not theirs
		holds(t, s, l, "b", time.Minute, "a")
		must(t, s.Release(t.Context(), l, "a"))
		holds(t, s, l, "b", 20*time.Millisecond, "b")
		untilHeld(t, s, l, "c")
		holds(t, s, l, "b", time.Minute, "c")
	}
	held, err := s.Leases(t.Context())
	if err != nil || len(held) != 2 || held[0].Lease != checking || held[1].Lease != reading || held[0].Holder != "c" {
		t.Errorf("leases %+v, %v, want both, held by c", held, err)
	}
}

func TestALeaseThatRanOutLongAgoIsPutAway(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	for _, name := range []string{"old", "young"} {
		holds(t, s, store.Lease{Name: name}, "a", time.Millisecond, "a")
	}
	server.Do("HSET", "{fairlead}:leaseEnds", "old", time.Now().Add(-25*time.Hour).UnixMilli())
	holds(t, s, checking, "b", time.Minute, "b")
	if left := server.Do("HKEYS", "{fairlead}:leases"); strings.Contains(left, "old") || !strings.Contains(left, "young") {
		t.Errorf("left are %s, want all but the old one", left)
	}
}

func TestWhoeverLostALeaseStoresNothingMore(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	holds(t, s, reading, "a", 20*time.Millisecond, "a")
	holds(t, s, checking, "a", 20*time.Millisecond, "a")
	paused, judging := s.Under(reading, "a"), s.Under(checking, "a")
	page := func(on store.Store, cursor string, n int) error {
		var all []ticket.Ticket
		for i := range n {
			all = append(all, numbered(i))
			all[i].Source = "jira acme"
		}
		_, err := on.SavePage(t.Context(), "jira acme", all, nil, cursor)
		return err
	}
	must(t, page(paused, "one", 3))
	untilHeld(t, s, reading, "b")
	untilHeld(t, s, checking, "b")
	must(t, page(s.Under(reading, "b"), "two", 3))

	refused := map[string]error{
		"a page":                                page(paused, "old", 3),
		"a page so large that it is laid ready": page(paused, "old", 1200),
		"a removal":                             second(paused.Remove(t.Context(), "jira acme", []string{"0"})),
		"a check":                               judging.SaveCheck(t.Context(), store.Check{Flights: []finding.Flight{{Team: "payments", At: time.Unix(0, 0)}}}),
	}
	for what, err := range refused {
		if !errors.Is(err, store.ErrLost) {
			t.Errorf("%s: %v, want %v", what, err, store.ErrLost)
		}
	}
	if cursor, err := s.Cursor(t.Context(), "jira acme"); err != nil || cursor != "two" {
		t.Errorf("cursor = %q, %v, want the new holder's", cursor, err)
	}
	must(t, s.Under(checking, "b").SaveCheck(t.Context(), store.Check{Flights: []finding.Flight{{Team: "payments", At: time.Unix(0, 0)}}}))
}

func TestALeaseIsAskedForInALostStoreInVain(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	holds(t, s, checking, "a", time.Minute, "a")
	server.Do("FLUSHALL")
	if _, err := s.Hold(t.Context(), checking, "a", time.Minute); err == nil || !strings.Contains(err.Error(), redis.ErrLost.Error()) {
		t.Errorf("err = %v, want %v", err, redis.ErrLost)
	}
}
