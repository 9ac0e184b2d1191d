package connectors_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// bubbleClock is the clock of a synctest bubble.
type bubbleClock struct{}

func (bubbleClock) Now() time.Time { return time.Now() }

func (bubbleClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// server answers each request as answer says, and notes when it came.
type server struct {
	mu     sync.Mutex
	begun  time.Time
	times  map[string][]time.Duration // by path: when requests came, since begun
	now    int                        // requests under way
	most   int                        // the most there were at once
	answer func(path string, n int) *http.Response
}

func newServer(answer func(path string, n int) *http.Response) *server {
	return &server{begun: time.Now(), times: map[string][]time.Duration{}, answer: answer}
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	path := r.URL.Path
	s.mu.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.times[path] = append(s.times[path], time.Since(s.begun))
	n := len(s.times[path])
	s.mu.Unlock()
	time.Sleep(time.Millisecond) // passes in the bubble only
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
	return s.answer(path, n), nil
}

func answered(code int, header ...string) *http.Response {
	resp, _ := reply(code, "text", header...)()
	return resp
}

func get(ctx context.Context, rt http.RoundTripper, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://jira.example"+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	return rt.RoundTrip(req)
}

// reader is one of several readers of a site: a Transport of its own over the
// budget of all.
func reader(b *connectors.Budget, s http.RoundTripper) *connectors.Transport {
	return &connectors.Transport{Base: b.Carry(s), Clock: bubbleClock{}}
}

func TestAWaitHoldsBackWhomItConcerns(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when every bubble begins
	for _, c := range []struct {
		name          string
		first         *http.Response // answer to the first request for /a
		sameEndpoint  time.Duration  // when another reader's next request for /a arrives
		otherEndpoint time.Duration  // and one for /b
	}{
		{"Retry-After of a refusal holds back all", answered(429, "Retry-After", "60"), time.Minute, time.Minute},
		{"a used up quota holds back all", answered(429, "Retry-After", "60", "RateLimit-Reason", "jira-quota-tenant-based"), time.Minute, time.Minute},
		{"a burst holds back its endpoint only", answered(429, "Retry-After", "60", "RateLimit-Reason", "jira-burst-based"), time.Minute, 0},
		{"a server under maintenance is left alone by all", answered(503, "Retry-After", "60"), time.Minute, time.Minute},
		{"a good answer that was the last one holds back all until the reset",
			answered(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", start.Add(time.Minute).Format("2006-01-02T15:04Z")), time.Minute, time.Minute},
		{"an empty token bucket holds back all until it is filled",
			answered(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Interval-Seconds", "60"), time.Minute, time.Minute},
		{"Linear's budget of complexity holds back all until its reset in milliseconds",
			answered(200, "X-RateLimit-Complexity-Remaining", "0", "X-RateLimit-Complexity-Reset", "946684860000"), time.Minute, time.Minute},
		{"Linear's budget of one endpoint holds back that one",
			answered(200, "X-RateLimit-Endpoint-Requests-Remaining", "0", "X-RateLimit-Endpoint-Requests-Reset", "946684860000"), time.Minute, 0},
		{"an answer with something left holds back nobody",
			answered(200, "X-RateLimit-Remaining", "1", "X-RateLimit-Reset", start.Add(time.Minute).Format(time.RFC3339)), 0, 0},
		{"a reset that was long ago holds back nobody",
			answered(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1999-12-31T23:59Z"), 0, 0},
		{"nonsense holds back nobody", answered(200, "X-RateLimit-Remaining", "none", "X-RateLimit-Reset", "soon"), 0, 0},
		{"a wait beyond all patience holds back nobody else", answered(429, "Retry-After", "7200"), 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(func(path string, n int) *http.Response {
					if path == "/a" && n == 1 {
						return c.first
					}
					return answered(200)
				})
				budget := connectors.NewBudget(bubbleClock{}, 4)
				var all sync.WaitGroup
				ask := func(path string) {
					all.Go(func() {
						resp, err := get(t.Context(), reader(budget, s), path)
						if err != nil {
							t.Error(err)
							return
						}
						_ = resp.Body.Close()
					})
				}
				ask("/a")
				time.Sleep(10 * time.Millisecond)
				ask("/a")
				ask("/b")
				all.Wait()
				near(t, "the second request for the same endpoint", s.times["/a"][1], c.sameEndpoint)
				near(t, "the request for another endpoint", s.times["/b"][0], c.otherEndpoint)
			})
		})
	}
}

// near allows for what the requests themselves take, and the jitter of a retry.
func near(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got < want || got > want+time.Second {
		t.Errorf("%s came after %v, want %v", what, got, want)
	}
}

func TestABudgetBoundsRequestsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(func(string, int) *http.Response { return answered(200) })
		budget := connectors.NewBudget(bubbleClock{}, 3)
		var all sync.WaitGroup
		for range 5 {
			rt := reader(budget, s)
			for range 8 {
				all.Go(func() {
					resp, err := get(t.Context(), rt, "/a")
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, resp.Body)
				})
			}
		}
		all.Wait()
		if s.most != 3 || len(s.times["/a"]) != 40 {
			t.Errorf("%d requests, at most %d at once, want 40 and 3", len(s.times["/a"]), s.most)
		}
	})
}

