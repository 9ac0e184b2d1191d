package signin

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sirupsen/logrus"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	clientID     = "fairlead"
	clientSecret = "the secret of the client"
	password     = "very secure indeed"
)

// realProvider is zitadel's OpenID Connect provider with its login form, in
// process.
type realProvider struct {
	issuer string
	down   atomic.Bool
	hits   atomic.Int32
}

// users are those of the provider, by their names there.
type users map[string]*storage.User

func (u users) GetUserByID(id string) *storage.User         { return u[id] }
func (u users) GetUserByUsername(name string) *storage.User { return u[name] }
func (users) ExampleClientID() string                       { return storage.ServiceUserID }

// providerStorage adds what the example leaves out: groups, and where to go
// after signing out.
type providerStorage struct {
	*storage.Storage
	signedOut string
	groups    map[string][]string
}

type providerClient struct {
	op.Client
	signedOut string
}

func (c providerClient) PostLogoutRedirectURIs() []string { return []string{c.signedOut} }

func (s providerStorage) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := s.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return providerClient{c, s.signedOut}, nil
}

func (s providerStorage) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, origin string) error {
	if err := s.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin); err != nil {
		return err
	}
	if groups := s.groups[info.Subject]; groups != nil {
		info.AppendClaims("groups", groups)
	}
	return nil
}

func newRealProvider(t *testing.T, dashboardURL string) *realProvider {
	t.Helper()
	logrus.SetOutput(io.Discard)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &realProvider{issuer: "http://" + l.Addr().String()}
	known := users{}
	for name, email := range map[string]string{"lee": "Lee@acme.example", "mina": "m.osei@acme.example", "pat": "pat@acme.example", "eve": "eve@elsewhere.example", "root": "mina@acme.example"} {
		known[name] = &storage.User{ID: name, Username: name, Password: password, Email: email, EmailVerified: true, FirstName: "Anybody"}
	}
	known["unsure"] = &storage.User{ID: "unsure", Username: "unsure", Password: password, Email: "lee@acme.example"}
	known["mailless"] = &storage.User{ID: "mailless", Username: "mailless", Password: password}
	kept := providerStorage{
		Storage: storage.NewStorageWithClients(known, map[string]*storage.Client{
			clientID: storage.WebClient(clientID, clientSecret, dashboardURL+"/sign-in/callback"),
		}),
		signedOut: dashboardURL + "/signed-out", groups: map[string][]string{"root": {"everybody", "fairlead-admins"}, "lee": {"everybody"}},
	}
	provider := exampleop.SetupServer(p.issuer, kept, slog.New(slog.DiscardHandler), false)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.hits.Add(1)
		if p.down.Load() {
			http.Error(w, "down for a while", http.StatusServiceUnavailable)
			return
		}
		provider.ServeHTTP(w, r)
	}))
	_ = server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// withProvider is a site whose people sign in at the real provider.
func withProvider(t *testing.T, change func(*Config)) (*site, *realProvider) {
	t.Helper()
	var p *realProvider
	s := newSite(t, func(c *Config, s *site) {
		p = newRealProvider(t, s.url)
		c.Local = false
		c.OIDC = &OIDC{Issuer: p.issuer, ClientID: clientID, ClientSecret: clientSecret, Name: "Acme login", GroupsClaim: "groups", AdminGroup: "fairlead-admins"}
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
	return b.do(b.request("POST", to.String(), url.Values{"id": {hidden(form.body, "id")}, "username": {user}, "password": {password}}))
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
