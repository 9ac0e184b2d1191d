package webhook

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	key  = "correct-horse-battery-staple-0123"
	path = "/hooks/T0PSECRET?token=AlsoSecret"
)

// receiver is the other side: it takes a report once for each idempotency key,
// and a later one with the same delivery in its place.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	taken   map[string]string // by delivery
	keys    map[string]bool
	last    []byte
	heads   http.Header
	drop    bool
	answer  int
	headers map[string]string
	body    string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{taken: map[string]string{}, keys: map[string]bool{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, err := io.ReadAll(req.Body)
	if err != nil || !verify(req.Header, body, []byte(key), deliveredAt) || req.URL.RequestURI() != path {
		http.Error(w, "signature", http.StatusForbidden)
		return
	}
	if r.answer != 0 {
		for name, value := range r.headers {
			w.Header().Set(name, value)
		}
		http.Error(w, r.body, r.answer)
		return
	}
	if k := req.Header.Get(headerIdempotency); !r.keys[k] {
		r.keys[k] = true
		r.taken[req.Header.Get(headerDelivery)] = string(body)
	}
	r.last, r.heads = body, req.Header.Clone()
	if r.drop {
		r.drop = false
		panic(http.ErrAbortHandler)
	}
}

var deliveredAt = reporttest.Parcel(reports.Report{}).At

func channel(t *testing.T, o Options) *Channel {
	t.Helper()
	if o.Secret == "" {
		o.Secret = key
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestChannelKeepsThePromises(t *testing.T) {
	reporttest.Run(t, func(t *testing.T) reporttest.Harness {
		r := newReceiver(t)
		c := channel(t, Options{URL: r.URL + path, Name: "portal"})
		answers := func(code int, body string) func(*testing.T) {
			return func(*testing.T) { r.answer, r.body = code, body }
		}
		return reporttest.Harness{
			Channel: c,
			Delivered: func(*testing.T) map[string]string {
				r.mu.Lock()
				defer r.mu.Unlock()
				out := map[string]string{}
				for id, body := range r.taken {
					out[c.Name()+", delivery "+id] = body
				}
				return out
			},
			Sent:    func(*testing.T) map[string][]byte { return map[string][]byte{"report.json": r.last} },
			Lose:    func(*testing.T) { r.drop = true },
			Secrets: []string{key, "T0PSECRET", "AlsoSecret"},
			Troubles: map[string]func(*testing.T){
				"a receiver that repeats the secret":  answers(http.StatusBadRequest, "no: "+key+" at "+r.URL+path),
				"a receiver that is gone":             answers(http.StatusGone, ""),
				"a receiver with another secret":      func(*testing.T) { c.key = func() []byte { return []byte("another") } },
				"a receiver that leads elsewhere":     answers(http.StatusFound, ""),
				"a receiver that answers with a page": answers(http.StatusBadGateway, "<html>\x1b[31m<script>"),
				"a receiver that is switched off":     func(*testing.T) { r.Close() },
			},
		}
	})
}

func TestAnswersAreJudged(t *testing.T) {
	for _, c := range []struct {
		name    string
		code    int
		after   string
		refused bool
		wait    time.Duration
	}{
		{"taken", 204, "", false, 0},
		{"too many requests", 429, "120", false, 2 * time.Minute},
		{"too many requests, until a date", 429, deliveredAt.Add(time.Minute).Format(http.TimeFormat), false, time.Minute},
		{"away for a while", 503, "7", false, 7 * time.Second},
		{"away for a year", 503, "31536000", false, 6 * time.Hour},
		{"too slow", 408, "", false, 0},
		{"broken", 500, "", false, 0},
		{"moved", 308, "", true, 0},
		{"not allowed", 403, "", true, 0},
		{"not there", 404, "", true, 0},
		{"not understood", 422, "", true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newReceiver(t)
			r.answer, r.headers = c.code, map[string]string{"Retry-After": c.after, "Location": "https://evil.example/"}
			_, err := channel(t, Options{URL: r.URL + path}).Deliver(t.Context(), reporttest.Parcel(reports.Build(reporttest.QuietWeek())), keep)
			if (err == nil) != (c.code < 300) {
				t.Fatalf("err = %v", err)
			}
			if got := reports.IsRefusal(err); got != c.refused {
				t.Errorf("refused: %v, want %v: %v", got, c.refused, err)
			}
			if got := waits(err); got != c.wait {
				t.Errorf("it waits %v, want %v", got, c.wait)
			}
		})
	}
}

func waits(err error) time.Duration {
	for err != nil {
		if d, is := err.(*reports.Delay); is { //nolint:errorlint // looked for by hand, step by step
			return d.After
		}
		u, is := err.(interface{ Unwrap() error })
		if !is {
			return 0
		}
		err = u.Unwrap()
	}
	return 0
}

func keep(reports.Receipt) error { return nil }

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct{ name, url, secret, want string }{
		{"no address", "", key, "like https://"},
		{"another scheme", "ftp://acme.example/T0PSECRET", key, "like https://"},
		{"no host", "https:///T0PSECRET", key, "like https://"},
		{"not an address", "https://acme.example/%zzT0PSECRET", key, "like https://"},
		{"readable on the way", "http://acme.example/T0PSECRET", key, "insecure: true"},
		{"a password in it", "https://dana:T0PSECRET@acme.example/", key, "leave it out"},
		{"no secret", "https://acme.example/T0PSECRET", "", "no secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(Options{URL: c.url, Secret: c.secret})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "T0PSECRET") {
				t.Errorf("err = %v, want one with %q and without the secret", err, c.want)
			}
		})
	}
	for _, u := range []string{"http://localhost:8080/x", "http://127.0.0.1/x", "http://[::1]:1/x", "https://acme.example/x"} {
		if _, err := New(Options{URL: u, Secret: key}); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
	if _, err := New(Options{URL: "http://acme.example/", Secret: key, Insecure: true}); err != nil {
		t.Error(err)
	}
}

