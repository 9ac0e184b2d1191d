package org_test

import (
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
)

func TestWorkingDays(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	holiday := map[string]bool{"2026-12-25": true}
	for _, c := range []struct {
		name     string
		calendar org.Calendar
		at       string
		days     int
		want     string
	}{
		{"no days on a working day is the same moment", org.Calendar{}, "2026-11-20 15:00", 0, "2026-11-20 15:00"},
		{"a day after Friday is Monday", org.Calendar{}, "2026-11-20 15:00", 1, "2026-11-23 15:00"},
		{"what begins on Saturday begins on Monday", org.Calendar{}, "2026-11-21 15:00", 1, "2026-11-24 00:00"},
		{"five days are a week", org.Calendar{}, "2026-11-18 08:30", 5, "2026-11-25 08:30"},
		{"a holiday does not count", org.Calendar{Location: berlin, Holidays: holiday}, "2026-12-24 11:00", 1, "2026-12-28 11:00"},
		{"a week from Sunday to Thursday", org.Calendar{Starts: time.Sunday, Days: 5}, "2026-11-19 09:00", 1, "2026-11-22 09:00"},
		{"the day is that of the zone", org.Calendar{Location: berlin}, "2026-11-20 23:30", 1, "2026-11-23 23:00"},
		{"clock changes keep the time of day", org.Calendar{Location: berlin}, "2026-10-23 10:00", 1, "2026-10-26 11:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.calendar.Add(moment(t, c.at), c.days)
			if want := moment(t, c.want); !got.Equal(want) {
				t.Errorf("Add(%s, %d) = %s, want %s", c.at, c.days, got, want)
			}
		})
	}
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWhoLeft(t *testing.T) {
	end := moment(t, "2026-06-01 00:00")
	people := []org.Person{
		{ID: "gone", Roles: []org.Tenure{{Role: org.Engineer, Span: org.Span{To: end}}}},
		{ID: "moved", Roles: []org.Tenure{{Role: org.Engineer, Span: org.Span{To: end}}, {Role: org.EM, Span: org.Span{From: end}}}},
		{ID: "seated", Roles: []org.Tenure{{Role: org.Engineer, Span: org.Span{To: end}}}},
		{ID: "undated"},
	}
	dir, mistakes := org.New(people, []org.Team{{ID: "a", Members: []org.Seat{{Person: "seated"}}}}, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for person, want := range map[string]bool{"gone": true, "moved": false, "seated": false, "undated": false, "nobody": false} {
		if got := dir.Left(person, end.Add(time.Hour)); got != want {
			t.Errorf("Left(%q) after the end = %v, want %v", person, got, want)
		}
	}
	if dir.Left("gone", end.Add(-time.Hour)) {
		t.Error("somebody had left before their last day")
	}
}
