package redis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
)

// SaveRun implements store.Store.
func (s *Store) SaveRun(ctx context.Context, r store.Run) error {
	err := s.decided(ctx, func() (step, error) { return s.runStep(ctx, r) })
	if err != nil {
		return fmt.Errorf("save %s run %s: %w", r.Kind, r.ID, err)
	}
	return nil
}

func (s *Store) runStep(ctx context.Context, r store.Run) (step, error) {
	was, err := s.field(ctx, "runs", r.ID)
	if err != nil {
		return step{}, err
	}
	st := step{when: []condition{{"HGET", "runs", r.ID, was}}}
	if was != "" {
		old, err := readAs[runRecord](was)
		if err != nil {
			return step{}, err
		}
		st.add("zrem", "runs:"+old.Kind, r.ID)
	}
	body, err := written(&runRecord{
		Kind: string(r.Kind), Source: r.Source, Started: momentOf(r.Started), Ended: momentOf(r.Ended), Error: r.Error,
		Tickets: r.Tickets, Changes: r.Changes, Changed: r.Changed, Gaps: r.Gaps,
	})
	st.add("hset", "runs", r.ID, body)
	st.add("zadd", "runs:"+string(r.Kind), score(r.Started), r.ID)
	st.add("sadd", "runkinds", string(r.Kind))
	return st, err
}

// Runs implements store.Store.
func (s *Store) Runs(ctx context.Context, kind store.RunKind, limit int) ([]store.Run, error) {
	if limit <= 0 {
		return nil, nil
	}
	all, err := s.runs(ctx, kind, limit)
	if err != nil {
		return nil, fmt.Errorf("read %s runs: %w", kind, err)
	}
	return all, nil
}

func (s *Store) runs(ctx context.Context, kind store.RunKind, limit int) (all []store.Run, err error) {
	g := s.main()
	var ids *goredis.StringSliceCmd
	err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		ids = p.ZRevRange(ctx, g.key("runs:"+string(kind)), 0, int64(limit-1))
	})
	if err != nil || len(ids.Val()) == 0 {
		return nil, err
	}
	var bodies *goredis.SliceCmd
	if err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { bodies = p.HMGet(ctx, g.key("runs"), ids.Val()...) }); err != nil {
		return nil, err
	}
	for i, v := range bodies.Val() {
		body, ok := v.(string)
		if !ok {
			continue
		}
		r, err := readAs[runRecord](body)
		if err != nil {
			return nil, err
		}
		if r.Kind == string(kind) {
			all = append(all, r.run(ids.Val()[i]))
		}
	}
	slices.SortStableFunc(all, func(a, b store.Run) int { return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(b.ID, a.ID)) })
	return all, nil
}

func (r *runRecord) run(id string) store.Run {
	out := store.Run{
		ID: id, Kind: store.RunKind(r.Kind), Source: r.Source, Started: r.Started.time(), Ended: r.Ended.time(), Error: r.Error,
		Tickets: r.Tickets, Changes: r.Changes, Changed: r.Changed, Gaps: r.Gaps,
	}
	if len(out.Gaps) == 0 {
		out.Gaps = nil
	}
	return out
}