func TestWebhooksOnOneHostHaveDifferentNames(t *testing.T) {
	names := map[string]string{}
	for _, u := range []string{"https://acme.example", "https://acme.example/a", "https://acme.example/b", "https://acme.example/a?x=1", "https://other.example/a"} {
		name := channel(t, Options{URL: u}).Name()
		if before, taken := names[name]; taken {
			t.Errorf("%s and %s are both called %s", before, u, name)
		}
		names[name] = u
	}
}

func TestTheBodyIsTheReport(t *testing.T) {
	r := newReceiver(t)
	if _, err := channel(t, Options{URL: r.URL + path, Name: "portal"}).Deliver(t.Context(), reporttest.Parcel(reports.Build(reporttest.NormalWeek())), keep); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s: %s\n%s: %s\n%s: %s\n%s: %s\n\n%s", headerDelivery, r.heads.Get(headerDelivery), headerIdempotency, r.heads.Get(headerIdempotency),
		headerTimestamp, r.heads.Get(headerTimestamp), headerSignature, r.heads.Get(headerSignature), r.last)
	golden(t, "testdata/normal-week.http", []byte(got))
	var report reports.Report
	if err := json.Unmarshal(r.last, &report); err != nil || report.Team.ID != "payments" {
		t.Errorf("the body is no report: %v", err)
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run the test with -update and look at the diff); got:\n%s", path, got)
	}
}

func TestACorrectionHasAnotherKeyUnderTheSameDelivery(t *testing.T) {
	d := reporttest.Parcel(reports.Build(reporttest.NormalWeek()))
	one, err := newPost(d)
	if err != nil {
		t.Fatal(err)
	}
	d.Report.Headline += " Corrected."
	two, err := newPost(d)
	if err != nil {
		t.Fatal(err)
	}
	a, b := one.headers(d.At), two.headers(d.At)
	if a[2] != b[2] || a[3] == b[3] {
		t.Errorf("delivery and key are %v and %v, then %v and %v", a[2], a[3], b[2], b[3])
	}
}

func TestTheSignatureCarriesTheMomentOfTheAttempt(t *testing.T) {
	r := newReceiver(t)
	now := deliveredAt.Add(2 * time.Minute)
	c := channel(t, Options{URL: r.URL + path, Now: func() time.Time { return now }})
	if _, err := c.Deliver(t.Context(), reporttest.Parcel(reports.Build(reporttest.QuietWeek())), keep); err != nil {
		t.Fatal(err)
	}
	if got, want := r.heads.Get(headerTimestamp), strconv.FormatInt(now.Unix(), 10); got != want {
		t.Errorf("timestamp = %s, want %s", got, want)
	}
}
