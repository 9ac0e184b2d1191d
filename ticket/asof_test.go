package ticket_test

import (
	"reflect"
	"testing"
	"time"

	. "github.com/fairlead-dev/fairlead/ticket"
)

// created is when the tickets of these tests were created; day n is n days on.
var created = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func day(n int) time.Time { return created.AddDate(0, 0, n) }

func points(n float64) *float64 { return &n }

func ids(list ...string) (out []Value) {
	for _, id := range list {
		out = append(out, Value{ID: id})
	}
	return out
}

// Each case changes one field on day 2; the day before it must read as before.
func TestAsOfTakesBack(t *testing.T) {
	for _, c := range []struct {
		name        string
		now, before Ticket
		change      Change
	}{
		{
			"the status with its category",
			Ticket{Status: "In Review", Category: Done}, Ticket{Status: "Ready", Category: Todo},
			Change{Field: FieldStatus, From: []Value{{ID: "1", Text: "Ready", Norm: "todo"}}, To: []Value{{ID: "2", Text: "In Review", Norm: "done"}}},
		},
		{
			"a status that was set while creating: it stays",
			Ticket{Status: "Ready", Category: Todo}, Ticket{Status: "Ready", Category: Todo},
			Change{Field: FieldStatus, To: []Value{{ID: "1", Text: "Ready", Norm: "todo"}}},
		},
		{
			"the assignee",
			Ticket{Assignee: Account{ID: "b", Name: "Jo"}}, Ticket{Assignee: Account{ID: "a", Name: "Mina"}},
			Change{Field: FieldAssignee, From: []Value{{ID: "a", Text: "Mina"}}, To: []Value{{ID: "b", Text: "Jo"}}},
		},
		{
			"an assignee where nobody was",
			Ticket{Assignee: Account{ID: "b"}}, Ticket{},
			Change{Field: FieldAssignee, To: ids("b")},
		},
		{
			"the priority",
			Ticket{Priority: Urgent}, Ticket{Priority: Low},
			Change{Field: FieldPriority, From: []Value{{Text: "P4", Norm: "low"}}, To: []Value{{Text: "P1", Norm: "urgent"}}},
		},
		{
			"a priority where none was",
			Ticket{Priority: Urgent}, Ticket{Priority: NoPriority},
			Change{Field: FieldPriority, To: []Value{{Text: "P1", Norm: "urgent"}}},
		},
		{
			"the estimate",
			Ticket{Estimate: points(8)}, Ticket{Estimate: points(0.5)},
			Change{Field: FieldEstimate, From: ids("0.5"), To: ids("8")},
		},
		{
			"an estimate where none was",
			Ticket{Estimate: points(8)}, Ticket{},
			Change{Field: FieldEstimate, To: ids("8")},
		},
		{
			"an estimate taken away",
			Ticket{}, Ticket{Estimate: points(3)},
			Change{Field: FieldEstimate, From: ids("3")},
		},
		{
			"the due date",
			Ticket{Due: "2026-12-24"}, Ticket{Due: "2026-12-01"},
			Change{Field: FieldDue, From: ids("2026-12-01"), To: ids("2026-12-24")},
		},
		{
			"the type, and with it the kind",
			Ticket{RawType: "Bug", Kind: Bug}, Ticket{RawType: "Story", Kind: Feature},
			Change{Field: FieldType, From: []Value{{Text: "Story", Norm: "feature"}}, To: []Value{{Text: "Bug", Norm: "bug"}}},
		},
		{
			"a type whose meaning then is not known: the kind stays",
			Ticket{RawType: "Bug", Kind: Bug}, Ticket{RawType: "Odd", Kind: Bug},
			Change{Field: FieldType, From: []Value{{Text: "Odd"}}, To: []Value{{Text: "Bug", Norm: "bug"}}},
		},
		{
			"the kind alone",
			Ticket{RawType: "Issue", Kind: Bug}, Ticket{RawType: "Issue", Kind: Task},
			Change{Field: FieldKind, From: []Value{{Norm: "task"}}, To: []Value{{Norm: "bug"}}},
		},
		{
			"the parent",
			Ticket{Parent: Ref{ID: "9", Key: "PAY-9"}}, Ticket{Parent: Ref{ID: "8", Key: "PAY-8"}},
			Change{Field: FieldParent, From: []Value{{ID: "8", Text: "PAY-8"}}, To: []Value{{ID: "9", Text: "PAY-9"}}},
		},
		{
			"a parent where none was",
			Ticket{Parent: Ref{ID: "9", Key: "PAY-9"}}, Ticket{},
			Change{Field: FieldParent, To: []Value{{ID: "9", Text: "PAY-9"}}},
		},
		{
			"the project",
			Ticket{Project: "ORD"}, Ticket{Project: "PAY"},
			Change{Field: FieldProject, From: ids("PAY"), To: ids("ORD")},
		},
		{
			"the team",
			Ticket{Team: "ORD"}, Ticket{Team: "PAY"},
			Change{Field: FieldTeam, From: ids("PAY"), To: ids("ORD")},
		},
		{
			"the title",
			Ticket{Title: "new words"}, Ticket{Title: "old words"},
			Change{Field: FieldTitle, From: []Value{{Text: "old words"}}, To: []Value{{Text: "new words"}}},
		},
		{
			"sprints told as the whole list",
			Ticket{Sprints: []string{"22", "23"}}, Ticket{Sprints: []string{"21", "22"}},
			Change{Field: FieldSprint, From: ids("21", "22"), To: ids("22", "23")},
		},
		{
			"sprints told as what came and went",
			Ticket{Sprints: []string{"22", "23"}}, Ticket{Sprints: []string{"21", "22"}},
			Change{Field: FieldSprint, From: ids("21"), To: ids("23")},
		},
		{
			"a sprint that only came",
			Ticket{Sprints: []string{"22", "23"}}, Ticket{Sprints: []string{"22"}},
			Change{Field: FieldSprint, To: ids("23")},
		},
		{
			"a sprint that was renamed between both lists: nothing moved",
			Ticket{Sprints: []string{"22"}}, Ticket{Sprints: []string{"22"}},
			Change{Field: FieldSprint, From: []Value{{ID: "22", Text: "Sprint 22"}}, To: []Value{{ID: "22", Text: "Payday"}}},
		},
		{
			"labels told as the whole list",
			Ticket{Labels: []string{"a", "c"}}, Ticket{Labels: []string{"a", "b"}},
			Change{Field: FieldLabel, From: ids("a", "b"), To: ids("a", "c")},
		},
		{
			"a label taken away",
			Ticket{Labels: []string{"c"}}, Ticket{Labels: []string{"a", "c"}},
			Change{Field: FieldLabel, From: ids("a")},
		},
		{
			"components told as what came and went",
			Ticket{Components: []string{"ledger"}}, Ticket{Components: []string{"refunds"}},
			Change{Field: FieldComponent, From: ids("refunds"), To: ids("ledger")},
		},
		{
			"a container",
			Ticket{Containers: []Ref{{ID: "p2", Key: "Two"}}}, Ticket{Containers: []Ref{{ID: "p1", Key: "One"}}},
			Change{Field: FieldContainer, From: []Value{{ID: "p1", Text: "One"}}, To: []Value{{ID: "p2", Text: "Two"}}},
		},
		{
			"a link that came, found by key and phrase",
			Ticket{Links: []Link{
				{Kind: Blocks, Phrase: "blocks", Target: Ref{ID: "3", Key: "PAY-3"}},
				{Kind: Relates, Phrase: "Relates to", Target: Ref{ID: "3", Key: "PAY-3"}},
			}},
			Ticket{Links: []Link{{Kind: Blocks, Phrase: "blocks", Target: Ref{ID: "3", Key: "PAY-3"}}}},
			Change{Field: FieldLink, To: []Value{{ID: "PAY-3", Text: "relates to", Norm: "relates"}}},
		},
		{
			"a link that came without a phrase",
			Ticket{Links: []Link{{Kind: Blocks, Phrase: "blocks", Target: Ref{Key: "PAY-3"}}}}, Ticket{},
			Change{Field: FieldLink, To: ids("PAY-3")},
		},
		{
			"a link that went",
			Ticket{}, Ticket{Links: []Link{{Kind: BlockedBy, Phrase: "is blocked by", Target: Ref{Key: "PAY-3"}}}},
			Change{Field: FieldLink, From: []Value{{ID: "PAY-3", Text: "is blocked by", Norm: "blocked-by"}}},
		},
		{
			"nothing for a field it does not understand",
			Ticket{Title: "same"}, Ticket{Title: "same"},
			Change{Field: FieldOther, Raw: "Rank", From: ids("1"), To: ids("2")},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change.ID, c.change.At = "1", day(2)
			c.now.Created, c.now.Updated, c.now.History = created, day(2), []Change{c.change}
			c.before.Created, c.before.Updated = created, created
			kept := copied(c.now)
			got, ok := c.now.AsOf(day(2).Add(-time.Nanosecond))
			if !ok {
				t.Fatal("ok = false, want true")
			}
			c.before.Normalise()
			if got = tidy(got); !reflect.DeepEqual(got, tidy(c.before)) {
				t.Errorf("before:\n got %+v\nwant %+v", got, c.before)
			}
			if !reflect.DeepEqual(c.now, kept) {
				t.Errorf("rewinding changed the ticket itself:\n got %+v\nwant %+v", c.now, kept)
			}
			kept.Normalise()
			if got, _ := c.now.AsOf(day(2)); !reflect.DeepEqual(tidy(got), tidy(kept)) {
				t.Errorf("from the moment of the change on:\n got %+v\nwant %+v", got, kept)
			}
		})
	}
}

