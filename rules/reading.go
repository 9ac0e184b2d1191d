package rules

import (
	"context"
	"iter"
	"sync"

	"github.com/fairlead-dev/fairlead/ticket"
)

// readAtOnce is how many tickets are handed on together.
const readAtOnce = 128

// reading lets several evaluations look at all tickets side by side, so that the work
// behind it is read once for all of them: whoever asks for the tickets waits until every
// other does or has ended. Tickets are shared, and changed by nobody.
type reading struct {
	Work
	join  chan *reader
	ended chan struct{}
}

// reader is an evaluation that is shown all tickets.
type reader struct {
	batches chan []ticket.Ticket
	err     error         // why there are no more; known once batches is closed
	gone    chan struct{} // closed when it needs no more
}

// sideBySide runs so many evaluations over the work, and ends when all have.
func sideBySide(ctx context.Context, w Work, n int, evaluate func(i int, w Work)) {
	r := &reading{Work: w, join: make(chan *reader), ended: make(chan struct{}, n)}
	panicked := make(chan any, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panicked <- p
				}
				r.ended <- struct{}{}
			}()
			evaluate(i, r)
		})
	}
	r.serve(ctx, n)
	all.Wait()
	select {
	case p := <-panicked:
		panic(p) // to whoever asked, as if there were no others
	default:
	}
}

// serve reads the tickets whenever every evaluation that goes on waits for them.
func (r *reading) serve(ctx context.Context, going int) {
	var waiting []*reader
	for going > 0 {
		select {
		case one := <-r.join:
			waiting = append(waiting, one)
		case <-r.ended:
			going--
		}
		if len(waiting) > 0 && len(waiting) == going {
			r.show(ctx, waiting)
			waiting = nil
		}
	}
}

// show shows all tickets to the readers.
func (r *reading) show(ctx context.Context, to []*reader) {
	batch := make([]ticket.Ticket, 0, readAtOnce)
	hand := func() {
		for _, one := range to {
			select {
			case one.batches <- batch:
			case <-one.gone:
			}
		}
		batch = make([]ticket.Ticket, 0, readAtOnce)
	}
	var failed error
	for t, err := range r.Work.Tickets(ctx) {
		if err != nil {
			failed = err
			break
		}
		if batch = append(batch, t); len(batch) == readAtOnce {
			hand()
		}
	}
	hand()
	for _, one := range to {
		one.err = failed
		close(one.batches)
	}
}

// Tickets yields every ticket, when all others ask for them too.
func (r *reading) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		one := &reader{batches: make(chan []ticket.Ticket), gone: make(chan struct{})}
		defer close(one.gone)
		select {
		case r.join <- one:
		case <-ctx.Done():
			yield(ticket.Ticket{}, ctx.Err())
			return
		}
		for batch := range one.batches {
			for i := range batch {
				if !yield(batch[i], nil) {
					return
				}
			}
		}
		if one.err != nil {
			yield(ticket.Ticket{}, one.err)
		}
	}
}
