package jira_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/connectortest"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/jira/replay"
)

const loginPage = `<!DOCTYPE html><html><head><title>Log in -
 Acme</title></head><body>` + "lots of markup" + `</body></html>`

func TestRefusalsBeforeAnythingIsRead(t *testing.T) {
	for _, c := range []struct {
		name string
		told answers
		kind jira.Deployment
		want []string
	}{
		{"a wrong token on Cloud", answers{"GET /rest/api/2/myself": status(401, `{"errorMessages":["Client must be authenticated"]}`)}, jira.Cloud,
			[]string{"GET http", "/rest/api/2/myself: answered 401 ", "Client must be authenticated", "user (the account's e-mail) and token"}},
		{"a wrong token on Data Center", answers{"GET /rest/api/2/myself": status(401, loginPage)}, jira.DataCenter,
			[]string{"answered 401", `: a web page titled "Log in - Acme"`, "personal access token"}},
		{"a token that may not do this", answers{"GET /rest/api/2/myself": status(403, `{"message":"Forbidden by policy"}`)}, jira.Cloud,
			[]string{"403 Forbidden: Forbidden by policy", "permission"}},
		{"an account locked after wrong sign-ins", answers{"GET /rest/api/2/myself": status(403, "", "X-Seraph-LoginReason", "AUTHENTICATION_DENIED")}, jira.DataCenter,
			[]string{"sign in once in a browser"}},
		{"an address where no Jira is", answers{"GET /rest/api/2/myself": status(404, "404 page not found")}, jira.DataCenter,
			[]string{"answered 404 Not Found: 404 page not found", "check the url of this source"}},
		{"a web page instead of JSON", answers{"GET /rest/api/2/myself": loginPage}, jira.Cloud,
			[]string{`a web page instead of JSON titled "Log in - Acme"`, "sign-in page or a proxy"}},
		{"something else than JSON", answers{"GET /rest/api/2/myself": "pong"}, jira.Cloud,
			[]string{"something else than expected", "check that the url"}},
		{"JSON of another shape", answers{"GET /rest/api/2/myself": `[1,2]`}, jira.Cloud,
			[]string{"something else than expected", "check that the url"}},
		{"an answer to a stranger", answers{"GET /rest/api/2/myself": `{"accountId":null,"displayName":"Anonymous"}`}, jira.Cloud,
			[]string{"took the request for a stranger's", "check user and token"}},
		{"a site that moved", answers{"GET /rest/api/2/myself": status(301, "", "Location", "https://jira.example.org/login?os_destination=x")}, jira.DataCenter,
			[]string{"301 Moved Permanently, which points to https://jira.example.org", "check the url"}},
		{"an unknown project", answers{"GET /rest/api/2/project/PAY": status(404, `{"errorMessages":["No project could be found with key 'PAY'."]}`)}, jira.Cloud,
			[]string{`project "PAY": the site does not know it`, "check the key under projects"}},
		{"a site that asks for patience and more patience", answers{"GET /rest/api/2/myself": status(429, "", "Retry-After", "7200")}, jira.Cloud,
			[]string{"429 Too Many Requests", "asks for fewer requests"}},
		{"a site in trouble", answers{"GET /rest/api/2/myself": status(500, `<html><title>Oops</title></html>`)}, jira.Cloud,
			[]string{`500 Internal Server Error: a web page titled "Oops"`, "trouble of its own"}},
		{"Cloud taken for Data Center", answers{"GET /rest/api/2/search": status(410, `{"errorMessages":["The requested API has been removed."]}`)}, jira.DataCenter,
			[]string{"410 Gone", "set deployment to cloud"}},
		{"Data Center taken for Cloud", answers{"GET /rest/api/2/search/jql": status(404, "")}, jira.Cloud,
			[]string{"404 Not Found", "set deployment to data-center"}},
		{"a token repeated in a refusal", answers{"GET /rest/api/2/myself": status(400, `{"errorMessages":["token hush-hush\u0007 is odd"]}`)}, jira.Cloud,
			[]string{"token (token) is odd"}},
		{"a refusal as long as a book", answers{"GET /rest/api/2/myself": status(400, strings.Repeat("blah ", 9000))}, jira.Cloud,
			[]string{"blah…"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ps, err := pull(t, options(newStub(t, c.told).URL, c.kind), "")
			if len(tickets(ps)) != 0 {
				t.Errorf("tickets came: %v", ps)
			}
			checkTold(t, err, c.want...)
		})
	}
}

