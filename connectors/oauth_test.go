package connectors_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// issuer is a tracker with a token endpoint that rotates refresh tokens. It
// never rests on a network, so that bubbles can hold it.
type issuer struct {
	mu       sync.Mutex
	good     string // the refresh token that is good now
	access   string // the access token that is good now
	issued   int
	asked    int                                // requests to the tracker itself
	answer   func(http.ResponseWriter) bool     // answers in the token endpoint's place
	before   func()                             // called before an exchange is answered
	issues   func(access string) (taken string) // what of an access token is taken; nil: itself
	kind     string                             // content type of the last exchange
	grantErr int                                // status for a refresh token that is not good
}

func newIssuer() *issuer { return &issuer{good: "refresh-0", grantErr: 400} }

const tokenURL = "https://auth.example/oauth/token"

// RoundTrip implements http.RoundTripper.
func (i *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	if r.URL.String() == tokenURL {
		if i.before != nil {
			i.before()
		}
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		i.exchange(w, r)
	} else {
		i.serve(w, r)
	}
	return w.Result(), nil
}

func (i *issuer) exchange(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.answer != nil && i.answer(w) {
		return
	}
	i.kind = r.Header.Get("Content-Type")
	text, _ := io.ReadAll(r.Body)
	ask := map[string]string{}
	if i.kind == "application/json" {
		_ = json.Unmarshal(text, &ask)
	} else if form, err := url.ParseQuery(string(text)); err == nil {
		for k := range form {
			ask[k] = form.Get(k)
		}
	}
	if ask["grant_type"] != "refresh_token" || ask["client_id"] != "app" || ask["client_secret"] != "app-secret" || ask["refresh_token"] != i.good {
		tell(w, i.grantErr, map[string]any{"error": "invalid_grant", "error_description": "Unknown or invalid refresh token " + ask["refresh_token"]})
		return
	}
	i.issued++
	i.good = fmt.Sprintf("refresh-%d", i.issued)
	access := fmt.Sprintf("access-%d", i.issued)
	i.access = access
	if i.issues != nil {
		i.access = i.issues(access)
	}
	tell(w, 200, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": i.good, "scope": "read issues:create"})
}

func (i *issuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked++
	body := ""
	if r.Body != nil {
		text, _ := io.ReadAll(r.Body)
		body = string(text)
	}
	switch {
	case r.URL.Path == "/beyond":
		tell(w, 401, map[string]any{"message": "scope does not match"})
	case i.access == "" || r.Header.Get("Authorization") != "Bearer "+i.access:
		tell(w, 401, map[string]any{"message": "token expired"})
	default:
		tell(w, 200, map[string]any{"heard": body})
	}
}

func tell(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// expire makes the access token of now worthless.
func (i *issuer) expire() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.access = ""
}

// drawer is a place for refresh tokens.
type drawer struct {
	mu     sync.Mutex
	tokens []string // the last is the one in force
	full   error
}

func (k *drawer) Place() string { return "a drawer" }

func (k *drawer) Renew(_ context.Context, exchange func(string) (string, error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	stored := k.tokens[len(k.tokens)-1]
	next, err := exchange(stored)
	if err != nil || next == stored {
		return err
	}
	if k.full != nil {
		return k.full
	}
	k.tokens = append(k.tokens, next)
	return nil
}

func (k *drawer) String() string { return strings.Join(k.tokens, " ") }

func application(tokens connectors.RefreshTokens, change ...func(*connectors.OAuth)) connectors.OAuth {
	o := connectors.OAuth{ClientID: "app", ClientSecret: "app-secret", URL: tokenURL, Tokens: tokens, Console: "the console"}
	for _, c := range change {
		c(&o)
	}
	return o
}

func granted(t *testing.T, i *issuer, tokens connectors.RefreshTokens, change ...func(*connectors.OAuth)) *connectors.Grant {
	t.Helper()
	g, err := connectors.NewGrant(application(tokens, change...), i)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// fetch asks the tracker for a path as the source "jira acme".
func fetch(ctx context.Context, t *testing.T, g *connectors.Grant, i *issuer, path string) (code int, heard string, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://tracker.example"+path, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := g.Signed("jira acme", i).RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

func TestARefreshTokenIsExchangedOnceAndTheNewOneKept(t *testing.T) {
	for name, change := range map[string]func(*connectors.OAuth){
		"application/x-www-form-urlencoded": func(*connectors.OAuth) {}, "application/json": func(o *connectors.OAuth) { o.JSON = true },
	} {
		i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
		g := granted(t, i, k, change)
		for range 3 {
			if code, heard, err := fetch(t.Context(), t, g, i, "/"); code != 200 || err != nil || !strings.Contains(heard, "hello") {
				t.Errorf("answered %d %s, %v", code, heard, err)
			}
		}
		if i.issued != 1 || k.String() != "refresh-0 refresh-1" || i.kind != name {
			t.Errorf("%d exchanges as %s, kept %s, want one as %s and refresh-1", i.issued, i.kind, k, name)
		}
		if got := strings.Join(g.Scopes(), " "); got != "read issues:create" {
			t.Errorf("scopes are %q", got)
		}
	}
}

func TestAnAccessTokenThatRunsOutIsExchangedAndTheRequestSentAgainWhole(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
	g := granted(t, i, k)
	for range 2 {
		if code, heard, err := fetch(t.Context(), t, g, i, "/"); code != 200 || err != nil || !strings.Contains(heard, "hello") {
			t.Errorf("answered %d %s, %v", code, heard, err)
		}
		i.expire()
	}
	if i.issued != 2 || k.String() != "refresh-0 refresh-1 refresh-2" {
		t.Errorf("%d exchanges, kept %s, want two and both", i.issued, k)
	}
}

func TestARefusalThatNoNewTokenMendsCostsNoToken(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
	g := granted(t, i, k, func(o *connectors.OAuth) {
		o.Expired = func(body []byte) bool { return !strings.Contains(string(body), "scope does not match") }
	})
	for range 3 {
		if code, heard, err := fetch(t.Context(), t, g, i, "/beyond"); code != 401 || err != nil || !strings.Contains(heard, "scope") {
			t.Errorf("answered %d %s, %v, want the refusal as it was", code, heard, err)
		}
	}
	if i.issued != 1 || i.asked != 3 {
		t.Errorf("%d exchanges and %d requests, want one and three", i.issued, i.asked)
	}
}

func TestManyAtOnceShareOneExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
		release := make(chan struct{})
		i.before = func() { <-release }
		g := granted(t, i, k)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if code, _, err := fetch(t.Context(), t, g, i, "/"); code != 200 || err != nil {
					t.Errorf("answered %d, %v", code, err)
				}
			})
		}
		synctest.Wait() // one exchanges, seven wait
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if _, _, err := fetch(stopped, t, g, i, "/"); !errors.Is(err, context.Canceled) {
			t.Errorf("one who is stopped while waiting got %v", err)
		}
		close(release)
		all.Wait()
		if i.issued != 1 {
			t.Errorf("%d exchanges, want 1", i.issued)
		}
	})
}

