package connectortest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/simulator"
)

func passingFaults(t *testing.T, b *bench) {
	want := b.synced(t)
	for name, do := range map[string]func(http.Handler) http.Handler{
		"a 500":          simulator.Status(http.StatusInternalServerError),
		"a 502 page":     simulator.Reply(http.StatusBadGateway, "<html><title>Bad gateway</title></html>", "Content-Type", "text/html"),
		"a 503":          simulator.Status(http.StatusServiceUnavailable, "Retry-After", "20"),
		"a 429":          simulator.Status(http.StatusTooManyRequests, "Retry-After", "30"),
		"a broken line":  simulator.Reset,
		"429 for a date": simulator.Status(http.StatusTooManyRequests, "Retry-After", b.world.Now().Add(80*time.Second).Format(http.TimeFormat)),
	} {
		t.Run(name, func(t *testing.T) {
			b.serve(simulator.Options{}, simulator.Fault{After: 2, Times: 2, Do: do})
			s := newShelf()
			b.sync(t, s)
			s.same(t, want)
		})
	}
	if b.clock.total() < 20*time.Second {
		t.Errorf("waited %v in all, want at least as long as the servers asked for", b.clock.total())
	}
}

func rateLimits(t *testing.T, b *bench) {
	want := b.synced(t)
	b.serve(simulator.Options{Limit: simulator.Limit{Requests: 4, Complexity: 25000, Per: 5 * time.Minute}})
	s := newShelf()
	b.sync(t, s)
	s.same(t, want)
	if b.clock.total() < time.Minute {
		t.Errorf("waited %v, want to have waited for the limit", b.clock.total())
	}
}

// lastingFaults breaks a pass at each of its requests in each way, and looks at
// what was stored by then and at what the next pass makes of it.
func lastingFaults(t *testing.T, b *bench) {
	want := b.synced(t)
	requests := b.requests(t)
	for _, fault := range []struct {
		name  string
		every int // at each request, or at every so many, to save time
		do    func(http.Handler) http.Handler
	}{
		{"500 beyond all tries", 1, simulator.Status(http.StatusInternalServerError)},
		{"half a body", 1, simulator.HalfBody},
		{"a limit beyond all patience", 4, b.tracker.Limited},
		{"a body that breaks off", 3, simulator.CutBody(120)},
		{"a page for people instead", 3, simulator.HTML200},
		{"a connection that always drops", 4, simulator.Reset},
		{"something else that is JSON", 2, simulator.Reply(http.StatusOK, `["surprise", 7]`, "Content-Type", "application/json")},
	} {
		t.Run(fault.name, func(t *testing.T) {
			for n := 0; n < requests; n += fault.every * Every() {
				breakAt(t, b, n, fault.do, want)
			}
		})
	}
}

func breakAt(t *testing.T, b *bench, n int, do func(http.Handler) http.Handler, want *shelf) {
	t.Helper()
	b.serve(simulator.Options{}, simulator.Fault{After: n, Do: do})
	s := newShelf()
	_, err := connectors.Sync(t.Context(), b.open(t), s, nil)
	explained(t, fmt.Sprintf("request %d", n+1), err)
	for id, tk := range s.tickets {
		if d := difference(tk, want.tickets[id]); d != "" {
			t.Errorf("request %d: %s was stored incomplete: %s", n+1, tk.Key, d)
		}
	}
	b.serve(simulator.Options{})
	b.sync(t, s)
	s.same(t, want)
}

// explained checks that an error is one an operator can use.
func explained(t *testing.T, what string, err error) {
	t.Helper()
	var e *connectors.Error
	switch {
	case err == nil:
		t.Errorf("%s: no error", what)
	case strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), token):
		t.Errorf("%s: the error shows the token: %v", what, err)
	case !errors.As(err, &e):
		t.Errorf("%s: %T %v is no *connectors.Error", what, err, err)
	case e.Place == "" || e.Said == "" || e.Fix == "" || e.Source == "":
		t.Errorf("%s: %+v lacks source, place, what was said or what to do", what, *e)
	case len(err.Error()) > 1500:
		t.Errorf("%s: %d characters are too many for an operator", what, len(err.Error()))
	}
}

func refusals(t *testing.T, b *bench) {
	for name, change := range map[string]func(*Site){
		"a wrong token":              func(s *Site) { s.Token = "not-" + token + "-at-all" },
		"an unknown project or team": func(s *Site) { s.Space = "NOPE" },
		"a wrong path":               func(s *Site) { s.URL += "/elsewhere" },
		"a server that is not there": func(s *Site) { s.URL = "http://127.0.0.1:1" },
	} {
		t.Run(name, func(t *testing.T) {
			site := b.site()
			change(&site)
			s := newShelf()
			_, err := connectors.Sync(t.Context(), b.tracker.Open(t, site), s, nil)
			explained(t, name, err)
			if len(s.tickets) > 0 {
				t.Errorf("%d tickets arrived", len(s.tickets))
			}
		})
	}
	t.Run("a site that treats a wrong token as a stranger", func(t *testing.T) {
		b.serve(simulator.Options{Anonymous: true})
		site := b.site()
		site.Token = "wrong"
		_, err := connectors.Sync(t.Context(), b.tracker.Open(t, site), newShelf(), nil)
		explained(t, "stranger", err)
	})
}

// cancelled ends the context before each request in turn.
func cancelled(t *testing.T, b *bench) {
	for n, all := 0, b.requests(t); n < all; n += Every() {
		ctx, cancel := context.WithCancel(t.Context())
		b.serve(simulator.Options{}, simulator.Fault{After: n, Times: 1, Do: simulator.Before(cancel)})
		b.log.Forget()
		_, err := connectors.Sync(ctx, b.open(t), newShelf(), nil)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended before request %d: err = %v, want context.Canceled", n+1, err)
		}
		if asked := b.log.Total(); asked > n+1 {
			t.Errorf("ended before request %d, yet %d were sent", n+1, asked)
		}
		cancel()
	}
}

func cancelledWhileWaiting(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b.serve(simulator.Options{}, simulator.Fault{Do: simulator.Status(http.StatusTooManyRequests, "Retry-After", "60")})
	b.clock.before = cancel
	b.log.Forget()
	_, err := connectors.Sync(ctx, b.open(t), newShelf(), nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	if asked := b.log.Total(); asked > 1 {
		t.Errorf("%d requests were sent, want 1", asked)
	}
}
