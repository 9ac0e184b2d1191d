package redis

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
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
	if err := s.unsaid(ctx, a, &st); err != nil {
		return st, err
	}
	if a.Ledger() { // it is another than before
		st.add("hset", "head", "ledger", rand.Text())
	}
	if err := s.unrevised(ctx, a, &st); err != nil {
		return st, err
	}
	for _, k := range a.NoSnapshots {
		st.add("hdel", "snapshots:"+k.Team, k.Week)
	}
	if !a.FlightsBefore.IsZero() {
		teams, err := s.FlightTeams(ctx)
		if err != nil {
			return st, err
		}
		for _, team := range teams {
			st.add("zforget", "flights:"+team, "-inf", "("+score(a.FlightsBefore))
		}
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

// unsaid takes words away. The last that is left becomes the last that was said, if
// nobody says another meanwhile.
func (s *Store) unsaid(ctx context.Context, a store.Amendment, st *step) error {
	if len(a.NoWords) == 0 {
		return nil
	}
	said, err := s.field(ctx, "head", "words")
	if err != nil {
		return err
	}
	there, err := s.placedWords(ctx)
	if err != nil {
		return err
	}
	gone := make(map[string]bool, len(a.NoWords))
	for _, id := range a.NoWords {
		gone[id] = true
		st.add("hdel", "words", id)
	}
	there = slices.DeleteFunc(there, func(w placedWord) bool { return gone[w.ID] })
	st.when = append(st.when, condition{"HGET", "head", "words", said})
	if len(there) > 0 {
		st.add("hset", "head", "lastword", there[len(there)-1].ID)
	} else {
		st.add("hdel", "head", "lastword")
	}
	return nil
}

// unrevised takes revisions away, and tells anew which is the latest of what they
// were of.
func (s *Store) unrevised(ctx context.Context, a store.Amendment, st *step) error {
	if len(a.NoRevisions) == 0 {
		return nil
	}
	last, err := s.field(ctx, "head", "revisions")
	if err != nil {
		return err
	}
	there, err := s.Revisions(ctx)
	if err != nil {
		return err
	}
	st.when = append(st.when, condition{"HGET", "head", "revisions", last})
	latest := map[string]int64{} // 0: nothing of it is left
	for i := range there {
		r := &there[i]
		thing := joined(string(r.Kind), r.Team, r.Name)
		if slices.Contains(a.NoRevisions, r.Number) {
			latest[thing] = max(latest[thing], 0) // named, also where it is the only one
			st.add("hdel", "revisions", strconv.FormatInt(r.Number, 10))
		} else {
			latest[thing] = r.Number
		}
	}
	for _, thing := range slices.Sorted(maps.Keys(latest)) {
		if latest[thing] == 0 {
			st.add("hdel", "latest", thing)
		} else {
			st.add("hset", "latest", thing, strconv.FormatInt(latest[thing], 10))
		}
	}
	return nil
}

// Scrub implements store.Scrubber: tickets as they were before are kept for whoever
// reads one moment, and for a process that was killed while it read until its lease
// has run out. Whoever still reads has to begin anew.
func (s *Store) Scrub(ctx context.Context) error {
	sources, err := s.names(ctx)
	for _, source := range sources {
		if err == nil {
			err = s.endReaders(ctx, s.of(source))
		}
	}
	if err != nil {
		return fmt.Errorf("forget what there was before: %w", err)
	}
	return nil
}

func (s *Store) endReaders(ctx context.Context, g group) error {
	var readers *goredis.StringSliceCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { readers = p.ZRange(ctx, g.key("readers"), 0, -1) })
	if err != nil {
		return err
	}
	// One more that is nobody's: also without a reader what is kept goes.
	for _, member := range append(readers.Val(), "") {
		if _, err := s.script(ctx, g, renewScript, s.id, member, ""); err != nil {
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
