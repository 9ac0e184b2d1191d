package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// When is when a report leaves: at the first moment after its week that the
// expression holds.
type When struct {
	Cron    string         // five fields
	Zone    *time.Location // nil: the team's
	CatchUp time.Duration  // how late it may leave
	Written bool           // at or cron says so; otherwise it is the default
}

// What holds when nothing is said.
const (
	reportCron    = "0 9 * * 1" // Monday 09:00
	reportCatchUp = 7 * 24 * time.Hour
)

// longestCatchUp is how late a weekly report still makes sense.
const longestCatchUp = 28 * 24 * time.Hour

// Fields are the fields of a report's cron expression.
var cronFields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// when reads at, cron, timezone and catch_up of an entry at the path.
func (l *loader) when(f *yamlfile.File, e reportEntry, path ...any) When {
	at := func(key string) []any { return append(path[:len(path):len(path)], key) }
	w := When{Cron: reportCron, CatchUp: reportCatchUp, Written: e.At != "" || e.Cron != ""}
	switch {
	case e.At != "" && e.Cron != "":
		l.mistake(f, "keep one of them", "at and cron both say when", at("cron")...)
	case e.At != "":
		w.Cron = e.At.cron()
	case e.Cron != "":
		w.Cron = l.cron(f, e.Cron, at("cron")...)
	}
	if e.Timezone != "" {
		w.Zone = l.zone(f, e.Timezone, at("timezone")...)
	}
	if e.CatchUp != "" {
		late, _ := e.CatchUp.duration()
		if late < time.Hour || late > longestCatchUp {
			l.mistake(f, "write between 1h and 28d; 3d suits a channel that people read on Mondays", fmt.Sprintf("%q is no period for this", string(e.CatchUp)), at("catch_up")...)
		}
		w.CatchUp = late
	}
	return w
}

// cron is the expression for a moment of the week.
func (m weekMoment) cron() string {
	day, clock, _ := strings.Cut(string(m), " ")
	hour, minute, _ := strings.Cut(clock, ":")
	number := func(s string) string { return strings.TrimLeft(s[:len(s)-1], "0") + s[len(s)-1:] }
	return fmt.Sprintf("%s %s * * %d", number(minute), number(hour), weekday(strings.ToLower(day)))
}

// cron checks an expression.
func (l *loader) cron(f *yamlfile.File, written string, path ...any) string {
	written = strings.TrimSpace(written)
	switch {
	case strings.Contains(written, "TZ="):
		l.mistake(f, "leave the zone out here: a report leaves in the zone of its team, or in that of timezone under reports", "the zone does not stand in the expression", path...)
	case strings.HasPrefix(written, "@every"):
		l.mistake(f, "name moments instead, like 30 8 * * 2", "@every begins anew whenever fairlead does", path...)
	default:
		s, err := cronFields.Parse(written)
		if err != nil {
			l.mistake(f, "write minute, hour, day, month and weekday (Sunday is 0), like 30 8 * * 2 for Tuesday 08:30", fmt.Sprintf("%q is no cron expression: %v", written, err), path...)
		} else if s.Next(someMonday).IsZero() {
			l.mistake(f, "write a day that exists", fmt.Sprintf("%q never holds", written), path...)
		}
	}
	return written
}

// someMonday is a moment to try an expression at: nothing here knows what day it is.
var someMonday = time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)

// zone is the zone of the name. "Local" is refused: it would change with the
// machine.
func (l *loader) zone(f *yamlfile.File, name string, path ...any) *time.Location {
	loc, err := time.LoadLocation(name)
	if err == nil && name != "Local" {
		return loc
	}
	hint := "write the name of a city's zone, like Europe/Berlin, or UTC"
	if near := nearZone(name); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	l.mistake(f, hint, fmt.Sprintf("there is no time zone %q", name), path...)
	return time.UTC
}
