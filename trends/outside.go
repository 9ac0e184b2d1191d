package trends

import (
	"context"

	"github.com/fairlead-dev/fairlead/org"
)

// Outsider knows numbers that stand in no tracker. Each child of this package is
// one kind of place to ask; docs/trends.md says how.
type Outsider interface {
	// Value asks for one number at the end of a team's week; the empty team is the
	// organisation. The error is a Gap where it is not known, or ctx's.
	Value(ctx context.Context, query, team string, week org.Week) (float64, error)
}

// Gap says why an outside number is not known, in words for an operator and
// without secrets. It is never taken for zero.
type Gap struct { //nolint:errname // the word of the documents
	Why string
	Fix string // what to do; may be empty
	// Deaf: nothing could be asked at all, so that asking for more is of no use
	// now.
	Deaf bool
}

// Error is what is wrong, then the fix.
func (g Gap) Error() string {
	if g.Fix == "" {
		return g.Why
	}
	return g.Why + ": " + g.Fix
}
