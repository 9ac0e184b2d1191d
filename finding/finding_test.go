package finding_test

import (
	"testing"
	"time"

	. "github.com/fairlead-dev/fairlead/finding"
)

func TestIdentity(t *testing.T) {
	subject := Subject{Kind: AboutTicket, Source: "jira acme", ID: "10231", Key: "PAY-231", Title: "Bulk export", URL: "https://x"}
	id := MakeID("feature-without-problem", subject, "")
	if len(id) != 16 {
		t.Errorf("id %q has %d signs, want 16", id, len(id))
	}
	for _, c := range []struct {
		name    string
		rule    string
		subject func(*Subject)
		event   string
		same    bool
	}{
		{"the same again", "feature-without-problem", func(*Subject) {}, "", true},
		{"another key, title and URL: it moved", "feature-without-problem", func(s *Subject) { s.Key, s.Title, s.URL = "ORD-1", "x", "y" }, "", true},
		{"another rule", "work-without-sprint-goal", func(*Subject) {}, "", false},
		{"another event", "feature-without-problem", func(*Subject) {}, "20401:0", false},
		{"another source", "feature-without-problem", func(s *Subject) { s.Source = "jira zeta" }, "", false},
		{"another kind of subject", "feature-without-problem", func(s *Subject) { s.Kind = AboutSprint }, "", false},
		{"a border between two parts that moved", "feature-without-problem", func(s *Subject) { s.Source, s.ID = "jira acme1", "0231" }, "", false},
	} {
		other := subject
		c.subject(&other)
		if got := MakeID(c.rule, other, c.event) == id; got != c.same {
			t.Errorf("%s: same id %v, want %v", c.name, got, c.same)
		}
	}
}

// The identity is stored for good: it may never come out differently.
func TestIdentityNeverChanges(t *testing.T) {
	got := MakeID("feature-without-problem", Subject{Kind: AboutTicket, Source: "jira acme.atlassian.net", ID: "10231"}, "20401:0")
	if want := ID("83b131a0f4fad683"); got != want {
		t.Errorf("id = %s, want %s", got, want)
	}
}

func TestOpenOverTime(t *testing.T) {
	f := Finding{State: Open, Spans: []Span{
		{From: day(0), To: day(3), End: Settled}, {From: day(10)},
	}}
	for _, c := range []struct {
		name   string
		at     time.Time
		open   bool
		streak int
	}{
		{"before it was seen", day(0).Add(-1), false, 0},
		{"as it opened", day(0), true, 1},
		{"just before it was settled", day(3).Add(-1), true, 1},
		{"as it was settled", day(3), false, 0},
		{"in between", day(5), false, 0},
		{"as it opened again", day(10), true, 1},
		{"just before a week was over", day(17).Add(-1), true, 1},
		{"as the second week began", day(17), true, 2},
		{"three weeks and a day on", day(32), true, 4},
	} {
		if open, streak := f.OpenAt(c.at), f.Streak(c.at); open != c.open || streak != c.streak {
			t.Errorf("%s: open %v, streak %d, want %v, %d", c.name, open, streak, c.open, c.streak)
		}
	}
	if !f.FirstSeen().Equal(day(0)) || !f.OpenSince().Equal(day(10)) || !f.Reopened() {
		t.Errorf("first seen %s, open since %s, reopened %v", f.FirstSeen(), f.OpenSince(), f.Reopened())
	}
	once := Finding{Spans: f.Spans[:1]}
	if once.Reopened() {
		t.Error("opened once and reopened")
	}
}

func TestSeverities(t *testing.T) {
	order := []Severity{Info, Warn, High}
	for i := 1; i < len(order); i++ {
		if order[i].Rank() <= order[i-1].Rank() {
			t.Errorf("%s ranks %d, %s %d", order[i], order[i].Rank(), order[i-1], order[i-1].Rank())
		}
	}
}
