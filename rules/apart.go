package rules

import (
	"context"
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
	if runtime.GOMAXPROCS(0) == 1 || c.watch != nil || c.few {
		err := c.each(all, c.ticket) // a watcher is told one thing after the other
		if c.keep != nil {
			c.keep(c.lookings)
			c.lookings = nil
		}
		return err
	}
	p := c.parallel()
	worlds := make([]*world, runtime.GOMAXPROCS(0))
	for i := range worlds {
		worlds[i] = c.w.apart()
	}
	return p.judge(all, worlds)
}

// batch is a part of all tickets.
type batch struct {
	number  int
	tickets []ticket.Ticket
	places  []int32 // in the memory, of those that are judged early
}

// parallel is one reader and several who judge.
type parallel struct {
	c     *check
	ctx   context.Context //nolint:containedctx // lives for one Check
	work  chan batch
	spare chan []ticket.Ticket
	// look is shown each ticket before it is judged, and gives its place in the memory;
	// nil where all have been looked at before.
	look func(*ticket.Ticket) int32

	sync.Mutex
	parts        map[int]*check // by number of batch
	judged, late int            // of those that are judged early, and put off
}

// parallel is for one reading of work.
func (c *check) parallel() *parallel {
	c.breaks = &breaks{first: map[string]int{}}
	workers := runtime.GOMAXPROCS(0)
	return &parallel{c: c, work: make(chan batch, workers), spare: make(chan []ticket.Ticket, 2*workers), parts: map[int]*check{}}
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
		next.tickets = append(next.tickets, t)
		if p.look != nil {
			p.Lock()
			next.places = append(next.places, p.look(&next.tickets[len(next.tickets)-1]))
			p.Unlock()
		}
		if len(next.tickets) == batchSize {
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

// judgeIn judges batches until there are no more.
func (p *parallel) judgeIn(w *world) error {
	settings, scopes := map[adoptedBy]*settingValues{}, map[teamScope][]*Adopted{}
	for b := range p.work {
		if p.ctx.Err() != nil {
			continue // somebody else has failed
		}
		part := newCheck(p.ctx, p.c.book, w, p.c.sharing)
		part.memory = p.c.memory
		part.settings, part.scopes, part.batch, part.breaks = settings, scopes, b.number, p.c.breaks
		if err := part.all(b); err != nil {
			return err
		}
		if err := p.keep(part, b); err != nil {
			return err
		}
		p.done(b)
	}
	return nil
}

// done gives back the memory of a batch.
func (p *parallel) done(b batch) {
	clear(b.tickets) // what they hold would stay until others take their place
	select {
	case p.spare <- b.tickets:
	default:
	}
}

// all judges the tickets of a batch.
func (c *check) all(b batch) error {
	for i := range b.tickets {
		var err error
		if c.w.unread != nil {
			err = c.before(&b.tickets[i], b.places[i])
		} else {
			err = c.ticket(&b.tickets[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keep takes what was noticed of a batch.
func (p *parallel) keep(part *check, b batch) error {
	p.Lock()
	defer p.Unlock()
	p.parts[b.number] = part
	if p.c.keep != nil {
		p.c.keep(part.lookings)
		part.lookings = nil
	}
	p.judged, p.late = p.judged+len(b.tickets), p.late+len(part.putOff)
	if p.late > trial && 2*p.late > p.judged {
		return errInOrder
	}
	return nil
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
	c.putOff = append(c.putOff, part.putOff...)
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
