package org

import (
	"fmt"
	"time"
)

// Week is an ISO 8601 week (Monday to Sunday, the first one holds 4 January) as
// it passed in one time zone. Where clocks change it has 167 or 169 hours.
type Week struct {
	Year, Number int
	Start        time.Time // the first moment of Monday in the zone, nearly always 00:00
	End          time.Time // the Monday after, exclusive
}

// WeekOf is the week that holds the moment at, in loc.
func WeekOf(at time.Time, loc *time.Location) Week {
	at = at.In(loc)
	year, number := at.ISOWeek()
	sinceMonday := (int(at.Weekday()) + 6) % 7
	monday := at.Day() - sinceMonday
	return Week{
		Year: year, Number: number,
		Start: beginning(at.Year(), at.Month(), monday, loc),
		End:   beginning(at.Year(), at.Month(), monday+7, loc),
	}
}

// beginning is the first moment of the day in loc: 00:00, or 01:00 where clocks
// jump over midnight. There time.Date may answer with the evening before.
func beginning(year int, month time.Month, day int, loc *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, loc)
	if t.Hour() > 12 {
		_, jump := t.ZoneBounds()
		return jump
	}
	return t
}

// Before is the week n weeks earlier.
func (w Week) Before(n int) Week {
	y, m, d := w.Start.Date()
	loc := w.Start.Location()
	return WeekOf(time.Date(y, m, d-7*n, 12, 0, 0, 0, loc), loc) // noon: no zone jumps over it
}

// String is the ISO form, 2026-W46.
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.Number) }

// ParseWeek reads the ISO form, 2026-W46, as the week in loc.
func ParseWeek(s string, loc *time.Location) (Week, error) {
	var year, number int
	if _, err := fmt.Sscanf(s, "%4d-W%2d", &year, &number); err != nil || year < 0 || len(s) != len("2026-W46") {
		return Week{}, fmt.Errorf("%q is not a week like 2026-W46", s)
	}
	w := WeekOf(time.Date(year, 1, 4, 12, 0, 0, 0, loc), loc).Before(1 - number)
	if w.String() != s {
		return Week{}, fmt.Errorf("%d has no week %d: write it like 2026-W46", year, number)
	}
	return w, nil
}
