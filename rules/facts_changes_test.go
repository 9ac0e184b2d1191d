package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// tells evaluates an expression about the ticket PAY-1 and gives its value in
// words.
func tells(t *testing.T, test rules.Test, expression string) string {
	t.Helper()
	r := parse(t, "id: tells\nscope: ticket\ntitle: t\npromise: p\nask: a\nseverity: info\naudience: team\nwhen: ticket.key == 'PAY-1'\n"+
		"settings: {grace: {type: wait, default: 24h, help: h}}\nmessage: |-\n  {"+expression+"}\n")
	work, dir, now := build(t, test)
	out := check(t, book(t, []rules.Rule{r}), work, dir, now)
	if err := out.Stopped["tells"]; err != nil {
		t.Fatal(err)
	}
	if len(out.Seen) != 1 {
		t.Fatalf("seen = %v, want one finding about PAY-1", out.Seen)
	}
	return out.Seen[0].Reason
}

// lived is a world with one ticket to which this happened.
func lived(one rules.TestTicket, changes ...rules.TestChange) rules.Test {
	one.Key, one.Changes = "PAY-1", changes
	return rules.Test{
		Sprints: []rules.TestSprint{
			{ID: "6", Name: "Sprint 6", State: "closed", Start: "19 days ago", End: "5 days ago"},
			{ID: "7", Name: "Sprint 7", State: "active"}, {ID: "8", Name: "Sprint 8", State: "future"},
			{ID: "9", Name: "Sprint 9", State: "future", Start: "in 23 days"},
		},
		Tickets: []rules.TestTicket{one},
	}
}

func TestAChangeInAFewWords(t *testing.T) {
	five := 5.0
	for _, c := range []struct {
		name   string
		before rules.TestTicket
		change rules.TestChange
		want   string
	}{
		{"from one status to another", rules.TestTicket{Status: "In Review", Category: "started"}, rules.TestChange{Field: "status", To: "done"}, "status from In Review to done"},
		{"a first estimate", rules.TestTicket{}, rules.TestChange{Field: "estimate", To: "3"}, "estimate set to 3"},
		{"an estimate taken away", rules.TestTicket{Estimate: &five}, rules.TestChange{Field: "estimate"}, "estimate 5 taken away"},
		{"a date, as a date", rules.TestTicket{Due: "2026-11-20"}, rules.TestChange{Field: "due", To: "2026-11-21"}, "due date from 2026-11-20 to 2026-11-21"},
		{"sprints by their names, those that stay left out", rules.TestTicket{Sprints: []string{"6", "7"}}, rules.TestChange{Field: "sprint", To: "6, 8"}, "sprint or cycle from Sprint 7 to Sprint 8"},
		{"a sprint nobody knows, by its id", rules.TestTicket{}, rules.TestChange{Field: "sprint", To: "99"}, "sprint or cycle set to 99"},
		{"several labels", rules.TestTicket{Labels: []string{"a"}}, rules.TestChange{Field: "label", To: "b, c"}, "label from a to b, c"},
		{"a longer description", rules.TestTicket{}, rules.TestChange{Field: "description", From: "10", To: "30"}, "description changed, 20 characters longer"},
		{"a shorter one", rules.TestTicket{}, rules.TestChange{Field: "description", From: "30", To: "10"}, "description changed, 20 characters shorter"},
		{"a first one", rules.TestTicket{}, rules.TestChange{Field: "description", To: "10"}, "description changed, 10 characters longer"},
		{"one as long as before", rules.TestTicket{}, rules.TestChange{Field: "description", From: "10", To: "10"}, "description changed, as long as before"},
		{"one without a length", rules.TestTicket{}, rules.TestChange{Field: "description"}, "description changed"},
		{"something else", rules.TestTicket{}, rules.TestChange{Field: "other"}, "other changed"},
		{"hostile words", rules.TestTicket{Title: "{now}\n\x1b[31m"}, rules.TestChange{Field: "title", To: "\u202e{ticket.key}"}, "title from {now} to {ticket.key}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change.At, c.change.By = "2 days ago", "mina"
			if got := tells(t, lived(c.before, c.change), "ticket.changes[0].summary"); got != c.want {
				t.Errorf("summary = %q, want %q", got, c.want)
			}
		})
	}
}

