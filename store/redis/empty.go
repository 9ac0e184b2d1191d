package redis

import (
	"context"
	"fmt"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// scanned is how many keys are asked for, and taken away, at once.
const scanned = 500

// Empty implements store.Emptier. Nothing of the prefix stays, so that this
// opening of the store has lost it: who goes on opens it anew. The keys of sources
// go first: what was stopped midway is noticed as a store that lost a part.
func (s *Store) Empty(ctx context.Context) error {
	prefix := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(s.prefix)
	for _, pattern := range []string{"{" + prefix + ":*", "{" + prefix + "}:*"} {
		err := s.each(ctx, func(ctx context.Context, c *goredis.Client) error { return unlinkAll(ctx, c, pattern) })
		if err != nil {
			return fmt.Errorf("empty store %s: %w", s.address, inWords(err))
		}
	}
	return nil
}

// each runs do on every server that takes writes.
func (s *Store) each(ctx context.Context, do func(context.Context, *goredis.Client) error) error {
	switch c := s.client.(type) {
	case *goredis.ClusterClient:
		return c.ForEachMaster(ctx, do)
	case *goredis.Client:
		return do(ctx, c)
	}
	return nil
}

// unlinkAll takes the keys away one by one: those of one server of a Cluster lie in
// several slots.
func unlinkAll(ctx context.Context, c *goredis.Client, pattern string) error {
	var cursor uint64
	for {
		keys, next, err := c.Scan(ctx, cursor, pattern, scanned).Result()
		if err != nil {
			return err
		}
		p := c.Pipeline()
		for _, k := range keys {
			p.Unlink(ctx, k)
		}
		if len(keys) > 0 {
			if _, err := p.Exec(ctx); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
