package linear

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// handClock is a clock that only moves when somebody sleeps by it.
type handClock struct {
	now   time.Time
	slept []time.Duration
}

func (c *handClock) Now() time.Time { return c.now }

func (c *handClock) Sleep(ctx context.Context, d time.Duration) error {
	c.slept = append(c.slept, d)
	c.now = c.now.Add(d)
	return ctx.Err()
}

func status(w http.ResponseWriter, code int, contentType, body string) bool {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body)
	return true
}

// Every fault strikes the second page of issues: what came before stays, the
// cursor stays with it, and the next pass goes on from there to the same end.
func TestFaultsInTheMiddleKeepWhatWasStoredAndSayWhatToDo(t *testing.T) {
	const html = `<!DOCTYPE html><html><title>Sign in to continue</title></html>`
	tests := []struct {
		name   string
		answer func(w http.ResponseWriter) bool
		said   string
		fix    string
	}{
		{"HTML with status 200", func(w http.ResponseWriter) bool { return status(w, 200, "text/html", html) },
			"a web page instead of JSON (status 200)", "proxy or a sign-in page"},
		{"HTML that calls itself JSON", func(w http.ResponseWriter) bool { return status(w, 200, "application/json", html) },
			"a web page instead of JSON", "proxy or a sign-in page"},
		{"a reply cut in half", func(w http.ResponseWriter) bool {
			return status(w, 200, "application/json", `{"data":{"issues":{"nodes":[{"id":"issue-000`)
		}, "ended in the middle", "next sync goes on"},
		{"a reply shorter than announced", func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Length", "5000")
			return status(w, 200, "application/json", `{"data":{`)
		}, "ended in the middle", "next sync goes on"},
		{"errors with status 200", func(w http.ResponseWriter) bool {
			return status(w, 200, "application/json", `{"data":null,"errors":[{"message":"Internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
		}, "Internal server error (INTERNAL_SERVER_ERROR)", "next sync goes on"},
		{"errors beside data", func(w http.ResponseWriter) bool {
			return status(w, 200, "application/json", `{"data":{"issues":{"nodes":[]}},"errors":[{"message":"Something broke"}]}`)
		}, "Something broke", "next sync goes on"},
		{"neither data nor errors", func(w http.ResponseWriter) bool { return status(w, 200, "application/json", `{}`) },
			"without data", "newer fairlead"},
		{"an empty reply", func(w http.ResponseWriter) bool { return status(w, 200, "application/json", ``) },
			"ended in the middle", "next sync goes on"},
		{"data of another shape", func(w http.ResponseWriter) bool {
			return status(w, 200, "application/json", `{"data":{"issues":{"nodes":[{"id":7}]}}}`)
		}, "does not read as promised", "newer fairlead"},
		{"a time that is none", func(w http.ResponseWriter) bool {
			return status(w, 200, "application/json", `{"data":{"issues":{"nodes":[{"id":"a","createdAt":"yesterday"}]}}}`)
		}, "does not read as promised", "newer fairlead"},
		{"rate limited with status 400", func(w http.ResponseWriter) bool {
			w.Header().Set("X-RateLimit-Requests-Remaining", "0")
			w.Header().Set("X-RateLimit-Requests-Reset", "1790000000000")
			refuse(w, 400, "RATELIMITED", "Rate limit exceeded")
			return true
		}, "Rate limit exceeded (RATELIMITED)", "2026-09-21T"},
		{"rate limited with status 429", func(w http.ResponseWriter) bool { return status(w, 429, "text/plain", "slow down") },
			"status 429 slow down", "wait a while"},
		{"too complex", func(w http.ResponseWriter) bool {
			refuse(w, 400, "INPUT_ERROR", "Query too complex")
			return true
		}, "Query too complex", "report it with these words"},
		{"an interface that changed", func(w http.ResponseWriter) bool {
			refuse(w, 400, "GRAPHQL_VALIDATION_FAILED", `Cannot query field "identifier" on type "Issue".`)
			return true
		}, "Cannot query field", "newer fairlead"},
		{"status 500", func(w http.ResponseWriter) bool { return status(w, 500, "text/plain", "oops") },
			"status 500 oops", "trouble on Linear's side"},
		{"status 502 with HTML", func(w http.ResponseWriter) bool { return status(w, 502, "text/html", "<h1>Bad gateway</h1>") },
			"a web page instead of JSON (status 502)", "proxy"},
		{"a redirect", func(w http.ResponseWriter) bool {
			w.Header().Set("Location", "https://elsewhere.example/")
			return status(w, 302, "text/plain", "")
		}, "status 302", "check the address"},
		{"the token echoed", func(w http.ResponseWriter) bool {
			refuse(w, 400, "INPUT_ERROR", "no such key: "+goodToken)
			return true
		}, "no such key: (token)", "report it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newWorkspace(t, 65)
			f.answer = func(w http.ResponseWriter, _ *http.Request, op string, n int) bool {
				return op == "Issues" && n >= 2 && tt.answer(w)
			}
			s, m := f.source(t, pagesOf30), newMemory()
			_, err := connectors.Sync(t.Context(), s, m, nil)
			var refused *connectors.Error
			if !errors.As(err, &refused) {
				t.Fatalf("err = %v, want a *connectors.Error", err)
			}
			if refused.Place != "POST "+f.server.URL+" (Issues)" || refused.Source != "linear acme" {
				t.Errorf("source and place = %q, %q", refused.Source, refused.Place)
			}
			if !strings.Contains(refused.Said, tt.said) || !strings.Contains(refused.Fix, tt.fix) {
				t.Errorf("error = %v\nwant %q and %q", err, tt.said, tt.fix)
			}
			if strings.Contains(err.Error(), goodToken) {
				t.Errorf("the token stands in %v", err)
			}
			if len(m.tickets) != 32 || len(m.cursors) != 1 {
				t.Errorf("%d tickets and %d cursors kept, want 32 and 1", len(m.tickets), len(m.cursors))
			}
			f.answer = nil
			syncOnce(t, s, m)
			if len(m.tickets) != 67 {
				t.Errorf("%d tickets after the next pass, want 67", len(m.tickets))
			}
		})
	}
}

func TestTheStartSaysWhatIsWrong(t *testing.T) {
	many := func(f *fake) {
		for i := range 30 {
			f.lists["teams"] = append(f.lists["teams"], obj{"id": fmt.Sprint("t", i), "key": fmt.Sprintf("TEAM%02d", i), "name": fmt.Sprint("Team ", i)})
		}
	}
	tests := []struct {
		name    string
		options func(*Options)
		world   func(*fake)
		want    []string
	}{
		{"a wrong token", func(o *Options) { o.Token = "lin_api_wrongwrong" }, nil,
			[]string{"linear acme: POST http://", "(Start): Authentication required, not authenticated (AUTHENTICATION_ERROR)", "\n\tgive a personal API key as token"}},
		{"a token of another workspace", func(o *Options) { o.Workspace = "umbrella" }, nil,
			[]string{`the token belongs to the workspace "acme", not "umbrella"`, "correct the workspace"}},
		{"an unknown team near a known one", func(o *Options) { o.Teams = []string{"PAYX", "CORE"} }, nil,
			[]string{`there is no team "PAYX" that the token may read`, "did you mean PAY (Payments)?"}},
		{"a team by its name", func(o *Options) { o.Teams = []string{"payments"} }, nil,
			[]string{"did you mean PAY (Payments)?"}},
		{"an unknown team near none", func(o *Options) { o.Teams = []string{"MARKETING"} }, nil,
			[]string{`for "MARKETING", the token may read CORE, PAY`}},
		{"two unknown teams among many", func(o *Options) { o.Teams = []string{"MARKETING", "SALESFORCE"} }, many,
			[]string{`"MARKETING"`, `"SALESFORCE"`, "and 24 more"}},
		{"no team at all", nil, func(f *fake) { f.lists["teams"] = nil }, []string{"may read no team"}},
		{"nobody behind the token", nil, func(f *fake) {
			f.answer = func(w http.ResponseWriter, _ *http.Request, _ string, _ int) bool {
				return status(w, 200, "application/json", `{"data":{"viewer":null,"organization":null,"teams":{"nodes":[]}}}`) //nolint:misspell // Linear's spelling
			}
		}, []string{"Linear knows nobody behind this token"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newWorkspace(t, 3)
			if tt.world != nil {
				tt.world(f)
			}
			_, err := connectors.Sync(t.Context(), f.source(t, tt.options), newMemory(), nil)
			if err == nil {
				t.Fatal("the pass went through")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error = %q\nwant it to say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "lin_api_") {
				t.Errorf("a token stands in %q", err)
			}
			if f.count("") > 1 {
				t.Errorf("%d requests after the refusal", f.count("")-1)
			}
		})
	}
}

func TestAServerThatIsNotThereIsNamed(t *testing.T) {
	s, err := New(Options{Name: "linear acme", URL: "http://127.0.0.1:1/graphql", Token: goodToken})
	if err != nil {
		t.Fatal(err)
	}
	_, err = connectors.Sync(t.Context(), s, newMemory(), nil)
	if err == nil || !strings.Contains(err.Error(), "no reply: nothing takes connections at 127.0.0.1:1 (connection refused)") || !strings.Contains(err.Error(), "check the network") {
		t.Errorf("err = %v", err)
	}
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	for name, o := range map[string]Options{
		"no token":                  {},
		"no address":                {URL: "api.linear.app", Token: "t"},
		"a password in the address": {URL: "https://me:secret@api.linear.app/graphql", Token: "t"},
	} {
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	s, err := New(Options{Workspace: "acme", Token: goodToken})
	if err != nil || s.Name() != "linear acme" {
		t.Errorf("name = %q, %v", s.Name(), err)
	}
	if shown := fmt.Sprintf("%v %+v %#v %+v", s, s, s, s.client); strings.Contains(shown, goodToken) {
		t.Errorf("printing a source shows the token: %s", shown)
	}
}

func TestInitiativesThatMayNotBeReadAreAGap(t *testing.T) {
	f := newWorkspace(t, 3)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op != "Initiatives" {
			return false
		}
		refuse(w, 400, "FORBIDDEN", "Feature not accessible")
		return true
	}
	m := newMemory()
	p := syncOnce(t, f.source(t, nil), m)
	if len(p.Gaps) != 1 || !strings.Contains(p.Gaps[0], "initiatives could not be read") || len(m.tickets) != 4 {
		t.Errorf("gaps %q, %d tickets, want one gap and 4 tickets", p.Gaps, len(m.tickets))
	}
}

func TestAListWithoutAnEndIsNotFollowedForever(t *testing.T) {
	for _, op := range []string{"Start", "Users", "Issues", "IssueMore"} {
		t.Run(op, func(t *testing.T) {
			f := newWorkspace(t, 3)
			for range 30 {
				f.lists["issues"][0]["comments"] = append(f.lists["issues"][0]["comments"].([]obj), obj{"id": fmt.Sprint("c", f.count("")), "createdAt": at(1), "body": "x"})
			}
			const loop = `"pageInfo":{"hasNextPage":true,"endCursor":"here"}`
			f.answer = func(w http.ResponseWriter, _ *http.Request, asked string, _ int) bool {
				if asked != op {
					return false
				}
				return status(w, 200, "application/json", map[string]string{
					"Start":     `{"data":{"viewer":{"id":"u"},"organization":{"urlKey":"acme"},"teams":{"nodes":[],` + loop + `}}}`, //nolint:misspell // Linear's spelling
					"Users":     `{"data":{"users":{"nodes":[],` + loop + `}}}`,
					"Issues":    `{"data":{"issues":{"nodes":[],` + loop + `}}}`,
					"IssueMore": `{"data":{"a0":{"nodes":[{"comments":{"nodes":[],` + loop + `}}]}}}`,
				}[op])
			}
			_, err := connectors.Sync(t.Context(), f.source(t, nil), newMemory(), nil)
			if err == nil || !strings.Contains(err.Error(), "has no further end") {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestLimitedReadsLinearsHeaders(t *testing.T) {
	now := time.UnixMilli(1_790_000_000_000)
	in := func(d time.Duration) string { return fmt.Sprint(now.Add(d).UnixMilli()) }
	limited := `{"errors":[{"message":"Rate limit exceeded","extensions":{"code":"RATELIMITED","type":"ratelimited"}}]}`
	tests := []struct {
		name    string
		status  int
		headers map[string]string
		body    string
		wait    time.Duration
		limited bool
	}{
		{"a query that is wrong", 400, nil, `{"errors":[{"message":"x","extensions":{"code":"INPUT_ERROR"}}]}`, 0, false},
		{"a server's fault", 500, nil, "oops", 0, false},
		{"limited without headers", 400, nil, limited, 0, true},
		{"429 with Retry-After", 429, map[string]string{"Retry-After": "7"}, "", 7 * time.Second, true},
		{"requests used up", 400, map[string]string{
			"X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": in(time.Minute),
			"X-RateLimit-Complexity-Remaining": "9000", "X-RateLimit-Complexity-Reset": in(time.Hour),
		}, limited, time.Minute, true},
		{"complexity used up", 400, map[string]string{
			"X-RateLimit-Requests-Remaining": "12", "X-RateLimit-Requests-Reset": in(time.Hour),
			"X-RateLimit-Complexity-Remaining": "0", "X-RateLimit-Complexity-Reset": in(20 * time.Second),
		}, limited, 20 * time.Second, true},
		{"complexity left, but less than the query costs", 400, map[string]string{
			"X-Complexity": "4000", "X-RateLimit-Complexity-Remaining": "300", "X-RateLimit-Complexity-Reset": in(9 * time.Second),
		}, limited, 9 * time.Second, true},
		{"an endpoint's own limit", 400, map[string]string{
			"X-RateLimit-Endpoint-Requests-Remaining": "0", "X-RateLimit-Endpoint-Requests-Reset": in(3 * time.Second),
		}, limited, 3 * time.Second, true},
		{"a reset in the past", 400, map[string]string{
			"X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": in(-time.Minute),
		}, limited, 0, true},
		{"a reset that is no time", 400, map[string]string{
			"X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": "99999999999999999999",
		}, limited, 0, true},
		{"a body that was cut", 400, nil, limited[:80], 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := &http.Response{StatusCode: tt.status, Header: http.Header{}}
			for k, v := range tt.headers {
				resp.Header.Set(k, v)
			}
			wait, limited := Limited(resp, []byte(tt.body), now)
			if wait != tt.wait || limited != tt.limited {
				t.Errorf("Limited = %v, %v, want %v, %v", wait, limited, tt.wait, tt.limited)
			}
		})
	}
}

func TestALimitedPassWaitsAsLongAsLinearAsksAndGoesOn(t *testing.T) {
	f := newWorkspace(t, 40)
	clock := &handClock{now: time.UnixMilli(1_790_000_000_000)}
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, n int) bool {
		if op != "Issues" || n != 1 {
			return false
		}
		w.Header().Set("X-RateLimit-Complexity-Remaining", "0")
		w.Header().Set("X-RateLimit-Complexity-Reset", fmt.Sprint(clock.now.Add(40*time.Second).UnixMilli()))
		refuse(w, 400, "RATELIMITED", "Rate limit exceeded")
		return true
	}
	s := f.source(t, func(o *Options) {
		o.Transport = &connectors.Transport{Clock: clock, Limited: Limited}
	})
	m := newMemory()
	syncOnce(t, s, m)
	if len(m.tickets) != 42 {
		t.Errorf("%d tickets, want 42", len(m.tickets))
	}
	if len(clock.slept) != 1 || clock.slept[0] != 40*time.Second {
		t.Errorf("slept %v, want 40s once", clock.slept)
	}
}

func TestTheTokenIsSentAsItIsAndNowhereElse(t *testing.T) {
	f := newWorkspace(t, 1)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect carried %q elsewhere", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	f.answer = func(w http.ResponseWriter, r *http.Request, op string, _ int) bool {
		if got := r.Header.Get("Authorization"); got != goodToken {
			t.Errorf("Authorization = %q", got)
		}
		if op != "Issues" {
			return false
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		return true
	}
	if _, err := connectors.Sync(t.Context(), f.source(t, nil), newMemory(), nil); err == nil {
		t.Error("a redirect was followed")
	}
}
