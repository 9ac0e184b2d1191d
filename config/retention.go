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
}

const (
	aDay = 24 * time.Hour
	// What holds when nothing is said: deliveries for as long as rules look back, and
	// a month more.
	keepRuns       = 180 * aDay
	keepDeliveries = 400 * aDay
	keepLongest    = 3650 * aDay
)

func (l *loader) takeRetention(f *yamlfile.File) {
	if keep, ok := l.takePeriod(f, "retention", "runs", 30*aDay, keepLongest, "write between 30d and 3650d; 180d suits most"); ok {
		l.cfg.Retention.Runs = keep
	}
	if keep, ok := l.takePeriod(f, "retention", "deliveries", 90*aDay, keepLongest, "write between 90d and 3650d, so that nothing is sent twice; 400d suits most"); ok {
		l.cfg.Retention.Deliveries = keep
	}
}

// finishRetention fills what was left out.
func (l *loader) finishRetention() {
	l.cfg.Retention.Runs = cmp.Or(l.cfg.Retention.Runs, keepRuns)
	l.cfg.Retention.Deliveries = cmp.Or(l.cfg.Retention.Deliveries, keepDeliveries)
}
