package linear

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// table is the words of a small workspace.
func table(t testing.TB) *words {
	t.Helper()
	m, err := DefaultMapping()
	if err != nil {
		t.Fatal(err)
	}
	users := []user{
		{ID: "u-mina", Name: "Mina Osei", DisplayName: "mina", Email: "mina@acme.example", Active: true, URL: "https://linear.app/acme/profiles/mina"},
		{ID: "u-lee", Name: "Lee Park", DisplayName: "lee.park", Active: true, URL: "https://linear.app/acme/profiles/lee.park"},
		{ID: "u-jo", Name: "Jo", DisplayName: "jo", URL: "https://linear.app/acme/profiles/jo"},
		{ID: "u-ann", Name: "Ann Marie", DisplayName: "Ann Marie", Active: true},
		{ID: "u-app", Name: "Sentry", DisplayName: "sentry", Active: true, App: true},
	}
	states := []state{
		{"s-triage", "Triage", "triage"}, {"s-todo", "Todo", "unstarted"}, {"s-doing", "In Progress", "started"},
		{"s-done", "Done", "completed"}, {"s-gone", "Canceled", "canceled"}, {"s-twin", "Duplicate", "duplicate"}, {"s-new", "Odd", "parked"},
	}
	labels := []label{
		{ID: "l-bug", Name: "Bug", Parent: &ref{Name: "Type"}}, {ID: "l-feature", Name: "Feature"}, {ID: "l-problem", Name: "Problem"}, {ID: "l-area", Name: "API"},
	}
	return newWords(m, users, states, labels, []team{{"t-pay", "PAY", "Payments"}, {"t-core", "CORE", "Core"}})
}

func decodeIssue(t testing.TB, text string) *issue {
	t.Helper()
	var i issue
	if err := json.Unmarshal([]byte(text), &i); err != nil {
		t.Fatal(err)
	}
	return &i
}

var blank = ticket.Ticket{Source: "linear acme", Tracker: "linear"}

func TestAWholeIssueBecomesATicket(t *testing.T) {
	got := table(t).ticket(blank, decodeIssue(t, `{
		"id": "i1", "identifier": "PAY-7", "url": "https://linear.app/acme/issue/PAY-7/x", "title": "Bulk export",
		"description": "As @mina said, see https://linear.app/acme/profiles/lee.park.", "priority": 1, "estimate": 3, "dueDate": "2026-12-01",
		"labelIds": ["l-feature", "l-area"], "createdAt": "2026-09-01T09:00:00.000+02:00", "updatedAt": "2026-09-03T09:00:00Z",
		"startedAt": "2026-09-02T00:00:00Z", "team": {"key": "PAY"}, "state": {"name": "In Progress", "type": "started"},
		"creator": {"id": "u-lee"}, "assignee": {"id": "u-jo"}, "cycle": {"id": "cy"}, "project": {"id": "p1", "slugId": "bb22"},
		"parent": {"id": "i0", "identifier": "PAY-1"},
		"comments": {"nodes": [{"id": "c1", "createdAt": "2026-09-02T10:00:00Z", "body": "@Ann Marie, could you?", "user": {"id": "u-mina"}},
			{"id": "c2", "createdAt": "2026-09-02T11:00:00Z", "body": "", "botActor": {"name": "GitHub", "type": "github"}},
			{"id": "c3", "createdAt": "2026-09-02T12:00:00Z", "body": "", "externalUser": {"id": "x1", "name": "Customer", "email": "c@x.example"}},
			{"id": "c4", "createdAt": "2026-09-02T13:00:00Z", "body": ""}]},
		"relations": {"nodes": [{"type": "blocks", "relatedIssue": {"id": "i2", "identifier": "PAY-2", "labelIds": ["l-bug"]}},
			{"type": "duplicate", "relatedIssue": {"id": "i3", "identifier": "PAY-3", "labelIds": []}}]},
		"inverseRelations": {"nodes": [{"type": "blocks", "issue": {"id": "i4", "identifier": "PAY-4", "labelIds": ["l-problem"]}},
			{"type": "related", "issue": {"id": "i5", "identifier": "PAY-5"}}, {"type": "mirrors", "issue": {"id": "i6", "identifier": "PAY-6"}}]},
		"needs": {"nodes": [{"id": "n1", "createdAt": "2026-09-01T12:00:00Z"}]},
		"subscribers": {"nodes": [{"id": "u-mina"}, {"id": "u-left"}]}
	}`))
	points := 3.0
	utc := func(d, h int) time.Time { return time.Date(2026, 9, d, h, 0, 0, 0, time.UTC) }
	mina := ticket.Account{ID: "u-mina", Name: "Mina Osei", Email: "mina@acme.example"}
	want := ticket.Ticket{
		Source: "linear acme", Tracker: "linear", ID: "i1", Key: "PAY-7", URL: "https://linear.app/acme/issue/PAY-7/x", Title: "Bulk export",
		Description: "As @mina said, see https://linear.app/acme/profiles/lee.park.", Kind: ticket.Feature, RawType: "issue",
		Status: "In Progress", Category: ticket.Started, Priority: ticket.Urgent, Creator: ticket.Account{ID: "u-lee", Name: "Lee Park"},
		Assignee: ticket.Account{ID: "u-jo", Name: "Jo", Inactive: true}, Team: "PAY", Estimate: &points, Due: "2026-12-01",
		Sprints: []string{"cy"}, Labels: []string{"API", "Feature"}, Parent: ticket.Ref{ID: "i0", Key: "PAY-1"},
		Containers: []ticket.Ref{{ID: "p1", Key: "bb22"}},
		Links: []ticket.Link{
			{Kind: ticket.Blocks, Phrase: "blocks", Target: ticket.Ref{ID: "i2", Key: "PAY-2"}, TargetKind: ticket.Bug},
			{Kind: ticket.Duplicates, Phrase: "duplicate of", Target: ticket.Ref{ID: "i3", Key: "PAY-3"}, TargetKind: ticket.Task},
			{Kind: ticket.BlockedBy, Phrase: "blocked by", Target: ticket.Ref{ID: "i4", Key: "PAY-4"}, TargetKind: ticket.Problem},
			{Kind: ticket.Relates, Phrase: "related to", Target: ticket.Ref{ID: "i5", Key: "PAY-5"}, TargetKind: ticket.Task},
			{Kind: ticket.OtherLink, Phrase: "mirrors (from the other end)", Target: ticket.Ref{ID: "i6", Key: "PAY-6"}, TargetKind: ticket.Task},
		},
		Needs: []ticket.Need{{ID: "n1", Created: utc(1, 12)}}, Mentions: []string{"u-lee", "u-mina"},
		Watchers: []ticket.Account{{ID: "u-left"}, mina},
		Comments: []ticket.Comment{
			{ID: "c1", Author: mina, Created: utc(2, 10), Mentions: []string{"u-ann"}},
			{ID: "c2", Author: ticket.Account{ID: "bot:github", Name: "GitHub", Bot: true}, Created: utc(2, 11)},
			{ID: "c3", Author: ticket.Account{ID: "x1", Name: "Customer", Email: "c@x.example"}, Created: utc(2, 12)},
			{ID: "c4", Created: utc(2, 13)},
		},
		Created: utc(1, 7), Updated: utc(3, 9), Started: utc(2, 0),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("ticket differs\n got %+v\nwant %+v", got, want)
	}
}

