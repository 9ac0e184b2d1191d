package redis

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

const (
	// cutPieces is how many pieces of each source a part gets at most. Many small ones
	// make the parts alike: ids are handed out in the order of time, and old work is
	// done with more quickly.
	cutPieces = 32
	// cutLeast is how many tickets a piece holds at least.
	cutLeast = 64
)

// Cut implements store.Shared. Every process that reads a part is the same reader to
// Redis, which keeps the moment for all of them.
func (s *Store) Cut(ctx context.Context, parts int) (store.Cut, error) {
	all, err := s.moment(ctx)
	c := store.Cut{Parts: parts}
	for _, r := range all {
		if err != nil {
			break
		}
		one := store.CutSource{Source: r.source, Version: r.version, Reader: r.member}
		one.Bounds, err = r.bounds(ctx, parts)
		c.Sources = append(c.Sources, one)
	}
	if err != nil {
		endAll(ctx, all)
		return store.Cut{}, fmt.Errorf("cut the tickets into parts: %w", err)
	}
	return c, nil
}

// bounds are the first ids of the pieces to cut a source into, but the first.
func (r *reader) bounds(ctx context.Context, parts int) (ids []string, err error) {
	index := r.g.key("index")
	err = r.s.on(ctx, r.g, func(ctx context.Context, c *goredis.Client) error {
		n, err := c.ZCard(ctx, index).Result()
		if err != nil {
			return err
		}
		pieces := min(int64(parts)*cutPieces, n/cutLeast)
		if pieces < 2 {
			return nil
		}
		p := c.Pipeline()
		var asked []*goredis.StringSliceCmd
		for i := int64(1); i < pieces; i++ {
			asked = append(asked, p.ZRange(ctx, index, i*n/pieces, i*n/pieces))
		}
		if _, err := p.Exec(ctx); err != nil {
			return err
		}
		ids = nil
		for _, a := range asked {
			ids = append(ids, a.Val()...)
		}
		// Somebody may have stored more in between: any bounds will do, in order.
		slices.Sort(ids)
		ids = slices.Compact(ids)
		return nil
	})
	return ids, err
}

// cutReader reads a source of what was cut; it is known already.
func (s *Store) cutReader(c *store.CutSource) *reader {
	r := &reader{s: s, source: c.Source, g: s.of(c.Source), version: c.Version, member: c.Reader}
	if r.member != "" {
		r.timer = time.NewTimer(lease / 4)
	}
	return r
}

// Uncut implements store.Shared. What it cannot tell Redis ends by itself.
func (s *Store) Uncut(ctx context.Context, c store.Cut) {
	for i := range c.Sources {
		s.cutReader(&c.Sources[i]).end(ctx)
	}
}

// Portion implements store.Shared.
func (s *Store) Portion(ctx context.Context, c store.Cut, part int) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		more, err := s.eachOfPortion(ctx, &c, part, func(t ticket.Ticket) bool { return yield(t, nil) })
		if err != nil && more {
			yield(ticket.Ticket{}, fmt.Errorf("read a part of the tickets: %w", err))
		}
	}
}

func (s *Store) eachOfPortion(ctx context.Context, c *store.Cut, part int, do func(ticket.Ticket) bool) (more bool, err error) {
	ahead, stop := context.WithCancel(ctx)
	defer stop()
	dealt := 0
	for i := range c.Sources {
		of := &c.Sources[i]
		r := s.cutReader(of)
		for n := range len(of.Bounds) + 1 {
			if dealt++; dealt%c.Parts != part {
				continue
			}
			r.from, r.below = "", ""
			if n > 0 {
				r.from = "[" + of.Bounds[n-1]
			}
			if n < len(of.Bounds) {
				r.below = "(" + of.Bounds[n]
			}
			if more, err := r.each(ctx, ahead, do); err != nil || !more {
				return more, err
			}
		}
	}
	return true, nil
}

// Named implements store.Shared.
func (s *Store) Named(ctx context.Context, c store.Cut, source string, ids []string) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		i := slices.IndexFunc(c.Sources, func(of store.CutSource) bool { return of.Source == source })
		if i < 0 {
			return
		}
		r := s.cutReader(&c.Sources[i])
		var read decoding
		for some := range slices.Chunk(ids, fetchIDs) {
			all, _, err := r.fetch(ctx, some, 1)
			more := true
			if err == nil {
				more, err = read.each(ctx, all, func(t ticket.Ticket) bool { return yield(t, nil) })
			}
			if err != nil && more {
				yield(ticket.Ticket{}, fmt.Errorf("read tickets of %s: %w", source, err))
			}
			if err != nil || !more {
				return
			}
		}
	}
}
