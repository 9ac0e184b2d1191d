package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/dashboard"
)

// apiPrefix begins tokens of the API, so that people and scanners of code know
// one when they see it.
const apiPrefix = "fairlead_"

// NewAPIToken makes a token of the API: the token itself, to be shown once, and
// its hash, to be kept.
func NewAPIToken() (token, hash string) {
	token = apiPrefix + rand.Text() + rand.Text()
	return token, Hash(token)
}

// Hash is what is kept of a token. Tokens are random and long, so that a plain
// SHA-256 cannot be turned back, and to look one up by its hash takes no longer
// when more of it is right.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// hasBearer reports whether a request brings a token. It is then judged by that
// alone: its cookies count for nothing, and no other site's page can send it.
func hasBearer(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer")
}

// byToken serves a request with a token of the API.
func (s *SignIn) byToken(w http.ResponseWriter, r *http.Request, pages http.Handler) {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if len(r.Header.Values("Authorization")) > 1 || !strings.HasPrefix(token, apiPrefix) {
		s.refuseToken(w, r, http.StatusUnauthorized, wrongToken)
		return
	}
	person, named, err := s.Store.APITokenOwner(r.Context(), Hash(token), s.Now())
	if err != nil {
		s.outOfOrder(w, r, err)
		return
	}
	v := s.viewer(person, "")
	scopes := scopesOf(named)
	switch {
	case person == "":
		s.refuseToken(w, r, http.StatusUnauthorized, wrongToken)
	case !s.mayEnter(v):
		s.refuseToken(w, r, http.StatusForbidden, tokenOfNobody)
	case !enough(scopes, changes(r)):
		s.refuseToken(w, r, http.StatusForbidden, narrowToken)
	default:
		ctx := dashboard.WithScopes(dashboard.WithViewer(r.Context(), v), scopes)
		pages.ServeHTTP(w, r.WithContext(ctx))
	}
}

func (s *SignIn) refuseToken(w http.ResponseWriter, r *http.Request, status int, why say) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="fairlead"`)
	s.refuse(w, r, status, why)
}

// scopesOf keeps the scopes that there are.
func scopesOf(named []string) []dashboard.Scope {
	var out []dashboard.Scope
	for _, one := range dashboard.Scopes() {
		if slices.Contains(named, string(one)) {
			out = append(out, one)
		}
	}
	return out
}

// enough is the least that a request needs: to read anything, or to change anything
// at all. What exactly, its handler asks with dashboard.Allows.
func enough(scopes []dashboard.Scope, changing bool) bool {
	if !changing {
		return slices.Contains(scopes, dashboard.ScopeRead) || slices.Contains(scopes, dashboard.ScopeMetrics)
	}
	return slices.Contains(scopes, dashboard.ScopeAnswer) || slices.Contains(scopes, dashboard.ScopeConfigure)
}
