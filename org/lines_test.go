package org_test

import (
	"strings"
	"testing"

	. "github.com/fairlead-dev/fairlead/org"
)

func TestCirclesThroughTeams(t *testing.T) {
	team := func(id, em string, members ...Seat) Team {
		return Team{ID: id, EMs: []Seat{always(em)}, Members: members}
	}
	under := func(t Team, leader string) Team { t.Under = leader; return t }
	for _, c := range []struct {
		name  string
		teams []Team
		lines []Person
		want  string
	}{
		{"a plain company", []Team{under(team("x", "lee", always("mina")), "dana")}, nil, ""},
		{"two EMs who are members of each other's team", []Team{team("x", "lee", always("ana")), team("y", "ana", always("lee"))}, nil, "ana → lee → ana"},
		{"a leader who is a member below an EM under them", []Team{under(team("x", "lee", always("dana")), "dana")}, nil, "dana → lee → dana"},
		{"the same, with a written line for the leader", []Team{under(team("x", "lee", always("dana")), "dana")}, []Person{line("dana", "vera", "")}, ""},
		{"a written line and a seat", []Team{team("x", "lee", always("mina"))}, []Person{line("lee", "mina", "")}, "lee → mina → lee"},
		{"an EM who is a member of their own team", []Team{team("x", "lee", always("lee"))}, nil, ""},
		{"a leader who is the EM of a team under themselves", []Team{under(team("x", "dana", always("mina")), "dana")}, nil, ""},
		{"one that begins later", []Team{team("x", "lee", always("ana")), team("y", "ana", Seat{Person: "lee", Span: span("2027-01-01", "")})}, nil, "ana → lee → ana"},
		{"one that is over", []Team{team("x", "lee", always("ana")), team("y", "ana", Seat{Person: "lee", Span: span("", "2026-01-01")})}, nil, ""},
	} {
		people := map[string]Person{}
		for _, p := range append(named("lee", "ana", "mina", "dana", "vera"), c.lines...) {
			people[p.ID] = p
		}
		var all []Person
		for _, p := range people {
			all = append(all, p)
		}
		d, mistakes := New(all, c.teams, nil)
		if mistakes != nil {
			t.Fatalf("%s: %+v", c.name, mistakes)
		}
		var got []string
		for _, circle := range d.Circles(on("2026-07-01")) {
			got = append(got, strings.Join(circle, " → "))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestALeaderWhoIsTheEMOfATeam(t *testing.T) {
	d, mistakes := New(
		[]Person{{ID: "dana", Roles: []Tenure{{Role: Director}}}, {ID: "mina", Roles: []Tenure{{Role: Contractor}, {Role: Designer}}}},
		[]Team{{ID: "x", Under: "dana", EMs: []Seat{always("dana")}, Members: []Seat{always("mina")}}}, nil)
	if mistakes != nil {
		t.Fatalf("mistakes: %+v", mistakes)
	}
	if at := on("2026-07-01"); !d.Manages("dana", "mina", at) || !d.HoldsRole("dana", at, Director) || !d.HoldsRole("dana", at, EM) || !d.HoldsRole("mina", at, Designer) || !d.HoldsRole("mina", at, Contractor) {
		t.Error("dana directs, is the EM and manages mina, who is a contractor and a designer")
	}
}
