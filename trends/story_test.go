package trends_test

import (
	"fmt"
	"testing"
	"time"
	_ "time/tzdata" // the zones these tests are about, wherever they run

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// when reads a moment of the story in Berlin: "46 tue 10:00" is the Tuesday of
// week 46 of 2026.
func when(t testing.TB, s string) time.Time {
	t.Helper()
	var week, hour, minute int
	var day string
	if _, err := fmt.Sscanf(s, "%d %s %d:%d", &week, &day, &hour, &minute); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	days := map[string]int{"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
	w, err := org.ParseWeek(fmt.Sprintf("2026-W%02d", week), zone(t, "Europe/Berlin"))
	if err != nil {
		t.Fatal(err)
	}
	at := w.Start.AddDate(0, 0, days[day])
	return time.Date(at.Year(), at.Month(), at.Day(), hour, minute, 0, 0, at.Location()).UTC()
}

// piece is a ticket of team payments that a test tells step by step.
type piece struct {
	t *testing.T
	ticket.Ticket
	n int
}

// created begins a ticket in the backlog.
func created(t *testing.T, key, at string) *piece {
	t.Helper()
	p := &piece{t: t, Ticket: ticket.Ticket{
		Source: "jira acme", Tracker: "jira", ID: "id " + key, Key: key, Kind: ticket.Task, Category: ticket.Todo, Status: "todo",
		Project: "PAY", Creator: ticket.Account{ID: "sam"}, Created: when(t, at),
	}}
	return p
}

func (p *piece) change(at, by string, f ticket.Field, from, to []ticket.Value) *piece {
	p.n++
	p.History = append(p.History, ticket.Change{ID: fmt.Sprint(p.n), At: when(p.t, at), Actor: ticket.Account{ID: by}, Field: f, From: from, To: to})
	return p
}

func (p *piece) as(kind ticket.Kind) *piece { p.Kind = kind; return p }

func (p *piece) below(key string) *piece {
	p.Parent = ticket.Ref{ID: "id " + key, Key: key}
	return p
}

func (p *piece) moved(at string, to ticket.Category) *piece {
	status := func(c ticket.Category) []ticket.Value {
		return []ticket.Value{{ID: string(c), Text: string(c), Norm: string(c)}}
	}
	from := p.Category
	p.Category, p.Status = to, string(to)
	return p.change(at, "mina", ticket.FieldStatus, status(from), status(to))
}

func (p *piece) begun(at string) *piece { return p.moved(at, ticket.Started) }
func (p *piece) done(at string) *piece  { return p.moved(at, ticket.Done) }

func (p *piece) assigned(at, to string) *piece {
	p.Assignee = ticket.Account{ID: to}
	return p.change(at, "sam", ticket.FieldAssignee, nil, []ticket.Value{{ID: to, Text: to}})
}

// planned puts the ticket into a sprint, in place of those it was in.
func (p *piece) planned(at, id string) *piece {
	var from, to []ticket.Value
	for _, s := range p.Sprints {
		from = append(from, ticket.Value{ID: s})
	}
	p.Sprints = nil
	if id != "" {
		p.Sprints, to = []string{id}, []ticket.Value{{ID: id}}
	}
	return p.change(at, "sam", ticket.FieldSprint, from, to)
}

func (p *piece) told(at, by string, mentions ...string) *piece {
	p.Comments = append(p.Comments, ticket.Comment{ID: fmt.Sprint(len(p.Comments)), Author: ticket.Account{ID: by}, Created: when(p.t, at), Mentions: mentions})
	return p
}

func (p *piece) handed(at, project string) *piece {
	from := []ticket.Value{{ID: p.Project}}
	p.Project = project
	return p.change(at, "sam", ticket.FieldProject, from, []ticket.Value{{ID: project}})
}

func tickets(pieces ...*piece) []ticket.Ticket {
	out := make([]ticket.Ticket, len(pieces))
	for i, p := range pieces {
		out[i] = p.Ticket
		out[i].Normalise()
	}
	return out
}

// sprintFrom runs from one moment to the other, in which somebody completed it.
func sprintFrom(t testing.TB, id, start, completed string) ticket.Sprint {
	s := ticket.Sprint{Source: "jira acme", ID: id, State: ticket.SprintActive, Start: when(t, start)}
	if completed != "" {
		s.State, s.Completed = ticket.SprintClosed, when(t, completed)
	}
	return s
}

// acme has team payments of EM lee, whose stand-in is ana, and team core without
// an EM.
func acme(t testing.TB, more ...org.Team) *org.Directory {
	t.Helper()
	person := func(id string) org.Person {
		return org.Person{ID: id, Accounts: map[string][]string{"jira": {id}}, Bot: id == "robot"}
	}
	people := []org.Person{person("lee"), person("ana"), person("sam"), person("mina"), person("robot"), {ID: "zoe", Emails: []string{"zoe@acme.example"}}}
	teams := append([]org.Team{
		{ID: "payments", EMs: []org.Seat{{Person: "lee"}}, Members: []org.Seat{{Person: "mina"}}, Owns: org.Ownership{JiraProjects: []string{"PAY"}}, Location: zone(t, "Europe/Berlin")},
		{ID: "core", Owns: org.Ownership{JiraProjects: []string{"CORE"}}, Location: zone(t, "Europe/Berlin")},
	}, more...)
	away := []org.Absence{{Person: "lee", Delegate: "ana", Span: org.Span{From: when(t, "47 mon 0:00"), To: when(t, "48 mon 0:00")}}}
	dir, mistakes := org.New(people, teams, away)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	return dir
}

// weeksOf are the weeks of 2026 from one number to another, in the zone.
func weeksOf(t testing.TB, loc *time.Location, from, to int) trends.Weeks {
	t.Helper()
	last, err := org.ParseWeek(fmt.Sprintf("2026-W%02d", to), loc)
	if err != nil {
		t.Fatal(err)
	}
	return trends.WeeksTo(last, to-from+1)
}

// counted feeds the tickets and finds each snapshot by team and week: "payments 46".
func counted(t testing.TB, dir *org.Directory, sprints []ticket.Sprint, all []ticket.Ticket) map[string]map[string]float64 {
	t.Helper()
	weeks := map[string]trends.Weeks{}
	for _, team := range dir.Teams() {
		weeks[team.ID] = weeksOf(t, team.Location, 40, 48)
	}
	f := trends.NewFlow(dir, sprints, weeks)
	for i := range all {
		f.Add(&all[i])
	}
	out := map[string]map[string]float64{}
	for _, s := range f.Weeks() {
		out[s.Team+" "+s.Week[len("2026-W"):]] = s.Values
	}
	return out
}
