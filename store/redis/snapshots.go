package redis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
)

// SaveSnapshots implements store.Store.
func (s *Store) SaveSnapshots(ctx context.Context, all []store.Snapshot) error {
	err := s.decided(ctx, func() (step, error) { return snapshotsStep(all) })
	if err != nil {
		return fmt.Errorf("keep snapshots: %w", err)
	}
	return nil
}

func snapshotsStep(all []store.Snapshot) (st step, err error) {
	for _, one := range all {
		for measure, v := range one.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return step{}, fmt.Errorf("%s of team %q: %s is %v, which is no number", one.Week, one.Team, measure, v)
			}
		}
		body, err := written(&snapshotRecord{Week: one.Week, Taken: momentOf(one.Taken), Values: one.Values})
		if err != nil {
			return step{}, fmt.Errorf("%s of team %q: %w", one.Week, one.Team, err)
		}
		st.add("hset", "snapshots:"+one.Team, one.Week, body)
		st.add("sadd", "snapshots", one.Team)
	}
	return st, nil
}

// Snapshots implements store.Store.
func (s *Store) Snapshots(ctx context.Context, team, from, to string) ([]store.Snapshot, error) {
	g := s.main()
	var fields *goredis.MapStringStringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { fields = p.HGetAll(ctx, g.key("snapshots:"+team)) })
	if err != nil {
		return nil, fmt.Errorf("read snapshots of team %q: %w", team, err)
	}
	var all []store.Snapshot
	for week, body := range fields.Val() {
		if week < from || week > to {
			continue
		}
		r, err := readAs[snapshotRecord](body)
		if err != nil {
			return nil, fmt.Errorf("read snapshots of team %q: %s: %w", team, week, err)
		}
		one := store.Snapshot{Team: team, Week: week, Taken: r.Taken.time(), Values: r.Values}
		if len(one.Values) == 0 {
			one.Values = nil
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b store.Snapshot) int { return cmp.Compare(a.Week, b.Week) })
	return all, nil
}
