package daemon

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/trace"

	"github.com/fairlead-dev/fairlead/store"
)

// lanes keep deliveries from holding one another up: so many at a time for each
// kind of channel and one for each channel, so that one that hangs takes one place of its
// kind and none of the others.
type lanes struct {
	mu       sync.Mutex
	moving   map[store.DeliveryKey]bool // in this process
	channels map[string]chan struct{}
	kinds    map[string]chan struct{}
	all      sync.WaitGroup
}

func newLanes() *lanes {
	return &lanes{moving: map[store.DeliveryKey]bool{}, channels: map[string]chan struct{}{}, kinds: map[string]chan struct{}{}}
}

// begin does the work of a delivery as soon as there is a place, unless ctx ends
// before, and then calls done. It reports false for one that moves already.
func (l *lanes) begin(ctx context.Context, p parcel, work, done func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.moving[p.key] {
		return false
	}
	l.moving[p.key] = true
	channel, kind := placesOf(l.channels, p.key.Channel, 1), placesOf(l.kinds, p.kind, max(p.medium.atOnce, 1))
	l.all.Go(func() {
		defer done()
		defer func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			delete(l.moving, p.key)
		}()
		if !enter(ctx, channel) {
			return
		}
		defer func() { <-channel }()
		if !enter(ctx, kind) {
			return
		}
		defer func() { <-kind }()
		work()
	})
	return true
}

// placesOf are the places of a name.
func placesOf(of map[string]chan struct{}, name string, n int) chan struct{} {
	if of[name] == nil {
		of[name] = make(chan struct{}, n)
	}
	return of[name]
}

func enter(ctx context.Context, places chan struct{}) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case places <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// round is one look at what is due. Where a server has not answered several times
// in a row, what else is for it waits for the next.
type round struct {
	mu       sync.Mutex
	silent   map[string]int // by server: attempts in a row without an answer
	outcomes []outcome
	begun    int
	left     sync.WaitGroup
}

// enoughSilence is after how many attempts without an answer a server is left alone.
const enoughSilence = 3

// server is what a delivery hangs by.
func (p *parcel) server() string {
	if p.medium.shared {
		return p.kind
	}
	return p.key.Channel
}

func (r *round) silentAt(server string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.silent[server] >= enoughSilence
}

func (r *round) note(server string, o outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(o.err, errNoAnswer) {
		r.silent[server]++
	} else if o.what != outcomeNothing {
		r.silent[server] = 0
	}
	r.outcomes = append(r.outcomes, o)
}

// dispatch begins the deliveries and returns at once.
func (f *Fairlead) dispatch(ctx context.Context, all []parcel) *round {
	r := &round{silent: map[string]int{}}
	for _, p := range all {
		r.left.Add(1)
		work := func() {
			if r.silentAt(p.server()) {
				return
			}
			o := f.trying(ctx, p)
			f.logOutcome(ctx, o)
			r.note(p.server(), o)
		}
		if f.lanes.begin(ctx, p, work, r.left.Done) {
			r.begun++
		} else {
			r.left.Done()
		}
	}
	return r
}

// trying is try with a span. It says the kind of channel alone: a report may be named
// after a person, and a channel by an address.
func (f *Fairlead) trying(ctx context.Context, p parcel) outcome {
	ctx, s := f.traces.begin(ctx, "delivery", trace.SpanKindClient)
	o := f.try(ctx, p)
	if o.what == outcomeNothing {
		return o // nothing was tried: the span goes nowhere
	}
	s.word("channel", p.kind)
	s.word("outcome", o.what)
	s.trouble(kindOfTrouble(o.err))
	s.end()
	return o
}

// dispatchAll is dispatch that waits until every attempt was made.
func (f *Fairlead) dispatchAll(ctx context.Context, all []parcel) []outcome {
	r := f.dispatch(ctx, all)
	r.left.Wait()
	return r.outcomes
}
