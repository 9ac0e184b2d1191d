package redis_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// realClock is the machine's.
type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// replicas are clients of one site in different processes, as far as they know.
func replicas(t *testing.T, n int, at redis.Address, site string) []*http.Client {
	t.Helper()
	var out []*http.Client
	for range n {
		b := connectors.NewBudget(realClock{}, 2)
		b.ShareWith(opened(t, redis.Options{Address: at}).Budget(), site)
		out = append(out, &http.Client{Transport: &connectors.Transport{Base: b.Carry(nil), Clock: realClock{}}})
	}
	return out
}

func ask(t *testing.T, c *http.Client, url string) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Error(err)
		return
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// busySite counts how many requests it has at once, and lets each wait for its go.
type busySite struct {
	mu        sync.Mutex
	now, most int
	came      chan struct{}
	let       chan struct{}
}

func (s *busySite) ServeHTTP(http.ResponseWriter, *http.Request) {
	s.mu.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	s.came <- struct{}{}
	<-s.let
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
}

func TestReplicasShareThePlacesAtASite(t *testing.T) {
	redisServer := redistest.Start(t)
	busy := &busySite{came: make(chan struct{}, 6), let: make(chan struct{})}
	site := httptest.NewServer(busy)
	t.Cleanup(site.Close)
	var all sync.WaitGroup
	for i, c := range replicas(t, 3, redis.Address{Hosts: []string{redisServer.Addr}}, "acme.example") {
		for n := range 2 {
			all.Go(func() { ask(t, c, fmt.Sprintf("%s/%d/%d", site.URL, i, n)) })
		}
	}
	for range 6 {
		<-busy.came
		busy.let <- struct{}{}
	}
	all.Wait()
	if busy.most > 2 {
		t.Errorf("%d requests were under way at once, want 2 at most", busy.most)
	}
}

func TestAWaitThatOneReplicaIsToldHoldsBackAll(t *testing.T) {
	redisServer := redistest.Start(t)
	var mu sync.Mutex
	var times []time.Time
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if times = append(times, time.Now()); len(times) == 1 {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	t.Cleanup(site.Close)
	c := replicas(t, 2, redis.Address{Hosts: []string{redisServer.Addr}}, "acme.example")
	var all sync.WaitGroup
	all.Go(func() { ask(t, c[0], site.URL) })
	if !redistest.Until(10*time.Second, func(context.Context) bool {
		return redisServer.Do("ZCARD", "{fairlead}:holds:acme.example") == "1"
	}) {
		t.Fatal("nobody was told of the wait")
	}
	ask(t, c[1], site.URL)
	all.Wait()
	if len(times) != 3 || times[1].Sub(times[0]) < 1900*time.Millisecond {
		t.Errorf("requests came at %v: the second replica was to wait two seconds", times)
	}
}

func TestWithoutRedisEachReplicaGoesOnByItself(t *testing.T) {
	redisServer := redistest.Start(t)
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(site.Close)
	c := replicas(t, 1, redis.Address{Hosts: []string{redisServer.Addr}}, "acme.example")
	redisServer.Kill()
	ask(t, c[0], site.URL)
}
