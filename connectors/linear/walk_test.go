package linear

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// readOf counts how often each object was read whole: as a node of a document of
// its kind, not counting what only goes on with its lists.
func readOf(f *fake) map[string]int {
	count := map[string]int{}
	f.sent = func(op string, answer []byte) {
		var all struct {
			Data map[string]struct {
				Nodes []struct{ ID string }
			}
		}
		if op != "Issues" && op != "Projects" && op != "Initiatives" && op != "Cycles" {
			return
		}
		if err := json.Unmarshal(answer, &all); err != nil {
			f.t.Error(err)
		}
		for _, list := range all.Data {
			for _, n := range list.Nodes {
				count[n.ID]++
			}
		}
	}
	return count
}

// A pass can be killed at any request. What was stored by then is not read again.
func TestAPassThatIsKilledReadsNothingAgainButThePageItWasAt(t *testing.T) {
	const issues, around, cycles = 120, 70, 300
	build := func() *fake {
		f := newWorkspace(t, issues)
		for n := range around {
			f.lists["projects"] = append(f.lists["projects"], another(f.lists["projects"][0], fmt.Sprint("proj-", n+10), n))
		}
		for n := range cycles {
			f.lists["cycles"] = append(f.lists["cycles"], another(f.lists["cycles"][0], fmt.Sprint("cycle-", n+100), n))
		}
		for n := 7; n < issues; n += 40 {
			f.lists["issues"][n]["comments"] = comments(40)
		}
		return f
	}
	f, whole := build(), newMemory()
	syncOnce(t, f.source(t, pagesOf30), whole)
	requests := f.count("")
	for kill := 1; kill < requests; kill++ {
		f := build()
		again, sent := readOf(f), 0
		f.answer = func(w http.ResponseWriter, _ *http.Request, _ string, _ int) bool {
			sent++
			return sent == kill && status(w, 500, "text/plain", "killed")
		}
		m := newMemory()
		_, err := connectors.Sync(t.Context(), f.source(t, pagesOf30), m, nil)
		if err == nil {
			t.Fatalf("the pass went on after request %d", kill)
		}
		stored, at := maps.Clone(m.tickets), parseCursor(connectors.Cursor(m.cursor))
		syncOnce(t, f.source(t, pagesOf30), m)
		for id, tk := range stored {
			if again[id] > 1 && !newest(whole, id) && !at.edge(tk.Updated) {
				t.Errorf("killed at request %d: %s was stored and read again", kill, id)
			}
		}
		if !reflect.DeepEqual(m.tickets, whole.tickets) || !reflect.DeepEqual(m.sprints, whole.sprints) {
			t.Errorf("killed at request %d: %d tickets and %d sprints, or others, want %d and %d",
				kill, len(m.tickets), len(m.sprints), len(whole.tickets), len(whole.sprints))
		}
	}
}

// another is a copy of an object with another id, updated some minutes later.
func another(o obj, id string, minutes int) obj {
	c := obj{}
	for k, v := range o {
		c[k] = v
	}
	c["id"], c["updatedAt"] = id, at(10+20*minutes)
	return c
}

// edge says that a walk was stopped at this very moment, from which on the next
// one goes on.
func (c cursor) edge(at time.Time) bool {
	return c.Projects.Down.Equal(at) || c.Issues["PAY"].Down.Equal(at)
}

// newest says that a ticket is within the overlap of the last of its kind, which
// every pass looks at.
func newest(m *memory, id string) bool {
	tk := m.tickets[id]
	for _, other := range m.tickets {
		if other.RawType == tk.RawType && other.Updated.After(tk.Updated.Add(defaultOverlap)) {
			return false
		}
	}
	return true
}

// Issues updated in one moment, as an import does, may stand on both sides of
// where a pass was stopped. Linear keeps finer times than it shows.
func TestIssuesOfOneMomentAreAllReadWhereverAPassIsStopped(t *testing.T) {
	f := newWorkspace(t, 100)
	for _, i := range f.lists["issues"] {
		i["updatedAt"] = at(5)
	}
	whole := newMemory()
	syncOnce(t, f.source(t, pagesOf30), whole)
	for n := range whole.cursors[:len(whole.cursors)-1] {
		m := newMemory()
		pages := 0
		for page, err := range f.source(t, pagesOf30).Changed(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.SavePage(t.Context(), "", page.Tickets, page.Sprints, string(page.Cursor)); err != nil {
				t.Fatal(err)
			}
			if pages++; pages > n {
				break
			}
		}
		syncOnce(t, f.source(t, pagesOf30), m)
		if len(m.tickets) != 102 {
			t.Errorf("stopped after page %d: %d tickets, want 102", n+1, len(m.tickets))
		}
	}
	r := reach{}.through([]time.Time{day0.Add(123 * time.Millisecond)}, false)
	if got := r.since(time.Minute)["lt"]; got != "2026-09-01T09:00:00.124Z" {
		t.Errorf("going on below %v: %v, want the whole millisecond with it", day0.Add(123*time.Millisecond), got)
	}
}