func TestWhoCreatedAnIssue(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want ticket.Account
	}{
		"a user":                    {`{"creator":{"id":"u-lee"}}`, ticket.Account{ID: "u-lee", Name: "Lee Park"}},
		"an app user":               {`{"creator":{"id":"u-app"}}`, ticket.Account{ID: "u-app", Name: "Sentry", Bot: true}},
		"a bot with an id":          {`{"creator":null,"botActor":{"id":"b1","name":"Slack","type":"slack"}}`, ticket.Account{ID: "b1", Name: "Slack", Bot: true}},
		"a bot without id and name": {`{"creator":null,"botActor":{"type":"workflow"}}`, ticket.Account{ID: "bot:workflow", Name: "workflow", Bot: true}},
		"somebody outside, through a bot": {`{"externalUserCreator":{"id":"x","name":"Kim","email":"kim@x.example"},"botActor":{"type":"slack"}}`,
			ticket.Account{ID: "x", Name: "Kim", Email: "kim@x.example"}},
		"nobody": {`{"creator":null}`, ticket.Account{}},
	} {
		if got := table(t).ticket(blank, decodeIssue(t, tt.text)).Creator; got != tt.want {
			t.Errorf("%s: creator = %+v, want %+v", name, got, tt.want)
		}
	}
}

func TestWhatAStateMeans(t *testing.T) {
	for typ, want := range map[string]ticket.Category{
		"triage": ticket.Backlog, "backlog": ticket.Backlog, "unstarted": ticket.Todo, "started": ticket.Started, "completed": ticket.Done,
		"canceled": ticket.Cancelled, "duplicate": ticket.Cancelled, "proposed": ticket.Backlog, "planned": ticket.Todo, "paused": ticket.Todo,
		"active": ticket.Started, "invented later": ticket.Backlog,
	} {
		if got := table(t).category(state{Name: "X", Type: typ}); got != want {
			t.Errorf("%s means %s, want %s", typ, got, want)
		}
	}
	w := table(t)
	w.mapping.Statuses["ready to ship"] = ticket.Done
	if got := w.category(state{Name: "Ready to ship", Type: "started"}); got != ticket.Done {
		t.Errorf("a state named in the mapping means %s, want done", got)
	}
}

