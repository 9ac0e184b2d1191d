package jira_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/jira/replay"
	"github.com/fairlead-dev/fairlead/ticket"
)

// published are the paths of the two documents that the connector uses; only these are
// loaded, since the documents hold several hundred more.
var published = map[string]*regexp.Regexp{
	"specs/jira-cloud-openapi.json": regexp.MustCompile(`^/rest/api/3/(myself|project/\{projectIdOrKey\}|field|status|issuetype|user|search|search/jql|changelog/bulkfetch` +
		`|issue/\{issueIdOrKey\}|issue/\{issueIdOrKey\}/(comment|changelog|watchers|remotelink)|mypermissions|priority|issueLinkType|project|project/search)$`),
	"specs/jira-agile-openapi.json": regexp.MustCompile(`^/rest/agile/1\.0/(board|board/\{boardId\}/sprint|sprint/\{sprintId\})$`),
}

// documents loads the published descriptions.
func documents(t *testing.T) []routers.Router {
	t.Helper()
	var out []routers.Router
	for name, used := range published {
		doc, err := openapi3.NewLoader().LoadFromFile(replay.Path(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range doc.Paths.InMatchingOrder() {
			if !used.MatchString(p) {
				doc.Paths.Delete(p)
			}
		}
		doc.Servers = nil
		plain(doc)
		router, err := gorillamux.NewRouter(doc)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, router)
	}
	return out
}

// plain mends what the agile document says of two text parameters: it calls
// them objects without any property, which no request could hold. Its own examples, and
// every client, send texts.
func plain(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, p := range op.Parameters {
				if s := p.Value.Schema; p.Value.In == "query" && s != nil && s.Value.Type.Is("object") {
					p.Value.Schema = openapi3.NewSchemaRef("", openapi3.NewStringSchema())
				}
			}
		}
	}
}

// unpublished says what the documents have against a request the connector sent.
// The v2 paths are checked as v3: the two differ in the shape of texts, not in
// their parameters.
func unpublished(t *testing.T, rs []routers.Router, sent replay.Request) error {
	t.Helper()
	path := strings.Replace(sent.Path, "/rest/api/2/", "/rest/api/3/", 1)
	req, err := http.NewRequestWithContext(t.Context(), sent.Method, path, bytes.NewReader(sent.Body))
	if err != nil {
		return err
	}
	req.Header = sent.Header
	for _, router := range rs {
		route, params, err := router.FindRoute(req)
		if err != nil {
			continue
		}
		in := &openapi3filter.RequestValidationInput{
			Request: req, PathParams: params, Route: route,
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
		}
		return errors.Join(openapi3filter.ValidateRequest(t.Context(), in), undescribed(route.Operation, req.URL.Query()))
	}
	return errors.New("no published document knows this path")
}

// undescribed finds parameters that the description does not list; the
// validator lets them pass.
func undescribed(op *openapi3.Operation, query url.Values) error {
	for name := range query {
		if op.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("the parameter %s is not described", name)
		}
	}
	return nil
}

func checkPublished(t *testing.T, rs []routers.Router, sent replay.Request) {
	t.Helper()
	if err := unpublished(t, rs, sent); err != nil {
		t.Errorf("%s %s: %v", sent.Method, sent.Path, err)
	}
}

func TestTheCheckAgainstThePublishedDocumentsBites(t *testing.T) {
	rs := documents(t)
	post := func(body string) replay.Request {
		return replay.Request{
			Method: "POST", Path: "/rest/api/3/changelog/bulkfetch", Body: []byte(body),
			Header: http.Header{"Content-Type": {"application/json"}},
		}
	}
	get := func(path string) replay.Request {
		return replay.Request{Method: "GET", Path: path, Header: http.Header{}}
	}
	for name, sent := range map[string]replay.Request{
		"a path nobody knows":          get("/rest/api/2/searches?jql=x"),
		"a method nobody knows":        {Method: "DELETE", Path: "/rest/api/2/search/jql?jql=x", Header: http.Header{}},
		"a parameter nobody knows":     get("/rest/api/2/search/jql?jql=x&startAt=3"),
		"a number that is none":        get("/rest/api/2/search/jql?jql=x&maxResults=many"),
		"a board that is no number":    get("/rest/agile/1.0/board/PAY/sprint"),
		"a body without tickets":       post(`{"maxResults":10}`),
		"a body that asks too much":    post(`{"issueIdsOrKeys":["1"],"maxResults":10001}`),
		"a body with an unknown field": post(`{"issueIdsOrKeys":["1"],"startAt":1}`),
	} {
		if unpublished(t, rs, sent) == nil {
			t.Errorf("%s passed", name)
		}
	}
}

