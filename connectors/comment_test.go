package connectors_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

func TestInertTextMentionsAndLinksNothing(t *testing.T) {
	for text, want := range map[string]string{
		"Bulk export for 3 teams":  "Bulk export for 3 teams",
		"two\nlines":               "two\nlines",
		"at 14 o'clock: here":      "at 14 o'clock: here",
		"@here":                    "@\u2060here",
		"a @ b":                    "a @ b",
		"https://evil.example":     "https\u2060://evil\u2060.example",
		"www.evil.example.":        "www\u2060.evil\u2060.example.",
		"mailto:lee@acme.example":  "mailto\u2060:lee@\u2060acme\u2060.example",
		"[~lee]":                   "[~\u2060lee]",
		`\[`:                       "\\\u2060[",
		"\u202etxt.exe\u202c\x1b[": "txt\u2060.exe[",
		"broken \xff":              "broken \uFFFD",
	} {
		if got := connectors.Inert(text); got != want {
			t.Errorf("Inert(%q) = %q, want %q", text, got, want)
		}
	}
}

// tripper answers requests from a list.
type tripper []func(*http.Request) (*http.Response, error)

func (tr *tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	next := (*tr)[0]
	*tr = (*tr)[1:]
	return next(r)
}

func answering(code int) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
	}
}

func failing(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func TestWhatChangesSomethingIsSentOnce(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	read := &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	for name, c := range map[string]struct {
		first func(*http.Request) (*http.Response, error)
		again bool
	}{
		"a refusal for coming too often":      {answering(http.StatusTooManyRequests), true},
		"a connection that never came to be":  {failing(dial), true},
		"a connection that broke":             {failing(read), false},
		"an answer that the server is broken": {answering(http.StatusInternalServerError), false},
		"a gateway that gave up waiting":      {answering(http.StatusGatewayTimeout), false},
		"a server that is too busy":           {answering(http.StatusServiceUnavailable), false},
	} {
		t.Run(name, func(t *testing.T) {
			rest := tripper{c.first, answering(http.StatusCreated)}
			tr := &connectors.Transport{Base: &rest, Clock: patientClock{}}
			req, err := http.NewRequestWithContext(connectors.Once(t.Context()), http.MethodPost, "http://site.example/comment", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := tr.RoundTrip(req); err == nil {
				_ = resp.Body.Close()
			}
			if sent := 2 - len(rest); (sent == 2) != c.again {
				t.Errorf("sent %d times, want again: %v", sent, c.again)
			}
		})
	}
}

// patientClock is one on which waiting takes no time.
type patientClock struct{}

func (patientClock) Now() time.Time { return time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC) }

func (patientClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
