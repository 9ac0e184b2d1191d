package ruletest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Memory is work held in memory. It implements rules.Work.
type Memory struct {
	Work    []ticket.Ticket // in the order in which Tickets yields them
	Planned []ticket.Sprint
	once    sync.Once
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
	m.once.Do(func() {
		m.index = map[string]int{}
		for i, t := range m.Work {
			m.index[t.Source+"\x00id\x00"+t.ID] = i
			m.index[t.Source+"\x00key\x00"+t.Key] = i
		}
	})
	at, ok := m.index[source+"\x00id\x00"+r.ID]
	if r.ID == "" {
		at, ok = m.index[source+"\x00key\x00"+r.Key]
	}
	if !ok {
		return ticket.Ticket{}, rules.ErrNotStored
	}
	return m.Work[at], nil
}

// TicketsByID implements rules.Several.
func (m *Memory) TicketsByID(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for _, id := range ids {
			if t, err := m.Ticket(ctx, source, ticket.Ref{ID: id}); err == nil && !yield(t, nil) {
				return
			}
		}
	}
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

// maybeAt is the zero time for no moment.
func (w *world) maybeAt(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	return w.at(s, "")
}

// date reads a calendar day, or the day of a moment.
func (w *world) date(s string) ticket.Date {
	if s == "" {
		return ""
	}
	return ticket.Date(w.at(s, "").Format(time.DateOnly))
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
			extra.Roles = []org.Tenure{{Role: org.Role(p.Role), Span: org.Span{To: w.maybeAt(p.Until)}}}
		}
		if p.Manager != "" {
			extra.Managers = []org.Line{{Manager: p.Manager}}
		}
		people = append(people, extra)
	}
	for i := range people {
		id := people[i].ID
		accounts := []string{id}
		for _, further := range slices.Sorted(maps.Keys(w.test.Accounts)) {
			if w.test.Accounts[further] == id {
				accounts = append(accounts, further)
			}
		}
		people[i].Name, people[i].Accounts = id, map[string][]string{"jira": accounts, "linear": accounts}
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
	if w.test.NoPM {
		payments.PMs = nil
	}
	payments.Owns.JiraBoards = []string{"board of payments"}
	payments.Rituals = w.rituals()
	payments.Calendar.Holidays = map[string]bool{}
	for _, day := range w.test.Holidays {
		payments.Calendar.Holidays[day] = true
	}
	w.seat(&payments)
	core := org.Team{ID: "core", Name: "Core", Under: "dana", Owns: owns("CORE"),
		EMs: []org.Seat{{Person: "kit"}}, Members: []org.Seat{{Person: "ola"}}}
	core.Owns.JiraBoards = []string{"board of core"}
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

// seat gives the test's own people their places in team payments.
func (w *world) seat(payments *org.Team) {
	for _, p := range w.test.People {
		if p.Member {
			payments.Members = append(payments.Members, org.Seat{Person: p.ID})
		}
		if p.PM {
			payments.PMs = append(payments.PMs, org.Seat{Person: p.ID})
		}
		if p.EM {
			payments.EMs = []org.Seat{{Person: p.ID}}
		}
	}
}

func (w *world) rituals() []org.Ritual {
	var out []org.Ritual
	for _, r := range w.test.Rituals {
		every, err := rules.Duration(r.Every)
		if err != nil && w.err == nil {
			w.err = err
		}
		made := org.Ritual{Name: r.Name, Every: every, Since: w.maybeAt(r.Since), Evidence: org.Trace{
			Label: r.Label, Title: r.Title, Update: r.Update, Calendar: r.Calendar, Unread: r.Unread,
		}}
		for _, held := range r.Held {
			made.Evidence.Held = append(made.Evidence.Held, w.at(held, ""))
		}
		out = append(out, made)
	}
	return out
}

// sprint gives a sprint two weeks around the test's moment, unless the test says
// otherwise.
func (w *world) sprint(s rules.TestSprint) ticket.Sprint {
	out := ticket.Sprint{Source: w.source(), ID: s.ID, Name: s.Name, Goal: s.Goal, State: ticket.SprintState(s.State)}
	starts := map[ticket.SprintState]string{
		ticket.SprintActive: "5 days ago", ticket.SprintFuture: "in 9 days", ticket.SprintClosed: "19 days ago",
	}
	out.Start = w.at(s.Start, starts[out.State])
	out.End = out.Start.AddDate(0, 0, 14)
	if s.End != "" {
		out.End = w.at(s.End, "")
	}
	if out.State == ticket.SprintClosed {
		out.Completed = out.End
	}
	if s.Team != "" && w.tracker() == "linear" {
		out.Team = map[string]string{"payments": "PAY", "core": "CORE"}[s.Team]
	} else if s.Team != "" {
		out.Board = "board of " + s.Team
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
		RawType: d.Type, Labels: slices.Clone(d.Labels), Components: slices.Clone(d.Components),
		Estimate: d.Estimate, Due: w.date(d.Due), Started: w.maybeAt(d.Started), Resolved: w.maybeAt(d.Resolved),
	}
	t.Priority = or(ticket.Priority(d.Priority), t.Priority)
	t.Assignee.Inactive = d.Inactive
	if d.Released {
		t.Releases = []ticket.Release{{ID: "1", Name: "1.0", Released: true}}
	}
	w.place(&t, d)
	w.tie(&t, d)
	for i, c := range inOrder(d.Changes) {
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
	for _, p := range d.Papers {
		t.Papers = append(t.Papers, ticket.Paper{Title: p.Title, URL: p.URL})
	}
	for n := range d.Needs {
		t.Needs = append(t.Needs, ticket.Need{ID: strconv.Itoa(n), Created: t.Created})
	}
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
