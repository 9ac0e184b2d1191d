// Package calendar reads iCalendar files (RFC 5545): when something takes place,
// what it is called, and whose e-mail addresses stand at it. Whether an entry is
// an absence, a holiday or a meeting is for others to say.
//
// Calendars are written by programs of all kinds and by anybody who may add an
// entry, so what one entry holds never keeps the others from being read: an
// entry that cannot be read is told with its line and the reason. Only a file
// that is no calendar, or ends in the middle, is an error as a whole. Nothing
// here reads a clock: what repeats without an end is read up to the year 2100.
//
// Left out on purpose: tasks, alarms, journals, free-busy times, and changes to
// "this and all later ones" of a series, which are told.
package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Bounds on what one file may hold. They are far above what people keep in one
// calendar, and keep one made with intent from taking long.
const (
	MaxSize = 8 << 20 // bytes

	maxEntries   = 20_000
	maxRepeating = 2_000
	maxEach      = 40_000 // times of one entry: daily for a hundred years
	maxTimes     = 400_000
)

// Times outside of these years are not read.
var (
	earliest = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// Calendar is what a file holds.
type Calendar struct {
	Entries []Entry  // without those that were cancelled, in the order of the file
	Unread  []Unread // entries that cannot be read, in the order of the file
}

// Entry is one entry. Its texts are untrusted.
type Entry struct {
	Line        int // where it begins in the file, from 1
	Summary     string
	Description string
	// Emails are the addresses of the organiser and of everybody invited who has
	// not declined, in lower case, each once.
	Emails []string
	AllDay bool
	// Tentative says that it is not settled whether it takes place.
	Tentative bool
	Times     []Time // in order; empty when all lie outside of the years read
}

// Time is when an entry takes place: from Start up to, not including, End, both
// in UTC. Those of a whole day are from midnight to midnight in UTC, whatever
// the zone it is a day in.
type Time struct{ Start, End time.Time }

// Unread is an entry that cannot be read.
type Unread struct {
	Line int
	Why  string
}

// Error says why a file is no calendar that can be read.
type Error struct {
	Line int // from 1; 0 when no line is to blame
	Text string
	Hint string // what to do about it
}

// Error is the text and the line.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Text)
}

// Parse reads a file. The error is an *Error.
func Parse(text []byte) (*Calendar, error) {
	plain, zones, err := tidy(text)
	if err != nil {
		return nil, err
	}
	parsed, err := parse(plain)
	if err != nil {
		return nil, &Error{Text: "this cannot be read as a calendar", Hint: "export it again, or look whether the program that made it can write another form of iCalendar"}
	}
	r := reader{zones: zones, out: &Calendar{}}
	if err := r.read(parsed.Events()); err != nil {
		return nil, err
	}
	return r.out, nil
}

// parse runs the parser; a panic of it is an error like any other.
func parse(plain string) (c *ics.Calendar, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parse: %v", p)
		}
	}()
	return ics.ParseCalendarWithOptions(strings.NewReader(plain), ics.WithUnknownPropertyHandler(ics.AcceptUnknownPropertyHandler))
}

// reader turns events into entries.
type reader struct {
	zones     *zones
	out       *Calendar
	repeating int // entries that repeat
	barren    int // of these, those that never come
	times     int
}

func (r *reader) read(events []*ics.VEvent) error {
	if len(events) > maxEntries {
		return &Error{Text: fmt.Sprintf("this calendar has %d entries; at most %d are read", len(events), maxEntries), Hint: "export the last and the coming year only"}
	}
	all := make([]*event, 0, len(events))
	for _, e := range events {
		made, why := r.event(e)
		if why != "" {
			r.unread(lineOf(e), why)
			continue
		}
		all = append(all, made)
	}
	all = newest(all)
	replaceInstances(all)
	for _, e := range all {
		if err := r.take(e); err != nil {
			return err
		}
	}
	slices.SortStableFunc(r.out.Unread, func(a, b Unread) int { return cmp.Compare(a.Line, b.Line) })
	return nil
}

func (r *reader) unread(line int, why string) {
	r.out.Unread = append(r.out.Unread, Unread{Line: line, Why: why})
}

// take adds an event with all its times.
func (r *reader) take(e *event) error {
	if e.cancelled {
		return nil
	}
	times, why := e.starts()
	if e.rule != nil {
		r.repeating++
		if len(times) == 0 {
			r.barren++
		}
	}
	r.times += len(times)
	switch {
	case r.repeating > maxRepeating:
		return &Error{Line: e.Line, Text: fmt.Sprintf("this calendar has more than %d entries that repeat", maxRepeating), Hint: "export fewer of them"}
	case r.barren > maxBarren:
		return &Error{Line: e.Line, Text: fmt.Sprintf("this calendar has more than %d entries that repeat and yet never come", maxBarren), Hint: "take them out"}
	case r.times > maxTimes:
		return &Error{Line: e.Line, Text: fmt.Sprintf("the entries of this calendar come more than %d times in all", maxTimes), Hint: "give those that repeat an end"}
	case why != "":
		r.unread(e.Line, why)
		return nil
	}
	e.Times = make([]Time, 0, len(times))
	for _, start := range times {
		if t := e.lasting(start); t.End.After(earliest) && t.Start.Before(latest) {
			e.Times = append(e.Times, t)
		}
	}
	r.out.Entries = append(r.out.Entries, e.Entry)
	return nil
}
