package config

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

func (r *orgReader) teams(file orgFile) {
	days := map[string]daysOff{} // by where they are written
	r.daysOff(file, -1, days)    // also where every team writes its own
	for i, e := range file.Teams {
		whole := inherited(file.Teams, i)
		t := org.Team{
			ID: e.ID, Name: cmp.Or(e.Name, e.ID), PartOf: e.PartOf, Existed: span(e.From, e.To),
			EMs: seats(e.EM), PMs: seats(e.PM), Members: seats(e.Members), Owned: holdings(e.Owns),
		}
		if from := whole.under; from >= 0 {
			t.Under = file.Teams[from].Under
		}
		if from := whole.timezone; from >= 0 {
			t.Location = r.zone(r.file, file.Teams[from].Timezone, "teams", from, "timezone")
		}
		if from := whole.locale; from >= 0 {
			t.Locale = file.Teams[from].Locale
		}
		t.Calendar.Starts, t.Calendar.Days = workingDays(file, whole)
		off := r.daysOff(file, whole.holidays, days)
		t.Calendar.Holidays = off.days
		for _, c := range off.calendars {
			r.parts.calendars = append(r.parts.calendars, calendarUse{calendarSource: c, purpose: forHolidays, team: i})
		}
		for _, o := range e.Owns {
			r.mistakes = append(r.mistakes, notJiraKeys(r.file, o.Jira.Projects, "teams", i, "owns")...)
		}
		r.parts.teams = append(r.parts.teams, t)
	}
}

func seats(list seatList) []org.Seat {
	out := make([]org.Seat, len(list))
	for i, s := range list {
		out[i] = org.Seat{Person: s.Person, Span: span(s.From, s.To), Acting: s.Acting}
	}
	return out
}

func holdings(list ownsList) []org.Holding {
	out := make([]org.Holding, len(list))
	for i, o := range list {
		out[i] = org.Holding{Span: span(o.From, o.To), Ownership: org.Ownership{
			JiraProjects: o.Jira.Projects, JiraComponents: o.Jira.Components, JiraBoards: o.Jira.Boards, LinearTeams: o.Linear.Teams,
		}}
	}
	return out
}

// sources says which team's entry a team has something from: its own, that of a
// team it is a part of, or none (-1).
type sources struct{ under, timezone, locale, starts, days, holidays int }

// inherited finds where a team has from what it does not say itself.
func inherited(teams []teamEntry, i int) sources {
	s := sources{-1, -1, -1, -1, -1, -1}
	for been := []int{}; i >= 0 && !slices.Contains(been, i); i = indexOf(teams, teams[i].PartOf) {
		been = append(been, i)
		for _, key := range []struct {
			from  *int
			there bool
		}{
			{&s.under, teams[i].Under != ""}, {&s.timezone, teams[i].Timezone != ""}, {&s.locale, teams[i].Locale != ""},
			{&s.starts, teams[i].Week.Starts != ""}, {&s.days, teams[i].Week.Days > 0}, {&s.holidays, teams[i].Week.Holidays != nil},
		} {
			if *key.from < 0 && key.there {
				*key.from = i
			}
		}
	}
	return s
}

func indexOf(teams []teamEntry, id string) int {
	return slices.IndexFunc(teams, func(t teamEntry) bool { return id != "" && t.ID == id })
}

// weekOf is the week that the team at i writes; that of the whole file for -1.
func weekOf(file orgFile, i int) weekEntry {
	if i < 0 {
		return file.Week
	}
	return file.Teams[i].Week
}

// workingDays are the first working day and how many there are; none where
// nothing is said.
func workingDays(file orgFile, from sources) (time.Weekday, int) {
	starts, days := weekOf(file, from.starts).Starts, weekOf(file, from.days).Days
	if starts == "" && days == 0 {
		return 0, 0
	}
	return weekday(cmp.Or(starts, "monday")), cmp.Or(days, 5)
}

func weekday(name string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String(), name) {
			return d
		}
	}
	return time.Monday // the schema has checked the name
}

// daysOff are days off as written and calendars with more of them.
type daysOff struct {
	days      map[string]bool
	calendars []calendarSource
}

// daysOff reads the holidays of the team at i, or of the whole file, once.
func (r *orgReader) daysOff(file orgFile, i int, known map[string]daysOff) daysOff {
	path := []any{"week", "holidays"}
	if i >= 0 {
		path = append([]any{"teams", i}, path...)
	}
	if off, read := known[fmt.Sprint(path)]; read {
		return off
	}
	off, list := daysOff{days: map[string]bool{}}, weekOf(file, i).Holidays
	for n, h := range list {
		at := path
		if r.file.Len(path...) > 0 {
			at = append(slices.Clone(path), n)
		}
		if _, err := time.Parse(time.DateOnly, h.text); err == nil {
			off.days[h.text] = true
		} else if dayLike(h.text) {
			r.mistake(r.file, "write it like 2026-12-25", fmt.Sprintf("%q is no day", h.text), at...)
		} else if c, ok := r.calendar(r.file, h, at); ok {
			off.calendars = append(off.calendars, c)
		}
	}
	known[fmt.Sprint(path)] = off
	return off
}

// dayLike reports text that was meant to be a day.
func dayLike(text string) bool {
	return text != "" && strings.Trim(text, "0123456789-./ ") == ""
}

// zones are the names of the time zone database's zones, for suggestions
// (zone.tab of release 2025b, public domain).
//
//go:embed zones.txt
var zones string

// nearZone finds a zone by a slip in its name or by its city alone.
func nearZone(name string) string {
	known := strings.Fields(zones)
	if near := yamlfile.Suggest(name, known); near != "" {
		return near
	}
	cities := make([]string, len(known))
	for i, z := range known {
		cities[i] = z[strings.LastIndexByte(z, '/')+1:]
	}
	if city := yamlfile.Suggest(name[strings.LastIndexByte(name, '/')+1:], cities); city != "" {
		return known[slices.Index(cities, city)]
	}
	return ""
}
