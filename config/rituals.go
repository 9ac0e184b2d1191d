package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// takeRituals adds what a team's file declares to meet for.
func (l *loader) takeRituals(f *yamlfile.File, team string) {
	for i, e := range entries[ritualEntry](f, "rituals") {
		path := []any{"rituals", i}
		if !l.once(fmt.Sprintf("ritual %q of team %s", e.Name, team), f, append(path, "name")...) {
			continue
		}
		made := org.Ritual{Name: e.Name, Every: e.Every.duration(), Since: e.Since.begin(), Evidence: org.Trace{
			Label: e.Evidence.Label, Title: e.Evidence.Title, Update: e.Evidence.Update, Calendar: !e.Evidence.Calendar.isZero(),
		}}
		if t := made.Evidence; t.Label == "" && t.Title == "" && !t.Update && !t.Calendar {
			l.mistake(f, "add one of label: retro, title: Retro, update: true, calendar: team.ics", "nothing is named that would show that it took place", append(path, "evidence")...)
		}
		use := calendarUse{purpose: forRitual, words: cmp.Or(e.Evidence.Title, e.Name)}
		readable := !made.Evidence.Calendar
		if made.Evidence.Calendar {
			use.calendarSource, readable = l.calendar(f, e.Evidence.Calendar, append(path, "evidence", "calendar"))
		}
		if readable {
			l.addRitual(team, made, use)
		}
	}
}

// addRitual gives the team a ritual. Without an org file that could be read, or
// without the team in it, there is nothing to give it to; that is reported
// elsewhere.
func (l *loader) addRitual(team string, made org.Ritual, use calendarUse) {
	parts := l.cfg.parts
	if parts == nil {
		return
	}
	use.team = slices.IndexFunc(parts.teams, func(t org.Team) bool { return t.ID == team })
	if use.team < 0 {
		return
	}
	t := &parts.teams[use.team]
	t.Rituals = append(t.Rituals, made)
	if use.ritual = len(t.Rituals) - 1; made.Evidence.Calendar {
		parts.calendars = append(parts.calendars, use)
	}
}

// duration is the longest time between two that keep the cadence; zero for what
// the schema has refused.
func (c cadence) duration() time.Duration {
	const aDay = 24 * time.Hour
	text := strings.TrimSuffix(string(c), "s")
	unit := strings.TrimLeft(text, "0123456789 ")
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(text, unit)))
	if err != nil {
		return 0
	}
	return time.Duration(n) * map[string]time.Duration{"day": aDay, "week": 7 * aDay, "month": 31 * aDay, "quarter": 92 * aDay}[unit]
}
