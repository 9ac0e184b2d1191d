package linear

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

const (
	// longestWait bounds what is waited for: Linear's budgets are full again
	// within the hour, and a time further off is no time to rely on.
	longestWait = 65 * time.Minute
	// limitTries is how often one document is sent that Linear refuses with
	// status 200 for coming too often.
	limitTries = 6
)

// budget is what Linear's last reply said is left of each of its limits.
type budget struct {
	mu    sync.Mutex
	kinds map[string]allowance // by the word in the headers' names
}

// allowance is what is left of one limit until it is full again.
type allowance struct {
	limit, left float64
	reset       time.Time
}

// waitForBudget waits until the budget is full again where what is left would
// not bear q. It takes the cost off at once, so that documents sent side by side
// do not count on the same points.
func (c *client) waitForBudget(ctx context.Context, q query, vars map[string]any) error {
	if c.clock == nil {
		return nil
	}
	wait := c.budget.take(c.tariff.cost(q, q.points(vars)), c.clock.Now())
	if wait <= 0 {
		return nil
	}
	return c.clock.Sleep(ctx, wait)
}

// take books one request and its points; wait is how long until they are there.
func (b *budget) take(points float64, now time.Time) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	needs := map[string]float64{"Requests": 1, "Complexity": points}
	for kind, need := range needs {
		a, told := b.kinds[kind]
		until := a.reset.Sub(now)
		switch {
		case !told || until <= 0 || until > longestWait:
			delete(b.kinds, kind) // nothing is known, or no longer
		case a.left < need:
			wait = max(wait, until)
		default:
			a.left -= need
			b.kinds[kind] = a
		}
	}
	return wait
}

// note keeps what a reply says of the budget and of the cost of its document.
func (c *client) note(q query, vars map[string]any, x *exchange, err error) {
	if x.response == nil {
		return
	}
	h := x.response.Header
	c.budget.heard(h)
	cost := number(h.Get("X-Complexity"))
	for _, r := range x.refusals(err) {
		said, most := r.complexity()
		cost = cmp.Or(cost, said)
		c.tariff.atMost(most)
	}
	c.tariff.heard(q, q.points(vars), cost)
}

func (b *budget) heard(h http.Header) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, kind := range []string{"Requests", "Complexity"} {
		left, told := finite(h.Get("X-RateLimit-" + kind + "-Remaining"))
		reset := millis(h.Get("X-RateLimit-" + kind + "-Reset"))
		if !told || reset.IsZero() {
			continue
		}
		if b.kinds == nil {
			b.kinds = map[string]allowance{}
		}
		b.kinds[kind] = allowance{limit: number(h.Get("X-RateLimit-" + kind + "-Limit")), left: left, reset: reset}
	}
}

// words tells what is left, for an operator; empty where Linear told nothing.
func (b *budget) words() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var parts []string
	for _, kind := range []struct{ header, word string }{{"Requests", "requests"}, {"Complexity", "complexity points"}} {
		a, told := b.kinds[kind.header]
		if !told {
			continue
		}
		text := plainNumber(a.left)
		if a.limit > 0 {
			text += " of " + plainNumber(a.limit)
		}
		parts = append(parts, text+" "+kind.word+" left until "+a.reset.Format("15:04 UTC"))
	}
	return strings.Join(parts, ", ")
}

// comesBack tells whether and when to send again what Linear refused with
// status 200 for coming too often. Other statuses are the transport's to judge.
func (c *client) comesBack(x *exchange, err error, try int) (wait time.Duration, ok bool) {
	if c.clock == nil || x.response == nil || x.response.StatusCode != http.StatusOK || try >= limitTries {
		return 0, false
	}
	said := x.refusals(err)
	if len(said) == 0 || !strings.EqualFold(said[0].Extensions.Code, codeLimited) {
		return 0, false
	}
	now := c.clock.Now()
	pause := time.Second << try
	wait = max(connectors.RetryAfter(x.response, now), pause/2+rand.N(pause/2))
	if reset := resetTime(x.response.Header); reset.After(now) {
		wait = max(wait, reset.Sub(now))
	}
	return wait, wait <= longestWait
}
