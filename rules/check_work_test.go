package rules_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
)

// shipped is one rule of the catalog.
func shipped(t testing.TB, id string) rules.Rule {
	t.Helper()
	for _, r := range catalog(t) {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("the catalog holds no %s", id)
	return rules.Rule{}
}

// Every test of every rule is looked at once more, with its work the other way
// round.
func TestTheVerdictsOfTheCatalogDoNotDependOnTheOrderOfTickets(t *testing.T) {
	for _, r := range catalog(t) {
		for i := range r.Tests {
			test := &r.Tests[i]
			work, dir, now, err := ruletest.Build(test)
			if err != nil {
				t.Fatalf("%s, %s: %v", r.ID, test.Name, err)
			}
			b := book(t, []rules.Rule{r}, rules.Agreement{Rule: r.ID, Settings: test.Settings})
			want := check(t, b, work, dir, now)
			reversed := &ruletest.Memory{Work: slices.Clone(work.Work), Planned: slices.Clone(work.Planned)}
			slices.Reverse(reversed.Work)
			slices.Reverse(reversed.Planned)
			if got := check(t, b, reversed, dir, now); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s:\n%+v\nand the other way round\n%+v", r.ID, test.Name, want.Seen, got.Seen)
			}
		}
	}
}

func TestAFindingAboutAnAreaNamesNobody(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{
		{Key: "PAY", Copies: 9, Components: []string{"Refunds"}, Assignee: "mina", Creator: "jo", Category: "done", Resolved: "3 days ago"},
	}})
	out := check(t, book(t, []rules.Rule{shipped(t, "single-point-of-failure")}), work, dir, now)
	if len(out.Seen) != 2 {
		t.Fatalf("noticed %s, want the component and the project", noticed(out))
	}
	for _, s := range out.Seen {
		words := s.Reason + s.Ask + s.Promise
		for _, e := range s.Evidence {
			words += e.Fact + e.Value
		}
		for _, name := range []string{"mina", "jo"} {
			if strings.Contains(strings.ToLower(words), name) {
				t.Errorf("%q names %s", words, name)
			}
		}
	}
}

func TestWhatIsToldOfATimeThatPassesAgesOutWithIt(t *testing.T) {
	test := rules.Test{
		Sprints: []rules.TestSprint{{ID: "8", Name: "Sprint 8", State: "future", Start: "in 1 day", Team: "payments"}},
		Away:    []rules.TestAbsence{{Person: "lee", From: "2 days ago", To: "in 5 days"}},
		Tickets: []rules.TestTicket{{Key: "PAY-1", Category: "started"}},
	}
	work, dir, now := build(t, test)
	for rule, want := range map[string]time.Time{"planning-snuck-up": now.AddDate(0, 0, 1), "absence-without-cover": now.AddDate(0, 0, 5)} {
		out := check(t, book(t, []rules.Rule{shipped(t, rule)}), work, dir, now)
		if len(out.Seen) != 1 || !out.Seen[0].Expires.Equal(want) {
			t.Errorf("%s: seen %+v, want one finding until %s", rule, out.Seen, want)
		}
	}
}

