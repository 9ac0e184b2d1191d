package dashboard

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"go.uber.org/zap"
)

// Options are what the pages are made from.
type Options struct {
	Data    Data
	Changes Changes
	// Workbench is where agreements and rules are changed; nil: there is none.
	Workbench Workbench
	// FileName is a file of the configuration as people name it; nil: as it is.
	FileName func(path string) string
	// Now is the moment pages speak of.
	Now func() time.Time
	// Log is told what a page does not say: nil, nothing is.
	Log *zap.Logger
	// SignIn is where somebody who is not signed in goes; empty: /sign-in.
	SignIn string
	// SignOut is where the form to sign out is sent; empty where there is none, as
	// behind a proxy that signs people in.
	SignOut string
	// Metrics answers with what fairlead tells of itself; nil: there is nothing.
	Metrics http.Handler
	// Asked is told of every request, and answered, which it returns, of the answer: its
	// route, a pattern or empty, and status; 0 where it was cut off. The request is
	// answered with the context that it returns. Nil: nobody counts.
	Asked func(r *http.Request) (ctx context.Context, answered func(route string, status int))
}

type server struct {
	Options
	mux      *http.ServeMux
	tellings tellings
	keys     keys
	words    wordLists
}

// New is the handler for every route. Whoever signs people in stands before it and
// sets the Viewer of each request.
func New(o Options) http.Handler {
	o.SignIn = cmp.Or(o.SignIn, "/sign-in")
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	s := &server{Options: o, mux: http.NewServeMux()}
	for _, r := range Routes() {
		s.mux.HandleFunc(r.Method+" "+r.Pattern, func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, r) })
	}
	s.mux.HandleFunc("/", s.unknown)
	pages()
	assets() // no visitor waits for either
	return s.guarded()
}

// Behind puts sign-in before the pages, and not before what is for anyone: probes,
// styles, and what browsers report. Every request has a name from there on.
func Behind(signIn func(http.Handler) http.Handler, pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	for _, r := range Routes() {
		if r.Who == Anyone {
			mux.Handle(r.Method+" "+r.Pattern, pages)
		}
	}
	mux.Handle("/", signIn(pages))
	return Named(mux)
}

// guarded puts around every answer what holds for all of them.
func (s *server) guarded() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w, r, told := s.counting(w, r)
		defer told()
		secure(w.Header())
		if len(r.URL.RawQuery) > longestQuery {
			s.visit(w, r).problem(problem{Status: http.StatusRequestURITooLong, Title: "That address is too long",
				Text: "Nothing here needs an address of that length. Begin again with the list of findings and narrow it from there.", Next: link{"/findings", "Open the findings"}})
			return
		}
		s.mux.ServeHTTP(w, r)
	})
}

// Bounds of what a request may bring.
const (
	longestQuery = 4 << 10
	mostForm     = 64 << 10
)

// serve answers a route: first who may, then what.
func (s *server) serve(w http.ResponseWriter, r *http.Request, route Route) {
	v := s.visit(w, r)
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // a panic's value, as net/http compares it
				panic(p)
			}
			v.log().Error("a page could not be made", zap.String("route", route.Pattern), zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
			v.problem(ourFault)
		}
	}()
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	}
	err := v.admit(route.Who, route.scope())
	if err == nil {
		err = route.handle(v)
	}
	if err != nil {
		v.fail(route, err)
	}
}

// fail tells the viewer what came of it, and the log what they need not know.
func (v *visit) fail(route Route, err error) {
	var p problem
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		v.problem(p)
	case errors.Is(err, ErrNotFound):
		v.problem(notThere)
	case errors.Is(err, ErrNotYet):
		v.w.Header().Set("Retry-After", "60")
		v.problem(notYet)
	case errors.As(err, &tooLarge):
		v.problem(problem{Status: http.StatusRequestEntityTooLarge, Title: "That was too much text",
			Text: "Nothing was saved. A form takes up to 64 kB; shorten what you wrote and send it again."})
	case v.r.Context().Err() != nil:
		// whoever asked has gone
	default:
		v.log().Error("a page could not be made", zap.String("route", route.Pattern), zap.Error(err))
		v.problem(ourFault)
	}
}

// unknown answers what nothing is registered for.
func (s *server) unknown(w http.ResponseWriter, r *http.Request) {
	v := s.visit(w, r)
	switch allow := s.methodsOf(r); {
	case v.viewer.IsZero():
		v.problem(v.notSignedIn())
	case len(allow) > 0:
		w.Header().Set("Allow", strings.Join(allow, ", "))
		v.problem(problem{Status: http.StatusMethodNotAllowed, Title: "Nothing is done that way here", Text: "Nothing was changed. What is at this address is asked for differently.", Next: overviewNext})
	default:
		v.problem(notThere)
	}
}

// methodsOf are the methods that the address can be asked with.
func (s *server) methodsOf(r *http.Request) []string {
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := s.mux.Handler(other); pattern != "" && pattern != "/" {
			out = append(out, m)
		}
	}
	return out
}

// secure sets what browsers are told about every answer.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Reporting-Endpoints", `csp="/csp-report"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // none at all would take the origin from forms too
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
}

// policy lets a page load what this server serves and nothing else. There is no
// inline style and no inline script in any page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp-report; report-to csp"
