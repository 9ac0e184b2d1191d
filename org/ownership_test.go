package org_test

import (
	"slices"
	"testing"

	. "github.com/fairlead-dev/fairlead/org"
)

func TestOwner(t *testing.T) {
	d, mistakes := New(nil, []Team{
		{ID: "board", Owns: Ownership{JiraBoards: []string{"12"}}},
		{ID: "component", Owns: Ownership{JiraProjects: []string{"PAY"}, JiraComponents: []string{"refunds"}}},
		{ID: "everywhere", Owns: Ownership{JiraComponents: []string{"ledger"}}},
		{ID: "linear", Owns: Ownership{LinearTeams: []string{"ENG"}}},
		{ID: "project", Owns: Ownership{JiraProjects: []string{"PAY", "ORD"}}},
		{ID: "project-too", Owns: Ownership{JiraProjects: []string{"PAY"}}},
		{ID: "rest", Owns: Ownership{JiraProjects: []string{"OPS"}, JiraComponents: []string{"deploy"}}},
	}, nil)
	if mistakes != nil {
		t.Fatalf("mistakes: %+v", mistakes)
	}
	for _, c := range []struct {
		name string
		work Work
		want string
	}{
		{"a Linear team", Work{LinearTeam: "eng"}, "linear"},
		{"a component of its project", Work{JiraProject: "PAY", JiraComponents: []string{"other", "Refunds"}}, "component"},
		{"the same component of another project", Work{JiraProject: "ORD", JiraComponents: []string{"refunds"}}, "project"},
		{"a component claimed without a project", Work{JiraProject: "XYZ", JiraComponents: []string{"ledger"}}, "everywhere"},
		{"a component before a board", Work{JiraProject: "PAY", JiraComponents: []string{"refunds"}, JiraBoards: []string{"12"}}, "component"},
		{"a board before a project", Work{JiraProject: "PAY", JiraBoards: []string{"12"}}, "board"},
		{"a project that two claim: the first by id", Work{JiraProject: "pay"}, "project"},
		{"the rest of a project, by the team with components of it", Work{JiraProject: "OPS"}, "rest"},
		{"the rest of a project goes to who claims all of it", Work{JiraProject: "PAY", JiraComponents: []string{"other"}}, "project"},
		{"a project nobody claims", Work{JiraProject: "XYZ"}, ""},
		{"nothing to go by", Work{}, ""},
	} {
		got := ""
		if team, ok := d.Owner(c.work); ok {
			got = team.ID
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// moved is a company in which checkout took project PAY and the component
// Refunds over from payments on 1 September, when payments ended.
func moved(t *testing.T) *Directory {
	t.Helper()
	pay := Ownership{JiraProjects: []string{"PAY"}}
	d, mistakes := New(named("lee", "ana"), []Team{
		{ID: "payments", Existed: span("", "2026-09-01"), EMs: []Seat{always("lee")}, Owns: pay},
		{ID: "checkout", EMs: []Seat{always("ana")}, Owned: []Holding{
			{Ownership{LinearTeams: []string{"CHK"}}, Span{}},
			{pay, span("2026-09-01", "")},
			{Ownership{JiraProjects: []string{"OLD"}}, span("2025-01-01", "2026-01-01")},
		}},
	}, nil)
	if mistakes != nil {
		t.Fatalf("mistakes: %+v", mistakes)
	}
	return d
}

func TestAReorganisationDoesNotRewriteHistory(t *testing.T) {
	d := moved(t)
	pay, old, chk := Work{JiraProject: "PAY"}, Work{JiraProject: "OLD"}, Work{LinearTeam: "CHK"}
	for _, c := range []struct {
		name string
		work Work
		day  string
		want string
	}{
		{"before the move", pay, "2026-08-31", "payments"},
		{"from the day of the move on", pay, "2026-09-01", "checkout"},
		{"long before anything was written", pay, "1999-01-01", "payments"},
		{"what is owned without dates", chk, "2020-01-01", "checkout"},
		{"what was owned for a while", old, "2025-12-31", "checkout"},
		{"what nobody owns any more", old, "2026-01-01", ""},
		{"what nobody owned yet", old, "2024-12-31", ""},
	} {
		got := ""
		if team, ok := d.OwnerAt(c.work, on(c.day)); ok {
			got = team.ID
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if team, ok := d.Owner(pay); !ok || team.ID != "checkout" {
		t.Errorf("for good PAY belongs to %+v, want checkout", team)
	}
	if team, ok := d.Owner(old); ok {
		t.Errorf("for good OLD belongs to %s, want nobody", team.ID)
	}
}

func TestATeamThatEndedHasNobody(t *testing.T) {
	d := moved(t)
	payments, _ := d.Team("payments")
	if got := d.ActingEMs(payments, on("2026-08-31")); !slices.Equal(got, []string{"lee"}) {
		t.Errorf("on its last day %v is its EM, want lee", got)
	}
	if got := d.ActingEMs(payments, on("2026-09-01")); got != nil || d.HoldsRole("lee", on("2026-09-01"), EM) {
		t.Errorf("after it ended %v is its EM, want nobody", got)
	}
}

func TestErasAreTheTimesBetweenChanges(t *testing.T) {
	d := moved(t)
	for _, c := range []struct {
		name, a, b string
		same       bool
	}{
		{"two days without a change between them", "2026-02-01", "2026-08-31", true},
		{"the last day before a change and the first after", "2026-08-31", "2026-09-01", false},
		{"an end of what nobody took over", "2025-12-31", "2026-01-01", false},
		{"the far past and the day before the first change", "1990-01-01", "2024-12-31", true},
		{"the far future", "2026-09-01", "2090-01-01", true},
	} {
		if got := d.Era(on(c.a)) == d.Era(on(c.b)); got != c.same {
			t.Errorf("%s: one era: %v, want %v", c.name, got, c.same)
		}
	}
	if plain, _ := New(nil, []Team{{ID: "x", Owns: Ownership{JiraProjects: []string{"X"}}}}, nil); plain.Era(on("1990-01-01")) != plain.Era(on("2090-01-01")) {
		t.Error("ownership without dates has more than one era")
	}
}

func TestClashes(t *testing.T) {
	jira := func(projects, components []string) Ownership {
		return Ownership{JiraProjects: projects, JiraComponents: components}
	}
	list := func(words ...string) []string { return words }
	for _, c := range []struct {
		name string
		a, b Team
		want []Clash
	}{
		{"one project, in another case", Team{Owns: jira(list("PAY"), nil)}, Team{Owns: jira(list("X", "pay"), nil)}, []Clash{{What: "Jira project", Name: "pay"}}},
		{"a project and components of it", Team{Owns: jira(list("PAY"), nil)}, Team{Owns: jira(list("PAY"), list("Refunds"))}, nil},
		{"one component of one project", Team{Owns: jira(list("PAY"), list("Refunds"))}, Team{Owns: jira(list("PAY"), list("Refunds"))}, []Clash{{What: "component", Name: "Refunds"}}},
		{"a component of two projects", Team{Owns: jira(list("PAY"), list("Refunds"))}, Team{Owns: jira(list("CORE"), list("Refunds"))}, nil},
		{"a component of any project", Team{Owns: jira(nil, list("Refunds"))}, Team{Owns: jira(list("CORE"), list("refunds"))}, []Clash{{What: "component", Name: "refunds"}}},
		{"two components of one project", Team{Owns: jira(list("PAY"), list("Refunds"))}, Team{Owns: jira(list("PAY"), list("Cart"))}, nil},
		{"one board", Team{Owns: Ownership{JiraBoards: list("12")}}, Team{Owns: Ownership{JiraBoards: list("12", "13")}}, []Clash{{What: "board", Name: "12"}}},
		{"one Linear team", Team{Owns: Ownership{LinearTeams: list("GRO")}}, Team{Owns: Ownership{LinearTeams: list("GRO")}}, []Clash{{What: "Linear team", Name: "GRO"}}},
		{"one after the other", Team{Existed: span("", "2026-09-01"), Owns: jira(list("PAY"), nil)}, Team{Existed: span("2026-09-01", ""), Owns: jira(list("PAY"), nil)}, nil},
		{
			"for three months", Team{Existed: span("", "2026-12-01"), Owns: jira(list("PAY"), nil)}, Team{Existed: span("2026-09-01", ""), Owns: jira(list("PAY"), nil)},
			[]Clash{{What: "Jira project", Name: "PAY", Span: span("2026-09-01", "2026-12-01")}},
		},
		{"long ago", Team{Existed: span("", "2026-06-01"), Owns: jira(list("PAY"), nil)}, Team{Existed: span("2026-03-01", ""), Owns: jira(list("PAY"), nil)}, nil},
	} {
		c.a.ID, c.b.ID = "a", "b"
		for i := range c.want {
			c.want[i].First, c.want[i].Other = "a", "b"
		}
		d, mistakes := New(nil, []Team{c.b, c.a}, nil)
		if mistakes != nil {
			t.Fatalf("%s: %+v", c.name, mistakes)
		}
		if got := d.Clashes(on("2026-07-01")); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
