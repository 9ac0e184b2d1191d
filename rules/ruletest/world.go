package ruletest

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Memory is work held in memory. It implements rules.Work.
type Memory struct {
	Work    []ticket.Ticket // in the order in which Tickets yields them
	Planned []ticket.Sprint
	index   map[string]int
}

// Tickets implements rules.Work.
func (m *Memory) Tickets(context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for _, t := range m.Work {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// Ticket implements rules.Work.
func (m *Memory) Ticket(_ context.Context, source string, r ticket.Ref) (ticket.Ticket, error) {
	if m.index == nil {
		m.index = map[string]int{}
		for i, t := range m.Work {
			m.index[t.Source+"\x00id\x00"+t.ID] = i
			m.index[t.Source+"\x00key\x00"+t.Key] = i
		}
	}
	at, ok := m.index[source+"\x00id\x00"+r.ID]
	if r.ID == "" {
		at, ok = m.index[source+"\x00key\x00"+r.Key]
	}
	if !ok {
		return ticket.Ticket{}, rules.ErrNotStored
	}
	return m.Work[at], nil
}

// Sprints implements rules.Work.
func (m *Memory) Sprints(context.Context) ([]ticket.Sprint, error) { return m.Planned, nil }

// world builds what a test describes.
type world struct {
	test *rules.Test
	now  time.Time
	err  error // the first
}

// Build turns a test's description into work, people and the moment.
func Build(test *rules.Test) (*Memory, *org.Directory, time.Time, error) {
	now, err := test.Moment()
	if err != nil {
		return nil, nil, now, err
	}
	w := &world{test: test, now: now}
	dir, err := w.people()
	if err != nil {
		return nil, nil, now, err
	}
	m := &Memory{}
	for _, s := range test.Sprints {
		m.Planned = append(m.Planned, w.sprint(s))
	}
	for _, t := range test.Tickets {
		for n := range max(t.Copies, 1) {
			m.Work = append(m.Work, w.ticket(t, n))
		}
	}
	return m, dir, now, w.err
}

func (w *world) at(s, otherwise string) time.Time {
	if s == "" {
		s = otherwise
	}
	at, err := rules.ParseMoment(s, w.now)
	if err != nil && w.err == nil {
		w.err = err
	}
	return at
}

func (w *world) tracker() string {
	if w.test.Tracker == "" {
		return "jira"
	}
	return w.test.Tracker
}

func (w *world) source() string { return w.tracker() + " test" }

// cast is who is in every test.
func (w *world) cast() []org.Person {
	engineer := []org.Tenure{{Role: org.Engineer}}
	people := []org.Person{
		{ID: "lee", Roles: []org.Tenure{{Role: org.EM}}}, {ID: "sam", Roles: []org.Tenure{{Role: org.PM}}},
		{ID: "mina", Roles: engineer}, {ID: "jo", Roles: engineer},
		{ID: "dana", Roles: []org.Tenure{{Role: org.Director}}}, {ID: "ci", Bot: true},
		{ID: "kit", Roles: []org.Tenure{{Role: org.EM}}}, {ID: "ola", Roles: engineer},
	}
	for _, p := range w.test.People {
		extra := org.Person{ID: p.ID, Bot: p.Bot}
		if p.Role != "" {
			extra.Roles = []org.Tenure{{Role: org.Role(p.Role)}}
		}
		if p.Manager != "" {
			extra.Managers = []org.Line{{Manager: p.Manager}}
		}
		people = append(people, extra)
	}
	for i := range people {
		id := people[i].ID
		people[i].Name, people[i].Accounts = id, map[string][]string{"jira": {id}, "linear": {id}}
	}
	return people
}

func (w *world) people() (*org.Directory, error) {
	owns := func(key string) org.Ownership {
		return org.Ownership{JiraProjects: []string{key}, LinearTeams: []string{key}}
	}
	payments := org.Team{ID: "payments", Name: "Payments", Under: "dana", Owns: owns("PAY"),
		EMs: []org.Seat{{Person: "lee"}}, PMs: []org.Seat{{Person: "sam"}}, Members: []org.Seat{{Person: "mina"}, {Person: "jo"}}}
	if w.test.NoEM {
		payments.EMs = nil
	}
	core := org.Team{ID: "core", Name: "Core", Under: "dana", Owns: owns("CORE"),
		EMs: []org.Seat{{Person: "kit"}}, Members: []org.Seat{{Person: "ola"}}}
	var away []org.Absence
	for _, a := range w.test.Away {
		away = append(away, org.Absence{Person: a.Person, Delegate: a.Delegate, Span: org.Span{From: w.at(a.From, ""), To: w.at(a.To, "")}})
	}
	dir, mistakes := org.New(w.cast(), []org.Team{payments, core}, away)
	if len(mistakes) > 0 {
		return nil, fmt.Errorf("people of the test: %s", mistakes[0].Text)
	}
	return dir, nil
}

func (w *world) sprint(s rules.TestSprint) ticket.Sprint {
	out := ticket.Sprint{Source: w.source(), ID: s.ID, Name: s.Name, Goal: s.Goal, State: ticket.SprintState(s.State)}
	switch out.State {
	case ticket.SprintActive:
		out.Start, out.End = w.at("5 days ago", ""), w.at("in 9 days", "")
	case ticket.SprintFuture:
		out.Start, out.End = w.at("in 9 days", ""), w.at("in 23 days", "")
	case ticket.SprintClosed:
		out.Start, out.End = w.at("19 days ago", ""), w.at("5 days ago", "")
		out.Completed = out.End
	}
	return out
}

func (w *world) account(name string) ticket.Account {
	if name == "" {
		return ticket.Account{}
	}
	return ticket.Account{ID: name, Name: name}
}

func (w *world) accounts(names []string) []ticket.Account {
	var out []ticket.Account
	for _, n := range names {
		out = append(out, w.account(n))
	}
	return out
}

// ticket builds the nth copy of a ticket; a ticket without copies is the 0th.
func (w *world) ticket(d rules.TestTicket, n int) ticket.Ticket {
	key, created := d.Key, w.at(d.Created, "30 days ago")
	if d.Copies > 0 {
		key, created = key+"-"+strconv.Itoa(n+1), created.Add(time.Duration(n)*time.Second)
	}
	t := ticket.Ticket{
		Source: w.source(), Tracker: w.tracker(), ID: "id " + key, Key: key, URL: "https://tracker.example/" + key,
		Title: d.Title, Description: d.Description, Kind: or(ticket.Kind(d.Kind), ticket.Task),
		Status: d.Status, Category: or(ticket.Category(d.Category), ticket.Todo), Priority: ticket.NoPriority,
		Creator: w.account(or(d.Creator, "mina")), Assignee: w.account(d.Assignee), Sprints: d.Sprints,
		Mentions: d.Mentions, Watchers: w.accounts(d.Watchers), Created: created, Updated: w.now,
	}
	w.place(&t, d)
	w.tie(&t, d)
	for i, c := range d.Changes {
		w.change(&t, strconv.Itoa(i+1), c)
	}
	for i, c := range d.Comments {
		t.Comments = append(t.Comments, ticket.Comment{ID: strconv.Itoa(i + 1), Author: w.account(c.By), Created: w.at(c.At, ""), Mentions: c.Mentions})
	}
	t.Normalise()
	return t
}

// place says which team's project the ticket stands in.
func (w *world) place(t *ticket.Ticket, d rules.TestTicket) {
	key := "PAY"
	switch {
	case d.Core:
		key = "CORE"
	case d.Nobodys:
		key = "NOBODYS"
	}
	if w.tracker() == "linear" {
		t.Team = key
	} else {
		t.Project = key
	}
}

// tie connects the ticket with others.
func (w *world) tie(t *ticket.Ticket, d rules.TestTicket) {
	if d.Parent != "" {
		t.Parent = ticket.Ref{Key: d.Parent}
	}
	for _, key := range d.In {
		t.Containers = append(t.Containers, ticket.Ref{Key: key})
	}
	for _, l := range d.Links {
		t.Links = append(t.Links, ticket.Link{Kind: ticket.LinkKind(l.Kind), Phrase: l.Kind, Target: ticket.Ref{Key: l.To}, TargetKind: ticket.Kind(l.ToKind)})
	}
	for n := range d.Needs {
		t.Needs = append(t.Needs, ticket.Need{ID: strconv.Itoa(n), Created: t.Created})
	}
}

func (w *world) change(t *ticket.Ticket, id string, c rules.TestChange) {
	out := ticket.Change{ID: id, At: w.at(c.At, ""), Actor: w.account(c.By), Field: ticket.Field(c.Field), Raw: c.Field}
	switch out.Field {
	case ticket.FieldAssignee:
		out.From, out.To = who(t.Assignee), who(w.account(c.To))
		t.Assignee = w.account(c.To)
	case ticket.FieldStatus:
		out.From = []ticket.Value{{Text: t.Status, Norm: string(t.Category)}}
		out.To = []ticket.Value{{Text: c.To, Norm: c.To}}
		t.Status, t.Category = c.To, ticket.Category(c.To)
	case ticket.FieldTitle:
		out.From, out.To = []ticket.Value{{ID: t.Title, Text: t.Title}}, []ticket.Value{{ID: c.To, Text: c.To}}
		t.Title = c.To
	}
	t.History = append(t.History, out)
}

func who(a ticket.Account) []ticket.Value {
	if a.IsZero() {
		return nil
	}
	return []ticket.Value{{ID: a.ID, Text: a.Name}}
}

func or[S ~string](given, otherwise S) S {
	if given != "" {
		return given
	}
	return otherwise
}
