package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/fairlead-dev/fairlead/simulator"
)

var storyEnd = time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)

// realData is where a file of the real data lies. Where it is absent the test
// is skipped, and fails where CI is set.
func realData(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("FAIRLEAD_REAL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "real")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("real data is missing: %v", err)
		}
		t.Skipf("real data is missing: %v", err)
	}
	return path
}

func openAPI(t *testing.T, name string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(realData(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// site serves the handler and asks it as whoever holds the credentials.
type site struct {
	url, user, token string
}

func serve(t *testing.T, h http.Handler, user, token string) site {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return site{s.URL, user, token}
}

func (s site) ask(t *testing.T, method, path, body string) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case s.user != "":
		req.SetBasicAuth(s.user, s.token)
	case strings.HasPrefix(s.token, "lin_"):
		req.Header.Set("Authorization", s.token)
	default:
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, text
}

// get asks and decodes a 200.
func (s site) get(t *testing.T, path string) map[string]any {
	t.Helper()
	code, _, text := s.ask(t, http.MethodGet, path, "")
	if code != http.StatusOK {
		t.Fatalf("GET %s answered %d: %.300s", path, code, text)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func storyCloud(t *testing.T) (*simulator.World, site) {
	t.Helper()
	w, c := simulator.Story(46, storyEnd)
	return w, serve(t, w.JiraCloud(c.Cloud), c.Cloud.User, c.Cloud.Token)
}

const (
	someFields = "fields=summary,description,issuetype,status,priority,creator,assignee,labels,components,created,updated,parent,issuelinks,duedate,comment,customfield_10016,customfield_10020"
	searchPAY  = "/rest/api/2/search/jql?jql=project%20%3D%20PAY%20ORDER%20BY%20updated%20ASC&maxResults=100&expand=changelog&" + someFields
)

func TestJiraCloudRepliesKeepTheOpenAPIDocument(t *testing.T) {
	doc := openAPI(t, "specs/jira-cloud-openapi.json")
	w, s := storyCloud(t)
	pay, _ := w.Space("PAY")
	linked := w.Issues("PAY")[20]
	w.AddVersion("PAY", "2.0", "")
	w.AddVersion("PAY", "1.9", "2026-10-01")
	w.As("priya").FixIn(linked.Key, "2.0", "1.9")
	w.As("priya").FixIn(linked.Key, "2.0")
	w.As("priya").Attach(linked.Key, "Runbook", "https://wiki.acme.example/runbook")
	for _, c := range []struct{ method, path, body, template string }{
		{"GET", "/rest/api/2/myself", "", "/rest/api/3/myself"},
		{"GET", "/rest/api/2/serverInfo", "", "/rest/api/3/serverInfo"},
		{"GET", "/rest/api/2/field", "", "/rest/api/3/field"},
		{"GET", "/rest/api/2/status", "", "/rest/api/3/status"},
		{"GET", "/rest/api/2/issuetype", "", "/rest/api/3/issuetype"},
		{"GET", "/rest/api/2/priority", "", "/rest/api/3/priority"},
		{"GET", "/rest/api/2/issueLinkType", "", "/rest/api/3/issueLinkType"},
		{"GET", "/rest/api/2/project/" + pay.Key, "", "/rest/api/3/project/{projectIdOrKey}"},
		{"GET", "/rest/api/2/project/search", "", "/rest/api/3/project/search"},
		{"GET", searchPAY, "", "/rest/api/3/search/jql"},
		{"GET", strings.Replace(searchPAY, "/api/2/", "/api/3/", 1), "", "/rest/api/3/search/jql"},
		{"GET", "/rest/api/2/search/jql?jql=project%20=%20PAY", "", "/rest/api/3/search/jql"},
		{"POST", "/rest/api/3/changelog/bulkfetch", `{"issueIdsOrKeys":["PAY-1","PAY-2","PAY-3","PAY-40"]}`, "/rest/api/3/changelog/bulkfetch"},
		{"GET", "/rest/api/2/issue/PAY-4?expand=changelog", "", "/rest/api/3/issue/{issueIdOrKey}"},
		{"GET", "/rest/api/2/issue/PAY-4/changelog?maxResults=2", "", "/rest/api/3/issue/{issueIdOrKey}/changelog"},
		{"GET", "/rest/api/2/issue/PAY-4/comment", "", "/rest/api/3/issue/{issueIdOrKey}/comment"},
		{"GET", "/rest/api/3/issue/PAY-4/comment", "", "/rest/api/3/issue/{issueIdOrKey}/comment"},
		{"GET", "/rest/api/2/project/PAY/versions", "", "/rest/api/3/project/{projectIdOrKey}/versions"},
		{"GET", "/rest/api/2/issue/" + linked.Key + "?expand=changelog", "", "/rest/api/3/issue/{issueIdOrKey}"},
		{"GET", "/rest/api/2/mypermissions?permissions=BROWSE_PROJECTS,ADMINISTER", "", "/rest/api/3/mypermissions"},
		{"GET", "/rest/api/2/issue/PAY-4/watchers", "", "/rest/api/3/issue/{issueIdOrKey}/watchers"},
	} {
		t.Run(c.method+" "+strings.SplitN(c.path, "?", 2)[0], func(t *testing.T) {
			code, _, text := s.ask(t, c.method, c.path, c.body)
			if code != http.StatusOK {
				t.Fatalf("answered %d: %.300s", code, text)
			}
			keeps(t, doc, c.method, c.template, code, text)
		})
	}
}

// The document says one object where its own example, as the wire, is a list.
func TestRemoteLinksKeepTheOpenAPIDocument(t *testing.T) {
	schema := openAPI(t, "specs/jira-cloud-openapi.json").Components.Schemas["RemoteIssueLink"].Value
	w, s := storyCloud(t)
	key := w.Issues("PAY")[20].Key
	w.As("priya").Attach(key, "Runbook", "https://wiki.acme.example/runbook")
	code, _, text := s.ask(t, http.MethodGet, "/rest/api/2/issue/"+key+"/remotelink", "")
	links, _ := decoded(t, text).([]any)
	if code != http.StatusOK || len(links) == 0 {
		t.Fatalf("answered %d %s, want the runbook", code, text)
	}
	for _, link := range links {
		if err := schema.VisitJSON(link); err != nil {
			t.Error(err)
		}
	}
	if last := fmt.Sprint(links[len(links)-1]); !strings.Contains(last, "https://wiki.acme.example/runbook") {
		t.Errorf("the last link is %s, want the runbook", last)
	}
}

func TestJiraErrorsKeepTheErrorCollection(t *testing.T) {
	doc := openAPI(t, "specs/jira-cloud-openapi.json")
	schema := doc.Components.Schemas["ErrorCollection"].Value
	_, s := storyCloud(t)
	for path, want := range map[string]int{
		"/rest/api/2/project/NOPE":                               http.StatusNotFound,
		"/rest/api/2/issue/PAY-9999":                             http.StatusNotFound,
		"/rest/api/2/nonsense":                                   http.StatusNotFound,
		"/rest/api/2/search?jql=project=PAY":                     http.StatusGone,
		"/rest/api/3/search?jql=project=PAY":                     http.StatusGone,
		"/rest/api/2/search/jql?jql=":                            http.StatusBadRequest,
		"/rest/api/2/search/jql?jql=order+by+updated":            http.StatusBadRequest,
		"/rest/api/2/search/jql?jql=project+is+PAY":              http.StatusBadRequest,
		"/rest/api/2/search/jql?jql=project=NOPE":                http.StatusBadRequest,
		"/rest/api/2/search/jql?jql=shoe+%3D+1":                  http.StatusBadRequest,
		"/rest/api/2/search/jql?jql=updated+%3E%3D+someday":      http.StatusBadRequest,
		"/rest/api/2/search/jql?jql=project=PAY&nextPageToken=x": http.StatusBadRequest,
		"/rest/agile/1.0/board/1/sprint":                         http.StatusNotFound,
	} {
		code, _, text := s.ask(t, http.MethodGet, path, "")
		if code != want {
			t.Errorf("GET %s answered %d, want %d", path, code, want)
		}
		if err := schema.VisitJSON(decoded(t, text)); err != nil {
			t.Errorf("GET %s: %v\n%s", path, err, text)
		}
	}
}

// keeps validates a reply against the schema of its operation.
func keeps(t *testing.T, doc *openapi3.T, method, template string, code int, text []byte) {
	t.Helper()
	item := doc.Paths.Find(template)
	if item == nil {
		t.Fatalf("the document has no path %s", template)
	}
	resp := item.GetOperation(method).Responses.Status(code)
	if resp == nil {
		t.Fatalf("%s %s knows no answer %d", method, template, code)
	}
	media := resp.Value.Content.Get("application/json")
	if media == nil || media.Schema == nil {
		t.Fatalf("%s %s has no schema for %d", method, template, code)
	}
	if err := media.Schema.Value.VisitJSON(asDocumented(decoded(t, text)), openapi3.MultiErrors()); err != nil {
		t.Errorf("%.2000s", err)
	}
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return v
}

// asDocumented takes away in what the real wire is known to differ from the
// document (the captured replies show all of it): nulls stand where the
// document knows only absence, times have no colon in their zone, and changes
// of the assignee repeat the account ids.
func asDocumented(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			if x != nil && !strings.HasPrefix(k, "tmp") {
				out[k] = asDocumented(x)
			}
		}
		return out
	case []any:
		for i := range v {
			v[i] = asDocumented(v[i])
		}
		return v
	case string:
		if at, err := time.Parse("2006-01-02T15:04:05.000-0700", v); err == nil {
			return at.Format(time.RFC3339Nano)
		}
	}
	return v
}

func TestAgileRepliesKeepTheOpenAPIDocument(t *testing.T) {
	doc := openAPI(t, "specs/jira-agile-openapi.json")
	w, s := storyCloud(t)
	boards := s.get(t, "/rest/agile/1.0/board?projectKeyOrId=PAY")
	code, _, text := s.ask(t, "GET", "/rest/agile/1.0/board?projectKeyOrId=PAY", "")
	keeps(t, doc, "GET", "/rest/agile/1.0/board", code, text)

	for _, b := range boards["values"].([]any) {
		board := b.(map[string]any)
		id := jsonNumber(board["id"])
		code, _, text := s.ask(t, "GET", "/rest/agile/1.0/board/"+id, "")
		keeps(t, doc, "GET", "/rest/agile/1.0/board/{boardId}", code, text)
		code, _, text = s.ask(t, "GET", "/rest/agile/1.0/board/"+id+"/sprint", "")
		if board["type"] == "kanban" {
			if code != http.StatusBadRequest || !strings.Contains(string(text), "does not support sprints") {
				t.Errorf("a kanban board answered %d %s", code, text)
			}
			continue
		}
		sprintsLikeCaptured(t, text)
	}
	_ = w
}

// sprintsLikeCaptured compares the sprints' fields with those of real ones; the
// document has no schema for them.
func sprintsLikeCaptured(t *testing.T, text []byte) {
	t.Helper()
	real := map[string]bool{}
	for _, line := range lines(t, "jira/cloud-sprints.jsonl") {
		for k := range line {
			real[k] = true
		}
	}
	for k := range map[string]bool{"createdDate": true, "activatedDate": true} {
		real[k] = true // newer than the capture
	}
	page := decoded(t, text).(map[string]any)
	if len(page["values"].([]any)) < 7 {
		t.Errorf("only %d sprints", len(page["values"].([]any)))
	}
	for _, v := range page["values"].([]any) {
		for k := range v.(map[string]any) {
			if !real[k] {
				t.Errorf("real sprints have no %q", k)
			}
		}
	}
}

func jsonNumber(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
