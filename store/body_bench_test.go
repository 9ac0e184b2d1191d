package store_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// typical is a ticket of about 2 kB as JSON with six history entries by three
// people, which is what the figures in the decision records are about.
func typical() ticket.Ticket {
	people := make([]ticket.Account, 4)
	for i := range people {
		people[i] = ticket.Account{
			ID:   fmt.Sprintf("5b10ac8d82e05b22cc7d4e%02d", i),
			Name: []string{"Mina Park", "Jo Okafor", "Lee Sandoval", "Dana Whitfield"}[i],
		}
	}
	at := time.Date(2026, 11, 9, 8, 30, 0, 0, time.UTC)
	estimate := 3.0
	t := ticket.Ticket{
		Source: "jira acme.atlassian.net", Tracker: "jira", ID: "10231", Key: "PAY-231",
		URL:   "https://acme.atlassian.net/browse/PAY-231",
		Title: "Bulk export of settled payments", Description: strings.Repeat("A merchant needs a file. ", 12),
		Kind: ticket.Feature, RawType: "Story", Status: "In Progress", Category: ticket.Started, Priority: ticket.High,
		Creator: people[0], Assignee: people[1], Project: "PAY", Estimate: &estimate, Due: "2026-12-01",
		Sprints: []string{"23"}, Labels: []string{"export", "merchant"}, Components: []string{"settlement"},
		Parent:   ticket.Ref{ID: "10100", Key: "PAY-100"},
		Links:    []ticket.Link{{Kind: ticket.Solves, Phrase: "solves", Target: ticket.Ref{ID: "10088", Key: "PAY-88"}}},
		Comments: []ticket.Comment{{ID: "1", Author: people[2], Created: at.Add(3 * time.Hour)}},
		Created:  at, Updated: at.Add(72 * time.Hour), Started: at.Add(24 * time.Hour),
	}
	one := func(id, text, norm string) []ticket.Value {
		return []ticket.Value{{ID: id, Text: text, Norm: norm}}
	}
	for i, c := range []ticket.Change{
		{Field: ticket.FieldSprint, Raw: "Sprint", To: one("23", "Sprint 23", "")},
		{Field: ticket.FieldAssignee, Raw: "assignee", To: one(people[1].ID, people[1].Name, "")},
		{Field: ticket.FieldPriority, Raw: "priority", From: one("3", "Medium", "medium"), To: one("2", "High", "high")},
		{Field: ticket.FieldStatus, Raw: "status", From: one("1", "To Do", "todo"), To: one("3", "In Progress", "started")},
		{Field: ticket.FieldLabel, Raw: "labels", From: one("export", "", ""), To: []ticket.Value{{ID: "export"}, {ID: "merchant"}}},
		{Field: ticket.FieldEstimate, Raw: "Story Points", To: one("3", "3", "")},
	} {
		c.ID, c.At, c.Actor = fmt.Sprintf("%d:0", 20400+i), at.Add(time.Duration(i)*5*time.Hour), people[i%3]
		t.History = append(t.History, c)
	}
	t.Normalise()
	return t
}

func BenchmarkEncodeTicket(b *testing.B) {
	t := typical()
	var body []byte
	for b.Loop() {
		var err error
		if body, err = store.EncodeTicket(body[:0], &t); err != nil {
			b.Fatal(err)
		}
	}
	inJSON, err := json.Marshal(t)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(body)), "B/body")
	b.ReportMetric(float64(len(inJSON)), "B/json")
}

func BenchmarkDecodeTicket(b *testing.B) {
	t := typical()
	body, err := store.EncodeTicket(nil, &t)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := store.DecodeTicket(body); err != nil {
			b.Fatal(err)
		}
	}
}
