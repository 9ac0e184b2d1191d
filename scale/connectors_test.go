package scale

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/linear"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

// asked counts what a simulated site is asked, and what that costs.
type asked struct {
	site             http.Handler
	requests, points atomic.Int64
}

func (a *asked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.site.ServeHTTP(w, r)
	a.requests.Add(1)
	var points int64
	if _, err := fmt.Sscan(w.Header().Get("X-Complexity"), &points); err == nil {
		a.points.Add(points)
	}
}

// kept is a store that keeps cursors alone.
type kept struct{ cursor string }

func (k *kept) Cursor(context.Context, string) (string, error) { return k.cursor, nil }

func (k *kept) SavePage(_ context.Context, _ string, all []ticket.Ticket, _ []ticket.Sprint, cursor string) (int, error) {
	k.cursor = cursor
	return len(all), nil
}

// still is a clock for a site that never asks to wait.
type stillClock struct{}

func (stillClock) Now() time.Time { return time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC) }

func (stillClock) Sleep(context.Context, time.Duration) error {
	return errors.New("the site asked to wait")
}

func serve(t *testing.T, site http.Handler) (*asked, string) {
	t.Helper()
	a := &asked{site: site}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return a, server.URL
}

func openJira(t *testing.T, url string, projects ...string) connectors.Source {
	t.Helper()
	src, err := jira.New(jira.Options{URL: url, Deployment: jira.Cloud, User: "u", Token: "t", Projects: projects, Clock: stillClock{}})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func openLinear(t *testing.T, url string, teams ...string) connectors.Source {
	t.Helper()
	src, err := linear.New(linear.Options{URL: url + "/graphql", Token: "t", Teams: teams,
		Transport: &connectors.Transport{Clock: stillClock{}, Limited: linear.Limited}})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func sync(t *testing.T, src connectors.Source, s connectors.Store, want int) {
	t.Helper()
	p, err := connectors.Sync(t.Context(), src, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Tickets < want {
		t.Fatalf("%d tickets, want %d", p.Tickets, want)
	}
}

// near reports a difference of more than three in a hundred, or two.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if off := max(got-want, want-got); off > max(0.03*got, 2) {
		t.Errorf("%s: the connector asks for %.0f, the model for %.0f", what, got, want)
	}
}

func TestTheModelAsksAsOftenAsTheConnectors(t *testing.T) {
	n := 5_000
	if testing.Short() {
		n = 2_000 // of which the same is to be learnt; of fewer, what a pass asks for once weighs more than the three in a hundred
	}
	t.Run("Jira Cloud", func(t *testing.T) {
		a, url := serve(t, simulator.Bulk(1, n).JiraCloud(simulator.Options{BulkCap: 10_000}))
		src, model := openJira(t, url, simulator.BulkSpace), jiraCloud{}
		sync(t, src, &kept{}, n)
		near(t, "a first pass", float64(a.requests.Swap(0)), float64(model.begin(1, 1).plus(model.all(n)).requests))
		held := 0
		for page, err := range src.(connectors.Holdings).Present(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			held += len(page)
		}
		if held != n {
			t.Fatalf("%d tickets are listed", held)
		}
		near(t, "a census", float64(a.requests.Load()), float64(model.census(n).requests))
	})
	t.Run("Linear", func(t *testing.T) {
		a, url := serve(t, simulator.Bulk(1, n).Linear(simulator.Options{}))
		src, model := openLinear(t, url, simulator.BulkSpace), linearSite{}
		sync(t, src, &kept{}, n)
		want := model.begin(1, 1).plus(model.all(n))
		near(t, "a first pass", float64(a.requests.Swap(0)), float64(want.requests))
		near(t, "the points of a first pass", float64(a.points.Swap(0)), want.points)
		for _, err := range src.(connectors.Holdings).Present(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
		near(t, "a census", float64(a.requests.Load()), float64(model.census(n).requests))
		near(t, "the points of a census", float64(a.points.Load()), model.census(n).points)
	})
}

// What a pass takes that brings little depends on how many projects there are.
func TestTheModelAsksAsOftenAsTheConnectorsForManyProjects(t *testing.T) {
	const projects, changed = 40, 30
	const again = 6 // tickets that were updated within the overlap
	w := simulator.NewWorld(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	for n := range 8 * projects {
		w.AddPerson(simulator.Person{Handle: fmt.Sprintf("p%d", n), Name: fmt.Sprintf("Person %d", n), TimeZone: "Europe/Berlin"})
	}
	var keys, tickets []string
	for n := range projects {
		key := fmt.Sprintf("P%c%c", 'A'+n/26, 'A'+n%26)
		keys = append(keys, key)
		w.AddSpace(simulator.Space{Key: key, Name: key, Lead: "p0", Statuses: simulator.LinearStatuses()})
		w.AddBoard(key, key, false)
		for range 5 {
			tickets = append(tickets, w.As("p0").Create(simulator.Draft{Space: key, Type: simulator.TypeStory, Title: "A story"}))
			w.Advance(time.Minute)
		}
	}
	jiraAsked, jiraURL := serve(t, w.JiraCloud(simulator.Options{BulkCap: 10_000}))
	linearAsked, linearURL := serve(t, w.Linear(simulator.Options{}))
	ofJira, ofLinear := &kept{}, &kept{}
	inJira, inLinear := openJira(t, jiraURL, keys...), openLinear(t, linearURL, keys...)
	sync(t, inJira, ofJira, len(tickets))
	sync(t, inLinear, ofLinear, len(tickets))
	w.Advance(time.Hour) // what was read before is older than the overlap
	sync(t, inJira, ofJira, 0)
	sync(t, inLinear, ofLinear, 0)
	for n := range changed {
		w.As("p1").Assign(tickets[n*len(tickets)/changed], "p2")
	}
	w.Advance(time.Hour)
	jiraAsked.requests.Store(0)
	linearAsked.requests.Store(0)
	linearAsked.points.Store(0)
	sync(t, inJira, ofJira, changed)
	sync(t, inLinear, ofLinear, changed)
	fresh := jiraCloud{watched: 1} // whoever makes a ticket watches it
	near(t, "a later pass of Jira", float64(jiraAsked.requests.Load()), float64(fresh.begin(projects, projects).plus(fresh.changed(changed+again)).requests))
	later := linearSite{}.begin(projects, projects).plus(linearSite{}.changed(changed))
	near(t, "a later pass of Linear", float64(linearAsked.requests.Load()), float64(later.requests))
	near(t, "the points of a later pass of Linear", float64(linearAsked.points.Load()), later.points)
}
