package redis

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// lease is how long a reader that is not heard of counts as reading. Until then
// Redis keeps what is replaced meanwhile, so a process that died costs memory for
// that long.
const lease = 10 * time.Minute

var errMissed = errors.New("reading took so long that Redis no longer keeps that moment: read again")

// reader reads one source at one moment.
type reader struct {
	s       *Store
	source  string
	g       group
	version uint64
	member  string // what it is known by; empty when Redis takes no writes
	timer   *time.Timer
	// from and below bound what is read, as Redis writes bounds; empty: all of it.
	from, below string
}

// moment begins to read several sources at one moment. Each is asked for its
// version twice: where none has moved in between, all of them stood so together.
func (s *Store) moment(ctx context.Context) (all []*reader, err error) {
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		names, err := s.names(ctx)
		if err != nil {
			return nil, err
		}
		all, err := s.readersOf(ctx, names)
		if err != nil {
			return nil, err
		}
		together, err := s.stood(ctx, all)
		if err == nil && together {
			return all, nil
		}
		endAll(ctx, all)
		if err != nil {
			return nil, err
		}
		timer := time.NewTimer(pause/2 + mathrand.N(pause)) //nolint:gosec // jitter
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

func (s *Store) readersOf(ctx context.Context, names []string) (all []*reader, err error) {
	for _, name := range names {
		r, err := s.readerOf(ctx, name)
		if err != nil {
			endAll(ctx, all)
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// stood reports whether no source has moved since its reader began, and none has
// come along.
func (s *Store) stood(ctx context.Context, all []*reader) (bool, error) {
	if len(all) == 1 {
		return true, nil
	}
	for _, r := range all {
		var version *goredis.StringCmd
		err := s.read(ctx, r.g, func(ctx context.Context, p goredis.Pipeliner) { version = p.HGet(ctx, r.g.key("head"), "version") })
		if err != nil {
			return false, err
		}
		if v, _ := version.Uint64(); v != r.version {
			return false, nil
		}
	}
	names, err := s.names(ctx)
	return len(names) == len(all), err
}

// readerOf begins to read one source. Where Redis takes no writes nothing changes
// either, so then nothing has to be kept.
func (s *Store) readerOf(ctx context.Context, source string) (*reader, error) {
	r := &reader{s: s, source: source, g: s.of(source)}
	name := rand.Text()
	for {
		answer, err := s.script(ctx, r.g, readScript, s.id, flag(r.g.known), name, lease.Milliseconds())
		if refused(err) {
			return r, r.unheard(ctx)
		}
		if err != nil {
			return nil, err
		}
		word, rest, err := s.heard(answer)
		if err != nil {
			return nil, err
		}
		if word == "done" {
			n, _ := rest.(int64)
			r.version, r.member = uint64(n), fmt.Sprint(n, " ", name) //nolint:gosec // a count
			r.timer = time.NewTimer(lease / 4)
			return r, nil
		}
		if err := s.finish(ctx, r.g, rest); err != nil {
			return nil, err
		}
	}
}

// refused says that Redis is there and takes no writes.
func refused(err error) bool {
	var t *told
	if !errors.As(err, &t) {
		return false
	}
	return slices.ContainsFunc([]string{"OOM", "MISCONF", "READONLY", "NOREPLICAS"}, func(p string) bool {
		return strings.HasPrefix(t.err.Error(), p)
	})
}

// unheard reads the version without becoming known.
func (r *reader) unheard(ctx context.Context) error {
	var version *goredis.StringCmd
	err := r.s.read(ctx, r.g, func(ctx context.Context, p goredis.Pipeliner) { version = p.HGet(ctx, r.g.key("head"), "version") })
	if err == nil {
		r.version, _ = version.Uint64()
	}
	return err
}

// renew keeps the reader known, now and then.
func (r *reader) renew(ctx context.Context) error {
	if r.timer == nil {
		return nil
	}
	select {
	case <-r.timer.C:
	default:
		return nil
	}
	r.timer.Reset(lease / 4)
	answer, err := r.s.script(ctx, r.g, renewScript, r.s.id, r.member, lease.Milliseconds())
	if err == nil && answer == any(int64(0)) {
		err = errMissed
	}
	return err
}

// end lets go of the moment. What it cannot tell Redis ends by itself.
func (r *reader) end(ctx context.Context) {
	if r.member == "" {
		return
	}
	r.timer.Stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
	defer cancel()
	_, _ = r.s.script(ctx, r.g, renewScript, r.s.id, r.member, "")
}

func endAll(ctx context.Context, all []*reader) {
	for _, r := range all {
		r.end(ctx)
	}
}

// The size of what is fetched at once: large enough that the way to Redis does not
// count, small enough for memory.
const (
	fetchIDs   = 512
	fetchBytes = 4 << 20
)

// page is part of a source at a moment.
type page struct {
	tickets []kept
	err     error
}

// pages fetches the source in order of ids, one page ahead of who takes them.
func (r *reader) pages(ctx context.Context, out chan<- page) {
	defer close(out)
	send := func(p page) bool {
		select {
		case out <- p:
			return p.err == nil
		case <-ctx.Done():
			return false
		}
	}
	ids, err := r.after(ctx, cmp.Or(r.from, "-"), fetchIDs)
	for n := fetchIDs; err == nil && len(ids) > 0; {
		var p page
		var next []string
		if p.tickets, next, err = r.fetch(ctx, ids, n); err != nil {
			break
		}
		if !send(p) {
			return
		}
		n = fitting(n, p.tickets)
		ids = next
		err = r.renew(ctx)
	}
	if err != nil {
		send(page{err: err})
	}
}

// fitting is how many to fetch next, seeing how large these were.
func fitting(n int, tickets []kept) int {
	size := 0
	for i := range tickets {
		size += len(tickets[i].body)
	}
	switch {
	case size > fetchBytes:
		return max(n/4, 1)
	case size < fetchBytes/4:
		return min(2*n, fetchIDs)
	}
	return n
}

func (r *reader) after(ctx context.Context, from string, n int) (ids []string, err error) {
	err = r.s.on(ctx, r.g, func(ctx context.Context, c *goredis.Client) error {
		ids, err = c.ZRangeArgs(ctx, r.next(from, n)).Result()
		return err
	})
	return ids, err
}

// next are ids in order, from one on.
func (r *reader) next(from string, n int) goredis.ZRangeArgs {
	return goredis.ZRangeArgs{Key: r.g.key("index"), Start: from, Stop: cmp.Or(r.below, "+"), ByLex: true, Count: int64(n)}
}

// fetch reads tickets as they were at the moment, and the ids that come next.
func (r *reader) fetch(ctx context.Context, ids []string, n int) (out []kept, next []string, err error) {
	var now *goredis.SliceCmd
	var following *goredis.StringSliceCmd
	err = r.s.on(ctx, r.g, func(ctx context.Context, c *goredis.Client) error {
		p := c.Pipeline()
		now = p.HMGet(ctx, r.g.key("tickets"), ids...)
		following = p.ZRangeArgs(ctx, r.next("("+ids[len(ids)-1], n))
		known := r.stillKnown(ctx, p)
		_, _ = p.Exec(ctx)
		if err := cmpErr(now.Err(), following.Err()); err != nil {
			return err
		}
		return known()
	})
	if err != nil {
		return nil, nil, err
	}
	out, err = r.seen(ctx, ids, now.Val())
	return out, following.Val(), err
}

// stillKnown asks, behind what was read, whether the moment was kept up to there.
func (r *reader) stillKnown(ctx context.Context, p goredis.Pipeliner) func() error {
	if r.member == "" {
		version := p.HGet(ctx, r.g.key("head"), "version")
		return func() error {
			v, err := version.Uint64()
			if err == nil && v != r.version {
				err = errMissed
			}
			return err
		}
	}
	score := p.ZScore(ctx, r.g.key("readers"), r.member)
	return func() error {
		if errors.Is(score.Err(), goredis.Nil) {
			return errMissed
		}
		return score.Err()
	}
}

// seen takes what stands there now, or where it is newer than the moment, what was
// kept of it.
func (r *reader) seen(ctx context.Context, ids []string, now []any) (out []kept, err error) {
	var newer []string
	out = make([]kept, 0, len(ids))
	for i, v := range now {
		stored, ok := v.(string)
		if !ok {
			continue
		}
		k, err := keptOf(stored)
		if err != nil {
			return nil, fmt.Errorf("ticket with id %s: %w", ids[i], err)
		}
		if k.version > r.version {
			newer = append(newer, ids[i])
		}
		out = append(out, k)
	}
	if len(newer) > 0 {
		if err := r.older(ctx, newer, out); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(out, func(k kept) bool { return !k.there }), nil
}

// older puts in place of tickets that are newer than the moment what they were.
func (r *reader) older(ctx context.Context, ids []string, all []kept) error {
	var chains *goredis.SliceCmd
	err := r.s.on(ctx, r.g, func(ctx context.Context, c *goredis.Client) error {
		p := c.Pipeline()
		chains = p.HMGet(ctx, r.g.key("old"), ids...)
		known := r.stillKnown(ctx, p)
		_, _ = p.Exec(ctx)
		if chains.Err() != nil {
			return chains.Err()
		}
		return known()
	})
	if err != nil {
		return err
	}
	n := 0
	for i := range all {
		if all[i].version <= r.version {
			continue
		}
		chain, _ := chains.Val()[n].(string)
		if all[i], _, err = asOf(chain, r.version); err != nil {
			return err
		}
		n++
	}
	return nil
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// Tickets implements store.Store. Memory is needed for two pages of a source.
func (s *Store) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		more, err := s.eachTicket(ctx, func(t ticket.Ticket) bool { return yield(t, nil) })
		if err != nil && more {
			yield(ticket.Ticket{}, fmt.Errorf("read tickets: %w", err))
		}
	}
}

func (s *Store) eachTicket(ctx context.Context, do func(ticket.Ticket) bool) (more bool, err error) {
	all, err := s.moment(ctx)
	if err != nil {
		return true, err
	}
	defer endAll(ctx, all)
	ahead, stop := context.WithCancel(ctx)
	defer stop()
	for _, r := range all {
		if more, err := r.each(ctx, ahead, do); err != nil || !more {
			return more, err
		}
	}
	return true, nil
}

func (r *reader) each(ctx, ahead context.Context, do func(ticket.Ticket) bool) (more bool, err error) {
	pages := make(chan page, 1)
	go r.pages(ahead, pages)
	var read decoding
	for p := range pages {
		if p.err != nil {
			return true, p.err
		}
		if more, err := read.each(ctx, p.tickets, do); err != nil || !more {
			return more, err
		}
	}
	return true, ctx.Err()
}

// decoding reads bodies, one after the other, in memory that it uses again.
type decoding struct{ scratch []byte }

func (d *decoding) each(ctx context.Context, all []kept, do func(ticket.Ticket) bool) (more bool, err error) {
	for i := range all {
		if err := ctx.Err(); err != nil {
			return true, err
		}
		body, err := unpacked(d.scratch, all[i].body)
		if err != nil {
			return true, err
		}
		if cap(body) > cap(d.scratch) && cap(body) < fetchBytes {
			d.scratch = body
		}
		t, err := store.DecodeTicket(body)
		if err != nil {
			return true, err
		}
		if !do(t) {
			return false, nil
		}
	}
	return true, nil
}
