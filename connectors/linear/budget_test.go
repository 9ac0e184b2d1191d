package linear

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// meter is a server's budget of complexity points and requests, full again
// every hour by the hand clock.
type meter struct {
	clock            *handClock
	points, requests float64
	leftP, leftR     float64
	until            time.Time
	refused          int
}

func (m *meter) spend(h http.Header, cost float64) (ok bool) {
	if !m.clock.now.Before(m.until) {
		m.until, m.leftP, m.leftR = m.clock.now.Add(time.Hour), m.points, m.requests
	}
	if ok = m.leftP >= cost && m.leftR >= 1; ok {
		m.leftP -= cost
		m.leftR--
	} else {
		m.refused++
	}
	h.Set("X-Complexity", fmt.Sprint(cost))
	for kind, left := range map[string]float64{"Complexity": m.leftP, "Requests": m.leftR} {
		h.Set("X-RateLimit-"+kind+"-Remaining", fmt.Sprint(left))
		h.Set("X-RateLimit-"+kind+"-Reset", fmt.Sprint(m.until.UnixMilli()))
	}
	return ok
}

func TestAPassWaitsForTheBudgetInsteadOfRunningIntoARefusal(t *testing.T) {
	for name, m := range map[string]*meter{
		"points run short":   {points: 30_000, requests: 1e6},
		"requests run short": {points: 1e9, requests: 7},
	} {
		t.Run(name, func(t *testing.T) {
			f := newWorkspace(t, 400)
			m.clock = &handClock{now: time.UnixMilli(1_790_000_000_000).UTC()}
			f.head = func(h http.Header, cost float64) { m.spend(h, cost) }
			s := f.source(t, func(o *Options) { o.Transport = &connectors.Transport{Clock: m.clock, Limited: Limited} })
			store := newMemory()
			syncOnce(t, s, store)
			if len(store.tickets) != 402 || m.refused != 0 {
				t.Errorf("%d tickets, %d requests beyond the budget, want 402 and none", len(store.tickets), m.refused)
			}
			if len(m.clock.slept) == 0 {
				t.Error("nothing was waited for, so the budget was never short")
			}
			for _, d := range m.clock.slept {
				if d > time.Hour {
					t.Errorf("waited %v", d)
				}
			}
		})
	}
}

func TestAResetThatNobodyCanWaitForIsNotWaitedFor(t *testing.T) {
	clock := &handClock{now: day0}
	f := newWorkspace(t, 3)
	f.head = func(h http.Header, _ float64) {
		h.Set("X-RateLimit-Requests-Remaining", "0")
		h.Set("X-RateLimit-Requests-Reset", "4102444800000") // the year 2100
	}
	syncOnce(t, f.source(t, func(o *Options) { o.Clock = clock }), newMemory())
	if len(clock.slept) != 0 {
		t.Errorf("waited %v", clock.slept)
	}
}

func TestWaitingForTheBudgetEndsWithTheContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	f := newWorkspace(t, 3)
	clock := &handClock{now: day0}
	f.head = func(h http.Header, _ float64) {
		h.Set("X-RateLimit-Requests-Remaining", "0")
		h.Set("X-RateLimit-Requests-Reset", fmt.Sprint(day0.Add(time.Minute).UnixMilli()))
		stop()
	}
	_, err := connectors.Sync(ctx, f.source(t, func(o *Options) { o.Clock = clock }), newMemory(), nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

const limitedReply = `{"data":null,"errors":[{"message":"Rate limit exceeded","extensions":{"code":"RATELIMITED"}}]}`

func TestALimitToldWithStatus200IsWaitedForToo(t *testing.T) {
	clock := &handClock{now: day0}
	f := newWorkspace(t, 40)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, n int) bool {
		if op != "Issues" || n > 2 {
			return false
		}
		w.Header().Set("X-RateLimit-Requests-Remaining", "0")
		w.Header().Set("X-RateLimit-Requests-Reset", fmt.Sprint(clock.now.Add(40*time.Second).UnixMilli()))
		return status(w, 200, "application/json", limitedReply)
	}
	s := f.source(t, func(o *Options) { o.Transport = &connectors.Transport{Clock: clock, Limited: Limited} })
	m := newMemory()
	syncOnce(t, s, m)
	if len(m.tickets) != 42 || f.count("Issues") != 3 {
		t.Errorf("%d tickets after %d tries, want 42 after 3", len(m.tickets), f.count("Issues"))
	}
	if clock.now.Sub(day0) < 80*time.Second {
		t.Errorf("waited %v, want 40s twice", clock.slept)
	}
}

