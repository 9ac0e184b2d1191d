package signin

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/store"
)

// token makes a token of the API, as the command does.
func (s *site) token(person string, scopes ...string) string {
	s.t.Helper()
	token, hash := NewAPIToken()
	err := s.store.AddAPIToken(s.t.Context(), store.APIToken{
		ID: hash[:8], Hash: hash, Person: person, Scopes: scopes, Made: s.clock(), Expires: s.clock().Add(time.Hour),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

func TestWhatATokenMayDo(t *testing.T) {
	s := newSite(t, nil)
	for _, c := range []struct {
		name   string
		token  string
		method string
		status int
		words  string
	}{
		{"read with read", s.token("lee", "read"), "GET", 200, `"Person":"lee"`},
		{"change with read", s.token("lee", "read"), "POST", 403, "This token may not do that"},
		{"change with answer, without a form", s.token("mina", "read", "answer"), "POST", 200, `"Person":"mina"`},
		{"change with configure", s.token("lee", "configure"), "PUT", 200, `"Scopes":["configure"]`},
		{"read with answer alone", s.token("lee", "answer"), "GET", 403, "This token may not do that"},
		{"read with metrics, which its page looks at", s.token("lee", "metrics"), "GET", 200, `"Scopes":["metrics"]`},
		{"change with metrics", s.token("lee", "metrics"), "POST", 403, "This token may not do that"},
		{"read with nothing", s.token("lee"), "GET", 403, "This token may not do that"},
		{"read with what there is not", s.token("lee", "everything"), "GET", 403, "This token may not do that"},
		{"read for who left", s.token("pat", "read"), "GET", 403, "may see nothing here"},
		{"read for who is nobody", s.token("eve", "read"), "GET", 403, "may see nothing here"},
		{"read with what nobody made", "fairlead_" + strings.Repeat("A", 52), "GET", 401, "This token does not count"},
		{"read with the hash", Hash(s.token("lee", "read")), "GET", 401, "This token does not count"},
		{"read with no token", "", "GET", 401, "This token does not count"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := s.browser()
			a := b.do(b.request(c.method, "/api/v1/findings", nil, "Authorization", "Bearer "+c.token))
			a.expect(t, "the API", c.status, c.words)
			if c.status != 200 && (a.Header.Get("Content-Type") != "application/problem+json" || a.Header.Get("WWW-Authenticate") == "") {
				t.Errorf("headers are %v", a.Header)
			}
			s.silent(c.token)
		})
	}
}

func TestATokenKnowsWhoAndWhatForAndNoForm(t *testing.T) {
	s := newSite(t, nil)
	token := s.token("lee", "read", "answer")
	got := s.browser().sees("/api/v1/findings", "Authorization", "bearer "+token)
	if got.Person != "lee" || !got.Admin || got.Form != "" || !slices.Equal(got.Scopes, []dashboard.Scope{"read", "answer"}) {
		t.Errorf("the API sees %+v", got)
	}
}

func TestATokenExpires(t *testing.T) {
	s := newSite(t, nil)
	token := s.token("lee", "read")
	s.pass(time.Hour - time.Second)
	if got := s.browser().sees("/", "Authorization", "Bearer "+token); got.Person != "lee" {
		t.Errorf("a second before, the API sees %+v", got)
	}
	s.pass(time.Second)
	if got := s.browser().sees("/", "Authorization", "Bearer "+token); got.Person != "" {
		t.Errorf("after its hour the API sees %+v", got)
	}
}

func TestATokenThatDoesNotCountIsNotHelpedByACookie(t *testing.T) {
	s := newSite(t, nil)
	b := s.signedIn("lee")
	b.get("/", "Authorization", "Bearer fairlead_x").expect(t, "with a cookie", 401, "This token does not count")
	b.get("/", "Authorization", "Bearer "+s.token("lee", "read"), "Authorization", "Bearer fairlead_x").expect(t, "two tokens", 401, "This token does not count")
	if got := b.sees("/", "Authorization", "Basic bGVlOmxlZQ=="); got.Person != "lee" {
		t.Errorf("another kind of authorisation, which is nobody's here, hides the cookie: %+v", got)
	}
	// A token is no way to sign out a browser, or in.
	b.post("/sign-out", nil, "Authorization", "Bearer "+s.token("lee", "read", "answer", "configure")).expect(t, "signing out with a token", 403, "earlier session")
}

func TestAPageOfAnotherSiteSendsNoToken(t *testing.T) {
	s := newSite(t, nil)
	token := s.token("lee", "answer")
	// A browser asks first, with OPTIONS, which does not carry the token.
	s.browser().stays().do(s.browser().request("OPTIONS", "/api/v1/findings", nil, "Origin", "https://evil.example", "Access-Control-Request-Headers", "authorization")).
		expect(t, "the question", 401, "You are not signed in")
	s.browser().post("/api/v1/findings", url.Values{}, "Authorization", "Bearer "+token, "Origin", "https://tool.example").expect(t, "a program that says where it is from", 200, "lee")
}
