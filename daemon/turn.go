package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/store"
)

// Where several processes share a store, some things are done by one at a time:
// whose turn it is, is a lease in the store, by the store's clock. What its holder
// stores is refused once somebody else has taken the turn, so that a process that was
// paused, or cut off, or whose clock is wrong, spoils nothing.

// The turns there are.
var (
	scheduleTurn = store.Lease{Name: "schedule"}
	checkTurn    = store.Lease{Name: "check"}
)

// syncTurn is the turn of reading a source.
func syncTurn(source string) store.Lease { return store.Lease{Source: source, Name: "sync"} }

// takenError says that it is somebody else's turn.
type takenError struct {
	lease store.Lease
	by    string
}

func (e takenError) Error() string { return fmt.Sprintf("%s is %s's turn", e.lease.Name, e.by) }

// exclusively does something while it is this process's turn, with the store as the
// holder of the turn works on it. ctx ends when the turn is lost. A takenError says that it is somebody else's turn. A
// store that is not shared has no turns.
func (f *Fairlead) exclusively(ctx context.Context, l store.Lease, do func(context.Context, *Fairlead) error) error {
	shared, is := f.store.(store.Shared)
	if !is {
		return do(ctx, f)
	}
	holder := holderName()
	by, err := shared.Hold(ctx, l, holder, turnLength)
	switch {
	case err != nil:
		return err
	case by != holder:
		return takenError{l, by}
	}
	held, lose := context.WithCancelCause(ctx)
	renewing := make(chan struct{})
	go func() { defer close(renewing); keepTurns(held, shared, l, holder, lose) }()
	g := *f
	g.store, g.held = shared.Under(l, holder), store.Held{Lease: l, Holder: holder}
	err = do(held, &g)
	lost := errors.Is(context.Cause(held), store.ErrLost)
	lose(nil)
	<-renewing
	if lost {
		return errors.Join(store.ErrLost, err)
	}
	giveUp, done := context.WithTimeout(context.WithoutCancel(ctx), turnRenewed)
	defer done()
	if trouble := shared.Release(giveUp, l, holder); trouble != nil {
		f.log.Debug("a turn runs out instead of being given up", zap.String("turn", l.Name), zap.Error(trouble))
	}
	return err
}

// keepTurns prolongs a lease until ctx ends, and says when it is lost: somebody else
// has it, or it may have run out.
func keepTurns(ctx context.Context, s store.Shared, l store.Lease, holder string, lose context.CancelCauseFunc) {
	tick := time.NewTicker(turnRenewed)
	defer tick.Stop()
	latest := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asked := time.Now()
		asking, done := context.WithTimeout(ctx, turnLength-turnRenewed)
		by, err := s.Hold(asking, l, holder, turnLength)
		done()
		switch {
		case err == nil && by == holder:
			latest = asked
		case err == nil:
			lose(fmt.Errorf("%w: it is %s's turn", store.ErrLost, by))
			return
		case time.Since(latest) > turnLength-turnRenewed:
			lose(fmt.Errorf("%w: the store could not be told that it goes on: %v", store.ErrLost, err)) //nolint:errorlint // one cause is enough
			return
		}
	}
}

// inTurn is exclusively for somebody who can wait for their turn.
func (f *Fairlead) inTurn(ctx context.Context, l store.Lease, do func(context.Context, *Fairlead) error) error {
	for told := false; ; {
		err := f.exclusively(ctx, l, do)
		var taken takenError
		if !errors.As(err, &taken) {
			return err
		}
		if !told {
			f.log.Info("waiting for another fairlead to be done", zap.String("turn", l.Name), zap.String("source", l.Source), zap.String("holder", taken.by))
			told = true
		}
		if err := f.clock.Sleep(ctx, turnAsked); err != nil {
			return err
		}
	}
}

// hasTurn reports whether anybody has the turn of the job, as far as can be told.
func (f *Fairlead) hasTurn(ctx context.Context, j *job) bool {
	turn, needed := j.turn()
	shared, is := f.store.(store.Shared)
	if !needed || !is {
		return true
	}
	held, err := shared.Leases(ctx)
	return err != nil || slices.ContainsFunc(held, func(h store.Held) bool { return h.Lease == turn })
}
