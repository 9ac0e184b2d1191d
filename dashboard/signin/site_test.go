package signin

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store/sqlite"
)

const testKey = "a key of thirty-two bytes, or so"

// site is a dashboard that people sign in to: the real handler over the real
// store, with a page that tells who looks at it.
type site struct {
	t     *testing.T
	url   string
	store *sqlite.Store
	dir   *org.Directory
	logs  *observer.ObservedLogs

	transport http.RoundTripper // of browsers: trusts the site

	mu      sync.Mutex
	now     time.Time
	handler http.Handler
	changed int // requests that changed something
}

// seen is what the page tells.
type seen struct {
	Person, Name, Form string
	Admin              bool
	Scopes             []dashboard.Scope
}

func newSite(t *testing.T, change func(*Config, *site)) *site {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "fairlead.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	s := &site{t: t, store: st, now: time.Now().UTC(), dir: acme(t)}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serving().ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s.url, s.transport = server.URL, server.Client().Transport
	s.open(change)
	return s
}

// open makes the handler anew, as a restart, or another replica, does.
func (s *site) open(change func(*Config, *site)) *SignIn {
	s.t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	c := Config{URL: s.url, Key: []byte(testKey), Lasts: 24 * time.Hour, Local: true, Admins: []string{"lee"}, Public: []string{"/assets/"}, Styles: []string{"/assets/style.css"}}
	if change != nil {
		change(&c, s)
	}
	in, err := New(c, Surroundings{Store: s.store, Directory: func() *org.Directory { return s.dir }, Now: s.clock, Log: zap.New(core)})
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs, s.handler = logs, in.Handler(http.HandlerFunc(s.tell))
	return in
}

func (s *site) serving() http.Handler {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.handler
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *site) tell(w http.ResponseWriter, r *http.Request) {
	if changes(r) {
		s.mu.Lock()
		s.changed++
		s.mu.Unlock()
	}
	v := dashboard.ViewerOf(r.Context())
	told := seen{Person: v.Person, Name: v.Name, Admin: v.Admin, Form: dashboard.FormTokenOf(r.Context())}
	for _, one := range dashboard.Scopes() {
		if dashboard.Allows(r.Context(), one) {
			told.Scopes = append(told.Scopes, one)
		}
	}
	w.Header().Set("X-Page", r.URL.RequestURI())
	_ = json.NewEncoder(w).Encode(told)
}

// acme is where lee is EM, mina a member, pat a former member, and ed nobody's.
func acme(t *testing.T) *org.Directory {
	t.Helper()
	over := org.Span{To: time.Now().Add(-time.Hour)}
	dir, mistakes := org.New([]org.Person{
		{ID: "lee", Name: "Lee Park", Emails: []string{"lee@acme.example"}},
		{ID: "mina", Name: "Mina Osei", Emails: []string{"mina@acme.example", "m.osei@acme.example"}},
		{ID: "pat", Name: "Pat Roe", Emails: []string{"pat@acme.example"}, Roles: []org.Tenure{{Role: org.Engineer, Span: over}}},
	}, []org.Team{{ID: "payments", Name: "Payments", EMs: []org.Seat{{Person: "lee"}}, Members: []org.Seat{{Person: "mina"}}}}, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return dir
}

// browser is one person's, with a jar of cookies.
type browser struct {
	*http.Client
	t    *testing.T
	site *site
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{&http.Client{Transport: s.transport, Jar: jar, Timeout: 30 * time.Second}, s.t, s}
}

// answer is a page as it came.
type answer struct {
	*http.Response
	body string
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	resp, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp, string(body)}
}

func (b *browser) request(method, path string, form url.Values, headers ...string) *http.Request {
	b.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.site.url + path
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do(b.request("GET", path, nil, headers...))
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	return b.do(b.request("POST", path, form, headers...))
}

// sees is who the page at the path says looks at it; nobody where it does not
// get there.
func (b *browser) sees(path string, headers ...string) seen {
	b.t.Helper()
	a := b.get(path, headers...)
	var told seen
	if a.Header.Get("X-Page") == "" {
		return told
	}
	if err := json.Unmarshal([]byte(a.body), &told); err != nil {
		b.t.Fatal(err)
	}
	return told
}

// cookie is the value of the site's cookie of the name.
func (b *browser) cookie(name string) string {
	at, _ := url.Parse(b.site.url)
	for _, c := range b.Jar.Cookies(at) {
		if c.Name == "__Host-fairlead-"+name {
			return c.Value
		}
	}
	return ""
}

func (b *browser) setCookie(name, value string) {
	at, _ := url.Parse(b.site.url)
	b.Jar.SetCookies(at, []*http.Cookie{{Name: "__Host-fairlead-" + name, Value: value, Path: "/", Secure: true}})
}

// stays makes redirects show instead of being followed.
func (b *browser) stays() *browser {
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

// link makes a link for the person, as the command does.
func (s *site) link(person string) string {
	s.t.Helper()
	link, _, err := NewLink(s.t.Context(), s.store, s.url, person, s.clock())
	if err != nil {
		s.t.Fatal(err)
	}
	return link
}

// signedIn is a browser signed in with a link.
func (s *site) signedIn(person string) *browser {
	s.t.Helper()
	b := s.browser()
	b.follow(s.link(person), "/")
	return b
}

// follow opens a link and clicks its button.
func (b *browser) follow(link, next string) answer {
	b.t.Helper()
	page := b.get(link + "&" + url.Values{"next": {next}}.Encode())
	return b.post("/sign-in/token", url.Values{"t": {hidden(page.body, "t")}, "next": {hidden(page.body, "next")}})
}

// hidden is the value of a page's hidden field.
func hidden(page, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// title is the heading of a page.
func (a answer) title() string {
	m := regexp.MustCompile(`<h1>([^<]*)</h1>`).FindStringSubmatch(a.body)
	if m == nil {
		return fmt.Sprintf("status %d: %.100s", a.StatusCode, a.body)
	}
	return html.UnescapeString(m[1])
}

// expect fails unless the answer has the status and the words.
func (a answer) expect(t *testing.T, what string, status int, words string) {
	t.Helper()
	if a.StatusCode != status || !strings.Contains(a.body, words) {
		t.Errorf("%s: %d %q, want %d with %q", what, a.StatusCode, a.title(), status, words)
	}
}

// logged is everything that stands in the log.
func (s *site) logged() string {
	var b strings.Builder
	for _, e := range s.logs.All() {
		fmt.Fprintf(&b, "%s %v\n", e.Message, e.ContextMap())
	}
	return b.String()
}

// silent fails when the log holds one of the secrets.
func (s *site) silent(secrets ...string) {
	s.t.Helper()
	log := s.logged()
	for _, secret := range append(secrets, testKey) {
		if secret != "" && strings.Contains(log, secret) {
			s.t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
}
