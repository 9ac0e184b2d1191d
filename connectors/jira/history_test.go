package jira_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// logOf is a changelog of one history for each list of items.
func logOf(items ...string) string {
	var hs []string
	for i, it := range items {
		hs = append(hs, fmt.Sprintf(`{"id":"%d","created":"2026-01-05T1%d:00:00.000+0100","author":{"name":"lee","displayName":"Lee"},"items":[%s]}`, 900+i, i, it))
	}
	return fmt.Sprintf(`{"startAt":0,"maxResults":%d,"total":%d,"histories":[%s]}`, len(items), len(items), strings.Join(hs, ","))
}

func v(id, text, norm string) []ticket.Value {
	return []ticket.Value{{ID: id, Text: text, Norm: norm}}
}

func TestOneChangedField(t *testing.T) {
	for _, c := range []struct {
		name, item string
		field      ticket.Field
		from, to   []ticket.Value
	}{
		{"a status carries what it means", `{"field":"status","fieldId":"status","from":"1","fromString":"Open","to":"3","toString":"In Progress"}`,
			ticket.FieldStatus, v("1", "Open", "todo"), v("3", "In Progress", "started")},
		{"a field is known by name where it has no id", `{"field":"Status","fieldtype":"jira","from":"1","fromString":"Open","to":"6","toString":"Closed"}`,
			ticket.FieldStatus, v("1", "Open", "todo"), v("6", "Closed", "done")},
		{"a custom field called Status is not the status", `{"field":"Status","fieldtype":"custom","from":null,"fromString":"Open","to":null,"toString":"Closed"}`,
			ticket.FieldOther, v("", "Open", ""), v("", "Closed", "")},
		{"the first assignee", `{"field":"assignee","from":null,"fromString":null,"to":"mina","toString":"Mina"}`,
			ticket.FieldAssignee, nil, v("mina", "Mina", "")},
		{"nobody assigned any more", `{"field":"assignee","from":"mina","fromString":"Mina","to":null,"toString":null}`,
			ticket.FieldAssignee, v("mina", "Mina", ""), nil},
		{"several sprints", `{"field":"Sprint","fieldtype":"custom","fieldId":"customfield_10020","from":"","fromString":"","to":"38, 40","toString":"EE 28, EE 29"}`,
			ticket.FieldSprint, nil, []ticket.Value{{ID: "38", Text: "EE 28"}, {ID: "40", Text: "EE 29"}}},
		{"sprints with commas in their names", `{"field":"Sprint","fieldtype":"custom","from":"38","fromString":"A, B","to":"38,40","toString":"A, B, C"}`,
			ticket.FieldSprint, []ticket.Value{{ID: "38"}}, []ticket.Value{{ID: "38"}, {ID: "40"}}},
		{"labels are whole lists", `{"field":"labels","fieldId":"labels","from":null,"fromString":"a b","to":null,"toString":"b c"}`,
			ticket.FieldLabel, []ticket.Value{{ID: "a", Text: "a"}, {ID: "b", Text: "b"}}, []ticket.Value{{ID: "b", Text: "b"}, {ID: "c", Text: "c"}}},
		{"a component is its name", `{"field":"Component","from":null,"fromString":null,"to":"10480","toString":"Remote API"}`,
			ticket.FieldComponent, nil, v("Remote API", "Remote API", "")},
		{"a priority", `{"field":"priority","fieldId":"priority","from":"3","fromString":"Medium","to":"1","toString":"Высший"}`,
			ticket.FieldPriority, v("3", "Medium", "medium"), v("1", "Высший", "urgent")},
		{"a due date", `{"field":"duedate","fieldId":"duedate","from":null,"fromString":null,"to":"2026-02-01","toString":"2026-02-01 00:00:00.0"}`,
			ticket.FieldDue, nil, v("2026-02-01", "2026-02-01 00:00:00.0", "")},
		{"an estimate", `{"field":"Story point estimate","fieldtype":"custom","fieldId":"customfield_10016","from":null,"fromString":"3","to":null,"toString":"5"}`,
			ticket.FieldEstimate, v("3", "3", ""), v("5", "5", "")},
		{"another custom field of that name", `{"field":"Sprint","fieldtype":"custom","fieldId":"customfield_99","from":"1","fromString":"x","to":"2","toString":"y"}`,
			ticket.FieldOther, v("1", "x", ""), v("2", "y", "")},
		{"a title", `{"field":"summary","from":null,"fromString":"Old","to":null,"toString":"New"}`,
			ticket.FieldTitle, v("Old", "Old", ""), v("New", "New", "")},
		{"of a description only the length is kept", `{"field":"description","from":null,"fromString":"short","to":"{\"id\":\"ari\"}","toString":"größer"}`,
			ticket.FieldDescription, v("", "", "5"), v("", "", "6")},
		{"of somebody's writing only the length is kept", `{"field":"environment","from":null,"fromString":null,"to":null,"toString":"` + strings.Repeat("ä", 121) + `"}`,
			ticket.FieldOther, nil, v("", "", "121")},
		{"an epic link is a parent", `{"field":"Epic Link","fieldtype":"custom","fieldId":"customfield_10014","from":null,"fromString":null,"to":"10073","toString":"EE-11"}`,
			ticket.FieldParent, nil, v("10073", "EE-11", "")},
		{"so is Parent", `{"field":"Parent","fieldtype":"jira","from":"1","fromString":"EE-1","to":"2","toString":"EE-2"}`,
			ticket.FieldParent, v("1", "EE-1", ""), v("2", "EE-2", "")},
		{"and IssueParentAssociation", `{"field":"IssueParentAssociation","fieldtype":"jira","from":null,"fromString":null,"to":"20707","toString":"K5-1"}`,
			ticket.FieldParent, nil, v("20707", "K5-1", "")},
		{"an epic's children are the children's business", `{"field":"Epic Child","fieldtype":"custom","from":null,"fromString":null,"to":"20709","toString":"K5-3"}`,
			ticket.FieldOther, nil, v("20709", "K5-3", "")},
		{"a link came", `{"field":"Link","fieldtype":"jira","from":null,"fromString":null,"to":"EE-2","toString":"This issue is blocked by EE-2"}`,
			ticket.FieldLink, nil, v("EE-2", "is blocked by", "blocked-by")},
		{"a link went", `{"field":"Link","fieldtype":"jira","from":"EE-2","fromString":"This issue relates to EE-2","to":null,"toString":null}`,
			ticket.FieldLink, v("EE-2", "relates to", "relates"), nil},
		{"a link in another language", `{"field":"Link","fieldtype":"jira","from":null,"fromString":null,"to":"PAY-3","toString":"Dieser Vorgang wird blockiert von PAY-3"}`,
			ticket.FieldLink, nil, v("PAY-3", "wird blockiert von", "other")},
		{"a link worded beyond recognition", `{"field":"Link","fieldtype":"jira","from":null,"fromString":null,"to":"PAY-77","toString":"?"}`,
			ticket.FieldLink, nil, v("PAY-77", "", "other")},
		{"a remote link is something else", `{"field":"RemoteIssueLink","fieldtype":"jira","from":null,"fromString":null,"to":"10042","toString":"This issue links to \"x\""}`,
			ticket.FieldOther, nil, v("10042", `This issue links to "x"`, "")},
		{"a removed comment's words are not kept", `{"field":"Comment","from":"` + strings.Repeat("secret ", 30) + `","fromString":null,"to":null,"toString":null}`,
			ticket.FieldOther, v("", "", ""), nil},
		{"what fairlead does not understand stays a change", `{"field":"Rank","fieldtype":"custom","from":"","fromString":"","to":"","toString":"Ranked higher"}`,
			ticket.FieldOther, nil, v("", "Ranked higher", "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := only(t, `"issuelinks":[{"type":{"inward":"wird blockiert von","outward":"blockiert"},"inwardIssue":{"id":"3","key":"PAY-3"}}]`, logOf(c.item), nil)
			if len(got.History) != 1 {
				t.Fatalf("%d changes, want one: %+v", len(got.History), got.History)
			}
			h := got.History[0]
			if h.ID != "900" || h.Actor.ID != "lee" || !h.At.Equal(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)) {
				t.Errorf("got id %q, actor %+v, time %v", h.ID, h.Actor, h.At)
			}
			if h.Field != c.field || !reflect.DeepEqual(h.From, c.from) || !reflect.DeepEqual(h.To, c.to) {
				t.Errorf("got  %s %+v → %+v\nwant %s %+v → %+v", h.Field, h.From, h.To, c.field, c.from, c.to)
			}
		})
	}
}

