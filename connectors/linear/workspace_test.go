package linear

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

var day0 = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// at is the moment n minutes after the workspace began.
func at(n int) string { return stamp(day0.Add(time.Duration(n) * time.Minute)) }

// newWorkspace is a fake with one of everything and n issues, one an hour.
func newWorkspace(t testing.TB, n int) *fake {
	t.Helper()
	f := newFake(t)
	team := obj{"id": "team-pay", "key": "PAY", "name": "Payments", "archivedAt": nil}
	core := obj{"id": "team-core", "key": "CORE", "name": "Core"}
	f.lists["teams"] = []obj{team, core}
	f.lists["viewer"] = []obj{{"id": "u-bot"}}
	f.lists["organization"] = []obj{{"name": "Acme", "urlKey": "acme"}} //nolint:misspell // Linear's spelling
	f.lists["users"] = []obj{
		person("mina", true), person("lee", true), person("dana", true), person("jo", false),
		{"id": "u-app", "name": "Sentry", "displayName": "sentry", "email": "sentry@app.example", "active": true, "app": true, "url": "https://linear.app/acme/profiles/sentry"},
	}
	f.lists["workflowStates"] = []obj{
		state0("triage", "Triage"), state0("backlog", "Backlog"), state0("unstarted", "Todo"), state0("started", "In Progress"),
		state0("completed", "Done"), state0("canceled", "Canceled"), state0("duplicate", "Duplicate"),
	}
	f.lists["issueLabels"] = []obj{
		{"id": "l-type", "name": "Type", "isGroup": true},
		{"id": "l-bug", "name": "Bug", "isGroup": false, "parent": obj{"name": "Type"}}, {"id": "l-feature", "name": "Feature", "isGroup": false},
		{"id": "l-problem", "name": "Problem", "isGroup": false}, {"id": "l-area", "name": "Area 1", "isGroup": false},
	}
	f.lists["cycles"] = []obj{{
		"id": "cycle-12", "number": 12.0, "name": nil, "description": "Refunds under a minute", "updatedAt": at(0),
		"startsAt": at(0), "endsAt": at(14 * 24 * 60), "completedAt": nil, "isActive": true, "isFuture": false, "isPast": false, "team": team,
	}}
	initiative := obj{
		"id": "init-1", "slugId": "aa11", "url": "https://linear.app/acme/initiative/trust-aa11", "name": "Trust", "description": nil,
		"content": "Customers trust us.", "priority": 0, "status": "Active", "createdAt": at(0), "updatedAt": at(1), "startedAt": at(1),
		"owner": obj{"id": "u-dana"}, "creator": obj{"id": "u-dana"},
	}
	f.lists["initiatives"] = []obj{initiative}
	f.lists["projects"] = []obj{{
		"id": "proj-1", "slugId": "bb22", "url": "https://linear.app/acme/project/refunds-bb22", "name": "Refunds", "description": "Faster refunds",
		"content": "## Problem\nSupport waits.", "priority": 2, "status": obj{"name": "In Progress", "type": "started"}, "targetDate": "2026-12-01",
		"createdAt": at(0), "updatedAt": at(2), "startedAt": at(2), "lead": obj{"id": "u-mina"}, "creator": obj{"id": "u-dana"},
		"teams": []obj{team}, "labels": []obj{{"name": "Q4"}}, "initiatives": []obj{initiative}, "needs": []obj{{"id": "need-p", "createdAt": at(1)}},
		"projectUpdates": []obj{{"id": "pu-1", "createdAt": at(2), "body": "On track, thanks @lee", "user": obj{"id": "u-mina"}}},
	}}
	for i := range n {
		f.lists["issues"] = append(f.lists["issues"], f.issue(i))
	}
	team["issueCount"], core["issueCount"] = (n+1)/2, n/2
	return f
}

func person(name string, active bool) obj {
	return obj{
		"id": "u-" + name, "name": name + " full", "displayName": name, "email": name + "@acme.example",
		"active": active, "app": false, "url": "https://linear.app/acme/profiles/" + name,
	}
}

func state0(typ, name string) obj { return obj{"id": "s-" + typ, "name": name, "type": typ} }

// issue is the i-th issue, created and updated i hours into the workspace.
func (f *fake) issue(i int) obj {
	when := at(60 * i)
	return obj{
		"id": fmt.Sprintf("issue-%05d", i), "identifier": fmt.Sprintf("PAY-%d", i), "url": fmt.Sprintf("https://linear.app/acme/issue/PAY-%d", i),
		"title": fmt.Sprintf("Issue %d", i), "description": "for @lee", "priority": 2.0, "labelIds": []string{"l-feature"},
		"createdAt": when, "updatedAt": when, "startedAt": when,
		"team": f.lists["teams"][i%2], "state": f.lists["workflowStates"][3], "creator": obj{"id": "u-lee"}, "assignee": obj{"id": "u-mina"},
		"cycle": obj{"id": "cycle-12"}, "project": obj{"id": "proj-1", "slugId": "bb22"},
		"comments": []obj{{"id": fmt.Sprintf("c-%d", i), "createdAt": when, "body": "see @dana", "user": obj{"id": "u-mina"}}},
		"history":  []obj{{"id": fmt.Sprintf("h-%d", i), "createdAt": when, "actorId": "u-lee", "fromStateId": "s-unstarted", "toStateId": "s-started"}},
	}
}

// touch updates an issue's title and time.
func (f *fake) touch(i int, when time.Time, title string) {
	o := f.lists["issues"][i]
	o = maps.Clone(o)
	o["title"], o["updatedAt"] = title, stamp(when)
	f.lists["issues"][i] = o
}

// memory is a store good enough for connectors.Sync.
type memory struct {
	cursor  string
	tickets map[string]ticket.Ticket
	sprints map[string]ticket.Sprint
	cursors []string // every cursor stored
	full    error    // what the next save answers
}

func newMemory() *memory {
	return &memory{tickets: map[string]ticket.Ticket{}, sprints: map[string]ticket.Sprint{}}
}

func (m *memory) Cursor(context.Context, string) (string, error) { return m.cursor, nil }

func (m *memory) SavePage(_ context.Context, _ string, ts []ticket.Ticket, ss []ticket.Sprint, cursor string) (int, error) {
	if m.full != nil {
		return 0, m.full
	}
	changed := 0
	for _, t := range ts {
		old, ok := m.tickets[t.ID]
		if ok && old.Updated.After(t.Updated) {
			continue
		}
		if !ok || !reflect.DeepEqual(old, t) {
			changed++
		}
		m.tickets[t.ID] = t
	}
	for _, s := range ss {
		m.sprints[s.ID] = s
	}
	m.cursor = cursor
	m.cursors = append(m.cursors, cursor)
	return changed, nil
}

// clone is the store as it stood when the cursor was stored: what came later is
// not there yet, which is the worst case for a restart.
func (m *memory) startingAt(cursor string) *memory {
	n := newMemory()
	n.cursor = cursor
	return n
}

func syncOnce(t testing.TB, s connectors.Source, m *memory) connectors.Progress {
	t.Helper()
	p, err := connectors.Sync(context.Background(), s, m, nil)
	if err != nil {
		t.Fatalf("sync: %v", err)
	}
	return p
}

func (m *memory) keys() []string {
	var keys []string
	for _, t := range m.tickets {
		keys = append(keys, t.Key)
	}
	slices.Sort(keys)
	return keys
}
