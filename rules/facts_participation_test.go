package rules_test

import (
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
)

// visited is a world with one ticket in which many take part, each in their way.
func visited() rules.Test {
	return rules.Test{
		People: []rules.TestPerson{
			{ID: "vic", Role: "vp"}, {ID: "dee", Role: "designer"}, {ID: "bo", Member: true}, {ID: "ex", Role: "engineer", Until: "10 days ago"},
			{ID: "ada", Role: "engineer", Manager: "lee"}, {ID: "robo", Role: "engineer", Bot: true},
		},
		Accounts: map[string]string{"lee.phone": "lee"},
		Away:     []rules.TestAbsence{{Person: "lee", From: "5 days ago", To: "3 days ago", Delegate: "kit"}},
		Tickets: []rules.TestTicket{{
			Key: "PAY-1", Creator: "sam", Created: "20 days ago", Mentions: []string{"dana"}, Watchers: []string{"ex"}, Priority: "high",
			Changes: []rules.TestChange{
				{At: "12 days ago", By: "robo", Field: "label", To: "x"},
				{At: "9 days ago", By: "a stranger", Field: "status", To: "started"},
				{At: "8 days ago", By: "sam", Field: "assignee", To: "bo"},
				{At: "7 days ago", By: "sam", Field: "priority", To: "urgent"},
			},
			Comments: []rules.TestRemark{
				{At: "6 days ago", By: "dee"}, {At: "4 days ago", By: "kit"}, {At: "2 days ago", By: "kit"}, {At: "1 day ago", By: "lee.phone"}, {At: "12h ago", By: "ci"},
			},
		}},
	}
}

func TestWhoTookPart(t *testing.T) {
	for _, c := range []struct{ name, expression, want string }{
		{"in the order in which they first did, bots left out", "participants(ticket, now)", "sam, dana, ex, a stranger, bo and 3 more"},
		{"until a moment", "participants(ticket, ticket.created)", "sam, dana and ex"},
		{"product from the beginning", "side_took_part(ticket, 'product', ticket.created)", "yes"},
		{"leadership by a mention", "side_took_part(ticket, 'leadership', ticket.created)", "yes"},
		{"who watches is looked at as they are, and was an engineer until later", "side_took_part(ticket, 'engineering', now - duration('263h'))", "yes"},
		{"and is none any more", "side_took_part(ticket, 'engineering', now - duration('239h'))", "no"},
		{"a bot and a stranger are no engineers", "side_took_part(ticket, 'engineering', now - duration('193h'))", "no"},
		{"a member without a role is one", "side_took_part(ticket, 'engineering', now - duration('192h'))", "yes"},
		{"no side of that name", "side_took_part(ticket, 'sales', now)", "no"},
		{"a delegate counts while the EM is away, the EM from another account", "em_parts(ticket, ticket.created).map(m, string(now - m))", "345600s and 86400s"},
		{"later ones alone", "size(em_parts(ticket, now - duration('24h')))", "0"},
		{"who counted at the first moment", "em_took_part(ticket, now - duration('96h'), now - duration('25h'))", "yes"},
		{"who did no longer", "em_took_part(ticket, now - duration('71h'), now - duration('25h'))", "no"},
		{"up to and with the second", "em_took_part(ticket, now - duration('96h'), now - duration('24h'))", "yes"},
		{"after the first, not at it", "em_took_part(ticket, now - duration('24h'), now)", "no"},
		{"a comment is a reaction", "reacted(ticket, em_of(ticket, now), now - duration('24h'), now)", "yes"},
		{"within its bounds", "reacted(ticket, em_of(ticket, now), now - duration('23h'), now)", "no"},
		{"a change is one", "reacted(ticket, [ticket.creator], now - duration('168h'), now - duration('168h'))", "yes"},
		{"to be mentioned or assigned is none", "reacted(ticket, [ticket.assignee], ticket.created, now)", "no"},
		{"a comment at the moment", "commented_since(ticket, now - duration('24h'))", "yes"},
		{"a bot's does not count", "commented_since(ticket, now - duration('23h'))", "no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := tells(t, visited(), c.expression); got != c.want {
				t.Errorf("%s = %q, want %q", c.expression, got, c.want)
			}
		})
	}
}

