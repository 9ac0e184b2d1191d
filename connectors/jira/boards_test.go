package jira_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

func sprintsOf(ps []connectors.Page) []string {
	var out []string
	for _, p := range ps {
		for _, s := range p.Sprints {
			out = append(out, fmt.Sprintf("%s %s %q board %s", s.ID, s.State, s.Goal, s.Board))
		}
	}
	return out
}

const twoBoards = `{"isLast":true,"values":[{"id":3,"type":"scrum"},{"id":4,"type":"kanban"}]}`

func TestSprintsComeWithoutAnyTicket(t *testing.T) {
	s := newStub(t, answers{
		"GET /rest/agile/1.0/board": twoBoards,
		"GET /rest/agile/1.0/board/3/sprint": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status(200, map[string]string{
				"0": `{"isLast":false,"values":[{"id":7,"state":"active","goal":" Refunds under a minute ","originBoardId":3}]}`,
				"1": `{"isLast":true,"values":[{"id":8,"state":"future"}]}`,
			}[r.URL.Query().Get("startAt")])(w, r)
		}),
		"GET /rest/agile/1.0/board/4/sprint": status(400, `{"errorMessages":["The board does not support sprints"]}`),
	})
	ps, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sprintsOf(ps), []string{`7 active "Refunds under a minute" board 3`, `8 future "" board 3`}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if gaps(ps) != "" {
		t.Errorf("a kanban board is no gap: %s", gaps(ps))
	}
	if q := query(t, s.asked("/rest/agile/1.0/board?")[0].Path); q.Get("projectKeyOrId") != "PAY" {
		t.Errorf("boards were asked for with %v", q)
	}
	if q := query(t, s.asked("/rest/agile/1.0/board/3/sprint")[0].Path); q.Get("state") != "active,future" {
		t.Errorf("sprints were asked for with %v", q)
	}
}

func TestASprintThatTicketsNameIsAskedForOnce(t *testing.T) {
	const old = `"customfield_10020":["Sprint@1[id=348,rapidViewId=<null>,state=CLOSED,name=Eight, the last,startDate=<null>,endDate=<null>,completeDate=<null>,sequence=1]"]`
	two := `{"total":2,"issues":[{"id":"1","key":"PAY-1","fields":{` + dated + `,` + old + `}},{"id":"2","key":"PAY-2","fields":{` + dated + `,` + old +
		`},"changelog":` + logOf(`{"field":"Sprint","fieldtype":"custom","from":"12, 13","fromString":"a, b","to":"348","toString":"Eight"}`) + `}]}`
	s := newStub(t, answers{
		"GET /rest/api/2/search":         two,
		"GET /rest/agile/1.0/sprint/348": `{"id":348,"name":"Eight, the last","state":"closed","goal":"Fewer refunds","originBoardId":5}`,
		"GET /rest/agile/1.0/sprint/12":  `{"id":12,"state":"closed"}`,
	})
	ps, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sprintsOf(ps), []string{`12 closed "" board `, `348 closed "Fewer refunds" board 5`}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := len(s.asked("/rest/agile/1.0/sprint/")); n != 3 {
		t.Errorf("%d sprints were asked for, want 348, 12 and 13 once each", n)
	}
	if got := tickets(ps)[0].Boards; !reflect.DeepEqual(got, []string{"5"}) {
		t.Errorf("boards: got %v, want 5", got)
	}
	if gaps(ps) != "" {
		t.Errorf("a sprint that only a history names may be gone: %s", gaps(ps))
	}
}

func TestASprintThatIsGoneIsAskedForOnceAndIsOneGap(t *testing.T) {
	const named = `{` + dated + `,"customfield_10020":[77]}`
	s := newStub(t, answers{"GET /rest/api/2/search": `{"total":2,"issues":[{"id":"1","key":"PAY-1","fields":` + named + `},{"id":"2","key":"PAY-2","fields":` + named + `}]}`})
	ps, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(sprintsOf(ps)) != 0 || gaps(ps) != "PAY-1: its sprint 77 cannot be read, its dates and goal are not known" {
		t.Errorf("got %q and gaps %q", sprintsOf(ps), gaps(ps))
	}
	if n := len(s.asked("/rest/agile/1.0/sprint/77")); n != 1 {
		t.Errorf("it was asked for %d times, want once", n)
	}
}

func TestAGoalWrittenTodayIsSeenThoughNoTicketChanged(t *testing.T) {
	goal := ""
	s := newStub(t, answers{
		"GET /rest/agile/1.0/board": twoBoards,
		"GET /rest/agile/1.0/board/3/sprint": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status(200, fmt.Sprintf(`{"isLast":true,"values":[{"id":7,"state":"active","goal":%q,"originBoardId":3}]}`, goal))(w, r)
		}),
		"GET /rest/agile/1.0/board/4/sprint": status(403, ""),
		"GET /rest/api/2/search":             oneIssue(dated),
	})
	first, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err != nil {
		t.Fatal(err)
	}
	goal = "Refunds under a minute"
	second, err := pull(t, options(s.URL, jira.DataCenter), first[len(first)-1].Cursor)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sprintsOf(second), []string{`7 active "Refunds under a minute" board 3`}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !strings.Contains(gaps(second), "/rest/agile/1.0/board/4/sprint is not shown") {
		t.Errorf("gaps: %q", gaps(second))
	}
}

func TestASprintThatWasCompletedWithoutTouchingATicketIsSeenToBeOver(t *testing.T) {
	w := simulator.NewWorld(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	w.AddPerson(simulator.Person{Handle: "ann", Name: "Ann"})
	w.AddSpace(simulator.Space{Key: "A", Name: "A"})
	w.AddBoard("A", "A board", false)
	one := w.AddSprint("A", "One", "", w.Now(), w.Now().Add(14*24*time.Hour))
	w.StartSprint(one)
	server := httptest.NewServer(w.JiraDataCenter(simulator.Options{Token: "t"}))
	defer server.Close()
	src, err := jira.New(jira.Options{
		Name: "jira", URL: server.URL, Deployment: jira.DataCenter, Token: "t", Projects: []string{"A"}, Clock: &clock{at: w.Now()},
	})
	if err != nil {
		t.Fatal(err)
	}
	store := newShelf()
	states := func() (all []ticket.SprintState) {
		t.Helper()
		if _, err := connectors.Sync(t.Context(), src, store, nil); err != nil {
			t.Fatal(err)
		}
		for _, s := range store.sprints {
			all = append(all, s.State)
		}
		return all
	}
	if got := states(); !slices.Equal(got, []ticket.SprintState{ticket.SprintActive}) {
		t.Fatalf("sprints are %v, want one that runs", got)
	}
	w.Advance(24 * time.Hour)
	w.CompleteSprint(one)
	if got := states(); !slices.Equal(got, []ticket.SprintState{ticket.SprintClosed}) {
		t.Errorf("sprints are %v, want one that is over", got)
	}
}
