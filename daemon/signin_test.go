package daemon

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
)

// withDashboard opens a configuration whose dashboard has the lines.
func withDashboard(t *testing.T, dir, lines string, clock Clock) *Fairlead {
	t.Helper()
	text := "sources: [{jira: https://j.acme.example, token: \"${TOKEN}\", projects: [PAY]}]\norg: org.yaml\n"
	if lines != "" {
		text += "dashboard: " + lines + "\n"
	}
	people := "people: [{id: lee, email: lee@acme.example}, {id: mina}, {id: pat, role: engineer, to: 2026-01-31}]\nteams: [{id: payments, em: lee, members: [mina]}]\n"
	for name, content := range map[string]string{"fairlead.yaml": text, "org.yaml": people} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"TOKEN": "t", "KEY": strings.Repeat("k", 32), "CLIENT": "s3cr3t"}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), cfg, Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// whoIsThere is a page that says who looks at it.
func whoIsThere(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, "this is "+dashboard.ViewerOf(r.Context()).Person)
}

func serving(t *testing.T, f *Fairlead) string {
	t.Helper()
	in, err := f.SignIn(t.Context(), f.cfg().Dashboard.Listen, SignInPages{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(in.Handler(http.HandlerFunc(whoIsThere)))
	t.Cleanup(server.Close)
	return server.URL
}

func TestALinkOfTheCommandOpensTheDashboard(t *testing.T) {
	clock, dir := &handClock{monday.AddDate(0, 0, 1)}, t.TempDir()
	f := withDashboard(t, dir, "{}", clock)
	at := serving(t, f)
	made, err := f.SignInLink(t.Context(), "lee")
	if err != nil {
		t.Fatal(err)
	}
	link, err := url.Parse(made.Link)
	if err != nil || !strings.HasPrefix(made.Link, "http://127.0.0.1:8080/sign-in/token?t=") || !made.Expires.Equal(clock.at.Add(15*time.Minute)) {
		t.Fatalf("the link is %+v, %v", made, err)
	}
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	page := fetch(t, browser, http.MethodPost, at+"/sign-in/token", "", url.Values{"t": {link.Query().Get("t")}})
	if page != "this is lee" {
		t.Errorf("the page says %q, want that it is lee", page)
	}
	// Another replica over the same store knows the session.
	other := withDashboard(t, dir, "{}", clock)
	if page := fetchWith(t, jar, at, serving(t, other)); page != "this is lee" {
		t.Errorf("another replica says %q, want that it is lee", page)
	}
	if err := other.SignOutEverywhere(t.Context(), "lee"); err != nil {
		t.Fatal(err)
	}
	if page := fetch(t, browser, http.MethodGet, at, "", nil); strings.Contains(page, "this is") {
		t.Errorf("signed out everywhere, the page says %q", page)
	}
}

// fetchWith opens a page at one address with the cookies of another.
func fetchWith(t *testing.T, jar http.CookieJar, from, at string) string {
	t.Helper()
	u, _ := url.Parse(from)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range jar.Cookies(u) {
		r.AddCookie(c)
	}
	return body(t, http.DefaultClient, r)
}

func fetch(t *testing.T, c *http.Client, method, at, bearer string, form url.Values) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if r.Header.Set("Content-Type", "application/x-www-form-urlencoded"); bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	return body(t, c, r)
}

func body(t *testing.T, c *http.Client, r *http.Request) string {
	t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTokensOfTheAPI(t *testing.T) {
	clock := &handClock{monday.AddDate(0, 0, 1)}
	f := withDashboard(t, t.TempDir(), "{session_key: \"${KEY}\"}", clock)
	at := serving(t, f)
	made, err := f.NewAPIToken(t.Context(), "lee", "weekly sheet", []string{"answer", "read"}, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, http.DefaultClient, http.MethodGet, at+"/api/v1/findings", made.Token, nil); got != "this is lee" {
		t.Errorf("the API says %q, want that it is lee", got)
	}
	all, err := f.APITokens(t.Context())
	if err != nil || len(all) != 1 || all[0].Token != "" || all[0].ID != made.ID || strings.Join(all[0].Scopes, " ") != "read answer" || all[0].Expired {
		t.Errorf("listed are %+v, %v", all, err)
	}
	clock.at = clock.at.Add(24 * time.Hour)
	if all, _ := f.APITokens(t.Context()); len(all) != 1 || !all[0].Expired {
		t.Errorf("a day later listed are %+v", all)
	}
	clock.at = clock.at.Add(-time.Hour)
	if err := f.RevokeAPIToken(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, http.DefaultClient, http.MethodGet, at+"/api/v1/findings", made.Token, nil); !strings.Contains(got, "This token does not count") {
		t.Errorf("revoked, the API says %q", got)
	}
}

func TestWhatCannotBeMadeIsSaid(t *testing.T) {
	clock := &handClock{monday.AddDate(0, 0, 1)}
	const oidc = "{sign_in: {oidc: {issuer: https://l.example, client_id: f, client_secret: \"${CLIENT}\"}}}"
	for _, c := range []struct {
		name, lines string
		make        func(ctx context.Context, f *Fairlead) error
		want        string // part of what is said; empty: nothing
	}{
		{"a link where there is no dashboard", "", linkFor("lee"), "there is no dashboard to sign in to"},
		{"a link where people sign in at a provider", oidc, linkFor("lee"), "people do not sign in with links here"},
		{"a link beside a provider", strings.Replace(oidc, "{oidc", "{local: true, oidc", 1), linkFor("lee"), ""},
		{"a link to nowhere", "{listen: 127.0.0.1:0}", linkFor("lee"), "nothing says where people open the dashboard"},
		{"a link for nobody", "{}", linkFor("lea"), `did you mean "lee"?`},
		{"a link for who left", "{}", linkFor("pat"), "pat has no place in the organisation today"},
		{"a token for who left", "{}", tokenFor("pat", 1, "read"), "pat has no place in the organisation today"},
		{"a token for nothing", "{}", tokenFor("lee", 1), "may do nothing"},
		{"a token for what there is not", "{}", tokenFor("lee", 1, "reed"), `did you mean "read"?`},
		{"a token for ever", "{}", tokenFor("lee", 367, "read"), "1 to 366 days"},
		{"a token for no time", "{}", tokenFor("lee", 0, "read"), "1 to 366 days"},
		{"an unknown token is not revoked", "{}", func(ctx context.Context, f *Fairlead) error { return f.RevokeAPIToken(ctx, "x") }, `no token has the id "x"`},
		{"nobody is signed out", "{}", func(ctx context.Context, f *Fairlead) error { return f.SignOutEverywhere(ctx, "x") }, "the directory has no such person"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.make(t.Context(), withDashboard(t, t.TempDir(), c.lines, clock))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !IsRequestMistake(err)) {
				t.Errorf("err = %v, want a request's mistake with %q", err, c.want)
			}
		})
	}
}

