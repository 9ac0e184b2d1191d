package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

// AddAPIToken implements store.Store.
func (s *Store) AddAPIToken(ctx context.Context, t store.APIToken) error {
	if t.ID == "" || t.Hash == "" || t.Person == "" {
		return errors.New("keep an API token: it has no id, no hash or no person")
	}
	body, err := written(&apiTokenRecord{
		ID: t.ID, Hash: t.Hash, Person: t.Person, Name: t.Name, Scopes: t.Scopes, Made: momentOf(t.Made), Expires: momentOf(t.Expires),
	})
	if err == nil {
		st := step{when: []condition{{"HGET", "apitokens", t.ID, ""}, {"HGET", "apihashes", t.Hash, ""}}}
		st.add("hset", "apitokens", t.ID, body)
		st.add("hset", "apihashes", t.Hash, t.ID)
		_, err = s.write(ctx, s.main(), st)
	}
	if errors.Is(err, errConflict) {
		err = errors.New("there is one of this id or hash")
	}
	if err != nil {
		return fmt.Errorf("keep API token %s: %w", t.ID, err)
	}
	return nil
}

func (r *apiTokenRecord) token() store.APIToken {
	t := store.APIToken{
		ID: r.ID, Hash: r.Hash, Person: r.Person, Name: r.Name, Scopes: r.Scopes, Made: r.Made.time(), Expires: r.Expires.time(),
	}
	if len(t.Scopes) == 0 {
		t.Scopes = nil
	}
	return t
}

// APITokenOwner implements store.Store.
func (s *Store) APITokenOwner(ctx context.Context, hash string, now time.Time) (person string, scopes []string, err error) {
	t, err := s.apiToken(ctx, hash)
	if err != nil {
		return "", nil, fmt.Errorf("look up an API token: %w", err)
	}
	if t.Hash != hash || !t.Expires.After(now) {
		return "", nil, nil
	}
	return t.Person, t.Scopes, nil
}

// apiToken is the token of a hash; the zero one when there is none.
func (s *Store) apiToken(ctx context.Context, hash string) (t store.APIToken, err error) {
	id, err := s.field(ctx, "apihashes", hash)
	if err != nil || id == "" {
		return t, err
	}
	body, err := s.field(ctx, "apitokens", id)
	if err != nil || body == "" {
		return t, err
	}
	r, err := readAs[apiTokenRecord](body)
	return r.token(), err
}

// APITokens implements store.Store.
func (s *Store) APITokens(ctx context.Context) ([]store.APIToken, error) {
	all, err := listed(ctx, s, "apitokens", func(_, body string) (store.APIToken, error) {
		r, err := readAs[apiTokenRecord](body)
		return r.token(), err
	})
	if err != nil {
		return nil, fmt.Errorf("read the API tokens: %w", err)
	}
	slices.SortFunc(all, func(a, b store.APIToken) int { return cmp.Or(a.Made.Compare(b.Made), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// RevokeAPIToken implements store.Store.
func (s *Store) RevokeAPIToken(ctx context.Context, id string) error {
	err := s.decided(ctx, func() (step, error) {
		was, err := s.field(ctx, "apitokens", id)
		if err == nil && was == "" {
			err = store.ErrNotFound
		}
		if err != nil {
			return step{}, err
		}
		r, err := readAs[apiTokenRecord](was)
		st := step{when: []condition{{"HGET", "apitokens", id, was}}}
		st.add("hdel", "apitokens", id)
		st.add("hdel", "apihashes", r.Hash)
		return st, err
	})
	if err != nil {
		return fmt.Errorf("revoke API token %s: %w", id, err)
	}
	return nil
}
