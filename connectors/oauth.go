package connectors

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// OAuth says how an application signs in to a tracker. Access tokens are
// short-lived and never leave the process; each exchange gives a new refresh
// token and makes the one before worthless, so who loses it must authorise the
// application anew.
type OAuth struct {
	ClientID, ClientSecret string
	URL                    string // of the token endpoint
	JSON                   bool   // the endpoint reads JSON; otherwise a form
	Tokens                 RefreshTokens
	// Console is where an operator finds the application, for people.
	Console string
	// Expired tells whether a 401 with this body may be mended by a new access
	// token; nil: each may.
	Expired func(body []byte) bool
}

// RefreshTokens keeps the refresh token of one application.
type RefreshTokens interface {
	// Renew hands the stored token to exchange and stores what that gives before
	// it returns. Nobody else renews meanwhile, in this process or another. An
	// error of exchange is returned as it is, and nothing is stored.
	Renew(ctx context.Context, exchange func(stored string) (next string, err error)) error
	// Place is where the token is kept, for people.
	Place() string
}

// Format implements fmt.Formatter: no verb shows a secret.
func (o OAuth) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "OAuth application %q", o.ClientID)
}

func (o OAuth) check() error {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http"):
		return errors.New("the address of the token endpoint cannot be used")
	case o.ClientID == "" || o.ClientSecret == "":
		return fmt.Errorf("OAuth needs a client id and a client secret\n\ttake both from %s", o.Console)
	case o.Tokens == nil:
		return errors.New("OAuth needs a place to keep the refresh tokens that the tracker gives")
	}
	return nil
}

// Grant is what an application was granted: the tokens of now. It is safe for
// concurrent use, and several sources may share one.
type Grant struct {
	o    OAuth
	http http.RoundTripper
	turn chan struct{} // held while exchanging: one exchange serves all who wait

	mu      sync.Mutex // guards what follows
	access  string
	unkept  pair     // given by the tracker, not stored yet
	refused pair     // used, and what the tracker said of it
	scopes  []string // as the last exchange told
	secrets []string // tokens of now and of late, which a reply could echo
}

// pair is a refresh token and what came of using it.
type pair struct{ used, gave string }

// NewGrant prepares a grant whose exchanges base carries; it sends nothing yet.
func NewGrant(o OAuth, base http.RoundTripper) (*Grant, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Grant{o: o, http: finishing(base), turn: make(chan struct{}, 1), secrets: []string{o.ClientSecret}}, nil
}

// Format implements fmt.Formatter: no verb shows a secret.
func (g *Grant) Format(f fmt.State, verb rune) { g.o.Format(f, verb) }

// Signed puts a current access token on every request that base carries. One
// that is refused for its token's age is sent once more with a new one. The name
// of the source stands in errors.
func (g *Grant) Signed(source string, base http.RoundTripper) http.RoundTripper {
	return &signer{grant: g, source: source, base: base}
}

// Scopes are those of the access token; nil while none was told.
func (g *Grant) Scopes() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.scopes)
}

// Hide takes every secret of the grant out of a text.
func (g *Grant) Hide(text string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.secrets {
		text = strings.ReplaceAll(text, s, "(token)")
	}
	return text
}

// manySecrets is how many tokens of the past are kept to be hidden.
const manySecrets = 20

// remember notes what must never be shown.
func (g *Grant) remember(tokens ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range tokens {
		if t != "" && !slices.Contains(g.secrets, t) {
			g.secrets = append(g.secrets, t)
		}
	}
	if over := len(g.secrets) - manySecrets; over > 0 {
		g.secrets = slices.Delete(g.secrets, 1, 1+over) // the client's own is the first and stays
	}
}

type signer struct {
	grant  *Grant
	source string
	base   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s *signer) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := s.grant.token(req.Context(), s.source, "")
	if err != nil {
		return nil, unsent(req, err)
	}
	resp, err := s.base.RoundTrip(withBearer(req, token))
	if err != nil || !s.grant.ranOut(resp) || (req.Body != nil && req.GetBody == nil) {
		return resp, err
	}
	_ = resp.Body.Close() // what it says is known
	if token, err = s.grant.token(req.Context(), s.source, token); err != nil {
		return nil, err
	}
	again := withBearer(req, token)
	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	return s.base.RoundTrip(again)
}

