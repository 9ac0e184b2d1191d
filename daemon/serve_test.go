package daemon

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

const deliveryOfTwo = `{"webhookEvent": "jira:issue_updated", "issue": {"id": "10002", "key": "PAY-2"}}`

func TestWebhooksTakeOnlyWhatTheirTrackerSigned(t *testing.T) {
	const secret = "hook-secret-never-shown"
	jira := config.Source{Name: "jira acme", Tracker: config.Jira, WebhookSecret: config.NewSecret(secret)}
	deaf := config.Source{Name: "jira deaf", Tracker: config.Jira}
	for _, c := range []struct {
		name, method, path, body, signature string
		status, hints                       int
	}{
		{"a signed delivery", "POST", "/hooks/jira-acme", deliveryOfTwo, sign(secret, deliveryOfTwo), 200, 1},
		{"a delivery of another secret", "POST", "/hooks/jira-acme", deliveryOfTwo, sign("guess", deliveryOfTwo), 401, 0},
		{"a delivery without a signature", "POST", "/hooks/jira-acme", deliveryOfTwo, "", 401, 0},
		{"a delivery that was changed on the way", "POST", "/hooks/jira-acme", deliveryOfTwo + " ", sign(secret, deliveryOfTwo), 401, 0},
		{"a source without a secret has no address", "POST", "/hooks/jira-deaf", deliveryOfTwo, sign("", deliveryOfTwo), 404, 0},
		{"an unknown address", "POST", "/hooks/../metrics", deliveryOfTwo, sign(secret, deliveryOfTwo), 404, 0},
		{"a look by a person", "GET", "/hooks/jira-acme", "", "", 405, 0},
		{"a body without end", "POST", "/hooks/jira-acme", strings.Repeat("x", hookLimit+1), sign(secret, ""), 413, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			expected, err := hooksOf([]config.Source{jira, deaf})
			if err != nil {
				t.Fatal(err)
			}
			h := newHooks(expected, SystemClock{}, zap.NewNop())
			r := httptest.NewRequest(c.method, "http://fairlead.example"+c.path, strings.NewReader(c.body))
			r.Header.Set("X-Hub-Signature", c.signature)
			r.Header.Set("X-Atlassian-Webhook-Identifier", "d-1")
			for range 2 { // trackers send again; the second time is no second hint
				w := httptest.NewRecorder()
				r.Body = io.NopCloser(strings.NewReader(c.body))
				h.ServeHTTP(w, r)
				if w.Code != c.status {
					t.Errorf("status = %d, want %d", w.Code, c.status)
				}
				if strings.Contains(w.Body.String(), secret) {
					t.Error("the reply shows the secret")
				}
			}
			if got := len(h.hints); got != c.hints {
				t.Errorf("%d hints wait, want %d", got, c.hints)
			}
		})
	}
}

func TestTheAddressOfAWebhookFollowsTheSourcesName(t *testing.T) {
	for name, want := range map[string]string{
		"jira acme.atlassian.net": "/hooks/jira-acme-atlassian-net", "linear acme": "/hooks/linear-acme", " Größe / 2! ": "/hooks/größe-2",
	} {
		if got := hookPath(name); got != want {
			t.Errorf("hookPath(%q) = %s, want %s", name, got, want)
		}
	}
}

func TestTwoSourcesMayNotShareTheAddressOfTheirWebhooks(t *testing.T) {
	named := func(name string, secret config.Secret) config.Source {
		return config.Source{Name: name, Tracker: config.Jira, WebhookSecret: secret}
	}
	_, err := hooksOf([]config.Source{named("jira acme", config.NewSecret("a")), named("Jira-Acme", config.NewSecret("b"))})
	if !IsConfigMistake(err) || !strings.Contains(err.Error(), "would both arrive at /hooks/jira-acme") {
		t.Errorf("err = %v, want a mistake that names both", err)
	}
	if _, err := hooksOf([]config.Source{named("jira acme", config.NewSecret("a")), named("Jira-Acme", config.Secret{})}); err != nil {
		t.Errorf("err = %v, want none where only one is heard", err)
	}
}

