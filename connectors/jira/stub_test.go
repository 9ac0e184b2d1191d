package jira_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/jira/replay"
	"github.com/fairlead-dev/fairlead/ticket"
)

// answers is what a stubbed site says: by method and path, a JSON text or an
// http.HandlerFunc. What is not listed is answered as an empty site would.
type answers map[string]any

var emptySite = answers{
	"GET /rest/api/2/myself":      `{"name":"reader","key":"reader","accountId":"acc-reader","timeZone":"Europe/Berlin"}`,
	"GET /rest/api/2/project/PAY": `{"id":"1","key":"PAY","name":"Payments"}`,
	"GET /rest/api/2/field": `[{"id":"customfield_10020","name":"Sprint","schema":{"custom":"com.pyxis.greenhopper.jira:gh-sprint"}},
		{"id":"customfield_10014","name":"Epic Link","schema":{"custom":"com.pyxis.greenhopper.jira:gh-epic-link"}},
		{"id":"customfield_10016","name":"Story point estimate","schema":{"custom":"com.pyxis.greenhopper.jira:jsw-story-points"}},
		{"id":"customfield_10030","name":"Story Points","schema":{"custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}}]`,
	"GET /rest/api/2/status": `[{"id":"1","name":"Open","statusCategory":{"key":"new"}},{"id":"3","name":"In Progress","statusCategory":{"key":"indeterminate"}},
		{"id":"6","name":"Closed","statusCategory":{"key":"done"}},{"id":"7","name":"Zurückgestellt","untranslatedName":"Backlog","statusCategory":{"key":"new"}}]`,
	"GET /rest/api/2/issuetype": `[{"id":"10001","name":"Geschichte","untranslatedName":"Story","hierarchyLevel":0},{"id":"10000","name":"Saga","hierarchyLevel":1},
		{"id":"10009","name":"Leitstern","hierarchyLevel":2}]`,
	"GET /rest/agile/1.0/board":            `{"isLast":true,"values":[]}`,
	"GET /rest/api/2/search":               `{"startAt":0,"maxResults":100,"total":0,"issues":[]}`,
	"GET /rest/api/2/search/jql":           `{"isLast":true,"issues":[]}`,
	"POST /rest/api/3/changelog/bulkfetch": `{"issueChangeLogs":[]}`,
}

// stub is a site of a few scripted answers.
type stub struct {
	URL string

	mu       sync.Mutex
	requests []replay.Request
}

func newStub(t *testing.T, told answers) *stub {
	t.Helper()
	s := &stub{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests = append(s.requests, replay.Request{Method: r.Method, Path: r.URL.RequestURI(), Body: body, Header: r.Header.Clone()})
		s.mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		say(w, r, told)
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func say(w http.ResponseWriter, r *http.Request, told answers) {
	name := r.Method + " " + r.URL.Path
	answer, listed := told[name]
	if !listed {
		answer = emptySite[name]
	}
	switch answer := answer.(type) {
	case string:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	case http.HandlerFunc:
		answer(w, r)
	default:
		status(404, `{"errorMessages":["nothing here"]}`)(w, r)
	}
}

// status answers with a code and a body.
func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// asked lists the requests whose path begins with prefix.
func (s *stub) asked(prefix string) []replay.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []replay.Request
	for _, r := range s.requests {
		if strings.HasPrefix(r.Path, prefix) {
			out = append(out, r)
		}
	}
	return out
}

func options(url string, d jira.Deployment, change ...func(*jira.Options)) jira.Options {
	o := jira.Options{
		Name: "jira stub", URL: url, Deployment: d, Token: "hush-hush", Projects: []string{"PAY"},
		Clock: &clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	if d == jira.Cloud {
		o.User = "reader@example.com"
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

// pull makes one pass from a cursor and gives its pages.
func pull(t *testing.T, o jira.Options, from connectors.Cursor) ([]connectors.Page, error) {
	t.Helper()
	src, err := jira.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return pages(t.Context(), src, from)
}

func pages(ctx context.Context, src *jira.Source, from connectors.Cursor) ([]connectors.Page, error) {
	var out []connectors.Page
	for page, err := range src.Changed(ctx, from) {
		if err != nil {
			return out, err
		}
		out = append(out, page)
	}
	return out, nil
}

func tickets(ps []connectors.Page) []ticket.Ticket {
	var out []ticket.Ticket
	for _, p := range ps {
		out = append(out, p.Tickets...)
	}
	return out
}

func gaps(ps []connectors.Page) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Gaps...)
	}
	return strings.Join(out, "\n")
}

// oneIssue is a search that finds one issue, with fields as JSON.
func oneIssue(fields string, rest ...string) string {
	return fmt.Sprintf(`{"total":1,"isLast":true,"issues":[{"id":"100","key":"PAY-1","fields":{%s}%s}]}`, fields, strings.Join(rest, ""))
}

const dated = `"created":"2026-01-05T10:00:00.000+0100","updated":"2026-01-06T10:00:00.000+0100"`

// only reads a site of one issue from Data Center.
func only(t *testing.T, fields, changelog string, told answers, change ...func(*jira.Options)) ticket.Ticket {
	t.Helper()
	rest := ""
	if changelog != "" {
		rest = `,"changelog":` + changelog
	}
	all := answers{"GET /rest/api/2/search": oneIssue(dated+","+fields, rest)}
	for k, v := range told {
		all[k] = v
	}
	ps, err := pull(t, options(newStub(t, all).URL, jira.DataCenter, change...), "")
	if err != nil {
		t.Fatal(err)
	}
	ts := tickets(ps)
	if len(ts) != 1 {
		t.Fatalf("%d tickets, want one; gaps: %s", len(ts), gaps(ps))
	}
	return ts[0]
}