// TestEveryRequestIsOneThatIsPublished covers what is sent to Data Center as far
// as Cloud's document still describes it, which is all of it today: the search by
// offset with expand (deprecated on Cloud), a single issue with its changelog, and
// a user by key. Paths are compared as v3, so that v2 has the same ones is known
// from the captured sites only.
func TestEveryRequestIsOneThatIsPublished(t *testing.T) {
	rs := documents(t)
	seen := map[string]int{}
	for _, c := range replay.Captures() {
		site := replay.New(t, c)
		site.PageCap, site.BulkCap = 400, 40
		src := source(t, site)
		store := newShelf()
		for range 2 {
			if _, err := connectors.Sync(t.Context(), src, store, nil); err != nil {
				t.Fatal(err)
			}
		}
		useRest(t, src, store)
		for _, sent := range site.Requests() {
			shape := shapeOf(sent)
			if seen[shape]++; seen[shape] <= 40 { // the rest differ in an id
				checkPublished(t, rs, sent)
			}
		}
	}
	for _, s := range fallbacks(t) {
		for _, sent := range s.asked("/") {
			if sent.Path = strings.TrimPrefix(sent.Path, through); !strings.HasPrefix(sent.Path, "/rest/") {
				continue // the platform's own, which the documents leave out
			}
			seen[shapeOf(sent)]++
			checkPublished(t, rs, sent)
		}
	}
	for _, want := range []string{
		"GET /rest/api/2/myself", "GET /rest/api/2/project/*", "GET /rest/api/2/field", "GET /rest/api/2/status", "GET /rest/api/2/issuetype",
		"GET /rest/api/2/user", "GET /rest/api/2/search", "GET /rest/api/2/search/jql", "POST /rest/api/3/changelog/bulkfetch",
		"GET /rest/api/2/issue/*", "GET /rest/api/2/issue/*/comment", "POST /rest/api/2/issue/*/comment", "GET /rest/api/2/issue/*/changelog",
		"GET /rest/api/2/issue/*/watchers", "GET /rest/api/2/issue/*/remotelink", "GET /rest/api/2/mypermissions", "GET /rest/api/2/priority",
		"GET /rest/api/2/issueLinkType", "GET /rest/api/2/project", "GET /rest/api/2/project/search",
		"GET /rest/agile/1.0/board", "GET /rest/agile/1.0/board/*/sprint", "GET /rest/agile/1.0/sprint/*",
	} {
		if seen[want] == 0 {
			t.Errorf("%s was never sent, so it was not checked", want)
		}
	}
	for shape, n := range seen {
		t.Logf("%4d %s", n, shape)
	}
}

// useRest asks for everything beside a sync.
func useRest(t *testing.T, src *jira.Source, store *shelf) {
	t.Helper()
	if _, err := held(t, src); err != nil {
		t.Fatal(err)
	}
	page, err := src.Fetch(t.Context(), append(slices.Sorted(maps.Keys(store.tickets))[:3], "999999999"))
	if err != nil || len(page.Tickets) != 3 {
		t.Fatalf("%d tickets, err = %v", len(page.Tickets), err)
	}
	if _, err := src.Inspect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Explore(t.Context()); err != nil {
		t.Fatal(err)
	}
}

var ids = regexp.MustCompile(`(/project|/issue|/board|/sprint)/[^/?]+`)

// shapeOf is a request's method and path without ids and query.
func shapeOf(r replay.Request) string {
	path, _, _ := strings.Cut(r.Path, "?")
	if strings.HasSuffix(path, "/project/search") {
		return r.Method + " " + path
	}
	return r.Method + " " + ids.ReplaceAllString(path, "$1/*")
}

// fallbacks are sites that make the connector send what a well-behaved one does
// not: single issues, pages of a single history.
func fallbacks(t *testing.T) []*stub {
	t.Helper()
	cut := newStub(t, answers{"GET /rest/api/2/search": oneIssue(dated, `,"changelog":{"total":2,"histories":[]}`), "GET /rest/api/2/issue/100": `{"id":"100"}`})
	noBulk := newStub(t, answers{"GET /rest/api/2/search/jql": oneIssue(dated), "POST /rest/api/3/changelog/bulkfetch": status(404, "")})
	if _, err := pull(t, options(cut.URL, "data-center"), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := pull(t, options(noBulk.URL, "cloud"), ""); err != nil {
		t.Fatal(err)
	}
	gateway := newStub(t, onPlatform(nil))
	src, err := jira.New(withOAuth(t, gateway))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pages(t.Context(), src, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Inspect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return []*stub{cut, noBulk, gateway, commented(t)}
}

// commented is a site on which the connector left a comment.
func commented(t *testing.T) *stub {
	t.Helper()
	const path = " /rest/api/2/issue/100/comment"
	site := newStub(t, answers{"GET" + path: `{"total":0,"comments":[]}`, "POST" + path: `{"id":"7"}`})
	src, err := jira.New(options(site.URL, jira.Cloud, func(o *jira.Options) { o.WriteComments = true }))
	if err != nil {
		t.Fatal(err)
	}
	url, err := src.Comment(t.Context(), ticket.Ref{ID: "100", Key: "PAY-1"}, connectors.Note{ID: "n", Text: "Hello."})
	if want := site.URL + "/browse/PAY-1?focusedCommentId=7"; err != nil || url != want {
		t.Fatalf("the comment is at %q, %v; want %q", url, err, want)
	}
	return site
}
