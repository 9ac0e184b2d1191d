package daemon

import (
	"context"
	"errors"
	"sync"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// errNothingToTell says that a report would be empty, so that nobody gets one.
var errNothingToTell = errors.New("there was nothing to tell them about this week")

// editions makes the reports of one look at the outbox: those of a week from one
// edition, which is made when the first is asked for.
type editions struct {
	f      *Fairlead
	mu     sync.Mutex
	byWeek map[string]*edition
}

func (f *Fairlead) newEditions() *editions { return &editions{f: f, byWeek: map[string]*edition{}} }

func (e *editions) of(ctx context.Context, week string) (*edition, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if made := e.byWeek[week]; made != nil {
		return made, nil
	}
	made, err := e.f.edition(ctx, week)
	if err == nil {
		e.byWeek[week] = made
	}
	return made, err
}

// report makes the report of a route for the week.
func (e *editions) report(ctx context.Context, r *route, week org.Week) (reports.Report, error) {
	made, err := e.of(ctx, week.String())
	if err != nil {
		return reports.Report{}, err
	}
	switch r.kind {
	case reports.OfOrganisation:
		return made.organisation(ctx)
	case reports.ToLeader:
		letter, err := made.leader(r.person.ID)
		if err == nil && len(letter.Mirror) == 0 {
			err = errNothingToTell
		}
		return letter, err
	}
	return made.team(ctx, r.team, r.reader)
}
