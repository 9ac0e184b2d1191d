package rules_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// table is where the parts of a check lie for one another.
type table struct {
	sync.Mutex
	rounds map[string]*round
}

type round struct {
	told [][]byte
	open chan struct{} // closed once all have told
	left int
}

// partAt is a part of a check at a table. It is shown every n-th of the work.
type partAt struct {
	*ruletest.Memory
	at    *table
	share rules.Share
}

func (p *partAt) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		i := 0
		for t, err := range p.Memory.Tickets(ctx) {
			if i++; i/3%p.share.Of == p.share.Part && !yield(t, err) {
				return
			}
		}
	}
}

func (p *partAt) Named(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for _, id := range ids {
			if !yield(p.Ticket(ctx, source, ticket.Ref{ID: id})) {
				return
			}
		}
	}
}

func (p *partAt) Swap(ctx context.Context, name string, told []byte) ([][]byte, error) {
	p.at.Lock()
	r := p.at.rounds[name]
	if r == nil {
		r = &round{told: make([][]byte, p.share.Of), open: make(chan struct{}), left: p.share.Of}
		p.at.rounds[name] = r
	}
	r.told[p.share.Part] = told
	if r.left--; r.left == 0 {
		close(r.open)
	}
	p.at.Unlock()
	select {
	case <-r.open:
		all := slices.Clone(r.told)
		all[p.share.Part] = nil
		return all, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inPieces is Check in so many pieces, each sent and received.
func inPieces(t *testing.T, b *rules.Book, m *ruletest.Memory, dir *org.Directory, now time.Time, n int) rules.Outcome {
	t.Helper()
	all := make([]rules.Piece, n)
	at := &table{rounds: map[string]*round{}}
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			one := &partAt{m, at, rules.Share{Part: i, Of: n}}
			p, err := b.CheckShare(t.Context(), one, dir, now, rules.Share{Part: i, Of: n, Others: one})
			if err != nil {
				t.Error(err)
				return
			}
			body, err := json.Marshal(p.Sent())
			if err != nil {
				t.Error(err)
			}
			var got rules.SentPiece
			if err := json.Unmarshal(body, &got); err != nil {
				t.Error(err)
			}
			all[i] = got.Received()
		})
	}
	running.Wait()
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
