package org_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	. "github.com/fairlead-dev/fairlead/org"
)

func named(ids ...string) (out []Person) {
	for _, id := range ids {
		out = append(out, Person{ID: id})
	}
	return out
}

// bot is an automation alone.
func bot(id string) []Person { return []Person{{ID: id, Bot: true}} }

// line is a person with one manager, from a day on.
func line(id, manager, from string) Person {
	return Person{ID: id, Managers: []Line{{manager, span(from, "")}}}
}

func TestMistakes(t *testing.T) {
	at := func(path ...any) []any { return path }
	for _, c := range []struct {
		name     string
		people   []Person
		teams    []Team
		absences []Absence
		at       []any
		says     string
		word     string
	}{
		{name: "a person without an id", people: []Person{{Name: "Mina"}}, at: at("people", 0), says: "no id"},
		{name: "an id twice", people: named("mina", "jo", "mina"), at: at("people", 2, "id"), says: `id "mina" stands twice: people 1 and 3`},
		{
			name:   "an e-mail of two people, in another case",
			people: []Person{{ID: "mina", Emails: []string{"m@acme.example"}}, {ID: "jo", Emails: []string{"j@acme.example", "M@acme.example"}}},
			at:     at("people", 1, "email"), says: `"m@acme.example" belongs to both "mina" and "jo"`,
		},
		{
			name:   "an account of two people",
			people: []Person{{ID: "mina", Accounts: map[string][]string{"jira": {"5b"}}}, {ID: "jo", Accounts: map[string][]string{"jira": {"5B"}}}},
			at:     at("people", 1, "jira"), says: `jira account "5b" belongs to both`,
		},
		{
			name:   "a role that ends before it begins",
			people: []Person{{ID: "mina", Roles: []Tenure{{Role: QA}, {EM, span("2026-05-01", "2026-04-01")}}}},
			at:     at("people", 0, "roles", 1, "to"), says: "ends before it begins (2026-05-01)",
		},
		{name: "a manager who is nobody", people: []Person{line("mina", "dona", "")}, at: at("people", 0, "manager"), says: `nobody has the id "dona"`, word: "dona"},
		{
			name:   "a line that ends before it begins",
			people: []Person{{ID: "dana"}, {ID: "mina", Managers: []Line{{"dana", span("2026-05-01", "2026-05-01")}}}},
			at:     at("people", 1, "manager"), says: "ends before it begins",
		},
		{name: "somebody who manages themselves", people: []Person{line("mina", "mina", "")}, at: at("people", 0, "manager"), says: "circle: mina → mina"},
		{
			name:   "a circle of three",
			people: []Person{line("a", "b", ""), line("b", "c", ""), line("c", "a", "")},
			at:     at("people", 0, "manager"), says: "circle: a → b → c → a",
		},
		{
			name:   "a circle that its youngest line closed",
			people: []Person{line("a", "b", "2026-01-01"), line("b", "a", "2026-03-01")},
			at:     at("people", 1, "manager"), says: "circle: b → a → b",
		},
		{
			name: "a circle through the second of two managers",
			people: []Person{
				{ID: "a", Managers: []Line{{Manager: "z"}, {Manager: "b"}}}, line("b", "a", ""), {ID: "z"},
			},
			at: at("people", 0, "manager"), says: "circle: a → b → a",
		},
		{name: "a team without an id", teams: []Team{{Name: "Payments"}}, at: at("teams", 0), says: "no id"},
		{name: "a team's id twice", teams: []Team{{ID: "x"}, {ID: "x"}}, at: at("teams", 1, "id"), says: `id "x" stands twice: teams 1 and 2`},
		{name: "a team with the id of what else is reported", teams: []Team{{ID: "leader one"}}, at: at("teams", 0, "id"), says: `id "leader one" would be taken`},
		{name: "a team under nobody", teams: []Team{{ID: "x", Under: "dona"}}, at: at("teams", 0, "under"), says: "nobody", word: "dona"},
		{name: "an EM who is nobody", teams: []Team{{ID: "x", EMs: []Seat{always("who")}}}, at: at("teams", 0, "em", 0), says: "nobody", word: "who"},
		{name: "a PM who is nobody", teams: []Team{{ID: "x", PMs: []Seat{always("who")}}}, at: at("teams", 0, "pm", 0), says: "nobody", word: "who"},
		{name: "a member who is nobody", teams: []Team{{ID: "x", Members: []Seat{always("who")}}}, at: at("teams", 0, "members", 0), says: "nobody", word: "who"},
		{
			name:   "a seat that ends before it begins",
			people: named("mina"), teams: []Team{{ID: "x", Members: []Seat{{Person: "mina", Span: span("2026-02-01", "2026-01-01")}}}},
			at: at("teams", 0, "members", 0), says: "ends before it begins",
		},
		{
			name:   "two EMs at one time",
			people: named("mina", "lee"), teams: []Team{{ID: "x", EMs: []Seat{{Person: "lee", Span: span("", "2026-05-02")}, {Person: "mina", Span: span("2026-05-01", "")}}}},
			at: at("teams", 0, "em", 1), says: `team "x" has two EMs at one time: "lee" and "mina"`,
		},
		{
			name:   "a seat while there is no such team",
			people: named("mina"), teams: []Team{{ID: "x", Existed: span("", "2026-05-01"), Members: []Seat{{Person: "mina", Span: span("2026-06-01", "")}}}},
			at: at("teams", 0, "members", 0), says: `"mina" has a seat in team "x" only while there is no such team`,
		},
		{name: "a team that ends before it begins", people: named("mina"),
			teams: []Team{{ID: "x", Existed: span("2026-05-01", "2026-04-01"), Members: []Seat{always("mina")}}}, at: at("teams", 0, "to"), says: "ends before it begins"},
		{name: "a team that is part of no team", teams: []Team{{ID: "x", PartOf: "y"}}, at: at("teams", 0, "part_of"), says: `no team has the id "y"`, word: "y"},
		{name: "a team that is part of itself", teams: []Team{{ID: "x", PartOf: "x"}}, at: at("teams", 0, "part_of"), says: "circle: x → x"},
		{
			name:  "a circle of three teams, and one that leads into it",
			teams: []Team{{ID: "in", PartOf: "a"}, {ID: "a", PartOf: "b"}, {ID: "b", PartOf: "c"}, {ID: "c", PartOf: "a"}},
			at:    at("teams", 1, "part_of"), says: "circle: a → b → c → a",
		},
		{name: "something owned that ends before it begins", teams: []Team{{ID: "x", Owned: []Holding{{}, {Span: span("2026-02-01", "2026-01-01")}}}}, at: at("teams", 0, "owns", 1), says: "ends before it begins"},
		{name: "a bot as EM", people: bot("ci"), teams: []Team{{ID: "x", EMs: []Seat{always("ci")}}}, at: at("teams", 0, "em", 0), says: `"ci" is a bot and cannot be an EM`},
		{name: "a bot as PM", people: bot("ci"), teams: []Team{{ID: "x", PMs: []Seat{always("ci")}}}, at: at("teams", 0, "pm", 0), says: "cannot be a PM"},
		{name: "a bot above a team", people: bot("ci"), teams: []Team{{ID: "x", Under: "ci"}}, at: at("teams", 0, "under"), says: "cannot be the leader above a team"},
		{name: "a bot as manager", people: append(bot("ci"), line("mina", "ci", "")), at: at("people", 1, "manager"), says: "cannot be a manager"},
		{name: "a bot as delegate", people: append(bot("ci"), named("mina")...), absences: []Absence{{Person: "mina", Delegate: "ci"}}, at: at("absences", 0, "delegate"), says: "cannot be a delegate"},
		{name: "somebody who stands in for themselves", people: named("mina"), absences: []Absence{{Person: "mina", Delegate: "mina"}}, at: at("absences", 0, "delegate"), says: `"mina" cannot stand in for themselves`},
		{name: "a standing delegate who is nobody", people: []Person{{ID: "mina", Delegate: "who"}}, at: at("people", 0, "delegate"), says: "nobody", word: "who"},
		{name: "an absence of nobody", absences: []Absence{{Person: "who"}}, at: at("absences", 0, "person"), says: "nobody", word: "who"},
		{name: "a delegate who is nobody", people: named("mina"), absences: []Absence{{Person: "mina", Delegate: "who"}}, at: at("absences", 0, "delegate"), says: "nobody", word: "who"},
		{
			name:   "an absence that ends before it begins",
			people: named("mina"), absences: []Absence{{Person: "mina", Span: span("2026-02-01", "2026-01-01")}},
			at: at("absences", 0, "to"), says: "ends before it begins",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, got := New(c.people, c.teams, c.absences)
			if d != nil || len(got) != 1 {
				t.Fatalf("directory %v with %d mistakes, want none with 1: %+v", d != nil, len(got), got)
			}
			m := got[0]
			if !reflect.DeepEqual(m.At, c.at) || !strings.Contains(m.Text, c.says) || m.Word != c.word {
				t.Errorf("got %+v\nwant at %v, saying %q, word %q", m, c.at, c.says, c.word)
			}
			if m.Hint == "" {
				t.Error("it does not say what to do")
			}
		})
	}
}

