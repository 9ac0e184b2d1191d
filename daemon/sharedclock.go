package daemon

import (
	"context"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/store"
)

// sharedClock is a machine's clock set by that of a store, so that several machines
// whose clocks differ have one time: what is due, what is held until when, and which
// check came before which.
type sharedClock struct {
	own   Clock
	ahead atomic.Int64 // how far the store's clock is ahead, in nanoseconds
}

// Now implements Clock.
func (c *sharedClock) Now() time.Time { return c.own.Now().Add(time.Duration(c.ahead.Load())) }

// Sleep implements Clock.
func (c *sharedClock) Sleep(ctx context.Context, d time.Duration) error { return c.own.Sleep(ctx, d) }

const (
	// clockSet is how often a clock is set.
	clockSet = time.Minute
	// clockAskew is from when on a difference is worth a word.
	clockAskew = 5 * time.Second
)

// set asks the store for the time.
func (c *sharedClock) set(ctx context.Context, s store.Shared) error {
	before := c.own.Now()
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	after := c.own.Now()
	c.ahead.Store(int64(now.Sub(before.Add(after.Sub(before) / 2))))
	return nil
}

// skew is how far the machine's clock is behind the store's.
func (c *sharedClock) skew() time.Duration { return time.Duration(c.ahead.Load()) }

// setClock sets the clock by the store, where several processes share it.
func (f *Fairlead) setClock(ctx context.Context) error {
	c, is := f.clock.(*sharedClock)
	shared, has := f.store.(store.Shared)
	if !is || !has {
		return nil
	}
	before := c.skew()
	err := c.set(ctx, shared)
	if now := c.skew(); now.Abs() > clockAskew && (now-before).Abs() > clockAskew {
		f.log.Warn("this machine's clock differs from the store's, by which fairlead goes: set it right", zap.Duration("behind", now))
	}
	return err
}

// keepTime sets the clock now and then until ctx ends.
func (f *Fairlead) keepTime(ctx context.Context) {
	for f.clock.Sleep(ctx, clockSet) == nil {
		if err := f.setClock(ctx); err != nil && ctx.Err() == nil {
			f.log.Debug("the clock was not set", zap.Error(err))
		}
	}
}
