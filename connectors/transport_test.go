package connectors_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// fakeClock passes time by being asked to wait.
type fakeClock struct {
	at    time.Time
	slept []time.Duration
	stop  func() // called in the middle of a wait, when set
}

func (c *fakeClock) Now() time.Time { return c.at }

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	c.slept = append(c.slept, d)
	c.at = c.at.Add(d)
	if c.stop != nil {
		c.stop()
	}
	return ctx.Err()
}

// answers gives one answer after the other, the last one for ever, and keeps
// the bodies it was sent.
type answers struct {
	list   []func() (*http.Response, error)
	sent   int
	bodies []string
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		a.bodies = append(a.bodies, string(b))
	}
	f := a.list[min(a.sent, len(a.list)-1)]
	a.sent++
	return f()
}

func reply(code int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func broken(err error) func() (*http.Response, error) {
	return func() (*http.Response, error) { return nil, err }
}

func ask(ctx context.Context, t *testing.T, tr http.RoundTripper) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://jira.example/search", strings.NewReader("question"))
	if err != nil {
		t.Fatal(err)
	}
	return tr.RoundTrip(req)
}

func TestTransport(t *testing.T) {
	reset := errors.New("connection reset")
	for _, c := range []struct {
		name     string
		answers  []func() (*http.Response, error)
		wantCode int // 0: the error reset
		wantSent int
		atLeast  time.Duration // of the first wait
		atMost   time.Duration
	}{
		{"an answer is handed on", []func() (*http.Response, error){reply(200, "ok")}, 200, 1, 0, 0},
		{"a refusal that will not pass is handed on", []func() (*http.Response, error){reply(404, "no")}, 404, 1, 0, 0},
		{"a 501 will not pass either", []func() (*http.Response, error){reply(501, "")}, 501, 1, 0, 0},
		{"a 429 waits the seconds it names", []func() (*http.Response, error){reply(429, "", "Retry-After", "17"), reply(200, "ok")},
			200, 2, 17 * time.Second, 17 * time.Second},
		{"a 429 waits until the date it names", []func() (*http.Response, error){
			reply(429, "", "Retry-After", noon.Add(90*time.Second).Format(http.TimeFormat)), reply(200, "ok")},
			200, 2, 90 * time.Second, 90 * time.Second},
		{"a 429 that names nothing waits a little", []func() (*http.Response, error){reply(429, ""), reply(200, "ok")},
			200, 2, 250 * time.Millisecond, 500 * time.Millisecond},
		{"a date in the past is no reason to hurry", []func() (*http.Response, error){
			reply(429, "", "Retry-After", noon.Add(-time.Hour).Format(http.TimeFormat)), reply(200, "ok")},
			200, 2, 250 * time.Millisecond, 500 * time.Millisecond},
		{"a nonsensical wait is no wait", []func() (*http.Response, error){reply(429, "", "Retry-After", "soon"), reply(200, "ok")},
			200, 2, 250 * time.Millisecond, 500 * time.Millisecond},
		{"an endless wait is handed on", []func() (*http.Response, error){reply(429, "", "Retry-After", "3600"), reply(200, "ok")},
			429, 1, 0, 0},
		{"a 503 waits the seconds it names", []func() (*http.Response, error){reply(503, "", "Retry-After", "3"), reply(200, "ok")},
			200, 2, 3 * time.Second, 3 * time.Second},
		{"a 500 in the middle passes", []func() (*http.Response, error){reply(500, "oops"), reply(500, "oops"), reply(200, "ok")},
			200, 3, 250 * time.Millisecond, 500 * time.Millisecond},
		{"500s without end are handed on", []func() (*http.Response, error){reply(500, "oops")}, 500, 6,
			250 * time.Millisecond, 500 * time.Millisecond},
		{"a torn connection is tried again", []func() (*http.Response, error){broken(reset), reply(200, "ok")},
			200, 2, 250 * time.Millisecond, 500 * time.Millisecond},
		{"a dead connection is handed on", []func() (*http.Response, error){broken(reset)}, 0, 6,
			250 * time.Millisecond, 500 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock, base := &fakeClock{at: noon}, &answers{list: c.answers}
			resp, err := ask(t.Context(), t, &connectors.Transport{Base: base, Clock: clock})
			if c.wantCode == 0 {
				if !errors.Is(err, reset) {
					t.Fatalf("err = %v, want %v", err, reset)
				}
			} else if err != nil || resp.StatusCode != c.wantCode {
				t.Fatalf("got %v, %v, want %d", resp, err, c.wantCode)
			}
			if base.sent != c.wantSent {
				t.Errorf("sent %d times, want %d", base.sent, c.wantSent)
			}
			if c.wantSent == 1 && len(clock.slept) > 0 {
				t.Errorf("waited %v for nothing", clock.slept)
			}
			if c.wantSent > 1 && (clock.slept[0] < c.atLeast || clock.slept[0] > c.atMost) {
				t.Errorf("waited %v first, want between %v and %v", clock.slept[0], c.atLeast, c.atMost)
			}
			for i, b := range base.bodies {
				if b != "question" {
					t.Errorf("try %d sent %q, want the whole body", i+1, b)
				}
			}
		})
	}
}

