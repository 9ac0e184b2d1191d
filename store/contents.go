package store

import (
	"context"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Contents lists what Store only answers questions about, so that everything can
// be copied. Lists come in an order of their own that is always the same.
type Contents interface {
	// Sources lists every source that a page was saved of, ordered by name.
	Sources(ctx context.Context) ([]string, error)
	// RunKinds lists the kinds of which runs are stored, ordered.
	RunKinds(ctx context.Context) ([]RunKind, error)
	// FlightTeams lists the teams of which flights are stored, ordered.
	FlightTeams(ctx context.Context) ([]string, error)
	// SnapshotTeams lists the teams of which snapshots are stored, ordered.
	SnapshotTeams(ctx context.Context) ([]string, error)
	// Votes lists what people think of findings, ordered by finding and person.
	Votes(ctx context.Context) ([]Vote, error)
	// Tokens lists the sign-in tokens that were not taken, ordered by hash.
	Tokens(ctx context.Context) ([]Token, error)
	// AllSpent lists the ids that are used up, ordered.
	AllSpent(ctx context.Context) ([]SpentID, error)
	// Epochs lists how often people were signed out everywhere, ordered by person.
	Epochs(ctx context.Context) ([]PersonEpoch, error)
	// Secrets lists what all who share the store agree on, ordered by name.
	Secrets(ctx context.Context) ([]Secret, error)
}

// Vote is what a person thinks of a finding.
type Vote struct {
	Finding finding.ID
	Person  string
	Rule    string
	Useful  bool
	At      time.Time
}

// Token is a sign-in token, of which there is only the hash.
type Token struct {
	Hash    string
	Person  string
	Expires time.Time
}

// SpentID is an id that is used up, and up to when it is remembered.
type SpentID struct {
	ID    string
	Until time.Time
}

// PersonEpoch says how often somebody was signed out everywhere.
type PersonEpoch struct {
	Person string
	Epoch  int
}

// Secret is what is kept under a name (SharedSecret).
type Secret struct{ Name, Text string }