func TestAsOfKnowsNothingBeforeCreation(t *testing.T) {
	one := Ticket{ID: "1", Created: created}
	if got, ok := one.AsOf(created.Add(-time.Nanosecond)); ok || !reflect.DeepEqual(got, Ticket{}) {
		t.Errorf("a moment before: %+v, %v, want nothing", got, ok)
	}
	if _, ok := one.AsOf(created); !ok {
		t.Error("at creation: ok = false, want true")
	}
}

func TestAsOfCutsOffWhatCameLater(t *testing.T) {
	one := Ticket{
		Created: created, Updated: day(9), Description: "as it is now", Watchers: []Account{{ID: "w"}},
		Comments: []Comment{{ID: "1", Created: day(1)}, {ID: "2", Created: day(3)}},
		Needs:    []Need{{ID: "n1", Created: day(2)}, {ID: "n2", Created: day(4)}},
	}
	got, _ := one.AsOf(day(2))
	want := one
	want.Comments, want.Needs, want.Updated = one.Comments[:1], one.Needs[:1], day(1)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	_ = append(got.Comments, Comment{ID: "other"})
	if one.Comments[1].ID != "2" {
		t.Error("appending to the past's comments reached the present's")
	}
}

func TestStartAndEndAreToldFromHistory(t *testing.T) {
	move := func(d int, from, to Category) Change {
		return Change{
			ID: day(d).String(), At: day(d), Field: FieldStatus,
			From: []Value{{Text: string(from), Norm: string(from)}}, To: []Value{{Text: string(to), Norm: string(to)}},
		}
	}
	for _, c := range []struct {
		name              string
		give              Ticket
		started, resolved time.Time
	}{
		{"never begun", Ticket{Category: Todo}, time.Time{}, time.Time{}},
		{"begun and done", Ticket{Category: Done, History: []Change{move(1, Todo, Started), move(3, Started, Done)}}, day(1), day(3)},
		{"the first beginning counts", Ticket{Category: Started, History: []Change{move(1, Todo, Started), move(2, Started, Todo), move(3, Todo, Started)}}, day(1), time.Time{}},
		{"the last end counts", Ticket{Category: Done, History: []Change{move(1, Todo, Done), move(2, Done, Todo), move(5, Todo, Done)}}, time.Time{}, day(5)},
		{"done, then cancelled: it ended when it was done", Ticket{Category: Cancelled, History: []Change{move(1, Todo, Done), move(2, Done, Cancelled)}}, time.Time{}, day(1)},
		{"reopened: no end, whatever the tracker still says", Ticket{Category: Todo, Resolved: day(1), History: []Change{move(1, Todo, Done), move(2, Done, Todo)}}, time.Time{}, time.Time{}},
		{"created as begun", Ticket{Category: Started}, created, time.Time{}},
		{"created as begun, put back and begun again", Ticket{Category: Started, History: []Change{move(1, Started, Todo), move(2, Todo, Started)}}, created, time.Time{}},
		{"no history: the tracker's own times stand", Ticket{Category: Done, Started: day(1), Resolved: day(2)}, day(1), day(2)},
		{"history knows better than the tracker", Ticket{Category: Done, Started: day(7), Resolved: day(8), History: []Change{move(1, Todo, Started), move(3, Started, Done)}}, day(1), day(3)},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.give.Created = created
			c.give.Normalise()
			if !c.give.Started.Equal(c.started) || !c.give.Resolved.Equal(c.resolved) {
				t.Errorf("started %v, resolved %v, want %v, %v", c.give.Started, c.give.Resolved, c.started, c.resolved)
			}
		})
	}
}

func TestThePastHasNoEndInItsFuture(t *testing.T) {
	one := Ticket{
		Created: created, Category: Done, Resolved: day(5), History: []Change{
			{ID: "1", At: day(2), Field: FieldStatus, From: []Value{{Norm: "done"}}, To: []Value{{Norm: "todo"}}},
			{ID: "2", At: day(5), Field: FieldStatus, From: []Value{{Norm: "todo"}}, To: []Value{{Norm: "done"}}},
		},
	}
	got, _ := one.AsOf(day(1))
	if got.Category != Done || !got.Resolved.IsZero() {
		t.Errorf("category %s, resolved %v, want done and not known when", got.Category, got.Resolved)
	}
}

// copied is t with lists of its own.
func copied(t Ticket) Ticket {
	v := reflect.ValueOf(&t).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && !f.IsNil() {
			own := reflect.MakeSlice(f.Type(), f.Len(), f.Len())
			reflect.Copy(own, f)
			f.Set(own)
		}
	}
	return t
}

// tidy is t with empty lists as nil: nobody tells them apart.
func tidy(t Ticket) Ticket {
	v := reflect.ValueOf(&t).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() == 0 {
			f.SetZero()
		}
	}
	return t
}
