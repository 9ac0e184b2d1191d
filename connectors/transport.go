package connectors

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Clock tells and passes the time. The daemon gives the real one, tests one
// that they move.
type Clock interface {
	Now() time.Time
	// Sleep returns early with the context's error when ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// Transport is the http.RoundTripper below every tracker client. It waits as
// long as the server's own headers ask, tries again after faults that pass, and
// gives up with the last response or error. It tries again whatever the method,
// since nearly everything a connector sends, GraphQL queries included, only reads;
// what does more is sent with a context from Once.
type Transport struct {
	// Base sends the requests; nil: http.DefaultTransport. One that Budget.Carry
	// made is told of every wait that the server asks for, so that everybody who
	// shares the budget waits too.
	Base  http.RoundTripper
	Clock Clock
	// Limited tells whether the response refuses the request for coming too
	// often, and how long to wait; 0 when the server does not say. It may read
	// body, never resp.Body. Nil: status 429 with Retry-After.
	Limited func(resp *http.Response, body []byte, now time.Time) (wait time.Duration, limited bool)
	// Tries is how often one request is sent at the most; 0 means 6.
	Tries int
	// Spread picks a number below n, by which waits for another try differ; nil: one
	// that nobody foresees.
	Spread func(n int64) int64
	// Patience is the longest a single wait may be; a server that asks for
	// more gets its refusal handed on. 0 means 15 minutes.
	Patience time.Duration
}

const (
	firstPause = 500 * time.Millisecond
	longPause  = 30 * time.Second
	// peekLimit bounds how much of a refusal is read to understand it.
	peekLimit = 64 << 10
	// wholeLimit is the longest answer that is read before it is handed on. A
	// full page of tickets with their histories is a few megabytes.
	wholeLimit = 64 << 20
)

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	tries := t.Tries
	if tries == 0 {
		tries = 6
	}
	for try := 1; ; try++ {
		attempt, err := again(req, try)
		if err != nil {
			return nil, err
		}
		resp, err := base.RoundTrip(attempt)
		wait, retry, came := t.verdict(req, resp, err, try)
		meter := t.meter()
		meter.Sent(came)
		if !retry || try == tries {
			return resp, err
		}
		if resp != nil {
			_ = resp.Body.Close() // its content was read or is not wanted
		}
		if err := waitTold(req.Context(), t.Clock, wait, meter, came == Limited); err != nil {
			return nil, err
		}
	}
}

// again is the request for the given try, its body rewound.
func again(req *http.Request, try int) (*http.Request, error) {
	if try == 1 || req.GetBody == nil {
		return req, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	r := req.Clone(req.Context())
	r.Body = body
	return r, nil
}

// verdict decides whether and when to try again, and says what came of the request.
func (t *Transport) verdict(req *http.Request, resp *http.Response, err error, try int) (time.Duration, bool, Outcome) {
	if req.Context().Err() != nil {
		return 0, false, CutOff
	}
	once := isOnce(req.Context())
	if err != nil {
		return t.backOff(try), passes(err) && (!once || neverSent(err)), Unanswered
	}
	t.share(usedUp(resp, endpointOf(req), t.Clock.Now()))
	if resp.StatusCode < 400 {
		if whole := arrived(resp); !whole {
			return t.backOff(try), !once, CutOff
		}
		return 0, false, Answered
	}
	body := peek(resp)
	wait, limited := t.limited(resp, body)
	switch {
	case limited && wait > t.patience():
		return 0, false, Limited
	case limited:
		wait = max(wait, t.backOff(try))
		t.share(map[string]time.Duration{refusedAt(resp, endpointOf(req)): wait})
		return wait, true, Limited
	case resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented:
		asked := RetryAfter(resp, t.Clock.Now())
		t.share(map[string]time.Duration{everySite: asked})
		return max(asked, t.backOff(try)), !once, Trouble
	}
	return 0, false, Refused
}

// share tells the budget, if there is one, of waits by endpoint. A wait beyond
// patience is nobody else's: whoever meets it gets the refusal.
func (t *Transport) share(waits map[string]time.Duration) {
	c, ok := t.Base.(*carrier)
	if !ok {
		return
	}
	for endpoint, wait := range waits {
		if wait <= t.patience() {
			c.budget.hold(endpoint, wait)
		}
	}
}

// passes reports whether a fault of the network may be gone in a moment. A name
// that does not exist and a certificate that does not fit stay as they are.
func passes(err error) bool {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var notTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &name):
		return !name.IsNotFound
	case errors.As(err, &certificate), errors.As(err, &notTLS):
		return false
	}
	return true
}

// neverSent reports that there was no connection to send anything over.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

func (t *Transport) limited(resp *http.Response, body []byte) (time.Duration, bool) {
	if t.Limited != nil {
		return t.Limited(resp, body, t.Clock.Now())
	}
	return RetryAfter(resp, t.Clock.Now()), resp.StatusCode == http.StatusTooManyRequests
}

func (t *Transport) patience() time.Duration {
	if t.Patience == 0 {
		return 15 * time.Minute
	}
	return t.Patience
}

// arrived reads an answer's body and reports whether all of it came: a line that
// breaks after the headers is as passing a fault as one that breaks before. The
// body, or what came of it with the fault, can be read again as if nothing had
// happened. What is longer than wholeLimit is left to whoever reads it.
func arrived(resp *http.Response) bool {
	head, err := io.ReadAll(io.LimitReader(resp.Body, wholeLimit))
	rest := resp.Body
	var more io.Reader = rest
	if err != nil {
		more = brokenOff{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), more), rest}
	return err == nil
}

// brokenOff is the rest of a body that never came.
type brokenOff struct{ err error }

func (b brokenOff) Read([]byte) (int, error) { return 0, b.err }

// peek reads the beginning of a refusal's body and puts it back.
func peek(resp *http.Response) []byte {
	head, _ := io.ReadAll(io.LimitReader(resp.Body, peekLimit))
	rest := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(string(head)), rest), rest}
	return head
}

// endless, in seconds, is more than anybody waits and less than a Duration holds.
const endless = 1e9

// RetryAfter reads the Retry-After header, in seconds or as a date (RFC 9110,
// 10.2.3); 0 when there is none.
func RetryAfter(resp *http.Response, now time.Time) time.Duration {
	h := resp.Header.Get("Retry-After")
	if s, err := strconv.ParseFloat(h, 64); err == nil && s > 0 {
		return time.Duration(min(s, endless) * float64(time.Second))
	}
	if at, err := http.ParseTime(h); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// backOff doubles with every try and is spread by half, so that clients that
// were refused together do not come back together.
func (t *Transport) backOff(try int) time.Duration {
	spread := t.Spread
	if spread == nil {
		spread = rand.Int64N
	}
	d := min(firstPause<<min(try-1, 10), longPause)
	return d/2 + time.Duration(spread(int64(d/2)))
}