func TestSeveralFieldsInOneAct(t *testing.T) {
	got := only(t, `"status":{"id":"6","name":"Closed","statusCategory":{"key":"done"}},"resolution":{"name":"Duplicate"},"project":{"key":"PAY"}`, logOf(
		`{"field":"status","from":"1","fromString":"Open","to":"3","toString":"In Progress"}`,
		`{"field":"status","from":"3","fromString":"In Progress","to":"6","toString":"Closed"},{"field":"resolution","from":null,"fromString":null,"to":"1","toString":"Fixed"}`,
		`{"field":"status","from":"6","fromString":"Closed","to":"1","toString":"Open"},{"field":"resolution","from":"1","fromString":"Fixed","to":null,"toString":null}`,
		`{"field":"Key","from":null,"fromString":"OLD-7","to":null,"toString":"PAY-1"},{"field":"project","from":"2","fromString":"Old one","to":"1","toString":"Payments"}`,
		`{"field":"resolution","from":null,"fromString":null,"to":"3","toString":"Duplicate"},{"field":"status","from":"1","fromString":"Open","to":"6","toString":"Closed"}`,
	), nil)
	var ids, norms []string
	for _, h := range got.History {
		ids = append(ids, h.ID)
		if h.Field == ticket.FieldStatus {
			norms = append(norms, h.From[0].Norm+">"+h.To[0].Norm)
		}
		if h.Field == ticket.FieldProject && (h.From[0].ID != "OLD" || h.To[0].ID != "PAY") {
			t.Errorf("the move was read as %+v → %+v, want keys OLD and PAY", h.From, h.To)
		}
	}
	if want := []string{"900", "901.0", "901.1", "902.0", "902.1", "903.0", "903.1", "904.0", "904.1"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("ids: got %v, want %v", ids, want)
	}
	if want := []string{"todo>started", "started>done", "done>todo", "todo>cancelled"}; !reflect.DeepEqual(norms, want) {
		t.Errorf("statuses: got %v, want %v", norms, want)
	}
	if past, ok := got.AsOf(time.Date(2026, 1, 5, 10, 30, 0, 0, time.UTC)); !ok || past.Category != ticket.Done || past.Project != "OLD" {
		t.Errorf("as of half past ten: %v %q in %q, want done in OLD", ok, past.Category, past.Project)
	}
}

