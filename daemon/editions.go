package daemon

import (
	"context"
	"errors"
	"fmt"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// errNothingToTell says that a report would be empty, so that nobody gets one.
var errNothingToTell = errors.New("there is nothing to tell about this week")

// editions makes the reports of one look at the outbox.
type editions struct{ f *Fairlead }

func (f *Fairlead) newEditions() *editions { return &editions{f: f} }

// report makes the report of a route for the week.
func (e *editions) report(ctx context.Context, r *route, week org.Week) (reports.Report, error) {
	if r.kind != reports.OfTeam {
		return reports.Report{}, fmt.Errorf("a report of the kind %q", r.kind)
	}
	return e.f.buildReport(ctx, r.team, week, r.reader)
}
