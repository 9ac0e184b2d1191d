package linear

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
)

// issuer is Linear's token endpoint, which rotates refresh tokens; everything
// else goes on to the network.
type issuer struct {
	mu     sync.Mutex
	good   string // the refresh token that is good now
	issued int
	accept func(access string) // told of every access token issued
	fake   http.RoundTripper
}

func newIssuer(f *fake) *issuer {
	return &issuer{
		good: "refresh-0", fake: http.DefaultTransport,
		accept: func(access string) { f.mu.Lock(); f.token = "Bearer " + access; f.mu.Unlock() },
	}
}

// RoundTrip implements http.RoundTripper.
func (i *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.String() != DefaultTokenURL {
		return i.fake.RoundTrip(r)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	code, body := 400, `{"error":"invalid_grant"}`
	if r.PostFormValue("refresh_token") == i.good && r.PostFormValue("client_id") == "app" && r.PostFormValue("client_secret") == "app-secret" {
		i.issued++
		i.good = fmt.Sprintf("refresh-%d", i.issued)
		access := fmt.Sprintf("access-%d", i.issued)
		i.accept(access)
		code, body = 200, fmt.Sprintf(`{"access_token":%q,"refresh_token":%q,"scope":"read issues:create"}`, access, i.good)
	}
	return &http.Response{
		StatusCode: code, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Body: readCloser{strings.NewReader(body)},
	}, nil
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// purse keeps refresh tokens.
type purse struct{ tokens []string }

func (*purse) Place() string { return "the purse" }

func (p *purse) Renew(_ context.Context, exchange func(string) (string, error)) error {
	next, err := exchange(p.tokens[len(p.tokens)-1])
	if err == nil {
		p.tokens = append(p.tokens, next)
	}
	return err
}

// oauth signs in as an application.
func (i *issuer) oauth(t *testing.T, p *purse) func(*Options) {
	t.Helper()
	g, err := connectors.NewGrant(Application("app", "app-secret", p), i)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.Token, o.OAuth = "", g }
}

func TestAnApplicationReadsAWorkspace(t *testing.T) {
	f := newWorkspace(t, 60)
	i, p := newIssuer(f), &purse{[]string{"refresh-0"}}
	m := newMemory()
	syncOnce(t, f.source(t, i.oauth(t, p)), m)
	if len(m.tickets) != 62 || strings.Join(p.tokens, " ") != "refresh-0 refresh-1" {
		t.Errorf("%d tickets, kept %q, want 62 and one more token", len(m.tickets), p.tokens)
	}
}

func TestAnAccessTokenThatRunsOutIsExchangedInTheMiddle(t *testing.T) {
	f := newWorkspace(t, 90)
	i, p := newIssuer(f), &purse{[]string{"refresh-0"}}
	f.before = func(op string, n int) {
		if op == "Issues" && n == 2 {
			f.token = "Bearer none yet"
		}
	}
	m := newMemory()
	syncOnce(t, f.source(t, func(o *Options) { i.oauth(t, p)(o); o.PageSize = 30 }), m)
	if len(m.tickets) != 92 || i.issued != 2 {
		t.Errorf("%d tickets, %d exchanges, want 92 and two", len(m.tickets), i.issued)
	}
}

func TestARefusedApplicationSaysWhatToDo(t *testing.T) {
	f := newWorkspace(t, 3)
	_, err := connectors.Sync(t.Context(), f.source(t, newIssuer(f).oauth(t, &purse{[]string{"used"}})), newMemory(), nil)
	if err == nil {
		t.Fatal("the pass went through")
	}
	for _, want := range []string{"POST " + DefaultTokenURL, "invalid_grant", "authorise the application once more", "the purse"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error = %q\nwant it to say %q", err, want)
		}
	}
}

func TestOAuthBesideATokenIsRefused(t *testing.T) {
	g, err := connectors.NewGrant(Application("app", "app-secret", &purse{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{OAuth: g}); err != nil {
		t.Errorf("alone: %v", err)
	}
	if _, err := New(Options{OAuth: g, Token: goodToken}); err == nil || strings.Contains(err.Error(), goodToken) {
		t.Errorf("beside a token: err = %v", err)
	}
}
