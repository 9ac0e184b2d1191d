package signin

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/dashboard"
)

// guard is what holds for every request: a limit of what it sends, and that no
// other site's page sent it.
func (s *SignIn) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyAtMost)
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		if s.cfg.Guest != "" && !s.ourHost(r.Host) {
			// Another name may lead here for somebody else's page (DNS rebinding).
			s.refuse(w, r, http.StatusMisdirectedRequest, say{Title: "This is not the dashboard's address", Lines: []string{"Open " + s.cfg.URL + " instead."}})
			return
		}
		if err := s.origins.Check(r); err != nil && !hasBearer(r) {
			s.log(r).Warn("a page of another site sent a change; refused", zap.String("path", shortened(r.URL.Path)), zap.String("origin", shortened(r.Header.Get("Origin"))))
			s.refuse(w, r, http.StatusForbidden, foreignForm)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ourHost reports whether the request names the configured address or this
// machine.
func (s *SignIn) ourHost(host string) bool {
	u, err := url.Parse(s.cfg.URL)
	if err == nil && strings.EqualFold(host, u.Host) {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return isLoopback(strings.Trim(host, "[]"))
}

// protect lets through who is signed in and whom the directory knows.
func (s *SignIn) protect(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		switch {
		case s.public(r):
			pages.ServeHTTP(w, r)
			return
		case hasBearer(r):
			h.Set("Cache-Control", "private, no-cache")
			h.Add("Vary", "Authorization")
			s.byToken(w, r, pages)
			return
		}
		h.Set("Cache-Control", "private, no-cache")
		h.Add("Vary", "Cookie")
		one, ok := s.identify(w, r)
		if !ok {
			return
		}
		v := s.viewer(one.Person, one.Group)
		if !s.mayEnter(v) {
			s.refuse(w, r, http.StatusForbidden, s.unknown(one))
			return
		}
		if changes(r) && !s.sentByPage(r, one) {
			s.refuse(w, r, http.StatusForbidden, staleForm)
			return
		}
		ctx := dashboard.WithFormToken(dashboard.WithViewer(r.Context(), v), s.forms.of(one.ID))
		pages.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (s *SignIn) public(r *http.Request) bool {
	for _, beginning := range s.cfg.Public {
		if strings.HasPrefix(r.URL.Path, beginning) && path.Clean(r.URL.Path) == r.URL.Path {
			return !changes(r)
		}
	}
	return false
}

func (s *SignIn) mayEnter(v dashboard.Viewer) bool {
	return dashboard.AccessOf(s.Directory(), v, s.Now()).Known()
}

// identify finds the session of a request, beginning one where a proxy vouches
// for somebody. Where there is none it answers the request itself.
func (s *SignIn) identify(w http.ResponseWriter, r *http.Request) (one session, ok bool) {
	now := s.Now()
	email, vouched, err := s.cfg.Proxy.vouches(r)
	if err != nil {
		s.log(r).Warn("the proxy's header is refused", zap.Error(err), zap.String("from", r.RemoteAddr))
		s.refuse(w, r, http.StatusBadRequest, oddHeader(s.cfg.Proxy.Header))
		return session{}, false
	}
	one, ok, err = s.session(r, now)
	switch {
	case err != nil:
	case vouched:
		p, known := s.Directory().Resolve("", "", email)
		if !known {
			s.refuse(w, r, http.StatusForbidden, s.unknown(session{}))
			return session{}, false
		}
		one, ok, err = s.vouchedFor(w, r, one, p.ID)
	case ok && one.How == byProxy:
		ok = false // only as long as the proxy says so, on every request
	case !ok && s.cfg.Guest != "":
		one, err = s.begin(w, r, s.cfg.Guest, asGuest, "", now)
		ok = err == nil
	}
	if err == nil && ok {
		err = s.note(w, one, now)
	}
	if err != nil {
		s.outOfOrder(w, r, err)
		return session{}, false
	}
	if !ok {
		s.askToSignIn(w, r)
	}
	return one, ok
}

// vouchedFor is the session of the person whom the proxy names: the one that the
// browser has, or a new one when that is somebody else's.
func (s *SignIn) vouchedFor(w http.ResponseWriter, r *http.Request, one session, person string) (session, bool, error) {
	if one.How == byProxy && one.Person == person {
		return one, true, nil
	}
	one, err := s.begin(w, r, person, byProxy, "", s.Now())
	return one, err == nil, err
}

// askToSignIn sends a page to the sign-in page, and back afterwards; whatever
// else wants an answer gets it in words.
func (s *SignIn) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if changes(r) || forProgram(r) {
		s.refuse(w, r, http.StatusUnauthorized, notSignedIn)
		return
	}
	to := "/sign-in"
	if next := localPath(r.URL.RequestURI()); next != "/" {
		to += "?" + url.Values{"next": {next}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// outOfOrder says that the store does not answer; what it said goes to the log.
func (s *SignIn) outOfOrder(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == context.Canceled {
		return // nobody waits for the answer
	}
	s.log(r).Error("sessions cannot be looked up", zap.Error(err))
	s.refuse(w, r, http.StatusServiceUnavailable, tryLater)
}

// shortened is what of a text from outside goes to the log.
func shortened(text string) string {
	const most = 400
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