func TestActsAreWhatOnePersonDidInOneMoment(t *testing.T) {
	world := lived(rules.TestTicket{},
		rules.TestChange{At: "9 days ago", By: "mina", Field: "priority", To: "high"},
		rules.TestChange{By: "mina", Same: true, At: "9 days ago", Field: "label", To: "x"},
		rules.TestChange{By: "jo", Same: true, At: "9 days ago", Field: "due", To: "2026-12-01"},
		rules.TestChange{At: "8 days ago", By: "mina.phone", Field: "priority", To: "low"},
		rules.TestChange{At: "7 days ago", Field: "priority", To: "none"},
		rules.TestChange{At: "6 days ago", By: "a stranger", Field: "priority", To: "high"},
		rules.TestChange{At: "5 days ago", By: "mina", Field: "label"},
	)
	world.Accounts = map[string]string{"mina.phone": "mina"}
	for expression, want := range map[string]string{
		"acts(ticket.changes)":                                         "6",
		"acts([])":                                                     "0",
		"ticket.changes[0].act.map(c, c.field)":                        "priority and label",
		"ticket.changes[2].act.map(c, c.field)":                        "due",
		"ticket.changes[4].act.map(c, c.field)":                        "priority",
		"repeated(ticket.changes, 2).map(c, c.field)":                  "priority, label, priority and label",
		"size(repeated(ticket.changes, 3))":                            "4",
		"size(repeated(ticket.changes, 4))":                            "0",
		"size(repeated(ticket.changes, 1))":                            "6", // who is not named repeats nothing
		"repeated(ticket.changes, 1).all(c, c in ticket.changes)":      "yes",
		"replaced(ticket.changes[0], ticket.changes[3].at)":            "yes",
		"replaced(ticket.changes[0], ticket.changes[2].at)":            "no",
		"replaced(ticket.changes[2], now)":                             "no",
		"replaced(ticket.changes[5], now)":                             "no",
		"in_bulk(ticket, ticket.changes[0].at, 0)":                     "no", // outside of every rule's window nothing is counted
		"commented_since(ticket, ticket.created)":                      "no",
		"size(ticket.reestimates(50)) + size(ticket.slips(50))":        "0",
		"ticket.changes.exists(c, c.decision != '')":                   "yes", // mina's second priority is two levels down
		"ticket.changes.filter(c, c.decision != '').map(c, c.summary)": "priority from high to low",
	} {
		if got := tells(t, world, expression); got != want {
			t.Errorf("%s = %q, want %q", expression, got, want)
		}
	}
}

func TestWhatWasSetWhileCreatingIsOneAct(t *testing.T) {
	points := 3.0
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{
		Key: "PAY-1", Created: "3 days ago", Creator: "sam", Estimate: &points, Due: "2026-12-01",
		Changes: []rules.TestChange{{At: "3 days ago", By: "sam", Field: "label", To: "x"}, {At: "3 days ago", By: "mina", Field: "label", To: "y"}, {At: "2 days ago", By: "sam", Field: "label", To: "z"}},
	}}})
	if got := noticed(check(t, book(t, []rules.Rule{parse(t, scoped("change", "size(change.act) == 1 && change.act[0] == change", "window: duration('336h')\n"))}), work, dir, now)); got != "looks PAY-1, looks PAY-1" {
		t.Errorf("acts of one change: %q, want what mina did, and what sam did later", got)
	}
	r := parse(t, strings.Replace(scoped("change", "change.on_creation && change.field == 'due'", "window: duration('336h')\n"),
		`"{subject}"`, `"{change.act.map(c, c.summary)}; {replaced(change, now)}"`, 1))
	out := check(t, book(t, []rules.Rule{r}), work, dir, now)
	want := "estimate set to 3, due date set to 2026-12-01 and label set to x; no"
	if len(out.Seen) != 1 || out.Seen[0].Reason != want {
		t.Errorf("seen = %+v, want one that says %q", out.Seen, want)
	}
}

// dues moves the due date at these hours to these days of December, in turns by
// mina; 0 is none.
func dues(field string, pairs ...int) []rules.TestChange {
	var out []rules.TestChange
	for i := 0; i < len(pairs); i += 2 {
		c := rules.TestChange{At: minutesAgo(pairs[i]), By: "mina", Field: field}
		if n := pairs[i+1]; n > 0 && field == "due" {
			c.To = "2026-12-" + two(n)
		} else if n > 0 {
			c.To = two(n)
		}
		out = append(out, c)
	}
	return out
}

