package calendar

import (
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// moment is a point in time as a file names it.
type moment struct {
	at  time.Time // in its own zone, so that what repeats keeps its hour
	day bool      // a whole day, at midnight in UTC
}

// A time of a series is left out by naming the moment, or the day it is on.

// key is the same for moments that are the same.
func (m moment) key() time.Time {
	if m.day {
		return m.dayKey()
	}
	return m.at.UTC()
}

// dayKey is the key of the day it is on, in its own zone. It is no moment of a
// file: those have whole seconds.
func (m moment) dayKey() time.Time {
	y, month, d := m.at.Date()
	return time.Date(y, month, d, 0, 0, 0, 1, time.UTC)
}

// moment reads 20260131, 20260131T090000 and 20260131T090000Z.
func (r *reader) moment(p *ics.IANAProperty, written string) (m moment, why string) {
	written = strings.ToUpper(strings.TrimSpace(written))
	if day, err := time.Parse("20060102", written); err == nil {
		return moment{day, true}, ""
	}
	if at, err := time.Parse("20060102T150405Z", written); err == nil {
		return moment{at, false}, ""
	}
	loc, ok := r.zones.of(param(p, "TZID"))
	if !ok {
		return m, fmt.Sprintf("its time zone %q is not known", clipped(param(p, "TZID")))
	}
	at, err := time.ParseInLocation("20060102T150405", written, loc)
	if err != nil {
		return m, fmt.Sprintf("%q is no day or time (%s)", clipped(written), p.IANAToken)
	}
	return moment{at, false}, ""
}

// moments reads lists of them.
func (r *reader) moments(lists []*ics.IANAProperty) (out []moment, why string) {
	for _, p := range lists {
		for written := range strings.SplitSeq(p.Value, ",") {
			if strings.TrimSpace(written) == "" {
				continue
			}
			from, _, _ := strings.Cut(written, "/") // a period; it lasts as long as the others
			m, why := r.moment(p, from)
			if why != "" {
				return nil, why
			}
			out = append(out, m)
		}
	}
	return out, ""
}
