package store

import (
	"context"
	"time"
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
	// Version changes with everything that is stored of any source.
	Version(ctx context.Context) (string, error)
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
