package rules_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// inPieces is Check in so many pieces, each sent and received.
func inPieces(t *testing.T, b *rules.Book, w rules.Work, dir *org.Directory, now time.Time, n int) rules.Outcome {
	t.Helper()
	var all []rules.Piece
	for i := range n {
		p, err := b.CheckShare(context.Background(), w, dir, now, rules.Share{Part: i, Of: n})
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(p.Sent())
		if err != nil {
			t.Fatal(err)
		}
		var got rules.SentPiece
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		all = append(all, got.Received())
	}
	return rules.Joined(all)
}

// manyTeams is work of so many teams, with epics and goals that several share.
func manyTeams(teams, tickets int) (*ruletest.Memory, *org.Directory, time.Time) {
	now := time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)
	var all []org.Team
	for i := range teams {
		all = append(all, org.Team{ID: fmt.Sprintf("team-%02d", i), Owns: org.Ownership{JiraProjects: []string{fmt.Sprint("P", i)}}, EMs: []org.Seat{{Person: "lee"}}})
	}
	people := []org.Person{{ID: "lee", Emails: []string{"lee@acme.example"}}, {ID: "dana", Emails: []string{"dana@acme.example"}, Roles: []org.Tenure{{Role: org.Director}}}}
	dir, mistakes := org.New(people, all, nil)
	if mistakes != nil {
		panic(mistakes)
	}
	m := &ruletest.Memory{}
	kinds := []ticket.Kind{ticket.Feature, ticket.Bug, ticket.Task, ticket.Feature}
	for i := range tickets {
		project := fmt.Sprint("P", i%(teams+1)) // the last is nobody's
		created := now.Add(-time.Duration(20+i%40) * 24 * time.Hour)
		one := ticket.Ticket{
			Source: "jira", Tracker: "jira", ID: fmt.Sprintf("%05d", i), Key: fmt.Sprint(project, "-", i), Project: project, Kind: kinds[i%4],
			Title: "Bulk export of refunds", Status: "In Progress", Category: ticket.Started, Created: created, Updated: created.Add(24 * time.Hour),
			Assignee: ticket.Account{ID: "u1", Email: "lee@acme.example"}, Sprints: []string{fmt.Sprint(i % 3)},
		}
		if i%10 == 0 {
			one.Kind = ticket.Container
		} else {
			at := i / 10 * 10
			one.Parent = ticket.Ref{ID: fmt.Sprintf("%05d", at)}
		}
		one.Normalise()
		m.Work = append(m.Work, one)
	}
	for i := range 3 {
		m.Planned = append(m.Planned, ticket.Sprint{Source: "jira", ID: fmt.Sprint(i), Name: fmt.Sprint("Sprint ", i), State: "active", Start: now.Add(-7 * 24 * time.Hour), End: now.Add(7 * 24 * time.Hour)})
	}
	return m, dir, now
}

func TestACheckInPiecesIsTheCheckAsAWhole(t *testing.T) {
	work, dir, now := manyTeams(7, 400)
	b := book(t, catalog(t))
	whole, err := b.Check(t.Context(), work, dir, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Seen) < 20 {
		t.Fatalf("only %d findings: the test shows nothing", len(whole.Seen))
	}
	for n := 1; n <= 5; n++ {
		got := inPieces(t, b, work, dir, now, n)
		same(t, n, got, whole)
	}
}

func TestAnyCheckInPiecesIsTheCheckAsAWhole(t *testing.T) {
	b := book(t, catalog(t))
	for seed := range uint64(40) {
		c := chance{rand.New(rand.NewPCG(seed, 20))}
		work, dir, now := build(t, c.world())
		whole, err := b.Check(t.Context(), work, dir, now)
		if err != nil {
			t.Fatal(err)
		}
		same(t, 3, inPieces(t, b, work, dir, now, 3), whole)
	}
}

// same wants the same outcome in all that anybody reads of it.
func same(t *testing.T, n int, got, want rules.Outcome) {
	t.Helper()
	if !reflect.DeepEqual(got.Seen, want.Seen) || got.Tickets != want.Tickets || !reflect.DeepEqual(got.Flights, want.Flights) {
		t.Errorf("in %d pieces: %d findings, %d tickets, flights %v; want %d, %d, %v", n, len(got.Seen), got.Tickets, got.Flights, len(want.Seen), want.Tickets, want.Flights)
	}
	if len(got.Stopped) != len(want.Stopped) {
		t.Errorf("in %d pieces: stopped %v, want %v", n, got.Stopped, want.Stopped)
	}
	for rule, err := range want.Stopped {
		if s := got.Stopped[rule]; s == nil || s.Error() != err.Error() {
			t.Errorf("in %d pieces: %s stopped with %v, want %v", n, rule, s, err)
		}
	}
	told := func(s *finding.Seen) bool { return s.Rule > "m" }
	got.CountClear(told)
	want.CountClear(told)
	if !reflect.DeepEqual(got.Flights, want.Flights) {
		t.Errorf("in %d pieces, of some rules: flights %v, want %v", n, got.Flights, want.Flights)
	}
}

// A rule that stops in several pieces says the first place, as it does in one.
func TestARuleThatStopsInAPieceStopsAsAWhole(t *testing.T) {
	work, dir, now := manyTeams(7, 400)
	b := book(t, append(catalog(t), parse(t, small(`ticket.labels[5] == "x"`))))
	whole, err := b.Check(t.Context(), work, dir, now)
	if err != nil || len(whole.Stopped) != 1 {
		t.Fatalf("stopped %v, %v, want one rule", whole.Stopped, err)
	}
	for n := 2; n <= 5; n++ {
		same(t, n, inPieces(t, b, work, dir, now, n), whole)
	}
}

func TestAFaultOfTheStoreEndsAPiece(t *testing.T) {
	work, dir, now := manyTeams(2, 10)
	fault := errors.New("the line is cut")
	if _, err := book(t, catalog(t)).CheckShare(t.Context(), broken{Memory: work, all: fault}, dir, now, rules.Share{Part: 1, Of: 2}); !errors.Is(err, fault) {
		t.Errorf("err = %v, want %v", err, fault)
	}
}
