package reports

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// date is a day in the team's zone: "3 November", with the year when it is not
// the one of the report.
func (v *view) date(at time.Time) string {
	at = at.In(v.loc)
	if at.Year() != v.asOf.In(v.loc).Year() {
		return v.lang.fullDay(at)
	}
	return v.lang.dayOf(at)
}

// day is a day of the reported week by name, any other by date.
func (v *view) day(at time.Time) string {
	if !at.Before(v.in.Week.Start) && at.Before(v.in.Week.End) {
		return v.lang.weekday(at.In(v.loc))
	}
	return v.date(at)
}

func (v *view) clock(at time.Time) string { return at.In(v.loc).Format("15:04") }

// on is a moment in the team's zone: "on Sunday 23:40" within the six days
// before the report, where a weekday can mean only one day; with the date
// otherwise.
func (v *view) on(at time.Time) string {
	day := v.lang.weekday(at.In(v.loc))
	if n := daysBetween(at.In(v.loc), v.in.Now.In(v.loc)); n < 0 || n > 6 {
		return "on " + day + " " + v.date(at) + " at " + v.clock(at)
	}
	return "on " + day + " " + v.clock(at)
}

// openAge tells for how long a finding has been open or, within the week, when
// it was noticed: what it is about may have begun before that.
func (v *view) openAge(f *finding.Finding, s finding.Span) string {
	if !s.From.After(v.before) {
		return "open for " + v.lasted(s.From, v.asOf)
	}
	switch s.After {
	case finding.Waived:
		return "waived until " + v.day(s.From.Add(-1)) + ", open again"
	case finding.Answered:
		return "answer taken back on " + v.day(s.From) + ", open again"
	}
	earlier, was := lastClosed(f, s.From)
	if !was {
		return "noticed on " + v.day(s.From)
	}
	return closedHow(earlier.End) + " on " + v.day(earlier.To) + ", noticed again on " + v.day(s.From)
}

// closedHow words how a stretch ended.
func closedHow(end finding.State) string {
	switch end {
	case finding.AgedOut:
		return "aged out"
	case finding.Answered:
		return "answered"
	case finding.Waived:
		return "waived"
	case finding.Withdrawn:
		return "withdrawn"
	}
	return "settled"
}

// lasted is a duration by the calendar of the team's zone, in whole days up to
// two weeks and in whole weeks from there. A day with 25 hours is one day.
func (v *view) lasted(from, to time.Time) string {
	n := daysBetween(from.In(v.loc), to.In(v.loc))
	switch {
	case n < 1:
		return "less than a day"
	case n < 14:
		return counted(n, "day", "days")
	}
	return counted(n/7, "week", "weeks")
}

// daysBetween counts midnights by the calendar, so that a change of the clocks
// neither adds nor loses one.
func daysBetween(from, to time.Time) int {
	date := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(date(to).Sub(date(from)) / (24 * time.Hour))
}
