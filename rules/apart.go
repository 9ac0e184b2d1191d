package rules

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync"

	"github.com/fairlead-dev/fairlead/ticket"
)

// batchSize is how many tickets are handed on at once; enough that handing them
// on costs nothing beside looking at them.
const batchSize = 256

// breaks remembers the first batch in which each rule could not be evaluated.
// Batches before it still look for an earlier place, so that the same place is
// told whoever was faster; those after it need not look.
type breaks struct {
	sync.Mutex
	first map[string]int
}

// note is for a check alone when b is nil.
func (b *breaks) note(rule string, batch int) {
	if b == nil {
		return
	}
	b.Lock()
	defer b.Unlock()
	if first, known := b.first[rule]; !known || batch < first {
		b.first[rule] = batch
	}
}

func (b *breaks) before(rule string, batch int) bool {
	if b == nil {
		return false
	}
	b.Lock()
	defer b.Unlock()
	first, known := b.first[rule]
	return known && first < batch
}

// isStopped reports whether the rule is not evaluated any more.
func (c *check) isStopped(rule string) bool {
	_, stopped := c.stopped[rule]
	return stopped || c.breaks.before(rule, c.batch)
}

// tickets applies every rule to every ticket, by all processors at once: one
// goroutine reads, the others look at what was read. What they notice is laid
// together in the order of reading, so that it does not depend on who was faster.
func (c *check) tickets(all iter.Seq2[ticket.Ticket, error]) error {
	workers := runtime.GOMAXPROCS(0)
	if workers == 1 || c.watch != nil || c.few {
		err := c.each(all, c.ticket) // a watcher is told one thing after the other
		if c.keep != nil {
			c.keep(c.lookings)
			c.lookings = nil
		}
		return err
	}
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	var failed faults
	c.breaks = &breaks{first: map[string]int{}}
	p := &parallel{c: c, ctx: ctx, work: make(chan batch, workers), spare: make(chan []ticket.Ticket, 2*workers), parts: map[int]*check{}}
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			if err := p.look(); err != nil {
				failed.keep(err)
				cancel()
			}
		})
	}
	err := p.read(all)
	close(p.work)
	running.Wait()
	if first := failed.first(); first != nil {
		return first
	}
	switch {
	case c.ctx.Err() != nil:
		return c.ctx.Err()
	case err != nil:
		return fmt.Errorf("read tickets: %w", err)
	}
	for n := range len(p.parts) {
		c.take(p.parts[n])
	}
	c.breaks = nil
	return nil
}

// batch is a part of all tickets.
type batch struct {
	number  int
	tickets []ticket.Ticket
}

// parallel is one reader and several who look.
type parallel struct {
	c     *check
	ctx   context.Context //nolint:containedctx // lives for one Check
	work  chan batch
	spare chan []ticket.Ticket

	sync.Mutex
	parts map[int]*check // by number of batch
}

// read hands on what is stored, batch by batch.
func (p *parallel) read(all iter.Seq2[ticket.Ticket, error]) error {
	next := batch{tickets: p.room()}
	send := func() error {
		select {
		case p.work <- next:
			next = batch{number: next.number + 1, tickets: p.room()}
			return nil
		case <-p.ctx.Done():
			return p.ctx.Err()
		}
	}
	for t, err := range all {
		if err != nil {
			return err
		}
		if next.tickets = append(next.tickets, t); len(next.tickets) == batchSize {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if len(next.tickets) > 0 {
		return send()
	}
	return p.ctx.Err()
}

// room is memory for a batch, used before where there is some.
func (p *parallel) room() []ticket.Ticket {
	select {
	case used := <-p.spare:
		return used[:0]
	default:
		return make([]ticket.Ticket, 0, batchSize)
	}
}

// look judges batches until there are no more.
func (p *parallel) look() error {
	w := p.world()
	settings, scopes := map[adoptedBy]*settingValues{}, map[teamScope][]*Adopted{}
	for b := range p.work {
		if p.ctx.Err() != nil {
			continue // somebody else has failed
		}
		part := newCheck(p.ctx, p.c.book, w, p.c.sharing)
		part.memory = p.c.memory
		part.settings, part.scopes, part.batch, part.breaks = settings, scopes, b.number, p.c.breaks
		for i := range b.tickets {
			if err := part.ticket(&b.tickets[i]); err != nil {
				return err
			}
		}
		p.Lock()
		p.parts[b.number] = part
		if p.c.keep != nil {
			p.c.keep(part.lookings)
			part.lookings = nil
		}
		p.Unlock()
		p.done(b)
	}
	return nil
}

// done gives back the memory of a batch.
func (p *parallel) done(b batch) {
	select {
	case p.spare <- b.tickets:
	default:
	}
}

// world is one for a goroutine of its own.
func (p *parallel) world() *world {
	w := p.c.w.apart()
	if p.c.memory != nil {
		w.noted = &noted{}
	}
	p.Lock()
	defer p.Unlock()
	p.c.worlds = append(p.c.worlds, w)
	return w
}

// note makes everybody who looked at tickets note what is asked of them.
func (c *check) note(n *noted) {
	c.w.noted = n
	for _, w := range c.worlds {
		w.noted = n
	}
}

// take lays what a part has noticed to the rest.
func (c *check) take(part *check) {
	c.looked += part.looked
	c.flying = append(c.flying, part.flying...)
	for rule, err := range part.stopped {
		if c.stopped[rule] == nil {
			c.stopped[rule], c.stoppedAt[rule] = err, part.stoppedAt[rule]
		}
	}
	for t, rules := range part.wanted {
		c.want(t, rules...)
	}
	for id, s := range part.seen {
		c.seen[id] = s
	}
	for key, g := range part.groups {
		have := c.groups[key]
		if have == nil {
			c.groups[key] = g
			continue
		}
		have.rows = append(have.rows, g.rows...)
	}
}
