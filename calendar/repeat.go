package calendar

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// maxBarren bounds entries whose rule never gives a time: only when the library
// has looked through thousands of years does it know.
const maxBarren = 5

// maxInterval bounds the interval of a rule: every four hundredth day.
const maxInterval = 400

// repeats reads the rule, and the times named besides it or left out.
func (r *reader) repeats(e *ics.VEvent, into *event) (why string) {
	if e.GetProperty(ics.ComponentPropertyExrule) != nil {
		return "its exceptions are a rule (EXRULE), which is not read"
	}
	rules := e.GetProperties(ics.ComponentPropertyRrule)
	if len(rules) > 1 {
		return "it has more than one rule (RRULE)"
	}
	if len(rules) == 1 {
		if into.rule, why = ruleOf(rules[0].Value, into.start); why != "" {
			return why
		}
	}
	if into.also, why = r.moments(e.GetProperties(ics.ComponentPropertyRdate)); why != "" {
		return why
	}
	into.except, why = r.moments(e.GetProperties(ics.ComponentPropertyExdate))
	return why
}

// ruleOf reads a rule. Rules that come more often than once a day are refused:
// nobody is away by the hour again and again, and some never end to be looked
// for.
func ruleOf(written string, start moment) (rule *rrule.ROption, why string) {
	text := strings.ToUpper(strings.Trim(strings.TrimSpace(written), ";"))
	rule, err := rrule.StrToROptionInLocation(text, start.at.Location())
	refused := fmt.Sprintf("its rule %q is not read", clipped(text))
	switch {
	case err != nil || strings.ContainsAny(text, "\n\r"):
		return nil, refused
	case rule.Freq != rrule.YEARLY && rule.Freq != rrule.MONTHLY && rule.Freq != rrule.WEEKLY && rule.Freq != rrule.DAILY:
		return nil, refused + ": it comes more often than once a day"
	case rule.Interval < 0 || rule.Interval > maxInterval || rule.Count < 0:
		return nil, refused
	case len(rule.Byhour)+len(rule.Byminute)+len(rule.Bysecond)+len(rule.Byeaster) > 0:
		return nil, refused
	}
	rule.Dtstart = start.at
	if !rule.Until.IsZero() {
		rule.Until = wholeDay(rule.Until, start, untilDay.MatchString(text))
	}
	return rule, ""
}

var untilDay = regexp.MustCompile(`UNTIL=\d{8}(;|$)`)

// wholeDay makes the last day of a rule count to its end, whether it is named as
// a day or as a moment of it.
func wholeDay(until time.Time, start moment, named bool) time.Time {
	switch y, m, d := until.Date(); {
	case start.day:
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	case named:
		return time.Date(y, m, d+1, 0, 0, -1, 0, until.Location())
	}
	return until
}

// starts lists when the event begins, each time once and in order.
func (e *event) starts() (out []time.Time, why string) {
	if e.rule == nil {
		out = []time.Time{e.start.at}
	} else if out, why = expand(e.rule); why != "" {
		return nil, why
	}
	for _, m := range e.also {
		if m.at.Before(latest) {
			out = append(out, m.at)
		}
	}
	left := map[time.Time]bool{}
	for _, m := range e.except {
		left[m.key()] = true
	}
	out = slices.DeleteFunc(out, func(at time.Time) bool {
		m := moment{at: at}
		return left[m.key()] || left[m.dayKey()]
	})
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal), ""
}

// expand works the rule out. A panic of the library makes it a rule that is not
// read.
func expand(o *rrule.ROption) (out []time.Time, why string) {
	defer func() {
		if recover() != nil {
			out, why = nil, "its rule is not read"
		}
	}()
	rule, err := rrule.NewRRule(*o)
	if err != nil {
		return nil, fmt.Sprintf("its rule is not read: %v", err)
	}
	for next := rule.Iterator(); ; {
		at, more := next()
		if !more || !at.Before(latest) {
			return out, ""
		}
		if len(out) == maxEach {
			return nil, fmt.Sprintf("it comes more than %d times", maxEach)
		}
		out = append(out, at)
	}
}
