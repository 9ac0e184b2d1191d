package rules

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Most work ended long ago, and of most of it no rule asks for more than the ticket
// itself. So tickets are judged while all of them are read for what is told across them.
// Whoever asks for that meanwhile is told nothing, and the ticket is put off: it is judged
// again, as a whole, once everything was read. Few are, so that work is read once.

// unread stands for what is told across tickets while they are read.
type unread struct{ asked bool }

// Of knows no address that the account does not tell itself.
func (u *unread) Of(_ string, a ticket.Account) string {
	if a.Email == "" {
		u.asked = true
	}
	return a.Email
}

// Bulk knows of no changes.
func (u *unread) Bulk(ticket.AccountKey, time.Time, int) bool {
	u.asked = true
	return false
}

// early reports whether what is told across tickets is not known yet. Who asks for
// it then puts the ticket off and must remember nothing.
func (w *world) early() bool {
	if w.unread == nil {
		return false
	}
	w.unread.asked = true
	return true
}

// waits reports whether what is judged was told nothing, so that it is put off.
func (w *world) waits() bool { return w.unread != nil && w.unread.asked }

// beforehand is the same world for another goroutine while tickets are read.
func (w *world) beforehand() *world {
	out := w.apart()
	out.unread = &unread{}
	out.bulk, out.emails, out.overview = out.unread, out.unread, newOverview(out, w.overview.wants)
	return out
}

// ripen makes it know what was read.
func (w *world) ripen(from *world) {
	w.unread = nil
	w.bulk, w.emails, w.overview = from.bulk, from.emails, from.overview.apart(w)
}

// errInOrder says that all is to be read for what is told across tickets, and then
// again to judge it: too much was put off, or a rule stopped, and where it stops first
// only the order of all tells.
var errInOrder = errors.New("judge everything after it was read")

// trial is how many tickets may be put off before it matters how many they are.
const trial = 16 * batchSize

// judgesEarly reports whether tickets are judged while they are read.
func (c *check) judgesEarly() bool {
	_, can := c.w.work.(Several)
	return !c.inOrder && c.watch == nil && (can || c.sharing.divided())
}

// gatherAll shows each stored ticket to look, which gives its place in the memory where
// there is one; what is shown is good only until look returns. Meanwhile what was shown
// is judged, where that can be.
func (c *check) gatherAll(look func(*ticket.Ticket) int32) error {
	all := c.w.work.Tickets(c.ctx)
	if !c.judgesEarly() {
		return c.each(readAhead(c.ctx, all), func(t *ticket.Ticket) error {
			look(t)
			return nil
		})
	}
	p := c.parallel()
	p.look = look
	var worlds []*world
	for range runtime.GOMAXPROCS(0) {
		worlds = append(worlds, c.w.beforehand())
	}
	if err := p.judge(readAhead(c.ctx, all), worlds); err != nil {
		return err
	}
	for _, w := range worlds {
		w.ripen(c.w)
	}
	if c.early = true; len(c.stopped) > 0 {
		return errInOrder
	}
	return nil
}

// rest judges what is not judged yet.
func (c *check) rest() error {
	if !c.early {
		return c.tickets(c.w.work.Tickets(c.ctx))
	}
	c.few = len(c.putOff) < 4*batchSize
	err := c.tickets(c.latter())
	if err == nil && len(c.stopped) > 0 && !c.sharing.divided() {
		return errInOrder // others wait for a part that is divided: there the order is that of names
	}
	return err
}

// putOff names a ticket that is judged once everything was read.
type putOff struct{ source, id string }

// latter yields what was put off, source by source.
func (c *check) latter() iter.Seq2[ticket.Ticket, error] {
	ids := map[string][]string{}
	for _, t := range c.putOff {
		ids[t.source] = append(ids[t.source], t.id)
	}
	var byID func(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error]
	if c.sharing.divided() {
		byID = c.sharing.share.Others.Named // as they stood when they were read
	} else if work, can := c.w.work.(Several); can {
		byID = work.TicketsByID
	}
	return func(yield func(ticket.Ticket, error) bool) {
		for _, source := range sortedKeys(ids) {
			for t, err := range byID(c.ctx, source, ids[source]) {
				if !yield(t, err) || err != nil {
					return
				}
			}
		}
	}
}

// before judges a ticket while others are still read.
func (c *check) before(stored *ticket.Ticket, place int32) error {
	w := c.w
	w.unread.asked = false
	if c.spare == nil {
		c.spare = &workTicket{}
	}
	l, err := c.noticed(stored, c.spare, place)
	switch {
	case err != nil:
		return err
	case w.waits():
		c.unjoin(l)
		c.putOff = append(c.putOff, putOff{stored.Source, stored.ID})
		return nil
	}
	for _, h := range l.handed {
		c.want(h.wantedBy, h.rule)
	}
	if len(l.joined) > 0 { // rows hold the ticket
		c.spare = nil
	}
	if c.memory != nil {
		c.remember(l)
		return nil
	}
	for _, s := range l.told {
		c.seen[s.ID] = *s
	}
	if l.flies {
		c.flies(c.at)
	}
	if l.looked {
		c.looked++
	}
	return nil
}

// unjoin takes from groups what the ticket has put to them.
func (c *check) unjoin(l *looking) {
	for _, key := range slices.Backward(l.joined) {
		g := c.groups[key]
		if g.rows = g.rows[:len(g.rows)-1]; len(g.rows) == 0 {
			delete(c.groups, key)
		}
	}
}

// judge reads all and judges it, in as many goroutines as there are worlds.
func (p *parallel) judge(all iter.Seq2[ticket.Ticket, error], worlds []*world) error {
	ctx, cancel := context.WithCancel(p.c.ctx)
	defer cancel()
	p.ctx = ctx
	var failed faults
	var running sync.WaitGroup
	for _, w := range worlds {
		running.Go(func() {
			if err := p.judgeIn(w); err != nil {
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
	c := p.c
	switch {
	case c.ctx.Err() != nil:
		return c.ctx.Err()
	case err != nil:
		return fmt.Errorf("read tickets: %w", err)
	}
	for n := range len(p.parts) {
		c.take(p.parts[n])
	}
	c.worlds, c.breaks = append(c.worlds, worlds...), nil
	return nil
}
