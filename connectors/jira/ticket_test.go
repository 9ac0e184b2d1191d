package jira_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/ticket"
)

func TestATicketInFull(t *testing.T) {
	got := only(t, `"summary":"Partial refunds","description":"as [~lee] and [~accountid:557058:ab-c] said [~lee]",
		"issuetype":{"id":"10001","name":"Geschichte"},"status":{"id":"3","name":"In Arbeit","statusCategory":{"key":"indeterminate"}},
		"priority":{"id":"1","name":"Höchste"},"project":{"id":"1","key":"PAY"},"labels":["b","a","b"],"components":[{"id":"5","name":"Refunds"}],
		"creator":{"name":"lee","key":"JIRAUSER1","emailAddress":"lee@acme.example","displayName":"Lee Park","active":true},
		"assignee":{"accountId":"557058:bot","accountType":"app","displayName":"Deployer","active":false},
		"duedate":"2026-02-01","customfield_10016":3.5,"customfield_10014":"PAY-9",
		"customfield_10020":[{"id":7,"name":"Sprint 7","state":"active","boardId":3,"goal":"Refunds under a minute","startDate":"2026-01-05T09:00:00Z"}],
		"issuelinks":[{"type":{"name":"Blocks","inward":"is blocked by","outward":"blocks"},"inwardIssue":{"id":"3","key":"PAY-3","fields":{"issuetype":{"name":"Bug"}}}},
			{"type":{"name":"Problem/Incident","inward":"is caused by","outward":"causes"},"outwardIssue":{"id":"4","key":"PAY-4"}}],
		"comment":{"total":1,"comments":[{"id":"50","author":{"name":"mina","displayName":"Mina"},"created":"2026-01-05T12:00:00.000+0100","body":"see [~sam] [~bob|x] [^a.png]"}]}`,
		"", nil)
	half := 3.5
	want := ticket.Ticket{
		Source: "jira stub", Tracker: "jira", ID: "100", Key: "PAY-1", URL: got.URL,
		Title: "Partial refunds", Description: "as [~lee] and [~accountid:557058:ab-c] said [~lee]",
		Kind: ticket.Feature, RawType: "Geschichte", Status: "In Arbeit", Category: ticket.Started, Priority: ticket.Urgent,
		Creator:  ticket.Account{ID: "lee", Name: "Lee Park", Email: "lee@acme.example"},
		Assignee: ticket.Account{ID: "557058:bot", Name: "Deployer", Bot: true, Inactive: true},
		Project:  "PAY", Boards: []string{"3"}, Estimate: &half, Due: "2026-02-01", Sprints: []string{"7"},
		Labels: []string{"a", "b"}, Components: []string{"Refunds"}, Parent: ticket.Ref{Key: "PAY-9"},
		Links: []ticket.Link{
			{Kind: ticket.BlockedBy, Phrase: "is blocked by", Target: ticket.Ref{ID: "3", Key: "PAY-3"}, TargetKind: ticket.Bug},
			{Kind: ticket.Causes, Phrase: "causes", Target: ticket.Ref{ID: "4", Key: "PAY-4"}},
		},
		Mentions: []string{"557058:ab-c", "lee"},
		Comments: []ticket.Comment{{ID: "50", Author: ticket.Account{ID: "mina", Name: "Mina"},
			Created: time.Date(2026, 1, 5, 11, 0, 0, 0, time.UTC), Mentions: []string{"sam"}}},
		Created: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Updated: time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC),
		Started: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if !strings.HasSuffix(got.URL, "/browse/PAY-1") {
		t.Errorf("URL = %q", got.URL)
	}
}

