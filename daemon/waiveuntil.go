package daemon

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/rules"
)

// longestWaiver is how many days a waiver may last: long enough for a year's plan,
// and short enough that somebody looks at it again.
const longestWaiver = 366

// waiverTerm reads how people say how long something takes: 6 weeks.
var waiverTerm = regexp.MustCompile(`^([0-9]{1,4}) *(day|week|month)s?$`)

// waiverEnd is when a waiver ends, exclusive: with the end of the day named, or of
// the day so many days, weeks or months from now, in the zone.
func waiverEnd(until string, now time.Time, zone *time.Location) (time.Time, error) {
	y, m, d := now.In(zone).Date()
	today := noon(y, m, d, zone)
	day, ok := dayNamed(strings.ToLower(strings.TrimSpace(until)), today)
	switch {
	case until == "":
		return time.Time{}, requestError{"it is not said until when", "add --until with a day like " + today.AddDate(0, 3, 0).Format(time.DateOnly) + ", or like 6 weeks"}
	case !ok:
		return time.Time{}, requestError{fmt.Sprintf("%q is not a day", rules.OneLine(until)), "write a day like " + today.AddDate(0, 3, 0).Format(time.DateOnly) + ", or like 6 weeks"}
	}
	end := nextMidnight(day)
	if !end.After(now) {
		return time.Time{}, requestError{fmt.Sprintf("%s is over", day.Format(time.DateOnly)), "choose today or a later day"}
	}
	if last := today.AddDate(0, 0, longestWaiver); day.After(last) {
		return time.Time{}, requestError{fmt.Sprintf("%s is more than %d days away", day.Format(time.DateOnly), longestWaiver),
			"choose " + last.Format(time.DateOnly) + " or an earlier day; a waiver can be renewed when its end comes near"}
	}
	return end.UTC(), nil
}

// dayNamed is noon of the day that is meant.
func dayNamed(until string, today time.Time) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, until); err == nil {
		return noon(day.Year(), day.Month(), day.Day(), today.Location()), true
	}
	m := waiverTerm.FindStringSubmatch(until)
	if m == nil {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n == 0 {
		return time.Time{}, false
	}
	year, month, day := today.Date()
	switch m[2] {
	case "day":
		day += n
	case "week":
		day += 7 * n
	default:
		month += time.Month(n)
	}
	return noon(year, month, day, today.Location()), true
}

// noon is there on every day: no zone jumps over it.
func noon(year int, month time.Month, day int, loc *time.Location) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, loc)
}

// nextMidnight is the first moment of the day after: 01:00 where clocks jump over
// midnight, when Date answers with the evening before.
func nextMidnight(day time.Time) time.Time {
	next := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location())
	if next.Hour() > 12 {
		_, next = next.ZoneBounds()
	}
	return next
}
