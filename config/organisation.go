package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/calendar"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// organisation is everything a directory is made of, kept so that it can be made
// again once calendars have been fetched.
type organisation struct {
	file       *yamlfile.File // the org file
	people     []org.Person
	peopleAt   []place
	byID       map[string]int // into people
	teams      []org.Team
	absences   []org.Absence
	absencesAt []place
	calendars  []calendarUse
}

// purpose is what a calendar is read for.
type purpose int

const (
	forAbsences purpose = iota
	forHolidays
	forRitual
)

// calendarUse is one use of a calendar.
type calendarUse struct {
	calendarSource
	purpose purpose
	team    int    // index of whose holidays or ritual
	ritual  int    // index of the team's ritual
	words   string // what the title of a ritual's entries holds
}

// Reading is what was fetched of a feed.
type Reading struct {
	Calendar *calendar.Calendar // what is known of it; nil when it was never read
	Trouble  string             // why the latest fetch brought nothing; empty when it did
}

// CalendarUse tells what came of a calendar.
type CalendarUse struct {
	Name    string // the file as the process finds it, or the name of the feed
	For     string // "absences", "holidays" or "retro of payments"
	Where   yamlfile.Place
	Feed    int            // index into Config.Feeds; -1 for a file
	Read    bool           // false: nothing is known of what it holds
	Entries int            // how many entries count
	Left    []CalendarLeft // entries that do not, and why
}

// CalendarLeft is an entry of a calendar that does not count.
type CalendarLeft struct {
	Line    int
	Summary string    // untrusted text; empty where the entry cannot be read
	First   time.Time // when it takes place first and is over; zero where that cannot be read
	Last    time.Time
	Why     string
}

// WithFeeds is a copy of the configuration whose directory knows what was
// fetched: readings hold one entry for each of Feeds, in the same order.
func (c *Config) WithFeeds(readings []Reading) *Config {
	out := *c
	if c.parts == nil {
		return &out
	}
	if d, uses, mistakes := c.parts.assemble(readings); len(mistakes) == 0 {
		out.Directory, out.Calendars = d, uses
	}
	return &out
}

// assemble makes the directory. Calendars hold no mistakes of their own: what
// cannot be used of them is told in the uses.
func (o *organisation) assemble(readings []Reading) (*org.Directory, []CalendarUse, []org.Mistake) {
	a := assembly{organisation: o, roll: newRoll(o.people), teams: slices.Clone(o.teams), away: slices.Clone(o.absences)}
	for i := range a.teams {
		a.teams[i].Rituals = slices.Clone(a.teams[i].Rituals)
		a.teams[i].Calendar.Holidays = maps.Clone(a.teams[i].Calendar.Holidays)
	}
	for _, use := range o.calendars {
		reading := Reading{Calendar: use.read}
		if use.feed >= 0 {
			reading = Reading{Trouble: "it has not been fetched yet"}
			if use.feed < len(readings) {
				reading = readings[use.feed]
			}
		}
		a.take(use, reading)
	}
	d, mistakes := org.New(o.people, a.teams, a.away)
	return d, a.uses, mistakes
}

// assembly gathers what calendars add.
type assembly struct {
	*organisation
	roll  *roll
	teams []org.Team
	away  []org.Absence
	uses  []CalendarUse
}

func (a *assembly) take(use calendarUse, r Reading) {
	told := CalendarUse{Name: use.name, Where: use.where, Feed: use.feed, Read: r.Calendar != nil}
	if r.Calendar != nil && use.purpose != forRitual {
		for _, u := range r.Calendar.Unread {
			told.Left = append(told.Left, CalendarLeft{Line: u.Line, Why: u.Why})
		}
	}
	switch use.purpose {
	case forAbsences:
		told.For = "absences"
		a.absencesOf(r, &told)
	case forHolidays:
		told.For = "holidays"
		a.holidaysOf(use, r, &told)
	case forRitual:
		told.For = a.ritualOf(use, r, &told)
	}
	if !slices.ContainsFunc(a.uses, func(u CalendarUse) bool { return u.For == told.For && u.Where == told.Where }) {
		a.uses = append(a.uses, told) // holidays are used by several teams and told once
	}
}

func (t *CalendarUse) leave(e *calendar.Entry, why string) {
	left := CalendarLeft{Line: e.Line, Summary: e.Summary, Why: why}
	if len(e.Times) > 0 {
		left.First, left.Last = e.Times[0].Start, e.Times[len(e.Times)-1].End
	}
	t.Left = append(t.Left, left)
}

func (a *assembly) absencesOf(r Reading, told *CalendarUse) {
	if r.Calendar == nil {
		return
	}
	for i := range r.Calendar.Entries {
		e := &r.Calendar.Entries[i]
		if e.Tentative {
			told.leave(e, "it is tentative")
			continue
		}
		people, delegate, why := a.roll.away(e)
		if why != "" {
			told.leave(e, why)
		}
		if len(people) > 0 {
			told.Entries++
		}
		for _, id := range people {
			for _, s := range joined(e.Times) {
				a.away = append(a.away, org.Absence{Person: id, Delegate: delegate, Span: s})
			}
		}
	}
}

// joined are the times as spans; those that touch become one.
func joined(times []calendar.Time) []org.Span {
	var out []org.Span
	for _, t := range times {
		if n := len(out); n > 0 && !t.Start.After(out[n-1].To) {
			if t.End.After(out[n-1].To) {
				out[n-1].To = t.End
			}
		} else if t.Start.Before(t.End) {
			out = append(out, org.Span{From: t.Start, To: t.End})
		}
	}
	return out
}

func (a *assembly) holidaysOf(use calendarUse, r Reading, told *CalendarUse) {
	if r.Calendar == nil {
		return
	}
	days := a.teams[use.team].Calendar.Holidays
	for i := range r.Calendar.Entries {
		e := &r.Calendar.Entries[i]
		switch {
		case !e.AllDay:
			told.leave(e, "it is no whole day")
			continue
		case e.Tentative:
			told.leave(e, "it is tentative")
			continue
		}
		told.Entries++
		for _, t := range e.Times {
			for day := t.Start; day.Before(t.End); day = day.AddDate(0, 0, 1) {
				days[day.Format(time.DateOnly)] = true
			}
		}
	}
}

func (a *assembly) ritualOf(use calendarUse, r Reading, told *CalendarUse) string {
	team := &a.teams[use.team]
	ritual := &team.Rituals[use.ritual]
	ritual.Evidence.Unread = r.Trouble
	if r.Calendar != nil {
		for i := range r.Calendar.Entries {
			e := &r.Calendar.Entries[i]
			if !strings.Contains(folded(e.Summary), folded(use.words)) {
				continue
			}
			told.Entries++
			for _, t := range e.Times {
				ritual.Evidence.Held = append(ritual.Evidence.Held, t.Start)
			}
		}
		slices.SortFunc(ritual.Evidence.Held, time.Time.Compare)
		ritual.Evidence.Held = slices.CompactFunc(ritual.Evidence.Held, time.Time.Equal)
	}
	return fmt.Sprintf("%s of %s", ritual.Name, team.ID)
}

// folded makes spellings alike that differ in case and spaces.
func folded(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
