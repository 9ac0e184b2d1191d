package signin

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"go.uber.org/zap"
)

// session is what a browser that is signed in takes along, sealed. Of what
// somebody may see it says nothing but the admin group that their provider named.
type session struct {
	ID     string `json:"i"`
	Person string `json:"p"`
	How    string `json:"h"` // how they signed in: see the ways
	Epoch  int    `json:"e"`
	Begun  int64  `json:"b"` // Unix seconds
	Seen   int64  `json:"s"` // Unix seconds; at most seenEvery behind
	Group  string `json:"g,omitempty"`
}

// The ways to sign in. A session ends with its way: when a way is configured no
// longer, or another provider is.
const (
	byLink  = "link"
	byProxy = "proxy"
	asGuest = "guest"
)

func byProvider(issuer string) string { return "oidc " + issuer }

// offered reports whether sessions of the way still count.
func (s *SignIn) offered(how string) bool {
	switch how {
	case byLink:
		return s.cfg.Local
	case byProxy:
		return s.cfg.Proxy != nil
	case asGuest:
		return s.cfg.Guest != ""
	}
	return s.cfg.OIDC != nil && how == byProvider(s.cfg.OIDC.Issuer)
}

const (
	// idleShare is the part of a session's time after which somebody who does
	// nothing is signed out.
	idleShare = 3
	// clockSkew is how far ahead another process's clock may be.
	clockSkew = 2 * time.Minute
)

func (s *SignIn) idle() time.Duration { return s.cfg.Lasts / idleShare }

// seenEvery is how often a session is sealed anew while it is used.
func (s *SignIn) seenEvery() time.Duration { return s.idle() / 20 }

// current reports whether the session's time is not over.
func (s *SignIn) current(one session, now time.Time) bool {
	begun, seen := time.Unix(one.Begun, 0), time.Unix(one.Seen, 0)
	return one.ID != "" && one.Person != "" && !begun.After(now.Add(clockSkew)) && !seen.After(now.Add(clockSkew)) && !seen.Before(begun) &&
		now.Sub(begun) < s.cfg.Lasts && now.Sub(seen) < s.idle()
}

// session is the one a request comes with. ok is false when there is none that
// still counts; an error is the store's.
func (s *SignIn) session(r *http.Request, now time.Time) (one session, ok bool, err error) {
	if !s.sessions.open(s.cookies.get(r, sessionCookie), &one) || !s.current(one, now) || !s.offered(one.How) {
		return session{}, false, nil
	}
	over, err := s.ended(r.Context(), one)
	if err != nil || over {
		return session{}, false, err
	}
	return one, true, nil
}

// ended looks whether somebody signed out of the session, or everywhere.
func (s *SignIn) ended(ctx context.Context, one session) (bool, error) {
	spent, err := s.Store.Spent(ctx, one.ID)
	if err != nil || spent {
		return spent, err
	}
	epoch, err := s.Store.Epoch(ctx, one.Person)
	return epoch != one.Epoch, err
}

// begin signs a person in: always with a new session, after ending the one that
// the browser came with.
func (s *SignIn) begin(w http.ResponseWriter, r *http.Request, person, how, group string, now time.Time) (session, error) {
	if old, ok, err := s.session(r, now); err == nil && ok {
		if err := s.end(r.Context(), old, now); err != nil {
			return session{}, err
		}
	}
	epoch, err := s.Store.Epoch(r.Context(), person)
	if err != nil {
		return session{}, err
	}
	one := session{ID: rand.Text(), Person: person, How: how, Epoch: epoch, Begun: now.Unix(), Seen: now.Unix(), Group: group}
	if err := s.give(w, one, now); err != nil {
		return session{}, err
	}
	s.log(r).Info("signed in", zap.String("person", person), zap.String("how", how))
	return one, nil
}

// give hands the session to the browser.
func (s *SignIn) give(w http.ResponseWriter, one session, now time.Time) error {
	sealed, err := s.sessions.seal(one)
	if err != nil {
		return fmt.Errorf("seal a session: %w", err)
	}
	s.cookies.set(w, sessionCookie, sealed, time.Unix(one.Begun, 0).Add(s.cfg.Lasts).Sub(now))
	return nil
}

// note keeps a session that is used from being taken for idle.
func (s *SignIn) note(w http.ResponseWriter, one session, now time.Time) error {
	if now.Sub(time.Unix(one.Seen, 0)) < s.seenEvery() {
		return nil
	}
	one.Seen = now.Unix()
	return s.give(w, one, now)
}

// end makes the session count no longer, also for who has a copy of it.
func (s *SignIn) end(ctx context.Context, one session, now time.Time) error {
	_, err := s.Store.Spend(ctx, one.ID, now, time.Unix(one.Begun, 0).Add(s.cfg.Lasts+clockSkew))
	return err
}