// unsent closes what a RoundTripper has to close also when it sends nothing.
func unsent(req *http.Request, err error) error {
	if req.Body != nil {
		_ = req.Body.Close() // nobody reads it
	}
	return err
}

func withBearer(req *http.Request, token string) *http.Request {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	return req
}

// ranOut says that the request was refused because its token is too old.
func (g *Grant) ranOut(resp *http.Response) bool {
	if resp.StatusCode != http.StatusUnauthorized {
		return false
	}
	return g.o.Expired == nil || g.o.Expired(peek(resp))
}

// token is the access token in force: a new one when there is none yet or the
// one there is was refused.
func (g *Grant) token(ctx context.Context, source, refused string) (string, error) {
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-g.turn }()
	if _, unkept := g.state(); unkept {
		if err := g.renew(ctx, source); err != nil {
			return "", err
		}
	}
	if access, _ := g.state(); access != "" && access != refused {
		return access, nil
	}
	if err := g.renew(ctx, source); err != nil {
		return "", err
	}
	access, _ := g.state()
	return access, nil
}

func (g *Grant) state() (access string, unkept bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.access, g.unkept.gave != ""
}

// renew exchanges the refresh token, or stores the one that could not be stored
// the last time.
func (g *Grant) renew(ctx context.Context, source string) error {
	t := teller{g, source}
	err := g.o.Tokens.Renew(ctx, func(stored string) (string, error) { return t.next(ctx, stored) })
	if err == nil {
		g.mu.Lock()
		g.unkept = pair{}
		g.mu.Unlock()
		return nil
	}
	told := (*Error)(nil)
	if errors.As(err, &told) {
		return told
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return t.unstored(err)
}

// unstored explains that the place of the refresh token cannot be used.
func (t teller) unstored(err error) *Error {
	_, unkept := t.state()
	own := (*unfit)(nil)
	known := errors.As(err, &own)
	switch {
	case known && unkept:
		return t.place("the new refresh token could not be kept: "+own.said, own.fix+"; until then this process holds the only copy")
	case known:
		return t.place(own.said, own.fix+"; the token in it was not used")
	case unkept:
		return t.place("the new refresh token could not be kept: "+err.Error(), "make it writable, with its folder; until then this process holds the only copy")
	}
	return t.place(err.Error(), "let the account that runs fairlead read and write it and its folder: each use of the token gives a new one")
}

// next gives the refresh token to store in place of the one that is stored.
func (t teller) next(ctx context.Context, stored string) (string, error) {
	t.remember(stored)
	t.mu.Lock()
	unkept, refused := t.unkept, t.refused
	t.mu.Unlock()
	switch {
	case unkept.gave != "" && unkept.used == stored:
		return unkept.gave, nil
	case refused.used != "" && refused.used == stored: // asking again changes nothing
		return "", t.refuse(refused.gave, t.onceMore())
	}
	return t.exchange(ctx, stored)
}

// teller words what goes wrong for one source.
type teller struct {
	*Grant
	source string
}

// onceMore is what helps when a refresh token is of no use any more.
func (t teller) onceMore() string {
	return "the refresh token is used up, too old or withdrawn: authorise the application once more, as docs/connectors.md tells, and put the new one into " + t.o.Tokens.Place()
}

// refuse is an error of the token endpoint. It carries no cause, since a cause
// may quote what was sent.
func (t teller) refuse(said, fix string) *Error {
	return &Error{Source: t.source, Place: "POST " + t.o.URL, Said: inOneLine(t.Hide(said)), Fix: fix}
}

// place is an error of where the refresh token is kept.
func (t teller) place(said, fix string) *Error {
	return &Error{Source: t.source, Place: t.o.Tokens.Place(), Said: inOneLine(t.Hide(said)), Fix: fix}
}

// saidLimit is how many characters of somebody else's words an error shows.
const saidLimit = 300

// inOneLine brings somebody else's words into one printable line of bounded
// length.
func inOneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(s); len(runes) > saidLimit {
		return string(runes[:saidLimit]) + "…"
	}
	return s
}
