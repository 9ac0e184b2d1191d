package signin

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"time"
)

// linkLasts is how long a link lets somebody in.
const linkLasts = 15 * time.Minute

// NewLink makes a link that lets a person in once, soon.
func NewLink(ctx context.Context, t Tokens, dashboardURL, person string, now time.Time) (link string, expires time.Time, err error) {
	token := rand.Text() + rand.Text()
	expires = now.Add(linkLasts)
	if err := t.AddToken(ctx, Hash(token), person, expires); err != nil {
		return "", time.Time{}, err
	}
	return dashboardURL + "/sign-in/token?" + url.Values{"t": {token}}.Encode(), expires, nil
}

// showLink asks for a click before the link is used up: mail programs and
// messengers open links by themselves to look at them.
func (s *SignIn) showLink(w http.ResponseWriter, r *http.Request) {
	if !s.cfg.Local {
		s.refuse(w, r, http.StatusNotFound, noLinks)
		return
	}
	s.page(w, http.StatusOK, pageData{Kind: "link", say: say{Title: "Sign in to fairlead"}, Token: r.URL.Query().Get("t"), Next: localPath(r.URL.Query().Get("next"))})
}

// takeLink signs in whoever has the link, once.
func (s *SignIn) takeLink(w http.ResponseWriter, r *http.Request) {
	if !s.cfg.Local {
		s.refuse(w, r, http.StatusNotFound, noLinks)
		return
	}
	now := s.Now()
	if !s.limit.take(r.RemoteAddr, now) {
		s.tooMany(w, r)
		return
	}
	person, err := s.Store.TakeToken(r.Context(), Hash(r.PostFormValue("t")), now)
	if err != nil {
		s.outOfOrder(w, r, err)
		return
	}
	if person == "" {
		s.log(r).Warn("a sign-in link is refused: it was used, or its time is over")
		s.refuse(w, r, http.StatusForbidden, usedLink)
		return
	}
	s.limit.giveBack(r.RemoteAddr, now)
	s.welcome(w, r, person, byLink, "", localPath(r.PostFormValue("next")))
}

// welcome begins a session for somebody whom the directory knows, and sends the
// browser on.
func (s *SignIn) welcome(w http.ResponseWriter, r *http.Request, person, how, group, next string) {
	if !s.mayEnter(s.viewer(person, group)) {
		s.refuse(w, r, http.StatusForbidden, s.unknown(session{}))
		return
	}
	if _, err := s.begin(w, r, person, how, group, s.Now()); err != nil {
		s.outOfOrder(w, r, err)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}
