package ticket_test

import (
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

func TestAStatusWithoutHistoryIsRewoundByTheTrackersOwnTimes(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, time.September, d, 9, 0, 0, 0, time.UTC) }
	project := ticket.Ticket{Key: "P", Kind: ticket.Container, Category: ticket.Done, Created: day(1), Started: day(10), Resolved: day(20)}
	project.Normalise()
	for _, c := range []struct {
		at   time.Time
		want ticket.Category
	}{
		{day(9), ticket.Todo}, {day(10), ticket.Started}, {day(19), ticket.Started}, {day(20), ticket.Done},
	} {
		past, ok := project.AsOf(c.at)
		if !ok || past.Category != c.want {
			t.Errorf("on %s it is %q, want %q", c.at.Format(time.DateOnly), past.Category, c.want)
		}
		if past.InFlight() != (c.want == ticket.Started) || past.Category == ticket.Todo && !past.Started.IsZero() {
			t.Errorf("on %s in flight is %v, started %v", c.at.Format(time.DateOnly), past.InFlight(), past.Started)
		}
	}
}
