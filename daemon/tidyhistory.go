package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
)

// tidyFindings takes away findings that ended, each with its moves and with what was
// said about it. It is done in the turn of checks, which know of the ledger what they
// have read: where one is under way, tomorrow is another day.
func (f *Fairlead) tidyFindings(ctx context.Context, before, now time.Time) (n int, err error) {
	err = f.exclusively(ctx, checkTurn, func(ctx context.Context, f *Fairlead) error {
		ledger, err := f.store.Outlines(ctx)
		if err != nil {
			return err
		}
		words, err := f.store.Words(ctx)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(finding.EndedBefore(ledger, words, before, now), copyBatch) {
			var a store.Amendment
			for _, one := range part {
				a.NoFindings, a.NoWords = append(a.NoFindings, one.Finding), append(a.NoWords, one.Words...)
			}
			if err := f.store.Amend(ctx, a); err != nil {
				return err
			}
			n += len(part)
		}
		return nil
	})
	if taken := (takenError{}); errors.As(err, &taken) {
		f.log.Debug("findings that ended are left alone while another fairlead checks", zap.String("holder", taken.by))
		return 0, nil
	}
	return n, err
}

// tidySnapshots takes weeks away, and how much was in flight at checks before them.
func (f *Fairlead) tidySnapshots(ctx context.Context, before time.Time) (n int, err error) {
	all, err := allSnapshots(f.store, ctx)
	if err != nil {
		return 0, err
	}
	first, compared := org.WeekOf(before, time.UTC).String(), f.comparedWeeks()
	var gone []store.SnapshotKey
	for _, s := range all {
		if s.Week < first && !compared(s.Week) {
			gone = append(gone, store.SnapshotKey{Team: s.Team, Week: s.Week})
		}
	}
	for part := range slices.Chunk(gone, copyBatch) {
		if err := f.store.Amend(ctx, store.Amendment{NoSnapshots: part}); err != nil {
			return n, err
		}
		n += len(part)
	}
	return n, f.store.Amend(ctx, store.Amendment{FlightsBefore: before})
}

// comparedWeeks reports of a week whether an experiment compares it: twelve on each
// side of its beginning, and some to spare for zones and weeks that were begun.
func (f *Fairlead) comparedWeeks() func(week string) bool {
	const aside = 14
	var spans [][2]string
	for _, x := range f.cfg().Experiments {
		if begins := x.Start.In(time.UTC); !begins.IsZero() {
			w := org.WeekOf(begins, time.UTC)
			spans = append(spans, [2]string{w.Before(aside).String(), w.Before(-aside).String()})
		}
	}
	return func(week string) bool {
		return slices.ContainsFunc(spans, func(s [2]string) bool { return s[0] <= week && week <= s[1] })
	}
}

// tidyTrail takes away revisions that others took the place of, and waivers that ended.
func (f *Fairlead) tidyTrail(ctx context.Context, before time.Time) (n int, err error) {
	ledger, err := f.store.Outlines(ctx)
	if err != nil {
		return 0, err
	}
	words, err := f.store.Words(ctx)
	if err != nil {
		return 0, err
	}
	for part := range slices.Chunk(finding.WaiversEndedBefore(ledger, words, before), copyBatch) {
		if err := f.store.Amend(ctx, store.Amendment{NoWords: part}); err != nil {
			return n, err
		}
		n += len(part)
	}
	all, err := f.store.Revisions(ctx)
	if err != nil {
		return n, err
	}
	a, err := outlived(all, before)
	if err != nil || len(a.NoRevisions) == 0 {
		return n, err
	}
	if err := f.store.Amend(ctx, a); err != nil {
		return n, err
	}
	return n + len(a.NoRevisions), f.knowRevisions(ctx)
}

// outlived are the revisions that another of the same took the place of before the
// moment. That other one stays: what came since is told as what it changed of it. A
// revision of files is a difference to those before it, so the one that stays comes to
// hold them all. Of an experiment that is in force all stay: they tell how it ended.
func outlived(all []store.Revision, before time.Time) (a store.Amendment, err error) {
	base, tried := map[subject]int64{}, map[subject]bool{}
	for i := range all {
		r := &all[i]
		if of := subjectOf(r); r.At.Before(before) {
			base[of] = r.Number
		}
		tried[subjectOf(r)] = r.Kind == store.OfExperiment && r.Text != ""
	}
	files := filed{}
	for i := range all {
		r := &all[i]
		of := subjectOf(r)
		if tried[of] || r.Number > base[of] {
			continue
		}
		if r.Kind == store.OfFiles {
			if _, err := files.follow(r); err != nil {
				return store.Amendment{}, err
			}
		}
		if r.Number < base[of] {
			a.NoRevisions = append(a.NoRevisions, r.Number)
		} else if r.Kind == store.OfFiles {
			text, err := json.Marshal(files.against(filed{}))
			if err != nil {
				return store.Amendment{}, err
			}
			whole := *r
			whole.Text = string(text)
			a.Revisions = append(a.Revisions, whole)
		}
	}
	return a, nil
}

// knowRevisions has this process tell no more of revisions that are gone. Nothing else
// holds than before.
func (f *Fairlead) knowRevisions(ctx context.Context) error {
	f.holding.mu.Lock()
	defer f.holding.mu.Unlock()
	all, err := f.store.Revisions(ctx)
	if err == nil && lastNumber(all) == f.holding.now.Load().latest {
		f.holding.now.Store(f.holding.now.Load().knowing(all))
	}
	return err
}