func TestSidesAreThoseOfTheActAndOfTheEndWhereNobodyKnowsWhen(t *testing.T) {
	people := []rules.TestPerson{{ID: "ex", Role: "engineer", Until: "10 days ago"}}
	for _, c := range []struct {
		name string
		one  rules.TestTicket
		want string // nine days ago
	}{
		{"who created it was an engineer then", rules.TestTicket{Creator: "ex"}, "yes"},
		{"who commented was one then", rules.TestTicket{Creator: "sam", Comments: []rules.TestRemark{{At: "11 days ago", By: "ex"}}}, "yes"},
		{"who commented was none any more", rules.TestTicket{Creator: "sam", Comments: []rules.TestRemark{{At: "228h ago", By: "ex"}}}, "no"},
		{"who is mentioned in the description, nobody knows since when", rules.TestTicket{Creator: "sam", Mentions: []string{"ex"}}, "no"},
		{"who watches, nobody knows since when", rules.TestTicket{Creator: "sam", Watchers: []string{"ex"}}, "no"},
		{"who is mentioned in a comment was one then", rules.TestTicket{Creator: "sam", Comments: []rules.TestRemark{{At: "11 days ago", By: "sam", Mentions: []string{"ex"}}}}, "yes"},
		{"what came later hides nothing that came before", rules.TestTicket{Creator: "sam",
			Changes: []rules.TestChange{{At: "1 day ago", By: "sam", Field: "label", To: "x"}}, Comments: []rules.TestRemark{{At: "11 days ago", By: "mina"}}}, "yes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.one.Key = "PAY-1"
			got := tells(t, rules.Test{People: people, Tickets: []rules.TestTicket{c.one}}, "side_took_part(ticket, 'engineering', now - duration('216h'))")
			if got != c.want {
				t.Errorf("engineering took part: %s, want %s", got, c.want)
			}
		})
	}
}

func TestAWatchingEMTookPart(t *testing.T) {
	test := visited()
	test.Tickets[0].Watchers, test.Tickets[0].Comments = []string{"lee.phone"}, nil
	if got := tells(t, test, "em_took_part(ticket, now - duration('1h'), now)"); got != "yes" {
		t.Errorf("em_took_part = %q, want yes", got)
	}
	if got := tells(t, test, "size(em_parts(ticket, ticket.created))"); got != "0" {
		t.Errorf("em_parts = %q, want none: nobody knows since when", got)
	}
}

func TestWhoBelongsToATeam(t *testing.T) {
	for _, c := range []struct{ name, expression, want string }{
		{"a PM", "of_team(ticket.creator, ticket, now)", "yes"},
		{"a member", "of_team(ticket.assignee, ticket, now)", "yes"},
		{"who stands in, while they do", "of_team(ticket.comments[1].author, ticket, ticket.comments[1].at)", "yes"},
		{"and no longer", "of_team(ticket.comments[2].author, ticket, ticket.comments[2].at)", "no"},
		{"a stranger", "of_team(ticket.changes[1].actor, ticket, now)", "no"},
		{"two of one team", "teammates(ticket.creator, ticket.assignee, now)", "yes"},
		{"two of two", "teammates(ticket.assignee, ticket.comments[2].author, now)", "no"},
		{"who stands in is of the team", "teammates(ticket.assignee, ticket.comments[1].author, ticket.comments[1].at)", "yes"},
		{"strangers are of none", "teammates(ticket.changes[1].actor, ticket.changes[1].actor, now)", "no"},
		{"an EM manages their team", "manages_team(ticket.comments[3].author, ticket, now)", "yes"},
		{"one who is away and has a delegate still does", "manages_team(ticket.comments[3].author, ticket, ticket.comments[1].at)", "yes"},
		{"a PM manages nobody", "manages_team(ticket.creator, ticket, now)", "no"},
		{"a stranger neither", "manages_team(ticket.changes[1].actor, ticket, now)", "no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := tells(t, visited(), c.expression); got != c.want {
				t.Errorf("%s = %q, want %q", c.expression, got, c.want)
			}
		})
	}
}

