package rules

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"github.com/fairlead-dev/fairlead/ticket"
)

// readAhead yields what all yields. Another goroutine reads it, some batches ahead, so
// that reading and decoding take place beside what is done with the tickets. It has
// ended when the sequence has.
func readAhead(ctx context.Context, all iter.Seq2[ticket.Ticket, error]) iter.Seq2[ticket.Ticket, error] {
	if runtime.GOMAXPROCS(0) == 1 {
		return all
	}
	return func(yield func(ticket.Ticket, error) bool) {
		ctx, enough := context.WithCancel(ctx)
		p := &parallel{ctx: ctx, work: make(chan batch, 1), spare: make(chan []ticket.Ticket, 2)}
		var reading sync.WaitGroup
		defer reading.Wait()
		defer enough()
		var failed error
		reading.Go(func() {
			defer close(p.work)
			failed = p.read(all)
		})
		for b := range p.work {
			for i := range b.tickets {
				if !yield(b.tickets[i], nil) {
					return
				}
			}
			p.done(b)
		}
		if failed != nil {
			yield(ticket.Ticket{}, failed)
		}
	}
}