func two(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// minutesAgo is so many minutes before the moment that tests look at.
func minutesAgo(n int) string { return strings.TrimSpace(two(n/100)+two(n%100)) + "m ago" }

func TestWhatIsTakenBack(t *testing.T) {
	const day = 24 * 60
	for _, c := range []struct {
		name    string
		before  rules.TestTicket
		changes []rules.TestChange
		want    string // of each change
	}{
		{"put back when the wait ends", rules.TestTicket{Due: "2026-12-01"}, dues("due", 2*day, 5, day, 1), "yes and yes"},
		{"put back a minute later", rules.TestTicket{Due: "2026-12-01"}, dues("due", 2*day+1, 5, day, 1), "no and no"},
		{"moved on and put back", rules.TestTicket{Due: "2026-12-01"}, dues("due", 300, 5, 200, 9, 100, 1), "yes, yes and yes"},
		{"put back and moved again", rules.TestTicket{Due: "2026-12-01"}, dues("due", 300, 5, 200, 1, 100, 9), "yes, yes and no"},
		{"a first one taken away", rules.TestTicket{}, dues("due", 300, 5, 200, 0), "yes and yes"},
		{"moved on and half of the way back", rules.TestTicket{Due: "2026-12-01"}, dues("due", 300, 5, 200, 9, 100, 5), "no, yes and yes"},
		{"the way back is longer than the wait", rules.TestTicket{Due: "2026-12-01"}, dues("due", 3*day, 5, 2*day+60, 9, day+60, 1), "no, no and no"},
		{"an estimate in other digits", rules.TestTicket{Estimate: new(float64)}, []rules.TestChange{
			{At: "300m ago", By: "mina", Field: "estimate", To: "5"}, {At: "200m ago", By: "jo", Field: "estimate", To: "0.0"}}, "yes and yes"},
		{"another field moves", rules.TestTicket{Due: "2026-12-01"}, []rules.TestChange{
			{At: "300m ago", By: "mina", Field: "due", To: "2026-12-05"}, {At: "200m ago", By: "jo", Field: "estimate", To: "1"}}, "no and no"},
		{"cancelled and opened in another status", rules.TestTicket{Category: "started"}, []rules.TestChange{
			{At: "300m ago", By: "mina", Field: "status", To: "cancelled"}, {At: "200m ago", By: "jo", Field: "status", To: "todo"}}, "yes and yes"},
		{"done is not open", rules.TestTicket{Category: "started"}, []rules.TestChange{
			{At: "300m ago", By: "mina", Field: "status", To: "cancelled"}, {At: "200m ago", By: "jo", Field: "status", To: "done"}}, "no and no"},
		{"out of the sprint and in again", rules.TestTicket{Sprints: []string{"6", "7"}}, []rules.TestChange{
			{At: "300m ago", By: "mina", Field: "sprint", To: "6"}, {At: "200m ago", By: "jo", Field: "sprint", To: "7, 6"}}, "yes and yes"},
		{"what a description said nobody knows", rules.TestTicket{}, []rules.TestChange{
			{At: "300m ago", By: "mina", Field: "description", From: "10", To: "20"}, {At: "200m ago", By: "jo", Field: "description", From: "20", To: "10"}}, "no and no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := tells(t, lived(c.before, c.changes...), "ticket.changes.map(c, taken_back(c, settings.grace) ? 'yes' : 'no')")
			if got != c.want {
				t.Errorf("taken back: %s, want %s", got, c.want)
			}
		})
	}
}

