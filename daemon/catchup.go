package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
)

// replayedWeeks is how far back a check makes up for weeks that nobody looked
// at: as far as a report's trend is long.
const replayedWeeks = 12

// makeUp makes up for the past: first for the weeks that passed since sources
// were looked at, then for all that nobody has looked at yet. It returns how
// findings moved; nil when there was nothing to make up for.
func (f *Fairlead) makeUp(ctx context.Context, fresh map[string]bool, weeks int, now time.Time) (*CheckResult, error) {
	moved, err := f.catchUp(ctx, fresh, now)
	if err != nil {
		return nil, err
	}
	filled, err := f.fill(ctx, fresh, weeks, now)
	if err != nil {
		return nil, err
	}
	return filled.into(nil, moved), nil
}

// catchUp looks at the ends of past weeks, each source from where it was looked
// at last. It returns how findings moved, from the earliest of those weeks on;
// nil when none was due.
func (f *Fairlead) catchUp(ctx context.Context, fresh map[string]bool, now time.Time) (moved *CheckResult, err error) {
	book, err := f.readNoticed(ctx)
	if err != nil {
		return nil, err
	}
	for _, at := range f.weekEnds(now, replayedWeeks) {
		due := map[string]bool{}
		for source := range fresh {
			if until := book.until[source]; !until.IsZero() && until.Before(at) {
				due[source] = true
			}
		}
		if len(due) == 0 {
			continue
		}
		r, err := f.catchUpAt(ctx, due, at, now)
		if err != nil {
			return nil, err
		}
		if moved == nil {
			moved = &CheckResult{At: at}
		}
		moved.addMoves(r)
		if book, err = f.readNoticed(ctx); err != nil {
			return nil, err
		}
	}
	return moved, nil
}

// catchUpAt evaluates at the end of one week and stores the outcome. What nobody
// had looked at by then is left alone, and so is what history does not tell of
// a week so long ago.
func (f *Fairlead) catchUpAt(ctx context.Context, due map[string]bool, at, now time.Time) (CheckResult, error) {
	book, err := f.readWhole(ctx) // what is over now may have been open then
	if err != nil {
		return CheckResult{}, err
	}
	parts := f.partFinder(ctx)
	m, err := f.step(ctx, book.noticed, stepping{
		at: at, due: due,
		// What is known of the others is newer than this moment.
		watched: func(e *finding.Finding) bool { return !due[e.Subject.Source] || f.watched(e) },
		looked: func(s *finding.Seen) bool {
			_, known := book.looks.Of(s)
			return known && book.knowsPart(s, parts) && (at.After(now.Add(-aWeek)) || f.book().Replays(s.Rule) != rules.ReplayNo)
		},
	})
	if err = errors.Join(err, parts.err); err != nil {
		return CheckResult{}, err
	}
	for source := range due {
		m.save.Looks = append(m.save.Looks, finding.Look{LookKey: finding.LookKey{Source: source}, Until: at})
	}
	m.save.Findings, m.save.Unsighted = book.unsighted(m.save.Findings), true
	m.save.Flights = book.flights(&m.outcome, m.ledger, at)
	f.memory.forget()
	if err := f.store.SaveCheck(ctx, m.save); err != nil {
		return CheckResult{}, fmt.Errorf("store the check of a past week: %w", err)
	}
	f.tellStopped(m.outcome.Stopped)
	return tally(at, m.outcome.Tickets, nil, m.moves), nil // only how findings moved
}

// addMoves counts the moves of another evaluation in.
func (r *CheckResult) addMoves(of CheckResult) {
	r.Opened += of.Opened
	r.Reopened += of.Reopened
	r.Settled += of.Settled
	r.AgedOut += of.AgedOut
	r.Withdrawn += of.Withdrawn
}

const aWeek = 7 * 24 * time.Hour

// weekEnds lists the last seconds of so many past weeks, in the zone of every
// team, oldest first.
func (f *Fairlead) weekEnds(now time.Time, weeks int) []time.Time {
	var ends []time.Time
	for _, team := range f.cfg().Directory.Teams() {
		ends = append(ends, weekEndsIn(team.Location, now, weeks)...)
	}
	slices.SortFunc(ends, time.Time.Compare)
	return slices.CompactFunc(ends, time.Time.Equal)
}

func weekEndsIn(loc *time.Location, now time.Time, weeks int) []time.Time {
	this := org.WeekOf(now, loc)
	var ends []time.Time
	for n := weeks; n >= 1; n-- {
		ends = append(ends, this.Before(n).End.Add(-time.Second).UTC())
	}
	return ends
}