func TestASiteBelowAPathKeepsItsPath(t *testing.T) {
	s := newStub(t, answers{
		"GET /jira/rest/api/2/myself":      emptySite["GET /rest/api/2/myself"],
		"GET /jira/rest/api/2/project/PAY": emptySite["GET /rest/api/2/project/PAY"],
		"GET /jira/rest/api/2/search":      oneIssue(dated),
	})
	ps, err := pull(t, options(s.URL+"/jira/", jira.DataCenter), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tickets(ps)[0].URL, s.URL+"/jira/browse/PAY-1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, r := range s.asked("/") {
		if !strings.HasPrefix(r.Path, "/jira/rest/") {
			t.Errorf("%s was asked for outside the site's path", r.Path)
		}
	}
}

func TestTicketsThatAreOdd(t *testing.T) {
	for _, c := range []struct {
		name, fields string
		check        func(ticket.Ticket) bool
	}{
		{"a creator who was deleted", `"creator":null`, func(t ticket.Ticket) bool { return t.Creator.IsZero() }},
		{"no creator at all", `"summary":"x"`, func(t ticket.Ticket) bool { return t.Creator.IsZero() && t.Title == "x" }},
		{"a creator with only a key", `"creator":{"key":"JIRAUSER7"}`, func(t ticket.Ticket) bool { return t.Creator.ID == "JIRAUSER7" }},
		{"nobody assigned", `"assignee":null`, func(t ticket.Ticket) bool { return t.Assignee.IsZero() }},
		{"no status, no type", `"status":null`, func(t ticket.Ticket) bool { return t.Category == ticket.Todo && t.Kind == ticket.Task }},
		{"no priority", `"priority":null`, func(t ticket.Ticket) bool { return t.Priority == ticket.NoPriority }},
		{"a parent with its id", `"parent":{"id":"9","key":"PAY-9"},"customfield_10014":"PAY-8"`,
			func(t ticket.Ticket) bool { return t.Parent == ticket.Ref{ID: "9", Key: "PAY-9"} }},
		{"an epic in the agile shape", `"epic":{"id":9,"key":"PAY-9"}`, func(t ticket.Ticket) bool { return t.Parent == ticket.Ref{ID: "9", Key: "PAY-9"} }},
		{"estimates as text", `"customfield_10016":"5"`, func(t ticket.Ticket) bool { return t.Estimate != nil && *t.Estimate == 5 }},
		{"the other estimate field", `"customfield_10016":null,"customfield_10030":8.0`, func(t ticket.Ticket) bool { return t.Estimate != nil && *t.Estimate == 8 }},
		{"an estimate of zero is one", `"customfield_10016":0`, func(t ticket.Ticket) bool { return t.Estimate != nil && *t.Estimate == 0 }},
		{"a due date that is none", `"duedate":"soon"`, func(t ticket.Ticket) bool { return t.Due == "" }},
		{"sprints in the agile shape", `"sprint":{"id":2,"state":"active","goal":"g","originBoardId":4},"closedSprints":[{"id":1,"state":"closed","goal":"","originBoardId":4}]`,
			func(t ticket.Ticket) bool {
				return reflect.DeepEqual(t.Sprints, []string{"1", "2"}) && reflect.DeepEqual(t.Boards, []string{"4"})
			}},
		{"a key that would break a URL", `"summary":"x"`, func(t ticket.Ticket) bool { return !strings.Contains(t.URL, " ") }},
		{"cancelled by its resolution", `"status":{"id":"6","name":"Closed","statusCategory":{"key":"done"}},"resolution":{"name":"Won't Do"},"resolutiondate":"2026-01-06T10:00:00.000+0100"`,
			func(t ticket.Ticket) bool {
				return t.Category == ticket.Cancelled && t.Resolved.Equal(time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC))
			}},
		{"a label above the type", `"issuetype":{"name":"Bug"},"labels":["pain-point"]`, func(t ticket.Ticket) bool { return t.Kind == ticket.Problem }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := only(t, c.fields, "", nil); !c.check(got) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAnOddFieldIsAGapInOneTicket(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search": `{"total":3,"issues":[
		{"id":"1","key":"PAY-1","fields":{` + dated + `,"summary":"one","priority":[1,2],"customfield_10020":[true]}},
		{"key":"PAY-2","fields":{` + dated + `}},
		{"id":3,"key":"PAY-3","fields":{` + dated + `,"summary":"three"}}]}`})
	ps, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err != nil {
		t.Fatal(err)
	}
	ts := tickets(ps)
	if len(ts) != 2 || ts[0].Title != "one" || ts[1].ID != "3" {
		t.Errorf("got %+v, want PAY-1 and PAY-3", ts)
	}
	for _, want := range []string{`PAY-1: the field "priority" could not be read`, `PAY-1: the field "customfield_10020"`, `left out (id "", key "PAY-2")`} {
		if !strings.Contains(gaps(ps), want) {
			t.Errorf("missing %q in\n%s", want, gaps(ps))
		}
	}
}

func TestAnOperatorsMappingWins(t *testing.T) {
	got := only(t, `"issuetype":{"name":"Bug"},"status":{"id":"1","name":"Open","statusCategory":{"key":"new"}},"customfield_7":13,
		"issuelinks":[{"type":{"inward":"gehört zu","outward":"umfasst"},"inwardIssue":{"id":"3","key":"PAY-3"}}]`, "", answers{
		"GET /rest/api/2/field": `[{"id":"customfield_7","name":"Größe","schema":{"custom":"x:float"}}]`,
	}, func(o *jira.Options) {
		o.Mapping = connectors.Mapping{
			Types: map[string]ticket.Kind{"BUG": ticket.Problem}, Statuses: map[string]ticket.Category{"open": ticket.Started},
			Links: map[string]ticket.LinkKind{"Gehört zu": ticket.Implements}, Fields: map[string]string{"estimate": "größe"},
		}
	})
	if got.Kind != ticket.Problem || got.Category != ticket.Started || got.Links[0].Kind != ticket.Implements || got.Estimate == nil || *got.Estimate != 13 {
		t.Errorf("got %+v", got)
	}
}

func TestASiteThatKeepsItsListsToItself(t *testing.T) {
	hidden := status(403, "")
	s := newStub(t, answers{
		"GET /rest/api/2/field": hidden, "GET /rest/api/2/status": hidden, "GET /rest/api/2/issuetype": hidden, "GET /rest/agile/1.0/board": hidden,
		"GET /rest/api/2/search": oneIssue(dated + `,"issuetype":{"name":"Story"},"customfield_77":["com.atlassian.greenhopper.service.sprint.Sprint@1[id=9,rapidViewId=4,state=ACTIVE,name=Nine,startDate=<null>,endDate=<null>,completeDate=<null>,sequence=9]"],
			"customfield_78":[{"id":12,"name":"x","state":"closed","boardId":4,"goal":""}],"customfield_79":[{"id":13,"value":"a choice"}]`),
	})
	ps, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err != nil {
		t.Fatal(err)
	}
	got := tickets(ps)[0]
	if !reflect.DeepEqual(got.Sprints, []string{"12", "9"}) || got.Kind != ticket.Feature {
		t.Errorf("got sprints %v and kind %q, want those recognised by their shape", got.Sprints, got.Kind)
	}
	for _, want := range []string{"/rest/api/2/field is not shown", "/rest/api/2/status is not shown", "/rest/api/2/issuetype is not shown", "/rest/agile/1.0 is not shown"} {
		if !strings.Contains(gaps(ps), want) {
			t.Errorf("missing %q in\n%s", want, gaps(ps))
		}
	}
	var names []string
	for _, p := range ps {
		for _, sp := range p.Sprints {
			names = append(names, sp.ID+" "+sp.Name+" "+string(sp.State)+" "+sp.Board)
		}
	}
	if want := []string{"12 x closed 4", "9 Nine active 4"}; !reflect.DeepEqual(names, want) {
		t.Errorf("sprints: got %q, want %q", names, want)
	}
	if r := s.asked("/rest/api/2/search")[0]; !strings.Contains(r.Path, "fields=%2Aall") {
		t.Errorf("asked %s, want all fields where none is known", r.Path)
	}
}
