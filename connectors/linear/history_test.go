package linear

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

func decodeEntry(t testing.TB, fields string) entry {
	t.Helper()
	var e entry
	if err := json.Unmarshal([]byte(`{"id":"h1","createdAt":"2026-09-02T10:00:00Z",`+fields+`}`), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEachChangedFieldOfAnEntryIsOneChange(t *testing.T) {
	v := func(id, text, norm string) []ticket.Value { return []ticket.Value{{ID: id, Text: text, Norm: norm}} }
	tests := []struct {
		name   string
		fields string
		id     string
		field  ticket.Field
		from   []ticket.Value
		to     []ticket.Value
	}{
		{"a status", `"fromStateId":"s-triage","toStateId":"s-doing"`, "h1.state", ticket.FieldStatus,
			v("s-triage", "Triage", "backlog"), v("s-doing", "In Progress", "started")},
		{"ended as a duplicate", `"fromStateId":"s-done","toStateId":"s-twin"`, "h1.state", ticket.FieldStatus,
			v("s-done", "Done", "done"), v("s-twin", "Duplicate", "cancelled")},
		{"a status nobody knows any more", `"fromStateId":"s-lost","toStateId":"s-new"`, "h1.state", ticket.FieldStatus,
			v("s-lost", "unknown status", "backlog"), v("s-new", "Odd", "backlog")},
		{"an assignee", `"toAssigneeId":"u-mina"`, "h1.assignee", ticket.FieldAssignee, nil, v("u-mina", "Mina Osei", "")},
		{"an assignee who left", `"fromAssigneeId":"u-gone"`, "h1.assignee", ticket.FieldAssignee, v("u-gone", "", ""), nil},
		{"a cycle", `"fromCycleId":"c1","toCycleId":"c2"`, "h1.cycle", ticket.FieldSprint, v("c1", "", ""), v("c2", "", "")},
		{"a project", `"fromProjectId":"p0","toProjectId":"p1"`, "h1.project", ticket.FieldContainer, v("p0", "", ""), v("p1", "bb22", "")},
		{"a parent", `"fromParentId":"i1","toParentId":"i2"`, "h1.parent", ticket.FieldParent, v("i1", "", ""), v("i2", "PAY-2", "")},
		{"a team", `"fromTeamId":"t-pay","toTeamId":"t-secret"`, "h1.team", ticket.FieldTeam, v("PAY", "Payments", ""), v("t-secret", "unknown team", "")},
		{"a priority", `"fromPriority":0,"toPriority":1`, "h1.priority", ticket.FieldPriority, v("0", "No priority", "none"), v("1", "Urgent", "urgent")},
		{"an estimate", `"fromEstimate":null,"toEstimate":2.5`, "h1.estimate", ticket.FieldEstimate, nil, v("2.5", "2.5", "")},
		{"an estimate of nothing", `"fromEstimate":3,"toEstimate":0`, "h1.estimate", ticket.FieldEstimate, v("3", "3", ""), v("0", "0", "")},
		{"a due date", `"fromDueDate":"2026-10-01","toDueDate":null`, "h1.dueDate", ticket.FieldDue, v("2026-10-01", "2026-10-01", ""), nil},
		{"a title", `"fromTitle":"a","toTitle":"b"`, "h1.title", ticket.FieldTitle, v("a", "a", ""), v("b", "b", "")},
		{"labels", `"addedLabelIds":["l-feature","l-gone"],"removedLabelIds":["l-bug"]`, "h1.labels", ticket.FieldLabel,
			v("Type/Bug", "Type/Bug", ""), append(v("Feature", "Feature", ""), v("l-gone", "l-gone", "")...)},
		{"relations", `"relationChanges":[null,{"identifier":"PAY-2","type":"ab"},{"identifier":"PAY-3","type":"rx"},{"identifier":"PAY-4","type":"ar"}]`,
			"h1.relations", ticket.FieldLink, v("PAY-3", "blocks", "blocks"),
			append(v("PAY-2", "blocked by", "blocked-by"), v("PAY-4", "related to", "relates")...)},
		{"a duplicate whose link still stands", `"relationChanges":[{"identifier":"PAY-9","type":"am"}]`, "h1.relations", ticket.FieldLink,
			nil, v("PAY-9", "duplicated by", "duplicated-by")},
		{"a duplicate whose link is gone", `"relationChanges":[{"identifier":"PAY-8","type":"rd"}]`, "h1.relations", ticket.FieldLink,
			v("PAY-8", "", "other"), nil},
		{"a blocker that was resolved", `"relationChanges":[{"identifier":"PAY-2","type":"br"}]`, "h1.relationChanges", ticket.FieldOther, nil, v("PAY-2", "br", "")},
		{"a code nobody knows", `"relationChanges":[{"identifier":"PAY-2","type":"zz9"}]`, "h1.relationChanges", ticket.FieldOther, nil, v("PAY-2", "zz9", "")},
		{"a description", `"updatedDescription":true`, "h1.description", ticket.FieldDescription, nil, nil},
		{"archived", `"archived":true`, "h1.archived", ticket.FieldOther, nil, v("true", "true", "")},
		{"taken out of the bin", `"trashed":false`, "h1.trashed", ticket.FieldOther, nil, v("false", "false", "")},
		{"nothing that is understood", `"somethingNew":{"a":1}`, "h1.history", ticket.FieldOther, nil, nil},
	}
	links := []ticket.Link{{Kind: ticket.DuplicatedBy, Phrase: "duplicated by", Target: ticket.Ref{Key: "PAY-9"}}}
	now := present{links: links, parent: &ref{ID: "i2", Identifier: "PAY-2"}, project: &ref{ID: "p1", SlugID: "bb22"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := table(t).changes(decodeEntry(t, `"actorId":"u-lee",`+tt.fields), now)
			if len(got) != 1 {
				t.Fatalf("%d changes, want 1: %+v", len(got), got)
			}
			c := got[0]
			if c.ID != tt.id || c.Field != tt.field || !reflect.DeepEqual(c.From, tt.from) || !reflect.DeepEqual(c.To, tt.to) {
				t.Errorf("change = %+v\nwant %s %s from %v to %v", c, tt.id, tt.field, tt.from, tt.to)
			}
			if c.Actor.ID != "u-lee" || c.At != time.Date(2026, 9, 2, 10, 0, 0, 0, time.UTC) {
				t.Errorf("by %+v at %v", c.Actor, c.At)
			}
		})
	}
}

func TestWhoMadeAnEntry(t *testing.T) {
	for name, tt := range map[string]struct {
		fields string
		want   []ticket.Account
	}{
		"a user":             {`"actorId":"u-lee","toTitle":"b"`, []ticket.Account{{ID: "u-lee", Name: "Lee Park"}}},
		"a user who is gone": {`"actorId":"u-gone","toTitle":"b"`, []ticket.Account{{ID: "u-gone"}}},
		"a bot":              {`"botActor":{"id":"b","name":"GitHub","type":"github"},"toTitle":"b"`, []ticket.Account{{ID: "b", Name: "GitHub", Bot: true}}},
		"nobody":             {`"actorId":null,"botActor":null,"toTitle":"b"`, []ticket.Account{{}}},
		"two editors of the description": {`"descriptionUpdatedBy":[{"id":"u-lee"},{"id":"u-app"}]`,
			[]ticket.Account{{ID: "u-lee", Name: "Lee Park"}, {ID: "u-app", Name: "Sentry", Bot: true}}},
	} {
		var got []ticket.Account
		ids := map[string]bool{}
		for _, c := range table(t).changes(decodeEntry(t, tt.fields), present{}) {
			got = append(got, c.Actor)
			ids[c.ID] = true
		}
		if !reflect.DeepEqual(got, tt.want) || len(ids) != len(got) {
			t.Errorf("%s: actors %+v with ids %v, want %+v", name, got, ids, tt.want)
		}
	}
}

// A history rewinds the ticket to every moment it had.
func TestATicketRewindsThroughItsHistory(t *testing.T) {
	var nodes string
	for i, fields := range []string{
		`"actorId":"u-lee","fromStateId":"s-todo","toStateId":"s-doing","toAssigneeId":"u-mina","fromPriority":0,"toPriority":2`,
		`"actorId":"u-lee","addedLabelIds":["l-feature"],"removedLabelIds":["l-bug"],"toCycleId":"cy"`,
		`"actorId":"u-mina","fromEstimate":2,"toEstimate":5,"relationChanges":[{"identifier":"PAY-2","type":"ab"}],"toProjectId":"p1"`,
		`"actorId":"u-mina","fromStateId":"s-doing","toStateId":"s-done","fromTitle":"Old","toTitle":"New","fromDueDate":"2026-10-01"`,
	} {
		if i > 0 {
			nodes += ","
		}
		nodes += fmt.Sprintf(`{"id":"h%d","createdAt":"2026-09-0%dT10:00:00Z",%s}`, i+2, i+2, fields)
	}
	now := table(t).ticket(blank, decodeIssue(t, `{"id":"i1","identifier":"PAY-1","title":"New","priority":2,"estimate":5,"labelIds":["l-feature"],
		"createdAt":"2026-09-01T10:00:00Z","updatedAt":"2026-09-05T10:00:00Z","state":{"name":"Done","type":"completed"},"team":{"key":"PAY"},
		"assignee":{"id":"u-mina"},"cycle":{"id":"cy"},"project":{"id":"p1","slugId":"bb22"},
		"inverseRelations":{"nodes":[{"type":"blocks","issue":{"id":"i2","identifier":"PAY-2"}}]},"history":{"nodes":[`+nodes+`]}}`))
	if now.Kind != ticket.Feature || now.Started.Day() != 2 || now.Resolved.Day() != 5 {
		t.Errorf("now: kind %s, started %v, resolved %v", now.Kind, now.Started, now.Resolved)
	}
	day := func(d int) ticket.Ticket {
		past, ok := now.AsOf(time.Date(2026, 9, d, 12, 0, 0, 0, time.UTC))
		if !ok {
			t.Fatalf("no ticket on day %d", d)
		}
		return past
	}
	first := day(1)
	if first.Status != "Todo" || !first.Assignee.IsZero() || first.Priority != ticket.NoPriority || first.Kind != ticket.Bug ||
		!reflect.DeepEqual(first.Labels, []string{"Type/Bug"}) || len(first.Sprints)+len(first.Links)+len(first.Containers) != 0 ||
		*first.Estimate != 2 || first.Title != "Old" || first.Due != "2026-10-01" {
		t.Errorf("on the first day: %+v", first)
	}
	third := day(3)
	if third.Category != ticket.Started || third.Kind != ticket.Feature || len(third.Sprints) != 1 || len(third.Links) != 0 || !third.Resolved.IsZero() {
		t.Errorf("on the third day: %+v", third)
	}
	if fourth := day(4); len(fourth.Links) != 1 || len(fourth.Containers) != 1 || *fourth.Estimate != 5 || fourth.Title != "Old" {
		t.Errorf("on the fourth day: %+v", fourth)
	}
}
