package linear_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/linear"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

var began = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

// worldClock passes the simulated world's time by being waited on.
type worldClock struct {
	world   *simulator.World
	now     time.Time
	slept   time.Duration
	refused int
}

// RoundTrip counts what the simulated Linear refuses.
func (c *worldClock) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil && resp.StatusCode >= 400 {
		c.refused++
	}
	return resp, err
}

func (c *worldClock) Now() time.Time { return c.now }

func (c *worldClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now, c.slept = c.now.Add(d), c.slept+d
	c.world.Advance(d)
	return ctx.Err()
}

// simulated is a source that reads a world of n issues.
func simulated(t *testing.T, n int, site simulator.Options, change func(*linear.Options)) (*linear.Source, *worldClock) {
	t.Helper()
	w := simulator.NewWorld(began)
	for _, handle := range []string{"mina", "lee"} {
		w.AddPerson(simulator.Person{Handle: handle, Name: handle + " full", Email: handle + "@acme.example", TimeZone: "Europe/Berlin"})
	}
	w.AddSpace(simulator.Space{Key: "PAY", Name: "Payments", Lead: "lee", Statuses: simulator.LinearStatuses()})
	for range n {
		key := w.As("lee").Create(simulator.Draft{Space: "PAY", Title: "One of many", Assignee: "mina"})
		w.As("mina").Move(key, "In Progress")
	}
	server := httptest.NewServer(w.Linear(site))
	t.Cleanup(server.Close)
	clock := &worldClock{world: w, now: began}
	o := linear.Options{
		Name: "linear acme", URL: server.URL + "/graphql", Token: site.Token,
		Transport: &connectors.Transport{Base: clock, Clock: clock, Limited: linear.Limited},
	}
	if change != nil {
		change(&o)
	}
	s, err := linear.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, clock
}

// everything reads all there is, by id.
func everything(t *testing.T, s *linear.Source) map[string]ticket.Ticket {
	t.Helper()
	out := map[string]ticket.Ticket{}
	for page, err := range s.Changed(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, tk := range page.Tickets {
			out[tk.ID] = tk
		}
	}
	return out
}

func TestTheSimulatedWorkspaceIsPresentAsItIsRead(t *testing.T) {
	s, _ := simulated(t, 260, simulator.Options{Token: "t"}, nil)
	want := everything(t, s)
	var ids []string
	for page, err := range s.Present(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page {
			if tk := want[p.ID]; tk.Ref() != p.Ref || !tk.Updated.Equal(p.Updated) {
				t.Errorf("present %+v, read %+v of %v", p, tk.Ref(), tk.Updated)
			}
			ids = append(ids, p.ID)
		}
	}
	if len(ids) != len(want) || len(ids) < 260 {
		t.Errorf("%d present, %d read", len(ids), len(want))
	}
	page, err := s.Fetch(t.Context(), ids[:3])
	if err != nil || len(page.Tickets) != 3 {
		t.Errorf("fetched %d of 3, %v", len(page.Tickets), err)
	}
}

func TestTheSimulatedWorkspaceCanBeInspectedAndExplored(t *testing.T) {
	s, _ := simulated(t, 3, simulator.Options{Token: "t", Viewer: "mina"}, nil)
	seen, err := s.Inspect(t.Context())
	if err != nil || seen.Who.Name != "mina full" || seen.Zone != "Europe/Berlin" || len(seen.Missing) != 0 {
		t.Errorf("inspected %+v, %v", seen, err)
	}
	if i := slices.IndexFunc(seen.Words, func(w connectors.Word) bool { return w.Text == "In Progress" }); i < 0 || !seen.Words[i].Mapped {
		t.Errorf("words = %+v, want In Progress among them, mapped", seen.Words)
	}
	found, err := s.Explore(t.Context())
	if err != nil || len(found.Spaces) != 1 || found.Spaces[0].Name != "Payments" || found.Spaces[0].Lead.Name != "lee full" ||
		len(found.Spaces[0].Assignees) != 1 || found.Spaces[0].Assignees[0].Name != "mina full" || len(found.People) != 2 {
		t.Errorf("explored %+v, %v", found, err)
	}
}

func TestASimulatedBudgetIsNeverOverdrawn(t *testing.T) {
	limit := simulator.Limit{Requests: 1000, Complexity: 30_000, Per: time.Hour}
	s, clock := simulated(t, 300, simulator.Options{Token: "t", Limit: limit}, nil)
	if got := len(everything(t, s)); got != 300 {
		t.Errorf("%d tickets, want 300", got)
	}
	if clock.refused != 0 || clock.slept < time.Hour {
		t.Errorf("%d refusals, waited %v, want no refusal and some hours", clock.refused, clock.slept)
	}
}

func TestASimulatedGrantIsRenewedWhenItRunsOut(t *testing.T) {
	kept := &tokens{all: []string{"first"}}
	site := simulator.Options{Token: "t", OAuth: simulator.OAuth{ClientID: "app", ClientSecret: "secret", Refresh: "first", Life: time.Hour}}
	s, clock := simulated(t, 5, site, func(o *linear.Options) {
		application := linear.Application("app", "secret", kept)
		application.URL = strings.TrimSuffix(o.URL, "/graphql") + "/oauth/token"
		grant, err := connectors.NewGrant(application, nil)
		if err != nil {
			t.Fatal(err)
		}
		o.Token, o.OAuth = "", grant
	})
	for range 2 {
		if got := len(everything(t, s)); got != 5 {
			t.Errorf("%d tickets, want 5", got)
		}
		clock.world.Advance(2 * time.Hour)
	}
	if len(kept.all) != 3 || kept.all[1] == kept.all[2] || strings.Contains(kept.all[1], "first") {
		t.Errorf("kept %q, want two new refresh tokens", kept.all)
	}
}

// tokens keeps refresh tokens, the last of which is in force.
type tokens struct{ all []string }

func (*tokens) Place() string { return "a test" }

func (k *tokens) Renew(_ context.Context, exchange func(string) (string, error)) error {
	next, err := exchange(k.all[len(k.all)-1])
	if err == nil {
		k.all = append(k.all, next)
	}
	return err
}
