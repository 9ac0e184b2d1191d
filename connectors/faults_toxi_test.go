package connectors_test

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/linear"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

// wires are the ways in which the line to a tracker can be poor. The shares say
// how many of the connections are spoilt: every request has its own.
var wires = map[string]string{
	"late":                  `{"type": "latency", "toxicity": 1, "attributes": {"latency": 15, "jitter": 10}}`,
	"reset at times":        `{"type": "reset_peer", "toxicity": 0.1, "attributes": {"timeout": 0}}`,
	"reset in the middle":   `{"type": "reset_peer", "toxicity": 0.2, "attributes": {"timeout": 6}}`,
	"cut in the middle":     `{"type": "limit_data", "toxicity": 0.15, "attributes": {"bytes": 3000}}`,
	"cut in the headers":    `{"type": "limit_data", "toxicity": 0.15, "attributes": {"bytes": 40}}`,
	"slow to close":         `{"type": "slow_close", "toxicity": 1, "attributes": {"delay": 30}}`,
	"narrow":                `{"type": "bandwidth", "toxicity": 1, "attributes": {"rate": 3000}}`,
	"in small pieces":       `{"type": "slicer", "toxicity": 1, "attributes": {"average_size": 700, "size_variation": 300, "delay": 20}}`,
	"silent, then shut off": `{"type": "timeout", "toxicity": 0.15, "attributes": {"timeout": 25}}`,
}

// storySite is one tracker of the demonstration's story and how to read it.
type storySite struct {
	serve func(*simulator.World, simulator.Config) http.Handler
	open  func(t *testing.T, url string, c simulator.Config, clock connectors.Clock, base http.RoundTripper) connectors.Source
}

var storySites = map[string]storySite{
	"Jira Cloud": {
		func(w *simulator.World, c simulator.Config) http.Handler { return w.JiraCloud(c.Cloud) },
		func(t *testing.T, url string, c simulator.Config, clock connectors.Clock, base http.RoundTripper) connectors.Source {
			return openJira(t, jira.Options{URL: url, Deployment: jira.Cloud, User: c.Cloud.User, Token: c.Cloud.Token, Projects: c.Cloud.Spaces, Clock: clock, Base: base})
		},
	},
	"Jira Data Center": {
		func(w *simulator.World, c simulator.Config) http.Handler { return w.JiraDataCenter(c.DataCenter) },
		func(t *testing.T, url string, c simulator.Config, clock connectors.Clock, base http.RoundTripper) connectors.Source {
			return openJira(t, jira.Options{URL: url, Deployment: jira.DataCenter, Token: c.DataCenter.Token, Projects: c.DataCenter.Spaces, Clock: clock, Base: base})
		},
	},
	"Linear": {
		func(w *simulator.World, c simulator.Config) http.Handler { return w.Linear(c.Tracker) },
		func(t *testing.T, url string, c simulator.Config, clock connectors.Clock, base http.RoundTripper) connectors.Source {
			return openLinear(t, linear.Options{URL: url + "/graphql", Token: c.Tracker.Token, Teams: c.Tracker.Spaces,
				Transport: &connectors.Transport{Base: base, Clock: clock, Limited: linear.Limited}})
		},
	},
}

func openJira(t testing.TB, o jira.Options) connectors.Source {
	t.Helper()
	o.Name = "jira under test"
	s, err := jira.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openLinear(t testing.TB, o linear.Options) connectors.Source {
	t.Helper()
	o.Name = "linear under test"
	s, err := linear.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAPoorLineLosesNothing syncs the whole story through a proxy that spoils
// the line, again and again until a sync is complete, as the daemon would. What
// is stored then equals what a quiet sync stores.
func TestAPoorLineLosesNothing(t *testing.T) {
	for name, site := range storySites {
		t.Run(name, func(t *testing.T) {
			world, config := simulator.Story(46, time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC))
			server := httptest.NewServer(site.serve(world, config))
			t.Cleanup(server.Close)
			clock := worldClock{world}
			quiet := newKept()
			if _, err := connectors.Sync(t.Context(), site.open(t, server.URL, config, clock, http.DefaultTransport), quiet, nil); err != nil {
				t.Fatal(err)
			}
			for _, wire := range slices.Sorted(maps.Keys(wires)) {
				t.Run(wire, func(t *testing.T) {
					line := poorLine(t, server.Listener.Addr().String(), wires[wire])
					got := newKept()
					syncs := syncUntilDone(t, site.open(t, server.URL, config, clock, through(t, line)), got)
					t.Logf("%d syncs", syncs)
					got.same(t, quiet)
				})
			}
		})
	}
}

// syncUntilDone syncs until a pass ends without an error and tells how many it took.
func syncUntilDone(t *testing.T, s connectors.Source, into connectors.Store) int {
	t.Helper()
	const patience = 150
	var err error
	for n := range patience {
		if _, err = connectors.Sync(t.Context(), s, into, nil); err == nil {
			return n + 1
		}
	}
	t.Fatalf("no sync of %d was complete: %v", patience, err)
	return 0
}

// poorLine proxies to the address through a toxic and gives the proxy's address.
func poorLine(t *testing.T, upstream, toxic string) string {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, strings.ReplaceAll(t.Name(), "/", " "), "127.0.0.1:0", upstream)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		t.Fatal(err)
	}
	return proxy.Listen
}

// through sends everything to one address, whatever host it is meant for, so
// that tickets have the same addresses however they are read. Each request goes
// on a connection of its own and meets its own fate.
func through(t *testing.T, address string) *http.Transport {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.DisableKeepAlives = true
	base.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	t.Cleanup(base.CloseIdleConnections)
	return base
}

// worldClock moves the world's clock on instead of waiting.
type worldClock struct{ world *simulator.World }

func (c worldClock) Now() time.Time { return c.world.Now() }

func (c worldClock) Sleep(ctx context.Context, d time.Duration) error {
	c.world.Advance(d)
	return ctx.Err()
}

// kept is a store in memory.
type kept struct {
	tickets map[string]ticket.Ticket
	sprints map[string]ticket.Sprint
	cursor  string
}

func newKept() *kept {
	return &kept{tickets: map[string]ticket.Ticket{}, sprints: map[string]ticket.Sprint{}}
}

func (k *kept) Cursor(context.Context, string) (string, error) { return k.cursor, nil }

func (k *kept) SavePage(_ context.Context, _ string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (int, error) {
	for _, t := range tickets {
		k.tickets[t.ID] = t
	}
	for _, s := range sprints {
		k.sprints[s.ID] = s
	}
	k.cursor = cursor
	return len(tickets), nil
}

// same reports each ticket and sprint in which two stores differ.
func (k *kept) same(t *testing.T, want *kept) {
	t.Helper()
	if len(want.tickets) == 0 {
		t.Fatal("the quiet sync stored nothing to compare with")
	}
	if len(k.tickets) != len(want.tickets) {
		t.Errorf("%d tickets, want %d", len(k.tickets), len(want.tickets))
	}
	for id, w := range want.tickets {
		if got := k.tickets[id]; !reflect.DeepEqual(got, w) {
			t.Errorf("%s differs:\n got %s\nwant %s", w.Key, shortly(got), shortly(w))
		}
	}
	if !reflect.DeepEqual(k.sprints, want.sprints) {
		t.Errorf("sprints differ:\n got %v\nwant %v", k.sprints, want.sprints)
	}
}

func shortly(t ticket.Ticket) string { return fmt.Sprintf("%.600s", fmt.Sprintf("%+v", t)) }
