package redis

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/ticket"
)

// toldFor is how long a list is kept that nobody continues: a tracker may take its
// time between two pages.
const toldFor = 6 * time.Hour

// Compare implements store.Store. What the tracker holds is noted in Redis and
// then held, in parts, against the source as it stood when the list ended.
func (s *Store) Compare(ctx context.Context, source string, present iter.Seq2[[]ticket.Present, error]) (stale, gone []string, err error) {
	stale, gone, err = s.compare(ctx, source, present)
	if err != nil {
		return nil, nil, fmt.Errorf("compare %s with its tracker: %w", source, err)
	}
	return stale, gone, nil
}

// list is what a tracker told, noted under a name.
type list struct {
	s    *Store
	g    group
	name string
	ids  int // how many are noted at the least
}

func (s *Store) compare(ctx context.Context, source string, present iter.Seq2[[]ticket.Present, error]) (stale, gone []string, err error) {
	l := &list{s: s, g: s.of(source), name: rand.Text()}
	defer l.forget(ctx)
	for page, err := range present {
		if err != nil {
			return nil, nil, err
		}
		for part := range slices.Chunk(page, mostOps) {
			if err := l.note(ctx, part); err != nil {
				return nil, nil, err
			}
		}
	}
	r, err := s.readerOf(ctx, source)
	if err != nil {
		return nil, nil, err
	}
	defer r.end(ctx)
	if stale, err = l.stale(ctx, r); err != nil {
		return nil, nil, err
	}
	gone, err = l.gone(ctx, r)
	return stale, gone, err
}

func (l *list) key() string { return l.g.key("told:" + l.name) }

func (l *list) note(ctx context.Context, page []ticket.Present) error {
	args := []any{l.name, toldFor.Milliseconds()}
	for _, p := range page {
		if p.ID == "" {
			return fmt.Errorf("ticket %s: it has no id", p.Key)
		}
		told := binary.BigEndian.AppendUint64(nil, uint64(momentOf(p.Updated))) //nolint:gosec // never before the zero time
		args = append(args, p.ID, append(told, p.Key...))
	}
	answer, err := l.s.script(ctx, l.g, noteScript, args...)
	fresh, _ := answer.(int64)
	l.ids += int(fresh)
	return err
}

// whole looks that nothing noted was lost. An answer that was lost on the way
// leaves more noted than counted.
func (l *list) whole(ctx context.Context) error {
	return l.s.on(ctx, l.g, func(ctx context.Context, c *goredis.Client) error {
		n, err := c.HLen(ctx, l.key()).Result()
		if err == nil && int(n) < l.ids {
			err = errors.New("Redis has lost part of the tracker's list: compare again") //nolint:revive,staticcheck // a name
		}
		return err
	})
}

// stale walks over what was told.
func (l *list) stale(ctx context.Context, r *reader) (stale []string, err error) {
	if err := l.whole(ctx); err != nil {
		return nil, err
	}
	for cursor := uint64(0); ; {
		var pairs []string
		err := l.s.on(ctx, l.g, func(ctx context.Context, c *goredis.Client) error {
			part, next, err := c.HScan(ctx, l.key(), cursor, "", mostOps).Result()
			if err == nil {
				pairs, cursor = part, next
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		ids := make([]string, 0, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			ids = append(ids, pairs[i])
		}
		if stale, err = l.staleOf(ctx, r, ids, stale); err != nil {
			return nil, err
		}
		if cursor == 0 {
			slices.Sort(stale)
			return slices.Compact(stale), r.renew(ctx)
		}
	}
}

func (l *list) staleOf(ctx context.Context, r *reader, ids, stale []string) ([]string, error) {
	for part := range slices.Chunk(ids, mostOps) {
		args := []any{l.name, r.version}
		for _, id := range part {
			args = append(args, id)
		}
		answer, err := l.s.script(ctx, l.g, staleScript, args...)
		if err != nil {
			return nil, err
		}
		marks, _ := answer.([]any)
		for i, mark := range marks {
			if mark == any(int64(1)) {
				stale = append(stale, part[i])
			}
		}
		if err := r.renew(ctx); err != nil {
			return nil, err
		}
	}
	return stale, nil
}

// gone walks over what is stored.
func (l *list) gone(ctx context.Context, r *reader) (gone []string, err error) {
	ids, err := r.after(ctx, "-", mostOps)
	for err == nil && len(ids) > 0 {
		var told *goredis.SliceCmd
		err = l.s.on(ctx, l.g, func(ctx context.Context, c *goredis.Client) error {
			told = c.HMGet(ctx, l.key(), ids...)
			return told.Err()
		})
		if err != nil {
			return nil, err
		}
		var missing []string
		for i, v := range told.Val() {
			if v == nil {
				missing = append(missing, ids[i])
			}
		}
		if gone, err = r.there(ctx, missing, gone); err != nil {
			return nil, err
		}
		if err = r.renew(ctx); err == nil {
			ids, err = r.after(ctx, "("+ids[len(ids)-1], mostOps)
		}
	}
	return gone, err
}

// there adds those ids that stood in the source at the moment.
func (r *reader) there(ctx context.Context, ids, out []string) ([]string, error) {
	if len(ids) == 0 {
		return out, nil
	}
	args := []any{"", r.version}
	for _, id := range ids {
		args = append(args, id)
	}
	answer, err := r.s.script(ctx, r.g, staleScript, args...)
	if err != nil {
		return nil, err
	}
	marks, _ := answer.([]any)
	for i, mark := range marks {
		if mark == any(int64(0)) {
			out = append(out, ids[i])
		}
	}
	return out, nil
}

func (l *list) forget(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
	defer cancel()
	_ = l.s.on(ctx, l.g, func(ctx context.Context, c *goredis.Client) error { return c.Unlink(ctx, l.key()).Err() })
}
