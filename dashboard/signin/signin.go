// Package signin finds out who looks at the dashboard: by an OpenID Connect
// provider, by a reverse proxy that names people in a header, by links that let
// somebody in once, or by a token of the API. It keeps a browser signed in with a
// sealed cookie, and sees to it that changes come from a page of the same session.
//
// What somebody may see and change is not decided here: dashboard.AccessOf works
// it out from the directory at every request. There are no passwords, and nobody
// registers: who is not in the directory is told whom to ask.
package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/org"
)

// Config says how people sign in.
type Config struct {
	// URL is where people open the dashboard: https and the host, or plain http on
	// this machine alone. Cookies are kept from plain http where it is https.
	URL string
	// Key is what cookies are sealed with, at least 32 bytes; all processes that
	// serve the dashboard have the same.
	Key []byte
	// Lasts is how long a session lasts at the most. Who does nothing for a third
	// of it is signed out too.
	Lasts time.Duration
	OIDC  *OIDC  // nil: no provider
	Proxy *Proxy // nil: no header counts
	Local bool   // links let people in
	// Guest is a person id whom everybody is taken for who is not signed in
	// otherwise: for the demo, and only on this machine.
	Guest  string
	Admins []string // person ids
	// Public are beginnings of paths that nobody has to sign in for: the pages'
	// styles and scripts.
	Public []string
	Styles []string // paths of style sheets for the pages of this package
	Icon   string   // path of their icon; empty: none
}

// Proxy is a reverse proxy that signs people in.
type Proxy struct {
	Header string         // holds the e-mail address
	From   []netip.Prefix // where the proxy connects from
}

// Tokens keeps links that let somebody in once, by their hash.
type Tokens interface {
	AddToken(ctx context.Context, hash, person string, expires time.Time) error
	// TakeToken uses a token up and says whose it was; empty when there is none.
	// Of several who take one at once, one gets it.
	TakeToken(ctx context.Context, hash string, now time.Time) (person string, err error)
}

// Store is what sign-in has to remember.
type Store interface {
	Tokens
	// Spend notes that an id is used up, and whether it was not so before.
	Spend(ctx context.Context, id string, now, until time.Time) (first bool, err error)
	Spent(ctx context.Context, id string) (bool, error)
	// Epoch counts how often somebody was signed out everywhere.
	Epoch(ctx context.Context, person string) (int, error)
	NextEpoch(ctx context.Context, person string) (int, error)
	// APITokenOwner says whose token of the API has the hash, and what it may be
	// used for; the person is empty when there is none, or no longer.
	APITokenOwner(ctx context.Context, hash string, now time.Time) (person string, scopes []string, err error)
}

// Surroundings are what sign-in works with.
type Surroundings struct {
	Store     Store
	Directory func() *org.Directory // as it is now; asked at every request
	Now       func() time.Time
	Log       *zap.Logger
	HTTP      http.RoundTripper // carries requests to the provider; nil: the network as it is
}

// SignIn signs people in and out.
type SignIn struct {
	Surroundings
	cfg      Config
	cookies  cookies
	attempts sealer // what a browser takes along to the provider and back
	sessions sealer
	hints    sealer // ID tokens, to be shown when somebody signs out
	forms    formTokens
	provider *provider // nil: none
	limit    *limiter
	origins  *http.CrossOriginProtection
}

// New prepares sign-in. Nothing is asked over the network yet: a provider that
// does not answer keeps nothing else from starting.
func New(c Config, s Surroundings) (*SignIn, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && !isLoopback(u.Hostname()) {
		return nil, fmt.Errorf("sign-in at %q: an address with https is wanted, or one of this machine", c.URL)
	}
	if len(c.Key) < 32 {
		return nil, errors.New("sign-in: the key of sessions has less than 32 bytes")
	}
	if c.Lasts < time.Minute {
		return nil, fmt.Errorf("sign-in: sessions of %s are too short", c.Lasts)
	}
	in := &SignIn{
		Surroundings: s, cfg: c, cookies: cookiesAt(u), limit: newLimiter(),
		attempts: newSealer(c.Key, "attempt"), sessions: newSealer(c.Key, "session"), hints: newSealer(c.Key, "id token"),
		forms: newFormTokens(c.Key), origins: http.NewCrossOriginProtection(),
	}
	in.Log = s.Log.With(zap.String("component", "sign-in"))
	if c.OIDC != nil {
		in.provider = newProvider(*c.OIDC, c.URL, s.HTTP)
	}
	if err := in.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return nil, fmt.Errorf("sign-in at %q: %w", c.URL, err)
	}
	return in, nil
}

// route is one of the paths that belong to sign-in.
type route struct {
	pattern string
	serve   http.HandlerFunc
}

func (s *SignIn) routes() []route {
	return []route{
		{"GET /sign-in", s.showSignIn},
		{"GET /sign-in/oidc", s.toProvider},
		{"GET /sign-in/callback", s.fromProvider},
		{"GET /sign-in/token", s.showLink},
		{"POST /sign-in/token", s.takeLink},
		{"POST /sign-out", s.signOut},
		{"POST /sign-out/everywhere", s.signOutEverywhere},
		{"GET /signed-out", s.showSignedOut},
	}
}

// Routes lists the patterns that Handler serves itself, for everybody.
func (s *SignIn) Routes() []string {
	var out []string
	for _, r := range s.routes() {
		out = append(out, r.pattern)
	}
	return out
}

// Handler serves sign-in, and pages to those who are signed in: with their
// dashboard.Viewer, the token for forms and, for a token of the API, its scopes
// in the context. A request that changes something comes from a page of the
// same session, or with a token of the API; its body is limited.
func (s *SignIn) Handler(pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.HandleFunc(r.pattern, r.serve)
	}
	mux.Handle("/", s.protect(pages))
	return s.guard(mux)
}

// viewer is who a person is to the dashboard now; group is the admin group that
// the provider says they are in.
func (s *SignIn) viewer(person, group string) dashboard.Viewer {
	p, known := s.Directory().Person(person)
	if !known {
		return dashboard.Viewer{}
	}
	admin := slices.Contains(s.cfg.Admins, person) ||
		group != "" && s.cfg.OIDC != nil && group == s.cfg.OIDC.AdminGroup
	return dashboard.Viewer{Person: person, Name: nameOf(p), Admin: admin}
}

func nameOf(p org.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}

// log is the log for lines about the request.
func (s *SignIn) log(r *http.Request) *zap.Logger { return dashboard.LogOf(r.Context(), s.Log) }
