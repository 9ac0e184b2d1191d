package signin

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// OIDC is an OpenID Connect provider.
type OIDC struct {
	Issuer       string // as the provider names itself
	ClientID     string
	ClientSecret string   // empty: a public client
	Name         string   // what people call it
	Scopes       []string // beside openid, email and profile
	PersonClaim  string   // holds the person id; empty: people are found by e-mail
	// AcceptUnverifiedEmail says that an address counts which the provider does
	// not call verified.
	AcceptUnverifiedEmail bool
	GroupsClaim           string
	AdminGroup            string // empty: no group makes an admin
}

const (
	providerWithin = 10 * time.Second // each request
	answerAtMost   = 1 << 20
	// askedAgainAfter keeps a provider that is down from being asked for each
	// click, and foundLasts lets it move its addresses.
	askedAgainAfter = 2 * time.Second
	foundLasts      = time.Hour
)

// provider finds out what the provider offers when it is first needed, and
// again when it did not answer.
type provider struct {
	OIDC
	callback string
	client   *http.Client

	mu    sync.Mutex
	found *found
	asked time.Time
	err   error // what came of asking last
}

// found is what a provider says about itself.
type found struct {
	*oidc.Provider
	login      oauth2.Config
	endSession string // where it signs out; empty: it does not offer that
}

func newProvider(c OIDC, dashboardURL string, network http.RoundTripper) *provider {
	if network == nil {
		network = http.DefaultTransport
	}
	return &provider{
		OIDC: c, callback: dashboardURL + "/sign-in/callback",
		client: &http.Client{Transport: bounded{network}, Timeout: providerWithin},
	}
}

// bounded reads no more of an answer than makes sense.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, answerAtMost), resp.Body}
	}
	return resp, err
}

// context carries the client that requests to the provider go through.
func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// find gives what the provider says about itself.
func (p *provider) find(ctx context.Context, now time.Time) (*found, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil && now.Sub(p.asked) < foundLasts {
		return p.found, nil
	}
	if p.err != nil && now.Sub(p.asked) < askedAgainAfter {
		return nil, p.err
	}
	fresh, err := p.ask(context.WithoutCancel(ctx)) // others wait for it too
	p.asked, p.err = now, err
	if err == nil {
		p.found = fresh
	}
	if p.found == nil {
		return nil, err
	}
	return p.found, nil
}

func (p *provider) ask(ctx context.Context) (*found, error) {
	told, err := oidc.NewProvider(p.context(ctx), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask %s what it offers: %w", p.Issuer, err)
	}
	var more struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := told.Claims(&more); err != nil {
		return nil, fmt.Errorf("ask %s what it offers: %w", p.Issuer, err)
	}
	return &found{
		Provider: told, endSession: encrypted(more.EndSession),
		login: oauth2.Config{
			ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: told.Endpoint(), RedirectURL: p.callback,
			Scopes: append([]string{oidc.ScopeOpenID, "email", "profile"}, p.Scopes...),
		},
	}, nil
}

// encrypted is the address if it has https, or is this machine's; empty otherwise.
func encrypted(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return ""
	}
	return address
}

// signOutAt is where the provider signs somebody out; empty when it offers no
// such thing, or does not answer.
func (p *provider) signOutAt(ctx context.Context, dashboardURL, idToken string, now time.Time) string {
	f, err := p.find(ctx, now)
	if err != nil || f.endSession == "" {
		return ""
	}
	return signOutAddress(f.endSession, dashboardURL, p.ClientID, idToken)
}
