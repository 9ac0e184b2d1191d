package signin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard/signin/signintest"
)

func TestSigningInAtAProvider(t *testing.T) {
	s, _ := withProvider(t, nil)
	b := s.browser()
	form := b.loginForm("/teams/payments?weeks=12")
	q := form.Request.Response.Request.URL.Query() // what the provider was asked, one redirect before
	for name, want := range map[string]string{"client_id": clientID, "response_type": "code", "code_challenge_method": "S256", "scope": "openid email profile", "redirect_uri": s.url + "/sign-in/callback"} {
		if got := q.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(name)) < 26 {
			t.Errorf("%s is only %q", name, q.Get(name))
		}
	}
	a := b.login(form, "mina")
	if got := a.Header.Get("X-Page"); got != "/teams/payments?weeks=12" {
		t.Fatalf("after signing in the browser is at %q: %s\n%s", got, a.title(), s.logged())
	}
	if got := b.sees("/"); got.Person != "mina" || got.Admin || got.Form == "" {
		t.Errorf("the page sees %+v", got)
	}
	if b.cookie("attempt") != "" || b.cookie("hint") == "" {
		t.Errorf("left are attempt %q and hint %q", b.cookie("attempt"), b.cookie("hint"))
	}
	s.silent(clientSecret, q.Get("state"), q.Get("nonce"), b.cookie("session"), b.cookie("hint"), "eyJ")
}

func TestWhoComesFromAProvider(t *testing.T) {
	s, _ := withProvider(t, nil)
	for _, c := range []struct {
		user, person string
		admin        bool
		words        string // of the page where nobody gets in
	}{
		{"lee", "lee", true, ""}, // by name, written in another case
		{"mina", "mina", false, ""},
		{"root", "mina", true, ""}, // by group
		{"eve", "", false, "Ask Lee Park to look at the people and teams."},
		{"pat", "", false, "Ask Lee Park to look at the people and teams."},
		{"unsure", "", false, "Your e-mail address is not verified"},
		{"mailless", "", false, "The login provider did not say who you are"},
	} {
		b := s.browser()
		a := b.login(b.loginForm("/"), c.user)
		got := b.sees("/")
		if got.Person != c.person || got.Admin != c.admin {
			t.Errorf("%s is seen as %+v, want %q, admin: %v", c.user, got, c.person, c.admin)
		}
		if c.words != "" {
			a.expect(t, c.user, 403, c.words)
		}
	}
}

func TestTheAdminGroupIsTheOneConfiguredNow(t *testing.T) {
	s, p := withProvider(t, nil)
	b := s.browser()
	b.login(b.loginForm("/"), "root")
	reopen := func(group string) {
		s.open(func(c *Config, _ *site) {
			c.Local = false
			c.OIDC = &OIDC{Issuer: p.Issuer, ClientID: clientID, ClientSecret: clientSecret, GroupsClaim: "groups", AdminGroup: group}
		})
	}
	for group, want := range map[string]bool{"fairlead-admins": true, "others": false, "": false} {
		reopen(group)
		if got := b.sees("/"); got.Person != "mina" || got.Admin != want {
			t.Errorf("with the group %q the page sees %+v, want admin: %v", group, got, want)
		}
	}
}

func TestPeopleAreFoundByAClaim(t *testing.T) {
	s, _ := withProvider(t, func(c *Config) { c.OIDC.PersonClaim = "preferred_username" })
	for user, want := range map[string]string{"unsure": "", "lee": "lee", "root": ""} {
		b := s.browser()
		b.login(b.loginForm("/"), user)
		if got := b.sees("/").Person; got != want {
			t.Errorf("%s is seen as %q, want %q", user, got, want)
		}
	}
}

func TestAnUnverifiedAddressCountsWhereItIsSaidSo(t *testing.T) {
	s, _ := withProvider(t, func(c *Config) { c.OIDC.AcceptUnverifiedEmail = true })
	b := s.browser()
	b.login(b.loginForm("/"), "unsure")
	if got := b.sees("/").Person; got != "lee" {
		t.Errorf("the page sees %q, want lee", got)
	}
}

