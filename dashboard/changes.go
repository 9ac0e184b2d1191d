package dashboard

import (
	"context"
	"errors"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Changes is everything that pages ask to be changed. Whether the viewer may is
// decided before it is asked. An error is a Refusal when the person at the form can
// mend it.
type Changes interface {
	Answerer
	WaiverGiver
	Voter
	Experimenter
}

// Answerer keeps what people say of one finding.
type Answerer interface {
	// Answer says that it is done on purpose, and why.
	Answer(ctx context.Context, by Viewer, id finding.ID, reason string) error
	// TakeBack takes the answer back.
	TakeBack(ctx context.Context, by Viewer, id finding.ID, reason string) error
}

// WaiverGiver leaves things alone for a while.
type WaiverGiver interface {
	// Waive gives a waiver up to the moment, exclusive.
	Waive(ctx context.Context, by Viewer, scope finding.Scope, reason string, expires time.Time) error
	// Renew lets a waiver hold up to another moment.
	Renew(ctx context.Context, by Viewer, waiver, reason string, expires time.Time) error
	// EndWaiver ends it at once.
	EndWaiver(ctx context.Context, by Viewer, waiver, reason string) error
}

// Voter keeps what people think of findings.
type Voter interface {
	// Vote replaces what the viewer said before; NoVote takes it back.
	Vote(ctx context.Context, by Viewer, id finding.ID, vote Vote) error
}

// Experimenter begins and ends experiments.
type Experimenter interface {
	// Begin keeps a new experiment and gives its id. A Refusal names the field.
	Begin(ctx context.Context, by Viewer, draft ExperimentDraft) (id string, err error)
	// EndExperiment makes today its last day; what came of it by then is kept.
	EndExperiment(ctx context.Context, by Viewer, id, reason string) error
	// WithdrawExperiment takes back one that was begun by mistake, and with it what
	// came of it.
	WithdrawExperiment(ctx context.Context, by Viewer, id, reason string) error
}

// ExperimentDraft is an experiment as somebody wrote it into the form.
type ExperimentDraft struct {
	Name       string
	Hypothesis string
	Team       string // team id; empty: every team
	Measure    string
	Expect     string
	Guardrail  string // a measure; empty: none
	Guarded    string // what the guardrail expects
	Start, End ticket.Date
}

// ErrChanged says that somebody else saved a change meanwhile.
var ErrChanged = errors.New("somebody else has changed it meanwhile")

// Refusal is an error that the person at the form can mend.
//
//nolint:errname // the same word as in reports
type Refusal struct {
	Field string // the name of the form's field; empty when it is about the whole
	Text  string // what stands in the way, and what to do
}

func (r *Refusal) Error() string { return r.Text }
