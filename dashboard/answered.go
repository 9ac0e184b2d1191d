package dashboard

import (
	"net/http"
	"strings"
)

// counting tells Asked of a request, and of its answer once told is called, as a deferred
// function.
func (s *server) counting(w http.ResponseWriter, r *http.Request) (counted http.ResponseWriter, of *http.Request, told func()) {
	if s.Asked == nil {
		return w, r, func() {}
	}
	ctx, answered := s.Asked(r)
	if ctx != r.Context() {
		r = r.WithContext(ctx)
	}
	c := &counter{ResponseWriter: w}
	return c, r, func() {
		if p := recover(); p != nil {
			answered(routeOf(r), 0)
			panic(p)
		}
		answered(routeOf(r), c.status())
	}
}

// routeOf is the pattern of a request's route, as the router left it, without its
// method; empty where there is none, so that nobody can make up names to be counted.
func routeOf(r *http.Request) string {
	_, pattern, _ := strings.Cut(r.Pattern, " ")
	return pattern
}

// counter remembers the status of an answer.
type counter struct {
	http.ResponseWriter
	written int
}

func (c *counter) status() int {
	if c.written == 0 {
		return http.StatusOK
	}
	return c.written
}

// WriteHeader implements http.ResponseWriter.
func (c *counter) WriteHeader(status int) {
	if c.written == 0 {
		c.written = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach what is below.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
