package signin

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"go.uber.org/zap"
	"golang.org/x/oauth2"
)

// attemptLasts is how long somebody may take at the provider.
const attemptLasts = 10 * time.Minute

// attempt is what a browser takes along while somebody is at the provider. It is
// sealed, so that only the browser that set out comes back with it.
type attempt struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"` // of PKCE
	Next     string `json:"x"`
	Until    int64  `json:"u"` // Unix seconds
}

// toProvider sends somebody to the provider.
func (s *SignIn) toProvider(w http.ResponseWriter, r *http.Request) {
	if s.provider == nil {
		s.refuse(w, r, http.StatusNotFound, noProvider)
		return
	}
	f, err := s.provider.find(r.Context(), s.Now())
	if err != nil {
		s.log(r).Warn("the provider does not answer", zap.String("error", inWords(err)))
		s.refuse(w, r, http.StatusBadGateway, providerSilent(s.cfg.OIDC.Name))
		return
	}
	a := attempt{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		Next: localPath(r.URL.Query().Get("next")), Until: s.Now().Add(attemptLasts).Unix(),
	}
	sealed, err := s.attempts.seal(a)
	if err != nil {
		s.outOfOrder(w, r, err)
		return
	}
	s.cookies.set(w, attemptCookie, sealed, attemptLasts)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, f.login.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), http.StatusSeeOther)
}

// fromProvider takes somebody back who was at the provider.
func (s *SignIn) fromProvider(w http.ResponseWriter, r *http.Request) {
	now := s.Now()
	switch {
	case s.provider == nil:
		s.refuse(w, r, http.StatusNotFound, noProvider)
		return
	case !s.limit.take(r.RemoteAddr, now):
		s.tooMany(w, r)
		return
	}
	a, err := s.setOut(r, now)
	s.cookies.clear(w, attemptCookie)
	var who identity
	if err == nil {
		who, err = s.provider.identity(r.Context(), r.URL.Query().Get("code"), a, s.Now)
	}
	if err == nil {
		err = s.once(r, a, now)
	}
	if err != nil {
		s.log(r).Warn("signing in at the provider came to nothing", zap.String("error", inWords(err)))
		s.refuse(w, r, http.StatusForbidden, s.whyNot(err))
		return
	}
	s.limit.giveBack(r.RemoteAddr, now)
	s.remember(w, r, who)
	s.welcome(w, r, s.personOf(who), byProvider(s.cfg.OIDC.Issuer), s.adminGroup(who), a.Next)
}

// whyNot is what somebody is told who did not get in. What a provider or an
// address said goes to the log alone, but for the provider's own code of error.
func (s *SignIn) whyNot(err error) say {
	var told *providerError
	switch {
	case errors.Is(err, errUnverified):
		return unverified
	case errors.Is(err, errNoPerson):
		return claimless(s.cfg.OIDC.Name)
	case errors.As(err, &told):
		return providerRefused(s.cfg.OIDC.Name, told.code)
	}
	return startAgain
}

var (
	errUnverified = errors.New("the provider does not say that the e-mail address is verified")
	errNoPerson   = errors.New("the provider names nobody")
)

// providerError is what a provider answers in place of a code.
type providerError struct{ code string }

func (e *providerError) Error() string { return "the provider answered " + e.code }

// errorCode is what codes of error look like; nothing else of them is shown.
var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// setOut is what this browser set out to the provider with. The state in the
// address has to be the one in the cookie: an address alone, which somebody else
// may have made, brings nobody in.
func (s *SignIn) setOut(r *http.Request, now time.Time) (attempt, error) {
	var a attempt
	q := r.URL.Query()
	switch {
	case !s.attempts.open(s.cookies.get(r, attemptCookie), &a) || a.State == "":
		return attempt{}, errors.New("this browser did not set out to the provider, or came back already")
	case !now.Before(time.Unix(a.Until, 0)):
		return attempt{}, errors.New("it took too long at the provider")
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(a.State)) != 1:
		return attempt{}, errors.New("the state is not the one this browser set out with")
	case q.Has("iss") && q.Get("iss") != s.cfg.OIDC.Issuer: // RFC 9207
		return attempt{}, errors.New("the answer comes from another provider")
	case q.Has("error") && errorCode.MatchString(q.Get("error")):
		return attempt{}, &providerError{q.Get("error")}
	case q.Get("code") == "":
		return attempt{}, errors.New("the provider sent no code")
	}
	return a, nil
}

// once refuses a sign-in that was completed before, also where the provider takes
// its codes twice.
func (s *SignIn) once(r *http.Request, a attempt, now time.Time) error {
	first, err := s.Store.Spend(r.Context(), a.State, now, time.Unix(a.Until, 0))
	if err == nil && !first {
		err = errors.New("this sign-in was completed before")
	}
	return err
}

// remember keeps the ID token for signing out, where the provider offers that.
func (s *SignIn) remember(w http.ResponseWriter, r *http.Request, who identity) {
	f, err := s.provider.find(r.Context(), s.Now())
	if err != nil || f.endSession == "" {
		return
	}
	if sealed, err := s.hints.seal(who.idToken); err == nil && len(sealed) < longestSealed-200 {
		s.cookies.set(w, hintCookie, sealed, s.cfg.Lasts)
	}
}

// personOf is whom the directory knows by what the provider says; empty: nobody.
func (s *SignIn) personOf(who identity) string {
	if s.cfg.OIDC.PersonClaim != "" {
		return who.person
	}
	p, _ := s.Directory().Resolve("", "", who.email)
	return p.ID
}

// adminGroup is the configured group if somebody is in it.
func (s *SignIn) adminGroup(who identity) string {
	if g := s.cfg.OIDC.AdminGroup; g != "" && slices.Contains(who.groups, g) {
		return g
	}
	return ""
}

// inWords is an error for the log: without what a provider's answer holds, which
// is anything, and without the address that a code stands in.
func inWords(err error) string {
	var answered *oauth2.RetrieveError
	if errors.As(err, &answered) {
		code := answered.ErrorCode
		if !errorCode.MatchString(code) {
			code = ""
		}
		return fmt.Sprintf("the provider gave no token: %s", cmp.Or(code, "an answer without a known code of error"))
	}
	var network *url.Error
	if errors.As(err, &network) {
		return shortened(fmt.Sprintf("the provider cannot be reached: %v", network.Err))
	}
	return shortened(err.Error())
}