func linkFor(person string) func(context.Context, *Fairlead) error {
	return func(ctx context.Context, f *Fairlead) error { _, err := f.SignInLink(ctx, person); return err }
}

func tokenFor(person string, days int, scopes ...string) func(context.Context, *Fairlead) error {
	return func(ctx context.Context, f *Fairlead) error {
		_, err := f.NewAPIToken(ctx, person, "", scopes, time.Duration(days)*24*time.Hour)
		return err
	}
}

func TestTheDashboardIsNotShownToOthersWithoutSignIn(t *testing.T) {
	f := withDashboard(t, t.TempDir(), "{}", &handClock{monday})
	for _, c := range []struct {
		listen string
		pages  SignInPages
		want   string
	}{
		{"127.0.0.1:0", SignInPages{}, ""},
		{"127.0.0.1:0", SignInPages{Guest: "lee"}, ""},
		{":8080", SignInPages{}, "nobody has to sign in"},
		{":8080", SignInPages{Guest: "lee", URL: "https://f.acme.example"}, "everybody who reaches it would be lee"},
	} {
		_, err := f.SignIn(t.Context(), c.listen, c.pages)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("at %s with the guest %q: %v, want %q in it", c.listen, c.pages.Guest, err, c.want)
		}
	}
}

func TestTheKeyOfSessionsIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	key := func(f *Fairlead) string {
		t.Helper()
		got, err := f.sessionKey(t.Context())
		if err != nil || len(got) < 32 {
			t.Fatalf("the key has %d bytes, %v", len(got), err)
		}
		return string(got)
	}
	first := key(withDashboard(t, dir, "{}", &handClock{monday}))
	if again := key(withDashboard(t, dir, "{}", &handClock{monday})); again != first {
		t.Error("opened again, the key is another")
	}
	if configured := key(withDashboard(t, dir, "{session_key: \"${KEY}\"}", &handClock{monday})); configured != strings.Repeat("k", 32) {
		t.Error("the configured key is not taken")
	}
}
