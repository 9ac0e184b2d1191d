package daemon

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/trends"
)

// laidWeeks are the weekly snapshots that reports and experiments are told from: those
// that pages have laid out, and else those of the store, where each is a text of all its
// numbers.
type laidWeeks struct {
	f      *Fairlead
	trends *dashboard.Trends // nil: nothing is laid out
	since  string            // the first week that is: 2026-W46
}

// laidWeeks are those of the view.
func (v *pageView) laidWeeks() laidWeeks {
	return laidWeeks{f: v.f, trends: v.trends, since: org.WeekOf(v.at, time.UTC).Before(pageWeeks).String()}
}

// of are a team's weeks, oldest first, with the measures that are wanted and perhaps
// others.
func (l *laidWeeks) of(ctx context.Context, team, from, to string, wanted func(measure string) bool) ([]trends.Snapshot, error) {
	if l.trends != nil && from >= l.since {
		return l.trends.Snapshots(team, from, to, wanted), nil
	}
	kept, err := l.f.store.Snapshots(ctx, team, from, to)
	if err != nil {
		return nil, fmt.Errorf("read the weeks of %s: %w", whose(team), err)
	}
	return weeksOf(kept), nil
}

func weeksOf(all []store.Snapshot) []trends.Snapshot {
	out := make([]trends.Snapshot, len(all))
	for i, s := range all {
		out[i] = trends.Snapshot(s)
	}
	return out
}

// ofAllRules reports whether a measure is not that of a single rule.
func ofAllRules(measure string) bool { return !trends.IsOfRule(measure) }

// ofAllRulesOrOpen takes what is open of a single rule as well.
func ofAllRulesOrOpen(measure string) bool {
	return ofAllRules(measure) || strings.HasPrefix(measure, trends.OfRule(trends.Open, ""))
}
