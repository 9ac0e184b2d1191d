package connectors

import (
	"context"
	"crypto/rand"
	"time"
)

// Shared is a budget of several processes. All of it may be lost: what cannot be
// asked there is decided by each process for itself.
type Shared interface {
	// Enter takes one of so many places at the site for a request to the endpoint.
	// Where there is none it tells after which time to ask again; held says that the
	// server asked for that wait.
	Enter(ctx context.Context, site, endpoint, place string, atOnce int) (wait time.Duration, held bool, err error)
	// Leave gives the place free.
	Leave(ctx context.Context, site, place string) error
	// Hold keeps everybody from the endpoint, or from all with an empty one.
	Hold(ctx context.Context, site, endpoint string, wait time.Duration) error
}

// sharedPatience bounds how long a shared budget may take to answer.
const sharedPatience = 2 * time.Second

// ShareWith has other processes count in, under the site's name. It is called
// before the first request.
func (b *Budget) ShareWith(s Shared, site string) { b.shared, b.site = s, site }

// enterShared takes a place among those of all processes. A hold that others were
// told of is noted here, and then there is no place: again is set. A request keeps
// its place in this process while it waits for one of all.
func (b *Budget) enterShared(ctx context.Context, endpoint string) (place string, again bool, err error) {
	if b.shared == nil {
		return "", false, nil
	}
	place = rand.Text()
	for {
		asking, done := context.WithTimeout(ctx, sharedPatience)
		wait, held, err := b.shared.Enter(asking, b.site, endpoint, place, cap(b.slots))
		done()
		switch {
		case ctx.Err() != nil:
			return "", false, ctx.Err()
		case err != nil:
			return "", false, nil //nolint:nilerr // each for itself
		case wait <= 0:
			return place, false, nil
		case held:
			b.note(endpoint, wait)
			return "", true, nil
		}
		if err := b.clock.Sleep(ctx, wait); err != nil {
			return "", false, err
		}
	}
}

// leaveShared gives free a place; the empty one is none. Nobody waits for that.
func (b *Budget) leaveShared(place string) {
	if place == "" {
		return
	}
	ctx, done := context.WithTimeout(context.Background(), sharedPatience)
	defer done()
	_ = b.shared.Leave(ctx, b.site, place) // or it runs out
}

// holdShared tells others of a hold.
func (b *Budget) holdShared(endpoint string, wait time.Duration) {
	if b.shared == nil {
		return
	}
	ctx, done := context.WithTimeout(context.Background(), sharedPatience)
	defer done()
	_ = b.shared.Hold(ctx, b.site, endpoint, wait) // or each is told by the server
}
