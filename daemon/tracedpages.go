package daemon

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"github.com/fairlead-dev/fairlead/dashboard"
)

// countRequest counts a request to the dashboard, and has a span for it. A trace that somebody
// sends along is not gone on with: it would let anybody decide what is kept.
func (f *Fairlead) countRequest(r *http.Request) (ctx context.Context, answered func(route string, status int)) {
	if f.traces.tracer == nil || allTheTime(r.URL.Path) {
		return r.Context(), f.meters.answered
	}
	ctx, s := f.traces.begin(r.Context(), "request", trace.SpanKindServer)
	return ctx, func(route string, status int) {
		f.meters.answered(route, status)
		s.answered(r, route, status)
	}
}

// allTheTime reports whether machines ask for the path all the time, or every page does,
// so that spans would hide the others.
func allTheTime(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == metricsPath || strings.HasPrefix(path, "/assets/")
}

// methods are those that a request may name; any other word could be anything.
var methods = map[string]bool{http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true, http.MethodPatch: true, http.MethodDelete: true}

// answered ends the span of a request.
func (s span) answered(r *http.Request, route string, status int) {
	method := "other"
	if methods[r.Method] {
		method = r.Method
	}
	s.SetName(method + " " + cmp.Or(route, "none"))
	s.word("http.request.method", method)
	s.word("http.route", route)
	s.word("request", dashboard.RequestOf(r.Context()))
	s.word("outcome", outcomeOf(status))
	if status != 0 {
		s.number("http.response.status_code", status)
	}
	if status == 0 || status >= http.StatusInternalServerError {
		s.trouble(outcomeOf(status))
	}
	s.end()
}
