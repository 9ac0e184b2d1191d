package daemon

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard/signin"
	"github.com/fairlead-dev/fairlead/org"
)

// SignInPages is what sign-in has to know of the dashboard's own pages.
type SignInPages struct {
	// URL is where people open them; empty: as the configuration says.
	URL    string
	Public []string // beginnings of paths that nobody has to sign in for
	Styles []string // paths of style sheets
	Icon   string   // path of an icon
	// Guest is a person id whom everybody is taken for: for the demo alone.
	Guest string
	// Directory gives the people and teams as they are now; it is asked at every
	// request, from many goroutines. Nil: as they were when sign-in was prepared.
	Directory func() *org.Directory
	// Base carries requests to the login provider; nil: the network as it is.
	Base http.RoundTripper
}

// SignIn prepares who may open the dashboard, as the configuration says. It
// refuses an address that others than this machine reach where nobody has to
// sign in. Nothing is asked over the network yet.
func (f *Fairlead) SignIn(ctx context.Context, listen string, pages SignInPages) (*signin.SignIn, error) {
	c := signInConfig(&f.cfg().Dashboard)
	c.Guest, c.Public, c.Styles, c.Icon = pages.Guest, pages.Public, pages.Styles, pages.Icon
	if pages.URL != "" {
		c.URL = pages.URL
	}
	if err := signin.CheckListen(listen, c); err != nil {
		return nil, err
	}
	key, err := f.sessionKey(ctx)
	if err != nil {
		return nil, err
	}
	c.Key = key
	// Without any way to sign in there are links, which whoever runs fairlead on
	// this machine can make; CheckListen has seen to it that nobody else gets here.
	c.Local = c.Local || c.OIDC == nil && c.Proxy == nil
	directory := pages.Directory
	if directory == nil {
		now := f.cfg().Directory
		directory = func() *org.Directory { return now }
	}
	return signin.New(c, signin.Surroundings{Store: f.store, Directory: directory, Now: f.clock.Now, Log: f.log, HTTP: pages.Base})
}

// signInConfig is the dashboard's part of the configuration as sign-in wants it,
// without the key.
func signInConfig(d *config.Dashboard) signin.Config {
	c := signin.Config{URL: d.URL, Lasts: cmp.Or(d.SessionLasts, 24*time.Hour), // the demo has no dashboard in its configuration
		Local: d.SignIn.Local, Admins: d.Admins}
	if o := d.SignIn.OIDC; o.Issuer != "" {
		c.OIDC = &signin.OIDC{
			Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret.Reveal(), Name: o.Name, Scopes: o.Scopes,
			PersonClaim: o.PersonClaim, AcceptUnverifiedEmail: o.AcceptUnverifiedEmail, GroupsClaim: o.GroupsClaim, AdminGroup: o.AdminGroup,
		}
	}
	if p := d.SignIn.Proxy; p.Header != "" {
		c.Proxy = &signin.Proxy{Header: p.Header, From: p.From}
	}
	return c
}

// sessionKey is the configured one, or one that all who share the store have.
func (f *Fairlead) sessionKey(ctx context.Context) ([]byte, error) {
	if key := f.cfg().Dashboard.SessionKey; !key.IsZero() {
		return []byte(key.Reveal()), nil
	}
	kept, err := f.store.SharedSecret(ctx, "session key", rand.Text()+rand.Text())
	return []byte(kept), err
}
