package connectors

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// Budget is what everybody who reads one site shares: how many requests may be
// under way at once, and the waits that the server asked for. Limits count per
// account or per site, never per connection, so when one reader is told to wait
// all have to.
//
// Carry puts a budget below a Transport. The Transport understands refusals and
// tells the budget of them; the budget holds everybody back before they send.
type Budget struct {
	clock Clock
	slots chan struct{}

	shared Shared // nil: this process is alone
	site   string // its name there

	mu    sync.Mutex
	holds map[string]time.Time // by endpoint: not before; everySite for all of them
}

// everySite is the name under which a hold concerns all endpoints.
const everySite = ""

// NewBudget is a budget of so many requests at once, at least one.
func NewBudget(clock Clock, atOnce int) *Budget {
	return &Budget{clock: clock, slots: make(chan struct{}, max(atOnce, 1)), holds: map[string]time.Time{}}
}

// Carry is base under the budget; nil is http.DefaultTransport. A request
// counts from when it is sent until its answer was read or closed. Several
// Transports may have carriers of one budget.
func (b *Budget) Carry(base http.RoundTripper) http.RoundTripper { return b.CarryTold(base, nil) }

// CarryTold is Carry that tells the meter what comes of requests and how long they
// wait; nil is told nothing.
func (b *Budget) CarryTold(base http.RoundTripper, meter Meter) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	if meter == nil {
		meter = nobody{}
	}
	return &carrier{budget: b, base: base, meter: meter}
}

type carrier struct {
	budget *Budget
	base   http.RoundTripper
	meter  Meter
}

// RoundTrip implements http.RoundTripper.
func (c *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	place, err := c.budget.enter(req.Context(), endpointOf(req), c.meter)
	if err != nil {
		return nil, err
	}
	leave := func() { c.budget.leave(); c.budget.leaveShared(place) }
	resp, err := c.base.RoundTrip(req)
	if err != nil {
		leave()
		return nil, err
	}
	resp.Body = &counted{ReadCloser: resp.Body, leave: sync.OnceFunc(leave)}
	return resp, nil
}

// endpointOf is what limits on single endpoints count by.
func endpointOf(req *http.Request) string { return req.Method + " " + req.URL.Path }

// enter waits for the end of every hold and for a free place, which is named where
// it is shared. Nobody waits out a hold in a place that another endpoint could use.
func (b *Budget) enter(ctx context.Context, endpoint string, meter Meter) (place string, err error) {
	var waited time.Time
	for {
		if until := b.heldUntil(endpoint); until.After(waited) {
			waited = until // and not again, should the clock lag behind
			if err := waitTold(ctx, b.clock, until.Sub(b.clock.Now()), meter, true); err != nil {
				return "", err
			}
		}
		select {
		case b.slots <- struct{}{}:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		place, again, err := b.enterShared(ctx, endpoint)
		if err == nil && !again && !b.heldUntil(endpoint).After(waited) {
			return place, nil
		}
		b.leave() // a hold began while it waited for a place
		b.leaveShared(place)
		if err != nil {
			return "", err
		}
	}
}

func (b *Budget) leave() { <-b.slots }

// heldUntil is when the endpoint may be asked again; zero when it may be now.
func (b *Budget) heldUntil(endpoint string) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	until := b.holds[everySite]
	if own := b.holds[endpoint]; own.After(until) {
		until = own
	}
	if !until.After(b.clock.Now()) {
		return time.Time{}
	}
	return until
}

// hold keeps everybody from an endpoint for the time told. A longer hold that
// is already there stays; those that are over are forgotten.
func (b *Budget) hold(endpoint string, wait time.Duration) {
	if wait <= 0 {
		return
	}
	b.note(endpoint, wait)
	b.holdShared(endpoint, wait)
}

// note is hold for this process.
func (b *Budget) note(endpoint string, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	for name, until := range b.holds {
		if !until.After(now) {
			delete(b.holds, name)
		}
	}
	if until := now.Add(wait); until.After(b.holds[endpoint]) {
		b.holds[endpoint] = until
	}
}

// counted is the body of an answer that takes up a place in the budget.
type counted struct {
	io.ReadCloser
	leave func()
}

// Read gives the place free at the end, for the many who read an answer to its
// end some time before they close it.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil {
		c.leave()
	}
	return n, err
}

// Close gives the place free.
func (c *counted) Close() error {
	c.leave()
	return c.ReadCloser.Close()
}
