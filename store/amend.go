package store

import (
	"context"

	"github.com/fairlead-dev/fairlead/finding"
)

// Amender changes what is otherwise only ever added to: for people who are erased,
// and for what was kept long enough.
type Amender interface {
	// Amend does all of it in one step. What is not there is no error, and is not made.
	Amend(ctx context.Context, a Amendment) error
}

// Amendment is what is put in place of what is stored, and what is taken away.
type Amendment struct {
	Words     []finding.Word // in place of those of their ids
	Revisions []Revision     // in place of those of their numbers, with their kind, team and name

	NoFindings   []finding.ID // with their moves
	NoRuns       []string     // ids
	NoDeliveries []DeliveryKey
	NoTokens     []string // hashes of sign-in tokens
	NoEpochs     []string // person ids
	Ungathered   bool     // nothing that was gathered stays: it is gathered again
}
