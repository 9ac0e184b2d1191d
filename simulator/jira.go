package simulator

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// obj is a JSON object on its way out.
type obj = map[string]any

// jira serves what Cloud and Data Center have in common.
type jira struct {
	w       *World
	o       Options
	cloud   bool
	fields  jiraFields
	limiter limiter             // the quota of the site
	bursts  map[string]*limiter // by endpoint
	grants  grants
	mux     *http.ServeMux
}

// jiraFields are the ids of the custom fields, which differ from site to site.
type jiraFields struct{ points, sprint, epicLink, rank string }

func newJira(w *World, o Options, cloud bool, fields jiraFields) *jira {
	j := &jira{w: w, o: o, cloud: cloud, fields: fields, limiter: limiter{limit: o.Limit},
		bursts: map[string]*limiter{}, grants: newGrants(o), mux: http.NewServeMux()}
	j.both("GET", "/myself", j.myself)
	j.both("GET", "/serverInfo", j.serverInfo)
	j.both("GET", "/user", j.user)
	j.both("GET", "/field", j.listFields)
	j.both("GET", "/status", j.listStatuses)
	j.both("GET", "/issuetype", j.listTypes)
	j.both("GET", "/priority", j.listPriorities)
	j.both("GET", "/issueLinkType", j.listLinkTypes)
	j.both("GET", "/project/{key}", j.project)
	j.both("GET", "/issue/{key}", j.issue)
	j.both("GET", "/issue/{key}/comment", j.comments)
	j.both("POST", "/issue/{key}/comment", j.addComment)
	j.both("GET", "/issue/{key}/watchers", j.watchers)
	j.both("GET", "/issue/{key}/remotelink", j.remoteLinks)
	j.both("GET", "/project/{key}/versions", j.versions)
	j.both("GET", "/mypermissions", j.permissions)
	j.agileRoutes()
	return j
}

// both serves a path below /rest/api/2 and, on Cloud, below /rest/api/3.
func (j *jira) both(method, path string, h http.HandlerFunc) {
	j.mux.HandleFunc(method+" /rest/api/2"+path, h)
	if j.cloud {
		j.mux.HandleFunc(method+" /rest/api/3"+path, h)
	}
}

// ServeHTTP implements http.Handler.
func (j *jira) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, j.o.BasePath)
	if ok && j.cloud && j.platform(w, r, path) {
		return
	}
	path, through := j.throughGateway(path)
	if !ok || !strings.HasPrefix(path, "/rest/") {
		notFoundPage(w)
		return
	}
	inner := r.Clone(context.WithValue(r.Context(), gateway{}, through))
	inner.URL.Path, inner.URL.RawPath = path, ""

	j.w.mu.Lock()
	defer j.w.mu.Unlock()
	if through && !j.pass(w, inner) {
		return
	}
	_, pattern := j.mux.Handler(inner)
	if !j.admit(w, pattern) {
		return
	}
	if !j.allowed(inner) && !j.openTo(path) {
		j.askWho(w)
		return
	}
	if pattern == "" {
		jiraError(w, http.StatusNotFound, "null for uri: "+baseURL(r)+r.URL.Path)
		return
	}
	j.mux.ServeHTTP(w, inner)
}

// allowed reports whether the request shows the credentials the site wants.
func (j *jira) allowed(r *http.Request) bool {
	if through, _ := r.Context().Value(gateway{}).(bool); through {
		return true // or it would not have passed
	}
	want := "Bearer " + j.o.Token
	if j.cloud {
		want = j.basic()
	}
	return j.o.Token == "" || len(j.o.TokenScopes) == 0 && r.Header.Get("Authorization") == want
}

// basic is how a client shows user and token to Jira Cloud.
func (j *jira) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(j.o.User+":"+j.o.Token))
}

// openTo reports whether the path answers strangers too.
func (j *jira) openTo(path string) bool {
	return strings.HasSuffix(path, "/serverInfo") || (j.o.Anonymous && strings.Contains(path, "/search"))
}

func (j *jira) askWho(w http.ResponseWriter) {
	w.Header().Set("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
	if j.cloud {
		w.Header().Set("WWW-Authenticate", `OAuth realm="https%3A%2F%2Facme.atlassian.net"`)
		jiraError(w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
		return
	}
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = fmt.Fprintf(w, "<html><head><title>%[1]s (401)</title></head><body><h1>%[1]s (401)</h1>"+
		"<p>Encountered a <code>\"401 - %[1]s\"</code> error while loading this page.</p></body></html>", http.StatusText(http.StatusUnauthorized))
}

// visible reports whether the caller may see the issue.
func (j *jira) visible(r *http.Request, i *Issue) bool {
	return j.reachable(r, i) && !i.Archived()
}

// reachable reports whether the caller may see the issue who asks for it alone.
func (j *jira) reachable(r *http.Request, i *Issue) bool {
	return j.allowed(r) && j.o.shows(i.Space.Key) && i.plain()
}

func (j *jira) viewer() *Person {
	if p, ok := j.w.person(j.o.Viewer); ok {
		return p
	}
	if len(j.w.people) > 0 {
		return j.w.people[0]
	}
	return &Person{Handle: "fairlead", Name: "fairlead", TimeZone: "Etc/UTC"}
}

// stamp writes a moment as Jira does: in the caller's zone, by the millisecond.
func (j *jira) stamp(at time.Time) string {
	return at.In(j.viewer().location()).Format("2006-01-02T15:04:05.000-0700")
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}

// jiraError answers in the shape of Jira's ErrorCollection.
func jiraError(w http.ResponseWriter, code int, messages ...string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(obj{"errorMessages": messages, "errors": obj{}})
}

// badRequest answers 400 with the words of err.
func badRequest(w http.ResponseWriter, err error) {
	var refused *jqlError
	if errors.As(err, &refused) {
		jiraError(w, http.StatusBadRequest, refused.text)
		return
	}
	jiraError(w, http.StatusBadRequest, err.Error())
}

func notFoundPage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Page not found</title></head><body>Oops, you&#39;ve found a dead link.</body></html>"))
}

func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// root is the address below which the caller asked.
func (j *jira) root(r *http.Request) string {
	root := baseURL(r) + j.o.BasePath
	if through, _ := r.Context().Value(gateway{}).(bool); through {
		root += gatewayPath + CloudID(j.o.Site)
	}
	return root
}

// self is the address of something below the REST API.
func (j *jira) self(r *http.Request, parts ...string) string {
	return j.root(r) + "/rest/" + strings.Join(parts, "/")
}

// number reads a whole number from the query, def when it is not given.
func number(r *http.Request, name string, def int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 0 {
		return def
	}
	return n
}

// list reads a comma-separated parameter.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