func TestHistoriesThatAreOdd(t *testing.T) {
	const item = `[{"field":"status","from":"1","fromString":"Open","to":"3","toString":"In Progress"}]`
	got := only(t, `"summary":"x"`, `{"total":5,"histories":[
		{"id":"10","created":"2026-01-05T12:00:00.000+0900","items":`+item+`},
		{"id":"9","created":"2026-01-05T03:00:00.000+0000","author":null,"items":`+item+`},
		{"id":11,"created":1767582001000,"author":{"accountId":"557058:app","accountType":"app","displayName":"Automation"},"items":`+item+`},
		{"id":"12","created":1767582002,"author":{"name":"gone","active":false},"items":[]},
		{"id":"13","created":"2026-01-04T22:00:04.000-0500","author":{"key":"JIRAUSER5"},"items":`+item+`}]}`, nil)
	var told []string
	for _, h := range got.History {
		told = append(told, fmt.Sprintf("%s %s %q bot=%v", h.ID, h.At.Format("15:04:05"), h.Actor.ID, h.Actor.Bot))
	}
	want := []string{`9 03:00:00 "" bot=false`, `10 03:00:00 "" bot=false`, `11 03:00:01 "557058:app" bot=true`, `13 03:00:04 "JIRAUSER5" bot=false`}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("got  %q\nwant %q", told, want)
	}
}

