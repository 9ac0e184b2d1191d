package daemon

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// carry is base with a span for each request to a tracker, each try counted. Nothing of
// the trace goes along with the request: trackers belong to others.
func (t tracing) carry(base http.RoundTripper) http.RoundTripper {
	if t.tracer == nil {
		return base
	}
	return &tracedRequests{base, t}
}

type tracedRequests struct {
	base   http.RoundTripper
	traces tracing
}

// RoundTrip implements http.RoundTripper. The span lasts until the answer was read.
func (t *tracedRequests) RoundTrip(req *http.Request) (*http.Response, error) {
	route := trackerRoute(req.URL.Path)
	_, s := t.traces.begin(req.Context(), req.Method+" "+route, trace.SpanKindClient)
	s.word("http.request.method", req.Method)
	s.word("http.route", route)
	s.word("server.address", req.URL.Hostname())
	if port, err := strconv.Atoi(req.URL.Port()); err == nil {
		s.number("server.port", port)
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		s.trouble(kindOfTrouble(err))
		s.end()
		return nil, err
	}
	s.number("http.response.status_code", resp.StatusCode)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		s.trouble("limited")
	case resp.StatusCode >= 500:
		s.trouble("trouble")
	case resp.StatusCode >= 400:
		s.trouble("refused")
	}
	resp.Body = &tracedBody{resp.Body, s, sync.OnceFunc(s.end)}
	return resp, nil
}

// tracedBody ends a span once it was read, or nobody wants more of it.
type tracedBody struct {
	io.ReadCloser
	span span
	end  func()
}

// Read implements io.Reader.
func (b *tracedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		if err != io.EOF { //nolint:errorlint // as io.Reader has it
			b.span.trouble("cut off")
		}
		b.end()
	}
	return n, err
}

// Close implements io.Closer.
func (b *tracedBody) Close() error {
	b.end()
	return b.ReadCloser.Close()
}

// routeWords are what paths of trackers' interfaces are made of. Whatever else stands in
// a path is somebody's: the key of a ticket or project, the name of a person.
var routeWords = []string{
	"agile", "api", "board", "bulkfetch", "changelog", "comment", "ex", "field", "graphql", "issue", "issueLinkType", "issuetype",
	"jira", "jql", "latest", "mypermissions", "myself", "oauth", "oauth2", "priority", "project", "remotelink", "rest", "search", "serverInfo", "sprint",
	"status", "token", "user", "watchers",
}

// trackerRoute is a path with {} for whatever is somebody's.
func trackerRoute(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		switch {
		case part == "", slices.Contains(routeWords, part):
		case i > 0 && (parts[i-1] == "api" || parts[i-1] == "agile") && len(part) <= 3 && strings.Trim(part, ".0123456789") == "": // its version
		default:
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}
