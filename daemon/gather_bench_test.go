package daemon

import (
	"runtime"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
)

// BenchmarkGather passes over all tickets of a large store for as many weeks as one
// pass gathers, and tells how long that takes and what is held of the heap at most.
func BenchmarkGather(b *testing.B) {
	f := largeStore(b, largeSize())
	last := org.WeekOf(largeNow, time.UTC)
	var weeks []string
	for back := range gatheredAtOnce {
		weeks = append(weeks, last.Before(back).String())
	}
	for b.Loop() {
		stop, held := make(chan struct{}), make(chan uint64)
		go func() { held <- mostHeld(stop) }()
		var err error
		worked := onOneThread(func() { err = f.gather(b.Context(), weeks, "readings") })
		close(stop)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(worked.Seconds(), "core-s")
		b.ReportMetric(float64(<-held)/1e6, "heap-MB")
	}
}

// mostHeld is the most of the heap that was in use or not collected yet at once.
func mostHeld(stop <-chan struct{}) (most uint64) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
		select {
		case <-stop:
			return most
		case <-tick.C:
		}
	}
}
