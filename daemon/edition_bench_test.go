package daemon

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
)

// How much the benchmark is made over.
const (
	benchTeams    = 500
	benchTickets  = 100_000
	benchFindings = 20_000
)

// BenchmarkEdition makes the reports of 500 teams over 100,000 tickets and 20,000
// findings, each as an e-mail with its pictures, and the organisation's. It tells
// the time of each stage and the most memory held.
func BenchmarkEdition(b *testing.B) {
	f := benchmarked(b)
	teams := f.cfg().Directory.Teams()
	for _, stage := range []struct {
		name string
		do   func(*edition) error
	}{
		{"read everything", func(e *edition) error { _, err := e.tickets(b.Context()); return err }},
		{"build 500 reports", func(e *edition) error { return eachTeam(b, e, teams, func(reports.Report) error { return nil }) }},
		{"build and lay out 500 e-mails", func(e *edition) error {
			return eachTeam(b, e, teams, func(r reports.Report) error { _, err := reports.NewMail(r); return err })
		}},
		{"build the organisation's", func(e *edition) error { _, err := e.organisation(b.Context()); return err }},
	} {
		b.Run(stage.name, func(b *testing.B) {
			peak := heapPeak(b)
			for b.Loop() {
				e, err := f.edition(b.Context(), "2026-W46")
				if err != nil {
					b.Fatal(err)
				}
				if err := stage.do(e); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(peak(), "peak-MB")
		})
	}
}

func eachTeam(b *testing.B, e *edition, teams []org.Team, do func(reports.Report) error) error {
	for i := range teams {
		r, err := e.team(b.Context(), &teams[i], finding.ForTeam)
		if err != nil {
			return err
		}
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

// heapPeak watches the heap until asked for its highest.
func heapPeak(b *testing.B) func() float64 {
	runtime.GC()
	var highest atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			highest.Store(max(highest.Load(), m.HeapInuse))
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return func() float64 {
		close(stop)
		<-stopped
		return float64(highest.Load()) / 1e6
	}
}

// benchmarked is a store with all of it.
func benchmarked(b *testing.B) *Fairlead {
	b.Helper()
	f := configured(&config.Config{}, nil, &Fairlead{log: zap.NewNop(), clock: standingClock{time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)}})
	src := &fakeSource{name: "jira acme"}
	f.sources = append(f.sources, src)
	f.cfg().Sources = []config.Source{{Tracker: config.Jira, Name: src.name}}
	f.cfg().Directory = benchDirectory(b)
	all, err := rules.Catalog()
	if err != nil {
		b.Fatal(err)
	}
	book, err := rules.NewBook(all, nil, teamIDs(f.cfg()))
	if err != nil {
		b.Fatal(err)
	}
	f.letHold(book)
	if f.store, err = sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "fairlead.db")); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := f.Close(); err != nil {
			b.Error(err)
		}
	})
	fillStore(b, f.store, src.name)
	return f
}

// standingClock stands still.
type standingClock struct{ at time.Time }

func (c standingClock) Now() time.Time { return c.at }

