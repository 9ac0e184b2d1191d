package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
)

// AddRevision implements store.Store.
func (s *Store) AddRevision(ctx context.Context, r store.Revision, after int64) (store.Revision, error) {
	what := fmt.Sprintf("keep a revision of %s %q", r.Kind, r.Name)
	if r.Name == "" || !slices.Contains(store.RevisionKinds(), r.Kind) {
		return store.Revision{}, errors.New(what + ": it does not say of what it is one")
	}
	var kept store.Revision
	err := s.decided(ctx, func() (st step, err error) {
		kept, st, err = s.revision(ctx, r, after)
		return st, err
	})
	if err != nil {
		return store.Revision{}, fmt.Errorf("%s: %w", what, err)
	}
	return kept, nil
}

func (s *Store) revision(ctx context.Context, r store.Revision, after int64) (kept store.Revision, st step, err error) {
	g, thing := s.main(), joined(string(r.Kind), r.Team, r.Name)
	var last, latest *goredis.StringCmd
	if err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		last, latest = p.HGet(ctx, g.key("head"), "revisions"), p.HGet(ctx, g.key("latest"), thing)
	}); err != nil {
		return kept, st, err
	}
	if n, _ := latest.Int64(); n != after { // nothing there is none
		return kept, st, fmt.Errorf("%w: revision %d, and this one was begun from %d", store.ErrOutrun, n, after)
	}
	n, _ := last.Int64()
	record := &revisionRecord{Kind: string(r.Kind), Team: r.Team, Name: r.Name, Text: r.Text, By: r.By, Why: r.Why, At: momentOf(r.At)}
	body, err := written(record)
	number := strconv.FormatInt(n+1, 10)
	st.when = []condition{{"HGET", "head", "revisions", last.Val()}, {"HGET", "latest", thing, latest.Val()}}
	st.add("hset", "head", "revisions", number)
	st.add("hset", "latest", thing, number)
	st.add("hset", "revisions", number, body)
	return record.revision(n + 1), st, err
}

func (r *revisionRecord) revision(number int64) store.Revision {
	return store.Revision{
		Number: number, Kind: store.RevisionKind(r.Kind), Team: r.Team, Name: r.Name, Text: r.Text, By: r.By, Why: r.Why, At: r.At.time(),
	}
}

// Revisions implements store.Store.
func (s *Store) Revisions(ctx context.Context) ([]store.Revision, error) {
	return sorted(ctx, s, "revisions", func(number, body string) (store.Revision, error) {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return store.Revision{}, err
		}
		r, err := readAs[revisionRecord](body)
		return r.revision(n), err
	}, func(a, b store.Revision) int { return cmp.Compare(a.Number, b.Number) })
}

// LatestRevision implements store.Store.
func (s *Store) LatestRevision(ctx context.Context) (int64, error) {
	number, err := s.field(ctx, "head", "revisions")
	if err != nil {
		return 0, fmt.Errorf("look for the latest revision: %w", err)
	}
	n, _ := strconv.ParseInt(number, 10, 64) // nothing there is none
	return n, nil
}