func TestDecisionsAboutWork(t *testing.T) {
	for _, c := range []struct {
		name   string
		before rules.TestTicket
		change rules.TestChange
		want   string
	}{
		{"cancelled", rules.TestTicket{}, rules.TestChange{Field: "status", To: "cancelled"}, "cancelled"},
		{"cancelled after it was done", rules.TestTicket{Category: "done"}, rules.TestChange{Field: "status", To: "cancelled"}, "cancelled"},
		{"cancelled twice", rules.TestTicket{Category: "cancelled"}, rules.TestChange{Field: "status", To: "cancelled"}, ""},
		{"started", rules.TestTicket{}, rules.TestChange{Field: "status", To: "started"}, ""},
		{"two levels up", rules.TestTicket{Priority: "medium"}, rules.TestChange{Field: "priority", To: "urgent"}, "reprioritised"},
		{"one level down", rules.TestTicket{Priority: "medium"}, rules.TestChange{Field: "priority", To: "low"}, ""},
		{"low to none is one level", rules.TestTicket{Priority: "low"}, rules.TestChange{Field: "priority"}, ""},
		{"a first priority", rules.TestTicket{}, rules.TestChange{Field: "priority", To: "urgent"}, ""},
		{"a first date", rules.TestTicket{}, rules.TestChange{Field: "due", To: "2026-12-01"}, ""},
		{"the same date again", rules.TestTicket{Due: "2026-12-01"}, rules.TestChange{Field: "due", To: "2026-12-01"}, ""},
		{"an earlier date", rules.TestTicket{Due: "2026-12-01"}, rules.TestChange{Field: "due", To: "2026-11-30"}, "due date moved"},
		{"out of a running sprint", rules.TestTicket{Sprints: []string{"7"}}, rules.TestChange{Field: "sprint"}, "descoped"},
		{"out of one that ended", rules.TestTicket{Sprints: []string{"6"}}, rules.TestChange{Field: "sprint"}, ""},
		{"out of one of two that are ahead", rules.TestTicket{Sprints: []string{"8", "9"}}, rules.TestChange{Field: "sprint", To: "9"}, ""},
		{"into one", rules.TestTicket{}, rules.TestChange{Field: "sprint", To: "7"}, ""},
		{"another assignee", rules.TestTicket{Assignee: "mina"}, rules.TestChange{Field: "assignee", To: "jo"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change.At, c.change.By = "2 days ago", "sam"
			if got := tells(t, lived(c.before, c.change), "ticket.changes[0].decision"); got != c.want {
				t.Errorf("decision = %q, want %q", got, c.want)
			}
		})
	}
}

func TestABulkChangeIsToldFromWhatOnePersonDid(t *testing.T) {
	test := func(changes ...rules.TestChange) rules.Test {
		return rules.Test{Tickets: []rules.TestTicket{{Key: "PAY", Copies: 4, Created: "3 days ago", Creator: "sam", Changes: changes}}}
	}
	one := parse(t, scoped("ticket", "in_bulk(ticket, ticket.created, 3) && !in_bulk(ticket, ticket.created, 4)", "happened: ticket.created\nwindow: duration('336h')\n"))
	work, dir, now := build(t, test())
	if got, want := noticed(check(t, book(t, []rules.Rule{one}), work, dir, now)), "looks PAY-1, looks PAY-2, looks PAY-3, looks PAY-4"; got != want {
		t.Errorf("created in bulk: %s, want %s", got, want)
	}
	later := parse(t, scoped("ticket", "in_bulk(ticket, ticket.changes[0].at, 3)", "happened: ticket.created\nwindow: duration('336h')\n"))
	work, dir, now = build(t, test(rules.TestChange{At: "2 days ago", By: "mina", Field: "label", To: "x"}))
	if got, want := noticed(check(t, book(t, []rules.Rule{later}), work, dir, now)), "looks PAY-1, looks PAY-2, looks PAY-3, looks PAY-4"; got != want {
		t.Errorf("changed in bulk: %s, want %s", got, want)
	}
}

// Jira lets a sprint be planned without dates: it comes after all that have some.
func TestASprintWithoutDatesIsLaterThanAnyThatEnded(t *testing.T) {
	for state, want := range map[ticket.SprintState]string{ticket.SprintFuture: "looks PAY-1", ticket.SprintActive: ""} {
		work, dir, now := build(t, lived(rules.TestTicket{Sprints: []string{"6"}}, rules.TestChange{At: "5 days ago", By: "mina", Field: "sprint", To: "6, 8"}))
		for i := range work.Planned {
			if s := &work.Planned[i]; s.ID == "8" {
				s.Start, s.End, s.State = time.Time{}, time.Time{}, state
			}
		}
		r := parse(t, scoped("ticket", "size(ticket.slips(50)) == 1", ""))
		if got := noticed(check(t, book(t, []rules.Rule{r}), work, dir, now)); got != want {
			t.Errorf("%s: noticed %q, want %q", state, got, want)
		}
	}
}

