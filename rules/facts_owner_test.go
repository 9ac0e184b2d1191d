package rules_test

import (
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// The end of the day is that of the team: at 23:30 in Berlin a ticket due that
// day is not overdue yet, in London it is half past ten, in Auckland the next
// day has begun.
func TestTheDueDayEndsWhereTheTeamIs(t *testing.T) {
	now := time.Date(2026, 11, 16, 22, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{"Europe/Berlin": "", "Europe/London": "", "Pacific/Auckland": "looks PAY-1", "Europe/Kyiv": "looks PAY-1"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		dir, mistakes := org.New(nil, []org.Team{{ID: "payments", Location: loc, Owns: org.Ownership{JiraProjects: []string{"PAY"}}}}, nil)
		if mistakes != nil {
			t.Fatal(mistakes)
		}
		work := &ruletest.Memory{Work: []ticket.Ticket{{Source: "jira", Tracker: "jira", ID: "1", Key: "PAY-1", Project: "PAY", Category: ticket.Todo, Due: "2026-11-16", Created: now.Add(-time.Hour)}}}
		r := parse(t, scoped("ticket", "ticket.overdue", ""))
		if got := noticed(check(t, book(t, []rules.Rule{r}), work, dir, now)); got != want {
			t.Errorf("%s: noticed %q, want %q", zone, got, want)
		}
	}
}

func TestADirectoryThatKnowsNobodyTellsNoStrangers(t *testing.T) {
	now := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	work := &ruletest.Memory{Work: []ticket.Ticket{
		{Source: "jira", Tracker: "jira", ID: "1", Key: "PAY-1", Project: "PAY", Category: ticket.Started, Assignee: ticket.Account{ID: "mina"}, Created: now.Add(-time.Hour)},
		{Source: "jira", Tracker: "jira", ID: "2", Key: "PAY-2", Project: "PAY", Category: ticket.Started, Assignee: ticket.Account{ID: "robo", Bot: true}, Created: now.Add(-time.Hour)},
	}}
	for _, c := range []struct {
		name   string
		people []org.Person
		want   string
	}{
		{"a directory without people", nil, ""},
		{"one that knows somebody else", []org.Person{{ID: "jo", Name: "Jo"}}, "no-accountable-owner PAY-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, mistakes := org.New(c.people, nil, nil)
			if mistakes != nil {
				t.Fatal(mistakes)
			}
			if got := noticed(check(t, book(t, named(t, "no-accountable-owner")), work, dir, now)); got != c.want {
				t.Errorf("noticed %q, want %q", got, c.want)
			}
		})
	}
}

// named are the rules of the catalog with these ids.
func named(t testing.TB, ids ...string) []rules.Rule {
	t.Helper()
	var out []rules.Rule
	for _, r := range catalog(t) {
		for _, id := range ids {
			if r.ID == id {
				out = append(out, r)
			}
		}
	}
	return out
}

func TestSinceWhenAndByWhomATicketIsLookedAfter(t *testing.T) {
	test := rules.Test{
		People: []rules.TestPerson{{ID: "robo", Bot: true}},
		Tickets: []rules.TestTicket{
			{Key: "PAY-1", Category: "started", Created: "2026-11-01 09:00", Assignee: "mina"},
			{Key: "PAY-2", Created: "2026-11-01 09:00", Changes: []rules.TestChange{
				{At: "2026-11-02 09:00", By: "jo", Field: "status", To: "started"}, {At: "2026-11-03 09:00", By: "jo", Field: "status", To: "todo"},
				{At: "2026-11-04 09:00", By: "jo", Field: "status", To: "started"}, {At: "2026-11-05 09:00", By: "lee", Field: "assignee", To: "jo"},
			}},
			{Key: "PAY-3", Category: "started", Started: "2026-11-07 09:00", Created: "2026-11-01 09:00"},
			{Key: "PAY-4", Created: "2026-11-01 09:00", Assignee: "jo", Comments: []rules.TestRemark{
				{At: "2026-11-06 09:00", By: "jo"}, {At: "2026-11-07 09:00", By: "mina"}, {At: "2026-11-08 09:00", By: "robo"},
			}, Changes: []rules.TestChange{{At: "2026-11-05 09:00", By: "jo", Field: "description", To: "90"}, {At: "2026-11-09 09:00", By: "ci", Field: "title", To: "x"}}},
		},
	}
	work, dir, now := build(t, test)
	for _, c := range []struct{ name, when, want string }{
		{"in flight since it was created so", "ticket.in_flight_since == timestamp('2026-11-01T09:00:00Z')", "looks PAY-1"},
		{"in flight since it was taken up again", "ticket.in_flight_since == timestamp('2026-11-04T09:00:00Z')", "looks PAY-2"},
		{"in flight since the tracker says, where history is silent", "ticket.in_flight_since == timestamp('2026-11-07T09:00:00Z')", "looks PAY-3"},
		{"not in flight", "!has(ticket.in_flight_since)", "looks PAY-4"},
		{"owned since it was created", "ticket.owned_since == ticket.created", "looks PAY-1, looks PAY-4"},
		{"owned since it was assigned", "ticket.owned_since == timestamp('2026-11-05T09:00:00Z')", "looks PAY-2"},
		{"nobody's", "!has(ticket.owned_since) && !has(ticket.owner_wrote)", "looks PAY-3"},
		{"the owner's last comment", "ticket.owner_wrote == timestamp('2026-11-06T09:00:00Z')", "looks PAY-4"},
		{"moved last by a person's comment", "ticket.last_moved == timestamp('2026-11-07T09:00:00Z')", "looks PAY-4"},
		{"never moved since it was created", "ticket.last_moved == ticket.created", "looks PAY-1, looks PAY-3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := noticed(check(t, book(t, []rules.Rule{parse(t, scoped("ticket", c.when, ""))}), work, dir, now)); !sameWords(got, c.want) {
				t.Errorf("noticed %q, want %q", got, c.want)
			}
		})
	}
}
