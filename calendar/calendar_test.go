package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// file is a calendar of these events, each some lines.
func file(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//acme//test//EN\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\n" + e + "\nEND:VEVENT\n")
	}
	return b.String() + "END:VCALENDAR\n"
}

func parsed(t *testing.T, text string) *Calendar {
	t.Helper()
	c, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return c
}

// shown is a time as the tests write it: days alone where both ends are midnight.
func shown(when Time) string {
	form := "2006-01-02T15:04"
	if when.Start.Truncate(24*time.Hour).Equal(when.Start) && when.End.Truncate(24*time.Hour).Equal(when.End) {
		form = time.DateOnly
	}
	return when.Start.Format(form) + "/" + when.End.Format(form)
}

// allTimes are the times of all entries, and how many there are beyond the first
// few.
func allTimes(c *Calendar) string {
	const most = 5
	var out []string
	for _, e := range c.Entries {
		for _, when := range e.Times {
			out = append(out, shown(when))
		}
	}
	if len(out) > most {
		out = append(out[:most], fmt.Sprintf("and %d more", len(out)-most))
	}
	return strings.Join(out, " ")
}

func TestWhenThingsTakePlace(t *testing.T) {
	const berlin = "DTSTART;TZID=Europe/Berlin:"
	for _, c := range []struct{ name, event, want string }{
		{"a day", "DTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260707", "2026-07-06/2026-07-07"},
		{"a day without an end", "DTSTART;VALUE=DATE:20260706", "2026-07-06/2026-07-07"},
		{"a day that ends where it begins", "DTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260706", "2026-07-06/2026-07-07"},
		{"three weeks", "DTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260725", "2026-07-06/2026-07-25"},
		{"days by their length", "DTSTART:20260706\nDURATION:P2W", "2026-07-06/2026-07-20"},
		{"hours in UTC", "DTSTART:20260706T090000Z\nDTEND:20260706T101500Z", "2026-07-06T09:00/2026-07-06T10:15"},
		{"hours in summer in a zone", berlin + "20260706T090000\nDTEND;TZID=Europe/Berlin:20260706T100000", "2026-07-06T07:00/2026-07-06T08:00"},
		{"hours in winter in the same zone", berlin + "20260106T090000\nDURATION:PT1H30M", "2026-01-06T08:00/2026-01-06T09:30"},
		{"hours in a zone by its Windows name", "DTSTART;TZID=W. Europe Standard Time:20260706T090000\nDURATION:PT1H", "2026-07-06T07:00/2026-07-06T08:00"},
		{"hours in a zone by a long name in quotes", "DTSTART;TZID=\"/freeassociation.sourceforge.net/America/New_York\":20260706T090000\nDURATION:PT1H", "2026-07-06T13:00/2026-07-06T14:00"},
		{"hours without a zone", "DTSTART:20260706T090000\nDURATION:PT1H", "2026-07-06T09:00/2026-07-06T10:00"},
		{"a moment", "DTSTART:20260706T090000Z", "2026-07-06T09:00/2026-07-06T09:00"},
		{"over midnight", "DTSTART:20260706T220000Z\nDURATION:P1DT4H", "2026-07-06T22:00/2026-07-08T02:00"},
		{"names in small letters", "dtstart;value=date:20260706\nsummary:x", "2026-07-06/2026-07-07"},
		{"every Friday, four times", "DTSTART:20260703\nRRULE:FREQ=WEEKLY;COUNT=4", "2026-07-03/2026-07-04 2026-07-10/2026-07-11 2026-07-17/2026-07-18 2026-07-24/2026-07-25"},
		{"every Friday until a day, that day included", "DTSTART:20260703\nRRULE:FREQ=WEEKLY;UNTIL=20260717", "2026-07-03/2026-07-04 2026-07-10/2026-07-11 2026-07-17/2026-07-18"},
		{"whole days until a moment", "DTSTART:20260703\nRRULE:FREQ=WEEKLY;UNTIL=20260710T215959Z", "2026-07-03/2026-07-04 2026-07-10/2026-07-11"},
		{"hours until a day, that day included", "DTSTART:20260703T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260704", "2026-07-03T10:00/2026-07-03T11:00 2026-07-04T10:00/2026-07-04T11:00"},
		{"the same hour before and after clocks change", berlin + "20261024T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2", "2026-10-24T07:00/2026-10-24T08:00 2026-10-25T08:00/2026-10-25T09:00"},
		{"a series without one of its days", "DTSTART:20260703\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20260710", "2026-07-03/2026-07-04 2026-07-17/2026-07-18"},
		{"a series of hours without the day of one", berlin + "20260703T233000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE;VALUE=DATE:20260703", "2026-07-10T21:30/2026-07-10T22:30"},
		{"a series without two moments", berlin + "20260703T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Berlin:20260703T090000,20260717T090000", "2026-07-10T07:00/2026-07-10T08:00"},
		{"a day besides", "DTSTART:20260703\nRDATE;VALUE=DATE:20260801,20260703", "2026-07-03/2026-07-04 2026-08-01/2026-08-02"},
		{"every year from long ago", "DTSTART:19501224\nRRULE:FREQ=YEARLY;UNTIL=20021224", "2000-12-24/2000-12-25 2001-12-24/2001-12-25 2002-12-24/2002-12-25"},
		{"every year without an end", "DTSTART:20251224\nRRULE:FREQ=YEARLY", "2025-12-24/2025-12-25 2026-12-24/2026-12-25 2027-12-24/2027-12-25 2028-12-24/2028-12-25 2029-12-24/2029-12-25 and 70 more"},
		{"the last Monday of May", "DTSTART:20260525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2", "2026-05-25/2026-05-26 2027-05-31/2027-06-01"},
		{"what was cancelled", "DTSTART:20260706\nSTATUS:CANCELLED", ""},
		{"what ended before the years read", "DTSTART:19990706", ""},
		{"a rule with a semicolon behind it", "DTSTART:20260703\nRRULE:FREQ=DAILY;COUNT=1;", "2026-07-03/2026-07-04"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := parsed(t, file(c.event))
			if times := allTimes(got); times != c.want || len(got.Unread) > 0 {
				t.Errorf("got  %s\nwant %s\nunread: %v", times, c.want, got.Unread)
			}
		})
	}
}