func TestHowFarAWalkHasCome(t *testing.T) {
	m := func(n int) time.Time { return day0.Add(time.Duration(n) * time.Minute) }
	r := reach{Done: m(1)}
	for _, step := range []struct {
		name  string
		times []time.Time
		end   bool
		want  reach
	}{
		{"the first page", []time.Time{m(90), m(80)}, false, reach{m(1), m(90), m(80)}},
		{"a page below", []time.Time{m(80), m(60)}, false, reach{m(1), m(90), m(60)}},
		{"an issue that moved up meanwhile", []time.Time{m(95), m(50)}, false, reach{m(1), m(90), m(50)}},
		{"a page without any", nil, false, reach{m(1), m(90), m(50)}},
		{"times that are none", []time.Time{{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, false, reach{m(1), m(90), m(50)}},
		{"the last page", []time.Time{m(2)}, true, reach{Done: m(90)}},
		{"nothing new", nil, true, reach{Done: m(90)}},
		{"something older, shown late", []time.Time{m(89)}, true, reach{Done: m(90)}},
	} {
		if r = r.through(step.times, step.end); r != step.want {
			t.Errorf("%s: %+v, want %+v", step.name, r, step.want)
		}
	}
}

// A server may give null for a node that it cannot show.
func TestNodesThatAreNullAreLeftOut(t *testing.T) {
	f := newWorkspace(t, 3)
	f.rewrite = func(op string, answer string) string {
		switch op {
		case "Issues", "Projects", "Initiatives", "Cycles":
			return strings.Replace(answer, `"nodes":[`, `"nodes":[null,`, 1)
		}
		return answer
	}
	s, m := f.source(t, nil), newMemory()
	syncOnce(t, s, m)
	if len(m.tickets) != 5 || len(m.sprints) != 1 {
		t.Errorf("%d tickets and %d sprints, want 5 and 1", len(m.tickets), len(m.sprints))
	}
	page, err := s.Fetch(t.Context(), []string{"issue-00001", "proj-1", "init-1"})
	if err != nil || len(page.Tickets) != 3 || len(page.Sprints) != 1 {
		t.Errorf("fetched %d of 3 and %d sprints, %v", len(page.Tickets), len(page.Sprints), err)
	}
}

// What is asked for is charged whether it is there or not: looking whether
// anything changed must not cost what a full page costs.
func TestLookingWhetherAnythingChangedCostsLittle(t *testing.T) {
	f := newWorkspace(t, 300)
	s, m := f.source(t, nil), newMemory()
	syncOnce(t, s, m)
	f.forget()
	syncOnce(t, s, m)
	var points float64
	for n, c := range f.costs {
		points += c
		if op := f.asked[n]; c > 1000 && (op == "Issues" || op == "Projects" || op == "Initiatives" || op == "Cycles") {
			t.Errorf("%s costs %.0f points though hardly anything changed", op, c)
		}
	}
	if points > 6000 {
		t.Errorf("a pass without news costs %.0f points: %v %v", points, f.asked, f.costs)
	}
	f.forget()
	for n := range 120 {
		f.touch(n, day0.Add(1000*time.Hour), "changed")
	}
	if p := syncOnce(t, s, m); p.Changed != 120 || f.count("Issues") > 4 {
		t.Errorf("%d changed in %d pages, want 120 in at most 4", p.Changed, f.count("Issues"))
	}
}

// Teams that come into view one after the other are soon asked for together.
func TestTeamsAreAskedForTogetherOnceTheyAreReadEquallyFar(t *testing.T) {
	f := newWorkspace(t, 80)
	m := newMemory()
	syncOnce(t, f.source(t, func(o *Options) { o.Teams = []string{"PAY"} }), m)
	both := f.source(t, func(o *Options) { o.Teams = []string{"PAY", "CORE"} })
	for _, newest := range []int{78, 79} { // the newest issue is of one team, then of the other
		f.touch(newest, day0.Add(time.Duration(1000+newest)*time.Hour), "changed")
		syncOnce(t, both, m)
	}
	f.forget()
	syncOnce(t, both, m)
	if n := f.count("Issues"); n != 1 || len(m.tickets) != 82 {
		t.Errorf("%d requests for issues of teams read equally far, %d tickets, want one and 82", n, len(m.tickets))
	}
}

// Issues that are not whole when the pass is stopped are owed by the next one.
func TestIssuesThatWereNotWholeAreOwed(t *testing.T) {
	f := newWorkspace(t, 100)
	f.lists["issues"][99]["comments"] = comments(40)
	f.lists["issues"][98]["comments"] = comments(41)
	s, m := f.source(t, pagesOf30), newMemory()
	for page, err := range s.Changed(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		_, _ = m.SavePage(t.Context(), "", page.Tickets, page.Sprints, string(page.Cursor))
		break
	}
	if owed := parseCursor(connectors.Cursor(m.cursor)).Owed; len(owed) != 2 || m.tickets["issue-00099"].ID != "" {
		t.Fatalf("owed %v with %d tickets stored, want the two long ones", owed, len(m.tickets))
	}
	f.lists["issues"] = f.lists["issues"][:99] // one of them is deleted
	p := syncOnce(t, f.source(t, pagesOf30), m)
	if len(m.tickets["issue-00098"].Comments) != 41 || len(p.Gaps) != 1 || len(m.tickets) != 101 {
		t.Errorf("%d comments, gaps %q, %d tickets, want 41, one gap and 101", len(m.tickets["issue-00098"].Comments), p.Gaps, len(m.tickets))
	}
	if owed := parseCursor(connectors.Cursor(m.cursor)).Owed; len(owed) != 0 {
		t.Errorf("still owed: %v", owed)
	}
}

// Long lists of many issues are read on together.
func TestLongListsAreReadOnInFewRequests(t *testing.T) {
	f := newWorkspace(t, 300)
	for n := 0; n < 300; n += 3 {
		f.lists["issues"][n]["comments"] = comments(20)
	}
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	if got := len(m.tickets["issue-00003"].Comments); got != 20 {
		t.Errorf("%d comments, want 20", got)
	}
	if n := f.count("IssueMore"); n > 8 {
		t.Errorf("%d requests for the rest of 100 lists, want at most 8", n)
	}
}

func TestAWorkspaceThatDoesNotCountItsIssuesIsReadAllTheSame(t *testing.T) {
	f := newWorkspace(t, 10)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op != "Counts" {
			return false
		}
		refuse(w, 400, "GRAPHQL_VALIDATION_FAILED", `Cannot query field "issueCount" on type "Team".`)
		return true
	}
	m := newMemory()
	if p := syncOnce(t, f.source(t, nil), m); p.Expected != 0 || len(m.tickets) != 12 {
		t.Errorf("%d expected and %d read, want 0 and 12", p.Expected, len(m.tickets))
	}
}

// A page that brings nothing of what was asked for by id, and says that there is
// more, would be asked for without end.
func TestAListOfIdsThatGoesOnWithoutAnyOfThemIsAnError(t *testing.T) {
	f := newWorkspace(t, 3)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		return op == "Issues" && status(w, 200, "application/json", `{"data":{"issues":{"nodes":[],"pageInfo":{"hasNextPage":true,"endCursor":"x"}}}}`)
	}
	_, err := f.source(t, nil).Fetch(t.Context(), []string{"issue-00001"})
	if err == nil || !strings.Contains(err.Error(), "nothing asked for") {
		t.Errorf("err = %v", err)
	}
}

// A server may give more than it was asked for.
func TestFieldsNobodyAskedForAreLeftAside(t *testing.T) {
	f := newWorkspace(t, 40)
	f.lists["issues"][3]["comments"] = comments(30)
	f.rewrite = func(_, answer string) string {
		return strings.ReplaceAll(answer, `"nodes":[{`, `"totalCount":1,"nodes":[{"surprise":{"a":[1]},`)
	}
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	if len(m.tickets) != 42 || len(m.tickets["issue-00003"].Comments) != 30 {
		t.Errorf("%d tickets, want 42", len(m.tickets))
	}
}

// Even where a query may cost next to nothing, long lists are read to their ends.
func TestLongListsAreReadOnInSmallPartsWhereLittleIsAllowed(t *testing.T) {
	f := newWorkspace(t, 3)
	f.lists["issues"][1]["comments"] = comments(90)
	s, m := f.source(t, nil), newMemory()
	s.client.tariff.atMost(60)
	syncOnce(t, s, m)
	if got := len(m.tickets["issue-00001"].Comments); got != 90 || f.count("IssueMore") < 4 {
		t.Errorf("%d comments after %d requests, want 90 after several", got, f.count("IssueMore"))
	}
}
