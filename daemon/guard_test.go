package daemon

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// manyFeatures are so many, begun since some time.
func manyFeatures(n int, project string, since time.Time) []ticket.Ticket {
	var out []ticket.Ticket
	for i := range n {
		out = append(out, feature("jira", fmt.Sprintf("%s-%d", project, 1000+i), since))
	}
	return out
}

// page is last week's report of the team.
func (l *line) page(team, reader string) string {
	l.t.Helper()
	var page strings.Builder
	if err := l.Report(l.t.Context(), &page, ReportRequest{Team: team, Week: "last", For: reader, Format: "text"}); err != nil {
		l.t.Fatal(err)
	}
	return strings.Join(strings.Fields(page.String()), " ")
}

func TestARuleThatSuddenlyNoticesTooMuchFallsSilent(t *testing.T) {
	const rule = "feature-without-problem"
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	core, logs := observer.New(zapcore.InfoLevel)
	l.log = zap.New(core)
	l.sync()
	if r := l.check(); len(r.Muted)+len(r.Loud) != 0 {
		t.Fatalf("at first: %+v", r)
	}
	s.tickets = append(s.tickets, manyFeatures(40, "PAY", monday.Add(50*time.Hour))...)
	l.later(3 * 24 * time.Hour)
	r := l.check()
	if len(r.Muted) != 1 || r.Muted[0].Rule != rule || r.Muted[0].New != 40 || r.Muted[0].Held != 40 || r.Open != 41 || r.Opened != 40 {
		t.Fatalf("the check did %+v, want the rule silent and everything recorded", r)
	}
	if n := logs.FilterMessageSnippet("suddenly noticed far more").FilterField(zap.String("rule", rule)).Len(); n != 1 {
		t.Errorf("the log tells of it %d times, want once", n)
	}
	l.later(4*24*time.Hour + time.Hour)
	if again := l.check(); len(again.Muted) != 1 || again.Muted[0].Held != 40 {
		t.Errorf("the next check did %+v, want the rule still silent", again)
	}
	const headline, note = "1 open exception, as many as last week.", "40 new exceptions to \"Every feature says which problem it solves\" are kept back"
	for _, reader := range []string{"team", "em-pm", "em"} {
		page := l.page("payments", reader)
		if !strings.Contains(page, headline) || !strings.Contains(page, note) || strings.Contains(page, "PAY-10") {
			t.Errorf("for %s the report says %s", reader, page)
		}
		if has := strings.Contains(page, "fairlead rules unmute "+rule); has != (reader == "em") {
			t.Errorf("for %s the report tells how to lift it = %v", reader, has)
		}
	}
	flown := l.flown("payments")
	if last := flown[len(flown)-1]; last.InFlight != 41 || last.Clear != 40 {
		t.Errorf("flight = %+v, want the forty clear", last)
	}

	told, err := l.Unmute(t.Context(), rule)
	if err != nil || told.Held != 40 {
		t.Fatalf("unmute = %+v, %v", told, err)
	}
	l.later(time.Hour)
	if r := l.check(); len(r.Muted) != 0 {
		t.Errorf("confirmed and silent again: %+v", r.Muted)
	}
	if page := l.page("payments", "team"); !strings.Contains(page, "41 open exceptions, 40 more than last week: 40 new.") || strings.Contains(page, "kept back") {
		t.Errorf("once confirmed the report says %s", page)
	}
	if _, err := l.Unmute(t.Context(), rule); !IsRequestMistake(err) || !strings.Contains(err.Error(), "is not silent\n\tno rule is") {
		t.Errorf("err = %v", err)
	}
	if _, err := l.Unmute(t.Context(), "feature-without-problm"); !IsRequestMistake(err) || !strings.Contains(err.Error(), `did you mean "feature-without-problem"?`) {
		t.Errorf("err = %v", err)
	}
}

func TestARuleSpeaksAgainWhenWhatItNoticedIsGone(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	l.sync()
	l.check()
	s.tickets = append(s.tickets[:1:1], manyFeatures(40, "PAY", monday.Add(50*time.Hour))...)
	l.later(3 * 24 * time.Hour)
	if r := l.check(); len(r.Muted) != 1 {
		t.Fatalf("the check did %+v, want the rule silent", r)
	}
	for i := range s.tickets[1:] { // a mapping was mended: they are no features
		s.tickets[1+i].Kind = ticket.Task
		s.tickets[1+i].Updated = l.at
	}
	l.later(time.Hour)
	if r := l.check(); len(r.Muted) != 0 || r.Settled != 40 {
		t.Errorf("the check did %+v, want the rule to speak again", r)
	}
	mutes, err := l.store.Mutes(t.Context())
	if err != nil || len(mutes) != 1 || mutes[0].Confirmed || !mutes[0].Lifted.Equal(l.at) {
		t.Errorf("mutes = %+v, %v, want it lifted by itself", mutes, err)
	}
}

func TestABacklogAtTheFirstLookIsToldAndNamed(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: manyFeatures(31, "PAY", monday.Add(-time.Hour))}
	l := newLine(t, s)
	core, logs := observer.New(zapcore.WarnLevel)
	l.log = zap.New(core)
	l.sync()
	r := l.check()
	if len(r.Muted) != 0 || len(r.Loud) != 1 || r.Loud[0] != (LoudRule{Rule: "feature-without-problem", Source: "jira", Open: 31}) {
		t.Errorf("the first check did %+v, want the rule named and not silent", r)
	}
	l.later(time.Hour)
	l.check()
	if n := logs.FilterMessageSnippet("much open at the first look").Len(); n != 1 {
		t.Errorf("the log tells of it %d times, want once", n)
	}
	// A project that is added brings a backlog too.
	s.tickets = append(s.tickets, manyFeatures(60, "CORE", monday.Add(-2*aWeek))...)
	l.later(8 * 24 * time.Hour)
	if r := l.check(); len(r.Muted) != 0 || r.Open != 91 {
		t.Errorf("with another project the check did %+v, want nothing silent", r)
	}
}

func TestWhatIsOpenInMostTeamsIsAConditionOfTheOrganisation(t *testing.T) {
	s := &fakeSource{name: "jira"}
	l := newLine(t, s)
	var teams []org.Team
	for i, id := range []string{"alpha", "beta", "gamma", "delta", "epsilon"} {
		project := strings.ToUpper(id)
		teams = append(teams, org.Team{ID: id, Owns: org.Ownership{JiraProjects: []string{project}}})
		if i < 3 {
			s.tickets = append(s.tickets, feature("jira", project+"-1", monday.Add(-2*aWeek)))
		}
	}
	l.cfg().Sources[0].Projects = []string{"ALPHA", "BETA", "GAMMA", "DELTA", "EPSILON"}
	l.organise(teams...)
	l.sync()
	l.check()
	const text = `"Every feature says which problem it solves": open in 3 of 5 teams (1 here). This looks like a condition of the whole organisation`
	if page := l.page("alpha", "team"); !strings.Contains(page, text) || strings.Contains(page, "ALPHA-1") {
		t.Errorf("the report says %s, want %s instead of the list", page, text)
	}
	if page := l.page("delta", "team"); strings.Contains(page, "In most teams") {
		t.Errorf("where nothing is open the report says %s", page)
	}
	for i := range s.tickets[:1] {
		s.tickets[i].Kind, s.tickets[i].Updated = ticket.Task, l.at
	}
	l.later(aWeek)
	l.check()
	if page := l.page("beta", "team"); strings.Contains(page, "In most teams") || !strings.Contains(page, "BETA-1") {
		t.Errorf("when two of five are left the report says %s", page)
	}
}
