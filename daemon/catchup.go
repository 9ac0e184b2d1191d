package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
)

// replayedWeeks is how far back a check makes up for weeks that nobody looked
// at: as far as a report's trend is long.
const replayedWeeks = 12

// catchUp looks at the ends of past weeks, each source from where it was looked
// at last. One that was not read completely yet waits until it is, since a past
// that was made of a part of its tickets would stay. It returns how findings
// moved, from the earliest of those weeks on; nil when none was due.
func (f *Fairlead) catchUp(ctx context.Context, fresh map[string]bool, now time.Time) (moved *CheckResult, err error) {
	lookedAt, err := f.lookedAt(ctx)
	if err != nil {
		return nil, err
	}
	for _, at := range f.weekEnds(now) {
		due := map[string]bool{}
		for source := range fresh {
			if lookedAt[source].Before(at) {
				due[source] = true
			}
		}
		if len(due) == 0 {
			continue
		}
		// What is known of the others is newer than this moment.
		watched := func(e *finding.Finding) bool { return !due[e.Subject.Source] || f.watched(e) }
		r, err := f.checkAt(ctx, due, watched, at)
		if err != nil {
			return nil, err
		}
		if moved == nil {
			moved = &CheckResult{At: at}
		}
		moved.addMoves(r)
	}
	return moved, nil
}

// addMoves counts the moves of another evaluation in.
func (r *CheckResult) addMoves(of CheckResult) {
	r.Opened += of.Opened
	r.Reopened += of.Reopened
	r.Settled += of.Settled
	r.AgedOut += of.AgedOut
	r.Withdrawn += of.Withdrawn
}

// lookedAt tells up to which moment each source has been looked at. What the
// ledger says of a source counts as well: a finding can be withdrawn while
// nobody looks, and must not open again before that.
func (f *Fairlead) lookedAt(ctx context.Context) (map[string]time.Time, error) {
	runs, err := f.store.Runs(ctx, store.RunLook, runsLookedAt)
	if err != nil {
		return nil, fmt.Errorf("read up to when sources were checked: %w", err)
	}
	out := map[string]time.Time{}
	for _, r := range runs {
		out[r.Source] = r.Started
	}
	ledger, err := f.store.Findings(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	for _, e := range ledger {
		moved := e.OpenSince()
		if e.State != finding.Open {
			moved = e.Spans[len(e.Spans)-1].To
		}
		if moved.After(out[e.Subject.Source]) {
			out[e.Subject.Source] = moved
		}
	}
	return out, nil
}

// saveLooked records that the sources have been looked at up to the moment.
func (f *Fairlead) saveLooked(ctx context.Context, sources map[string]bool, at time.Time) error {
	for source := range sources {
		err := f.store.SaveRun(ctx, store.Run{
			ID: string(store.RunLook) + " " + source, Kind: store.RunLook, Source: source, Started: at, Ended: at,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// weekEnds lists the last seconds of the past weeks, in the zone of every team,
// oldest first.
func (f *Fairlead) weekEnds(now time.Time) []time.Time {
	var ends []time.Time
	for _, team := range f.cfg.Directory.Teams() {
		this := org.WeekOf(now, team.Location)
		for n := replayedWeeks; n >= 1; n-- {
			ends = append(ends, this.Before(n).End.Add(-time.Second).UTC())
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	return slices.CompactFunc(ends, time.Time.Equal)
}
