package store

import (
	"context"
	"time"

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

	NoFindings    []finding.ID // with their moves
	NoWords       []string     // ids
	NoRevisions   []int64      // numbers, which are not given again
	NoRuns        []string     // ids
	NoDeliveries  []DeliveryKey
	NoSnapshots   []SnapshotKey
	FlightsBefore time.Time // none of an earlier moment stays; the zero time: all do
	NoTokens      []string  // hashes of sign-in tokens
	NoEpochs      []string  // person ids
	Ungathered    bool      // nothing that was gathered stays: it is gathered again
}

// SnapshotKey names a snapshot.
type SnapshotKey struct{ Team, Week string }

// Ledger reports whether it changes what checks and pages hold in memory by the mark of
// the ledger.
func (a *Amendment) Ledger() bool { return len(a.NoFindings)+len(a.NoWords) > 0 }
