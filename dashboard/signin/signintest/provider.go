// Package signintest is a real OpenID Connect provider for the tests of sign-in.
package signintest

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// What the provider knows the dashboard by, and everybody's password there.
const (
	ClientID     = "fairlead"
	ClientSecret = "the secret of the client"
	Password     = "very secure indeed"
)

// Provider is zitadel's OpenID Connect provider with its login form, in
// process.
type Provider struct {
	Issuer string
	Down   atomic.Bool  // it answers nobody
	Hits   atomic.Int32 // how often it was asked
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

// IDTokenLifetime is long: the provider goes by the clock of this machine, and the
// clock of the dashboard may stand in another year.
func (providerClient) IDTokenLifetime() time.Duration { return 100 * 365 * 24 * time.Hour }

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

// Account is somebody whom the provider knows.
type Account struct {
	Email      string
	Unverified bool     // the provider does not say that the address is theirs
	Groups     []string // claim groups
}

// New starts a provider with the accounts by their names there, for a dashboard at
// the address.
func New(t testing.TB, dashboardURL string, accounts map[string]Account) *Provider {
	t.Helper()
	logrus.SetOutput(io.Discard)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{Issuer: "http://" + l.Addr().String()}
	known, groups := users{}, map[string][]string{}
	for name, a := range accounts {
		known[name] = &storage.User{ID: name, Username: name, Password: Password, Email: a.Email, EmailVerified: !a.Unverified && a.Email != "", FirstName: "Anybody"}
		if a.Groups != nil {
			groups[name] = a.Groups
		}
	}
	kept := providerStorage{
		Storage: storage.NewStorageWithClients(known, map[string]*storage.Client{
			ClientID: storage.WebClient(ClientID, ClientSecret, dashboardURL+"/sign-in/callback"),
		}),
		signedOut: dashboardURL + "/signed-out", groups: groups,
	}
	provider := exampleop.SetupServer(p.Issuer, kept, slog.New(slog.DiscardHandler), false)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.Hits.Add(1)
		if p.Down.Load() {
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