func TestNoMistakes(t *testing.T) {
	for name, people := range map[string][]Person{
		"a line turned round after a reorganisation": {
			{ID: "a", Managers: []Line{{"b", span("", "2026-03-01")}}}, line("b", "a", "2026-03-01"),
		},
		"two ways up to one person":       {line("a", "b", ""), {ID: "b", Managers: []Line{{Manager: "c"}, {Manager: "d"}}}, line("c", "e", ""), line("d", "e", ""), {ID: "e"}},
		"one account twice at one person": {{ID: "a", Emails: []string{"a@x", "A@x"}, Accounts: map[string][]string{"jira": {"1", "1"}}}},
	} {
		if d, mistakes := New(people, nil, nil); d == nil || len(mistakes) > 0 {
			t.Errorf("%s: %+v", name, mistakes)
		}
	}
	if d, mistakes := New(named("lee", "mina"), []Team{{ID: "x", EMs: []Seat{{Person: "lee", Span: span("", "2026-05-01")}, {Person: "mina", Span: span("2026-05-01", "")}}}}, nil); d == nil {
		t.Errorf("one EM after the other: %+v", mistakes)
	}
}

func TestSomebodyMayActBesideTheEM(t *testing.T) {
	seats := []Seat{always("lee"), {Person: "mina", Span: span("2026-07-01", "2026-08-01"), Acting: true}, {Person: "jo", Span: span("2026-07-15", "2026-08-01"), Acting: true}}
	if d, mistakes := New(named("lee", "mina", "jo"), []Team{{ID: "x", EMs: seats}}, nil); d == nil {
		t.Errorf("two who act beside the EM: %+v", mistakes)
	}
}

