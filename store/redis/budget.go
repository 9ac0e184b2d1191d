package redis

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Budget is what all processes share of their requests to trackers' sites: so many
// places at once, and the waits that servers asked for, by the clock of Redis. It
// stands beside the store: all of it expires, and nothing waits for replicas.
type Budget struct{ s *Store }

// Budget is that of all who use the store.
func (s *Store) Budget() *Budget { return &Budget{s} }

const (
	// placeHeld is after which time a place counts as that of a process that is gone.
	placeHeld = 30 * time.Second
	// placeAsked is after which time to ask again for a place where all are taken.
	placeAsked = 100 * time.Millisecond
)

func (b *Budget) keys(site string) []string {
	g := b.s.main()
	site = strings.ReplaceAll(url.QueryEscape(site), "%3A", ":")
	return []string{g.key("places:" + site), g.key("holds:" + site)}
}

// Enter takes one of so many places at the site for a request to the endpoint. Where
// there is none it tells after which time to ask again; held says that the server
// asked for that wait.
func (b *Budget) Enter(ctx context.Context, site, endpoint, place string, atOnce int) (wait time.Duration, held bool, err error) {
	answer, err := b.run(ctx, enterScript, site, endpoint, place, atOnce, placeHeld.Milliseconds(), placeAsked.Milliseconds())
	if err != nil {
		return 0, false, err
	}
	told, _ := answer.([]any)
	if len(told) != 2 {
		return 0, false, fmt.Errorf("Redis answered %v", answer) //nolint:revive,staticcheck // a name
	}
	ms, _ := told[0].(int64)
	return time.Duration(ms) * time.Millisecond, told[1] == any(int64(1)), nil
}

// Leave gives the place free.
func (b *Budget) Leave(ctx context.Context, site, place string) error {
	c, err := b.s.node(ctx, b.s.main())
	if err != nil {
		return err
	}
	return c.ZRem(ctx, b.keys(site)[0], place).Err()
}

// Hold keeps everybody from the endpoint, or from all with an empty one.
func (b *Budget) Hold(ctx context.Context, site, endpoint string, wait time.Duration) error {
	_, err := b.run(ctx, holdScript, site, endpoint, max(wait.Milliseconds(), 1))
	return err
}

func (b *Budget) run(ctx context.Context, script *goredis.Script, site string, args ...any) (any, error) {
	c, err := b.s.node(ctx, b.s.main())
	if err != nil {
		return nil, err
	}
	return script.Run(ctx, c, b.keys(site), args...).Result()
}