func TestTheWayBackIsOnlyForWhoSetOut(t *testing.T) {
	s, _ := withProvider(t, nil)
	change := func(u *url.URL, name, value string) string {
		q := u.Query()
		if q.Set(name, value); value == "" {
			q.Del(name)
		}
		return s.url + "/sign-in/callback?" + q.Encode()
	}
	for _, c := range []struct {
		name string
		come func(b *browser, back *url.URL) answer
	}{
		{"without having set out", func(_ *browser, back *url.URL) answer { return s.browser().get(back.String()) }},
		{"with another's cookie", func(_ *browser, back *url.URL) answer {
			other := s.browser()
			other.loginForm("/")
			return other.get(back.String())
		}},
		{"with a state of somebody's own", func(b *browser, back *url.URL) answer { return b.get(change(back, "state", "forged")) }},
		{"without a state", func(b *browser, back *url.URL) answer { return b.get(change(back, "state", "")) }},
		{"with a code of somebody's own", func(b *browser, back *url.URL) answer { return b.get(change(back, "code", "forged")) }},
		{"without a code", func(b *browser, back *url.URL) answer { return b.get(change(back, "code", "")) }},
		{"from another provider", func(b *browser, back *url.URL) answer {
			return b.get(change(back, "iss", "https://login.evil.example"))
		}},
		{"with the provider's refusal", func(b *browser, back *url.URL) answer { return b.get(change(back, "error", "access_denied")) }},
		{"too late", func(b *browser, back *url.URL) answer { s.pass(attemptLasts); return b.get(back.String()) }},
		{"with a tampered cookie", func(b *browser, back *url.URL) answer {
			b.setCookie("attempt", b.cookie("attempt")[1:])
			return b.get(back.String())
		}},
		{"with a session in place of the cookie", func(b *browser, back *url.URL) answer {
			b.setCookie("attempt", sealed(t, newSealer([]byte(testKey), "session"), attempt{State: back.Query().Get("state"), Until: s.clock().Add(time.Hour).Unix()}))
			return b.get(back.String())
		}},
		{"with the code of another sign-in", func(b *browser, back *url.URL) answer {
			other := s.browser().wayBack("/", "lee")
			return b.get(change(back, "code", other.Query().Get("code"))) // PKCE
		}},
		{"with the nonce of another sign-in", func(b *browser, back *url.URL) answer {
			var a attempt
			s := newSealer([]byte(testKey), "attempt")
			s.open(b.cookie("attempt"), &a)
			a.Nonce = "forged"
			b.setCookie("attempt", sealed(t, s, a))
			return b.get(back.String())
		}},
		{"with no nonce", func(b *browser, back *url.URL) answer {
			var a attempt
			s := newSealer([]byte(testKey), "attempt")
			s.open(b.cookie("attempt"), &a)
			a.Nonce = ""
			b.setCookie("attempt", sealed(t, s, a))
			return b.get(back.String())
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := s.browser()
			back := b.wayBack("/", "mina")
			a := c.come(b, back)
			if a.StatusCode != http.StatusForbidden {
				t.Errorf("status %d at %s, want 403", a.StatusCode, a.Request.URL.Path)
			}
			if got := b.sees("/").Person; got != "" {
				t.Errorf("the page sees %q, want nobody", got)
			}
			s.silent(back.Query().Get("code"), back.Query().Get("state"))
		})
	}
	b := s.browser()
	if b.get(b.wayBack("/", "mina").String()); b.sees("/").Person != "mina" {
		t.Error("nobody gets in at all: this test shows nothing")
	}
}

func TestAWayBackIsTakenOnce(t *testing.T) {
	s, _ := withProvider(t, nil)
	b := s.browser()
	back := b.wayBack("/", "mina")
	attempt := b.cookie("attempt")
	b.get(back.String())
	thief := s.browser()
	thief.setCookie("attempt", attempt)
	thief.get(back.String()).expect(t, "the same way back, with the same cookie", 403, "Signing in came to nothing")
	b.get(back.String()).expect(t, "the button back", 403, "Signing in came to nothing")
	if got := b.sees("/").Person; got != "mina" {
		t.Errorf("the browser itself shows %q, want mina still", got)
	}
}