func TestABotMayBeAMember(t *testing.T) {
	if d, mistakes := New(bot("ci"), []Team{{ID: "x", Members: []Seat{always("ci")}}}, nil); d == nil {
		t.Errorf("mistakes: %+v", mistakes)
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	_, got := New(
		[]Person{{Name: "no id"}, line("a", "b", ""), line("b", "a", ""), {ID: "c", Managers: []Line{{Manager: "c"}, {Manager: "x"}}}},
		[]Team{{ID: "t", Under: "y"}},
		[]Absence{{Person: "z"}},
	)
	var texts []string
	for _, m := range got {
		texts = append(texts, m.Text)
	}
	want := []string{
		"a person has no id",
		"reporting lines run in a circle: a → b → a",
		"reporting lines run in a circle: c → c",
		`nobody has the id "x"`, `nobody has the id "y"`, `nobody has the id "z"`,
	}
	if !slices.Equal(texts, want) {
		t.Errorf("got  %q\nwant %q", texts, want)
	}
}

func TestManyLinesUpwardsEndSoon(t *testing.T) {
	const levels = 40 // two managers each: 2^40 ways up
	var people []Person
	for n := range levels {
		for _, side := range []string{"a", "b"} {
			p := Person{ID: fmt.Sprint(side, n)}
			if n+1 < levels {
				p.Managers = []Line{{Manager: fmt.Sprint("a", n+1)}, {Manager: fmt.Sprint("b", n+1)}}
			}
			people = append(people, p)
		}
	}
	if _, mistakes := New(people, nil, nil); mistakes != nil {
		t.Errorf("mistakes: %+v", mistakes)
	}
}