func TestHalfOfATeamMakesADirectManager(t *testing.T) {
	reports := func(manager string, ids ...string) []rules.TestPerson {
		var out []rules.TestPerson
		for _, id := range ids {
			out = append(out, rules.TestPerson{ID: id, Role: "engineer", Member: true, Manager: manager})
		}
		return out
	}
	for _, c := range []struct {
		name   string
		people []rules.TestPerson
		want   string
	}{
		{"none of two", nil, "no"},
		{"one of three", reports("dana", "ada"), "no"},
		{"two of four", reports("dana", "ada", "bo"), "yes"},
		{"three of five report to somebody else", reports("vic", "ada", "bo", "cy"), "no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			test := rules.Test{People: append(c.people, rules.TestPerson{ID: "vic", Role: "vp"}), Tickets: []rules.TestTicket{{Key: "PAY-1", Creator: "dana"}}}
			if got := tells(t, test, "manages_team(ticket.creator, ticket, now)"); got != c.want {
				t.Errorf("manages the team: %s, want %s", got, c.want)
			}
		})
	}
}

func TestWhoLeftATeamIsNotCountedAmongItsMembers(t *testing.T) {
	left := org.Span{To: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	to := func(manager string) []org.Line { return []org.Line{{Manager: manager}} }
	dir, mistakes := org.New([]org.Person{
		{ID: "dana", Name: "dana", Accounts: map[string][]string{"jira": {"dana"}}}, {ID: "lee"},
		{ID: "ada", Managers: to("lee")}, {ID: "bo", Managers: to("lee")}, {ID: "cy", Managers: to("dana")},
	}, []org.Team{{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}}, EMs: []org.Seat{{Person: "lee"}},
		Members: []org.Seat{{Person: "ada", Span: left}, {Person: "bo", Span: left}, {Person: "cy"}}}}, nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	work, _, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Creator: "dana", Created: "2026-09-20"}}})
	for when, want := range map[string]string{
		"manages_team(ticket.creator, ticket, now)":            "looks PAY-1",
		"manages_team(ticket.creator, ticket, ticket.created)": "",
	} {
		r := parse(t, scoped("ticket", when, ""))
		if got := noticed(check(t, book(t, []rules.Rule{r}), work, dir, now)); got != want {
			t.Errorf("%s: noticed %q, want %q", when, got, want)
		}
	}
}

func TestATeamWithoutMembersIsNobodysByItsMembers(t *testing.T) {
	test := rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Creator: "dana"}}}
	work, _, now := build(t, test)
	dir, mistakes := org.New([]org.Person{{ID: "dana", Accounts: map[string][]string{"jira": {"dana"}}}},
		[]org.Team{{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}}}}, nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	r := parse(t, scoped("ticket", "manages_team(ticket.creator, ticket, now)", ""))
	if got := noticed(check(t, book(t, []rules.Rule{r}), work, dir, now)); got != "" {
		t.Errorf("noticed %q, want nothing", got)
	}
}