func TestSeriesThatWereChanged(t *testing.T) {
	const series = "UID:a\nDTSTART:20260703\nRRULE:FREQ=WEEKLY;COUNT=3"
	for _, c := range []struct {
		name   string
		events []string
		want   string
	}{
		{"one time moved", []string{series, "UID:a\nRECURRENCE-ID;VALUE=DATE:20260710\nDTSTART:20260713"}, "2026-07-03/2026-07-04 2026-07-17/2026-07-18 2026-07-13/2026-07-14"},
		{"one time moved, told first", []string{"UID:a\nRECURRENCE-ID:20260710\nDTSTART:20260713", series}, "2026-07-13/2026-07-14 2026-07-03/2026-07-04 2026-07-17/2026-07-18"},
		{"one time cancelled", []string{series, "UID:a\nRECURRENCE-ID:20260710\nDTSTART:20260710\nSTATUS:CANCELLED"}, "2026-07-03/2026-07-04 2026-07-17/2026-07-18"},
		{"one time moved twice", []string{series, "UID:a\nRECURRENCE-ID:20260710\nDTSTART:20260713\nSEQUENCE:2", "UID:a\nRECURRENCE-ID:20260710\nDTSTART:20260714\nSEQUENCE:1"}, "2026-07-03/2026-07-04 2026-07-17/2026-07-18 2026-07-13/2026-07-14"},
		{"told twice, the later telling counts", []string{"UID:b\nDTSTART:20260701", "UID:b\nDTSTART:20260702"}, "2026-07-02/2026-07-03"},
		{"told twice, the higher number counts", []string{"UID:b\nDTSTART:20260701\nSEQUENCE:3", "UID:b\nDTSTART:20260702\nSEQUENCE:2"}, "2026-07-01/2026-07-02"},
		{"cancelled by a later telling", []string{"UID:b\nDTSTART:20260701", "UID:b\nDTSTART:20260701\nSTATUS:CANCELLED\nSEQUENCE:1"}, ""},
		{"two without an id are two", []string{"DTSTART:20260701", "DTSTART:20260701"}, "2026-07-01/2026-07-02 2026-07-01/2026-07-02"},
		{"a time of hours moved, named in UTC", []string{
			"UID:a\nDTSTART;TZID=Europe/Berlin:20260703T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2", "UID:a\nRECURRENCE-ID:20260710T070000Z\nDTSTART:20260711T070000Z\nDURATION:PT1H",
		}, "2026-07-03T07:00/2026-07-03T08:00 2026-07-11T07:00/2026-07-11T08:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := allTimes(parsed(t, file(c.events...))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestEntriesThatCannotBeReadAreTold(t *testing.T) {
	for _, c := range []struct{ name, event, why string }{
		{"no beginning", "SUMMARY:x", "it has no beginning (DTSTART)"},
		{"a beginning that is none", "DTSTART:tomorrow", `"TOMORROW" is no day or time (DTSTART)`},
		{"a day that there is not", "DTSTART:20260230", `"20260230" is no day or time`},
		{"a zone that nobody knows", "DTSTART;TZID=Mars/Olympus:20260706T090000", `its time zone "Mars/Olympus" is not known`},
		{"the machine's own zone", "DTSTART;TZID=Local:20260706T090000", `its time zone "Local" is not known`},
		{"an end before the beginning", "DTSTART:20260706\nDTEND:20260705", "it ends before it begins"},
		{"a day that ends with a time", "DTSTART:20260706\nDTEND:20260706T100000Z", "it begins with a day and ends with a time"},
		{"a length that is none", "DTSTART:20260706\nDURATION:-P1D", `"-P1D" is no length of time`},
		{"a length of nothing written", "DTSTART:20260706\nDURATION:P", "is no length of time"},
		{"a life", "DTSTART:20260706\nDTEND:20960706", "it lasts more than ten years"},
		{"an age ago", "DTSTART:10660101", "it begins in the year 1066"},
		{"the far future", "DTSTART:21000101", "it begins in the year 2100"},
		{"every second", "DTSTART:20260706\nRRULE:FREQ=SECONDLY", "it comes more often than once a day"},
		{"a rule that would never end to be looked for", "DTSTART:20260706T040000Z\nRRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "it comes more often than once a day"},
		{"several times a day", "DTSTART:20260706T040000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2,3", "is not read"},
		{"a rule that is none", "DTSTART:20260706\nRRULE:every Friday", `its rule "EVERY FRIDAY" is not read`},
		{"a rule by Easter", "DTSTART:20260706\nRRULE:FREQ=YEARLY;BYEASTER=1000", "is not read"},
		{"a rule with an interval of ages", "DTSTART:20260706\nRRULE:FREQ=DAILY;INTERVAL=4611686018427387904", "is not read"},
		{"two rules", "DTSTART:20260706\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "it has more than one rule"},
		{"exceptions by a rule", "DTSTART:20260706\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY", "EXRULE"},
		{"an exception that is none", "DTSTART:20260706\nRRULE:FREQ=DAILY\nEXDATE:never", "is no day or time (EXDATE)"},
		{"this and all later ones", "UID:a\nDTSTART:20260706\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260706", "this and all later times"},
		{"exceptions without number", "DTSTART:20260706\nRRULE:FREQ=DAILY\nEXDATE:" + strings.Repeat("20260707,", maxValue/9+1), "its EXDATE is too long"},
		{"control characters in what is quoted", "DTSTART:x\x1b[2J\u202e", `"X·[2J·" is no day or time`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := parsed(t, file("DTSTART:20260101", c.event, "DTSTART:20260102"))
			if len(got.Unread) != 1 || !strings.Contains(got.Unread[0].Why, c.why) || got.Unread[0].Line != 7 {
				t.Errorf("unread: %+v, want line 7: %s", got.Unread, c.why)
			}
			if times := allTimes(got); times != "2026-01-01/2026-01-02 2026-01-02/2026-01-03" {
				t.Errorf("the others became %s", times)
			}
		})
	}
}

//nolint:misspell // the standard spells it so
func TestWhatStandsAtAnEntry(t *testing.T) {
	c := parsed(t, file(`SUMMARY;LANGUAGE=en:Lee Park\, away\; back soon
DTSTART:20260706
DESCRIPTION:delegate: ana\nSee
 you
STATUS:TENTATIVE
ORGANIZER;CN="Park, Lee":MAILTO:Lee@acme.example
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@acme.example
ATTENDEE;PARTSTAT=declined:mailto:mina@acme.example
ATTENDEE:mailto:LEE@acme.example
ATTENDEE:urn:uuid:room-7
BEGIN:VALARM
SUMMARY:not this one
DTSTART:20200101
END:VALARM`))
	e := c.Entries[0]
	if e.Summary != "Lee Park, away; back soon" || e.Description != "delegate: ana\nSeeyou" || !e.Tentative || !e.AllDay || e.Line != 4 {
		t.Errorf("got %+v", e)
	}
	if want := []string{"lee@acme.example", "ana@acme.example"}; !slices.Equal(e.Emails, want) {
		t.Errorf("addresses %q, want %q", e.Emails, want)
	}
}

func TestFormsOfFiles(t *testing.T) {
	const event = "BEGIN:VEVENT\nDTSTART:20260706T090000\nDURATION:PT1H\nEND:VEVENT\n"
	const want = "2026-07-06T07:00/2026-07-06T08:00"
	in := func(before string) string { return "BEGIN:VCALENDAR\n" + before + event + "END:VCALENDAR\n" }
	for name, text := range map[string]string{
		"a zone for the whole calendar":        in("X-WR-TIMEZONE:Europe/Berlin\n"),
		"line ends of Windows":                 strings.ReplaceAll(in("X-WR-TIMEZONE:Europe/Berlin\n"), "\n", "\r\n"),
		"line ends of old":                     strings.ReplaceAll(in("X-WR-TIMEZONE:Europe/Berlin\n"), "\n", "\r"),
		"a byte order mark":                    "\ufeff" + in("X-WR-TIMEZONE:Europe/Berlin\n"),
		"empty lines around":                   "\n\n" + in("X-WR-TIMEZONE:Europe/Berlin\n") + "\n\n",
		"lines broken by another program":      in("X-WR-TIMEZONE:Europe/Berlin\nX-NOTE:one\ntwo, without a mark\n"),
		"text that is not UTF-8":               in("X-WR-TIMEZONE:Europe/Berlin\nX-NOTE:\xfcber\n"),
		"a very long line":                     in("X-WR-TIMEZONE:Europe/Berlin\n" + "X-NOTE;" + strings.Repeat("A=b,", 100_000) + ":x\n"),
		"two calendars, one behind the other":  "BEGIN:VCALENDAR\nEND:VCALENDAR\n" + in("X-WR-TIMEZONE:Europe/Berlin\n"),
		"a zone of its own, explained":         strings.Replace(in("BEGIN:VTIMEZONE\nTZID:Custom\nX-LIC-LOCATION:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19700101T000000\nEND:STANDARD\nEND:VTIMEZONE\n"), "DTSTART:2026", "DTSTART;TZID=Custom:2026", 1),
		"small letters around the calendar":    strings.NewReplacer("BEGIN:VCALENDAR", "begin:vcalendar", "END:VCALENDAR", "end:vcalendar").Replace(in("X-WR-TIMEZONE:Europe/Berlin\n")),
		"no line end at the end":               strings.TrimRight(in("X-WR-TIMEZONE:Europe/Berlin\n"), "\n"),
		"a zone for the calendar nobody knows": strings.Replace(in("X-WR-TIMEZONE:Mars/Olympus\n"), "T090000", "T070000", 1),
	} {
		t.Run(name, func(t *testing.T) {
			if got := allTimes(parsed(t, text)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestWhatIsNoCalendar(t *testing.T) {
	many := strings.Repeat("BEGIN:VEVENT\nDTSTART:20260706\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT\n", maxBarren+1)
	for _, c := range []struct {
		name, text string
		line       int
		says       string
	}{
		{"nothing", "", 0, "nothing is written"},
		{"only empty lines", "\n\n", 0, "nothing is written"},
		{"a page to sign in", "<!DOCTYPE html>\n<html>", 1, "does not begin with BEGIN:VCALENDAR"},
		{"a page with colons", "\nhttp://x: y", 2, "does not begin with BEGIN:VCALENDAR"},
		{"an event without its calendar", "BEGIN:VEVENT\nEND:VEVENT\n", 1, "does not begin with BEGIN:VCALENDAR"},
		{"half a calendar", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260706\nEND:VEVENT\n", 4, "ends in the middle: VCALENDAR is never closed"},
		{"half an event", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026", 3, "ends in the middle: VEVENT is never closed"},
		{"ends that do not fit", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", 3, "END:VCALENDAR closes nothing"},
		{"an end too many", "BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n", 3, "closes nothing"},
		{"nests without end", "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 100_000), maxNested + 1, "nested too deeply"},
		{"too many bytes", "BEGIN:VCALENDAR\n" + strings.Repeat("X:y\n", MaxSize/4), 0, "larger than"},
		{"too many events", file(slices.Repeat([]string{"DTSTART:20260706"}, maxEntries+1)...), 0, "at most 20000 are read"},
		{"too many events that repeat", file(slices.Repeat([]string{"DTSTART:20990706\nRRULE:FREQ=YEARLY;UNTIL=20990706"}, maxRepeating+1)...), 4 + 4*maxRepeating, "more than 2000 entries that repeat"},
		{"too many that never come", "BEGIN:VCALENDAR\n" + many + "END:VCALENDAR\n", 2 + 4*maxBarren, "never come"},
		{"too many times in all", file(slices.Repeat([]string{"DTSTART:20260706\nRRULE:FREQ=DAILY"}, 30)...), 4 + 4*14, "more than 400000 times in all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			var e *Error
			if !errors.As(err, &e) || e.Line != c.line || !strings.Contains(e.Text, c.says) || e.Hint == "" {
				t.Errorf("err = %#v, want line %d saying %q, with what to do", err, c.line, c.says)
			}
		})
	}
}

func TestEveryWindowsNameIsAZone(t *testing.T) {
	seen := map[string]bool{}
	for line := range strings.Lines(windows) {
		theirs, ours, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok || seen[theirs] || load(ours) == nil {
			t.Errorf("%q: read as %q, twice: %v", line, ours, seen[theirs])
		}
		seen[theirs] = true
	}
	if len(seen) < 100 {
		t.Errorf("there are only %d", len(seen))
	}
}
