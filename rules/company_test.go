package rules_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// company is the work of four years: one team for every 5,000 tickets, with people,
// sprints of two weeks, epics, goals, and six entries of history for each ticket, most
// of them done long ago. Tickets are made anew whenever they are read, as a store
// decodes them.
type company struct {
	n, teams   int
	begin, end time.Time // of what is made; end is when edits begin
	now        time.Time
	planned    []ticket.Sprint
	altered    map[int]ticket.Ticket
}

const (
	companySource = "jira acme.atlassian.net"
	companyYears  = 4 * 365 * 24 * time.Hour
	companySprint = 14 * 24 * time.Hour
)

func newCompany(n int) *company {
	c := &company{n: n, teams: max(n/5000, 2), now: time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC), altered: map[int]ticket.Ticket{}}
	c.begin, c.end = c.now.Add(-companyYears), c.now
	last := int(companyYears/companySprint) + 1
	for team := range c.teams {
		for i := range last + 1 {
			s := ticket.Sprint{
				Source: companySource, ID: sprintOf(team, i), Name: fmt.Sprintf("Sprint %d", i), Board: "board " + strconv.Itoa(team), State: ticket.SprintClosed,
				Start: c.begin.Add(time.Duration(i) * companySprint), Goal: []string{"Refunds under a minute for 9 of 10 customers", ""}[(i+team)%2],
			}
			s.End = s.Start.Add(companySprint)
			switch {
			case s.Start.After(c.now):
				s.State = ticket.SprintFuture
			case s.End.After(c.now):
				s.State = ticket.SprintActive
			default:
				s.Completed = s.End
			}
			c.planned = append(c.planned, s)
		}
	}
	return c
}

func sprintOf(team, i int) string { return strconv.Itoa(team*1000 + i) }

func (c *company) directory(t testing.TB) *org.Directory {
	t.Helper()
	var people []org.Person
	var teams []org.Team
	add := func(id string, role org.Role) org.Seat {
		people = append(people, org.Person{ID: id, Name: "Some Body " + id, Roles: []org.Tenure{{Role: role}}, Accounts: map[string][]string{"jira": {accountIn(id)}}})
		return org.Seat{Person: id}
	}
	for i := range c.teams {
		key := "T" + strconv.Itoa(i)
		team := org.Team{ID: strings.ToLower(key), Name: "Team " + key, Owns: org.Ownership{JiraProjects: []string{key}, JiraBoards: []string{"board " + strconv.Itoa(i)}}}
		team.EMs, team.PMs = []org.Seat{add(fmt.Sprintf("em-%d", i), org.EM)}, []org.Seat{add(fmt.Sprintf("pm-%d", i), org.PM)}
		for k := range 7 {
			team.Members = append(team.Members, add(fmt.Sprintf("dev-%d-%d", i, k), org.Engineer))
		}
		teams = append(teams, team)
	}
	add("boss", org.Director)
	dir, mistakes := org.New(people, teams, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return dir
}

func accountIn(person string) string { return "557058:" + person }

func account(person string) ticket.Account {
	return ticket.Account{ID: accountIn(person), Name: "Some Body " + person}
}

// one makes a ticket.
func (c *company) one(i int) ticket.Ticket {
	if t, altered := c.altered[i]; altered {
		return t
	}
	team, seq, all := i%c.teams, i/c.teams, max(c.n/c.teams, 1)
	created := c.begin.Add(time.Duration(float64(companyYears) * (float64(seq) + float64(team)/float64(c.teams)) / float64(all+1)))
	key := "T" + strconv.Itoa(team)
	dev := func(k int) ticket.Account { return account(fmt.Sprintf("dev-%d-%d", team, k%7)) }
	points := float64(seq%5 + 1)
	t := ticket.Ticket{
		Source: companySource, Tracker: "jira", ID: strconv.Itoa(1_000_000 + i), Key: key + "-" + strconv.Itoa(seq), Project: key, URL: "https://acme.atlassian.net/browse/" + key + "-" + strconv.Itoa(seq),
		Title: "Bulk export of refunds for the shops", Description: "h2. Idea\nA page that lists every refund with its state.\n", Kind: []ticket.Kind{ticket.Feature, ticket.Bug, ticket.Task}[seq%3],
		Status: "Done", Category: ticket.Done, Created: created, Creator: account(fmt.Sprintf("pm-%d", team)), Assignee: dev(seq), Priority: ticket.Medium,
		Labels: []string{"label-" + strconv.Itoa(seq%40)}, Components: []string{"component " + strconv.Itoa(seq%8)}, Estimate: &points,
	}
	switch {
	case seq%200 == 0:
		t.Kind = ticket.Goal
	case seq%10 == 0:
		t.Kind, t.Parent = ticket.Container, c.ref(team, seq/200*200)
	default:
		t.Parent = c.ref(team, seq/10*10)
	}
	if seq%3 == 0 {
		t.Description += "h2. Problem\nNobody knows how many refunds are open, and finding out takes half a day every week and two people.\n"
	}
	sprint := sprintOf(team, int(created.Sub(c.begin)/companySprint))
	value := func(s string) []ticket.Value { return []ticket.Value{{ID: s, Text: s, Norm: s}} }
	at := func(days int) time.Time { return created.Add(time.Duration(days) * 24 * time.Hour) }
	t.History = []ticket.Change{
		{ID: "1", At: at(1), Actor: account(fmt.Sprintf("em-%d", team)), Field: ticket.FieldAssignee, To: value(t.Assignee.ID)},
		{ID: "2", At: at(1), Actor: t.Creator, Field: ticket.FieldEstimate, To: value(strconv.Itoa(seq%5 + 1))},
		{ID: "3", At: at(2), Actor: t.Creator, Field: ticket.FieldSprint, To: value(sprint)},
		{ID: "4", At: at(3), Actor: t.Assignee, Field: ticket.FieldStatus, From: value("todo"), To: value("started")},
		{ID: "5", At: at(4), Actor: dev(seq + 1), Field: ticket.FieldLabel},
		{ID: "6", At: at(9), Actor: t.Assignee, Field: ticket.FieldStatus, From: value("started"), To: value("done")},
	}
	t.Comments = []ticket.Comment{{ID: "1", Author: dev(seq + 2), Created: at(2)}, {ID: "2", Author: t.Assignee, Created: at(5)}}
	t.Sprints, t.Started, t.Resolved, t.Updated = []string{sprint}, at(3), at(9), at(9)
	if t.Resolved.After(c.end) || t.Kind != ticket.Task && t.Kind != ticket.Bug && t.Kind != ticket.Feature && seq > all*9/10 {
		if past, ok := t.AsOf(c.end); ok {
			if past.Category == ticket.Done {
				past.Category, past.Status, past.Resolved, past.History = ticket.Started, "started", time.Time{}, past.History[:5]
			}
			return past
		}
	}
	return t
}

func (c *company) ref(team, seq int) ticket.Ref {
	return ticket.Ref{ID: strconv.Itoa(1_000_000 + seq*c.teams + team), Key: "T" + strconv.Itoa(team) + "-" + strconv.Itoa(seq)}
}

// Tickets implements rules.Work.
func (c *company) Tickets(context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for i := range c.n {
			if !yield(c.one(i), nil) {
				return
			}
		}
	}
}

