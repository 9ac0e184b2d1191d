package rules

import (
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
)

// Wait is time given to people: elapsed time, or days on which their team works.
type Wait struct {
	Elapsed time.Duration
	Days    int // working days; Elapsed is zero then
}

// String gives it as a file would hold it.
func (w Wait) String() string {
	switch {
	case w.Days == 1:
		return "1 working day"
	case w.Days > 1:
		return strconv.Itoa(w.Days) + " working days"
	}
	return durationWords(w.Elapsed)
}

// wait is a Wait of a team that works by the calendar.
type wait struct {
	Wait
	calendar org.Calendar
}

func (w *wait) Identity() string { return w.String() }

// after is the moment at which the wait is over; no wait at all is over at once.
func (w *wait) after(at time.Time) time.Time {
	if w == nil {
		return at
	}
	if w.Days > 0 {
		return w.calendar.Add(at, w.Days)
	}
	return at.Add(w.Elapsed)
}

// mostWorkingDays bounds a wait: some four years.
const mostWorkingDays = 1000

// parseWait reads what parseDuration does, and 3 working days.
func parseWait(s string) (Wait, bool) {
	s = strings.TrimSpace(s)
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit := strings.Join(strings.Fields(strings.ToLower(s[len(digits):])), " ")
	if unit == "working days" || unit == "working day" {
		n, err := strconv.Atoi(digits)
		return Wait{Days: n}, err == nil && n > 0 && n <= mostWorkingDays
	}
	d, ok := parseDuration(s)
	return Wait{Elapsed: d}, ok
}

func readWait(v any) (value any, text, hint string) {
	const how = "write a number and its unit: hours, days, weeks or working days, for example 48h or 3 working days"
	if _, bare := number(v); bare {
		return nil, show(v) + " has no unit", how
	}
	switch v := v.(type) {
	case Wait:
		return v, "", ""
	case string:
		if w, ok := parseWait(v); ok {
			return w, "", ""
		}
	}
	return nil, show(v) + " is not a time to wait", how
}

func waitFunctions() []function {
	return []function{
		{
			name: "plus", member: true, usage: "moment.plus(wait)", args: []*cel.Type{cel.TimestampType, waitType}, result: cel.TimestampType,
			help: "The moment after the wait: so much elapsed time later, or so many days later on which the team works, at the same time of day.",
			call: engine.Of2(func(at time.Time, wait *wait) time.Time { return wait.after(at) }),
		},
	}
}
