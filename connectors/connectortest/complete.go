package connectortest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

// fullPass compares what was stored with the world, ticket by ticket.
func fullPass(t *testing.T, b *bench) {
	s := b.synced(t)
	got, want := s.issues(), b.world.Issues(space)
	if len(got) != len(want) {
		t.Errorf("%d tickets arrived, want %d", len(got), len(want))
	}
	for _, i := range want {
		tk, ok := got[i.Key]
		if !ok {
			t.Errorf("%s %q did not arrive", i.Key, i.Title)
			continue
		}
		compare(t, tk, i)
	}
}

func compare(t *testing.T, got ticket.Ticket, want *simulator.Issue) {
	t.Helper()
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"title", got.Title, want.Title},
		{"status", got.Status, want.Status.Name},
		{"category", got.Category, categories[want.Status.Category]},
		{"priority", got.Priority, priorities[want.Priority]},
		{"assignee", got.Assignee.Name, nameOf(want.Assignee)},
		{"created", got.Created, want.Created.Truncate(time.Millisecond)},
		{"updated", got.Updated, want.Updated.Truncate(time.Millisecond)},
		{"due", got.Due, ticket.Date(want.Due)},
		{"labels", strings.Join(got.Labels, " "), strings.Join(want.Labels, " ")},
		{"estimate", got.Estimate, want.Estimate},
		{"comments", len(got.Comments), len(want.Comments)},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s %q: %s = %v, want %v", want.Key, want.Title, c.what, c.got, c.want)
		}
	}
	if got.ID == "" || got.URL == "" || got.Source == "" || got.Tracker == "" || got.Description == "" && want.Description != "" {
		t.Errorf("%s: id %q, URL %q, source %q, tracker %q, description %q: none may be empty", want.Key, got.ID, got.URL, got.Source, got.Tracker, got.Description)
	}
	for n := range min(len(got.Comments), len(want.Comments)) {
		g, w := got.Comments[n], want.Comments[n]
		known := g.Author.Name == nameOf(w.By) || w.By.Handle == "gone" && g.Author.ID != "" // trackers forget a name with its account
		if !g.Created.Equal(w.At) || !known {
			t.Errorf("%s: comment %d is by %q at %v, want %q at %v", want.Key, n, g.Author.Name, g.Created, nameOf(w.By), w.At)
		}
	}
	if (want.Parent == nil) != got.Parent.IsZero() || want.Parent != nil && got.Parent.Key != want.Parent.Key {
		t.Errorf("%s: parent = %v, want %v", want.Key, got.Parent, want.Parent)
	}
}

var categories = map[simulator.Category]ticket.Category{
	simulator.Triage: ticket.Backlog, simulator.Backlog: ticket.Backlog, simulator.Unstarted: ticket.Todo,
	simulator.InProgress: ticket.Started, simulator.Completed: ticket.Done,
	simulator.Canceled: ticket.Cancelled, simulator.Duplicate: ticket.Cancelled,
}

var priorities = map[simulator.Priority]ticket.Priority{
	simulator.NoPriority: ticket.NoPriority, simulator.Urgent: ticket.Urgent, simulator.High: ticket.High,
	simulator.Medium: ticket.Medium, simulator.Low: ticket.Low,
}

func nameOf(p *simulator.Person) string {
	if p == nil {
		return ""
	}
	return p.Name
}

// fields are what the suite compares of a history, in both sides' words.
var fields = map[simulator.Field]ticket.Field{
	simulator.FieldStatus: ticket.FieldStatus, simulator.FieldAssignee: ticket.FieldAssignee,
	simulator.FieldEstimate: ticket.FieldEstimate, simulator.FieldLabels: ticket.FieldLabel,
	simulator.FieldSprint: ticket.FieldSprint, simulator.FieldDue: ticket.FieldDue,
	simulator.FieldPriority: ticket.FieldPriority, simulator.FieldTitle: ticket.FieldTitle, simulator.FieldLink: ticket.FieldLink,
}