// Ticket implements rules.Work.
func (c *company) Ticket(_ context.Context, _ string, r ticket.Ref) (ticket.Ticket, error) {
	if i, err := strconv.Atoi(r.ID); err == nil && i >= 1_000_000 && i < 1_000_000+c.n {
		return c.one(i - 1_000_000), nil
	}
	return ticket.Ticket{}, rules.ErrNotStored
}

// Sprints implements rules.Work.
func (c *company) Sprints(context.Context) ([]ticket.Sprint, error) { return c.planned, nil }

// edit lets people work on some tickets, most of them of lately, as they do.
func (c *company) edit(r *rand.Rand, n int) []rules.Altered {
	var out []rules.Altered
	for range n {
		i := c.n - 1 - r.IntN(c.n/20+1)
		if r.IntN(10) == 0 {
			i = r.IntN(c.n)
		}
		t := c.one(i)
		who := account(fmt.Sprintf("dev-%d-%d", i%c.teams, r.IntN(7)))
		if r.IntN(2) == 0 {
			t.Comments = append(t.Comments[:len(t.Comments):len(t.Comments)], ticket.Comment{ID: "c" + strconv.Itoa(r.IntN(1<<30)), Author: who, Created: c.now})
		} else {
			to := []string{"started", "done"}[r.IntN(2)]
			change := ticket.Change{ID: "s" + strconv.Itoa(r.IntN(1<<30)), At: c.now, Actor: who, Field: ticket.FieldStatus,
				From: []ticket.Value{{Text: t.Status, Norm: string(t.Category)}}, To: []ticket.Value{{Text: to, Norm: to}}}
			t.History, t.Category, t.Status = append(t.History[:len(t.History):len(t.History)], change), ticket.Category(to), to
		}
		t.Updated = c.now
		t.Normalise()
		c.altered[i] = t
		out = append(out, rules.Altered{Source: t.Source, ID: t.ID})
	}
	return out
}
