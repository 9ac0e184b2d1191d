package calendar

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParse looks for files that make reading panic or run on, and for entries
// that break what every entry promises.
func FuzzParse(f *testing.F) {
	for _, event := range []string{
		"DTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260707\nSUMMARY:Lee", "UID:a\nDTSTART;TZID=Europe/Berlin:20260706T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO,-1FR\nEXDATE:20260713T070000Z",
		"UID:a\nRECURRENCE-ID:20260706\nDTSTART:20260708\nSTATUS:CANCELLED\nSEQUENCE:2", "DTSTART:20240229\nRRULE:FREQ=YEARLY;INTERVAL=3;BYSETPOS=-1;BYWEEKNO=53;BYYEARDAY=-366",
		"DTSTART;TZID=\"W. Europe Standard Time\":20260706T090000\nRDATE;VALUE=PERIOD:20260707T090000Z/PT1H", "BEGIN:VALARM\nEND:VALARM", "ATTENDEE;A=\"x:y\";B=c\\,d:mailto:a@b", "DTSTART:19000101\nRRULE:FREQ=DAILY",
	} {
		f.Add([]byte(file(event)))
		f.Add([]byte(strings.ReplaceAll(file(event, event), "\n", "\r\n ")))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(text)
		if err != nil {
			var told *Error
			if !errors.As(err, &told) || told.Text == "" || told.Hint == "" || c != nil {
				t.Errorf("err = %#v", err)
			}
			return
		}
		for _, e := range c.Entries {
			for i, when := range e.Times {
				if when.End.Before(when.Start) || !when.End.After(earliest) || !when.Start.Before(latest) || i > 0 && !when.Start.After(e.Times[i-1].Start) {
					t.Errorf("times %v", e.Times)
				}
			}
		}
		for _, u := range c.Unread {
			if u.Line < 1 || u.Why == "" {
				t.Errorf("unread %+v", u)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := []byte(file(strings.Split(strings.Repeat("UID:x\nDTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260720\nSUMMARY:Lee Park: away\nATTENDEE:mailto:lee@acme.example|", 1000), "|")[:1000]...))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
