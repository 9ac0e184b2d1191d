package store

import (
	"context"
	"iter"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Shared is a store that several processes on several machines work on at once. It
// says whose turn it is, by its own clock: theirs may differ.
type Shared interface {
	Store
	// Hold takes a lease that nobody holds, or that has run out, or prolongs the
	// holder's own, and says who holds it afterwards. A holder's name is used once:
	// whoever begins anew has another.
	Hold(ctx context.Context, l Lease, holder string, length time.Duration) (by string, err error)
	// Release gives up a lease; one that somebody else holds stays theirs.
	Release(ctx context.Context, l Lease, holder string) error
	// Leases lists the leases that are held now, ordered by source and name.
	Leases(ctx context.Context) ([]Held, error)
	// Under is the store as the holder of the lease works on it: what a source's
	// holder stores of that source (pages, removals), and what another holder stores
	// as a check, is refused with ErrLost from when anybody else took the
	// lease. Everything else is as without it.
	Under(l Lease, holder string) Store
	// Cut begins a reading of all tickets as they stand now that several processes
	// make together, each of them so many parts' worth. Uncut ends it.
	Cut(ctx context.Context, parts int) (Cut, error)
	Uncut(ctx context.Context, c Cut)
	// Portion yields a part of what was cut: every ticket is in one of them, and the
	// parts are of about the same size.
	Portion(ctx context.Context, c Cut, part int) iter.Seq2[ticket.Ticket, error]
	// Named yields those tickets of a source, by id, that there were when it was cut.
	Named(ctx context.Context, c Cut, source string, ids []string) iter.Seq2[ticket.Ticket, error]
	// Lay keeps something for a while for another process, which Laid finds; nil takes
	// it away. All of it may be lost.
	Lay(ctx context.Context, name string, body []byte, keep time.Duration) error
	// Laid is what lies there; nil for nothing.
	Laid(ctx context.Context, name string) ([]byte, error)
	// Now is the time by the store's clock, which is one for all.
	Now(ctx context.Context) (time.Time, error)
}

// Lease names what one process at a time may do.
type Lease struct {
	Source string // that it is about; empty: none
	Name   string
}

// Held is a lease and whose it is.
type Held struct {
	Lease
	Holder string
	Until  time.Time // unless it is prolonged
}

// Cut is a moment of all tickets, and where it is cut, in a form that can be sent to
// another process.
type Cut struct {
	Parts   int         `json:"parts"`
	Sources []CutSource `json:"sources"`
}

// CutSource is a source at a moment. Its tickets are cut into pieces in the order of
// their ids, which are dealt to the parts in turn.
type CutSource struct {
	Source  string   `json:"source"`
	Version uint64   `json:"version"`
	Reader  string   `json:"reader,omitempty"` // what the store knows the reading by
	Bounds  []string `json:"bounds,omitempty"` // the first id of each piece but the first
}
