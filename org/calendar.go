package org

import "time"

// Calendar says on which days a team works. The zero Calendar works Monday to
// Friday, without holidays, in UTC.
type Calendar struct {
	Location *time.Location  // nil: UTC
	Starts   time.Weekday    // first working day of the week; the zero value, with Days 0, means Monday
	Days     int             // working days a week, from Starts on; 0: five
	Holidays map[string]bool // days off, written 2006-01-02, in Location
}

func (c Calendar) location() *time.Location {
	if c.Location == nil {
		return time.UTC
	}
	return c.Location
}

func (c Calendar) week() (first time.Weekday, days int) {
	if c.Days == 0 {
		return time.Monday, 5
	}
	return c.Starts, min(c.Days, 7)
}

// Works reports whether the day that at lies in is a working day.
func (c Calendar) Works(at time.Time) bool {
	at = at.In(c.location())
	first, days := c.week()
	return (int(at.Weekday())-int(first)+7)%7 < days && !c.Holidays[at.Format(time.DateOnly)]
}

// longestBreak bounds the search for a working day: a calendar whose days are
// all holidays for this long counts every day instead.
const longestBreak = 366

// Add is the moment that many working days after at, at the same time of day: 1
// after Friday noon is Monday noon. What begins on a day off begins with the
// next working day. The time of day is that of the calendar's zone, clock
// changes included; the moment is in UTC.
func (c Calendar) Add(at time.Time, days int) time.Time {
	local := at.In(c.location())
	if !c.Works(local) {
		local = c.next(local)
		local = beginning(local.Year(), local.Month(), local.Day(), c.location())
	}
	for range days {
		local = c.next(local)
	}
	return local.UTC()
}

// next is the same time on the next working day.
func (c Calendar) next(local time.Time) time.Time {
	for n := 1; n <= longestBreak; n++ {
		if day := local.AddDate(0, 0, n); c.Works(day) {
			return day
		}
	}
	return local.AddDate(0, 0, 1)
}