// completeHistories looks for every change the world knows of.
func completeHistories(t *testing.T, b *bench) {
	got := b.synced(t).issues()
	for _, i := range b.world.Issues(space) {
		want, have := map[ticket.Field]int{}, map[ticket.Field]int{}
		for _, e := range i.History {
			for _, it := range e.Items {
				if f, ok := fields[it.Field]; ok {
					want[f]++
				}
			}
		}
		tk := got[i.Key]
		for _, c := range tk.History {
			if slices.Contains(slices.Collect(maps.Values(fields)), c.Field) {
				have[c.Field]++
			}
		}
		if !maps.Equal(have, want) {
			t.Errorf("%s %q: changes by field = %v, want %v", i.Key, i.Title, have, want)
		}
		for _, c := range tk.History {
			if c.ID == "" || c.At.IsZero() || c.Field == "" {
				t.Errorf("%s: a change lacks id, time or field: %+v", i.Key, c)
			}
		}
	}
}

// rewinds compares past states with what the world was like then.
func rewinds(t *testing.T, b *bench) {
	got := b.synced(t).issues()
	for _, i := range b.world.Issues(space) {
		tk := got[i.Key]
		if _, ok := tk.AsOf(i.Created.Add(-time.Minute)); ok {
			t.Errorf("%s existed before it was created", i.Key)
		}
		for _, e := range i.History {
			for _, it := range e.Items {
				compareThen(t, tk, e.At, it)
			}
		}
	}
}

// compareThen checks the ticket just before and just after one change. Changes
// of one moment cannot be told apart, so only the outer ones are looked at.
func compareThen(t *testing.T, tk ticket.Ticket, at time.Time, it simulator.Item) {
	t.Helper()
	before, _ := tk.AsOf(at.Add(-time.Millisecond))
	after, _ := tk.AsOf(at)
	switch it.Field {
	case simulator.FieldStatus:
		if w := it.From.(*simulator.State).Name; before.Status != w && before.ID != "" {
			t.Errorf("%s: status before %v = %q, want %q", tk.Key, at, before.Status, w)
		}
		if w := it.To.(*simulator.State).Name; after.Status != w {
			t.Errorf("%s: status at %v = %q, want %q", tk.Key, at, after.Status, w)
		}
		if w := categories[it.To.(*simulator.State).Category]; after.Category != w {
			t.Errorf("%s: category at %v = %q, want %q", tk.Key, at, after.Category, w)
		}
	case simulator.FieldAssignee:
		if w := nameOf(it.From.(*simulator.Person)); before.ID != "" && before.Assignee.Name != w {
			t.Errorf("%s: assignee before %v = %q, want %q", tk.Key, at, before.Assignee.Name, w)
		}
	case simulator.FieldEstimate:
		if w := it.To.(*float64); !reflect.DeepEqual(after.Estimate, w) {
			t.Errorf("%s: estimate at %v = %v, want %v", tk.Key, at, after.Estimate, w)
		}
	case simulator.FieldSprint:
		if w := len(it.From.([]*simulator.Sprint)); before.ID != "" && len(before.Sprints) != w {
			t.Errorf("%s: %d sprints before %v, want %d", tk.Key, len(before.Sprints), at, w)
		}
	}
}

func normalised(t *testing.T, b *bench) {
	for _, tk := range b.synced(t).tickets {
		again := clone(tk)
		again.Normalise()
		if d := difference(tk, again); d != "" {
			t.Errorf("%s is not normalised: %s", tk.Key, d)
		}
	}
}

// clone copies the lists that Normalise sorts in place.
func clone(t ticket.Ticket) ticket.Ticket {
	t.History, t.Comments = slices.Clone(t.History), slices.Clone(t.Comments)
	t.Labels, t.Components, t.Sprints = slices.Clone(t.Labels), slices.Clone(t.Components), slices.Clone(t.Sprints)
	t.Links, t.Watchers, t.Containers = slices.Clone(t.Links), slices.Clone(t.Watchers), slices.Clone(t.Containers)
	t.Boards, t.Mentions, t.Needs = slices.Clone(t.Boards), slices.Clone(t.Mentions), slices.Clone(t.Needs)
	return t
}

