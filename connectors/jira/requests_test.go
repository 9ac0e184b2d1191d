package jira_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

// counted is a simulated site that counts what it is asked for.
type counted struct {
	URL   string
	World *simulator.World

	mu    sync.Mutex
	paths map[string]int
}

// busy serves a world of n issues, each with three entries of history.
func busy(t *testing.T, n int, serve func(*simulator.World, simulator.Options) http.Handler) *counted {
	t.Helper()
	w := simulator.NewWorld(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	for _, handle := range []string{"reader", "lee", "mina"} {
		w.AddPerson(simulator.Person{Handle: handle, Name: handle, TimeZone: "Europe/Berlin"})
	}
	w.AddSpace(simulator.Space{Key: "PAY", Name: "Payments", Lead: "lee", Statuses: simulator.LinearStatuses()})
	w.AddBoard("PAY", "Payments", false)
	for i := range n {
		key := w.As("lee").Create(simulator.Draft{Space: "PAY", Type: simulator.TypeStory, Title: fmt.Sprintf("Story %d", i)})
		w.Advance(20 * time.Second)
		w.As("lee").Move(key, "Todo")
		w.As("lee").Assign(key, "mina")
		w.As("mina").Move(key, "In Progress")
	}
	site := serve(w, simulator.Options{Token: "hush-hush", User: "reader@example.com", BulkCap: 10_000})
	c := &counted{World: w, paths: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.paths[r.URL.Path]++
		c.mu.Unlock()
		site.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

// spent counts the requests so far, by what they were for.
func (c *counted) spent() (plain, extra, fixed int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, n := range c.paths {
		switch {
		case strings.Contains(path, "/search"), strings.HasSuffix(path, "/bulkfetch"):
			plain += n
		case strings.HasSuffix(path, "/watchers"), strings.HasSuffix(path, "/remotelink"):
			extra += n
		default:
			fixed += n
		}
	}
	return plain, extra, fixed
}

func TestAPlainSyncTakesHardlyMoreRequestsThanTheLeast(t *testing.T) {
	const issues, histories = 500, 500 * 3
	for _, c := range []struct {
		name  string
		kind  jira.Deployment
		serve func(*simulator.World, simulator.Options) http.Handler
		least int // searches of as many tickets as the site gives, and bulk fetches of a thousand tickets or ten thousand entries
	}{
		{"Cloud", jira.Cloud, (*simulator.World).JiraCloud, (issues+99)/100 + max((issues+999)/1000, (histories+9999)/10_000)},
		{"Data Center", jira.DataCenter, (*simulator.World).JiraDataCenter, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := busy(t, issues, c.serve)
			src, err := jira.New(options(site.URL, c.kind))
			if err != nil {
				t.Fatal(err)
			}
			store := newShelf()
			if _, err := connectors.Sync(t.Context(), src, store, nil); err != nil {
				t.Fatal(err)
			}
			plain, extra, fixed := site.spent()
			if len(store.tickets) != issues {
				t.Errorf("%d tickets, want %d", len(store.tickets), issues)
			}
			if 10*plain > 11*c.least {
				t.Errorf("%d searches and bulk fetches, the least is %d", plain, c.least)
			}
			if fixed > 10 {
				t.Errorf("%d requests whatever the number of tickets, want at most 10", fixed)
			}
			if extra > issues {
				t.Errorf("%d requests for watchers and remote links of %d tickets", extra, issues)
			}
			t.Logf("%d searches and bulk fetches (least %d), %d fixed, %d for watchers and links", plain, c.least, fixed, extra)
		})
	}
}

func TestASimulatedSiteIsHeldAndFetchedAsItIsSynced(t *testing.T) {
	for kind, serve := range map[jira.Deployment]func(*simulator.World, simulator.Options) http.Handler{
		jira.Cloud: (*simulator.World).JiraCloud, jira.DataCenter: (*simulator.World).JiraDataCenter,
	} {
		t.Run(string(kind), func(t *testing.T) {
			site := busy(t, 120, serve)
			src, err := jira.New(options(site.URL, kind))
			if err != nil {
				t.Fatal(err)
			}
			store := newShelf()
			if _, err := connectors.Sync(t.Context(), src, store, nil); err != nil {
				t.Fatal(err)
			}
			got, err := held(t, src)
			if err != nil {
				t.Fatal(err)
			}
			for id, tk := range store.tickets {
				if want := (ticket.Present{Ref: tk.Ref(), Updated: tk.Updated}); got[id] != want {
					t.Errorf("got %+v, want %+v", got[id], want)
				}
			}
			page, err := src.Fetch(t.Context(), slices.Collect(maps.Keys(store.tickets)))
			if err != nil || len(page.Tickets) != 120 || len(got) != 120 {
				t.Fatalf("%d tickets fetched and %d held (%v), want 120", len(page.Tickets), len(got), err)
			}
			for _, tk := range page.Tickets {
				if !reflect.DeepEqual(tk, store.tickets[tk.ID]) {
					t.Errorf("%s differs:\n got %+v\nwant %+v", tk.Key, tk, store.tickets[tk.ID])
				}
			}
		})
	}
}
