package daemon

import (
	"context"
	"time"
)

// Clock tells and passes the time. Everything below the daemon is handed
// moments; only the daemon reads a clock.
type Clock interface {
	Now() time.Time
	// Sleep returns early with the context's error when ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now is the present moment in UTC.
func (SystemClock) Now() time.Time { return time.Now().UTC() }

// Sleep waits for d or until ctx ends.
func (SystemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