func TestWaitsGrowAndStayBounded(t *testing.T) {
	clock, base := &fakeClock{at: noon}, &answers{list: []func() (*http.Response, error){reply(500, "")}}
	_, err := ask(t.Context(), t, &connectors.Transport{Base: base, Clock: clock, Tries: 60})
	if err != nil {
		t.Fatal(err)
	}
	if base.sent != 60 {
		t.Errorf("sent %d times, want 60", base.sent)
	}
	for i, d := range clock.slept {
		longest := min(500*time.Millisecond<<min(i, 10), 30*time.Second)
		if d < longest/2 || d > longest {
			t.Errorf("wait %d was %v, want between %v and %v", i+1, d, longest/2, longest)
		}
	}
}

func TestWaitsCanBeForeseenByWhoeverGivesTheChance(t *testing.T) {
	clock, base := &fakeClock{at: noon}, &answers{list: []func() (*http.Response, error){reply(503, "")}}
	rt := &connectors.Transport{Base: base, Clock: clock, Tries: 4, Spread: func(n int64) int64 { return n / 2 }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://tracker.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if want := []time.Duration{375 * time.Millisecond, 750 * time.Millisecond, 1500 * time.Millisecond}; !slices.Equal(clock.slept, want) {
		t.Errorf("waited %v, want %v", clock.slept, want)
	}
}

func TestARefusalsWordsCanBeReadTwice(t *testing.T) {
	long := strings.Repeat("why not. ", 20_000)
	seen := ""
	tr := &connectors.Transport{
		Base: &answers{list: []func() (*http.Response, error){reply(400, long)}}, Clock: &fakeClock{at: noon},
		Limited: func(_ *http.Response, body []byte, _ time.Time) (time.Duration, bool) {
			seen = string(body)
			return 0, false
		},
	}
	resp, err := ask(t.Context(), t, tr)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(resp.Body)
	if err != nil || string(all) != long {
		t.Errorf("%d of %d bytes are left (%v)", len(all), len(long), err)
	}
	if !strings.HasPrefix(long, seen) || seen == "" {
		t.Errorf("Limited was shown %d bytes", len(seen))
	}
}

func TestATrackersOwnWayOfSayingTooOften(t *testing.T) {
	clock, base := &fakeClock{at: noon}, &answers{list: []func() (*http.Response, error){reply(400, "RATELIMITED"), reply(200, "ok")}}
	tr := &connectors.Transport{Base: base, Clock: clock,
		Limited: func(r *http.Response, body []byte, now time.Time) (time.Duration, bool) {
			if !now.Equal(noon) {
				t.Errorf("now = %v, want the clock's", now)
			}
			return time.Minute, r.StatusCode == http.StatusBadRequest && string(body) == "RATELIMITED"
		}}
	resp, err := ask(t.Context(), t, tr)
	if err != nil || resp.StatusCode != http.StatusOK || clock.slept[0] != time.Minute {
		t.Errorf("got %v, %v after %v, want 200 after a minute", resp, err, clock.slept)
	}
}