func TestPrioritiesAreNumbersInLinear(t *testing.T) {
	for n, want := range []ticket.Priority{ticket.NoPriority, ticket.Urgent, ticket.High, ticket.Medium, ticket.Low, ticket.NoPriority} {
		if got := table(t).ticket(blank, &issue{Priority: float64(n)}).Priority; got != want {
			t.Errorf("priority %d = %s, want %s", n, got, want)
		}
	}
}

func TestATrashedIssueIsNoLongerWorkedOn(t *testing.T) {
	got := table(t).ticket(blank, decodeIssue(t, `{"state":{"name":"In Progress","type":"started"},"trashed":true,
		"createdAt":"2026-09-01T00:00:00Z","updatedAt":"2026-09-02T00:00:00Z","archivedAt":"2026-09-03T00:00:00Z"}`))
	if got.Category != ticket.Cancelled || got.Status != "In Progress" || got.Resolved.Day() != 3 {
		t.Errorf("category %s, status %s, resolved %v", got.Category, got.Status, got.Resolved)
	}
	done := table(t).ticket(blank, decodeIssue(t, `{"state":{"type":"completed"},"trashed":true,"completedAt":"2026-09-02T00:00:00Z"}`))
	if done.Category != ticket.Done || done.Resolved.Day() != 2 {
		t.Errorf("a finished one: category %s, resolved %v", done.Category, done.Resolved)
	}
}