// checkTold checks that err is one for an operator, says what is wanted and
// nothing that must not be said.
func checkTold(t *testing.T, err error, want ...string) {
	t.Helper()
	var told *connectors.Error
	if !errors.As(err, &told) {
		t.Fatalf("err = %v, want a *connectors.Error", err)
	}
	if told.Source == "" || told.Place == "" || told.Said == "" || told.Fix == "" {
		t.Errorf("source, place, words or remedy are missing: %+v", told)
	}
	text := err.Error()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("missing %q in\n%s", w, text)
		}
	}
	for _, never := range []string{"hush-hush", replay.Token, "<html", "jql=", "Bearer", "Basic "} {
		if strings.Contains(text, never) || strings.Contains(fmt.Sprintf("%+v %#v", err, told), never) {
			t.Errorf("%q must not be said:\n%s", never, text)
		}
	}
	if len(text) > 1000 || strings.Count(text, "\n") > 1 {
		t.Errorf("too long to read:\n%s", text)
	}
}

func TestSitesThatCannotBeReached(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about the client's distrust
	untrusted.StartTLS()
	defer untrusted.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, c := range map[string]struct{ url, want string }{
		"nobody listens":                   {closed.URL, "connection refused"},
		"the host does not exist":          {"https://jira.acme.invalid", `the name "jira.acme.invalid"`},
		"the certificate is not trusted":   {untrusted.URL, "signed the site's certificate"},
		"https where http is spoken there": {strings.Replace(newStub(t, nil).URL, "http:", "https:", 1), "http is spoken there, not https"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pull(t, options(c.url, jira.DataCenter), "")
			checkTold(t, err, c.want, "did not answer")
		})
	}
}

func TestCredentialsDoNotFollowARedirect(t *testing.T) {
	var leaked string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { leaked = r.Header.Get("Authorization") }))
	defer thief.Close()
	s := newStub(t, answers{"GET /rest/api/2/myself": status(302, "", "Location", thief.URL)})
	if _, err := pull(t, options(s.URL, jira.Cloud), ""); err == nil {
		t.Error("a redirect was taken for an answer")
	}
	if leaked != "" {
		t.Errorf("the credentials went along: %q", leaked)
	}
}

func TestWhatIsSentAsCredentials(t *testing.T) {
	for _, c := range []struct {
		name string
		kind jira.Deployment
		user string
		want string
	}{
		{"Cloud takes e-mail and API token", jira.Cloud, "a@b.example", "Basic YUBiLmV4YW1wbGU6aHVzaC1odXNo"},
		{"Data Center takes a personal access token", jira.DataCenter, "", "Bearer hush-hush"},
		{"Data Center takes user and password", jira.DataCenter, "lee", "Basic bGVlOmh1c2gtaHVzaA=="},
		{"Cloud takes a bare OAuth token", jira.Cloud, "", "Bearer hush-hush"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, nil)
			if _, err := pull(t, options(s.URL, c.kind, func(o *jira.Options) { o.User = c.user }), ""); err != nil {
				t.Fatal(err)
			}
			for _, r := range s.asked("/") {
				if got := r.Header.Get("Authorization"); got != c.want {
					t.Errorf("%s: got %q, want %q", r.Path, got, c.want)
				}
			}
		})
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*jira.Options)
		want   string
	}{
		{"no url", func(o *jira.Options) { o.URL = "" }, "names no site"},
		{"a host without a scheme", func(o *jira.Options) { o.URL = "acme.atlassian.net" }, "names no site"},
		{"another scheme", func(o *jira.Options) { o.URL = "ftp://acme.example" }, "names no site"},
		{"a url that is none", func(o *jira.Options) { o.URL = "https://acme example\x7f" }, "cannot be read"},
		{"credentials in the url", func(o *jira.Options) { o.URL = "https://lee:hush-hush@acme.example" }, "lines of their own"},
		{"no token", func(o *jira.Options) { o.Token = "" }, "token is missing"},
		{"no projects", func(o *jira.Options) { o.Projects = nil }, "at least one project"},
		{"no clock", func(o *jira.Options) { o.Clock = nil }, "clock is missing"},
		{"another deployment", func(o *jira.Options) { o.Deployment = "server" }, `deployment "server"`},
		{"a negative page size", func(o *jira.Options) { o.PageSize = -1 }, "page size"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options("https://acme.atlassian.net", jira.Cloud, c.change)
			_, err := jira.New(o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want %q in it", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hush-hush") {
				t.Errorf("the token is shown: %v", err)
			}
		})
	}
}

