package linear

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// newSite is a workspace with what only doctor and init look at.
func newSite(t *testing.T) *fake {
	f := newWorkspace(t, 6)
	me := person("mina", true)
	me["timezone"] = "Europe/Berlin"
	f.lists["viewer"] = []obj{me}
	pay, core := f.lists["teams"][0], f.lists["teams"][1]
	pay["cyclesEnabled"], pay["issueEstimationType"] = true, "fibonacci"
	core["cyclesEnabled"], core["issueEstimationType"] = false, "notUsed"
	pay["issues"] = []obj{f.lists["issues"][0], f.lists["issues"][2]}
	for _, s := range f.lists["workflowStates"] {
		s["team"] = pay
	}
	lee, jo := obj{"id": "u-lee"}, obj{"id": "u-jo"}
	pay["memberships"] = []obj{{"id": "1", "owner": true, "user": lee}, {"id": "2", "owner": false, "user": jo}}
	core["memberships"] = []obj{{"id": "3", "owner": true, "user": lee}, {"id": "4", "owner": true, "user": obj{"id": "u-mina"}}}
	return f
}

func TestHowAWorkspaceLooksFromHere(t *testing.T) {
	f := newSite(t)
	clock := &handClock{now: time.UnixMilli(1_790_000_000_000).UTC()}
	f.head = func(h http.Header, _ float64) {
		h.Set("Date", clock.now.Add(90*time.Second).Format(http.TimeFormat))
		h.Set("X-RateLimit-Requests-Limit", "1500")
		h.Set("X-RateLimit-Requests-Remaining", "1480")
		h.Set("X-RateLimit-Requests-Reset", fmt.Sprint(clock.now.Add(time.Hour).UnixMilli()))
	}
	got, err := f.source(t, func(o *Options) { o.Clock = clock }).Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	who := ticket.Account{ID: "u-mina", Name: "mina full", Email: "mina@acme.example"}
	if got.Who != who || got.Zone != "Europe/Berlin" || got.ClockSkew != 90*time.Second {
		t.Errorf("who %+v in %s, clock ahead by %v", got.Who, got.Zone, got.ClockSkew)
	}
	if want := "1480 of 1500 requests left until 15:13 UTC"; got.Limit != want {
		t.Errorf("limit = %q, want %q", got.Limit, want)
	}
	fields := map[string]string{"sprint": "cycle (CORE off, PAY on)", "estimate": "estimate (CORE off, PAY fibonacci)"}
	if len(got.Missing) != 0 || !reflect.DeepEqual(got.Fields, fields) {
		t.Errorf("missing %q, fields %v, want none and %v", got.Missing, got.Fields, fields)
	}
	for _, want := range []connectors.Word{
		{Sort: "type", Text: "project", Means: "container", Mapped: true},
		{Sort: "status", Text: "In Progress", Means: "started", Mapped: true},
		{Sort: "label", Text: "Type/Bug", Means: "bug", Mapped: true},
		{Sort: "label", Text: "Area 1"},
		{Sort: "priority", Text: "1", Means: "urgent", Mapped: true},
		{Sort: "link", Text: "blocked by", Means: "blocked-by", Mapped: true},
	} {
		if !slices.Contains(got.Words, want) {
			t.Errorf("no word %+v in %+v", want, got.Words)
		}
	}
	if slices.ContainsFunc(got.Words, func(w connectors.Word) bool { return w.Text == "Type" }) {
		t.Error("a group of labels stands there as a label")
	}
}

func TestAStateOfATypeNobodyKnowsIsNotMapped(t *testing.T) {
	f := newSite(t)
	team := f.lists["teams"][0]
	f.lists["workflowStates"] = append(f.lists["workflowStates"],
		obj{"id": "s-odd", "name": "Parked", "type": "parked", "team": team}, obj{"id": "s-other", "name": "Parked", "type": "parked", "team": team})
	got, err := f.source(t, nil).Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, w := range got.Words {
		if w == (connectors.Word{Sort: "status", Text: "Parked", Means: "backlog"}) {
			n++
		}
	}
	if n != 1 || got.ClockSkew != 0 || got.Limit != "" {
		t.Errorf("the odd state stands there %d times, want once; skew %v, limit %q", n, got.ClockSkew, got.Limit)
	}
}

