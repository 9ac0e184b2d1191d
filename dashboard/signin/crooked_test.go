package signin

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// crooked is a provider that lets everybody in at once and tells what the test
// makes it tell.
type crooked struct {
	*httptest.Server
	key *rsa.PrivateKey

	mu     sync.Mutex
	nonce  string // of the last who came
	change func(c *telling)
	now    func() time.Time
}

// telling is what the provider says about lee.
type telling struct {
	token, userinfo map[string]any
	discovery       map[string]any
	raw             *string // in place of the ID token that would be made
	sign            func(payload []byte) string
}

func (p *crooked) telling() telling {
	now := p.now()
	all := telling{
		token: map[string]any{
			"iss": p.URL, "aud": clientID, "sub": "1", "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "nonce": p.nonce,
			"email": "lee@acme.example", "email_verified": true,
		},
		userinfo: map[string]any{"sub": "1", "email": "lee@acme.example", "email_verified": true},
		discovery: map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"userinfo_endpoint": p.URL + "/userinfo", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		},
		sign: func(payload []byte) string { return signedWith(jose.RS256, p.key, payload) },
	}
	if p.change != nil {
		p.change(&all)
	}
	return all
}

func signedWith(alg jose.SignatureAlgorithm, key any, payload []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "1"))
	if err != nil {
		panic(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	out, err := jws.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return out
}

func (p *crooked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	tell := func(v any) { w.Header().Set("Content-Type", "application/json"); _ = json.NewEncoder(w).Encode(v) }
	switch all := p.telling(); r.URL.Path {
	case "/.well-known/openid-configuration":
		tell(all.discovery)
	case "/auth":
		q := r.URL.Query()
		p.nonce = q.Get("nonce")
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {"c0de"}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
	case "/keys":
		tell(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	case "/token":
		payload, _ := json.Marshal(all.token)
		answer := map[string]any{"access_token": "s3cr3t-access", "token_type": "Bearer", "expires_in": 60, "id_token": all.sign(payload)}
		if all.raw != nil {
			answer["id_token"] = *all.raw
		}
		tell(answer)
	case "/userinfo":
		tell(all.userinfo)
	}
}

func newCrooked(t *testing.T) (*site, *crooked) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &crooked{key: key}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	s := newSite(t, func(c *Config, s *site) {
		p.now = s.clock
		c.OIDC = &OIDC{Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret, Name: "Acme login", GroupsClaim: "groups", AdminGroup: "admins"}
		c.Admins = nil
	})
	return s, p
}

func TestWhatAProviderSaysIsHeldAgainstWhatWasAsked(t *testing.T) {
	s, p := newCrooked(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set := func(name string, value any) func(*telling) {
		return func(c *telling) { c.token[name] = value }
	}
	raw := func(text string) func(*telling) { return func(c *telling) { c.raw = &text } }
	without := func(names ...string) func(*telling) {
		return func(c *telling) {
			for _, name := range names {
				delete(c.token, name)
			}
		}
	}
	told := func(changes ...func(*telling)) func(*telling) {
		return func(c *telling) {
			for _, change := range changes {
				change(c)
			}
		}
	}
	info := func(name string, value any) func(*telling) {
		return func(c *telling) {
			if c.userinfo[name] = value; value == nil {
				delete(c.userinfo, name)
			}
		}
	}
	sign := func(f func([]byte) string) func(*telling) { return func(c *telling) { c.sign = f } }
	for _, c := range []struct {
		name   string
		change func(*telling)
		in     bool
		admin  bool
	}{
		{"all as it should be", nil, true, false},
		{"another issuer", set("iss", "https://login.evil.example"), false, false},
		{"no issuer", without("iss"), false, false},
		{"another audience", set("aud", "another"), false, false},
		{"no audience", without("aud"), false, false},
		{"several audiences without a party", set("aud", []string{"another", clientID}), false, false},
		{"several audiences and we are the party", told(set("aud", []string{"another", clientID}), set("azp", clientID)), true, false},
		{"another party", set("azp", "another"), false, false},
		{"a party that is no text", set("azp", 7), false, false},
		{"expired", set("exp", s.clock().Add(-time.Second).Unix()), false, false},
		{"without an end", without("exp"), false, false},
		{"not yet good", set("nbf", s.clock().Add(time.Hour).Unix()), false, false},
		{"another nonce", set("nonce", "another"), false, false},
		{"no nonce", without("nonce"), false, false},
		{"no subject", without("sub"), false, false},
		{"the hash of another access token", set("at_hash", hashOf("another")), false, false},
		{"the hash of the access token", set("at_hash", hashOf("s3cr3t-access")), true, false},
		{"signed with another key", sign(func(b []byte) string { return signedWith(jose.RS256, other, b) }), false, false},
		{"signed with the client's secret", sign(func(b []byte) string {
			return signedWith(jose.HS256, []byte(clientSecret+clientSecret), b)
		}), false, false},
		{"signed with the public key as if it were a secret", sign(func(b []byte) string {
			return signedWith(jose.HS256, p.key.N.Bytes(), b)
		}), false, false},
		{"not signed", sign(func(b []byte) string {
			enc := base64.RawURLEncoding.EncodeToString
			return enc([]byte(`{"alg":"none"}`)) + "." + enc(b) + "."
		}), false, false},
		{"signed in part", sign(func(b []byte) string {
			good := strings.Split(signedWith(jose.RS256, p.key, b), ".")
			return good[0] + "." + base64.RawURLEncoding.EncodeToString(append(b, ' ')) + "." + good[2]
		}), false, false},
		{"no ID token", raw(""), false, false},
		{"something else than one", raw("<html>"), false, false},
		{"an address that is not verified", set("email_verified", false), false, false},
		{"an address that is verified in words", set("email_verified", "true"), true, false},
		{"an address that is verified in other words", set("email_verified", "yes"), false, false},
		{"an address that is no text", set("email", []string{"lee@acme.example"}), false, false},
		{"an address here, another when asked", told(set("email", "eve@elsewhere.example"), info("groups", []string{"admins"})), false, false},
		{"nobody's address", set("email", "eve@elsewhere.example"), false, false},
		{"the address only when asked", without("email", "email_verified"), true, false},
		{"the address only when asked, and not verified", told(without("email", "email_verified"), info("email_verified", false)), false, false},
		{"the address here and whether it is verified there", without("email_verified"), true, false},
		{"an address here that is verified for another there", told(set("email", "mina@acme.example"), without("email_verified"), info("email", "eve@elsewhere.example")), false, false},
		{"whether it is verified nowhere", told(without("email_verified"), info("email_verified", nil)), false, false},
		{"no address anywhere", told(without("email", "email_verified"), info("email", nil)), false, false},
		{"about somebody else when asked", told(without("email"), info("sub", "2")), false, false},
		{"in the admin group", set("groups", []string{"all", "admins"}), true, true},
		{"in the admin group as the only one", set("groups", "admins"), true, true},
		{"in no admin group", set("groups", []string{"Admins", "admins ", "no-admins"}), true, false},
		{"in groups that are no texts", set("groups", []any{1, nil, map[string]any{"admins": true}}), true, false},
		{"in the admin group when asked", info("groups", []string{"admins"}), true, true},
		{"in other groups here than when asked", told(set("groups", []string{}), info("groups", []string{"admins"})), true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.mu.Lock()
			p.change = c.change
			p.mu.Unlock()
			b := s.browser()
			a := b.get("/sign-in/oidc")
			got := b.sees("/")
			if in := got.Person != ""; in != c.in || got.Admin != c.admin || in && got.Person != "lee" {
				t.Errorf("the page sees %+v after %d %q, want in: %v, admin: %v\n%s", got, a.StatusCode, a.title(), c.in, c.admin, s.logged())
			}
			s.silent("s3cr3t-access", "c0de", clientSecret, "eyJ")
			s.limitAnew()
		})
	}
}

// limitAnew gives back what attempts in vain took.
func (s *site) limitAnew() { s.pass(attemptEvery) }

func hashOf(access string) string {
	sum := sha256.Sum256([]byte(access))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func TestAProviderThatIsNotWhoItShouldBeIsNotFollowed(t *testing.T) {
	for name, change := range map[string]func(*telling){
		"another issuer":          func(c *telling) { c.discovery["issuer"] = "https://login.evil.example" },
		"no document":             func(c *telling) { maps.DeleteFunc(c.discovery, func(string, any) bool { return true }) },
		"an issuer with one more": func(c *telling) { c.discovery["issuer"] = c.discovery["issuer"].(string) + "/" },
	} {
		s, p := newCrooked(t)
		p.change = change
		s.browser().get("/sign-in/oidc").expect(t, name, 502, "The login provider does not answer")
	}
}

func TestSigningOutGoesOnlyWhereItIsEncrypted(t *testing.T) {
	for address, want := range map[string]bool{
		"https://login.acme.example/out?tenant=1": true, "http://login.acme.example/out": false, "javascript:alert(1)": false, "//evil.example": false, "": false,
		"http://127.0.0.1:7/out": true,
	} {
		s, p := newCrooked(t)
		p.change = func(c *telling) { c.discovery["end_session_endpoint"] = address }
		b := s.browser()
		b.get("/sign-in/oidc")
		a := b.post("/sign-out", url.Values{"form_token": {b.sees("/").Form}})
		a.expect(t, address, 200, "You are signed out")
		if got := a.Header.Get("Refresh"); (got != "") != want {
			t.Errorf("%s: the browser goes on to %q, want so: %v", address, got, want)
		}
		if want && !strings.Contains(a.Header.Get("Refresh"), "post_logout_redirect_uri="+url.QueryEscape(s.url+"/signed-out")) {
			t.Errorf("%s: it does not say where to come back to: %q", address, a.Header.Get("Refresh"))
		}
	}
}
