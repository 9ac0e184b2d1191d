package calendar

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// event is an entry before its times are worked out.
type event struct {
	Entry
	uid       string
	sequence  int
	instance  *moment // the time of the series that it replaces; nil for a whole series
	cancelled bool

	start  moment
	days   int           // how long a whole-day one lasts
	length time.Duration // how long any other lasts
	rule   *rrule.ROption
	also   []moment
	except []moment
}

func lineOf(e *ics.VEvent) int {
	n, _ := strconv.Atoi(text(e, lineProperty)) // tidy wrote it
	return n
}

// text is the value of the event's first property of the name.
func text(e *ics.VEvent, name string) string {
	if p := e.GetProperty(ics.ComponentProperty(name)); p != nil {
		return strings.TrimSpace(p.Value)
	}
	return ""
}

// event reads all of an event but its repetitions; why says what stands in the way.
func (r *reader) event(e *ics.VEvent) (made *event, why string) {
	if lost := text(e, lostProperty); lost != "" {
		return nil, "its " + lost + " is too long"
	}
	status := strings.ToUpper(text(e, "STATUS"))
	made = &event{
		Entry: Entry{
			Line: lineOf(e), Summary: text(e, "SUMMARY"), Description: text(e, "DESCRIPTION"), Emails: emails(e), Tentative: status == "TENTATIVE",
		},
		uid: text(e, "UID"), cancelled: status == "CANCELLED",
	}
	made.sequence, _ = strconv.Atoi(text(e, "SEQUENCE"))
	for _, part := range []func(*ics.VEvent, *event) string{r.when, r.replaces, r.repeats} {
		if why := part(e, made); why != "" {
			return nil, why
		}
	}
	return made, ""
}

// when reads beginning and length.
func (r *reader) when(e *ics.VEvent, into *event) (why string) {
	begins := e.GetProperty(ics.ComponentPropertyDtStart)
	if begins == nil {
		return "it has no beginning (DTSTART)"
	}
	if into.start, why = r.moment(begins, begins.Value); why != "" {
		return why
	}
	if y := into.start.at.Year(); y < 1900 || y >= latest.Year() {
		return fmt.Sprintf("it begins in the year %d", y)
	}
	into.AllDay = into.start.day
	return r.lasts(e, into)
}

func (r *reader) lasts(e *ics.VEvent, into *event) (why string) {
	into.days = 1 // a whole-day one without an end is one day
	if ends := e.GetProperty(ics.ComponentPropertyDtEnd); ends != nil {
		last, why := r.moment(ends, ends.Value)
		switch {
		case why != "":
			return why
		case last.day != into.start.day:
			return "it begins with a day and ends with a time, or the other way round"
		case last.at.Before(into.start.at):
			return "it ends before it begins"
		}
		into.length = last.at.Sub(into.start.at)
	} else if written := text(e, "DURATION"); written != "" {
		d, ok := duration(written)
		if !ok {
			return fmt.Sprintf("%q is no length of time (DURATION)", clipped(written))
		}
		into.length = d
	}
	if whole := int(into.length / (24 * time.Hour)); whole > 1 {
		into.days = whole
	}
	if into.length > 10*366*24*time.Hour {
		return "it lasts more than ten years"
	}
	return ""
}

var durationForm = regexp.MustCompile(`^\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?$`)

// duration reads P1W, P2DT3H and the like. Lengths below nothing are refused.
func duration(s string) (time.Duration, bool) {
	m := durationForm.FindStringSubmatch(strings.ToUpper(s))
	if m == nil || strings.HasSuffix(s, "P") || strings.HasSuffix(s, "T") {
		return 0, false
	}
	var sum time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + m[i+1]) // the form allows digits only
		sum += time.Duration(n) * unit
	}
	return sum, true
}

// lasting is the time from start on that the event takes.
func (e *event) lasting(start time.Time) Time {
	if e.AllDay {
		return Time{start, start.AddDate(0, 0, e.days)}
	}
	return Time{start.UTC(), start.Add(e.length).UTC()}
}

// replaces reads which time of a series the event stands for.
func (r *reader) replaces(e *ics.VEvent, into *event) (why string) {
	p := e.GetProperty(ics.ComponentPropertyRecurrenceId)
	if p == nil {
		return ""
	}
	if param(p, "RANGE") != "" {
		return "it changes this and all later times of a series (RANGE), which is not read"
	}
	m, why := r.moment(p, p.Value)
	into.instance = &m
	return why
}

func param(p *ics.IANAProperty, name string) string {
	for k, v := range p.ICalParameters {
		if strings.EqualFold(k, name) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// maxEmails bounds the addresses of one entry; with so many, none says whose it is.
const maxEmails = 200

// emails lists who organises the event and who is invited and has not declined.
func emails(e *ics.VEvent) []string {
	var out []string
	for _, name := range []ics.ComponentProperty{ics.ComponentPropertyOrganizer, ics.ComponentPropertyAttendee} {
		for _, p := range e.GetProperties(name) {
			address := strings.ToLower(strings.TrimSpace(p.Value))
			address = strings.TrimPrefix(address, "mailto:")
			declined := strings.EqualFold(param(p, "PARTSTAT"), "DECLINED")
			if strings.Contains(address, "@") && !declined && len(out) < maxEmails && !slices.Contains(out, address) {
				out = append(out, address)
			}
		}
	}
	return out
}

// newest leaves of several tellings of one event only the latest: the one with
// the highest sequence number, and of equal ones the last.
func newest(all []*event) []*event {
	type key struct {
		uid      string
		instance time.Time
	}
	latest := map[key]*event{}
	keyOf := func(e *event) key {
		k := key{uid: e.uid}
		if e.instance != nil {
			k.instance = e.instance.at.UTC()
		}
		return k
	}
	for _, e := range all {
		if have := latest[keyOf(e)]; have == nil || e.sequence >= have.sequence {
			latest[keyOf(e)] = e
		}
	}
	return slices.DeleteFunc(all, func(e *event) bool { return e.uid != "" && latest[keyOf(e)] != e })
}

// replaceInstances takes the times out of each series that other events stand
// for.
func replaceInstances(all []*event) {
	series := map[string]*event{}
	for _, e := range all {
		if e.uid != "" && e.instance == nil {
			series[e.uid] = e
		}
	}
	for _, e := range all {
		if whole := series[e.uid]; e.instance != nil && whole != nil {
			whole.except = append(whole.except, *e.instance)
		}
	}
}
