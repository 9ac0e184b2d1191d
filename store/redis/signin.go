package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// AddToken implements store.Store.
func (s *Store) AddToken(ctx context.Context, hash, person string, expires time.Time) error {
	if hash == "" || person == "" {
		return errors.New("keep a sign-in token: it has no hash or no person")
	}
	body, err := written(&signInRecord{Person: person, Expires: momentOf(expires)})
	if err == nil {
		st := step{when: []condition{{"HGET", "tokens", hash, ""}}}
		st.add("hset", "tokens", hash, body)
		st.add("zadd", "tokenends", score(expires), hash)
		_, err = s.write(ctx, s.main(), st)
	}
	if errors.Is(err, errConflict) {
		err = errors.New("there is one of this hash")
	}
	if err != nil {
		return fmt.Errorf("keep a sign-in token of %s: %w", person, err)
	}
	return nil
}

// mostForgotten is how many expired tokens go at once.
const mostForgotten = 100

// TakeToken implements store.Store. Tokens do not expire by Redis's clock, but by
// that of who takes them.
func (s *Store) TakeToken(ctx context.Context, hash string, now time.Time) (person string, err error) {
	g := s.main()
	err = s.decided(ctx, func() (st step, err error) {
		person = ""
		var ended *goredis.StringSliceCmd
		var stored *goredis.StringCmd
		if err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
			ended = p.ZRangeByScore(ctx, g.key("tokenends"), &goredis.ZRangeBy{Min: "-inf", Max: score(now), Count: mostForgotten})
			stored = p.HGet(ctx, g.key("tokens"), hash)
		}); err != nil {
			return step{}, err
		}
		for _, h := range ended.Val() {
			st.add("hdel", "tokens", h)
			st.add("zrem", "tokenends", h)
		}
		if stored.Val() == "" {
			return st, nil
		}
		r, err := readAs[signInRecord](stored.Val())
		if err != nil {
			return step{}, err
		}
		if r.Expires > momentOf(now) {
			person = r.Person
		}
		st.when = append(st.when, condition{"HGET", "tokens", hash, stored.Val()})
		st.add("hdel", "tokens", hash)
		st.add("zrem", "tokenends", hash)
		return st, nil
	})
	if err != nil {
		return "", fmt.Errorf("take a sign-in token: %w", err)
	}
	return person, nil
}

// Spend implements store.Store.
func (s *Store) Spend(ctx context.Context, id string, now, until time.Time) (first bool, err error) {
	err = s.decided(ctx, func() (step, error) {
		was, ends, err := s.spent(ctx, id)
		if err != nil {
			return step{}, err
		}
		if first = was == "" || ends <= now.UnixMicro(); !first {
			return step{}, nil
		}
		st := step{when: []condition{{"ZSCORE", "spent", id, was}}}
		st.add("zforget", "spent", "-inf", score(now))
		st.add("zadd", "spent", score(until), id)
		return st, nil
	})
	if err != nil {
		return false, fmt.Errorf("note that a session is over: %w", err)
	}
	return first, nil
}

// spent is up to when an id is remembered, also as Redis writes it; empty when it
// is not.
func (s *Store) spent(ctx context.Context, id string) (written string, until int64, err error) {
	g := s.main()
	var found *goredis.StringSliceCmd
	err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		found = goredis.NewStringSliceCmd(ctx, "ZMSCORE", g.key("spent"), id)
		_ = p.Process(ctx, found)
	})
	if err != nil || len(found.Val()) == 0 || found.Val()[0] == "" {
		return "", 0, err
	}
	at, err := strconv.ParseFloat(found.Val()[0], 64)
	return found.Val()[0], int64(at), err
}

// Spent implements store.Store.
func (s *Store) Spent(ctx context.Context, id string) (bool, error) {
	was, _, err := s.spent(ctx, id)
	if err != nil {
		return false, fmt.Errorf("look whether a session is over: %w", err)
	}
	return was != "", nil
}

// Epoch implements store.Store.
func (s *Store) Epoch(ctx context.Context, person string) (int, error) {
	n, err := s.epoch(ctx, person)
	if err != nil {
		return 0, fmt.Errorf("read how often %s was signed out: %w", person, err)
	}
	return n, nil
}

func (s *Store) epoch(ctx context.Context, person string) (int, error) {
	stored, err := s.field(ctx, "epochs", person)
	if err != nil || stored == "" {
		return 0, err
	}
	return strconv.Atoi(stored)
}

// NextEpoch implements store.Store.
func (s *Store) NextEpoch(ctx context.Context, person string) (epoch int, err error) {
	err = s.decided(ctx, func() (step, error) {
		was, err := s.field(ctx, "epochs", person)
		if err != nil {
			return step{}, err
		}
		n, _ := strconv.Atoi(was) // nothing there is none
		epoch = n + 1
		return step{when: []condition{{"HGET", "epochs", person, was}}, do: []op{{"hset", "epochs", person, strconv.Itoa(epoch)}}}, nil
	})
	if err != nil {
		return 0, fmt.Errorf("sign %s out everywhere: %w", person, err)
	}
	return epoch, nil
}

// SharedSecret implements store.Store.
func (s *Store) SharedSecret(ctx context.Context, name, fresh string) (kept string, err error) {
	if name == "" || fresh == "" {
		return "", errors.New("keep a secret: it has no name, or is empty")
	}
	err = s.decided(ctx, func() (step, error) {
		was, err := s.field(ctx, "secrets", name)
		if kept = was; err != nil || was != "" {
			return step{}, err
		}
		kept = fresh
		return step{when: []condition{{"HGET", "secrets", name, ""}}, do: []op{{"hset", "secrets", name, fresh}}}, nil
	})
	if err != nil {
		return "", fmt.Errorf("keep the secret %s: %w", name, err)
	}
	return kept, nil
}
