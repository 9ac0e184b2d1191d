package signin

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard/signin/signintest"
)

const (
	clientID     = signintest.ClientID
	clientSecret = signintest.ClientSecret
)

// accounts are those of the provider.
var accounts = map[string]signintest.Account{
	"lee":  {Email: "Lee@acme.example", Groups: []string{"everybody"}},
	"mina": {Email: "m.osei@acme.example"}, "pat": {Email: "pat@acme.example"}, "eve": {Email: "eve@elsewhere.example"},
	"root":   {Email: "mina@acme.example", Groups: []string{"everybody", "fairlead-admins"}},
	"unsure": {Email: "lee@acme.example", Unverified: true}, "mailless": {},
}

// withProvider is a site whose people sign in at the real provider.
func withProvider(t *testing.T, change func(*Config)) (*site, *signintest.Provider) {
	t.Helper()
	var p *signintest.Provider
	s := newSite(t, func(c *Config, s *site) {
		p = signintest.New(t, s.url, accounts)
		c.Local = false
		c.OIDC = &OIDC{Issuer: p.Issuer, ClientID: clientID, ClientSecret: clientSecret, Name: "Acme login", GroupsClaim: "groups", AdminGroup: "fairlead-admins"}
		if change != nil {
			change(c)
		}
	})
	return s, p
}

// loginForm opens the path and goes on to the provider's form.
func (b *browser) loginForm(path string) answer {
	b.t.Helper()
	page := b.get(path)
	m := regexp.MustCompile(`href="(/sign-in/oidc[^"]*)"`).FindStringSubmatch(page.body)
	if m == nil {
		b.t.Fatalf("%s offers no provider: %q", path, page.title())
	}
	return b.get(html.UnescapeString(m[1]))
}

// login fills in the provider's form; where redirects are not followed it stops
// at the way back.
func (b *browser) login(form answer, user string) answer {
	b.t.Helper()
	to := form.Request.URL.ResolveReference(&url.URL{Path: "/login/username"})
	return b.do(b.request("POST", to.String(), url.Values{"id": {hidden(form.body, "id")}, "username": {user}, "password": {signintest.Password}}))
}

// wayBack signs in at the provider and gives the address it sends the browser
// back to, without going there.
func (b *browser) wayBack(path, user string) *url.URL {
	b.t.Helper()
	form := b.loginForm(path)
	follow := b.CheckRedirect
	defer func() { b.CheckRedirect = follow }()
	var back *url.URL
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), b.site.url+"/sign-in/callback") {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	a := b.login(form, user)
	if back == nil {
		b.t.Fatalf("the provider does not send %s back: %q", user, a.body)
	}
	return back
}