func TestNamesAndDeployments(t *testing.T) {
	for url, want := range map[string]string{
		"https://acme.atlassian.net/":        "jira acme.atlassian.net cloud",
		"https://jira.acme.example/jira/":    "jira jira.acme.example/jira data-center",
		"http://127.0.0.1:8080":              "jira 127.0.0.1:8080 data-center",
		"https://notatlassian.net":           "jira notatlassian.net data-center",
		"https://a.atlassian-us-gov-mod.net": "jira a.atlassian-us-gov-mod.net cloud",
	} {
		src, err := jira.New(options(url, "", func(o *jira.Options) { o.Name = "" }))
		if err != nil {
			t.Fatal(err)
		}
		if got := src.Name() + " " + string(jira.DeploymentOf(url)); got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}

// faults are what can happen to a page in the middle of a sync.
var faults = []struct {
	name    string
	passing bool // goes away when tried again
	do      http.HandlerFunc
	want    string
}{
	{"a page cut in half", false, cutInHalf, "broke off after"},
	{"half of a JSON text", false, status(200, `{"total":9000,"issues":[{"id":"1","key":`), "broke off after"},
	{"a web page instead of JSON", false, status(200, loginPage), "a web page instead of JSON"},
	{"a token that was taken away", false, status(401, "{}"), "answered 401"},
	{"a 500 without end", false, status(500, "oops"), "500 Internal Server Error: oops"},
	{"a 429 without end", false, status(429, "", "Retry-After", "2"), "429 Too Many Requests"},
	{"a 500 in the middle", true, status(500, "oops"), ""},
	{"a 429", true, status(429, "", "X-RateLimit-Reset", "2026-01-01T00:00:09Z", "RateLimit-Reason", "jira-burst-based"), ""},
	{"a 503 with a wait", true, status(503, "", "Retry-After", "4"), ""},
	{"a connection torn down", true, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, ""},
}

// cutInHalf promises more than it sends.
func cutInHalf(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100000")
	_, _ = w.Write([]byte(`{"total":9000,"issues":[{"id":"1","key":"PAY-1"`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestAFaultInTheMiddleLosesNothing(t *testing.T) {
	for _, c := range []replay.Capture{replay.Server2017, replay.CloudSite} {
		for _, fault := range faults {
			t.Run(c.File+" "+fault.name, func(t *testing.T) { checkFault(t, c, fault.do, fault.passing, fault.want) })
		}
	}
}

func checkFault(t *testing.T, c replay.Capture, fault http.HandlerFunc, passing bool, want string) {
	site := replay.New(t, c)
	var mu sync.Mutex // a torn connection leaves its retry to another goroutine
	search, hits := 0, 0
	due := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if search++; search < 4 || passing && hits > 0 {
			return false
		}
		hits++
		return true
	}
	site.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/rest/api/2/search") || !due() {
			return false
		}
		fault(w, r)
		return true
	}
	store := newShelf()
	small := func(o *jira.Options) { o.PageSize = 5 }
	_, err := connectors.Sync(t.Context(), source(t, site, small), store, nil)
	if passing {
		if err != nil || len(store.tickets) != c.Issues {
			t.Fatalf("err = %v with %d of %d issues, want all of them", err, len(store.tickets), c.Issues)
		}
		return
	}
	checkTold(t, err, want, "/rest/api/2/search")
	kept := len(store.tickets)
	if kept == 0 || kept == c.Issues {
		t.Fatalf("%d of %d issues were stored before the fault, want some", kept, c.Issues)
	}
	site.Intercept = nil
	if _, err := connectors.Sync(t.Context(), source(t, site, small), store, nil); err != nil {
		t.Fatal(err)
	}
	if len(store.tickets) != c.Issues {
		t.Errorf("%d of %d issues after going on from the stored cursor", len(store.tickets), c.Issues)
	}
}

func TestAFaultOutsideTheSearchStoresNothingOfItsPage(t *testing.T) {
	for _, path := range []string{"/rest/api/3/changelog/bulkfetch", "/rest/agile/1.0/board", "/rest/api/2/status", "/rest/api/2/field"} {
		t.Run(path, func(t *testing.T) {
			site := replay.New(t, replay.CloudSite)
			site.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == path {
					status(500, "oops")(w, r)
				}
				return r.URL.Path == path
			}
			store := newShelf()
			_, err := connectors.Sync(t.Context(), source(t, site), store, nil)
			checkTold(t, err, "500 Internal Server Error", path)
			site.Intercept = nil
			if _, err := connectors.Sync(t.Context(), source(t, site), store, nil); err != nil || len(store.tickets) != site.Issues {
				t.Errorf("err = %v with %d of %d issues afterwards", err, len(store.tickets), site.Issues)
			}
		})
	}
}

