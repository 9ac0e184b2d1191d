package redis

import (
	"context"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/finding"
)

// Vote implements store.Store. The votes of a rule are counted as they come, since
// every page that shows a rule asks for them.
func (s *Store) Vote(ctx context.Context, id finding.ID, rule, person string, useful *bool, at time.Time) error {
	err := s.decided(ctx, func() (step, error) { return s.vote(ctx, joined(string(id), person), rule, useful, at) })
	if err != nil {
		return fmt.Errorf("keep a vote on finding %s: %w", id, err)
	}
	return nil
}

func (s *Store) vote(ctx context.Context, name, rule string, useful *bool, at time.Time) (step, error) {
	was, err := s.field(ctx, "votes", name)
	if err != nil {
		return step{}, err
	}
	st := step{when: []condition{{"HGET", "votes", name, was}}}
	if was != "" {
		r, err := readAs[voteRecord](was)
		if err != nil {
			return step{}, err
		}
		st.add("hincrby", "votecounts", flag(r.Useful)+r.Rule, "-1")
		st.add("hdel", "votes", name)
	}
	if useful == nil {
		return st, nil
	}
	body, err := written(&voteRecord{Rule: rule, Useful: *useful, At: momentOf(at)})
	st.add("hset", "votes", name, body)
	st.add("hincrby", "votecounts", flag(*useful)+rule, "1")
	return st, err
}

// VoteOf implements store.Store.
func (s *Store) VoteOf(ctx context.Context, id finding.ID, person string) (*bool, error) {
	body, err := s.field(ctx, "votes", joined(string(id), person))
	if err == nil && body == "" {
		return nil, nil //nolint:nilnil // nothing said is an answer
	}
	var r voteRecord
	if err == nil {
		r, err = readAs[voteRecord](body)
	}
	if err != nil {
		return nil, fmt.Errorf("read a vote on finding %s: %w", id, err)
	}
	return &r.Useful, nil
}

// CountVotes implements store.Store.
func (s *Store) CountVotes(ctx context.Context, rule string) (useful, not int, err error) {
	g := s.main()
	var yes, no *goredis.StringCmd
	err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		yes, no = p.HGet(ctx, g.key("votecounts"), flag(true)+rule), p.HGet(ctx, g.key("votecounts"), flag(false)+rule)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count the votes on %s: %w", rule, err)
	}
	useful, _ = yes.Int() // nothing there is none
	not, _ = no.Int()
	return useful, not, nil
}