func (c standingClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func benchDirectory(b *testing.B) *org.Directory {
	var people []org.Person
	var teams []org.Team
	for t := range benchTeams {
		team := org.Team{ID: fmt.Sprintf("team-%03d", t), Owned: []org.Holding{{Ownership: org.Ownership{JiraProjects: []string{fmt.Sprintf("T%d", t)}}}}}
		for p := range 7 {
			id := fmt.Sprintf("p%d-%d", t, p)
			people = append(people, org.Person{ID: id, Name: "Person " + id, Accounts: map[string][]string{"jira": {id}}})
			team.Members = append(team.Members, org.Seat{Person: id})
		}
		teams = append(teams, team)
	}
	dir, mistakes := org.New(people, teams, nil)
	if mistakes != nil {
		b.Fatal(mistakes)
	}
	return dir
}

func fillStore(b *testing.B, s store.Store, source string) {
	for from := 0; from < benchTickets; from += 1000 {
		var page []ticket.Ticket
		for n := from; n < from+1000; n++ {
			page = append(page, benchTicket(source, n, benchTeams, 20))
		}
		if _, err := s.SavePage(b.Context(), source, page, nil, fmt.Sprint(from)); err != nil {
			b.Fatal(err)
		}
	}
	check := store.Check{}
	begin := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for n := range benchFindings {
		key := fmt.Sprintf("T%d-%d", n%benchTeams, n)
		subject := finding.Subject{Kind: finding.AboutTicket, Source: source, ID: key, Key: key, Title: "Work " + key}
		one := finding.Finding{State: finding.Open, LastSeen: begin, Spans: []finding.Span{{From: begin.Add(time.Duration(n%1700) * time.Hour)}}}
		rule := []string{"feature-without-problem", "decision-not-recorded", "work-without-sprint-goal"}[n%3]
		one.Seen = finding.Seen{ID: finding.MakeID(rule, subject, ""), Rule: rule, Team: fmt.Sprintf("team-%03d", n%benchTeams), Subject: subject, Audience: finding.ForTeam,
			Severity: finding.Warn, Reason: "It names none.", Tickets: []string{key}}
		check.Findings = append(check.Findings, one)
	}
	for t := range benchTeams {
		check.Flights = append(check.Flights, finding.Flight{Team: fmt.Sprintf("team-%03d", t), At: time.Date(2026, 11, 15, 20, 0, 0, 0, time.UTC), InFlight: 40, Clear: 30})
	}
	if err := s.SaveCheck(b.Context(), check); err != nil {
		b.Fatal(err)
	}
	var weeks []store.Snapshot
	for t := range benchTeams {
		for back := range 13 {
			week := org.WeekOf(time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC), time.UTC).Before(back).String()
			weeks = append(weeks, store.Snapshot{Team: fmt.Sprintf("team-%03d", t), Week: week, Values: map[string]float64{"open": float64(30 + back), "throughput": float64(8 + back%5)}})
		}
	}
	if err := s.SaveSnapshots(b.Context(), weeks); err != nil {
		b.Fatal(err)
	}
}

// benchTicket is work of one of so many teams with six changes of history, the last of them, for one in twenty, in
// the week.
func benchTicket(source string, n, teams, weeks int) ticket.Ticket {
	project := fmt.Sprintf("T%d", n%teams)
	who := ticket.Account{ID: fmt.Sprintf("p%d-%d", n%teams, n%7)}
	key := fmt.Sprintf("%s-%d", project, n)
	t := ticket.Ticket{
		Source: source, Tracker: "jira", ID: fmt.Sprint(n), Key: key, Title: "A piece of work number " + key, Kind: ticket.Feature, Project: project,
		Status: "Done", Category: ticket.Done, Assignee: who, URL: "https://acme.atlassian.net/browse/" + key, Parent: ticket.Ref{ID: fmt.Sprint(n / 40 * 40)},
	}
	if n%40 == 0 {
		t.Kind, t.Parent = ticket.Problem, ticket.Ref{}
	}
	ended := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC).AddDate(0, 0, -7*(n%weeks))
	t.Created, t.Updated = ended.AddDate(0, 0, -30), ended
	value := func(c ticket.Category) []ticket.Value { return []ticket.Value{{ID: string(c), Norm: string(c)}} }
	steps := []ticket.Category{ticket.Backlog, ticket.Todo, ticket.Started, ticket.Todo, ticket.Started, ticket.Todo, ticket.Done}
	for i := range 6 {
		t.History = append(t.History, ticket.Change{ID: fmt.Sprint(i), At: ended.AddDate(0, 0, 4*(i-5)), Actor: who, Field: ticket.FieldStatus, From: value(steps[i]), To: value(steps[i+1])})
	}
	t.Normalise()
	return t
}
