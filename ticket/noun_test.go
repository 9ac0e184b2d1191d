package ticket_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	. "github.com/fairlead-dev/fairlead/ticket"
)

func TestHistoryIsOldestFirst(t *testing.T) {
	one := Ticket{Created: created, History: []Change{
		{ID: "10", At: day(2)}, {ID: "9", At: day(2)}, {ID: "b", At: day(1)}, {ID: "9", At: day(2)},
	}}
	one.Normalise()
	var got []string
	for _, c := range one.History {
		got = append(got, c.ID)
	}
	if want := []string{"b", "9", "10"}; !slices.Equal(got, want) {
		t.Errorf("history %v, want %v: by time, then by number, no repeats", got, want)
	}
}

func TestCommentsWithoutIDsAreNotOne(t *testing.T) {
	one := Ticket{Comments: []Comment{{Created: day(2)}, {Created: day(1)}}}
	one.Normalise()
	if len(one.Comments) != 2 {
		t.Errorf("%d comments, want 2", len(one.Comments))
	}
}

func TestAssignments(t *testing.T) {
	mina, jo := Account{ID: "mina", Name: "Mina"}, Account{ID: "jo", Name: "Jo"}
	value := func(a Account) []Value { return []Value{{ID: a.ID, Text: a.Name}} }
	for _, c := range []struct {
		name string
		give Ticket
		want []Assignment
	}{
		{"nobody was ever assigned", Ticket{Creator: jo}, nil},
		{
			"assigned while creating, never after",
			Ticket{Creator: jo, Assignee: mina},
			[]Assignment{{Event: CreationEvent, At: created, Actor: jo, To: mina}},
		},
		{
			"assigned while creating, as the first change tells",
			Ticket{Creator: jo, Assignee: jo, History: []Change{
				{ID: "7", At: day(1), Actor: mina, Field: FieldAssignee, From: value(mina), To: value(jo)},
			}},
			[]Assignment{
				{Event: CreationEvent, At: created, Actor: jo, To: mina},
				{Event: "7", At: day(1), Actor: mina, From: mina, To: jo},
			},
		},
		{
			"not assigned while creating, and unassigned again",
			Ticket{Creator: jo, History: []Change{
				{ID: "7", At: day(1), Actor: jo, Field: FieldAssignee, To: value(mina)},
				{ID: "8", At: day(1), Actor: jo, Field: FieldStatus},
				{ID: "9", At: day(2), Field: FieldAssignee, From: value(mina)},
			}},
			[]Assignment{
				{Event: "7", At: day(1), Actor: jo, To: mina},
				{Event: "9", At: day(2), From: mina},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.give.Created = created
			if got := slices.Collect(c.give.Assignments()); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// busy is a ticket in which somebody took part in every way.
func busy() Ticket {
	return Ticket{
		Created: created, Creator: Account{ID: "creator"}, Assignee: Account{ID: "assignee"},
		Mentions: []string{"described"}, Watchers: []Account{{ID: "watcher"}},
		History: []Change{
			{ID: "1", At: day(1), Actor: Account{ID: "changer"}, Field: FieldOther},
			{ID: "2", At: day(2), Field: FieldOther}, // the tracker named nobody
		},
		Comments: []Comment{
			{ID: "1", Author: Account{ID: "author"}, Created: day(3), Mentions: []string{"called"}},
			{ID: "2", Created: day(4)},
		},
	}
}

func TestParts(t *testing.T) {
	one := busy()
	want := []Part{
		{Account{ID: "creator"}, created, CreatedIt},
		{Account{ID: "described"}, created, MentionedIn},
		{Account{ID: "watcher"}, created, WatchesItNow},
		{Account{ID: "assignee"}, created, WasAssigned},
		{Account{ID: "changer"}, day(1), ChangedIt},
		{Account{ID: "author"}, day(3), CommentedOn},
		{Account{ID: "called"}, day(3), MentionedIn},
	}
	if got := slices.Collect(one.Parts()); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	for n := 1; n < len(want); n++ { // a loop may be left at any part
		read := 0
		for range one.Parts() {
			if read++; read == n {
				break
			}
		}
		if read != n {
			t.Errorf("left after %d parts: %d came", n, read)
		}
	}
}

func TestRefs(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b Ref
		want bool
	}{
		{"the same id", Ref{ID: "1"}, Ref{ID: "1", Key: "PAY-1"}, true},
		{"the same id with another key, after a move", Ref{ID: "1", Key: "PAY-1"}, Ref{ID: "1", Key: "ORD-1"}, true},
		{"another id with the same key", Ref{ID: "1", Key: "PAY-1"}, Ref{ID: "2", Key: "PAY-1"}, false},
		{"only the key is known on one side", Ref{Key: "PAY-1"}, Ref{ID: "1", Key: "PAY-1"}, true},
		{"an id and a key that cannot be compared", Ref{ID: "1"}, Ref{Key: "PAY-1"}, false},
		{"two that point nowhere", Ref{}, Ref{}, false},
	} {
		if got := c.a.Is(c.b); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if got := c.b.Is(c.a); got != c.want {
			t.Errorf("%s, turned round: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSprintOverTime(t *testing.T) {
	planned := Sprint{State: SprintActive, Start: day(1), End: day(15)}
	with := func(change func(*Sprint)) Sprint {
		s := planned
		change(&s)
		return s
	}
	closedLate := with(func(s *Sprint) { s.State, s.Completed = SprintClosed, day(17) })
	for _, c := range []struct {
		name           string
		sprint         Sprint
		at             time.Time
		active, future bool
	}{
		{"a moment before the start", planned, day(1).Add(-1), false, true},
		{"at the start", planned, day(1), true, false},
		{"in the middle", planned, day(8), true, false},
		{"overdue and not closed", planned, day(40), true, false},
		{"closed late, before that", closedLate, day(16), true, false},
		{"closed late, at that moment", closedLate, day(17), false, false},
		{"closed without a time: its planned end counts", with(func(s *Sprint) { s.State = SprintClosed }), day(15), false, false},
		{"closed without a time, before its planned end", with(func(s *Sprint) { s.State = SprintClosed }), day(14), true, false},
		{"still marked as future after its planned start", with(func(s *Sprint) { s.State = SprintFuture }), day(8), false, true},
		{"without dates, marked as active", Sprint{State: SprintActive}, day(8), false, false},
		{"without dates, marked as future", Sprint{State: SprintFuture}, day(8), false, true},
		{"closed now, seen from before its start", closedLate, day(0), false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if active, future := c.sprint.ActiveAt(c.at), c.sprint.FutureAt(c.at); active != c.active || future != c.future {
				t.Errorf("active %v, future %v, want %v, %v", active, future, c.active, c.future)
			}
		})
	}
}

func TestCategories(t *testing.T) {
	for _, c := range Categories() {
		one := Ticket{Category: c}
		if got, want := one.InFlight(), c == Started; got != want {
			t.Errorf("%s in flight: %v, want %v", c, got, want)
		}
		if got, want := c.Ended(), c == Done || c == Cancelled; got != want {
			t.Errorf("%s ended: %v, want %v", c, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Date("2026-12-01").In(berlin), time.Date(2026, 12, 1, 0, 0, 0, 0, berlin); !got.Equal(want) {
		t.Errorf("the day begins at %v, want %v", got, want)
	}
	if got := Date("").In(berlin); !got.IsZero() {
		t.Errorf("no date begins at %v, want the zero time", got)
	}
	for _, wrong := range []string{"2026-13-01", "2026-02-30", "1.12.2026", "2026-12-01T00:00:00Z", " 2026-12-01"} {
		if d, err := ParseDate(wrong); err == nil || d != "" {
			t.Errorf("%q was read as %q", wrong, d)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-12-01")
	f.Add("")
	f.Add("2026-02-29")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		if string(d) != s {
			t.Errorf("%q was read as %q", s, d)
		}
		if again := d.In(time.UTC); d != "" && again.Format(time.DateOnly) != s {
			t.Errorf("%q is the day %s", s, again)
		}
	})
}
