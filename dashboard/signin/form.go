package signin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/fairlead-dev/fairlead/dashboard"
)

// formTokens makes what forms carry to show that a page of the same session sent
// them. Each page has its own, so that nothing constant stands in compressed
// answers (BREACH); all of a session's are good as long as the session is.
type formTokens struct{ key []byte }

func newFormTokens(key []byte) formTokens { return formTokens{derived(key, "forms")} }

const saltLength = 16

func (f formTokens) of(session string) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never an error
	return base64.RawURLEncoding.EncodeToString(append(salt, f.sum(salt, session)...))
}

func (f formTokens) hold(token, session string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return err == nil && len(raw) == saltLength+sha256.Size && session != "" &&
		hmac.Equal(raw[saltLength:], f.sum(raw[:saltLength], session))
}

func (f formTokens) sum(salt []byte, session string) []byte {
	mac := hmac.New(sha256.New, f.key)
	mac.Write(salt)
	mac.Write([]byte(session))
	return mac.Sum(nil)
}

// changes reports whether a request may change something.
func changes(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}

// sentByPage reports whether a page of the session sent the request. The body
// has a limit already; one that is too large has no token.
func (s *SignIn) sentByPage(r *http.Request, one session) bool {
	token := r.Header.Get(dashboard.FormTokenHeader)
	if token == "" {
		token = r.PostFormValue(dashboard.FormTokenField)
	}
	return s.forms.hold(token, one.ID)
}
