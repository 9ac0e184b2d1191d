package store

import (
	"cmp"
	"slices"
)

// MostAltered is how many alterations a store remembers of a source, about: enough for
// days of a large organisation's edits, and soon read again where it is not.
const MostAltered = 100_000

// Alterations are the tickets that a store holds otherwise than at an earlier position,
// or not any more.
type Alterations struct {
	// Tickets are named each once, ordered by source and id; none where it is not known.
	Tickets []TicketName
	// Position is up to where this tells, in the store's own words.
	Position string
	// Known says that the store remembers all of it. Otherwise anything may be different.
	Known bool
}

// TicketName names a ticket of any source.
type TicketName struct{ Source, ID string }

// EachOnce orders names and leaves out what stands twice.
func EachOnce(names []TicketName) []TicketName {
	slices.SortFunc(names, func(a, b TicketName) int { return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID)) })
	return slices.Compact(names)
}