func TestALimitToldWithStatus200WithoutEndIsAnError(t *testing.T) {
	clock := &handClock{now: day0}
	f := newWorkspace(t, 4)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		return op == "Issues" && status(w, 200, "application/json", limitedReply)
	}
	s := f.source(t, func(o *Options) { o.Clock = clock })
	_, err := connectors.Sync(t.Context(), s, newMemory(), nil)
	var refused *connectors.Error
	if !errors.As(err, &refused) || f.count("Issues") != limitTries {
		t.Errorf("err = %v after %d tries, want a refusal after %d", err, f.count("Issues"), limitTries)
	}
}

// A server that reckons more strictly than documented gets smaller pages, and
// everything arrives all the same.
func TestPagesShrinkWhereLinearFindsThemTooComplex(t *testing.T) {
	for _, limit := range []float64{5000, 1500, 700} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			f := newWorkspace(t, 120)
			one := f.lists["issues"][5]
			for n := range 90 {
				one["history"] = append(one["history"].([]obj), obj{"id": fmt.Sprint("x", n), "createdAt": at(n), "actorId": "u-lee"})
			}
			f.limit = limit
			s, m := f.source(t, nil), newMemory()
			p := syncOnce(t, s, m)
			if len(m.tickets) != 122 || len(p.Gaps) != 0 || len(m.tickets["issue-00005"].History) != 91 {
				t.Errorf("%d tickets, gaps %q, history of %d, want 122, none and 91", len(m.tickets), p.Gaps, len(m.tickets["issue-00005"].History))
			}
			refused := f.count("") - len(f.costs)
			if refused == 0 || refused > 30 {
				t.Errorf("%d refusals, want a few", refused)
			}
			f.forget()
			if _, err := s.Fetch(t.Context(), []string{"issue-00001"}); err != nil || f.count("") != len(f.costs) {
				t.Errorf("afterwards: %d refusals, %v, want none: the sizes are remembered", f.count("")-len(f.costs), err)
			}
		})
	}
}

func TestPagesShrinkBeforeTheLimitIsReached(t *testing.T) {
	var s sizes
	if got := s.fit(docIssues, 50); got != 50 {
		t.Errorf("at first %d, want 50", got)
	}
	s.cost(docIssues, 50, 9400)
	if got := s.fit(docIssues, 50); got != 50 {
		t.Errorf("below the limit %d, want 50", got)
	}
	s.cost(docIssues, 50, 9900)
	if got := s.fit(docIssues, 50); got != 42 {
		t.Errorf("near the limit %d, want 42", got)
	}
	s.cost(docIssues, 1, 20000)
	if got := s.fit(docIssues, 50); got != 1 {
		t.Errorf("with one issue beyond the limit %d, want 1", got)
	}
	if got := s.fit(docUsers, 250); got != 250 {
		t.Errorf("another document: %d, want 250", got)
	}
}

func TestADocumentThatIsTooComplexForOneIssueIsAnError(t *testing.T) {
	f := newWorkspace(t, 3)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op != "Histories" {
			return false
		}
		refuse(w, 400, "INPUT_ERROR", "Query too complex")
		return true
	}
	_, err := connectors.Sync(t.Context(), f.source(t, nil), newMemory(), nil)
	var refused *connectors.Error
	if !errors.As(err, &refused) || f.count("Histories") > 10 {
		t.Errorf("err = %v after %d tries", err, f.count("Histories"))
	}
}
