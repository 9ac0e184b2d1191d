package rules_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// oneByOne is work that finds tickets one by one alone, so that nothing is judged
// before all was read.
type oneByOne struct{ rules.Work }

// counted is work that counts how often all of it is read, and what is read again.
type counted struct {
	*ruletest.Memory
	whole, again atomic.Int64
	gone         []string // what is not found again
}

func (c *counted) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	c.whole.Add(1)
	return c.Memory.Tickets(ctx)
}

func (c *counted) TicketsByID(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error] {
	c.again.Add(int64(len(ids)))
	return c.Memory.TicketsByID(ctx, source, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(c.gone, id) }))
}

func TestWorkIsJudgedTheSameWhileItIsReadAndAfterwards(t *testing.T) {
	by(t, 4)
	all := book(t, catalog(t), everyRuleOn(t)...)
	seeds := uint64(30)
	if testing.Short() {
		seeds = 6
	}
	noticed := 0
	for seed := range seeds {
		c := chance{rand.New(rand.NewPCG(seed, 33))}
		work, dir, now := build(t, c.world())
		for _, b := range []*rules.Book{all, book(t, oddRules(t, c))} {
			want := check(t, b, oneByOne{work}, dir, now)
			noticed += len(want.Seen)
			sameOutcome(t, seed, "while it is read", want, check(t, b, work, dir, now))
			var m rules.Memory
			got, err := b.CheckAgain(t.Context(), work, dir, now, &m, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			sameOutcome(t, seed, "and remembered", want, got)
			if len(want.Stopped) == 0 {
				same(t, 2, inPieces(t, b, work, dir, now, 2), want)
			}
		}
	}
	if noticed == 0 {
		t.Error("nothing was noticed: nothing is compared")
	}
}

// sameOutcome compares what is told; why rules stopped is told in words.
func sameOutcome(t *testing.T, seed uint64, how string, want, got rules.Outcome) {
	t.Helper()
	for rule, err := range want.Stopped {
		if got.Stopped[rule] == nil || got.Stopped[rule].Error() != err.Error() {
			t.Fatalf("seed %d, judged %s: %s stopped by %v, want %v", seed, how, rule, got.Stopped[rule], err)
		}
	}
	if !reflect.DeepEqual(got.Seen, want.Seen) || !reflect.DeepEqual(got.Flights, want.Flights) || got.Tickets != want.Tickets || len(got.Stopped) != len(want.Stopped) {
		t.Fatalf("seed %d, judged %s:\n%s", seed, how, differ(got, want))
	}
}

func TestWorkIsReadOnceWhereItsTicketsAreAllThatIsAskedFor(t *testing.T) {
	memory, dir, now := load(t, 3000)
	work := &counted{Memory: memory}
	r := parse(t, scoped("ticket", "ticket.category == 'started' && ticket.kind == 'feature'", ""))
	if out := check(t, book(t, []rules.Rule{r}), work, dir, now); len(out.Seen) == 0 {
		t.Error("nothing was noticed")
	}
	if whole, again := work.whole.Load(), work.again.Load(); whole != 1 || again != 0 {
		t.Errorf("all was read %d times and %d tickets once more", whole, again)
	}
}

// What asks of most tickets what only all of them tell is not worth judging early.
func TestWorkIsReadTwiceWhereMostOfItWaitsForTheRest(t *testing.T) {
	memory, dir, now := load(t, 12_000)
	r := parse(t, scoped("ticket", "ticket.parts > 3", ""))
	b := book(t, []rules.Rule{r})
	want := check(t, b, oneByOne{memory}, dir, now)
	var m rules.Memory
	for how, look := range map[string]func(rules.Work) (rules.Outcome, error){
		"by itself": func(w rules.Work) (rules.Outcome, error) { return b.Check(t.Context(), w, dir, now) },
		"remembered": func(w rules.Work) (rules.Outcome, error) {
			return b.CheckAgain(t.Context(), w, dir, now, &m, nil, false)
		},
	} {
		work := &counted{Memory: memory}
		got, err := look(work)
		if err != nil || len(got.Seen) == 0 {
			t.Fatal(err, len(got.Seen))
		}
		sameOutcome(t, 0, how, want, got)
		if whole, again := work.whole.Load(), work.again.Load(); whole != 3 || again != 0 {
			t.Errorf("%s: all was read %d times, want one that was given up and two; %d tickets once more", how, whole, again)
		}
	}
	same(t, 2, inPieces(t, b, memory, dir, now, 2), want)
}

// A ticket that is gone when its turn comes is looked at again by the next evaluation,
// which may find it.
func TestATicketThatIsGoneWhenItsTurnComesIsLookedAtTheNextTime(t *testing.T) {
	memory, dir, now := load(t, 400)
	r := parse(t, scoped("ticket", "ticket.parts > 3", ""))
	b := book(t, []rules.Rule{r})
	want := check(t, b, oneByOne{memory}, dir, now)
	if len(want.Seen) == 0 {
		t.Fatal("nothing was noticed")
	}
	work := &counted{Memory: memory, gone: []string{want.Seen[0].Subject.ID}}
	var m rules.Memory
	first, err := b.CheckAgain(t.Context(), work, dir, now, &m, nil, false)
	if err != nil || len(first.Seen) != len(want.Seen)-1 {
		t.Fatalf("%d were noticed without the ticket, want one less than %d: %v", len(first.Seen), len(want.Seen), err)
	}
	work.gone = nil
	next, err := b.CheckAgain(t.Context(), work, dir, now, &m, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	sameOutcome(t, 0, "again", want, next)
	if work.whole.Load() != 1 {
		t.Errorf("all was read %d times", work.whole.Load())
	}
}

// together is work of one team in which every answer below depends on other tickets.
func together(t *testing.T) (*ruletest.Memory, *org.Directory, time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	people := []org.Person{{ID: "mina", Name: "Mina", Emails: []string{"mina@acme.example"}}, {ID: "jo", Name: "Jo", Accounts: map[string][]string{"jira": {"jo"}}}}
	dir, mistakes := org.New(people, []org.Team{{
		ID: "payments", Name: "Payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}},
		Rituals: []org.Ritual{{Name: "retro", Every: 24 * time.Hour, Evidence: org.Trace{Label: "retro"}}},
	}}, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	m := &ruletest.Memory{Planned: []ticket.Sprint{
		{Source: "jira", ID: "7", Name: "Sprint 7", State: ticket.SprintActive, Start: now.AddDate(0, 0, -3), End: now.AddDate(0, 0, 11)},
		{Source: "jira", ID: "8", Name: "Sprint 8", State: ticket.SprintFuture, Start: now.AddDate(0, 0, 12), End: now.AddDate(0, 0, 26)},
	}}
	for n := range 60 {
		one := ticket.Ticket{
			Source: "jira", Tracker: "jira", ID: fmt.Sprint(n), Key: fmt.Sprintf("PAY-%d", n), Title: "Refunds", Project: "PAY", Kind: ticket.Feature,
			Category: ticket.Started, Created: now.AddDate(0, 0, -20).Add(time.Duration(n) * time.Second), Started: now.AddDate(0, 0, -9), Updated: now,
			Creator: ticket.Account{ID: "jo", Name: "Jo"}, Assignee: ticket.Account{ID: "m", Name: "M"}, Parent: ticket.Ref{ID: fmt.Sprint((n + 1) % 60)},
		}
		switch n % 3 {
		case 1:
			one.Category, one.Resolved, one.Labels, one.Parent = ticket.Done, now.AddDate(0, 0, -2), []string{"retro"}, ticket.Ref{}
			one.Containers = []ticket.Ref{{ID: fmt.Sprint(n + 1)}}
		case 2:
			one.Sprints = []string{fmt.Sprint(7 + n/3%2)}
		}
		if n == 59 { // the last alone tells
			one.Assignee.Email = "mina@acme.example"
		}
		for c := range 5 {
			one.History = append(one.History, ticket.Change{ID: fmt.Sprint(c), At: now.AddDate(0, 0, -1).Add(time.Duration(n) * time.Second), Actor: ticket.Account{ID: "jo", Name: "Jo"}, Field: ticket.FieldLabel, To: []ticket.Value{{ID: "x", Text: "x"}}})
		}
		one.Normalise()
		m.Work = append(m.Work, one)
	}
	return m, dir, now
}

func TestWhatOnlyAllWorkTellsIsWaitedFor(t *testing.T) {
	memory, dir, now := together(t)
	for _, c := range []struct{ name, scope, when, more string }{
		{"what a team finished", "ticket", "has(ticket.team) && size(ticket.team.finished(duration('700h'))) > 2", ""},
		{"what a team did not finish", "ticket", "has(ticket.team) && size(ticket.team.finished(duration('700h'))) > 2 || ticket.key == 'PAY-3'", ""},
		{"the sprints of a team", "ticket", "has(ticket.team) && size(ticket.team.sprints) > 1", ""},
		{"what a team plans", "ticket", "has(ticket.team) && ticket.team.plans.exists(p, p.kind == 'sprint')", ""},
		{"what a team meets for", "ticket", "has(ticket.team) && ticket.team.rituals.exists(r, has(r.last))", ""},
		{"what a sprint holds", "ticket", "ticket.sprints.exists(s, size(s.tickets) > 3)", ""},
		{"since when it is in no sprint", "ticket", "has(ticket.outside_sprint_since)", ""},
		{"whose account it is by an address", "ticket", "has(ticket.assignee) && ticket.assignee.known", ""},
		{"that an account is not somebody's", "ticket", "has(ticket.assignee) && !ticket.assignee.known || ticket.key == 'PAY-3'", ""},
		{"changes in bulk", "change", "change.field == 'label' && in_bulk(ticket, change.at, 40)", "window: duration('400h')\nbulk_changes: \"1000\"\n"},
		{"a change by hand", "change", "change.field == 'label'", "window: duration('400h')\nbulk_changes: \"1000\"\n"},
		{"children", "ticket", "size(ticket.children) > 0", ""},
		{"parts", "ticket", "ticket.parts > 0", ""},
		{"something delivered", "ticket", "ticket.delivered", ""},
		{"groups told by the address of an account", "ticket", "ticket.in_flight", "group_by: ticket.team\nhaving: tickets.exists(t, t.assignee.known)\n"},
		{"groups told by what stands below", "ticket", "ticket.in_flight", "group_by: ticket.team\nhaving: tickets.exists(t, t.parts > 0)\n"},
		{"groups of some alone", "ticket", "ticket.in_flight && (ticket.title == 'x' || ticket.parts > 0)", "group_by: ticket.team\nhaving: size(tickets) > 3\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := book(t, []rules.Rule{parse(t, scoped(c.scope, c.when, c.more))})
			want := check(t, b, oneByOne{memory}, dir, now)
			if len(want.Seen) == 0 {
				t.Fatal("nothing was noticed")
			}
			work := &counted{Memory: memory}
			sameOutcome(t, 0, "while it is read", want, check(t, b, work, dir, now))
			var m rules.Memory
			got, err := b.CheckAgain(t.Context(), work, dir, now, &m, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			sameOutcome(t, 0, "and remembered", want, got)
			same(t, 3, inPieces(t, b, memory, dir, now, 3), want)
		})
	}
}

// A rule that stops every time costs one reading that is given up, and no memory is made
// in vain.
func TestWorkIsReadInOrderOnceARuleStops(t *testing.T) {
	memory, dir, now := load(t, 400)
	b := book(t, []rules.Rule{parse(t, scoped("ticket", `ticket.labels[5] == "x"`, ""))})
	want := check(t, b, oneByOne{memory}, dir, now)
	if len(want.Stopped) != 1 {
		t.Fatalf("stopped %v, want one rule", want.Stopped)
	}
	work := &counted{Memory: memory}
	var m rules.Memory
	got, err := b.CheckAgain(t.Context(), work, dir, now, &m, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	sameOutcome(t, 0, "by a rule that stops", want, got)
	if whole := work.whole.Load(); whole != 3 {
		t.Errorf("all was read %d times, want one that was given up and two", whole)
	}
}
