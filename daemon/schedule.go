package daemon

import (
	"cmp"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
)

// schedule is when in each week a report leaves, by the clock on the wall in its
// zone. Where clocks change, a time that comes twice holds the first time, and
// one that is skipped holds when the skipped stretch is over.
type schedule struct {
	wall *cron.SpecSchedule // in UTC, which stands for the wall
	zone *time.Location
}

var cronParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// newSchedule is that of a report in the zone it names, or else in the one given.
func newSchedule(when config.When, zone *time.Location) (schedule, error) {
	zone = cmp.Or(when.Zone, zone, time.UTC)
	parsed, err := cronParser.Parse("CRON_TZ=" + zone.String() + " " + when.Cron)
	if err != nil {
		return schedule{}, fmt.Errorf("read %q in %s: %w", when.Cron, zone, err)
	}
	wall, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return schedule{}, fmt.Errorf("%q names no moments", when.Cron)
	}
	s := schedule{wall: wall, zone: wall.Location}
	wall.Location = time.UTC
	return s, nil
}

// next is the first moment after the one given; zero when there is none.
func (s schedule) next(after time.Time) time.Time {
	local := after.In(s.zone)
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	for {
		if wall = s.wall.Next(wall); wall.IsZero() {
			return time.Time{}
		}
		if at := onTheWall(wall, s.zone); at.After(after) {
			return at
		}
	}
}

// due is when the report of the week leaves: the first moment between the end of
// the week and that of the next; zero when there is none.
func (s schedule) due(week org.Week) time.Time {
	at := s.next(week.End.Add(-time.Nanosecond))
	if following := org.WeekOf(week.End, week.End.Location()); at.IsZero() || !at.Before(following.End) {
		return time.Time{}
	}
	return at
}

// onTheWall is when the clock in the zone shows what wall shows in UTC.
func onTheWall(wall time.Time, zone *time.Location) time.Time {
	const aDay = 24 * time.Hour
	read := func(near time.Time) (at time.Time, right bool) {
		_, offset := near.In(zone).Zone()
		at = wall.Add(-time.Duration(offset) * time.Second)
		_, there := at.In(zone).Zone()
		return at, there == offset
	}
	// Before a change and after it; of two that are right the former is earlier.
	if at, right := read(wall.Add(-aDay)); right {
		return at.UTC()
	} else if later, right := read(wall.Add(aDay)); right {
		return later.UTC()
	} else { //nolint:revive // at is of the first reading
		jump, _ := at.In(zone).ZoneBounds()
		return jump.UTC()
	}
}
