package daemon

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// newsroom is a line with a team of six, a director, and a week to tell of.
func newsroom(t *testing.T) *line {
	t.Helper()
	src := &fakeSource{name: "jira acme"}
	l := newLine(t, src)
	l.populate()
	problem := feature(src.name, "PAY-88", monday.AddDate(0, -2, 0))
	problem.Kind, problem.Title = ticket.Problem, "Refunds take six hours a week"
	src.tickets = []ticket.Ticket{problem, shippedTicket(src.name), feature(src.name, "PAY-7", monday.AddDate(0, 0, -20))}
	l.sync()
	l.check()
	return l
}

// populate gives team payments its people.
func (l *line) populate() {
	l.t.Helper()
	people := []org.Person{{ID: "dana", Name: "Dana Ruiz"}}
	team := org.Team{ID: "payments", Name: "Payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}}, Locale: "de"}
	for _, id := range []string{"lee", "mina", "jo", "sam", "ada", "kim"} {
		people = append(people, org.Person{ID: id, Name: strings.ToUpper(id), Accounts: map[string][]string{"jira": {"acc-" + id}}})
		team.Members = append(team.Members, org.Seat{Person: id})
	}
	dir, mistakes := org.New(people, []org.Team{team}, nil)
	if mistakes != nil {
		l.t.Fatal(mistakes)
	}
	l.cfg().Directory = dir
}

func shippedTicket(source string) ticket.Ticket {
	t := feature(source, "PAY-9", monday.AddDate(0, 0, -30))
	t.Title, t.Assignee, t.Category, t.Status = "Partial refunds", ticket.Account{ID: "acc-mina"}, ticket.Done, "Done"
	t.Links = []ticket.Link{{Kind: ticket.Solves, Phrase: "solves", Target: ticket.Ref{Key: "PAY-88"}}}
	t.History = []ticket.Change{{ID: "1", At: monday.AddDate(0, 0, -4), Actor: ticket.Account{ID: "acc-mina"}, Field: ticket.FieldStatus,
		From: []ticket.Value{{ID: "3", Norm: string(ticket.Started)}}, To: []ticket.Value{{ID: "4", Norm: string(ticket.Done)}}}}
	t.Updated = monday.AddDate(0, 0, -4)
	t.Normalise()
	return t
}

func (l *line) edition46() *edition {
	l.t.Helper()
	e, err := l.edition(l.t.Context(), "2026-W46")
	if err != nil {
		l.t.Fatal(err)
	}
	return e
}

func (l *line) teamReport(e *edition, reader finding.Audience) reports.Report {
	l.t.Helper()
	team, _ := l.cfg().Directory.Team("payments")
	r, err := e.team(l.t.Context(), team, reader)
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

func TestATeamReadsWhatItShippedAndWhy(t *testing.T) {
	l := newsroom(t)
	r := l.teamReport(l.edition46(), finding.ForTeam)
	if len(r.Shipped.Items) != 1 {
		t.Fatalf("shipped: %+v", r.Shipped)
	}
	i := r.Shipped.Items[0]
	if i.Subject.Key != "PAY-9" || i.Why != "Refunds take six hours a week" || !slices.Equal(i.Builders, []string{"MINA"}) {
		t.Errorf("%+v, want PAY-9 of MINA with the words of PAY-88", i)
	}
	if want := "9.–15. November"; r.Week.Days != want {
		t.Errorf("days = %q, want %q: the team writes dates in German", r.Week.Days, want)
	}
}

func TestReportsTellTheLedgerAsPeopleJudgedIt(t *testing.T) {
	l := newsroom(t)
	f := l.finding("PAY-7")
	if l.teamReport(l.edition46(), finding.ForTeam).Counts.Open != 1 {
		t.Fatal("PAY-7 is not open")
	}
	word := finding.Word{ID: "w", Kind: finding.WaivedFor, By: "lee", At: monday.AddDate(0, 0, -6), Reason: "research comes first", Scope: finding.Scope{Finding: f.ID}, Expires: monday.AddDate(0, 0, 6)}
	if err := l.store.AddWord(t.Context(), word); err != nil {
		t.Fatal(err)
	}
	r := l.teamReport(l.edition46(), finding.ForTeam)
	if r.Counts.Open != 0 || r.Counts.Waived != 1 {
		t.Errorf("counts = %+v, want the one waived", r.Counts)
	}
	if len(r.Ending) != 1 || !strings.Contains(r.Ending[0].Text, `"research comes first" (LEE)`) {
		t.Errorf("ending = %+v, want the waiver with its reason and who gave it", r.Ending)
	}
}

func TestNumbersComeFromSnapshots(t *testing.T) {
	l := newsroom(t)
	err := l.store.SaveSnapshots(t.Context(), []store.Snapshot{
		{Team: "payments", Week: "2026-W46", Values: map[string]float64{"throughput": 12}},
		{Team: "payments", Week: "2026-W45", Values: map[string]float64{"throughput": 6}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := l.teamReport(l.edition46(), finding.ForTeam)
	if len(r.Numbers) != 1 || !strings.HasPrefix(r.Numbers[0].Text, "12 tickets were finished") || !strings.HasSuffix(r.Numbers[0].Text, "; 6 the week before.") {
		t.Errorf("numbers = %+v", r.Numbers)
	}
}

func TestALeaderGetsTheirLetterAndNobodyElses(t *testing.T) {
	l := newsroom(t)
	f := l.finding("PAY-7")
	f.Actor, f.Mirror = "dana", "You assigned PAY-7."
	if err := l.store.SaveCheck(t.Context(), store.Check{Findings: []finding.Finding{f}}); err != nil {
		t.Fatal(err)
	}
	e := l.edition46()
	for _, c := range []struct {
		person string
		want   int
	}{{"dana", 1}, {"lee", 0}} {
		r, err := e.leader(c.person)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Mirror) != c.want || r.For != c.person {
			t.Errorf("%s reads %+v of %q, want %d", c.person, r.Mirror, r.For, c.want)
		}
	}
	if _, err := e.leader("nobody"); !IsRequestMistake(err) {
		t.Errorf("err = %v, want one about the request", err)
	}
}

func TestTheOrganisationIsToldOfSixPeople(t *testing.T) {
	l := newsroom(t)
	r, err := l.edition46().organisation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := "1 open exception in 1 team"; r.Kind != reports.OfOrganisation || !strings.HasPrefix(r.Headline, want) {
		t.Errorf("headline = %q, want it to begin with %q", r.Headline, want)
	}
}

func TestReportsThatNobodyReads(t *testing.T) {
	l := newsroom(t)
	for _, ask := range []ReportRequest{
		{For: "everybody", Format: "text"}, {For: "org", Team: "payments", Format: "text"}, {For: "leader:dana", Team: "payments", Format: "text"},
		{For: "leader:", Format: "text"}, {For: "leader", Format: "text"}, {For: "org", Week: "2027-W01", Format: "text"},
	} {
		var page bytes.Buffer
		if err := l.Report(t.Context(), &page, ask); !IsRequestMistake(err) || page.Len() > 0 {
			t.Errorf("%+v: err = %v after %q, want one about the request", ask, err, page.String())
		}
	}
	for _, ask := range []ReportRequest{{For: "org", Format: "html"}, {For: "leader:dana", Format: "json"}, {For: "em-pm", Team: "payments", Format: "markdown"}} {
		var page bytes.Buffer
		if err := l.Report(t.Context(), &page, ask); err != nil || page.Len() == 0 {
			t.Errorf("%+v: %v", ask, err)
		}
	}
}

// In Auckland the next week has begun when it has not by UTC.
func TestThisWeekIsTheTeams(t *testing.T) {
	l := newsroom(t)
	auckland, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	team, _ := l.cfg().Directory.Team("payments")
	team.Location = auckland
	l.at = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	var page bytes.Buffer
	if err := l.Report(t.Context(), &page, ReportRequest{Team: "payments", Week: "this", For: "team", Format: "text"}); err != nil || !strings.Contains(page.String(), "week 48") {
		t.Errorf("err = %v, want week 48:\n%s", err, page.String())
	}
}

func TestAnEditionServesManyAtOnce(t *testing.T) {
	l := newsroom(t)
	e := l.edition46()
	want := l.teamReport(e, finding.ForTeam)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			team, _ := l.cfg().Directory.Team("payments")
			if r, err := e.team(t.Context(), team, finding.ForTeam); err != nil || r.Headline != want.Headline || len(r.Shipped.Items) != len(want.Shipped.Items) {
				t.Errorf("err = %v, headline %q, want %q", err, r.Headline, want.Headline)
			}
		})
	}
	wg.Wait()
}
