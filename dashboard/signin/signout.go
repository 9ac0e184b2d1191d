package signin

import (
	"context"
	"net/http"
	"net/url"

	"go.uber.org/zap"
)

// signOut ends this session, and offers to end the provider's.
func (s *SignIn) signOut(w http.ResponseWriter, r *http.Request) {
	s.leave(w, r, func(ctx context.Context, one session) error { return s.end(ctx, one, s.Now()) })
}

// signOutEverywhere ends every session of the person.
func (s *SignIn) signOutEverywhere(w http.ResponseWriter, r *http.Request) {
	s.leave(w, r, func(ctx context.Context, one session) error {
		_, err := s.Store.NextEpoch(ctx, one.Person)
		return err
	})
}

func (s *SignIn) leave(w http.ResponseWriter, r *http.Request, end func(context.Context, session) error) {
	one, ok, err := s.session(r, s.Now())
	switch {
	case err != nil:
		s.outOfOrder(w, r, err)
		return
	case ok && !s.sentByPage(r, one):
		s.refuse(w, r, http.StatusForbidden, staleForm)
		return
	case ok:
		if err := end(r.Context(), one); err != nil {
			s.outOfOrder(w, r, err)
			return
		}
		s.log(r).Info("signed out", zap.String("person", one.Person))
	}
	var idToken string
	s.hints.open(s.cookies.get(r, hintCookie), &idToken)
	for _, name := range []string{sessionCookie, hintCookie, attemptCookie} {
		s.cookies.clear(w, name)
	}
	data := pageData{Kind: "signed out", say: signedOut}
	if ok && s.provider != nil && one.How == byProvider(s.cfg.OIDC.Issuer) {
		data.Elsewhere, data.ElsewhereName = s.provider.signOutAt(r.Context(), s.cfg.URL, idToken, s.Now()), s.cfg.OIDC.Name
	}
	if data.Elsewhere != "" {
		// Not a redirect: a page that may send forms only to itself would not
		// follow it.
		w.Header().Set("Refresh", "0; url="+data.Elsewhere)
	}
	if ok && one.How == byProxy {
		data.Lines = append(data.Lines, "The proxy before fairlead still knows you; sign out there as well.")
	}
	s.page(w, http.StatusOK, data)
}

func (s *SignIn) showSignedOut(w http.ResponseWriter, _ *http.Request) {
	s.page(w, http.StatusOK, pageData{Kind: "signed out", say: signedOut})
}

// signOutAddress is where a provider signs somebody out and sends them back.
func signOutAddress(endSession, dashboardURL, clientID, idToken string) string {
	u, err := url.Parse(endSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", clientID)
	q.Set("post_logout_redirect_uri", dashboardURL+"/signed-out")
	if idToken != "" {
		q.Set("id_token_hint", idToken)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
