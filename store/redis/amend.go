package redis

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"
	"github.com/tinylib/msgp/msgp"

	"github.com/fairlead-dev/fairlead/store"
)

// Amend implements store.Store.
func (s *Store) Amend(ctx context.Context, a store.Amendment) error {
	if err := s.decided(ctx, func() (step, error) { return s.amendment(ctx, a) }); err != nil {
		return fmt.Errorf("amend what is stored: %w", err)
	}
	return nil
}

func (s *Store) amendment(ctx context.Context, a store.Amendment) (st step, err error) {
	if err = s.reworded(ctx, a, &st); err != nil {
		return st, err
	}
	for _, id := range a.NoFindings {
		st.add("hdel", "findings", string(id))
		st.add("hdel", "moves", string(id))
	}
	if len(a.NoFindings) > 0 { // the ledger is another than before
		st.add("hset", "head", "ledger", rand.Text())
	}
	for _, id := range a.NoRuns {
		was, err := s.field(ctx, "runs", id)
		if err != nil || was == "" {
			if err != nil {
				return st, err
			}
			continue
		}
		r, err := readAs[runRecord](was)
		if err != nil {
			return st, err
		}
		st.when = append(st.when, condition{"HGET", "runs", id, was})
		st.add("hdel", "runs", id)
		st.add("zrem", "runs:"+r.Kind, id)
	}
	for _, k := range a.NoDeliveries {
		name := joined(k.Report, k.Week, k.Channel)
		st.add("hdel", "deliveries", name)
		st.add("zrem", "due", name)
	}
	for _, hash := range a.NoTokens {
		st.add("hdel", "tokens", hash)
		st.add("zrem", "tokenends", hash)
	}
	for _, person := range a.NoEpochs {
		st.add("hdel", "epochs", person)
	}
	if a.Ungathered {
		names, err := s.gatheredNames(ctx)
		if err != nil {
			return st, err
		}
		for _, name := range names {
			st.add("del", name)
		}
	}
	return st, nil
}

// reworded puts words and revisions in place of those that are there.
func (s *Store) reworded(ctx context.Context, a store.Amendment, st *step) error {
	there, err := s.placedWords(ctx)
	if err != nil {
		return err
	}
	places := map[string]int{}
	for i := range there {
		places[there[i].ID] = there[i].place
	}
	for i := range a.Words {
		if w := &a.Words[i]; places[w.ID] > 0 {
			if err := put(st, "words", w.ID, wordRecordOf(w, places[w.ID])); err != nil {
				return err
			}
		}
	}
	if len(a.Revisions) == 0 {
		return nil
	}
	last, err := s.LatestRevision(ctx)
	if err != nil {
		return err
	}
	for _, r := range a.Revisions {
		if r.Number < 1 || r.Number > last {
			continue
		}
		record := &revisionRecord{Kind: string(r.Kind), Team: r.Team, Name: r.Name, Text: r.Text, By: r.By, Why: r.Why, At: momentOf(r.At)}
		if err := put(st, "revisions", strconv.FormatInt(r.Number, 10), record); err != nil {
			return err
		}
	}
	return nil
}

// gatheredNames are the keys, without the group's own, of all that was gathered.
func (s *Store) gatheredNames(ctx context.Context) (names []string, err error) {
	g := s.main()
	pattern := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(g.key("gathered:")) + "*"
	err = s.on(ctx, g, func(ctx context.Context, c *goredis.Client) error {
		names = nil
		each := c.Scan(ctx, 0, pattern, scanned).Iterator()
		for each.Next(ctx) {
			names = append(names, strings.TrimPrefix(each.Val(), g.key("")))
		}
		return each.Err()
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

func put(st *step, key, field string, record msgp.Marshaler) error {
	body, err := written(record)
	st.add("hset", key, field, body)
	return err
}
