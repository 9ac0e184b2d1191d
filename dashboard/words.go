package dashboard

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// How much of an untrusted text is shown, in runes.
const (
	nameLength   = 80
	titleLength  = 140
	textLength   = 500
	reasonLength = 2000
)

// clean makes the untrusted name of something fit to stand among ours.
func clean(s string) string { return reports.Clean(s, nameLength) }

// number writes digits, in groups of three: 2,000.
func number(n int) string {
	return strings.TrimSuffix(reports.Counted(n, "", ""), " ")
}

// decimal writes a value with no more digits than a reader needs.
func decimal(v float64) string {
	if math.IsNaN(v) {
		return "not known"
	}
	if math.Abs(v) >= 9.95 {
		return number(int(math.Round(v)))
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// counted is a number with its noun.
func counted(n int, one, many string) string { return reports.Counted(n, one, many) }

// inWords writes small numbers out, for the middle of a sentence.
func inWords(n int) string { return reports.InWords(n) }

// exceptions counts what is open.
func exceptions(n int) string {
	if n == 0 {
		return "no open exceptions"
	}
	return counted(n, "open exception", "open exceptions")
}

// change says how a count differs from an earlier one: "3 fewer than last week".
func change(now, before int, than string) string {
	switch {
	case now > before:
		return number(now-before) + " more than " + than
	case now < before:
		return number(before-now) + " fewer than " + than
	}
	return "as many as " + than
}

// enumerate joins names as a sentence does.
func enumerate(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToLower(r)) + s[n:]
}

func byName(teams []*org.Team) []*org.Team {
	slices.SortFunc(teams, func(a, b *org.Team) int {
		return cmp.Or(strings.Compare(strings.ToLower(nameOf(a)), strings.ToLower(nameOf(b))), strings.Compare(a.ID, b.ID))
	})
	return teams
}

func nameOf(t *org.Team) string { return clean(cmp.Or(t.Name, t.ID)) }

// teamName is what to call a team.
func (v *visit) teamName(id string) string {
	if id == "" {
		return "no team"
	}
	if t, ok := v.dir.Team(id); ok {
		return nameOf(t)
	}
	return clean(id)
}

// personName is what to call a person.
func (v *visit) personName(id string) string {
	if p, ok := v.dir.Person(id); ok {
		return clean(cmp.Or(p.Name, p.ID))
	}
	return clean(id)
}

// clock tells moments in a zone.
type clock struct {
	now time.Time
	loc *time.Location
}

// clock is that of a team; of no team, of the first that the viewer has a place in, or
// else of the first there is.
func (v *visit) clock(t *org.Team) clock {
	if t == nil {
		t = v.home()
	}
	c := clock{now: v.now, loc: time.UTC}
	if t != nil && t.Location != nil {
		c.loc = t.Location
	}
	return c
}

func (v *visit) home() *org.Team {
	if own := v.access.Teams(); len(own) > 0 {
		t, _ := v.dir.Team(own[0])
		return t
	}
	if all := v.dir.Teams(); len(all) > 0 {
		return &all[0]
	}
	return nil
}

// day is a date, with the year where it is not this one.
func (c clock) day(at time.Time) string {
	at = at.In(c.loc)
	if at.Year() != c.now.In(c.loc).Year() {
		return at.Format("2 January 2006")
	}
	return at.Format("2 January")
}

// moment is a day and a time: "today 09:45", "Sunday 23:40" within six days, with the
// date otherwise.
func (c clock) moment(at time.Time) string {
	if c.daysSince(at) == 0 {
		return at.In(c.loc).Format("today 15:04")
	}
	return c.weekday(at)
}

// weekday is a moment to stand behind "on".
func (c clock) weekday(at time.Time) string {
	if n := c.daysSince(at); n >= 0 && n <= 6 {
		return at.In(c.loc).Format("Monday 15:04")
	}
	return c.day(at) + " at " + at.In(c.loc).Format("15:04")
}

func (c clock) daysSince(at time.Time) int {
	date := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(date(c.now.In(c.loc)).Sub(date(at.In(c.loc))) / (24 * time.Hour))
}

// lasted is a duration in whole days up to two weeks and in weeks from there.
func lasted(d time.Duration) string {
	days := int(d / (24 * time.Hour))
	switch {
	case days < 1:
		return "less than a day"
	case days < 14:
		return counted(days, "day", "days")
	}
	return counted(days/7, "week", "weeks")
}

// stateWords are what states are called.
var stateWords = map[finding.State]string{
	finding.Open: "open", finding.Answered: "answered", finding.Waived: "waived", finding.Settled: "settled", finding.AgedOut: "aged out", finding.Withdrawn: "withdrawn",
}

// faultLines are the catalog's fault lines in its order, and what to call them.
var faultLines = []struct{ ID, Name string }{
	{"problem", "Problem before solution"}, {"goals", "Goals are destinations"}, {"ownership", "Authority and ownership"},
	{"partnership", "Product and engineering together"}, {"memory", "Shared memory and rituals"},
}
