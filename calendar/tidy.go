package calendar

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// The parser is recursive, takes time by the square of a line's parameters, and
// says little about where it stopped. So it is given a plain copy: whole lines,
// only the properties that are read here, nothing nested deeply. What is no
// calendar at all is found on the way, with its line.

const (
	maxNested = 8
	maxHead   = 1 << 10 // of a line up to its colon: name and parameters
	maxValue  = 64 << 10
)

// Properties that tidy writes.
const (
	lineProperty = "X-FAIRLEAD-LINE" // the line at which an event begins
	lostProperty = "X-FAIRLEAD-LOST" // a property that was left out for its length
)

const organiser = string(ics.ComponentPropertyOrganizer)

// wanted are the properties of an event that are read.
var wanted = []string{
	"UID", "SEQUENCE", "RECURRENCE-ID", "STATUS", "SUMMARY", "DESCRIPTION", organiser, "ATTENDEE",
	"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE",
}

// dispensable are those of them without which an event is still told rightly.
var dispensable = []string{"DESCRIPTION", "SUMMARY", organiser, "ATTENDEE"}

// tidy makes the plain copy and learns the zones that the file speaks of.
func tidy(text []byte) (string, *zones, error) {
	if len(text) > MaxSize {
		return "", nil, &Error{Text: fmt.Sprintf("this calendar is larger than the %d bytes that are read", MaxSize), Hint: "export the last and the coming year only"}
	}
	t := tidier{zones: newZones()}
	t.out.WriteString("BEGIN:VCALENDAR\r\n")
	for n, line := range unfold(text) {
		if err := t.line(n, line); err != nil {
			return "", nil, err
		}
	}
	t.out.WriteString("END:VCALENDAR\r\n")
	return t.out.String(), t.zones, t.end()
}

// unfold yields the lines of the file, with their numbers, continued ones made
// whole.
func unfold(text []byte) func(yield func(int, string) bool) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	return func(yield func(int, string) bool) {
		var whole strings.Builder
		began, n := 0, 0
		for line := range strings.Lines(string(text)) {
			n++
			line = strings.TrimSuffix(line, "\n")
			if began > 0 && line != "" && (line[0] == ' ' || line[0] == '\t') {
				whole.WriteString(line[1:])
				continue
			}
			if began > 0 && !yield(began, whole.String()) {
				return
			}
			whole.Reset()
			whole.WriteString(line)
			began = n
		}
		if began > 0 {
			yield(began, whole.String())
		}
	}
}

// tidier follows the components of the file.
type tidier struct {
	out    strings.Builder
	zones  *zones
	open   []string // names of the components around the line, outermost first
	began  bool     // a calendar has begun
	lines  int
	zoneID string // of the zone being described
}

func (t *tidier) line(n int, line string) error {
	t.lines = n
	head, value, ok := split(line)
	if !ok {
		return t.stray(n, line)
	}
	name, _, _ := strings.Cut(head, ";")
	switch name = strings.ToUpper(name); name {
	case "BEGIN":
		return t.begin(n, strings.ToUpper(strings.TrimSpace(value)))
	case "END":
		return t.close(n, strings.ToUpper(strings.TrimSpace(value)))
	}
	if len(t.open) == 0 {
		return t.stray(n, line)
	}
	t.property(name, head, value)
	return nil
}

// split cuts a line at the colon behind its name and parameters.
func split(line string) (head, value string, ok bool) {
	quoted := false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			return line[:i], line[i+1:], isName(line[:i])
		}
	}
	return "", "", false
}

// isName reports that a head begins with the name of a property.
func isName(head string) bool {
	name, _, _ := strings.Cut(head, ";")
	return name != "" && strings.IndexFunc(name, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

// stray is a line that is no property. Inside a calendar it is passed over: some
// programs break long texts without the mark of a continued line.
func (t *tidier) stray(n int, line string) error {
	if len(t.open) > 0 || strings.TrimSpace(line) == "" {
		return nil
	}
	return &Error{Line: n, Text: "this is no calendar: it does not begin with BEGIN:VCALENDAR", Hint: "give the address or the file of an iCalendar export (.ics); a page that asks to sign in looks like this too"}
}

func (t *tidier) begin(n int, name string) error {
	if len(t.open) == 0 && name != "VCALENDAR" {
		return t.stray(n, name)
	}
	if len(t.open) >= maxNested {
		return &Error{Line: n, Text: "this is nested too deeply", Hint: "export the calendar again"}
	}
	t.open, t.began = append(t.open, name), true
	if t.inEvent() {
		fmt.Fprintf(&t.out, "BEGIN:VEVENT\r\n%s:%d\r\n", lineProperty, n)
	}
	return nil
}

func (t *tidier) close(n int, name string) error {
	if len(t.open) == 0 || t.open[len(t.open)-1] != name {
		return &Error{Line: n, Text: fmt.Sprintf("END:%s closes nothing that is open", clipped(name)), Hint: "export the calendar again: a part of it is missing"}
	}
	if t.inEvent() {
		t.out.WriteString("END:VEVENT\r\n")
	}
	t.open = t.open[:len(t.open)-1]
	return nil
}

// inEvent reports that the innermost open component is an event.
func (t *tidier) inEvent() bool { return len(t.open) == 2 && t.open[1] == "VEVENT" }

func (t *tidier) property(name, head, value string) {
	switch inner := t.open[len(t.open)-1]; {
	case len(t.open) == 1 && name == "X-WR-TIMEZONE":
		t.zones.floating(value)
	case inner == "VTIMEZONE" && name == "TZID":
		t.zoneID = value
	case inner == "VTIMEZONE" && name == "X-LIC-LOCATION":
		t.zones.alias(t.zoneID, value)
	case !t.inEvent() || !slices.Contains(wanted, name):
	case len(head) > maxHead || len(value) > maxValue:
		if !slices.Contains(dispensable, name) {
			t.out.WriteString(lostProperty + ":" + name + "\r\n")
		}
	default:
		t.out.WriteString(name + head[len(name):] + ":" + value + "\r\n")
	}
}

// end looks whether the file is whole.
func (t *tidier) end() error {
	switch {
	case !t.began:
		return &Error{Text: "this is no calendar: nothing is written in it", Hint: "give the address or the file of an iCalendar export (.ics)"}
	case len(t.open) > 0:
		return &Error{Line: max(t.lines, 1), Text: "this calendar ends in the middle: " + clipped(t.open[len(t.open)-1]) + " is never closed", Hint: "export or fetch it again: the rest is missing"}
	}
	return nil
}

// clipped is a word of the file, short enough and plain enough to be shown.
func clipped(word string) string {
	const longest = 40
	word = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r > '~' {
			return '·'
		}
		return r
	}, word)
	if len(word) > longest {
		return word[:longest] + "…"
	}
	return word
}