func TestAnExchangeUnderWayIsFinishedThoughItsCallerIsStopped(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
	ctx, stop := context.WithCancel(t.Context())
	i.before = stop
	g := granted(t, i, k)
	if _, _, err := fetch(ctx, t, g, i, "/"); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that it was stopped", err)
	}
	if k.String() != "refresh-0 refresh-1" {
		t.Errorf("kept %s: the token that was given in exchange is lost", k)
	}
}

// rests answers an exchange with a refusal that asks for a long wait.
func rests(w http.ResponseWriter) bool {
	w.Header().Set("Retry-After", "50")
	tell(w, 429, map[string]any{"error": "slow_down"})
	return true
}

func TestAStopIsHeardWhileTheTokenEndpointHasUsWait(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
	i.answer = rests
	ctx, stop := context.WithCancel(t.Context())
	clock := &fakeClock{at: noon, stop: stop}
	g, err := connectors.NewGrant(application(k), &connectors.Transport{Base: i, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := fetch(ctx, t, g, i, "/"); !errors.Is(err, context.Canceled) || len(clock.slept) != 1 {
		t.Errorf("err = %v after the waits %v, want a stop in the first", err, clock.slept)
	}
}

func TestAStopIsHeardWhileTheSitesBudgetHoldsTheExchangeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
		i.answer = rests
		began, sent := time.Now(), 0
		i.before = func() { sent++ }
		budget := connectors.NewBudget(bubbleClock{}, 1)
		grant := func() *connectors.Grant {
			g, err := connectors.NewGrant(application(k), &connectors.Transport{Base: budget.Carry(i), Clock: bubbleClock{}, Tries: 1})
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		if _, _, err := fetch(t.Context(), t, grant(), i, "/"); err == nil {
			t.Fatal("the refusal was not handed on")
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		_, _, err := fetch(ctx, t, grant(), i, "/")
		if waited := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || waited > 2*time.Second || sent != 1 {
			t.Errorf("err = %v after %v and %d exchanges, want a stop after a second and one", err, waited, sent)
		}
	})
}

func TestAnExchangeThroughATransportIsFinishedThoughItsCallerIsStopped(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
	ctx, stop := context.WithCancel(t.Context())
	i.before = stop
	base := &connectors.Transport{Base: connectors.NewBudget(bubbleClock{}, 1).Carry(i), Clock: bubbleClock{}}
	g, err := connectors.NewGrant(application(k), base)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := fetch(ctx, t, g, i, "/"); !errors.Is(err, context.Canceled) || k.String() != "refresh-0 refresh-1" {
		t.Errorf("err = %v, kept %s, want a stop and the new token", err, k)
	}
}

// A real network breaks a body off with its request's context.
func TestAnAnswerIsReadToItsEndThoughTheCallerIsStoppedInItsMiddle(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"access_token": "access-1",`)
		_ = http.NewResponseController(w).Flush()
		stop()
		_, _ = io.WriteString(w, `"refresh_token": "refresh-1"}`)
	}))
	defer server.Close()
	k := &drawer{tokens: []string{"refresh-0"}}
	o := application(k, func(o *connectors.OAuth) { o.URL = server.URL })
	g, err := connectors.NewGrant(o, &connectors.Transport{Clock: bubbleClock{}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = fetch(ctx, t, g, newIssuer(), "/")
	if !errors.Is(err, context.Canceled) || k.String() != "refresh-0 refresh-1" {
		t.Errorf("err = %v, kept %s, want a stop and the new token", err, k)
	}
}

func TestAnExchangeThatIsNeverAnsweredEndsAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		g, err := connectors.NewGrant(application(&drawer{tokens: []string{"refresh-0"}}), silence{})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := fetch(t.Context(), t, g, newIssuer(), "/"); err == nil || time.Since(began) != time.Minute {
			t.Errorf("err = %v after %v", err, time.Since(began))
		}
	})
}

// silence is a network in which nothing is ever answered.
type silence struct{}

func (silence) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestAnExchangeThatDoesNotWorkSaysWhatToDo(t *testing.T) {
	told := func(code int, kind, body string) func(*issuer, *drawer) {
		return func(i *issuer, _ *drawer) {
			i.answer = func(w http.ResponseWriter) bool {
				w.Header().Set("Content-Type", kind)
				w.WriteHeader(code)
				_, _ = io.WriteString(w, body)
				return true
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(*issuer, *drawer)
		want   []string
		issued int
	}{
		{"a refresh token that was used", func(i *issuer, _ *drawer) { i.good = "another" },
			[]string{"jira acme: POST " + tokenURL, "400 invalid_grant", "refresh token (token)", "authorise the application once more", "into a drawer"}, 0},
		{"a refresh token that Atlassian does not know", told(403, "application/json", `{"error":"unauthorized_client","error_description":"refresh_token is invalid"}`), //nolint:misspell // a code of RFC 6749
			[]string{"status 403", "authorise the application once more"}, 0},
		{"a wrong client", told(401, "application/json", `{"error":"invalid_client","error_description":"app-secret is wrong"}`),
			[]string{"invalid_client (token) is wrong", "check client_id and client_secret against the console"}, 0},
		{"a wrong client of Atlassian", told(401, "application/json", `{"error":"access_denied","error_description":"no"}`),
			[]string{"access_denied", "check client_id and client_secret"}, 0},
		{"a page for people", told(200, "text/html", "<html>"), []string{"status 200 and no tokens", "a proxy or a sign-in page"}, 0},
		{"no tokens at all", told(200, "application/json", "{}"), []string{"status 200", "a passing fault"}, 0},
		{"trouble there", told(503, "application/json", `{"error":"temporarily_unavailable"}`), []string{"503 temporarily_unavailable", "a passing fault"}, 0},
		{"a place that takes no token", func(_ *issuer, k *drawer) { k.full = errors.New("disk full, refresh-1 lost") },
			[]string{"jira acme: a drawer", "could not be kept: disk full, (token) lost", "make it writable"}, 1},
		{"an empty place", func(_ *issuer, k *drawer) { k.tokens = []string{""} }, []string{"a drawer: the file is empty", "authorise the application"}, 0},
		{"control characters in the reply", told(400, "application/json", `{"error":"odd","error_description":"\u001b[2J\u202e`+strings.Repeat("long ", 100)+`"}`), []string{"400 odd [2J", "…"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
			g := granted(t, i, k)
			c.change(i, k)
			_, _, err := fetch(t.Context(), t, g, i, "/")
			var as *connectors.Error
			if !errors.As(err, &as) {
				t.Fatalf("err = %v, want one for an operator", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error = %q\nwant it to say %q", err, want)
				}
			}
			for _, secret := range []string{"refresh-", "app-secret", "access-", "\x1b", "\u202e"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q stands in %q", secret, err)
				}
			}
			if i.issued != c.issued {
				t.Errorf("%d exchanges, want %d", i.issued, c.issued)
			}
		})
	}
}

func TestARefreshTokenOfNoUseIsNotShownAroundAgain(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"old"}}
	g, exchanges := granted(t, i, k), 0
	i.before = func() { exchanges++ }
	for range 3 {
		if _, _, err := fetch(t.Context(), t, g, i, "/"); err == nil || !strings.Contains(err.Error(), "authorise the application once more") {
			t.Errorf("err = %v", err)
		}
	}
	if exchanges != 1 {
		t.Errorf("%d exchanges were tried with one token, want 1", exchanges)
	}
	k.tokens = append(k.tokens, "refresh-0") // somebody authorised the application
	if code, _, err := fetch(t.Context(), t, g, i, "/"); code != 200 || err != nil {
		t.Errorf("with a new token: %d, %v", code, err)
	}
}

func TestAccessTokensThatAreNeverGoodEndInTheTrackersRefusal(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
	i.issues = func(string) string { return "" }
	if code, _, err := fetch(t.Context(), t, granted(t, i, k), i, "/"); code != 401 || err != nil || i.issued != 2 {
		t.Errorf("answered %d, %v after %d exchanges, want 401 after two", code, err, i.issued)
	}
}

func TestARefreshTokenThatCouldNotBeKeptIsOfferedAgain(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}, full: errors.New("disk full")}
	g := granted(t, i, k)
	for range 2 {
		if _, _, err := fetch(t.Context(), t, g, i, "/"); err == nil {
			t.Fatal("a request went out while the token was not kept")
		}
	}
	k.full = nil
	if code, _, err := fetch(t.Context(), t, g, i, "/"); code != 200 || err != nil {
		t.Errorf("answered %d, %v", code, err)
	}
	if i.issued != 1 || k.String() != "refresh-0 refresh-1" {
		t.Errorf("%d exchanges, kept %s, want one and refresh-1", i.issued, k)
	}
}

// The folder goes away while the exchange is under way, and comes back later.
func TestATokenThatAFileCouldNotTakeIsNotCalledUnused(t *testing.T) {
	f, i := tokenFile(t, "refresh-0"), newIssuer()
	folder := filepath.Dir(f.Path)
	i.before = func() {
		if err := os.Rename(folder, folder+"-away"); err != nil {
			t.Fatal(err)
		}
	}
	g := granted(t, i, f)
	for range 2 {
		_, _, err := fetch(t.Context(), t, g, i, "/")
		if err == nil || !strings.Contains(err.Error(), "holds the only copy") || strings.Contains(err.Error(), "was not used") {
			t.Errorf("err = %v", err)
		}
	}
	if err := os.Rename(folder+"-away", folder); err != nil {
		t.Fatal(err)
	}
	if code, _, err := fetch(t.Context(), t, g, i, "/"); code != 200 || err != nil {
		t.Errorf("answered %d, %v", code, err)
	}
	if text, err := os.ReadFile(f.Path); err != nil || string(text) != "refresh-1\n" || i.issued != 1 {
		t.Errorf("the file holds %q, %v after %d exchanges", text, err, i.issued)
	}
}

func TestATokenThatSomebodyElseRenewedIsTakenUp(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
	ours, theirs := granted(t, i, k), granted(t, i, k)
	for range 3 {
		for _, g := range []*connectors.Grant{ours, theirs} {
			if code, _, err := fetch(t.Context(), t, g, i, "/"); code != 200 || err != nil {
				t.Errorf("answered %d, %v", code, err)
			}
			i.expire()
		}
	}
	if i.issued != 6 {
		t.Errorf("%d exchanges, want one each time", i.issued)
	}
}

func TestAGrantThatCannotWorkIsRefused(t *testing.T) {
	for name, change := range map[string]func(*connectors.OAuth){
		"no client id":       func(o *connectors.OAuth) { o.ClientID = "" },
		"no client secret":   func(o *connectors.OAuth) { o.ClientSecret = "" },
		"no place to keep":   func(o *connectors.OAuth) { o.Tokens = nil },
		"an address of none": func(o *connectors.OAuth) { o.URL = "https://app-secret@/" },
		"no address":         func(o *connectors.OAuth) { o.URL = "" },
	} {
		if _, err := connectors.NewGrant(application(&drawer{}, change), nil); err == nil || strings.Contains(err.Error(), "app-secret") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func TestNoWayOfPrintingShowsAGrantsSecrets(t *testing.T) {
	i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
	o := application(k)
	g := granted(t, i, k)
	if _, _, err := fetch(t.Context(), t, g, i, "/"); err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %s %d %v %+v %#v %+v", o, o, o, o, o, g, g, g, g.Signed("s", i))
	for _, secret := range []string{"app-secret", "refresh-", "access-"} {
		if strings.Contains(shown, secret) {
			t.Errorf("printing shows %q: %s", secret, shown)
		}
	}
}

func tokenFile(t *testing.T, text string) connectors.TokenFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "refresh")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return connectors.TokenFile{Path: path, Clock: bubbleClock{}}
}

func TestAFileHoldsTheRefreshTokenWholeAndForItsOwnerAlone(t *testing.T) {
	f, i := tokenFile(t, "refresh-0\n"), newIssuer()
	if code, _, err := fetch(t.Context(), t, granted(t, i, f), i, "/"); code != 200 || err != nil {
		t.Fatalf("answered %d, %v", code, err)
	}
	text, err := os.ReadFile(f.Path)
	if err != nil || string(text) != "refresh-1\n" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	about, err := os.Stat(f.Path)
	if err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", about.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(f.Path))
	if err != nil || len(left) != 2 || left[1].Name() != "refresh.lock" {
		t.Errorf("beside it lie %v, %v, want nothing but the lock", left, err)
	}
}

func TestALinkedFileIsReplacedWhereItLies(t *testing.T) {
	f, i := tokenFile(t, "refresh-0"), newIssuer()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(f.Path, link); err != nil {
		t.Skip(err)
	}
	if code, _, err := fetch(t.Context(), t, granted(t, i, connectors.TokenFile{Path: link, Clock: bubbleClock{}}), i, "/"); code != 200 || err != nil {
		t.Fatalf("answered %d, %v", code, err)
	}
	if text, err := os.ReadFile(f.Path); err != nil || string(text) != "refresh-1\n" {
		t.Errorf("the file holds %q, %v", text, err)
	}
}

func TestAFileThatCannotBeUsedCostsNoToken(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*testing.T, *connectors.TokenFile)
		want   string
	}{
		{"it is gone", func(t *testing.T, f *connectors.TokenFile) { remove(t, f.Path) }, "no such file"},
		{"its folder takes no lock", func(t *testing.T, f *connectors.TokenFile) { mkdir(t, f.Path+".lock") }, "is a directory"},
		{"it is a folder", func(t *testing.T, f *connectors.TokenFile) { remove(t, f.Path); mkdir(t, f.Path) }, "no plain file"},
		{"it holds more than a token", func(t *testing.T, f *connectors.TokenFile) {
			write(t, f.Path, "{\n\"refresh_token\": \"refresh-0\"\n}")
		}, "more than a refresh token"},
		{"it is far too long", func(t *testing.T, f *connectors.TokenFile) { write(t, f.Path, strings.Repeat("r", 1<<20)) }, "more than a refresh token"},
		{"it is empty", func(t *testing.T, f *connectors.TokenFile) { write(t, f.Path, " \n") }, "the file is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, i := tokenFile(t, "refresh-0"), newIssuer()
			c.change(t, &f)
			held, _ := os.ReadFile(f.Path)
			_, _, err := fetch(t.Context(), t, granted(t, i, f), i, "/")
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "jira acme: "+f.Path) {
				t.Errorf("err = %v, want %q and the file", err, c.want)
			}
			if i.issued != 0 {
				t.Error("the token was used up all the same")
			}
			if after, _ := os.ReadFile(f.Path); strings.TrimSpace(string(after)) != strings.TrimSpace(string(held)) {
				t.Errorf("the file holds %.40q now, held %.40q", after, held)
			}
		})
	}
}

func TestTheTokenIsStoredOnceMoreBeforeItIsSpent(t *testing.T) {
	f := tokenFile(t, "refresh-0\n")
	before, err := os.Stat(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	err = f.Renew(t.Context(), func(stored string) (string, error) {
		text, err := os.ReadFile(f.Path)
		about, statErr := os.Stat(f.Path)
		if err != nil || statErr != nil || string(text) != stored+"\n" || os.SameFile(before, about) {
			t.Errorf("while it is exchanged the file holds %q, %v, %v; want %q, replaced", text, err, statErr, stored)
		}
		return "", errors.New("no reply")
	})
	if text, read := os.ReadFile(f.Path); err == nil || read != nil || string(text) != "refresh-0\n" {
		t.Errorf("err = %v; the file holds %q, %v, want the token as it was", err, text, read)
	}
}

// wantUnspent asks for something with a token whose successor cannot be stored.
func wantUnspent(t *testing.T, f connectors.TokenFile, i *issuer, cause string) {
	t.Helper()
	before := i.good
	_, _, err := fetch(t.Context(), t, granted(t, i, f), i, "/")
	for _, want := range []string{"jira acme: " + f.Path, cause, "mount the folder, not the file", "was not used"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v\nwant it to say %q", err, want)
		}
	}
	text, err := os.ReadFile(f.Path)
	if i.issued != 0 || i.good != before || err != nil || strings.TrimSpace(string(text)) != before {
		t.Errorf("%d exchanges, and the file holds %q, %v", i.issued, text, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

// Two processes are two grants that share nothing but the file.
func TestTwoProcessesNeverUseOneTokenTwice(t *testing.T) {
	f, i := tokenFile(t, "refresh-0"), newIssuer()
	var all sync.WaitGroup
	for range 6 {
		g := granted(t, i, f)
		all.Go(func() {
			for range 5 {
				// Each renews what the others made worthless, so some requests need a third
				// token; only a refresh token that was used twice is an error here.
				if code, _, err := fetch(t.Context(), t, g, i, "/"); err != nil || code != 200 && code != 401 {
					t.Errorf("answered %d, %v", code, err)
				}
			}
		})
	}
	all.Wait()
	text, err := os.ReadFile(f.Path)
	if want := fmt.Sprintf("refresh-%d\n", i.issued); err != nil || string(text) != want {
		t.Errorf("the file holds %q, %v, want %q", text, err, want)
	}
}

func TestWhoWaitsForTheLockCanBeStopped(t *testing.T) {
	f := tokenFile(t, "refresh-0")
	err := f.Renew(t.Context(), func(string) (string, error) {
		ctx, stop := context.WithCancel(t.Context())
		second := f
		second.Clock = &fakeClock{at: noon, stop: stop}
		if err := second.Renew(ctx, func(string) (string, error) { return "stolen", nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v, want that it was stopped", err)
		}
		return "next", nil
	})
	text, read := os.ReadFile(f.Path)
	if err != nil || read != nil || string(text) != "next\n" {
		t.Errorf("the file holds %q, %v, %v", text, err, read)
	}
}

func FuzzTokenReply(f *testing.F) {
	f.Add(200, `{"access_token":"acc-tok","refresh_token":"ref-tok","scope":"read,write"}`)
	f.Add(200, `{"access_token":"acc-tok","scope":["read"]}`)
	f.Add(403, `{"error":"invalid_grant","error_description":"app-secret"}`)
	f.Add(200, `[]`)
	f.Fuzz(func(t *testing.T, code int, text string) {
		if code < 100 || code > 999 {
			return
		}
		i, k := newIssuer(), &drawer{tokens: []string{"refresh-0"}}
		i.answer = func(w http.ResponseWriter) bool {
			w.WriteHeader(code)
			_, _ = io.WriteString(w, text)
			return true
		}
		_, _, err := fetch(t.Context(), t, granted(t, i, k), i, "/")
		if err != nil && (strings.Contains(err.Error(), "app-secret") || strings.Contains(err.Error(), "refresh-0")) {
			t.Errorf("a secret stands in %v", err)
		}
		if k.tokens[len(k.tokens)-1] == "" {
			t.Error("the refresh token was lost")
		}
	})
}