func TestOnlyTheLatestDeliveriesAreRemembered(t *testing.T) {
	r := newRecentIDs(2)
	var fresh []bool
	for _, id := range []string{"a", "a", "b", "c", "a", "c"} {
		fresh = append(fresh, r.add(id))
	}
	if want := []bool{true, false, true, true, true, false}; !slices.Equal(fresh, want) {
		t.Errorf("new = %v, want %v", fresh, want)
	}
}

// held is a source that also tells what it holds, and what it was asked.
type held struct {
	*fakeSource
	mu      sync.Mutex
	read    int
	fetched []string
}

func (h *held) Changed(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.read++
	return h.fakeSource.Changed(ctx, from)
}

func (h *held) Present(context.Context) iter.Seq2[[]ticket.Present, error] {
	return func(func([]ticket.Present, error) bool) {}
}

func (h *held) Fetch(ctx context.Context, ids []string) (connectors.Page, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fetched = append(h.fetched, ids...)
	return connectors.Page{}, ctx.Err()
}

// bubbleClock is the clock of a synctest bubble.
type bubbleClock struct{ SystemClock }

func TestServeReadsOnItsScheduleFollowsHintsAndReportsOnceAWeek(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &held{fakeSource: &fakeSource{name: "jira"}}
		l := newLine(t, s.fakeSource)
		f := l.Fairlead
		f.clock, f.sources = bubbleClock{}, []connectors.Source{s}
		f.cfg().Sync.Every = 10 * time.Minute
		f.cfg().Reports = []config.Report{toFolder(dir)}

		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- f.Serve(ctx) }()
		time.Sleep(35 * time.Minute)
		synctest.Wait()
		if got := s.read; got != 4 {
			t.Errorf("read %d times in 35 minutes, want 4", got)
		}
		if runs, err := f.store.Runs(t.Context(), store.RunReport, 10); err != nil || len(runs) != 1 {
			t.Errorf("reported %d times, %v, want once", len(runs), err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v, want nil when it was stopped", err)
		}
	})
}

func TestHintsOfAMomentAreFollowedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &held{fakeSource: &fakeSource{name: "jira"}}
		l := newLine(t, s.fakeSource)
		l.clock, l.sources = bubbleClock{}, []connectors.Source{s}
		hints := make(chan hint, 3)
		for _, id := range []string{"2", "1", "2"} {
			hints <- hint{"jira", connectors.Hint{ID: id, Tickets: []string{id}}}
		}
		l.follow(t.Context(), inProcess{l.Fairlead}, hint{"jira", connectors.Hint{Tickets: []string{"3"}}}, hints)
		if want := []string{"1", "2", "3"}; !slices.Equal(s.fetched, want) {
			t.Errorf("fetched %v, want %v at once", s.fetched, want)
		}
	})
}

func TestServeListensOnlyWhereItIsToldAndSaysWhenItCannot(t *testing.T) {
	taken := httptest.NewServer(http.NotFoundHandler())
	defer taken.Close()
	l := newLine(t, &fakeSource{name: "jira"})
	l.cfg().Webhooks.Listen = strings.TrimPrefix(taken.URL, "http://")
	err := l.Serve(t.Context())
	if err == nil || !strings.Contains(err.Error(), "webhooks cannot be received at "+l.cfg().Webhooks.Listen) {
		t.Errorf("err = %v, want one that names the address", err)
	}
}

func TestADeliveryReachesTheListener(t *testing.T) {
	l := newLine(t, &fakeSource{name: "jira"})
	l.cfg().Webhooks.Listen = "127.0.0.1:0"
	var err error
	if l.hooks, err = hooksOf([]config.Source{{Name: "jira", Tracker: config.Jira, WebhookSecret: config.NewSecret("s")}}); err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	h := newHooks(l.hooks, l.clock, zap.NewNop())
	closed, address, err := l.listenAt(t.Context(), h, make(chan error, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer closed()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("http://%s/hooks/jira", address), strings.NewReader(deliveryOfTwo))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Hub-Signature", sign("s", deliveryOfTwo))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if told := <-h.hints; resp.StatusCode != http.StatusOK || !slices.Equal(told.Tickets, []string{"10002"}) {
		t.Errorf("status %d, hint %+v, log %s", resp.StatusCode, told, logged.String())
	}
}
