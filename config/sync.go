package config

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Sync is how the trackers are read.
type Sync struct {
	// Every is how long fairlead serve waits between two readings.
	Every time.Duration
	// ReconcileEvery is how old the last complete reconciliation of a source may
	// become before a sync is followed by the next.
	ReconcileEvery time.Duration
}

// What holds when nothing is said.
const (
	syncEvery      = 10 * time.Minute
	reconcileEvery = 24 * time.Hour
)

// longestPeriod bounds what makes sense between two reconciliations; beyond it
// somebody has the unit wrong.
const longestPeriod = 90 * 24 * time.Hour

func (l *loader) takeSync(f *yamlfile.File) {
	if every, ok := l.takePeriod(f, "sync", "every", time.Minute, 24*time.Hour, "write between 1m and 24h; 10m suits most"); ok {
		l.cfg.Sync.Every = every
	}
	if every, ok := l.takePeriod(f, "sync", "reconcile_every", time.Hour, longestPeriod, "write between 1h and 90d; once a day, 24h, suits most"); ok {
		l.cfg.Sync.ReconcileEvery = every
	}
}

// takePeriod reads a key of a section that holds a period within bounds.
func (l *loader) takePeriod(f *yamlfile.File, section, key string, shortest, longest time.Duration, hint string) (time.Duration, bool) {
	path := []any{section, key}
	written := f.Text(path...)
	if written == "" || !l.once(section+": "+key, f, path...) {
		return 0, false
	}
	every, ok := period(written).duration()
	if !ok {
		return 0, false // its shape was found wrong already
	}
	if every < shortest || every > longest {
		l.mistake(f, hint, fmt.Sprintf("%q is no period for this", written), path...)
		return 0, false
	}
	return every, true
}

// finishSync fills what was left out.
func (l *loader) finishSync() {
	l.cfg.Sync.Every = cmp.Or(l.cfg.Sync.Every, syncEvery)
	l.cfg.Sync.ReconcileEvery = cmp.Or(l.cfg.Sync.ReconcileEvery, reconcileEvery)
}

// duration reads minutes, hours or days; false for what does not look like a period.
func (p period) duration() (time.Duration, bool) {
	if len(p) < 2 {
		return 0, false
	}
	unit, known := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[p[len(p)-1]]
	n, err := strconv.Atoi(string(p[:len(p)-1]))
	if err != nil || !known || n < 0 || n > 9999 {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