func TestWorkIsWorkedOnByTheTeam(t *testing.T) {
	people := []rules.TestPerson{
		{ID: "vic", Role: "director"}, {ID: "ada", Role: "engineer", Member: true, Manager: "vic"}, {ID: "bo", Role: "engineer", Manager: "lee"},
		{ID: "cy", Role: "engineer", Manager: "kit"}, {ID: "robo", Bot: true, Member: true},
	}
	started := rules.TestChange{At: "3 days ago", By: "sam", Field: "status", To: "started"}
	by := func(who string) rules.TestChange {
		return rules.TestChange{At: "3 days ago", By: who, Field: "status", To: "started"}
	}
	for _, c := range []struct {
		name    string
		one     rules.TestTicket
		changes []rules.TestChange
		want    string
	}{
		{"nobody has begun", rules.TestTicket{Assignee: "mina"}, nil, "no"},
		{"a member has it, who reports to somebody else", rules.TestTicket{Assignee: "ada"}, []rules.TestChange{started}, "yes"},
		{"somebody has it who reports to its EM", rules.TestTicket{Assignee: "bo"}, []rules.TestChange{started}, "yes"},
		{"somebody has it who reports to another", rules.TestTicket{Assignee: "cy"}, []rules.TestChange{started}, "no"},
		{"its EM has it", rules.TestTicket{Assignee: "lee"}, []rules.TestChange{started}, "yes"},
		{"its PM has it", rules.TestTicket{Assignee: "sam"}, []rules.TestChange{started}, "no"},
		{"a bot among its members has it", rules.TestTicket{Assignee: "robo"}, []rules.TestChange{started}, "no"},
		{"a stranger has it", rules.TestTicket{Assignee: "a stranger"}, []rules.TestChange{started}, "no"},
		{"a member began it", rules.TestTicket{}, []rules.TestChange{by("mina")}, "yes"},
		{"somebody of another team began it", rules.TestTicket{}, []rules.TestChange{by("ola")}, "no"},
		{"a member did something else", rules.TestTicket{}, []rules.TestChange{started, {At: "2 days ago", By: "mina", Field: "status", To: "done"}}, "no"},
		{"a member created it under way", rules.TestTicket{Category: "started", Creator: "mina"}, nil, "yes"},
		{"the PM created it under way", rules.TestTicket{Category: "started", Creator: "sam"}, nil, "no"},
		{"no team owns it", rules.TestTicket{Category: "started", Creator: "mina", Assignee: "mina", Nobodys: true}, nil, "no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			test := lived(c.one, c.changes...)
			test.People = people
			if got := tells(t, test, "ticket.worked_on_by_team"); got != c.want {
				t.Errorf("worked on by the team: %s, want %s", got, c.want)
			}
		})
	}
}

func TestWhenWorkBeganAndSinceWhenItPresses(t *testing.T) {
	for _, c := range []struct {
		name    string
		one     rules.TestTicket
		changes []rules.TestChange
		began   string // hours ago
		presses string
	}{
		{"not begun", rules.TestTicket{Assignee: "mina", Priority: "urgent"}, nil, "none", "720"},
		{"created under way in somebody's hands", rules.TestTicket{Assignee: "mina", Category: "started", Priority: "urgent"}, nil, "720", "720"},
		{"started after it was assigned", rules.TestTicket{Assignee: "mina", Priority: "urgent"}, []rules.TestChange{{At: "9h ago", By: "mina", Field: "status", To: "started"}}, "9", "9"},
		{"assigned after it was started", rules.TestTicket{Priority: "urgent"}, []rules.TestChange{
			{At: "9h ago", By: "mina", Field: "status", To: "started"}, {At: "7h ago", By: "mina", Field: "assignee", To: "jo"}, {At: "6h ago", By: "mina", Field: "assignee", To: "mina"}}, "7", "7"},
		{"assigned to a bot first", rules.TestTicket{Assignee: "ci", Category: "started", Priority: "urgent"}, []rules.TestChange{{At: "5h ago", By: "mina", Field: "assignee", To: "jo"}}, "5", "5"},
		{"never assigned", rules.TestTicket{Priority: "urgent"}, []rules.TestChange{{At: "9h ago", By: "mina", Field: "status", To: "started"}}, "9", "9"},
		{"urgent later", rules.TestTicket{Category: "started"}, []rules.TestChange{{At: "9h ago", By: "mina", Field: "priority", To: "urgent"}}, "720", "9"},
		{"urgent, then not, then again", rules.TestTicket{Category: "started", Priority: "urgent"}, []rules.TestChange{
			{At: "9h ago", By: "mina", Field: "priority", To: "low"}, {At: "3h ago", By: "mina", Field: "priority", To: "urgent"}}, "720", "3"},
		{"from one of the words to another", rules.TestTicket{Category: "started", Priority: "high"}, []rules.TestChange{{At: "9h ago", By: "mina", Field: "priority", To: "urgent"}}, "720", "720"},
	} {
		t.Run(c.name, func(t *testing.T) {
			test := lived(c.one, c.changes...)
			if got := tells(t, test, "has(ticket.work_began) ? string((now - ticket.work_began).getHours()) : 'none'"); got != c.began {
				t.Errorf("work began %s hours ago, want %s", got, c.began)
			}
			if got := tells(t, test, "(now - ticket.pressing_since(['Urgent', 'high'])).getHours()"); got != c.presses {
				t.Errorf("it presses since %s hours ago, want %s", got, c.presses)
			}
		})
	}
}
