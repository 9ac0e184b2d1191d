package dashboard_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

var errDiffers = errors.New("it differs")

func document(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(dashboard.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var paths = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(dashboard.OpenAPI())
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	return gorillamux.NewRouter(doc)
})

// called is a request to the API and what came of it.
type called struct {
	*httptest.ResponseRecorder
	t *testing.T
}

// call makes a request of the API, as somebody, and checks that the answer is one that
// the document describes; where it is a good one the request has to be, too. Headers
// are names and values in turn.
func call(t *testing.T, h http.Handler, who dashboard.Viewer, method, target, body string, headers ...string) called {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	r = r.WithContext(dashboard.WithViewer(r.Context(), who))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	checkDescribed(t, method, target, body, r.Header, w)
	return called{w, t}
}

func checkDescribed(t *testing.T, method, target, body string, header http.Header, w *httptest.ResponseRecorder) {
	t.Helper()
	router, err := paths()
	if err != nil {
		t.Fatal(err)
	}
	again := httptest.NewRequest(method, target, strings.NewReader(body))
	again.Header = header
	route, params, err := router.FindRoute(again)
	if err != nil {
		if w.Code == http.StatusOK {
			t.Errorf("%s %s is answered and not described: %v", method, target, err)
		}
		return
	}
	noCheck := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	in := &openapi3filter.RequestValidationInput{Request: again, PathParams: params, Route: route, Options: noCheck}
	if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil && w.Code == http.StatusOK {
		t.Errorf("%s %s is answered, and is no such request as the document describes: %v", method, target, err)
	}
	text := w.Body.Bytes()
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if text, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(text)), Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s %s: %d is not as the document describes it: %v\n%.600s", method, target, w.Code, err, text)
	}
}

// into reads a good answer.
func (c called) into(what any) {
	c.t.Helper()
	if c.Code != http.StatusOK {
		c.t.Fatalf("%d %s", c.Code, c.Body)
	}
	d := json.NewDecoder(bytes.NewReader(c.Body.Bytes()))
	d.DisallowUnknownFields()
	if err := d.Decode(what); err != nil {
		c.t.Fatalf("%v in %s", err, c.Body)
	}
}

// refused reads a problem.
func (c called) refused(status int) api.Problem {
	c.t.Helper()
	var p api.Problem
	if err := json.Unmarshal(c.Body.Bytes(), &p); err != nil || c.Code != status || p.Status != status || c.Header().Get("Content-Type") != "application/problem+json" {
		c.t.Fatalf("%d %s %v, want a problem with %d", c.Code, c.Body, err, status)
	}
	if p.Title == "" || p.Detail == "" || c.Header().Get("ETag") != "" || c.Header().Get("Cache-Control") != "no-store" {
		c.t.Errorf("the problem %+v says too little, or may be kept: %v", p, c.Header())
	}
	return p
}

// Every operation, as every role: what it answers is what the document describes. The
// statuses stand in the matrix.
func TestEveryOperationIsAnsweredAsDescribedForEveryRole(t *testing.T) {
	tried := map[string]bool{}
	for name, make := range map[string]func() *dashboardtest.Data{"story": dashboardtest.Story, "hostile": dashboardtest.Hostile} {
		h := served(make())
		for _, c := range matrix {
			method, pattern, _ := strings.Cut(c.route, " ")
			if !strings.HasPrefix(pattern, "/api/") {
				continue
			}
			for i, role := range roles {
				if method == http.MethodPost && strings.Contains(pattern, "agreements") {
					h = served(make())
				}
				w := call(t, h, role.Viewer, method, named.Replace(c.target), named.Replace(c.form))
				if want := strings.Fields(c.want)[i]; name == "story" && want != "200" {
					w.refused(w.Code)
				}
				if w.Code == http.StatusOK {
					tried[c.route] = true
				}
			}
		}
	}
	for _, op := range dashboard.Operations() {
		if !tried[op.Method+" "+op.Pattern] {
			t.Errorf("%s %s was never answered", op.Method, op.Pattern)
		}
	}
}

// The check above is worth something only if it notices what is not described.
func TestTheCheckAgainstTheDocumentBites(t *testing.T) {
	router, err := paths()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/api/v1/findings", http.NoBody)
	route, params, err := router.FindRoute(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"no list":            `{"as_of":"2026-11-18T09:00:00Z","total":0}`,
		"null for a list":    `{"as_of":"2026-11-18T09:00:00Z","total":0,"findings":null}`,
		"half a finding":     `{"as_of":"2026-11-18T09:00:00Z","total":1,"findings":[{"id":"x"}]}`,
		"a number as text":   `{"as_of":"2026-11-18T09:00:00Z","total":"1","findings":[]}`,
		"not even an object": `[]`,
	} {
		in := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route}, Status: 200,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
		}
		if openapi3filter.ValidateResponse(t.Context(), in) == nil {
			t.Errorf("%s passed", name)
		}
	}
}

// byToken makes a request with a token of the API.
func byToken(h http.Handler, who dashboard.Viewer, scopes []dashboard.Scope, method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r = r.WithContext(dashboard.WithScopes(dashboard.WithViewer(r.Context(), who), scopes))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