func TestWhatATokenMayNotReadIsSaid(t *testing.T) {
	f := newSite(t)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		switch op {
		case "ProbeInitiatives", "ProbeNeeds":
			refuse(w, 400, "FORBIDDEN", "Invalid scope: `read` required")
		case "Settings":
			refuse(w, 400, "GRAPHQL_VALIDATION_FAILED", `Cannot query field "issueEstimationType" on type "Team".`)
		default:
			return false
		}
		return true
	}
	got, err := f.source(t, nil).Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Missing) != 2 || !strings.HasPrefix(got.Missing[0], "initiatives:") || !strings.HasPrefix(got.Missing[1], "customer needs:") {
		t.Errorf("missing = %q", got.Missing)
	}
	if got.Fields != nil || len(got.Words) == 0 {
		t.Errorf("fields %v, %d words, want none and some", got.Fields, len(got.Words))
	}
}

func TestAnInspectionThatBreaksOffIsAnError(t *testing.T) {
	for _, op := range []string{"Start", "Who", "ProbeNeeds", "Settings", "States", "Labels"} {
		f := newSite(t)
		f.answer = func(w http.ResponseWriter, _ *http.Request, asked string, _ int) bool {
			return asked == op && status(w, 500, "text/plain", "oops")
		}
		if _, err := f.source(t, nil).Inspect(t.Context()); err == nil || !strings.Contains(err.Error(), "("+op+")") {
			t.Errorf("%s: err = %v", op, err)
		}
	}
}

func TestTheClocksAgreeWithinWhatADateHeaderTells(t *testing.T) {
	sent := time.Date(2026, 9, 1, 12, 0, 0, 700e6, time.UTC)
	received := sent.Add(2 * time.Second)
	for header, want := range map[string]time.Duration{
		"Tue, 01 Sep 2026 12:00:00 GMT": 0, "Tue, 01 Sep 2026 12:00:02 GMT": 0, "": 0, "yesterday": 0,
		"Tue, 01 Sep 2026 11:59:00 GMT": -time.Minute, "Tue, 01 Sep 2026 12:01:02 GMT": 59*time.Second + 300*time.Millisecond,
	} {
		if got := connectors.ClockSkew(http.Header{"Date": {header}}, sent, received); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestWhatAWorkspaceHasToChooseFrom(t *testing.T) {
	f := newSite(t)
	f.lists["issues"][2]["assignee"] = obj{"id": "u-dana"}
	f.lists["projects"][0]["lead"] = obj{"id": "u-app"} // nobody to propose
	got, err := f.source(t, nil).Explore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	who := func(name string) ticket.Account {
		return ticket.Account{ID: "u-" + name, Name: name + " full", Email: name + "@acme.example"}
	}
	want := connectors.Catalogue{
		Spaces: []connectors.Space{
			{Key: "CORE", Name: "Core"}, // two owners are no lead
			{Key: "PAY", Name: "Payments", Lead: who("lee"), Assignees: []ticket.Account{who("dana"), who("mina")}}, // the latest first
		},
		People: []ticket.Account{who("lee"), who("dana"), who("mina")},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if n := f.count(""); n != 5 {
		t.Errorf("%d requests, want 5: %v", n, f.asked)
	}
}

func TestExploringAServerWithoutOwnersNamesNoLead(t *testing.T) {
	f := newSite(t)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op != "Owners" {
			return false
		}
		refuse(w, 400, "GRAPHQL_VALIDATION_FAILED", `Cannot query field "memberships" on type "Team".`)
		return true
	}
	got, err := f.source(t, func(o *Options) { o.Teams = []string{"PAY"} }).Explore(t.Context())
	if err != nil || len(got.Spaces) != 1 || !got.Spaces[0].Lead.IsZero() || len(got.Spaces[0].Assignees) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAnExplorationThatBreaksOffIsAnError(t *testing.T) {
	for _, op := range []string{"Start", "Users", "Spaces", "Owners", "Leads"} {
		f := newSite(t)
		f.answer = func(w http.ResponseWriter, _ *http.Request, asked string, _ int) bool {
			return asked == op && status(w, 500, "text/plain", "oops")
		}
		if _, err := f.source(t, nil).Explore(t.Context()); err == nil || !strings.Contains(err.Error(), "("+op+")") {
			t.Errorf("%s: err = %v", op, err)
		}
	}
}