func oddTickets(t *testing.T, b *bench) {
	got := b.synced(t).issues()
	byTitle := map[string]ticket.Ticket{}
	for _, tk := range got {
		byTitle[tk.Title] = tk
	}
	orphan := byTitle["No creator"]
	if !orphan.Creator.IsZero() && !orphan.Creator.Bot {
		t.Errorf("creator = %+v, want nobody", orphan.Creator)
	}
	var nameless, byGone int
	for _, c := range orphan.History {
		switch {
		case c.Field == ticket.FieldStatus && (c.Actor.IsZero() || c.Actor.Bot):
			nameless++
		case c.Field == ticket.FieldAssignee && c.Actor.ID != "":
			byGone++
		}
	}
	if nameless != 1 || byGone != 1 {
		t.Errorf("%d changes by nobody and %d by somebody who left, want 1 and 1: %+v", nameless, byGone, orphan.History)
	}
	if len(byTitle["Plain 0"].Comments) != 1 || len(byTitle["Plain 0"].Comments[0].Mentions) != 1 {
		t.Errorf("comments = %+v, want one that mentions one person", byTitle["Plain 0"].Comments)
	}
	if n := len(byTitle["Mentions"].Mentions); n != 2 {
		t.Errorf("%d people are mentioned in the description, want 2", n)
	}
	child, busy, parent := byTitle[hostile], byTitle["Busy"], byTitle["Parent"]
	if !slices.ContainsFunc(child.Links, func(l ticket.Link) bool { return l.Kind == ticket.BlockedBy && l.Target.Is(busy.Ref()) }) {
		t.Errorf("links of the child = %+v, want blocked by %s", child.Links, busy.Key)
	}
	if !slices.ContainsFunc(busy.Links, func(l ticket.Link) bool { return l.Kind == ticket.Blocks && l.Target.Is(child.Ref()) }) {
		t.Errorf("links of %s = %+v, want blocks the child", busy.Key, busy.Links)
	}
	if !child.Parent.Is(parent.Ref()) || len(child.Sprints) != 1 || len(parent.Links) != 1 {
		t.Errorf("child has parent %v and sprints %v, the parent links %v", child.Parent, child.Sprints, parent.Links)
	}
	if moved := byTitle["Plain 0"].History; !b.tracker.NoBots && !slices.ContainsFunc(moved, func(c ticket.Change) bool { return c.Field == ticket.FieldStatus && c.Actor.Bot }) {
		t.Errorf("no change by a bot in %+v", moved)
	}
}

func otherSpaces(t *testing.T, b *bench) {
	for _, tk := range b.synced(t).tickets {
		if strings.HasPrefix(tk.Title, "Elsewhere") {
			t.Errorf("%s came along", tk.Key)
		}
	}
}

func sprints(t *testing.T, b *bench) {
	var found *ticket.Sprint
	s := b.synced(t)
	for _, sp := range s.sprints {
		if sp.Name == sprintName {
			found = &sp
		}
	}
	if found == nil {
		t.Fatalf("the sprint did not arrive, only %v", s.sprints)
	}
	if found.Goal != "Refunds under a minute" || found.Start.IsZero() || found.End.IsZero() || found.ID == "" {
		t.Errorf("sprint = %+v, want goal and dates", *found)
	}
	for _, tk := range s.tickets {
		for _, id := range tk.Sprints {
			if _, ok := s.sprints[id]; !ok {
				t.Errorf("%s is in sprint %s, which never arrived", tk.Key, id)
			}
		}
	}
}

func foreignZones(t *testing.T, tracker Tracker) {
	want := newBench(t, tracker)
	plainly := want.synced(t)
	for _, handle := range []string{"reader", "sam", "lee"} {
		b := newBench(t, tracker)
		b.serve(simulator.Options{Viewer: handle})
		s := b.synced(t)
		for id, tk := range s.tickets {
			if w := plainly.tickets[id]; !tk.Created.Equal(w.Created) || !tk.Updated.Equal(w.Updated) || len(tk.History) != len(w.History) {
				t.Errorf("read by %s, %s was created %v and updated %v, want %v and %v", handle, tk.Key, tk.Created, tk.Updated, w.Created, w.Updated)
			}
			if tk.Created.Location() != time.UTC {
				t.Errorf("%s has times in %v, want UTC", tk.Key, tk.Created.Location())
			}
		}
		if len(s.tickets) != len(plainly.tickets) {
			t.Errorf("read by %s, %d tickets arrived, want %d", handle, len(s.tickets), len(plainly.tickets))
		}
	}
}

func smallCaps(t *testing.T, tracker Tracker) {
	b := newBench(t, tracker)
	want := b.synced(t)
	b.serve(tracker.Small)
	s := newShelf()
	b.sync(t, s)
	s.same(t, want)
}