func TestAPlaceIsTakenUntilTheAnswerWasReadOrClosed(t *testing.T) {
	for name, finish := range map[string]func(io.ReadCloser){
		"closed unread":   func(b io.ReadCloser) { _ = b.Close() },
		"closed twice":    func(b io.ReadCloser) { _, _ = b.Close(), b.Close() },
		"read to its end": func(b io.ReadCloser) { _, _ = io.Copy(io.Discard, b) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(func(string, int) *http.Response { return answered(200) })
				budget := connectors.NewBudget(bubbleClock{}, 1)
				line := budget.Carry(s)
				first, err := get(t.Context(), line, "/a")
				if err != nil {
					t.Fatal(err)
				}
				ctx, stop := context.WithTimeout(t.Context(), time.Second)
				defer stop()
				if _, err := get(ctx, line, "/a"); !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("err = %v, want no place", err)
				}
				finish(first.Body)
				for range 3 {
					resp, err := get(t.Context(), line, "/a")
					if err != nil {
						t.Fatal(err)
					}
					_ = resp.Body.Close()
				}
				if s.most != 1 {
					t.Errorf("%d at once, want 1", s.most)
				}
			})
		})
	}
}

func TestABrokenConnectionGivesItsPlaceBack(t *testing.T) {
	base := &answers{list: []func() (*http.Response, error){broken(io.ErrUnexpectedEOF), reply(200, "ok")}}
	clock := &fakeClock{at: noon}
	rt := &connectors.Transport{Base: connectors.NewBudget(clock, 1).Carry(base), Clock: clock}
	resp, err := get(t.Context(), rt, "/a")
	if err != nil || resp.StatusCode != http.StatusOK || base.sent != 2 {
		t.Errorf("got %v, %v after %d requests", resp, err, base.sent)
	}
}

func TestWhoIsHeldBackCanBeStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(func(string, int) *http.Response {
			return answered(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Interval-Seconds", "600")
		})
		budget := connectors.NewBudget(bubbleClock{}, 1)
		resp, err := get(t.Context(), reader(budget, s), "/a")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if _, err := get(ctx, reader(budget, s), "/a"); !errors.Is(err, context.DeadlineExceeded) || len(s.times["/a"]) != 1 {
			t.Errorf("err = %v after %d requests, want to be stopped before the second", err, len(s.times["/a"]))
		}
	})
}

// A clock that lags, or stands still in a test, must not make anybody wait for
// ever for the end of one hold.
func TestAHoldIsWaitedOutOnce(t *testing.T) {
	clock := &lazyClock{at: noon}
	base := &answers{list: []func() (*http.Response, error){
		reply(200, "", "X-RateLimit-Remaining", "0", "X-RateLimit-Interval-Seconds", "60"), reply(200, "ok"),
	}}
	rt := &connectors.Transport{Base: connectors.NewBudget(clock, 1).Carry(base), Clock: clock}
	for range 2 {
		resp, err := get(t.Context(), rt, "/a")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	if clock.slept != 1 {
		t.Errorf("slept %d times, want once", clock.slept)
	}
}

// lazyClock does not move.
type lazyClock struct {
	at    time.Time
	slept int
}

func (c *lazyClock) Now() time.Time { return c.at }

func (c *lazyClock) Sleep(ctx context.Context, _ time.Duration) error {
	c.slept++
	return ctx.Err()
}

func FuzzAllowanceHeaders(f *testing.F) {
	f.Add("0", "2026-03-02T12:01Z", "60", "jira-quota-based")
	f.Add("0", "1772452860000", "NaN", "jira-burst-based")
	f.Add("-1e400", "99999999999999999999", "1e300", "")
	f.Fuzz(func(t *testing.T, left, reset, interval, reason string) {
		if strings.ContainsAny(left+reset+interval+reason, "\r\n\x00") {
			t.Skip("no header can hold it")
		}
		clock := &fakeClock{at: noon}
		base := &answers{list: []func() (*http.Response, error){reply(200, "", "X-RateLimit-Remaining", left,
			"X-RateLimit-Reset", reset, "X-RateLimit-Interval-Seconds", interval, "RateLimit-Reason", reason)}}
		rt := &connectors.Transport{Base: connectors.NewBudget(clock, 1).Carry(base), Clock: clock}
		for range 2 {
			resp, err := get(t.Context(), rt, "/a")
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
		}
		if waited := clock.at.Sub(noon); waited < 0 || waited > 15*time.Minute {
			t.Errorf("waited %v, want no longer than patience", waited)
		}
	})
}

// told keeps what a Meter is told.
type told struct {
	sent    map[connectors.Outcome]int
	limited time.Duration
	trouble time.Duration
}

func (m *told) Sent(came connectors.Outcome) { m.sent[came]++ }

func (m *told) Waited(_ context.Context, d time.Duration, limited bool) {
	if limited {
		m.limited += d
	} else {
		m.trouble += d
	}
}

func TestAMeterIsToldWhatComesOfRequestsAndHowLongTheyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := []*http.Response{
			answered(429, "Retry-After", "40"), answered(503, "Retry-After", "3"), answered(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Interval-Seconds", "20"),
			answered(404), answered(200),
		}
		s := newServer(func(string, int) *http.Response {
			next := list[0]
			list = list[1:]
			return next
		})
		m := &told{sent: map[connectors.Outcome]int{}}
		rt := &connectors.Transport{Base: connectors.NewBudget(bubbleClock{}, 1).CarryTold(s, m), Clock: bubbleClock{}}
		for range 3 {
			resp, err := get(t.Context(), rt, "/search")
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
		}
		want := map[connectors.Outcome]int{connectors.Limited: 1, connectors.Trouble: 1, connectors.Answered: 2, connectors.Refused: 1}
		if !maps.Equal(m.sent, want) {
			t.Errorf("sent %v, want %v", m.sent, want)
		}
		if m.limited < 60*time.Second || m.limited > 61*time.Second || m.trouble < 3*time.Second || m.trouble > 4*time.Second {
			t.Errorf("waited %v for limits and %v after trouble, want 60 s and 3 s", m.limited, m.trouble)
		}
	})
}
