package daemon

import (
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func scheduleOf(t *testing.T, cron, zoneName string) schedule {
	t.Helper()
	s, err := newSchedule(config.When{Cron: cron}, zone(t, zoneName))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAReportIsDueOnceForEachWeek(t *testing.T) {
	for _, c := range []struct{ name, cron, zone, week, want string }{
		{"Monday morning", "0 9 * * 1", "Europe/Berlin", "2026-W46", "2026-11-16T08:00:00Z"},
		{"in summer", "0 9 * * 1", "Europe/Berlin", "2026-W27", "2026-07-06T07:00:00Z"},
		{"east of Greenwich", "0 9 * * 1", "Pacific/Auckland", "2026-W46", "2026-11-15T20:00:00Z"},
		{"later in the week", "30 8 * * 4", "Europe/Berlin", "2026-W46", "2026-11-19T07:30:00Z"},
		{"the first moment of the week", "0 0 * * 1", "Europe/Berlin", "2026-W46", "2026-11-15T23:00:00Z"},
		{"the last one", "59 23 * * 0", "Europe/Berlin", "2026-W46", "2026-11-22T22:59:00Z"},
		{"several times a week: the first", "0 9 * * *", "Europe/Berlin", "2026-W46", "2026-11-16T08:00:00Z"},
		{"once a month, not this week", "0 9 1 * *", "Europe/Berlin", "2026-W46", ""},
		{"once a month, this week", "0 9 1 * *", "Europe/Berlin", "2026-W48", "2026-12-01T08:00:00Z"},
		{"a time that the change to summer skips", "30 2 * * 0", "Europe/Berlin", "2026-W12", "2026-03-29T01:00:00Z"},
		{"the same a week later", "30 2 * * 0", "Europe/Berlin", "2026-W13", "2026-04-05T00:30:00Z"},
		{"a time that comes twice in autumn: the first", "30 2 * * 0", "Europe/Berlin", "2026-W42", "2026-10-25T00:30:00Z"},
		{"the same a week later", "30 2 * * 0", "Europe/Berlin", "2026-W43", "2026-11-01T01:30:00Z"},
		{"midnight where the change skips it", "0 0 * * 5", "Africa/Cairo", "2026-W16", "2026-04-23T22:00:00Z"},
		{"west of Greenwich, a skipped time", "30 2 * * 0", "America/New_York", "2026-W09", "2026-03-08T07:00:00Z"},
		{"west of Greenwich, one that comes twice", "30 1 * * 0", "America/New_York", "2026-W43", "2026-11-01T05:30:00Z"},
		{"after the last week of a year of 53, where the day begins", "0 9 * * 1", "Pacific/Apia", "2026-W53", "2027-01-03T20:00:00Z"},
		{"on a day that only leap years have", "0 9 29 2 *", "Pacific/Apia", "2028-W08", "2028-02-28T20:00:00Z"},
		{"by half an hour", "45 1 * * 0", "Australia/Lord_Howe", "2026-W13", "2026-04-04T14:45:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			week, err := org.ParseWeek(c.week, zone(t, c.zone))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if at := scheduleOf(t, c.cron, c.zone).due(week); !at.IsZero() {
				got = at.UTC().Format(time.RFC3339)
			}
			if got != c.want {
				t.Errorf("due %s, want %s", got, c.want)
			}
		})
	}
}

// Minute by minute through the nights in which clocks change: a schedule of
// every day holds once a day, at the time it says or, where there is none, when
// the skipped stretch is over.
func TestAScheduleHoldsOnceADayWhateverClocksDo(t *testing.T) {
	for _, c := range []struct {
		cron, zone string
		from       time.Time
	}{
		{"30 2 * * *", "Europe/Berlin", time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)},
		{"30 2 * * *", "Europe/Berlin", time.Date(2026, 10, 23, 12, 0, 0, 0, time.UTC)},
		{"30 1 * * *", "America/New_York", time.Date(2026, 10, 30, 12, 0, 0, 0, time.UTC)},
		{"0 0 * * *", "Africa/Cairo", time.Date(2026, 4, 22, 12, 0, 0, 0, time.UTC)},
		{"45 1 * * *", "Australia/Lord_Howe", time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)},
		{"15 2 * * *", "Australia/Lord_Howe", time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)},
	} {
		s := scheduleOf(t, c.cron, c.zone)
		held := map[time.Time]bool{}
		for at := c.from; at.Before(c.from.AddDate(0, 0, 4)); at = at.Add(time.Minute) {
			held[s.next(at)] = true
		}
		days := map[string]int{}
		for at := range held {
			days[at.In(s.zone).Format(time.DateOnly)]++
		}
		for day, n := range days {
			if n != 1 {
				t.Errorf("%s in %s holds %d times on %s", c.cron, c.zone, n, day)
			}
		}
		if len(days) != 5 {
			t.Errorf("%s in %s holds on %v, want five days", c.cron, c.zone, days)
		}
	}
}

func TestAReportsOwnZoneComesBeforeTheTeams(t *testing.T) {
	s, err := newSchedule(config.When{Cron: "0 9 * * 1", Zone: zone(t, "Asia/Tokyo")}, zone(t, "Europe/Berlin"))
	if err != nil {
		t.Fatal(err)
	}
	week, err := org.ParseWeek("2026-W46", zone(t, "Europe/Berlin"))
	if err != nil {
		t.Fatal(err)
	}
	// Nine o'clock in Tokyo on the 16th is one o'clock in Berlin, after the week.
	if got, want := s.due(week), time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("due %s, want %s", got, want)
	}
	// In Los Angeles it is still Sunday then: what is due is due a week later.
	week, err = org.ParseWeek("2026-W46", zone(t, "America/Los_Angeles"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.due(week), time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("due %s, want %s", got, want)
	}
}
