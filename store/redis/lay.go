package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// laid is the key of what lies ready for another process.
func (s *Store) laid(name string) string { return s.main().key("laid:" + name) }

// Lay implements store.Shared.
func (s *Store) Lay(ctx context.Context, name string, body []byte, keep time.Duration) error {
	return s.on(ctx, s.main(), func(ctx context.Context, c *goredis.Client) error {
		if body == nil {
			return c.Unlink(ctx, s.laid(name)).Err()
		}
		return c.Set(ctx, s.laid(name), packed(nil, body), keep).Err()
	})
}

// Laid implements store.Shared.
func (s *Store) Laid(ctx context.Context, name string) (body []byte, err error) {
	err = s.on(ctx, s.main(), func(ctx context.Context, c *goredis.Client) error {
		lies, err := c.Get(ctx, s.laid(name)).Bytes()
		if errors.Is(err, goredis.Nil) {
			return nil
		}
		if err == nil {
			body, err = unpacked(nil, lies)
		}
		return err
	})
	return body, err
}