func TestATeamThatIsNoMoreIsNotLookedAt(t *testing.T) {
	_, _, now := build(t, rules.Test{})
	ended := now.AddDate(0, 0, -1)
	dir, mistakes := org.New(nil, []org.Team{
		{ID: "core", Name: "Core", Existed: org.Span{To: ended}}, {ID: "payments", Name: "Payments", Existed: org.Span{From: ended}},
	}, nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	b := book(t, []rules.Rule{parse(t, scoped("team", "true", ""))})
	if got := noticed(check(t, b, &ruletest.Memory{}, dir, now)); got != "looks Payments" {
		t.Errorf("now: noticed %q", got)
	}
	if got := noticed(check(t, b, &ruletest.Memory{}, dir, ended.Add(-time.Second))); got != "looks Core" {
		t.Errorf("before: noticed %q", got)
	}
}

func TestFactsAboutTheWorkOfATeam(t *testing.T) {
	work, dir, now := build(t, rules.Test{
		Rituals: []rules.TestRitual{{Name: "retro", Every: "2 weeks", Label: "retro", Title: "retrospective", Update: true, Calendar: true}},
		Sprints: []rules.TestSprint{{ID: "7", Name: "Sprint 7", State: "active", Team: "payments"}, {ID: "8", Name: "Sprint 8", State: "future", Team: "payments"}},
		Tickets: []rules.TestTicket{
			{Key: "PAY-9", Kind: "goal", Due: "2026-12-31"},
			{Key: "PAY-1", Kind: "container", Category: "started", Parent: "PAY-9", Assignee: "mina", Labels: []string{"2027-Q1"}},
			{Key: "PAY-2", Parent: "PAY-1", Sprints: []string{"8"}, Category: "started", Components: []string{"Refunds"}},
			{Key: "PAY-3", Parent: "PAY-1", Category: "done", Resolved: "2 days ago", Assignee: "jo", Components: []string{"Refunds"}},
			{Key: "PAY-4", Parent: "PAY-3", Category: "done", Resolved: "1 day ago", Assignee: "jo"},
		},
	})
	for _, c := range []struct{ name, scope, when, more, want string }{
		{"sprints of a team, the earliest first", "team", `team.sprints.map(s, s.name) == ["Sprint 7", "Sprint 8"]`, "", "looks Payments"},
		{"finished work, sub-tasks aside", "team", `team.finished(duration("72h")).map(t, t.key) == ["PAY-3"]`, "", "looks Payments"},
		{"within the window alone", "team", `size(team.finished(duration("48h"))) == 0`, "", "looks Core, looks Payments"},
		{"what was opened", "team", `team.opened(duration("2400h")).map(t, t.key) == ["PAY-1"]`, "", "looks Payments"},
		{"who leads and who builds", "team", `team.ems(now)[0].id == "lee" && team.pms(now)[0].id == "sam" && team.engineers(now).map(p, p.id) == ["mina", "jo"]`, "", "looks Payments"},
		{"what a plan holds", "team", `subject.kind == "quarter" && subject.team.id == "payments" && subject.tickets.map(t, t.key) == ["PAY-1"] && !has(subject.sprint) && subject.url == ""`,
			"group_by: team.plans\n", "looks Q1 2027"},
		{"the sprint of a plan", "team", `has(subject.sprint) && subject.sprint.name == "Sprint 8" && subject.tickets[0].key == "PAY-2"`, "group_by: team.plans\n", "looks Sprint 8"},
		{"by what a ritual is seen", "team", `subject.trace == "a ticket labelled \"retro\", or a ticket with \"retrospective\" in its title, or an update by the owner of an epic or project, or an entry in the calendar"`,
			"group_by: team.rituals\n", "looks retro"},
		{"areas", "area", `area.in_flight == 1 && area.finished_count(duration("72h")) == 1 && area.share_of_one(duration("72h")) == 1.0 && area.finished(duration("72h"))[0].key == "PAY-3"`, "",
			"looks PAY-1, looks Refunds"},
		{"an area of nothing has no share", "area", `area.share_of_one(duration("1h")) == 0.0 && area.kind == "component"`, "", "looks Refunds"},
		{"roles", "role", `role.kind == "owner" && role.owned.map(t, t.key) == ["PAY-1"] && !has(role.absence) && !role.covered`, "", "looks owner of work of Payments"},
		{"what an EM answers for, epics first", "role", `role.kind == "em" && role.owned.map(t, t.key) == ["PAY-1", "PAY-2"]`, "", "looks EM of Payments"},
		{"what stands below", "ticket", `ticket.parts == 2 && ticket.delivered && !ticket.released`, "", "looks PAY-1"},
		{"a share of nothing", "team", `share(1, 0) == 0.0 && share(1, 4) == 0.25`, "", "looks Core, looks Payments"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := check(t, book(t, []rules.Rule{parse(t, scoped(c.scope, c.when, c.more))}), work, dir, now)
			if err := out.Stopped["looks"]; err != nil {
				t.Fatal(err)
			}
			if got := noticed(out); !sameWords(got, c.want) {
				t.Errorf("noticed %q, want %q", got, c.want)
			}
		})
	}
}
