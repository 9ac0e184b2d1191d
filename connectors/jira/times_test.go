package jira

import (
	"encoding/json"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"an issue's time", "2026-01-06T10:00:00.000+0100", "2026-01-06T09:00:00Z"},
		{"milliseconds stay", "2022-07-16T06:31:38.612+0800", "2022-07-15T22:31:38.612Z"},
		{"a zone of half an hour", "2026-01-06T10:00:00.000+0530", "2026-01-06T04:30:00Z"},
		{"a zone in the west", "2026-01-06T22:00:00.000-0800", "2026-01-07T06:00:00Z"},
		{"a sprint's time", "2013-01-14T05:43:39.089Z", "2013-01-14T05:43:39.089Z"},
		{"a sprint's time with a zone", "2015-04-11T15:22:00.000+10:00", "2015-04-11T05:22:00Z"},
		{"a number of milliseconds", "1492070429000", "2017-04-13T08:00:29Z"},
		{"a number of seconds", "1492070429", "2017-04-13T08:00:29Z"},
		{"no zone is UTC", "2026-01-06T10:00:00", "2026-01-06T10:00:00Z"},
		{"a bare date", "2026-01-06", "2026-01-06T00:00:00Z"},
		{"nothing is no time", "", "0001-01-01T00:00:00Z"},
		{"an old server's nothing", "<null>", "0001-01-01T00:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseTime(c.in)
			if err != nil || got.Format(time.RFC3339Nano) != c.want || got.Location() != time.UTC {
				t.Errorf("got %v, %v, want %v", got.Format(time.RFC3339Nano), err, c.want)
			}
		})
	}
	for _, bad := range []string{"yesterday", "2026-13-01", "9223372036854775807", "-9223372036854775808", "99999-01-01T00:00:00Z"} {
		if got, err := parseTime(bad); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

func TestAMomentInJSON(t *testing.T) {
	for in, want := range map[string]string{
		`null`: "0001-01-01T00:00:00Z", `""`: "0001-01-01T00:00:00Z",
		`1492070429000`: "2017-04-13T08:00:29Z", `"2026-01-06T10:00:00.000+0100"`: "2026-01-06T09:00:00Z",
	} {
		var m moment
		if err := json.Unmarshal([]byte(in), &m); err != nil || m.Format(time.RFC3339) != want {
			t.Errorf("%s: got %v, %v, want %v", in, m, err, want)
		}
	}
	var m moment
	if json.Unmarshal([]byte(`{}`), &m) == nil {
		t.Error("an object was taken for a time")
	}
}

func TestJQLMinute(t *testing.T) {
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	for _, c := range []struct{ name, at, zone, want string }{
		{"seconds are dropped", "2026-01-06T09:59:59Z", "UTC", "2026/01/06 09:59"},
		{"on the account's wall clock", "2026-01-06T02:30:00Z", "America/New_York", "2026/01/05 21:30"},
		{"a zone of three quarters of an hour", "2026-01-06T02:30:00Z", "Asia/Kathmandu", "2026/01/06 08:15"},
		// On 25 October 2026 the wall clock in Berlin shows 02:00 to 03:00 twice.
		{"the first of a doubled hour names the hour before", "2026-10-25T00:30:00Z", "Europe/Berlin", "2026/10/25 01:30"},
		{"the second of a doubled hour can only be read earlier", "2026-10-25T01:30:00Z", "Europe/Berlin", "2026/10/25 02:30"},
		{"after the doubled hour", "2026-10-25T02:30:00Z", "Europe/Berlin", "2026/10/25 03:30"},
		{"a doubled half hour", "2026-04-04T14:45:00Z", "Australia/Lord_Howe", "2026/04/05 01:15"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := jqlMinute(at, zone(c.zone)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAWindowNeverBeginsTooLate(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2027; at = at.Add(17 * time.Minute) {
			read, err := time.ParseInLocation("2006/01/02 15:04", jqlMinute(at, loc), loc)
			if err != nil {
				t.Fatal(err)
			}
			if later := read.Add(time.Hour); later.In(loc).Format("15:04") == read.Format("15:04") {
				read = later // the server may take the later of two equal wall clocks
			}
			if read.After(at) || at.Sub(read) > 3*time.Hour {
				t.Fatalf("%s: %v became %v", name, at, read)
			}
		}
	}
}

func TestAZoneNobodyKnowsLosesNothing(t *testing.T) {
	for _, name := range []string{"", "Mars/Olympus"} {
		loc, gaps := zone(name)
		at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		for _, server := range []string{"Pacific/Kiritimati", "Etc/GMT+12", "UTC"} {
			there, err := time.LoadLocation(server)
			if err != nil {
				t.Fatal(err)
			}
			read, err := time.ParseInLocation("2006/01/02 15:04", jqlMinute(at, loc), there)
			if err != nil || read.After(at) {
				t.Errorf("%q read in %s: %v is after %v (%v)", name, server, read, at, err)
			}
		}
		if (len(gaps) > 0) != (name != "") {
			t.Errorf("%q: gaps %v", name, gaps)
		}
	}
}
