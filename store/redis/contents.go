package redis

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// Sources implements store.Store.
func (s *Store) Sources(ctx context.Context) ([]string, error) {
	all, err := s.names(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the sources: %w", err)
	}
	return orNil(all), nil
}

// RunKinds implements store.Store.
func (s *Store) RunKinds(ctx context.Context) ([]store.RunKind, error) {
	kinds, err := s.members(ctx, "runkinds")
	var all []store.RunKind
	for _, k := range kinds {
		all = append(all, store.RunKind(k))
	}
	return all, err
}

// FlightTeams implements store.Store.
func (s *Store) FlightTeams(ctx context.Context) ([]string, error) { return s.holding(ctx, "flights") }

// SnapshotTeams implements store.Store.
func (s *Store) SnapshotTeams(ctx context.Context) ([]string, error) {
	return s.holding(ctx, "snapshots")
}

// holding lists the members of a set of which something is stored: what is taken away
// leaves the name in the set.
func (s *Store) holding(ctx context.Context, name string) ([]string, error) {
	all, err := s.members(ctx, name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	g := s.main()
	there := make([]*goredis.IntCmd, len(all))
	err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		for i, one := range all {
			there[i] = p.Exists(ctx, g.key(name+":"+one))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", name, err)
	}
	var out []string
	for i, one := range all {
		if there[i].Val() > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

// members lists a set of the main group, in order.
func (s *Store) members(ctx context.Context, name string) ([]string, error) {
	g := s.main()
	var all *goredis.StringSliceCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { all = p.SMembers(ctx, g.key(name)) })
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", name, err)
	}
	slices.Sort(all.Val())
	return orNil(all.Val()), nil
}

// orNil is the list, or nil for an empty one.
func orNil[T any](all []T) []T {
	if len(all) == 0 {
		return nil
	}
	return all
}

// Votes implements store.Store.
func (s *Store) Votes(ctx context.Context) ([]store.Vote, error) {
	return sorted(ctx, s, "votes", func(name, body string) (store.Vote, error) {
		parts, err := apart(name, 2)
		if err != nil {
			return store.Vote{}, err
		}
		r, err := readAs[voteRecord](body)
		return store.Vote{Finding: finding.ID(parts[0]), Person: parts[1], Rule: r.Rule, Useful: r.Useful, At: r.At.time()}, err
	}, func(a, b store.Vote) int {
		return cmp.Or(cmp.Compare(a.Finding, b.Finding), cmp.Compare(a.Person, b.Person))
	})
}

// Tokens implements store.Store.
func (s *Store) Tokens(ctx context.Context) ([]store.Token, error) {
	return sorted(ctx, s, "tokens", func(hash, body string) (store.Token, error) {
		r, err := readAs[signInRecord](body)
		return store.Token{Hash: hash, Person: r.Person, Expires: r.Expires.time()}, err
	}, func(a, b store.Token) int { return cmp.Compare(a.Hash, b.Hash) })
}

// AllSpent implements store.Store.
func (s *Store) AllSpent(ctx context.Context) ([]store.SpentID, error) {
	g := s.main()
	var found *goredis.ZSliceCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { found = p.ZRangeWithScores(ctx, g.key("spent"), 0, -1) })
	if err != nil {
		return nil, fmt.Errorf("list the ids that are used up: %w", err)
	}
	var all []store.SpentID
	for _, z := range found.Val() {
		id, _ := z.Member.(string)
		all = append(all, store.SpentID{ID: id, Until: time.UnixMicro(int64(z.Score)).UTC()})
	}
	slices.SortFunc(all, func(a, b store.SpentID) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// Epochs implements store.Store.
func (s *Store) Epochs(ctx context.Context) ([]store.PersonEpoch, error) {
	return sorted(ctx, s, "epochs", func(person, epoch string) (store.PersonEpoch, error) {
		n, err := strconv.Atoi(epoch)
		return store.PersonEpoch{Person: person, Epoch: n}, err
	}, func(a, b store.PersonEpoch) int { return cmp.Compare(a.Person, b.Person) })
}

// Secrets implements store.Store.
func (s *Store) Secrets(ctx context.Context) ([]store.Secret, error) {
	return sorted(ctx, s, "secrets", func(name, text string) (store.Secret, error) {
		return store.Secret{Name: name, Text: text}, nil
	}, func(a, b store.Secret) int { return cmp.Compare(a.Name, b.Name) })
}

func sorted[T any](ctx context.Context, s *Store, name string, each func(field, value string) (T, error), order func(a, b T) int) ([]T, error) {
	all, err := listed(ctx, s, name, each)
	if err != nil {
		return nil, fmt.Errorf("list the %s: %w", name, err)
	}
	slices.SortFunc(all, order)
	return all, nil
}

// apart takes a name that joined made apart again.
func apart(name string, parts int) ([]string, error) {
	var out []string
	for range parts {
		n, width := binary.Uvarint([]byte(name))
		if width <= 0 || n > uint64(len(name)-width) {
			return nil, errors.New("a stored name is damaged")
		}
		end := width + int(n) //nolint:gosec // within the name
		out, name = append(out, name[width:end]), name[end:]
	}
	return out, nil
}
