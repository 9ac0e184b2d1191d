package daemon_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// front stands before a Jira Cloud and a Linear. It notes what pages of changed
// tickets a process asks for, and kills it at one of them.
type front struct {
	jira, linear *httptest.Server

	mu      sync.Mutex
	process int    // how many were begun
	at      strike // for the process that runs
	victim  *os.Process
	first   bool // what Jira is asked for belongs to its first pass
	pages   int  // of both trackers, in all
	asked   []jiraPage
	told    []linearPage
}

// strike is when to kill.
type strike struct {
	page  int  // so many pages were asked for by then, those of former processes included; 0: never
	late  bool // once the page was answered, not while it is on its way
	delay time.Duration
}

// jiraPage is a page of tickets or histories that Jira was asked for in its first pass.
type jiraPage struct {
	process int
	key     string // the same for the same page
}

// linearPage are the issues of a page that Linear told.
type linearPage struct {
	process int
	ids     []string
}

// newFront stands before the sites at these addresses.
func newFront(t *testing.T, jira, linear string) *front {
	t.Helper()
	f := &front{}
	f.jira = f.before(t, jira, f.isJiraPage, nil)
	f.linear = f.before(t, linear, isLinearPage, f.noteIssues)
	return f
}

// before serves a site whose pages the front notes.
func (f *front) before(t *testing.T, site string, isPage func(*http.Request, []byte) bool, told func(*http.Response) error) *httptest.Server {
	t.Helper()
	to, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		// Mostly whoever asked is dead; who is not asks again.
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		ErrorLog:     log.New(io.Discard, "", 0),
	}
	counting := *proxy
	counting.ModifyResponse = told
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !isPage(r, body) {
			proxy.ServeHTTP(w, r)
			return
		}
		kill, at := f.strikes()
		if kill != nil && !at.late {
			kill()
		}
		counting.ServeHTTP(w, r)
		if kill != nil && at.late {
			time.AfterFunc(at.delay, kill)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// begin makes ready for a process.
func (f *front) begin(at strike) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.process++
	f.at, f.victim, f.first = at, nil, true
}

// watch names the process that was begun.
func (f *front) watch(p *os.Process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.victim = p
}

// strikes counts a page; kill is not nil if it is the one to kill at.
func (f *front) strikes() (kill func(), at strike) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages++
	p := f.victim
	if at = f.at; at.page == 0 || f.pages < at.page || p == nil {
		return nil, at
	}
	f.at = strike{}
	return func() { _ = p.Kill() }, at // already over is fine
}

// isJiraPage notes what belongs to the first pass, whose search has no window of
// time. Histories belong to the pass whose tickets were asked for before them.
func (f *front) isJiraPage(r *http.Request, body []byte) bool {
	bulk := strings.HasSuffix(r.URL.Path, "/changelog/bulkfetch")
	q := r.URL.Query()
	if !bulk && !strings.Contains(q.Get("fields"), "summary") {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !bulk {
		f.first = !strings.Contains(q.Get("jql"), " AND updated")
	}
	if f.first {
		f.asked = append(f.asked, jiraPage{f.process, r.URL.RequestURI() + string(body)})
	}
	return f.first
}

func isLinearPage(_ *http.Request, body []byte) bool {
	return bytes.Contains(body, []byte("query Issues("))
}

func (f *front) noteIssues(r *http.Response) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var reply struct {
		Data struct {
			Issues struct{ Nodes []struct{ ID string } }
		}
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p := linearPage{process: f.process}
	for _, n := range reply.Data.Issues.Nodes {
		p.ids = append(p.ids, n.ID)
	}
	f.told = append(f.told, p)
	return nil
}

// checkJira looks for pages that one process asked for though another had
// stored them: all but the one in flight when it was killed.
func (f *front) checkJira(t *testing.T, least int) {
	t.Helper()
	again, seen := map[int]int{}, map[string]bool{}
	for _, p := range f.asked {
		if seen[p.key] {
			again[p.process]++
		}
		seen[p.key] = true
	}
	for process, n := range again {
		if n > 1 {
			t.Errorf("process %d asked Jira for %d pages that were stored already, want the one in flight at the most", process, n)
		}
	}
	if len(seen) != least {
		t.Errorf("%d different pages were asked for in Jira's first pass, want %d", len(seen), least)
	}
}

// overlapping is how many issues a bulk world's last minutes hold, those by which
// one pass overlaps the one before.
const overlapping = 10

// checkLinear does the same for Linear, which has no pages that could be told
// from one another: it counts issues.
func (f *front) checkLinear(t *testing.T) {
	t.Helper()
	again, seen, largest := map[int]int{}, map[string]bool{}, 0
	for _, p := range f.told {
		largest = max(largest, len(p.ids))
		for _, id := range p.ids {
			if seen[id] {
				again[p.process]++
			}
			seen[id] = true
		}
	}
	for process, n := range again {
		if n > largest+overlapping {
			t.Errorf("process %d was told %d issues of Linear that were stored already, want no more than a page of %d", process, n, largest)
		}
	}
}
