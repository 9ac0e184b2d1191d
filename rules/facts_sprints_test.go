package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// hoursAgo keeps the tables of moments short.
func hoursAgo(h int) time.Time { return testMoment.Add(-time.Duration(h) * time.Hour) }

func sprintChange(hours int, from, to string) ticket.Change {
	values := func(ids string) []ticket.Value {
		var out []ticket.Value
		for _, id := range strings.Fields(ids) {
			out = append(out, ticket.Value{ID: id})
		}
		return out
	}
	return ticket.Change{ID: strings.Join([]string{from, to}, ">"), At: hoursAgo(hours), Field: ticket.FieldSprint, From: values(from), To: values(to)}
}

func TestWhenATicketLeftItsLastSprint(t *testing.T) {
	sprints := []ticket.Sprint{
		{Source: "jira", ID: "5", State: ticket.SprintClosed, Start: hoursAgo(400), End: hoursAgo(300), Completed: hoursAgo(290)},
		{Source: "jira", ID: "6", State: ticket.SprintClosed, Start: hoursAgo(280), End: hoursAgo(100)},
		{Source: "jira", ID: "7", State: ticket.SprintActive, Start: hoursAgo(90), End: hoursAgo(10)},
		{Source: "jira", ID: "8", State: ticket.SprintFuture, Start: hoursAgo(50)},
		{Source: "jira", ID: "9", State: ticket.SprintActive},
		{Source: "linear", ID: "4", State: ticket.SprintActive, Start: hoursAgo(90)},
	}
	const never = -1
	for _, c := range []struct {
		name    string
		now     string
		history []ticket.Change
		ago     int // hours; 0: it still is in one
	}{
		{"never in any", "", nil, never},
		{"in one that runs, overdue as it is", "7", nil, 0},
		{"in one that has not begun, one without a start, one of another source and one nobody knows", "4 8 9 99", nil, never},
		{"until its sprint ended", "6", nil, 100},
		{"until somebody completed it, not until its planned end", "5", nil, 290},
		{"until the later of two", "5 6", nil, 100},
		{"taken out of the running one", "", []ticket.Change{sprintChange(20, "7", "")}, 20},
		{"taken out of one that had ended long before", "", []ticket.Change{sprintChange(20, "6", "")}, 100},
		{"taken out before it began", "", []ticket.Change{sprintChange(95, "7", "")}, never},
		{"moved on to one that has not begun", "8", []ticket.Change{sprintChange(20, "7", "8")}, 20},
		{"put in after it had ended", "6", []ticket.Change{sprintChange(50, "", "6")}, never},
		{"told as what came and went", "", []ticket.Change{sprintChange(30, "7", ""), sprintChange(40, "", "7")}, 30},
		{"told as whole lists", "6", []ticket.Change{sprintChange(20, "6 7", "6")}, 20},
		{"in and out and in again", "", []ticket.Change{sprintChange(60, "7", ""), sprintChange(50, "", "7"), sprintChange(45, "7", "")}, 45},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := testWorld(t, made{held: sprints}, payments())
			one := ticket.Ticket{Source: "jira", ID: "1", Created: hoursAgo(500), Sprints: strings.Fields(c.now), History: c.history}
			one.Normalise()
			left, still := w.as(one).leftSprints()
			if still != (c.ago == 0) {
				t.Fatalf("still in a sprint: %v", still)
			}
			if want := hoursAgo(c.ago); c.ago > 0 && !left.Equal(want) || c.ago == never && !left.IsZero() {
				t.Errorf("it left at %v, want %v", left, want)
			}
		})
	}
}

func TestASprintsTeamIsWhoClaimsItOrHoldsMostOfIt(t *testing.T) {
	claims := func(id, project, board string) org.Team {
		one := org.Team{ID: id, Name: id, Owns: org.Ownership{JiraProjects: []string{project}}}
		if board != "" {
			one.Owns.JiraBoards = []string{board}
		}
		return one
	}
	for _, c := range []struct {
		name, board string
		holds       string // projects of its tickets; an epic in small letters
		owner       string
		teams       string
	}{
		{"claimed, whoever's work it holds", "b", "CORE CORE CORE", "payments", "payments"},
		{"most of it", "", "PAY PAY CORE", "payments", "core payments"},
		{"as much of two", "", "PAY CORE", "core", "core payments"},
		{"one in five is a part", "", "PAY CORE CORE CORE CORE", "core", "core payments"},
		{"one in six is not", "", "PAY CORE CORE CORE CORE CORE", "core", "core"},
		{"nobody's work counts as work", "", "PAY OPS OPS OPS OPS OPS", "payments", ""},
		{"epics do not", "", "pay pay pay CORE", "core", "core"},
		{"nothing", "", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := testWorld(t, made{held: []ticket.Sprint{{Source: "jira", ID: "7", Board: c.board, State: ticket.SprintActive, Start: hoursAgo(1)}}},
				claims("payments", "PAY", "b"), claims("core", "CORE", ""))
			var all []ticket.Ticket
			for i, project := range strings.Fields(c.holds) {
				one := ticket.Ticket{Source: "jira", ID: string(rune('a' + i)), Project: strings.ToUpper(project), Kind: ticket.Task, Created: hoursAgo(9), Sprints: []string{"7"}}
				if project != one.Project {
					one.Kind = ticket.Container
				}
				all = append(all, one)
			}
			gatherAll(t, w, all)
			s := w.sprints[name("jira", "7")]
			if got := teamID(s.owner()); got != c.owner {
				t.Errorf("its team is %q, want %q", got, c.owner)
			}
			var teams []string
			for i := range w.dir.Teams() {
				if one := &w.dir.Teams()[i]; slices.Contains(w.overview.sprintTimes(one).open, s) {
					teams = append(teams, one.ID)
				}
			}
			if got := strings.Join(teams, " "); got != c.teams {
				t.Errorf("it is a sprint of %q, want %q", got, c.teams)
			}
		})
	}
}
