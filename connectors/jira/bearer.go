package jira

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// bearer puts a current OAuth token on every request.
type bearer struct {
	token func(context.Context) (string, error)
	next  http.RoundTripper

	mu   sync.Mutex
	sent []string // the last tokens, newest last, so that errors can leave them out
}

// remembered is how many tokens may be in use at once: the current one, and
// those of requests under way when it was renewed.
const remembered = 4

func (b *bearer) remember(token string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.Contains(b.sent, token) {
		return
	}
	b.sent = append(b.sent, token)
	b.sent = b.sent[max(0, len(b.sent)-remembered):]
}

func (b *bearer) recent() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.sent)
}

// RoundTrip implements http.RoundTripper.
func (b *bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := b.token(req.Context())
	if err == nil && strings.TrimSpace(token) == "" {
		err = errors.New("there is none")
	}
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // nobody will read it
		}
		return nil, &tokenError{err}
	}
	b.remember(token)
	authorised := req.Clone(req.Context())
	authorised.Header.Set("Authorization", "Bearer "+token)
	return b.next.RoundTrip(authorised)
}

// tokenError says that no request was made for want of a token.
type tokenError struct{ err error }

func (e *tokenError) Error() string { return "no OAuth token could be had: " + e.err.Error() }

func (e *tokenError) Unwrap() error { return e.err }
