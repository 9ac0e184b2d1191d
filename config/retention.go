package config

import (
	"cmp"
	"time"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Retention is how long records of work that is over are kept.
type Retention struct {
	Runs       time.Duration // records of readings, reconciliations, checks and reports
	Deliveries time.Duration // what went where and when

	// What these are of is kept as long as the store where they are zero.
	Findings  time.Duration // findings that ended, with what was said about them
	Snapshots time.Duration // weeks in numbers
	Trail     time.Duration // revisions that others took the place of, and waivers that ended
}

const (
	aDay = 24 * time.Hour
	// What holds when nothing is said: deliveries for as long as rules look back, and
	// a month more.
	keepRuns       = 180 * aDay
	keepDeliveries = 400 * aDay
	keepLongest    = 3650 * aDay
	// Two years of weeks can be asked for, whose reports look back over twelve more; and
	// no rule looks back as far as that, so that no event is noticed a second time.
	keepHistoryLeast = 820 * aDay
)

const keepHistoryHint = "write between 820d and 3650d, so that two years of weeks are told whole; leave it out to keep them as long as the store"

func (l *loader) takeRetention(f *yamlfile.File) {
	if keep, ok := l.takePeriod(f, "retention", "runs", 30*aDay, keepLongest, "write between 30d and 3650d; 180d suits most"); ok {
		l.cfg.Retention.Runs = keep
	}
	if keep, ok := l.takePeriod(f, "retention", "deliveries", 90*aDay, keepLongest, "write between 90d and 3650d, so that nothing is sent twice; 400d suits most"); ok {
		l.cfg.Retention.Deliveries = keep
	}
	for key, to := range map[string]*time.Duration{
		"findings": &l.cfg.Retention.Findings, "snapshots": &l.cfg.Retention.Snapshots, "trail": &l.cfg.Retention.Trail,
	} {
		if keep, ok := l.takePeriod(f, "retention", key, keepHistoryLeast, keepLongest, keepHistoryHint); ok {
			*to = keep
		}
	}
}

// finishRetention fills what was left out.
func (l *loader) finishRetention() {
	l.cfg.Retention.Runs = cmp.Or(l.cfg.Retention.Runs, keepRuns)
	l.cfg.Retention.Deliveries = cmp.Or(l.cfg.Retention.Deliveries, keepDeliveries)
}
