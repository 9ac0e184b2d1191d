// Package redis keeps everything in Redis, for several processes on several
// machines: one server, a master under Sentinel, or a Cluster.
//
// Everything of one source is a group of keys with one hash tag, everything
// else another; a group lies in one slot. A step within a group is one script,
// so it happens wholly or not at all. A large one is laid ready first, decided by
// one small script, and then carried out in parts: whoever comes by in between
// carries it out to its end before looking at anything, so nobody sees half of it.
// Tickets carry the version of their group that they were stored with; while
// somebody reads one moment, what is replaced is kept beside.
package redis

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
)

// Store is a store.Store in Redis.
type Store struct {
	address  Address
	client   goredis.UniversalClient
	prefix   string
	id       string // of the store under the prefix, made when it was begun
	patience time.Duration
	sources  sync.Map // names of sources that are in the store
	replicas replicaCounts
	// mostAltered is store.MostAltered, but in tests.
	mostAltered string
}

var _ store.Store = (*Store)(nil)

// Options say which store to open.
type Options struct {
	Address
	Prefix   string        // how keys begin; empty: fairlead
	Patience time.Duration // how long a call waits for a server that is coming back; zero: 20 s
}

// format is how the keys are laid out. A fairlead that knows only earlier ones
// must not touch them.
const format = "1"

func init() { goredis.SetLogger(silent{}) }

// silent keeps the client from writing to standard error: what goes wrong comes
// back as an error.
type silent struct{}

// Printf implements the client's logger.
func (silent) Printf(context.Context, string, ...any) {}

// Open opens the store under the prefix, beginning one where there is none. It
// refuses, in words for an operator, a server that does not answer, keys that are
// not fairlead's or that a newer one wrote, and a store of which a part is gone.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{
		address: o.Address, client: connect(o.Address, noRetries), prefix: cmp.Or(o.Prefix, "fairlead"), patience: cmp.Or(o.Patience, patience),
		mostAltered: strconv.Itoa(store.MostAltered),
	}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", o.Address, err), s.client.Close())
	}
	return s, nil
}

// begin finds the store, or begins it.
func (s *Store) begin(ctx context.Context) error {
	var head, sources = map[string]string{}, []string(nil)
	g := s.main()
	err := s.on(ctx, g, func(ctx context.Context, c *goredis.Client) error {
		if err := c.HSetNX(ctx, g.key("head"), "store", rand.Text()).Err(); err != nil {
			return err
		}
		if err := c.HSetNX(ctx, g.key("head"), "format", format).Err(); err != nil {
			return err
		}
		now, err := c.Time(ctx).Result()
		if err != nil {
			return err
		}
		if err := c.HSetNX(ctx, g.key("head"), "begun", now.Unix()).Err(); err != nil {
			return err
		}
		if head, err = c.HGetAll(ctx, g.key("head")).Result(); err != nil {
			return err
		}
		sources, err = c.SMembers(ctx, g.key("sources")).Result()
		return err
	})
	switch {
	case err != nil:
		return err
	case head["format"] != format:
		return fmt.Errorf("a newer fairlead has written it (format %s, this one knows %s): use that one", head["format"], format)
	}
	s.id = head["store"]
	for _, name := range sources {
		s.sources.Store(name, true)
	}
	for _, name := range sources {
		if err := s.read(ctx, s.of(name), func(context.Context, goredis.Pipeliner) {}); err != nil {
			return fmt.Errorf("source %s: %w", name, err)
		}
	}
	return nil
}

// introduce makes a source known, its group before its name: a name without a
// group is a group that was lost.
func (s *Store) introduce(ctx context.Context, source string) error {
	if _, known := s.sources.Load(source); known {
		return nil
	}
	var have bool
	var is *goredis.BoolCmd
	if err := s.read(ctx, s.main(), func(ctx context.Context, p goredis.Pipeliner) { is = p.SIsMember(ctx, s.main().key("sources"), source) }); err != nil {
		return err
	}
	if have = is.Val(); !have {
		if _, err := s.write(ctx, s.of(source), step{}); err != nil {
			return err
		}
		if _, err := s.write(ctx, s.main(), step{do: []op{{"sadd", "sources", source}}}); err != nil {
			return err
		}
	}
	s.sources.Store(source, true)
	return nil
}

// names lists the sources in the store, in order.
func (s *Store) names(ctx context.Context) ([]string, error) {
	var names *goredis.StringSliceCmd
	err := s.read(ctx, s.main(), func(ctx context.Context, p goredis.Pipeliner) { names = p.SMembers(ctx, s.main().key("sources")) })
	if err != nil {
		return nil, err
	}
	for _, name := range names.Val() {
		s.sources.Store(name, true)
	}
	slices.Sort(names.Val())
	return names.Val(), nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.replicas.close()
	if err := s.client.Close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}
