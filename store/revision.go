package store

import (
	"context"
	"errors"
	"time"
)

// ErrOutrun says that a later revision of the same thing was added meanwhile.
var ErrOutrun = errors.New("a later revision is there")

// Revisions keeps what people changed on pages, and how their files changed, one
// revision after the other: none is ever changed or taken away but by Amend.
type Revisions interface {
	// AddRevision keeps a revision and gives it as it is kept, with its number: they
	// count from 1 over all that there are. after is the number of the latest revision
	// of the same kind, team and name that whoever made it knew of, 0 for none;
	// ErrOutrun when there is a later one.
	AddRevision(ctx context.Context, r Revision, after int64) (Revision, error)
	// Revisions lists all of them, oldest first.
	Revisions(ctx context.Context) ([]Revision, error)
	// LatestRevision is the number of the latest; 0 when there is none.
	LatestRevision(ctx context.Context) (int64, error)
}

// RevisionKind says what a revision is of.
type RevisionKind string

// The kinds of revision.
const (
	OfAgreement  RevisionKind = "agreement"
	OfRule       RevisionKind = "rule"
	OfExperiment RevisionKind = "experiment"
	// OfFiles is of what the configuration's files say of agreements and rules. Nobody
	// made it on a page: it is kept where they were found to say something else.
	OfFiles RevisionKind = "files"
)

// RevisionKinds lists every kind.
func RevisionKinds() []RevisionKind {
	return []RevisionKind{OfAgreement, OfRule, OfExperiment, OfFiles}
}

// Revision is what somebody made hold, in place of what held before. All of it but
// the number and the names of the kinds is as people wrote it.
type Revision struct {
	Number int64 // from 1; given by the store
	Kind   RevisionKind
	Team   string // team id; empty: the organisation
	Name   string // id of the rule or of the experiment
	// Text is the entry as a file would hold it, in YAML; empty: what the files say
	// holds again, which may be nothing. Of OfFiles it is for whoever compares them.
	Text string
	By   string // person id; empty for OfFiles
	Why  string
	At   time.Time
}
