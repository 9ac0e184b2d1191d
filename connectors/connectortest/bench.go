package connectortest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/simulator"
)

const (
	space = "TEA"
	user  = "reader@acme.example"
	token = "s3cr3t-t0ken-of-the-suite"
)

// bench is one world, served, with a clock that moves only when somebody waits.
type bench struct {
	tracker Tracker
	world   *simulator.World
	log     simulator.Log
	clock   *clock
	url     string
	// pageSize is how many tickets a source asks for at a time.
	pageSize int

	mu      sync.Mutex
	handler http.Handler
	options simulator.Options
}

func newBench(t *testing.T, tracker Tracker) *bench {
	b := &bench{tracker: tracker, world: populated(), pageSize: 8}
	b.clock = &clock{world: b.world}
	b.serve(simulator.Options{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.current().ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func (b *bench) current() http.Handler {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.handler
}

// serve serves the world anew: strict as the options say, with the faults.
func (b *bench) serve(o simulator.Options, faults ...simulator.Fault) {
	o.Spaces, o.User, o.Token = []string{space, otherSpace}, user, token
	b.mu.Lock()
	defer b.mu.Unlock()
	b.options = o
	b.handler = b.log.Watch(simulator.Faulty(b.tracker.Serve(b.world, o), faults...))
}

func (b *bench) site() Site {
	return Site{URL: b.url, User: user, Token: token, Space: space, PageSize: b.pageSize, Clock: b.clock}
}

func (b *bench) open(t *testing.T) connectors.Source { return b.tracker.Open(t, b.site()) }

// sync makes one pass into the shelf; an error ends the test.
func (b *bench) sync(t *testing.T, s *shelf) connectors.Progress {
	t.Helper()
	p, err := connectors.Sync(t.Context(), b.open(t), s, nil)
	if err != nil {
		t.Fatalf("Sync: %v", err)
	}
	return p
}

// synced is a shelf after one whole pass.
func (b *bench) synced(t *testing.T) *shelf {
	t.Helper()
	s := newShelf()
	b.sync(t, s)
	return s
}

// requests is how many requests a whole first pass takes.
func (b *bench) requests(t *testing.T) int {
	t.Helper()
	b.log.Forget()
	b.synced(t)
	return b.log.Total()
}

// clock is the world's clock: it moves on when somebody waits, and real time
// never passes.
type clock struct {
	world *simulator.World

	mu     sync.Mutex
	waited time.Duration
	before func() // called before each wait; may be nil
}

func (c *clock) Now() time.Time { return c.world.Now() }

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	before := c.before
	c.waited += d
	c.mu.Unlock()
	if before != nil {
		before()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.world.Advance(d)
	return nil
}

func (c *clock) total() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waited
}