func TestNobodyWaitsAfterBeingStopped(t *testing.T) {
	t.Run("stopped while waiting", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		base := &answers{list: []func() (*http.Response, error){reply(429, "", "Retry-After", "60")}}
		_, err := ask(ctx, t, &connectors.Transport{Base: base, Clock: &fakeClock{at: noon, stop: stop}})
		if !errors.Is(err, context.Canceled) || base.sent != 1 {
			t.Errorf("err = %v after %d requests, want %v after one", err, base.sent, context.Canceled)
		}
	})
	t.Run("stopped while asking", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		base := &answers{list: []func() (*http.Response, error){func() (*http.Response, error) { stop(); return nil, ctx.Err() }}}
		clock := &fakeClock{at: noon}
		_, err := ask(ctx, t, &connectors.Transport{Base: base, Clock: clock})
		if !errors.Is(err, context.Canceled) || base.sent != 1 || len(clock.slept) != 0 {
			t.Errorf("err = %v after %d requests and waits %v", err, base.sent, clock.slept)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "-3": 0, "2": 2 * time.Second, "0.5": 500 * time.Millisecond, "later": 0,
		"Mon, 02 Mar 2026 12:00:30 GMT": 30 * time.Second, "Mon, 02 Mar 2026 11:00:00 GMT": 0,
		"NaN": 0, "inf": 1e9 * time.Second, "1e300": 1e9 * time.Second,
	} {
		t.Run(strconv.Quote(header), func(t *testing.T) {
			resp := &http.Response{Header: http.Header{"Retry-After": {header}}}
			if got := connectors.RetryAfter(resp, noon); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "5", "-1", "1e999", "Mon, 02 Mar 2026 12:00:30 GMT"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d := connectors.RetryAfter(&http.Response{Header: http.Header{"Retry-After": {s}}}, noon); d < 0 {
			t.Errorf("%q: waits %v", s, d)
		}
	})
}

func TestFaultsThatDoNotPassAreToldAtOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault error
		sent  int
	}{
		{"a name that does not exist", &net.DNSError{Err: "no such host", Name: "jira.exmaple", IsNotFound: true}, 1},
		{"a name server that does not answer", &net.DNSError{Err: "i/o timeout", IsTimeout: true}, 6},
		{"a certificate for another name", &tls.CertificateVerificationError{Err: errors.New("not valid for this name")}, 1},
		{"a server that speaks no TLS", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, 1},
		{"a connection that was reset", errors.New("connection reset by peer"), 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := &answers{list: []func() (*http.Response, error){broken(c.fault)}}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://jira.example/", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := (&connectors.Transport{Base: base, Clock: &fakeClock{at: noon}}).RoundTrip(req)
			if resp != nil {
				_ = resp.Body.Close()
			}
			if !errors.Is(err, c.fault) {
				t.Errorf("err = %v, want %v", err, c.fault)
			}
			if base.sent != c.sent {
				t.Errorf("sent %d times, want %d", base.sent, c.sent)
			}
		})
	}
}

func TestAnAnswerThatBreaksOffIsAskedForAgain(t *testing.T) {
	cut := func(text string) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrUnexpectedEOF)))}, nil
		}
	}
	for _, c := range []struct {
		name, want string
		answers    []func() (*http.Response, error)
		fault      error
		sent       int
	}{
		{"once, then it comes whole", "whole", []func() (*http.Response, error){cut("who"), reply(200, "whole")}, nil, 2},
		{"every time, and what came is handed on with the fault", "who", []func() (*http.Response, error){cut("who")}, io.ErrUnexpectedEOF, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := &answers{list: c.answers}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://jira.example/", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := (&connectors.Transport{Base: base, Clock: &fakeClock{at: noon}}).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			if string(got) != c.want || !errors.Is(err, c.fault) {
				t.Errorf("read %q, %v, want %q, %v", got, err, c.want, c.fault)
			}
			if base.sent != c.sent {
				t.Errorf("sent %d times, want %d", base.sent, c.sent)
			}
			_ = resp.Body.Close()
		})
	}
}
