package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

// staleAfter is how old the latest complete reading of a source may be before
// its findings are frozen: a day, and two hours for a nightly job that is late.
const staleAfter = 26 * time.Hour

// health is what the recorded runs say of one source.
type health struct {
	source   string
	lastRead time.Time // end of the latest complete sync; zero: never
	trouble  string    // what went wrong since; empty when nothing did
	gaps     []string  // of the latest complete sync, and of a reconciliation that ended early
}

// stale says that what is stored may no longer be what the tracker has, so that
// nothing may be concluded from what is missing.
func (h health) stale(now time.Time) bool {
	return h.lastRead.IsZero() || h.trouble != "" || now.Sub(h.lastRead) > staleAfter
}

// runsLookedAt bounds how far back the latest complete sync is looked for.
const runsLookedAt = 1000

// healths reads how every configured source stands.
func (f *Fairlead) healths(ctx context.Context) ([]health, error) {
	runs, err := f.runsOfAll(ctx, store.RunSync)
	if err != nil {
		return nil, fmt.Errorf("read the record of syncs: %w", err)
	}
	reconciled, err := f.runsOfAll(ctx, store.RunReconcile)
	if err != nil {
		return nil, fmt.Errorf("read the record of reconciliations: %w", err)
	}
	// What a clock that was wrong dated into the future would stand before all
	// that comes after it.
	now := f.clock.Now()
	runs = slices.DeleteFunc(runs, func(r store.Run) bool { return r.Started.After(now) })
	out := make([]health, len(f.sources))
	for i, src := range f.sources {
		out[i] = healthOf(src.Name(), runs)
		out[i].gaps = slices.Concat(out[i].gaps, unreconciled(src.Name(), reconciled))
	}
	return out, nil
}

// runsOfAll are the latest runs of a kind, newest first: few where each source ended
// well lately, since somebody may ask every few seconds.
func (f *Fairlead) runsOfAll(ctx context.Context, kind store.RunKind) ([]store.Run, error) {
	few := 8 * len(f.sources)
	runs, err := f.store.Runs(ctx, kind, few)
	if err != nil || len(runs) < few {
		return runs, err
	}
	well, now := map[string]bool{}, f.clock.Now()
	for i := range runs {
		if runs[i].Error == "" && !runs[i].Started.After(now) {
			well[runs[i].Source] = true
		}
	}
	for _, src := range f.sources {
		if !well[src.Name()] {
			return f.store.Runs(ctx, kind, runsLookedAt)
		}
	}
	return runs, nil
}

// unreconciled says what may be wrong when the latest reconciliation of a
// source ended early: what is stored was read well, but some of it may be gone.
func unreconciled(source string, runs []store.Run) []string {
	for _, r := range runs {
		if r.Source != source {
			continue
		}
		if r.Error == "" {
			return nil
		}
		return []string{"tickets that were deleted may still be counted, because the latest look for them ended early (fairlead sync --reconcile tells why)"}
	}
	return nil
}

// healthOf reads the runs, newest first, up to the latest complete one.
func healthOf(source string, runs []store.Run) health {
	h := health{source: source}
	for _, r := range runs {
		if r.Source != source {
			continue
		}
		if r.Error == "" {
			h.lastRead, h.gaps = r.Ended, r.Gaps
			return h
		}
		if h.trouble == "" {
			h.trouble = r.Error
		}
	}
	return h
}

// forReport tells a reader how fresh a week's data is. What was read to the end
// after the week was over is all there is to know of it, whatever came later.
func (h health) forReport(week org.Week, now time.Time) reports.Health {
	out := reports.Health{Name: h.source, LastRead: h.lastRead, Gaps: h.gaps}
	if h.lastRead.Before(week.End) {
		out.Stale = h.stale(now) // what stood in the way is for the operator's log
	}
	return out
}
