package org_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones these tests are about, wherever they run

	. "github.com/fairlead-dev/fairlead/org"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestWeekOf(t *testing.T) {
	for _, c := range []struct {
		name, zone, at   string
		week, start, end string
	}{
		{"a plain week", "UTC", "2026-11-20T10:00:00Z", "2026-W47", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"},
		{"its first moment", "UTC", "2026-11-16T00:00:00Z", "2026-W47", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"},
		{"the moment before", "UTC", "2026-11-15T23:59:59Z", "2026-W46", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"},
		{"the long year's last week", "UTC", "2027-01-03T12:00:00Z", "2026-W53", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"},
		{"the first week of the next year", "UTC", "2027-01-04T00:00:00Z", "2027-W01", "2027-01-04T00:00:00Z", "2027-01-11T00:00:00Z"},
		{"a first week that begins in December", "UTC", "2025-12-30T12:00:00Z", "2026-W01", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"},
		{"Sunday in UTC is Monday in Auckland", "Pacific/Auckland", "2026-11-15T12:00:00Z", "2026-W47", "2026-11-16T00:00:00+13:00", "2026-11-23T00:00:00+13:00"},
		{"Monday in UTC is Sunday in Honolulu", "Pacific/Honolulu", "2026-11-16T05:00:00Z", "2026-W46", "2026-11-09T00:00:00-10:00", "2026-11-16T00:00:00-10:00"},
		{"167 hours in March", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-W13", "2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"169 hours in October", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-W43", "2026-10-19T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		{"clocks jump over Sunday's midnight in Santiago", "America/Santiago", "2026-09-06T12:00:00Z", "2026-W36", "2026-08-31T00:00:00-04:00", "2026-09-07T00:00:00-03:00"},
		{"clocks jump over Friday's midnight in Cairo", "Africa/Cairo", "2026-04-24T12:00:00Z", "2026-W17", "2026-04-20T00:00:00+02:00", "2026-04-27T00:00:00+03:00"},
		{"a Monday in Tehran that had no midnight", "Asia/Tehran", "2021-03-24T12:00:00Z", "2021-W12", "2021-03-22T01:00:00+04:30", "2021-03-29T00:00:00+04:30"},
		{"the week before it ends where it begins", "Asia/Tehran", "2021-03-20T12:00:00Z", "2021-W11", "2021-03-15T00:00:00+03:30", "2021-03-22T01:00:00+04:30"},
		{"a week without its Friday in Samoa", "Pacific/Apia", "2011-12-28T12:00:00Z", "2011-W52", "2011-12-26T00:00:00-10:00", "2012-01-02T00:00:00+14:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := WeekOf(parse(t, c.at), zone(t, c.zone))
			if got := w.String(); got != c.week {
				t.Errorf("week %s, want %s", got, c.week)
			}
			if got := w.Start.Format(time.RFC3339); got != c.start {
				t.Errorf("start %s, want %s", got, c.start)
			}
			if got := w.End.Format(time.RFC3339); got != c.end {
				t.Errorf("end %s, want %s", got, c.end)
			}
		})
	}
}

func parse(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Week follows week without a gap for 70 years, whatever a zone does to its
// clocks; each begins with the first moment of a Monday and holds seven days.
func TestWeeksFollowEachOther(t *testing.T) {
	for _, name := range []string{
		"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "America/Asuncion", "America/Havana", "Atlantic/Azores",
		"Africa/Cairo", "Asia/Amman", "Asia/Gaza", "Asia/Kathmandu", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Apia",
	} {
		loc := zone(t, name)
		for w := WeekOf(time.Date(1970, 1, 8, 12, 0, 0, 0, loc), loc); w.Year < 2040; {
			next := WeekOf(w.End, loc)
			if !next.Start.Equal(w.End) {
				t.Fatalf("%s: %s ends at %s, %s begins at %s", name, w, w.End, next, next.Start)
			}
			if before := w.Start.Add(-1); w.Start.Weekday() != time.Monday || before.Weekday() != time.Sunday {
				t.Fatalf("%s: %s begins at %s (%s), a moment before is %s", name, w, w.Start, w.Start.Weekday(), before)
			}
			if got, err := ParseWeek(w.String(), loc); err != nil || got != w {
				t.Fatalf("%s: %s reads as %+v, %v, want %+v", name, w, got, err, w)
			}
			if got := next.Before(1); got != w {
				t.Fatalf("%s: the week before %s is %s, want %s", name, next, got, w)
			}
			w = next
		}
	}
}

func TestBefore(t *testing.T) {
	w := WeekOf(on("2027-01-06"), time.UTC)
	for n, want := range map[int]string{0: "2027-W01", 1: "2026-W53", 2: "2026-W52", 54: "2025-W52", -1: "2027-W02"} {
		if got := w.Before(n).String(); got != want {
			t.Errorf("%d weeks before %s: %s, want %s", n, w, got, want)
		}
	}
}

func TestParseWeekRefuses(t *testing.T) {
	for _, wrong := range []string{
		"", "2026", "2026-46", "2026-w46", "2026-W6", "2026-W00", "2026-W54", "2025-W53", "2026-W46 ", " 2026-W46", "2026-W466",
		"26-W46", "-026-W46", "+026-W46", "2026-W+4", "2026-W-1", "２０２６-W46", "2026-W46\n", "2026-W4\x00",
	} {
		if w, err := ParseWeek(wrong, time.UTC); err == nil {
			t.Errorf("%q was read as %s", wrong, w)
		}
	}
}

func FuzzParseWeek(f *testing.F) {
	for _, s := range []string{"2026-W46", "2026-W53", "2027-W01", "0000-W01", "9999-W52", "-001-W01"} {
		f.Add(s)
	}
	loc := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWeek(s, loc)
		if err != nil {
			return
		}
		if w.String() != s || WeekOf(w.Start, loc) != w || !w.Start.Before(w.End) {
			t.Errorf("%q was read as %+v", s, w)
		}
	})
}