func TestMentionsInText(t *testing.T) {
	for text, want := range map[string][]string{
		"":                            nil,
		"@mina":                       {"u-mina"},
		"Thanks @Mina!":               {"u-mina"},
		"(@lee.park)":                 {"u-lee"},
		"ask @lee.park.":              {"u-lee"},
		"ask @lee.":                   nil,
		"@minamina and @mina_x":       nil,
		"mail mina@mina and x@jo":     nil,
		"@Ann Marie and @ann marie's": {"u-ann", "u-ann"},
		"@Ann\nMarie":                 nil,
		"@@jo":                        {"u-jo"},
		"@nobody @jo @":               {"u-jo"},
		"@mina @jo":                   {"u-mina", "u-jo"},
		"[Mina](https://linear.app/acme/profiles/mina)": {"u-mina"},
		"https://LINEAR.app/Acme/profiles/lee.park, ok": {"u-lee"},
		"https://linear.app/acme/profiles/jo?x=1":       {"u-jo"},
		"https://linear.app/acme/profiles/":             nil,
		"https://linear.app/acme/issue/PAY-1":           nil,
		"https://evil.example/x/profiles/mina/extra":    nil,
		"http": nil,
	} {
		if got := table(t).people.mentions(text); !reflect.DeepEqual(got, want) {
			t.Errorf("mentions(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestLabelsInGroupsTellTheKindToo(t *testing.T) {
	w := table(t)
	got := w.ticket(blank, &issue{LabelIDs: []string{"l-bug", "l-deleted"}})
	if got.Kind != ticket.Bug || !reflect.DeepEqual(got.Labels, []string{"Type/Bug", "l-deleted"}) {
		t.Errorf("kind %s, labels %q", got.Kind, got.Labels)
	}
	m, err := DefaultMapping()
	if err != nil {
		t.Fatal(err)
	}
	m.Labels["type/bug"] = ticket.Task // an operator's own line
	w = newWords(m, nil, nil, []label{{ID: "l", Name: "Bug", Parent: &ref{Name: "Type"}}}, nil)
	if got := w.issueKind([]string{"l"}); got != ticket.Task {
		t.Errorf("an operator's own line: kind %s, want task", got)
	}
	if _, leaked := m.Labels["type/feature"]; leaked {
		t.Error("the shared mapping was changed")
	}
}

func TestTheShippedMappingIsRead(t *testing.T) {
	m, err := DefaultMapping()
	if err != nil {
		t.Fatal(err)
	}
	if m.Kind(rawProject, nil) != ticket.Container || m.Kind(rawInitiative, nil) != ticket.Goal || m.Kind(rawIssue, nil) != ticket.Task {
		t.Errorf("types = %v", m.Types)
	}
	for _, p := range phrases {
		if m.Link(p.outward) == ticket.OtherLink || m.Link(p.inward) == ticket.OtherLink {
			t.Errorf("no link kind for %q", p)
		}
	}
}

func TestProjectsAndInitiativesAreTickets(t *testing.T) {
	f := newWorkspace(t, 0)
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	p, i := m.tickets["proj-1"], m.tickets["init-1"]
	if p.Kind != ticket.Container || p.Key != "bb22" || p.Category != ticket.Started || p.Priority != ticket.High || p.Due != "2026-12-01" ||
		p.Team != "PAY" || p.Assignee.ID != "u-mina" || p.Description != "Faster refunds\n\n## Problem\nSupport waits." || len(p.Needs) != 1 {
		t.Errorf("project = %+v", p)
	}
	if len(p.Containers) != 1 || !p.Containers[0].Is(i.Ref()) {
		t.Errorf("containers of the project = %v, want the initiative", p.Containers)
	}
	if len(p.Comments) != 1 || p.Comments[0].Author.ID != "u-mina" || !reflect.DeepEqual(p.Comments[0].Mentions, []string{"u-lee"}) {
		t.Errorf("updates of the project = %+v", p.Comments)
	}
	if i.Kind != ticket.Goal || i.Key != "aa11" || i.Category != ticket.Started || i.Status != "Active" || i.Assignee.ID != "u-dana" ||
		i.Description != "Customers trust us." || i.URL == "" || i.Started.IsZero() {
		t.Errorf("initiative = %+v", i)
	}
}

func TestCyclesAreSprints(t *testing.T) {
	for name, tt := range map[string]struct {
		cycle cycle
		state ticket.SprintState
		title string
	}{
		"running":                     {cycle{Number: 12, IsActive: true}, ticket.SprintActive, "Cycle 12"},
		"ahead, with a name":          {cycle{Number: 13, Name: " Refunds ", IsFuture: true}, ticket.SprintFuture, "Refunds"},
		"over":                        {cycle{Number: 1, IsPast: true}, ticket.SprintClosed, "Cycle 1"},
		"completed before its end":    {cycle{Number: 1, IsActive: true, CompletedAt: day0}, ticket.SprintClosed, "Cycle 1"},
		"of which Linear says little": {cycle{}, ticket.SprintClosed, "Cycle 0"},
	} {
		if got := tt.cycle.state(); got != tt.state {
			t.Errorf("%s: state %s, want %s", name, got, tt.state)
		}
		if got := tt.cycle.title(); got != tt.title {
			t.Errorf("%s: title %q, want %q", name, got, tt.title)
		}
	}
	f := newWorkspace(t, 0)
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	got := m.sprints["cycle-12"]
	want := ticket.Sprint{
		Source: "linear acme", ID: "cycle-12", Name: "Cycle 12", Goal: "Refunds under a minute", State: ticket.SprintActive, Team: "PAY",
		URL: "https://linear.app/acme/team/PAY/cycle/12", Start: day0, End: day0.Add(14 * 24 * time.Hour),
	}
	if got != want {
		t.Errorf("sprint = %+v\nwant %+v", got, want)
	}
}

// A cycle becomes active, and ends, without being updated.
func TestACycleThatMovesOnByTheClockIsReadAgain(t *testing.T) {
	f := newWorkspace(t, 3)
	c := f.lists["cycles"][0]
	younger := maps.Clone(c) // so that the first is out of reach of the overlap
	younger["id"], younger["updatedAt"] = "cycle-13", at(60)
	f.lists["cycles"] = append(f.lists["cycles"], younger)
	s, m := f.source(t, nil), newMemory()
	syncOnce(t, s, m)
	c["isActive"], c["isPast"] = false, true
	syncOnce(t, s, m)
	if got := m.sprints["cycle-12"].State; got != ticket.SprintClosed {
		t.Errorf("state after its end = %s, want closed", got)
	}
}

func TestTheCapturedIssuesAreReadWhole(t *testing.T) {
	text, err := os.ReadFile(realData(t, "linear/issues-100.json"))
	if err != nil {
		t.Fatal(err)
	}
	var issues []*issue
	if err := json.Unmarshal(text, &issues); err != nil {
		t.Fatal(err)
	}
	m, err := DefaultMapping()
	if err != nil {
		t.Fatal(err)
	}
	m.Statuses["done"], m.Statuses["todo"] = ticket.Done, ticket.Todo // the capture has names and no types
	w := newWords(m, nil, nil, nil, nil)
	seen, ended := map[string]bool{}, 0
	for _, i := range issues {
		got := w.ticket(blank, i)
		if got.Key == "" || got.Title == "" || got.Created.IsZero() || got.Updated.Before(got.Created) || got.Priority == "" {
			t.Errorf("%s is not whole: %+v", got.Key, got)
		}
		if again := w.ticket(blank, i); !reflect.DeepEqual(got, again) {
			t.Errorf("%s read twice differs", got.Key)
		}
		if got.Category.Ended() {
			ended++
		}
		seen[got.Key] = true
	}
	t.Logf("%d issues, %d ended", len(seen), ended)
	if len(seen) != 100 || ended == 0 || ended == 100 {
		t.Errorf("%d keys, %d ended, want 100 and some", len(seen), ended)
	}
}