func TestTheKindFollowsTypeAndLabels(t *testing.T) {
	got := only(t, `"issuetype":{"name":"Bug"},"labels":["pain-point"]`, logOf(
		`{"field":"issuetype","from":"1","fromString":"Story","to":"2","toString":"Bug"}`,
		`{"field":"labels","from":null,"fromString":"","to":null,"toString":"pain-point"}`,
	), nil)
	if len(got.History) != 3 || got.History[2].ID != "901.kind" {
		t.Fatalf("got %+v, want a change of the kind behind that of the labels", got.History)
	}
	if before := got.History[0].From[0].Norm; before != string(ticket.Feature) {
		t.Errorf("before the first change: got %q, want %q", before, ticket.Feature)
	}
	for hour, want := range map[int]ticket.Kind{9: ticket.Bug, 10: ticket.Problem} {
		past, ok := got.AsOf(time.Date(2026, 1, 5, hour, 30, 0, 0, time.UTC))
		if !ok || past.Kind != want {
			t.Errorf("at %d:30: got %q, want %q", hour, past.Kind, want)
		}
	}
}

func TestKeysOfUsersBecomeNames(t *testing.T) {
	asked := map[string]int{}
	users := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.URL.Query().Get("key")
		asked[key]++
		if key == "JIRAUSER2" {
			status(200, `{"key":"JIRAUSER2","name":"mina","displayName":"Mina"}`)(w, r)
			return
		}
		status(404, `{"errorMessages":["The user does not exist"]}`)(w, r)
	})
	got := only(t, `"assignee":{"name":"lee","key":"JIRAUSER1"}`, logOf(
		`{"field":"assignee","from":null,"fromString":null,"to":"JIRAUSER2","toString":"Mina"}`,
		`{"field":"assignee","from":"JIRAUSER2","fromString":"Mina","to":"JIRAUSER9","toString":"Gone"}`,
		`{"field":"assignee","from":"JIRAUSER9","fromString":"Gone","to":"JIRAUSER1","toString":"Lee"}`,
	), answers{"GET /rest/api/2/user": users})
	var ids []string
	for _, h := range got.History {
		ids = append(ids, h.To[0].ID)
	}
	if want := []string{"mina", "JIRAUSER9", "lee"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
	if asked["JIRAUSER1"] != 0 || asked["JIRAUSER2"] != 1 || asked["JIRAUSER9"] != 1 {
		t.Errorf("users were asked for as %v, want each unknown one once", asked)
	}
}

func TestUsersThatMayNotBeLookedUpAreAGap(t *testing.T) {
	s := newStub(t, answers{
		"GET /rest/api/2/user": status(403, ""),
		"GET /rest/api/2/search": oneIssue(dated, `,"changelog":`+logOf(
			`{"field":"assignee","from":"JIRAUSER3","fromString":"A","to":"JIRAUSER4","toString":"B"}`)),
	})
	ps, err := pull(t, options(s.URL, "data-center"), connectors.Cursor(""))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.asked("/rest/api/2/user")); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	if !strings.Contains(gaps(ps), "may not look users up") || tickets(ps)[0].History[0].To[0].ID != "JIRAUSER4" {
		t.Errorf("got gaps %q and history %+v", gaps(ps), tickets(ps)[0].History)
	}
}
