package daemon

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

const (
	firstPause   = time.Minute
	longestPause = 6 * time.Hour
	// refusedPause is how long what only a person can mend is left alone: they may
	// have mended it where nobody here sees it, at Slack or in a mailbox.
	refusedPause = 24 * time.Hour
	// longestDelay bounds what the other side may ask for.
	longestDelay = 24 * time.Hour
)

// afterTrouble is how a delivery stands after an attempt, and when the next may
// be made.
func afterTrouble(err error, d *store.Delivery, now time.Time) (store.DeliveryState, time.Time) {
	var delay *reports.Delay
	switch {
	case reports.IsRefusal(err):
		return store.Refused, now.Add(refusedPause)
	case errors.As(err, &delay) && delay.After > 0:
		return store.Pending, now.Add(min(delay.After, longestDelay))
	}
	return store.Pending, now.Add(pause(d.Attempts))
}

// pause is how long to wait after so many attempts: twice as long each time, and
// up to a fifth more or less, so that many that stopped together do not come
// back together.
func pause(attempts int) time.Duration {
	base := longestPause
	if n := max(attempts-1, 0); n < 9 { // after that it is longer than the longest
		base = min(firstPause<<n, longestPause)
	}
	spread := int64(base / 5)
	return base - time.Duration(spread) + time.Duration(rand.Int64N(2*spread+1)) //nolint:gosec // no secret
}

func isDelay(err error) bool {
	var d *reports.Delay
	return errors.As(err, &d)
}
