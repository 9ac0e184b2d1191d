package scale

import (
	"container/heap"
	"context"
	"errors"
	"iter"
	"time"
)

// loop passes virtual time. One process runs at a time, and of those that are due
// at the same moment the one that began to wait first: so nothing needs a lock, and
// the same events come in the same order whenever they are repeated.
//
// It is the connectors.Clock of everything in the simulation.
type loop struct {
	now     time.Time
	order   int
	waiting wakes
	living  map[*process]bool
	running *process
}

// process is something that goes on beside others, as a goroutine would, and gives
// the word to them whenever it waits.
type process struct {
	at    time.Time
	order int
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

// errStopped is what waits end with when the simulation is given up.
var errStopped = errors.New("the simulation was given up")

func newLoop(now time.Time) *loop { return &loop{now: now, living: map[*process]bool{}} }

// start has body run from now on.
func (l *loop) start(body func()) {
	p := &process{}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		body()
	})
	l.living[p] = true
	l.wake(p, l.now)
}

// wake lets the process go on at the moment.
func (l *loop) wake(p *process, at time.Time) {
	l.order++
	p.at, p.order = at, l.order
	heap.Push(&l.waiting, p)
}

// Now implements connectors.Clock.
func (l *loop) Now() time.Time { return l.now }

// Sleep implements connectors.Clock.
func (l *loop) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.wake(l.running, l.now.Add(max(d, 0)))
	return l.park()
}

// park waits until somebody wakes the process that runs.
func (l *loop) park() error {
	if !l.running.yield(struct{}{}) {
		return errStopped
	}
	return nil
}

// run lets time pass until no process waits for any moment, or ctx ends.
func (l *loop) run(ctx context.Context) error {
	defer func() {
		for p := range l.living {
			l.running = p
			p.stop()
		}
	}()
	for n := 0; len(l.waiting) > 0; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p, _ := heap.Pop(&l.waiting).(*process)
		l.now, l.running = p.at, p
		if _, more := p.next(); !more {
			delete(l.living, p)
		}
	}
	return nil
}

// wakes is a heap of processes, the next one to wake first.
type wakes []*process

func (w wakes) Len() int { return len(w) }

func (w wakes) Less(i, j int) bool {
	if w[i].at.Equal(w[j].at) {
		return w[i].order < w[j].order
	}
	return w[i].at.Before(w[j].at)
}

func (w wakes) Swap(i, j int) { w[i], w[j] = w[j], w[i] }

// Push implements heap.Interface.
func (w *wakes) Push(x any) { *w = append(*w, x.(*process)) } //nolint:forcetypeassert // only processes wait

// Pop implements heap.Interface.
func (w *wakes) Pop() any {
	last := len(*w) - 1
	p := (*w)[last]
	*w = (*w)[:last]
	return p
}

// crew are processes that somebody waits for.
type crew struct {
	loop *loop
	left int
	boss *process
}

// start adds one to the crew.
func (c *crew) start(body func()) {
	c.left++
	c.loop.start(func() {
		body()
		if c.left--; c.left == 0 && c.boss != nil {
			c.loop.wake(c.boss, c.loop.now)
		}
	})
}

// wait waits until all of the crew have ended.
func (c *crew) wait() error {
	if c.left == 0 {
		return nil
	}
	c.boss = c.loop.running
	return c.loop.park()
}
