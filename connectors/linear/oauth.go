package linear

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/connectors"
)

// DefaultTokenURL is where Linear exchanges refresh tokens.
const DefaultTokenURL = "https://api.linear.app/oauth/token"

// tokenReplyLimit bounds the reply of the token endpoint.
const tokenReplyLimit = 64 << 10

// manySecrets is how many tokens of the past are kept to be hidden.
const manySecrets = 20

// OAuth lets a source act for an OAuth application instead of by a personal
// key. Access tokens are short-lived and never leave the process; each refresh
// gives a new refresh token and makes the old one worthless.
type OAuth struct {
	ClientID, ClientSecret string
	RefreshToken           string // the one stored last
	// Store keeps a new refresh token before anything is done with it: who
	// loses it must authorise the application anew.
	Store func(newRefreshToken string) error
	URL   string // of the token endpoint; empty: DefaultTokenURL
}

// Format implements fmt.Formatter: no verb shows a secret.
func (o OAuth) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "OAuth application %q", o.ClientID)
}

// check says what is missing.
func (o OAuth) check() error {
	u, err := url.Parse(cmp.Or(o.URL, DefaultTokenURL))
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return fmt.Errorf("linear: the address of the token endpoint cannot be used\n\tleave it out, it is %s", DefaultTokenURL)
	case o.ClientID == "" || o.ClientSecret == "" || o.RefreshToken == "":
		return fmt.Errorf("linear: OAuth needs a client id, a client secret and a refresh token\n\ttake the first two from Linear under Settings, API, and authorise the application once for the third")
	case o.Store == nil:
		return fmt.Errorf("linear: OAuth needs a place to keep the refresh tokens that Linear gives")
	}
	return nil
}

// grant holds the tokens of one application.
type grant struct {
	source string
	base   http.RoundTripper

	mu      sync.Mutex // held while refreshing: one exchange serves all who wait
	o       OAuth
	access  string
	unsaved bool     // Store has not taken the refresh token yet
	scopes  []string // as the last exchange told
	secrets []string // tokens of now and of late, which a reply could echo
}

func newGrant(source string, o OAuth, base http.RoundTripper) *grant {
	o.URL = cmp.Or(o.URL, DefaultTokenURL)
	return &grant{source: source, base: base, o: o, secrets: []string{o.RefreshToken}}
}

// roundTrip signs a request with the access token. One that is refused is
// exchanged, and the request sent once more.
func (g *grant) roundTrip(req *http.Request) (*http.Response, error) {
	token, err := g.token(req.Context(), "")
	if err != nil {
		return nil, err
	}
	resp, err := g.base.RoundTrip(signed(req, "Bearer "+token))
	if err != nil || resp.StatusCode != http.StatusUnauthorized || req.GetBody == nil {
		return resp, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	if token, err = g.token(req.Context(), token); err != nil {
		return nil, err
	}
	again := signed(req, "Bearer "+token)
	if again.Body, err = req.GetBody(); err != nil {
		return nil, err
	}
	return g.base.RoundTrip(again)
}

// token is the access token in force: a new one when there is none yet or the
// one there is was refused.
func (g *grant) token(ctx context.Context, refused string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.access == "" || g.access == refused {
		if err := g.refresh(ctx); err != nil {
			return "", err
		}
	}
	if g.unsaved {
		if err := g.o.Store(g.o.RefreshToken); err != nil {
			return "", g.refuse("the new refresh token could not be kept: "+err.Error(),
				"make its place writable; until then this process holds the only copy", nil)
		}
		g.unsaved = false
	}
	return g.access, nil
}

// tokenReply is what the token endpoint answers, good or not (RFC 6749, 5).
type tokenReply struct {
	AccessToken  string          `json:"access_token"`
	RefreshToken string          `json:"refresh_token"`
	Scope        json.RawMessage `json:"scope"` // a text, or in some replies a list
	Error        string          `json:"error"`
	Description  string          `json:"error_description"`
}

// refresh exchanges the refresh token.
func (g *grant) refresh(ctx context.Context) error {
	form := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {g.o.RefreshToken},
		"client_id": {g.o.ClientID}, "client_secret": {g.o.ClientSecret},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.o.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := g.base.RoundTrip(req)
	if err != nil {
		return g.refuse("no reply: "+err.Error(), "check the network between here and Linear, and the address", err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(resp.Body, tokenReplyLimit))
	if err != nil {
		return g.refuse("the reply ended in the middle", goesOn, err)
	}
	return g.adopt(resp.StatusCode, text)
}

// adopt takes the tokens of a reply.
func (g *grant) adopt(status int, text []byte) error {
	var reply tokenReply
	if err := json.Unmarshal(text, &reply); err != nil {
		return g.refuse(fmt.Sprintf("status %d and no tokens", status), "check the address of the token endpoint", nil)
	}
	if status != http.StatusOK || reply.AccessToken == "" {
		said := strings.TrimSpace(fmt.Sprintf("status %d %s %s", status, reply.Error, reply.Description))
		return g.refuse(said, oauthFix(reply.Error), nil)
	}
	g.access, g.scopes = reply.AccessToken, scopesOf(reply.Scope)
	g.secrets = append(g.secrets, reply.AccessToken)
	if next := reply.RefreshToken; next != "" && next != g.o.RefreshToken {
		g.o.RefreshToken, g.unsaved = next, true
		g.secrets = append(g.secrets, next)
	}
	g.secrets = g.secrets[max(0, len(g.secrets)-manySecrets):]
	return nil
}

func oauthFix(code string) string {
	switch code {
	case "invalid_grant":
		return "the refresh token is used up or withdrawn: authorise the application once more and give the new one"
	case "invalid_client", "unauthorized_client": //nolint:misspell // a code of RFC 6749
		return "check the client id and the client secret against Linear's Settings, API"
	}
	return goesOn + "; if this stays, authorise the application once more"
}

// scopesOf reads scopes parted by spaces or commas, or given as a list.
func scopesOf(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
}

// granted are the scopes of the access token; nil where Linear did not tell.
func (g *grant) granted() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.scopes)
}

// hide takes every secret out of a text.
func (g *grant) hide(text string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hidden(text)
}

func (g *grant) hidden(text string) string {
	for _, s := range g.secrets {
		text = hider(s)(text)
	}
	return hider(g.o.ClientSecret)(text)
}

// refuse is an error about the exchange. Its caller holds the lock. Err carries
// only what stops a caller for good, since a cause may quote what was sent.
func (g *grant) refuse(said, fix string, err error) error {
	return &connectors.Error{
		Source: g.source, Place: "POST " + g.o.URL, Said: shorten(g.hidden(said)), Fix: fix, Err: stopped(err),
	}
}
