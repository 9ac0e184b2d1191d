package linear

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

var (
	_ connectors.Source    = (*Source)(nil)
	_ connectors.Holdings  = (*Source)(nil)
	_ connectors.Inspector = (*Source)(nil)
	_ connectors.Explorer  = (*Source)(nil)
)

func presentIn(t *testing.T, s *Source) map[string]ticket.Present {
	t.Helper()
	out := map[string]ticket.Present{}
	for page, err := range s.Present(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page {
			if _, twice := out[p.ID]; twice {
				t.Errorf("%s came twice", p.ID)
			}
			out[p.ID] = p
		}
	}
	return out
}

func TestWhatIsPresentIsWhatChangedStores(t *testing.T) {
	f := newWorkspace(t, 300)
	f.lists["issues"][7]["archivedAt"] = at(9)
	s, m := f.source(t, nil), newMemory()
	syncOnce(t, s, m)
	f.forget()
	got := presentIn(t, s)
	want := map[string]ticket.Present{}
	for id, tk := range m.tickets {
		want[id] = ticket.Present{Ref: tk.Ref(), Updated: tk.Updated}
	}
	if !maps.Equal(got, want) {
		t.Errorf("%d present, %d stored, or they differ", len(got), len(want))
	}
	if n := f.count(""); n != 5 { // start, initiatives, projects, 250 and 50 issues
		t.Errorf("%d requests, want 5: %v", n, f.asked)
	}
}

// An update moves an issue to the front of a list in the order of updates; it
// must not fall out of this one.
func TestAnIssueUpdatedWhileTheListIsReadStaysInIt(t *testing.T) {
	f := newWorkspace(t, 600)
	f.before = func(op string, n int) {
		if op == "PresentIssues" && n == 2 {
			f.touch(599, day0.Add(5000*time.Hour), "changed")
		}
	}
	if got := presentIn(t, f.source(t, nil)); len(got) != 602 {
		t.Errorf("%d present, want 602", len(got))
	}
}

func TestOnlyTheConfiguredTeamsArePresent(t *testing.T) {
	f := newWorkspace(t, 10)
	got := presentIn(t, f.source(t, func(o *Options) { o.Teams = []string{"PAY"} }))
	if len(got) != 7 { // five issues, a project and an initiative
		t.Errorf("%d present, want 7", len(got))
	}
}

func TestAListThatBreaksOffEndsWithAnError(t *testing.T) {
	f := newWorkspace(t, 300)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, n int) bool {
		return op == "PresentIssues" && n == 2 && status(w, 500, "text/plain", "oops")
	}
	var last error
	pages := 0
	for _, err := range f.source(t, nil).Present(t.Context()) {
		last = err
		pages++
	}
	var refused *connectors.Error
	if !errors.As(last, &refused) || pages != 4 {
		t.Errorf("%d pages, the last with %v, want an error in the fourth", pages, last)
	}
}

func TestInitiativesThatMayNotBeReadAreNotPresent(t *testing.T) {
	f := newWorkspace(t, 3)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op != "PresentInitiatives" {
			return false
		}
		refuse(w, 400, "FORBIDDEN", "Feature not accessible")
		return true
	}
	if got := presentIn(t, f.source(t, nil)); len(got) != 4 {
		t.Errorf("%d present, want 4", len(got))
	}
}

func TestAReaderOfThePresentMayStop(t *testing.T) {
	f := newWorkspace(t, 300)
	for _, err := range f.source(t, nil).Present(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if n := f.count("PresentIssues"); n != 0 {
		t.Errorf("%d requests for issues after the reader stopped", n)
	}
}

func TestFetchGivesTicketsAsChangedDoes(t *testing.T) {
	f := newWorkspace(t, 120)
	s, m := f.source(t, nil), newMemory()
	syncOnce(t, s, m)
	ids := slices.Collect(maps.Keys(m.tickets))
	page, err := s.Fetch(t.Context(), append(ids, ids[0], "", "nobody-knows-this"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]ticket.Ticket{}
	for _, tk := range page.Tickets {
		got[tk.ID] = tk
	}
	if len(page.Tickets) != 122 || !reflect.DeepEqual(got, m.tickets) {
		t.Errorf("%d tickets, want the 122 stored, as they are stored", len(page.Tickets))
	}
	if len(page.Sprints) != 1 || page.Sprints[0] != m.sprints["cycle-12"] {
		t.Errorf("sprints = %+v, want the one cycle", page.Sprints)
	}
	if page.Cursor != "" || len(page.Gaps) != 0 {
		t.Errorf("cursor %q, gaps %q, want neither", page.Cursor, page.Gaps)
	}
}

func TestFetchLeavesOutWhatTheTeamsDoNotHold(t *testing.T) {
	f := newWorkspace(t, 4)
	s := f.source(t, func(o *Options) { o.Teams = []string{"PAY"} })
	page, err := s.Fetch(t.Context(), []string{"issue-00000", "issue-00001", "gone"})
	if err != nil || len(page.Tickets) != 1 || page.Tickets[0].ID != "issue-00000" || len(page.Gaps) != 0 {
		t.Errorf("got %d tickets, gaps %q, %v, want the one of the team", len(page.Tickets), page.Gaps, err)
	}
	if page, err := s.Fetch(t.Context(), nil); err != nil || len(page.Tickets) != 0 {
		t.Errorf("nothing asked for: %+v, %v", page, err)
	}
}

func TestFetchingOneIssueTakesFewRequests(t *testing.T) {
	f := newWorkspace(t, 50)
	if _, err := f.source(t, nil).Fetch(t.Context(), []string{"issue-00003"}); err != nil {
		t.Fatal(err)
	}
	if n := f.count(""); n > 7 {
		t.Errorf("%d requests, want at most 7: %v", n, f.asked)
	}
}

func TestAFetchThatBreaksOffIsAnError(t *testing.T) {
	for _, op := range []string{"Start", "Users", "Issues", "Cycles", "Projects"} {
		f := newWorkspace(t, 3)
		f.answer = func(w http.ResponseWriter, _ *http.Request, asked string, _ int) bool {
			return asked == op && status(w, 500, "text/plain", "oops")
		}
		page, err := f.source(t, nil).Fetch(t.Context(), []string{"issue-00001", "proj-1"})
		var refused *connectors.Error
		if !errors.As(err, &refused) || fmt.Sprint(page) != fmt.Sprint(connectors.Page{}) {
			t.Errorf("%s: err = %v with %d tickets, want an error and nothing", op, err, len(page.Tickets))
		}
	}
}
