package reports_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

func TestWhatTheReportRestsOn(t *testing.T) {
	sunday := time.Date(2026, 11, 15, 22, 40, 0, 0, time.UTC) // 23:40 in Berlin
	friday := time.Date(2026, 11, 13, 13, 2, 0, 0, time.UTC)
	month := time.Date(2026, 10, 13, 13, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		sources []reports.Health
		want    []string
	}{
		{"all read on one day", []reports.Health{{Name: "jira a", LastRead: sunday}, {Name: "linear a", LastRead: sunday.Add(time.Minute)}},
			[]string{"Read from Jira on Sunday 23:40, from Linear at 23:41, nothing missing."}},
		{"read on two days", []reports.Health{{Name: "jira a", LastRead: friday}, {Name: "linear a", LastRead: sunday}},
			[]string{"Read from Jira on Friday 14:02, from Linear on Sunday 23:40, nothing missing."}},
		{"two of a kind keep their names", []reports.Health{{Name: "jira a.example", LastRead: sunday}, {Name: "jira b.example", LastRead: sunday}},
			[]string{"Read from Jira a.example on Sunday 23:40, from Jira b.example at 23:40, nothing missing."}},
		{"one stale", []reports.Health{{Name: "jira a", LastRead: sunday}, {Name: "linear a", LastRead: friday, Stale: true}},
			[]string{"Read from Jira on Sunday 23:40.", "Linear was last read on Friday 14:02; its findings are frozen until it can be read again."}},
		{"long stale", []reports.Health{{Name: "linear a", LastRead: month, Stale: true}},
			[]string{"Linear was last read on Tuesday 13 October at 15:02; its findings are frozen until it can be read again."}},
		{"never read", []reports.Health{{Name: "linear a", Stale: true}},
			[]string{"Linear has not been read yet; nothing is known about it."}},
		{"gaps", []reports.Health{{Name: "jira a", LastRead: sunday, Gaps: []string{"a.", "b", "c", "d"}}},
			[]string{"Read from Jira on Sunday 23:40.", "Missing from Jira: a; b; c; one more."}},
		{"no source", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := reporttest.NormalWeek()
			in.Sources = c.sources
			if got := reports.Build(in).Data; !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestARuleThatCouldNotBeEvaluatedIsTold(t *testing.T) {
	in := reporttest.NormalWeek()
	in.Agreements = slices.Clone(in.Agreements)
	in.Agreements[1].Trouble = "sprints are not read"
	want := []string{
		"Read from Jira on Sunday 23:40, from Linear at 23:41.",
		`"Every sprint has a goal" could not be checked; its findings are frozen. What stood in the way: sprints are not read.`,
	}
	if got := reports.Build(in).Data; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
