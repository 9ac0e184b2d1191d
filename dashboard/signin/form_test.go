package signin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
)

func TestAChangeComesFromAPageOfTheSameSession(t *testing.T) {
	s := newSite(t, nil)
	mina, lee := s.signedIn("mina"), s.signedIn("lee")
	own, another, others := mina.sees("/").Form, mina.sees("/").Form, lee.sees("/").Form
	if own == another {
		t.Error("two pages carry the same token")
	}
	old := s.signedIn("mina")
	before := old.sees("/").Form
	old.follow(s.link("mina"), "/")
	for _, c := range []struct {
		name    string
		who     *browser
		form    url.Values
		headers []string
		status  int
		words   string
	}{
		{"in the form", mina, url.Values{"form_token": {own}}, nil, 200, "mina"},
		{"of another page of the session", mina, url.Values{"form_token": {another}}, nil, 200, "mina"},
		{"in the header", mina, nil, []string{dashboard.FormTokenHeader, own}, 200, "mina"},
		{"with a browser's own word that it is the same site", mina, url.Values{"form_token": {own}}, []string{"Sec-Fetch-Site", "same-origin"}, 200, "mina"},
		{"missing", mina, url.Values{}, nil, 403, "Nothing was changed"},
		{"empty", mina, url.Values{"form_token": {""}}, nil, 403, "Nothing was changed"},
		{"wrong", mina, url.Values{"form_token": {own[:len(own)-2] + "AA"}}, nil, 403, "Nothing was changed"},
		{"cut short", mina, url.Values{"form_token": {own[:20]}}, nil, 403, "Nothing was changed"},
		{"somebody else's", mina, url.Values{"form_token": {others}}, nil, 403, "Nothing was changed"},
		{"of the session before", old, url.Values{"form_token": {before}}, nil, 403, "Nothing was changed"},
		{"wrong in the header, right in the form", mina, url.Values{"form_token": {own}}, []string{dashboard.FormTokenHeader, "x"}, 403, "Nothing was changed"},
		{"in the address", mina, nil, []string{"X-Other", own}, 403, "Nothing was changed"},
		{"from another site", mina, url.Values{"form_token": {own}}, []string{"Sec-Fetch-Site", "cross-site"}, 403, "This came from another site"},
		{"from another host of the same site", mina, url.Values{"form_token": {own}}, []string{"Sec-Fetch-Site", "same-site"}, 403, "This came from another site"},
		{"from another origin", mina, url.Values{"form_token": {own}}, []string{"Origin", "https://evil.example"}, 403, "This came from another site"},
		{"signed out", s.browser(), url.Values{"form_token": {own}}, nil, 401, "You are not signed in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := s.changed
			path := "/findings/1/answer"
			if c.name == "in the address" {
				path += "?form_token=" + own
			}
			c.who.post(path, c.form, c.headers...).expect(t, "the change", c.status, c.words)
			if got, want := s.changed-before, map[bool]int{true: 1}[c.status == 200]; got != want {
				t.Errorf("%d changes were made, want %d", got, want)
			}
		})
	}
	s.silent(own, another, others)
}

func TestEveryMethodThatIsNoReadingNeedsTheToken(t *testing.T) {
	s := newSite(t, nil)
	b := s.signedIn("mina")
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "PROPFIND", "post"} {
		if a := b.do(b.request(method, "/findings", nil)); a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d, want 403", method, a.StatusCode)
		}
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		if a := b.do(b.request(method, "/findings", nil)); a.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d, want 200", method, a.StatusCode)
		}
	}
}

func TestAFormThatIsTooLargeChangesNothing(t *testing.T) {
	s := newSite(t, nil)
	b := s.signedIn("mina")
	form := url.Values{"form_token": {b.sees("/").Form}, "text": {strings.Repeat("x", bodyAtMost)}}
	b.post("/rules", form).expect(t, "a large form", 403, "Nothing was changed")
	if s.changed != 0 {
		t.Errorf("%d changes were made, want none", s.changed)
	}
}

func TestSignInPagesAreKeptClosed(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/sign-in", "/sign-in/token?t=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&next=%22%3E%3Cb%3E", "/signed-out", "/sign-in/oidc", "/sign-in/callback?error=%3Cscript%3E"} {
		a := s.browser().get(path)
		for header, want := range map[string]string{
			"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Content-Type": "text/html; charset=utf-8",
		} {
			if got := a.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", path, header, got, want)
			}
		}
		if strings.Contains(a.body, "<script") || strings.Contains(a.body, "<b>") || strings.Contains(a.body, "style=") {
			t.Errorf("%s: markup comes through:\n%s", path, a.body)
		}
		if !strings.Contains(a.body, `<link rel="stylesheet" href="/assets/style.css">`) || !strings.Contains(a.body, `<html lang="en-GB">`) {
			t.Errorf("%s: the page has no style or no language:\n%s", path, a.body)
		}
	}
}

func TestWhoIsAskedToSignIn(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser().stays()
	for _, c := range []struct {
		name, method, path string
		headers            []string
		status             int
		want               string // where to, or what it says
	}{
		{"a page", "GET", "/teams/payments", nil, 303, "/sign-in?next=%2Fteams%2Fpayments"},
		{"the first page", "GET", "/", nil, 303, "/sign-in"},
		{"a form", "POST", "/teams/payments", nil, 401, "You are not signed in"},
		{"the API", "GET", "/api/v1/findings", nil, 401, `"title":"You are not signed in"`},
		{"a script", "GET", "/teams", []string{"Accept", "application/json"}, 401, `"status":401`},
		{"a style sheet", "GET", "/assets/style.css", nil, 200, `"Person":""`},
		{"what looks like one and changes something", "POST", "/assets/style.css", nil, 401, "You are not signed in"},
		{"what begins like one", "GET", "/assets/../teams", nil, 307, "/teams"},
		{"an encoded way out of the styles", "GET", "/assets/..%2fteams", nil, 303, "/sign-in"},
	} {
		a := b.do(b.request(c.method, c.path, nil, c.headers...))
		got := a.body
		if to := a.Header.Get("Location"); to != "" {
			got = to
		}
		if a.StatusCode != c.status || !strings.Contains(got, c.want) {
			t.Errorf("%s: %d %.120q, want %d with %q", c.name, a.StatusCode, got, c.status, c.want)
		}
	}
}

func TestTheGuestIsOnlyForThisMachine(t *testing.T) {
	s := newSite(t, func(c *Config, _ *site) { c.Guest = "lee" })
	b := s.browser()
	if got := b.sees("/teams"); got.Person != "lee" || got.Form == "" {
		t.Errorf("the guest is %+v, want lee with a form token", got)
	}
	form := url.Values{"form_token": {b.sees("/").Form}}
	b.post("/findings", form).expect(t, "a change by the guest", 200, "lee")
	b.post("/findings", nil).expect(t, "a change without the token", 403, "Nothing was changed")
	r := b.request("GET", "/", nil)
	r.Host = "evil.example"
	if a := b.do(r); a.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("under another name: status %d, want 421", a.StatusCode)
	}
}
