package connectors

import (
	"context"
	"time"
)

// Outcome is what came of one request to a tracker.
type Outcome string

// The outcomes of requests. Each try of a request has one.
const (
	Answered   Outcome = "answered"
	Limited    Outcome = "limited"    // refused for coming too often
	Refused    Outcome = "refused"    // any other status from 400 on
	Trouble    Outcome = "trouble"    // a status from 500 on
	Unanswered Outcome = "unanswered" // there was no answer
	CutOff     Outcome = "cut off"    // the answer broke off, or nobody waited for it any more
)

// Outcomes lists them all.
func Outcomes() []Outcome { return []Outcome{Answered, Limited, Refused, Trouble, Unanswered, CutOff} }

// Meter is told how a tracker answers, by several goroutines at once.
type Meter interface {
	// Sent is told of each try of a request once it has ended.
	Sent(came Outcome)
	// Waited is told of each wait once it has ended: asked for by the tracker's limits, or
	// after a fault that may pass. ctx is that of the request.
	Waited(ctx context.Context, d time.Duration, limited bool)
}

// nobody is told and keeps nothing.
type nobody struct{}

func (nobody) Sent(Outcome)                                {}
func (nobody) Waited(context.Context, time.Duration, bool) {}

// meter is who is told, by the carrier below.
func (t *Transport) meter() Meter {
	if c, ok := t.Base.(*carrier); ok {
		return c.meter
	}
	return nobody{}
}

// waitTold waits and tells the meter how long it took, cut short or not.
func waitTold(ctx context.Context, clock Clock, d time.Duration, meter Meter, limited bool) error {
	began := clock.Now()
	err := clock.Sleep(ctx, d)
	meter.Waited(ctx, clock.Now().Sub(began), limited)
	return err
}
