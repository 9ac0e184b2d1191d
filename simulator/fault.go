package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Fault makes some requests go wrong. Of the requests that match it lets the
// first After through, spoils the next Times and then lets all through again.
type Fault struct {
	// Match picks the requests; nil: all.
	Match func(*http.Request) bool
	After int
	// Times is how many are spoilt; 0: every one from then on.
	Times int
	// Do answers in the place of next.
	Do func(next http.Handler) http.Handler
}

// Faulty serves next with the faults. The first fault that applies to a request
// spoils it; each fault counts only what it matches.
func Faulty(next http.Handler, faults ...Fault) http.Handler {
	f := &faulty{next: next, faults: faults, seen: make([]int, len(faults))}
	return f
}

type faulty struct {
	next   http.Handler
	faults []Fault

	mu   sync.Mutex
	seen []int
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.pick(r).ServeHTTP(w, r)
}

func (f *faulty) pick(r *http.Request) http.Handler {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.faults {
		if fault.Match != nil && !fault.Match(r) {
			continue
		}
		f.seen[i]++
		n := f.seen[i] - fault.After
		if n >= 1 && (fault.Times == 0 || n <= fault.Times) {
			return fault.Do(f.next)
		}
	}
	return f.next
}

// PathHas matches requests whose path contains part.
func PathHas(part string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.Contains(r.URL.Path, part) }
}

// Status answers with a status and headers given as name, value pairs.
func Status(code int, headers ...string) func(http.Handler) http.Handler {
	return Reply(code, http.StatusText(code), headers...)
}

// Reply answers with a status, a body, and headers given as name, value pairs.
func Reply(code int, body string, headers ...string) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		})
	}
}

// GraphQLError answers as Linear refuses: with a status (200 as well as 400) and
// errors[] whose first entry carries the code.
func GraphQLError(status int, code, message string, headers ...string) func(http.Handler) http.Handler {
	body, _ := json.Marshal(obj{"data": nil, "errors": []obj{{
		"message":    message,
		"extensions": obj{"type": strings.ToLower(code), "code": code, "statusCode": status, "userPresentableMessage": message},
	}}})
	return Reply(status, string(body), append([]string{"Content-Type", "application/json; charset=utf-8"}, headers...)...)
}

// HTML200 answers with a page for people, as proxies and sign-in walls do.
func HTML200(next http.Handler) http.Handler {
	const page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in to continue.</body></html>\n"
	return Reply(http.StatusOK, page, "Content-Type", "text/html; charset=utf-8")(next)
}

// CutBody sends only the first n bytes of the answer but promises all of them,
// as a connection that breaks does.
func CutBody(n int) func(http.Handler) http.Handler {
	return rewritten(func(w http.ResponseWriter, a *answer) {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		w.WriteHeader(a.code)
		_, _ = w.Write(a.body[:min(n, len(a.body))])
		_ = http.NewResponseController(w).Flush() // else the beginning would go down with the connection
		panic(http.ErrAbortHandler)
	})
}

// HalfBody sends the first half of the answer as if it were whole.
func HalfBody(next http.Handler) http.Handler {
	return rewritten(func(w http.ResponseWriter, a *answer) {
		w.WriteHeader(a.code)
		_, _ = w.Write(a.body[:len(a.body)/2])
	})(next)
}

// Reset drops the connection without an answer.
func Reset(http.Handler) http.Handler {
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}

// Method matches requests with this method whose path contains part.
func Method(method, part string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == method && strings.Contains(r.URL.Path, part) }
}

// Before runs act and then answers as usual: an edit between two pages.
func Before(act func()) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			act()
			next.ServeHTTP(w, r)
		})
	}
}

// rewritten records what next answers and lets send pass it on.
func rewritten(send func(http.ResponseWriter, *answer)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := &answer{header: w.Header(), code: http.StatusOK}
			next.ServeHTTP(a, r)
			send(w, a)
		})
	}
}

type answer struct {
	header http.Header
	code   int
	body   []byte
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(code int) { a.code = code }

func (a *answer) Write(b []byte) (int, error) {
	a.body = append(a.body, b...)
	return len(b), nil
}