// What leaves a sprint while somebody completes it leaves because it ended,
// whenever it was planned to end, and whether it was planned to end at all.
func TestASprintIsOverWhenSomebodyCompletesIt(t *testing.T) {
	completed := time.Date(2026, 11, 13, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, at  string
		end, done time.Time
		want      string
	}{
		{"long before its end", "2026-11-13 09:49", completed.AddDate(0, 0, 4), completed, "descoped"},
		{"ten minutes before it is completed", "2026-11-13 09:50", completed.AddDate(0, 0, 4), completed, ""},
		{"without an end", "2026-11-13 09:50", time.Time{}, completed, ""},
		{"overdue", "2026-11-13 09:49", completed.AddDate(0, 0, -2), completed, ""},
		{"never completed and without an end", "2026-11-13 09:50", time.Time{}, time.Time{}, "descoped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			work, dir, now := build(t, lived(rules.TestTicket{Sprints: []string{"7"}}, rules.TestChange{At: c.at, By: "sam", Field: "sprint"}))
			for i := range work.Planned {
				if s := &work.Planned[i]; s.ID == "7" {
					s.End, s.Completed = c.end, c.done
				}
			}
			r := parse(t, scoped("change", "change.decision == '"+c.want+"'", "window: duration('336h')\n"))
			if got := noticed(check(t, book(t, []rules.Rule{r}), work, dir, now)); got != "looks PAY-1" {
				t.Errorf("the decision is not %q", c.want)
			}
		})
	}
}

// A tracker may tell of a change without telling of what to what.
func TestChangesWithoutValuesStopNothing(t *testing.T) {
	fields := []string{"status", "assignee", "sprint", "priority", "estimate", "due", "description", "label", "title", "other"}
	var changes []rules.TestChange
	for i, f := range fields {
		changes = append(changes, rules.TestChange{At: string(rune('1'+i%9)) + " days ago", By: "dana", Field: f})
	}
	for _, values := range [][]ticket.Value{nil, {{}}, {{Norm: "?", Text: "?", ID: "?"}}} {
		work, dir, now := build(t, lived(rules.TestTicket{Category: "started", Assignee: "mina", Sprints: []string{"7"}}, changes...))
		for i := range work.Work[0].History {
			work.Work[0].History[i].From, work.Work[0].History[i].To = values, values
		}
		out := check(t, book(t, catalog(t), everyRuleOn(t)...), work, dir, now)
		if len(out.Stopped) > 0 {
			t.Errorf("stopped: %v", out.Stopped)
		}
		for _, s := range out.Seen {
			if s.Rule == "decision-not-recorded" {
				t.Errorf("%v: %s", values, s.Reason)
			}
		}
	}
}

func TestAPriorityThatNobodyMappedHasNoLevel(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to []ticket.Value
		want     string
	}{
		{"from one nobody mapped", []ticket.Value{{Text: "P9"}}, []ticket.Value{{Norm: "low"}}, ""},
		{"to one nobody mapped", []ticket.Value{{Norm: "urgent"}}, []ticket.Value{{Text: "P9"}}, ""},
		{"from nothing", nil, []ticket.Value{{Norm: "urgent"}}, ""},
		{"to nothing", []ticket.Value{{Norm: "high"}}, nil, "reprioritised"},
	} {
		t.Run(c.name, func(t *testing.T) {
			work, dir, now := build(t, lived(rules.TestTicket{}, rules.TestChange{At: "2 days ago", By: "sam", Field: "priority", To: "low"}))
			work.Work[0].History[0].From, work.Work[0].History[0].To = c.from, c.to
			r := parse(t, scoped("change", "change.decision == '"+c.want+"'", "window: duration('336h')\n"))
			if got := noticed(check(t, book(t, []rules.Rule{r}), work, dir, now)); got != "looks PAY-1" {
				t.Errorf("the decision is not %q", c.want)
			}
		})
	}
}

// However long ago: a bulk change of due dates and estimates is told from
// handwork by rules that have no window.
func TestOldBulkChangesAreKnownWhereARuleLooksBackAsFarAsHistoryGoes(t *testing.T) {
	points := 5.0
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{
		Key: "PAY", Copies: 3, Created: "900 days ago", Estimate: &points, Due: "2026-12-01",
		Changes: []rules.TestChange{{At: "800 days ago", By: "mina", Field: "due", To: "2026-12-05"}, {At: "700 days ago", By: "jo", Field: "estimate", To: "3"}},
	}}})
	for when, want := range map[string]string{
		"size(ticket.slips(2)) > 0":       "",
		"size(ticket.slips(3)) > 0":       "looks PAY-1, looks PAY-2, looks PAY-3",
		"size(ticket.reestimates(2)) > 0": "",
		"size(ticket.reestimates(3)) > 0": "looks PAY-1, looks PAY-2, looks PAY-3",
	} {
		r := parse(t, scoped("ticket", when, ""))
		if got := noticed(check(t, book(t, []rules.Rule{r}), work, dir, now)); got != want {
			t.Errorf("%s: noticed %q, want %q", when, got, want)
		}
	}
}
