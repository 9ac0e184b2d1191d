package daemon

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/store"
)

// Tidied is what was kept long enough and taken away.
type Tidied struct {
	Runs       int `json:"runs"`
	Deliveries int `json:"deliveries"`
	Findings   int `json:"findings"`
	Snapshots  int `json:"snapshots"`
	Trail      int `json:"trail"` // revisions, and words about waivers
}

// onceWeek is the week of deliveries that are made once and never again: they are
// kept, since without them they would be made again.
const onceWeek = "once"

// tidyDaily takes away what was kept long enough, once a day. It is given when it last
// did, and gives that: others copy f meanwhile.
func (f *Fairlead) tidyDaily(ctx context.Context, last time.Time) time.Time {
	now := f.clock.Now()
	if ctx.Err() != nil || now.Sub(last) < 24*time.Hour {
		return last
	}
	if _, err := f.Tidy(ctx, now); err != nil && ctx.Err() == nil {
		f.log.Warn("what was kept long enough could not be taken away; tomorrow is another try", zap.Error(err))
	}
	return now
}

// Tidy takes away what the configuration's retention no longer asks for.
func (f *Fairlead) Tidy(ctx context.Context, now time.Time) (done Tidied, err error) {
	keep := f.cfg().Retention
	if keep.Runs > 0 {
		if done.Runs, err = tidyRuns(ctx, f.store, now.Add(-keep.Runs)); err != nil {
			return done, fmt.Errorf("tidy the runs: %w", err)
		}
	}
	if keep.Deliveries > 0 {
		if done.Deliveries, err = tidyDeliveries(ctx, f.store, now.Add(-keep.Deliveries)); err != nil {
			return done, fmt.Errorf("tidy the deliveries: %w", err)
		}
	}
	if keep.Findings > 0 {
		if done.Findings, err = f.tidyFindings(ctx, now.Add(-keep.Findings), now); err != nil {
			return done, fmt.Errorf("tidy the findings: %w", err)
		}
	}
	if keep.Snapshots > 0 {
		if done.Snapshots, err = f.tidySnapshots(ctx, now.Add(-keep.Snapshots)); err != nil {
			return done, fmt.Errorf("tidy the weeks: %w", err)
		}
	}
	if keep.Trail > 0 {
		if done.Trail, err = f.tidyTrail(ctx, now.Add(-keep.Trail)); err != nil {
			return done, fmt.Errorf("tidy the trail: %w", err)
		}
	}
	if done != (Tidied{}) {
		f.log.Info("what was kept long enough was taken away", zap.Int("runs", done.Runs), zap.Int("deliveries", done.Deliveries),
			zap.Int("findings", done.Findings), zap.Int("snapshots", done.Snapshots), zap.Int("trail", done.Trail))
	}
	return done, nil
}

// tidyRuns leaves the latest complete run of each kind and source: schedules go by it.
func tidyRuns(ctx context.Context, s store.Store, before time.Time) (n int, err error) {
	for _, kind := range []store.RunKind{store.RunSync, store.RunReconcile, store.RunCheck, store.RunReport} {
		all, err := s.Runs(ctx, kind, math.MaxInt32) // newest first
		if err != nil {
			return n, err
		}
		var gone []string
		latest := map[string]bool{}
		for _, r := range all {
			if whole := r.Error == ""; whole && !latest[r.Source] {
				latest[r.Source] = true
			} else if r.Started.Before(before) {
				gone = append(gone, r.ID)
			}
		}
		for part := range slices.Chunk(gone, copyBatch) {
			if err := s.Amend(ctx, store.Amendment{NoRuns: part}); err != nil {
				return n, err
			}
			n += len(part)
		}
	}
	return n, nil
}

func tidyDeliveries(ctx context.Context, s store.Store, before time.Time) (n int, err error) {
	all, err := allDeliveries(s, ctx)
	if err != nil {
		return 0, err
	}
	var gone []store.DeliveryKey
	for _, d := range all {
		if over := d.State != store.Pending && d.Holder == ""; over && d.Week != onceWeek && d.Due.Before(before) && d.First.Before(before) && d.Delivered.Before(before) {
			gone = append(gone, d.DeliveryKey)
		}
	}
	for part := range slices.Chunk(gone, copyBatch) {
		if err := s.Amend(ctx, store.Amendment{NoDeliveries: part}); err != nil {
			return n, err
		}
		n += len(part)
	}
	return n, nil
}
