package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// ticketPart is the tickets with the cursors of their sources. They are read
// one after the other, and may be more than fit into memory.
var ticketPart = copyPart{name: "tickets", count: countTickets, copy: copyTickets, digest: digestTickets}

func countTickets(ctx context.Context, s store.Store) (total int, err error) {
	names, err := s.Sources(ctx)
	for _, name := range names {
		n, err := s.Count(ctx, name)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, err
}

// copyTickets saves pages. How far it came stands in the record of the copy, and
// pages up to there are not written again. A source gets its cursor once all its
// tickets are there: until then it counts as never read.
func copyTickets(ctx context.Context, c *copier) error {
	total, err := countTickets(ctx, c.from)
	if err != nil {
		return err
	}
	var page []ticket.Ticket
	done := 0
	save := func() error {
		if len(page) == 0 {
			return nil
		}
		if _, err := c.to.SavePage(ctx, page[0].Source, page, nil, ""); err != nil {
			return err
		}
		c.record.Tickets = done
		page = page[:0]
		c.tell("copying", "tickets", done, total)
		return c.to.SaveRun(ctx, c.record)
	}
	skip := c.record.Tickets
	for t, err := range c.from.Tickets(ctx) {
		if err != nil {
			return err
		}
		if len(page) == c.batch || len(page) > 0 && page[0].Source != t.Source {
			if err := save(); err != nil {
				return err
			}
		}
		if done++; done > skip {
			page = append(page, t)
		}
	}
	if err := save(); err != nil {
		return err
	}
	return c.finishSources(ctx)
}

func (c *copier) finishSources(ctx context.Context) error {
	names, err := c.from.Sources(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := c.settleKeys(ctx, name); err != nil {
			return fmt.Errorf("keys of %s: %w", name, err)
		}
		cursor, err := c.from.Cursor(ctx, name)
		if err == nil {
			_, err = c.to.SavePage(ctx, name, nil, nil, cursor)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// formerHolders are the tickets whose key has gone to another: compared with
// what they themselves tell, they are the ones that seem to have changed.
func formerHolders(ctx context.Context, s store.Store, source string) ([]string, error) {
	stale, _, err := s.Compare(ctx, source, func(yield func([]ticket.Present, error) bool) {
		var page []ticket.Present
		for t, err := range s.Tickets(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if t.Source != source {
				continue
			}
			if page = append(page, ticket.Present{Ref: t.Ref(), Updated: t.Updated}); len(page) == copyBatch {
				if !yield(page, nil) {
					return
				}
				page = page[:0]
			}
		}
		yield(page, nil)
	})
	return stale, err
}

// settleKeys gives keys to those who hold them in the original. Where two tickets
// tell the same key, the one that was stored last holds it, or nobody any more.
func (c *copier) settleKeys(ctx context.Context, source string) error {
	former, err := formerHolders(ctx, c.from, source)
	if err != nil {
		return err
	}
	for _, id := range former {
		t, err := c.from.Ticket(ctx, source, ticket.Ref{ID: id})
		if err != nil {
			return err
		}
		if err := c.settleKey(ctx, source, t.Key); err != nil {
			return err
		}
	}
	return nil
}

// settleKey gives a key to whoever has it in the original, by storing that ticket
// in other words and then as it is: what changes takes its key over. A key that
// nobody has there is lent to a ticket that goes again.
func (c *copier) settleKey(ctx context.Context, source, key string) error {
	holder, err := c.from.Ticket(ctx, source, ticket.Ref{Key: key})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return giveKey(ctx, c.to, source, key, holder)
}

// giveKey makes the ticket the one that holds the key; one without an id is nobody.
func giveKey(ctx context.Context, to store.Store, source, key string, holder ticket.Ticket) error {
	cursor, err := to.Cursor(ctx, source)
	if err != nil {
		return err
	}
	save := func(t ticket.Ticket) error {
		_, err := to.SavePage(ctx, source, []ticket.Ticket{t}, nil, cursor)
		return err
	}
	if holder.ID == "" {
		lender := ticket.Ticket{Source: source, ID: "\x00fairlead copy", Key: key}
		if err := save(lender); err != nil {
			return err
		}
		_, err := to.Remove(ctx, source, []string{lender.ID})
		return err
	}
	other := holder
	other.Title += "\x00"
	return errors.Join(save(other), save(holder))
}

// digestTickets sums up every ticket to the byte, and which of them have lost
// their key, and the cursors.
func digestTickets(ctx context.Context, c *copier, s store.Store) (n int, sum string, err error) {
	total, err := countTickets(ctx, s)
	if err != nil {
		return 0, "", err
	}
	h := sha256.New()
	var body []byte
	for t, err := range s.Tickets(ctx) {
		if err != nil {
			return 0, "", err
		}
		if body, err = store.EncodeTicket(body[:0], &t); err != nil {
			return 0, "", err
		}
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(body))))
		h.Write(body)
		if n++; n%c.batch == 0 {
			c.tell("verifying", "tickets", n, total)
		}
	}
	names, err := s.Sources(ctx)
	if err != nil {
		return 0, "", err
	}
	for _, name := range names {
		cursor, err := s.Cursor(ctx, name)
		if err != nil {
			return 0, "", err
		}
		former, err := formerHolders(ctx, s, name)
		if err != nil {
			return 0, "", err
		}
		fmt.Fprintf(h, "%q %q %q\n", name, cursor, former)
	}
	return n, sumOf(h), nil
}
