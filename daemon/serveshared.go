package daemon

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"
)

// serveShared works with others that share the store until ctx ends: it does jobs of
// the queue, keeps the schedule while it is its turn, and puts what webhooks hint at
// into the queue. When ctx ends it gives up the schedule, finishes what is finished
// soon and hands back the rest.
func (f *Fairlead) serveShared(ctx context.Context, q *queue, hints <-chan hint, ended <-chan error) (err error) {
	w, err := q.startWorkers(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.drain()) }()
	ctx, stop := context.WithCancel(ctx)
	var loops sync.WaitGroup
	defer loops.Wait()
	defer stop()
	loops.Go(func() { f.keepTime(ctx) })
	loops.Go(func() { f.keepSchedule(ctx, q) })
	loops.Go(func() { f.followAll(ctx, q, hints) })
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		return err
	}
}

// followAll looks at what webhooks hint at until ctx ends.
func (f *Fairlead) followAll(ctx context.Context, by runner, hints <-chan hint) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-hints:
			f.follow(ctx, by, first, hints)
		}
	}
}

// keepSchedule keeps the schedule while it is this process's turn, and otherwise
// waits to take over from whoever keeps it.
func (f *Fairlead) keepSchedule(ctx context.Context, q *queue) {
	for ctx.Err() == nil {
		err := f.exclusively(ctx, scheduleTurn, func(ctx context.Context, f *Fairlead) error {
			f.log.Info("this process keeps the schedule")
			f.rounds(ctx, q)
			return nil
		})
		pause := turnAsked
		var taken takenError
		if err != nil && ctx.Err() == nil && !errors.As(err, &taken) {
			f.log.Error("the schedule is not kept here for now", zap.Error(err))
			pause = storeAway
		}
		_ = f.clock.Sleep(ctx, pause) // ends early with ctx
	}
}

// rounds are those of the schedule, until ctx ends.
func (f *Fairlead) rounds(ctx context.Context, q *queue) {
	post := f.startPostman(ctx, q.beginAll)
	defer post.wait()
	var tidied time.Time
	for ctx.Err() == nil {
		if f.cycle(ctx, q) {
			post.post()
			if _, err := q.put(ctx, job{Kind: remindJob}); err != nil && ctx.Err() == nil {
				f.log.Warn("nobody was asked to remind people; the next round does", zap.Error(err))
			}
		}
		tidied = f.tidyDaily(ctx, tidied)
		_ = f.clock.Sleep(ctx, f.pauseBefore(f.clock.Now())) // ends early with ctx
	}
}

// beginAll has deliveries made, and tells again once all have ended.
func (q *queue) beginAll(ctx context.Context, all []parcel, again chan<- struct{}) {
	if len(all) == 0 {
		return
	}
	go func() {
		if err := q.run(ctx, deliverJobs(all)...); err != nil && ctx.Err() == nil {
			q.f.log.Warn("not every delivery could be tried; the next look does", zap.Error(err))
		}
		select {
		case again <- struct{}{}:
		default:
		}
	}()
}
