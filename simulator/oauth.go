package simulator

import (
	"cmp"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"time"
)

// tokenPath is where an access token is had, below the site's base path;
// resourcesPath tells what sites it is good for.
const (
	tokenPath     = "/oauth/token"
	resourcesPath = tokenPath + "/accessible-resources"
)

// OAuth is what an application must show to be given access tokens. Each use of
// a refresh token gives a new one and ends the old one, as both trackers do.
type OAuth struct {
	ClientID, ClientSecret string
	// Refresh is the refresh token the application begins with.
	Refresh string
	// Life is how long an access token is good by the world's clock; 0: a day
	// for Linear, an hour for Jira.
	Life time.Duration
	// Scopes are what access tokens are good for; empty: read for Linear, all
	// that Jira has for reading.
	Scopes []string
}

func (o OAuth) granting() bool { return o.ClientID != "" }

// grants are the tokens in circulation. They are used under the world's lock.
type grants struct {
	oauth   OAuth
	refresh string
	issued  int
	access  map[string]time.Time // until when each is good
}

func newGrants(o Options) grants {
	return grants{oauth: o.OAuth, refresh: o.OAuth.Refresh, access: map[string]time.Time{}}
}

// bearer reports whether the request shows an access token that is still good.
func (g *grants) bearer(now time.Time, r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && now.Before(g.access[token])
}

// refusals are what a token endpoint says of a wrong client and of a refresh
// token that is no good.
type refusals struct{ client, token refusedGrant }

type refusedGrant struct {
	status    int
	code, why string
}

var (
	linearRefusals = refusals{
		refusedGrant{http.StatusUnauthorized, "invalid_client", "The client id or the client secret is wrong."},
		refusedGrant{http.StatusBadRequest, "invalid_grant", "The refresh token is unknown, used or expired."},
	}
	atlassianRefusals = refusals{
		refusedGrant{http.StatusUnauthorized, "access_denied", noToken},
		refusedGrant{http.StatusForbidden, "invalid_grant", "Unknown or invalid refresh token."},
	}
)

// exchange answers a request for an access token.
func (g *grants) exchange(now time.Time, w http.ResponseWriter, r *http.Request, no refusals) {
	ask := grantRequest(r)
	switch {
	case ask["client_id"] != g.oauth.ClientID || ask["client_secret"] != g.oauth.ClientSecret:
		no.client.tell(w)
		return
	case ask["grant_type"] != "refresh_token":
		refusedGrant{http.StatusBadRequest, "unsupported_grant_type", "Only refresh_token is granted here."}.tell(w)
		return
	case ask["refresh_token"] == "" || ask["refresh_token"] != g.refresh:
		no.token.tell(w)
		return
	}
	g.issued++
	token := "access-" + uuid("access", g.issued)
	g.refresh = "refresh-" + uuid("refresh", g.issued)
	g.access[token] = now.Add(g.oauth.Life)
	reply(w, obj{
		"access_token": token, "token_type": "Bearer", "expires_in": int(g.oauth.Life / time.Second),
		"refresh_token": g.refresh, "scope": strings.Join(g.oauth.Scopes, " "),
	})
}

// grantRequest reads a form, as Linear wants it, or JSON, as Atlassian does.
func grantRequest(r *http.Request) map[string]string {
	out := map[string]string{}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		_ = json.NewDecoder(r.Body).Decode(&out)
		return out
	}
	for _, name := range []string{"grant_type", "refresh_token", "client_id", "client_secret"} {
		out[name] = r.PostFormValue(name)
	}
	if id, secret, ok := r.BasicAuth(); ok {
		out["client_id"], out["client_secret"] = cmp.Or(out["client_id"], id), cmp.Or(out["client_secret"], secret)
	}
	return out
}

func (g refusedGrant) tell(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(g.status)
	_ = json.NewEncoder(w).Encode(obj{"error": g.code, "error_description": g.why})
}

// grant answers the token endpoint of a Linear workspace.
func (l *linear) grant(w http.ResponseWriter, r *http.Request) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	l.grants.exchange(l.w.now, w, r, linearRefusals)
}