func TestEveryStoredCursorCanBeGoneOnFrom(t *testing.T) {
	for _, c := range []replay.Capture{replay.Server2017, replay.CloudSite} {
		t.Run(c.File, func(t *testing.T) {
			site := replay.New(t, c)
			whole := newShelf()
			small := func(o *jira.Options) { o.PageSize = 6 }
			if _, err := connectors.Sync(t.Context(), source(t, site, small), whole, nil); err != nil {
				t.Fatal(err)
			}
			for n := 0; n < len(whole.cursors); n += connectortest.Every() {
				checkGoingOn(t, site, small, n)
			}
		})
	}
}

// checkGoingOn stops a sync after page n and begins a new one there.
func checkGoingOn(t *testing.T, site *replay.Site, small func(*jira.Options), n int) {
	t.Helper()
	store := newShelf()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_, _ = connectors.Sync(ctx, source(t, site, small), store, func(p connectors.Progress) {
		if p.Pages == n+1 {
			stop()
		}
	})
	if _, err := connectors.Sync(t.Context(), source(t, site, small), store, nil); err != nil {
		t.Fatal(err)
	}
	if len(store.tickets) != site.Issues {
		t.Errorf("stopped after page %d: %d of %d issues", n+1, len(store.tickets), site.Issues)
	}
}

func TestAStoreThatCannotKeepAPageGetsItAgain(t *testing.T) {
	site := replay.New(t, replay.CloudSite)
	store := newShelf()
	store.fail = errors.New("disk full")
	if _, err := connectors.Sync(t.Context(), source(t, site), store, nil); err == nil {
		t.Fatal("the store's error is lost")
	}
	store.fail = nil
	if _, err := connectors.Sync(t.Context(), source(t, site), store, nil); err != nil || len(store.tickets) != site.Issues {
		t.Errorf("err = %v with %d of %d issues", err, len(store.tickets), site.Issues)
	}
}

func TestStoppingIsNoFault(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s := newStub(t, answers{"GET /rest/api/2/search/jql": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		stop()
		<-r.Context().Done()
	})})
	src, err := jira.New(options(s.URL, jira.Cloud))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pages(ctx, src, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
}
