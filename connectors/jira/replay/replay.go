// Package replay serves captured replies of real Jira sites over the HTTP paths
// a real site has, for tests. It answers searches as Jira does: windows by update
// time, pages by offset or token, chosen fields, histories where they are asked
// for. It never makes up a ticket, a history or a comment; what a real site has
// beside its tickets (lists of statuses, boards, users) it gathers from them.
package replay

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// Capture is one file of captured issues and how its site behaved.
type Capture struct {
	File     string // below the folder of real data
	Cloud    bool
	Projects []string
	Zone     string // time zone of the account that reads

	// What the file holds, counted from the file itself. Lines counts its
	// lines; some captures hold an issue twice, as a search may give it.
	Lines, Issues, Histories, Items int
}

// The captures. None of their texts belong to this project; see the folder's README.
var (
	Titanium = Capture{
		File: "jira/server-titanium.jsonl.gz", Projects: []string{"AC", "ALOY", "DAEMON", "MOD", "TIMOB"},
		Zone: "America/Los_Angeles", Lines: 2812, Issues: 2812,
	}
	Server2017 = Capture{
		File:     "jira/server-changelog-2017.jsonl",
		Projects: []string{"BAM", "BSERV", "CONF", "CQ", "CRUC", "CWD", "FE", "JRA", "SRCTREE", "SRCTREEWIN"},
		Zone:     "Australia/Sydney", Lines: 50, Issues: 50, Histories: 467, Items: 651,
	}
	CloudSite = Capture{
		File: "jira/cloud-changelog-issues.jsonl", Cloud: true, Projects: []string{"EE", "K5"},
		Zone: "Asia/Shanghai", Lines: 37, Issues: 33, Histories: 522, Items: 714,
	}
	DataCenter = Capture{
		File: "jira/dc-linked-issues.jsonl", Projects: []string{"DZFNK0168"},
		Zone: "Etc/UTC", Lines: 22, Issues: 22, Histories: 18, Items: 18,
	}
)

// Captures lists all captures.
func Captures() []Capture { return []Capture{Titanium, Server2017, CloudSite, DataCenter} }

// User and Token are the credentials a replayed site accepts: both on Cloud, the
// token alone on Data Center.
const (
	User  = "reader@example.com"
	Token = "replayed-token"
)

// Request is one request the site was sent.
type Request struct {
	Method string
	Path   string // with its query
	Body   []byte
	Header http.Header
}

// Site is a replayed site. It is safe for concurrent use.
type Site struct {
	Capture
	URL string
	// PageCap is the most tickets a page holds, whatever is asked; BulkCap the
	// most histories a page of the bulk fetch holds.
	PageCap, BulkCap int
	// Intercept may answer a request in the site's place; it then returns true.
	// Set it between passes; it is called from the server's goroutines.
	Intercept func(w http.ResponseWriter, r *http.Request) bool

	location *time.Location
	mu       sync.Mutex
	issues   []*issue
	requests []Request
	sprints  map[string]map[string]any
	boards   map[string][]string // project key → board ids
	statuses []json.RawMessage
	types    []json.RawMessage
	users    map[string]json.RawMessage // by key
}

// New starts a site that serves the capture and ends with the test. Where the
// real data is absent the test is skipped, and fails where CI is set.
func New(t testing.TB, c Capture) *Site {
	t.Helper()
	s := &Site{Capture: c, PageCap: 1000, BulkCap: 100}
	var err error
	if s.location, err = time.LoadLocation(c.Zone); err != nil {
		t.Fatal(err)
	}
	for _, line := range Lines(t, c.File) {
		iss, err := readIssue(line)
		if err != nil {
			t.Fatalf("%s: %v", c.File, err)
		}
		s.issues = append(s.issues, iss)
	}
	s.sort()
	s.gather(t)
	server := httptest.NewServer(s.routes())
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Requests lists what the site was sent so far, oldest first.
func (s *Site) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Forget empties the list of requests.
func (s *Site) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Touch moves an issue's update time, as an edit would.
func (s *Site) Touch(key string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, iss := range s.issues {
		if iss.key == key {
			iss.updated = at
			iss.fields["updated"], _ = json.Marshal(at.Format("2006-01-02T15:04:05.000-0700"))
		}
	}
	s.sort()
}

// Delete makes the site forget an issue, as somebody deleting it would.
func (s *Site) Delete(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issues = slices.DeleteFunc(s.issues, func(i *issue) bool { return i.key == key })
}

// Keys lists the issues' keys in the order in which a search gives them.
func (s *Site) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]string, len(s.issues))
	for i, iss := range s.issues {
		out[i] = iss.key
	}
	return out
}