func TestAProviderThatIsDownKeepsNothingElseFromWorking(t *testing.T) {
	var p *signintest.Provider
	s := newSite(t, func(c *Config, s *site) {
		p = signintest.New(t, s.url, accounts)
		p.Down.Store(true)
		c.OIDC = &OIDC{Issuer: p.Issuer, ClientID: clientID, ClientSecret: clientSecret, Name: "Acme login"}
	})
	if p.Hits.Load() != 0 {
		t.Error("the provider is asked before anybody signs in")
	}
	if got := s.signedIn("mina").sees("/").Person; got != "mina" {
		t.Errorf("with a link the page sees %q, want mina", got)
	}
	b := s.browser()
	for range 3 {
		b.get("/sign-in/oidc").expect(t, "at the provider", 502, "Acme login could not be reached")
	}
	if got := p.Hits.Load(); got != 1 {
		t.Errorf("the provider is asked %d times within a moment, want once", got)
	}
	p.Down.Store(false)
	s.pass(askedAgainAfter)
	b.login(b.loginForm("/sign-in"), "mina")
	if got := b.sees("/").Person; got != "mina" {
		t.Errorf("when it is back the page sees %q, want mina", got)
	}
	// What it said is good for a while, and for longer when it is down again.
	asked := p.Hits.Load()
	p.Down.Store(true)
	b.stays().get("/sign-in/oidc").expect(t, "within the hour", 303, "")
	s.pass(foundLasts)
	b.get("/sign-in/oidc").expect(t, "after it, though it is down", 303, "")
	if got := p.Hits.Load() - asked; got != 1 {
		t.Errorf("it was asked %d times again, want once", got)
	}
}

func TestSigningOutAtTheProviderToo(t *testing.T) {
	s, p := withProvider(t, nil)
	b := s.browser()
	b.login(b.loginForm("/"), "mina")
	a := b.post("/sign-out", url.Values{"form_token": {b.sees("/").Form}})
	a.expect(t, "signing out", 200, "Sign out of Acme login too")
	to := strings.TrimPrefix(a.Header.Get("Refresh"), "0; url=")
	if !strings.HasPrefix(to, p.Issuer+"/end_session?") || !strings.Contains(to, "id_token_hint=eyJ") {
		t.Errorf("the browser goes on to %.200q", to)
	}
	end := b.get(to)
	end.expect(t, "the way through the provider", 200, "You are signed out")
	if got := end.Request.URL.String(); got != s.url+"/signed-out" {
		t.Errorf("it ends at %s, want %s/signed-out", got, s.url)
	}
	if b.cookie("hint") != "" || b.cookie("session") != "" {
		t.Error("cookies are left")
	}
	s.silent("eyJ")
}

func TestWhereToGoAfterSigningIn(t *testing.T) {
	for next, want := range map[string]string{
		"/": "/", "/teams/payments": "/teams/payments", "/findings?team=payments&age=2%2B&q=a/b:c": "/findings?team=payments&age=2%2B&q=a/b:c",
		"/a#b": "/a#b", "/%2f%2fevil.example": "/", "/findings?to=https://evil.example": "/findings?to=https://evil.example",
		"": "/", "teams": "/", "https://evil.example": "/", "HTTPS://evil.example/": "/", "//evil.example": "/", "///evil.example": "/",
		"/\\evil.example": "/", "\\\\evil.example": "/", "/\t/evil.example": "/", "/\n/evil.example": "/", "\t//evil.example": "/", "\u0020//evil.example": "/",
		"/%09/evil.example": "/%09/evil.example", "/%5cevil.example": "/", "javascript:alert(1)": "/", "/sign-in": "/", "/sign-in/oidc": "/", "/sign-out": "/",
		"/signed-out": "/", "/sign-in-and-more": "/sign-in-and-more", "http:/evil.example": "/", "//user@evil.example": "/", "/\u2028": "/", "/%zz": "/",
		"/a\x00b": "/", "/" + strings.Repeat("a", 2000): "/", "?next=/": "/", "#": "/", "/.//evil.example": "/.//evil.example",
	} {
		if got := localPath(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "/a?b=c", "//evil.example", "/\\evil.example", "/\t/x", "/.//x"} {
		f.Add(seed)
	}
	base, _ := url.Parse("https://fairlead.acme.example/sign-in")
	f.Fuzz(func(t *testing.T, next string) {
		to, err := base.Parse(localPath(next))
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || to.User != nil {
			t.Errorf("%q leads to %v, %v", next, to, err)
		}
	})
}

func TestAFalseNextLeadsHome(t *testing.T) {
	s, _ := withProvider(t, nil)
	b := s.browser()
	a := b.login(b.loginForm("/sign-in?next=https://evil.example/"), "mina")
	if got := a.Header.Get("X-Page"); got != "/" || a.Request.URL.Host == "evil.example" {
		t.Errorf("after signing in the browser is at %s", a.Request.URL)
	}
	l := newSite(t, nil)
	got := l.browser().follow(l.link("mina"), "//evil.example")
	if got.Header.Get("X-Page") != "/" {
		t.Errorf("after a link the browser is at %s", got.Request.URL)
	}
	if a := l.signedIn("mina").stays().get("/sign-in?next=//evil.example"); a.Header.Get("Location") != "/" {
		t.Errorf("somebody signed in is sent to %q", a.Header.Get("Location"))
	}
}
