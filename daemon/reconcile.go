package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
)

// ReconcileResult is what holding the store against one tracker brought.
type ReconcileResult struct {
	Listed    int      `json:"listed"`     // tickets the tracker holds
	Refetched int      `json:"refetched"`  // tickets read again: missing here, older, or with another key
	StillHeld int      `json:"still_held"` // not listed, but there at a second look
	Removed   int      `json:"removed"`    // tickets the tracker no longer holds
	Seconds   float64  `json:"seconds"`
	Gaps      []string `json:"gaps,omitempty"`
	Error     string   `json:"error,omitempty"`
}

// reconciling says how a sync goes about reconciliation.
type reconciling struct {
	forced        bool // now, due or not
	allowRemovals bool
	observe       func(Progress)
}

// anotherTry is how long after one that ended early the next reconciliation is
// tried; until then every sync would list everything again for nothing.
const anotherTry = time.Hour

// reconcile holds the store against what the tracker holds, if that is due, and
// records the run. The result is nil when it was not.
func (f *Fairlead) reconcile(ctx context.Context, src connectors.Source, how reconciling) (*ReconcileResult, error) {
	holder, ok := src.(connectors.Holder)
	if !ok {
		return nil, nil
	}
	started := f.clock.Now()
	if !how.forced {
		due, err := f.reconcileDue(ctx, src.Name(), started)
		if err != nil || !due {
			return nil, err
		}
	}
	to, err := f.forgetful(ctx)
	if err != nil {
		return nil, err
	}
	ctx, s := f.traces.begin(ctx, "reconcile", trace.SpanKindInternal)
	done, err := connectors.Reconcile(ctx, holder, to, connectors.ReconcileOptions{AllowRemovals: how.allowRemovals, Observe: how.observe})
	ended := f.clock.Now()
	s.word("source", done.Source)
	s.number("listed", done.Present)
	s.number("removed", done.Removed)
	s.done(err)
	f.log.Info("source reconciled", zap.String("source", done.Source), zap.Int("listed", done.Present), zap.Int("refetched", done.Refetched),
		zap.Int("still_held", done.StillHeld), zap.Int("removed", done.Removed), zap.Strings("gaps", done.Gaps), zap.Error(err))
	saved := f.saveRun(ctx, store.Run{
		ID: runID(store.RunReconcile, done.Source, started), Kind: store.RunReconcile, Source: done.Source,
		Started: started, Ended: ended, Error: inText(err),
		Tickets: done.Present, Changes: done.Changes, Changed: done.Changed + done.Removed, Gaps: done.Gaps,
	})
	return &ReconcileResult{
		Listed: done.Present, Refetched: done.Refetched, StillHeld: done.StillHeld, Removed: done.Removed,
		Seconds: ended.Sub(started).Seconds(), Gaps: done.Gaps, Error: inText(err),
	}, errors.Join(err, saved)
}

// wholeReading records a first sync that went through in one go as a
// reconciliation: it read everything the tracker holds into an empty store. One
// that was interrupted did not see what was deleted meanwhile.
func wholeReading(sync store.Run) store.Run {
	sync.ID, sync.Kind = runID(store.RunReconcile, sync.Source, sync.Started), store.RunReconcile
	return sync
}

// reconcileDue says whether the latest complete reconciliation is older than
// configured, and the latest try not too recent.
func (f *Fairlead) reconcileDue(ctx context.Context, source string, now time.Time) (bool, error) {
	runs, err := f.store.Runs(ctx, store.RunReconcile, runsLookedAt)
	if err != nil {
		return false, fmt.Errorf("read the record of reconciliations: %w", err)
	}
	first := true
	for _, r := range runs {
		if r.Source != source {
			continue
		}
		if r.Error == "" {
			return now.Sub(r.Started) >= f.cfg().Sync.ReconcileEvery, nil
		}
		if first && now.Sub(r.Started) < anotherTry {
			return false, nil
		}
		first = false
	}
	return true, nil
}
