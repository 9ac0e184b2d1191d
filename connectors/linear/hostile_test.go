package linear

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// unlisted are answers that read well and hold no list, or not all of it.
var unlisted = []string{
	`{}`, `{"%[1]s":null}`, `{"%[1]s":{}}`, `{"%[1]s":{"nodes":[]}}`, `{"%[1]s":{"nodes":[],"pageInfo":{}}}`,
	`{"%[1]s":{"nodes":[],"pageInfo":null}}`, `{"%[1]s":{"nodes":null,"pageInfo":{"hasNextPage":false}}}`,
	`{"other":{"nodes":[],"pageInfo":{"hasNextPage":false}}}`,
}

// answering gives an answer to the n-th request of an operation.
func answering(f *fake, op string, n int, data string) {
	f.answer = func(w http.ResponseWriter, _ *http.Request, asked string, k int) bool {
		return asked == op && k == n && status(w, 200, "application/json", `{"data":`+data+`}`)
	}
}

// forList puts the name of a list where an answer of unlisted has one.
func forList(answer, name string) string { return strings.ReplaceAll(answer, "%[1]s", name) }

func isOdd(t *testing.T, op string, err error) {
	t.Helper()
	var odd *connectors.Error
	if !errors.As(err, &odd) || !strings.Contains(odd.Place, "("+op+")") || !strings.Contains(odd.Said, "without") || odd.Fix == "" {
		t.Errorf("err = %v, want one about %s that says what it is without", err, op)
	}
}

// An answer without the list asked for is not the end of the list: taken for
// it, what was not read yet would count as read.
func TestAnAnswerWithoutItsListIsNotTheEndOfTheList(t *testing.T) {
	for _, answer := range unlisted {
		t.Run(answer, func(t *testing.T) {
			f := newWorkspace(t, 100)
			answering(f, "Issues", 2, forList(answer, "issues"))
			m := newMemory()
			_, err := connectors.Sync(t.Context(), f.source(t, pagesOf30), m, nil)
			isOdd(t, "Issues", err)
			f.answer = nil
			syncOnce(t, f.source(t, pagesOf30), m)
			if len(m.tickets) != 102 {
				t.Errorf("%d tickets after the next pass, want 102", len(m.tickets))
			}
		})
	}
}

func TestAnAnswerWithoutTheTeamsIsNoWorkspaceWithoutTeams(t *testing.T) {
	f := newWorkspace(t, 3)
	answering(f, "Start", 1, `{"viewer":{"id":"u-bot"},"organization":{"urlKey":"acme"}}`) //nolint:misspell // Linear's spelling
	_, err := connectors.Sync(t.Context(), f.source(t, nil), newMemory(), nil)
	isOdd(t, "Start", err)
}

// What is not present is looked for and then buried: an answer without the list
// must not bury anything.
func TestAnAnswerWithoutItsListBuriesNothing(t *testing.T) {
	for op, list := range map[string]string{"PresentIssues": "issues", "PresentProjects": "projects", "PresentInitiatives": "initiatives"} {
		for _, answer := range unlisted {
			f := newWorkspace(t, 3)
			answering(f, op, 1, forList(answer, list))
			var last error
			for _, err := range f.source(t, nil).Present(t.Context()) {
				last = err
			}
			isOdd(t, op, last)
		}
	}
	for op, list := range map[string]string{"Issues": "issues", "Projects": "projects", "Initiatives": "initiatives"} {
		for _, answer := range unlisted {
			f := newWorkspace(t, 3)
			answering(f, op, 1, forList(answer, list))
			_, err := f.source(t, nil).Fetch(t.Context(), []string{"init-1", "nobody"})
			isOdd(t, op, err)
		}
	}
}

// Only an empty list says that an issue is gone.
func TestAnAnswerWithoutTheRestOfAListLosesNoIssue(t *testing.T) {
	for _, answer := range []string{
		`{}`, `{"a0":null}`, `{"a0":{}}`, `{"a0":{"nodes":null}}`, `{"a0":{"nodes":[{"comments":null}]}}`,
		`{"a0":{"nodes":[{"comments":{"nodes":[]}}]}}`, `{"a0":{"nodes":[{"comments":{"pageInfo":{"hasNextPage":false}}}]}}`,
	} {
		t.Run(answer, func(t *testing.T) {
			f := newWorkspace(t, 20)
			f.lists["issues"][3]["comments"] = comments(40)
			answering(f, "IssueMore", 1, answer)
			m := newMemory()
			p, err := connectors.Sync(t.Context(), f.source(t, nil), m, nil)
			isOdd(t, "IssueMore", err)
			if len(p.Gaps) != 0 {
				t.Errorf("gaps %q", p.Gaps)
			}
			f.answer = nil
			syncOnce(t, f.source(t, nil), m)
			if len(m.tickets) != 22 || len(m.tickets["issue-00003"].Comments) != 40 {
				t.Errorf("%d tickets and %d comments, want 22 and 40", len(m.tickets), len(m.tickets["issue-00003"].Comments))
			}
		})
	}
	f := newWorkspace(t, 20)
	f.lists["issues"][3]["comments"] = comments(40)
	answering(f, "IssueMore", 1, `{"a0":{"nodes":[null]}}`)
	if _, err := connectors.Sync(t.Context(), f.source(t, nil), newMemory(), nil); err == nil {
		t.Error("a rest that is null went through")
	}
}

// An issue that comes without one of its lists is not an issue whose list is
// empty.
func TestAnIssueWithoutOneOfItsListsIsNotStored(t *testing.T) {
	f := newWorkspace(t, 5)
	f.rewrite = func(op, answer string) string {
		if op != "Issues" {
			return answer
		}
		return strings.Replace(answer, `"history":`, `"mystery":`, 1)
	}
	m := newMemory()
	_, err := connectors.Sync(t.Context(), f.source(t, nil), m, nil)
	isOdd(t, "Issues", err)
	_, err = f.source(t, nil).Fetch(t.Context(), []string{"issue-00001"})
	isOdd(t, "Issues", err)
	f.rewrite = nil
	syncOnce(t, f.source(t, nil), m)
	if len(m.tickets) != 7 || len(m.tickets["issue-00004"].History) != 1 {
		t.Errorf("%d tickets, want 7 with their histories", len(m.tickets))
	}
}

// A walk that was stopped and goes on is of a time before what other teams
// showed since: only the walk after it reaches as far as they do.
func TestAResumedTeamIsNotTakenToBeReadAsFarAsTheOthers(t *testing.T) {
	lost := 0
	for issues := 70; issues < 90; issues += 4 {
		for stop := 1; stop < 9; stop++ {
			f, m := newWorkspace(t, issues), newMemory()
			of := func(teams ...string) func(*Options) {
				return func(o *Options) { o.Teams, o.PageSize = teams, 10 }
			}
			syncOnce(t, f.source(t, of("PAY")), m)
			both := f.source(t, of("PAY", "CORE"))
			if !stopped(t, both, m, func() bool { return parseCursor(connectors.Cursor(m.cursor)).Issues["CORE"].underWay() }) {
				t.Fatal("the walk over the team that came into view was never under way")
			}
			pay, core := issues-2, issues-1 // the newest of each; even ones are PAY's
			f.touch(core, day0.Add(1000*time.Hour), "edited while stopped")
			f.touch(pay, day0.Add(1001*time.Hour), "edited later")
			pages := 0
			stopped(t, both, m, func() bool { pages++; return pages == stop })
			syncOnce(t, both, m)
			if id := fmt.Sprintf("issue-%05d", core); m.tickets[id].Title != "edited while stopped" {
				lost++
			}
		}
	}
	if lost > 0 {
		t.Errorf("an update is lost for good in %d of 40 cases", lost)
	}
}

// stopped makes a pass and stops it when told, after a page was stored.
func stopped(t *testing.T, s *Source, m *memory, enough func() bool) bool {
	t.Helper()
	for page, err := range s.Changed(t.Context(), connectors.Cursor(m.cursor)) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.SavePage(t.Context(), "", page.Tickets, page.Sprints, string(page.Cursor)); err != nil {
			t.Fatal(err)
		}
		if enough() {
			return true
		}
	}
	return false
}

// Times from long before Linear neither stop a pass nor move the cursor.
func TestUpdatesOfAnImpossibleYearArePassedOver(t *testing.T) {
	for _, when := range []string{"0000-01-01T00:00:00+01:00", "0001-01-01T00:00:00Z", "1899-12-31T00:00:00Z", "9999-12-31T23:59:59-10:00"} {
		f := newWorkspace(t, 40)
		for _, list := range []string{"issues", "projects", "cycles"} {
			for n, o := range f.lists[list] {
				if list != "issues" || n%2 == 0 {
					o["updatedAt"] = when
				}
			}
		}
		m := newMemory()
		syncOnce(t, f.source(t, func(o *Options) { o.PageSize = 10 }), m)
		if len(m.tickets) != 42 {
			t.Errorf("%s: %d tickets, want 42", when, len(m.tickets))
		}
		if r := parseCursor(connectors.Cursor(m.cursor)).Issues["CORE"]; !r.Done.Equal(day0.Add(39 * time.Hour)) {
			t.Errorf("%s: issues are read up to %v, want the newest possible one", when, r.Done)
		}
	}
}

func TestNumbersThatAreNoAmountsCountAsNothing(t *testing.T) {
	for text, want := range map[string]float64{
		"NaN": 0, "Inf": 0, "+Inf": 0, "-Inf": 0, "-3": 0, "1e999": 0, "": 0, "many": 0, "0": 0, "12.5": 12.5, "1e4": 1e4,
	} {
		if got := number(text); got != want {
			t.Errorf("number(%q) = %v, want %v", text, got, want)
		}
	}
	var b budget
	for _, left := range []string{"NaN", "Inf", "-Inf"} {
		b.heard(http.Header{"X-Ratelimit-Requests-Remaining": {left}, "X-Ratelimit-Requests-Reset": {"1790000000000"}})
		if got := b.words(); got != "" {
			t.Errorf("%s left: %q, want nothing", left, got)
		}
	}
}

// However a server reckons, a page is asked for again only so many times.
func TestAPageIsMadeSmallerOnlySoManyTimes(t *testing.T) {
	for _, op := range []string{"Issues", "IssueMore"} {
		costs := []string{"NaN", "100", "1e12", "-1", "Inf", "1e300"}
		for _, cost := range append(costs, "changing") {
			t.Run(op+" "+cost, func(t *testing.T) {
				f := newWorkspace(t, 10)
				f.lists["issues"][3]["comments"] = comments(40)
				f.answer = func(w http.ResponseWriter, _ *http.Request, asked string, n int) bool {
					switch {
					case asked != op:
						return false
					case n > 200:
						return status(w, 500, "text/plain", "enough")
					case cost == "changing":
						w.Header().Set("X-Complexity", costs[n%len(costs)])
					default:
						w.Header().Set("X-Complexity", cost)
					}
					refuse(w, 400, "INPUT_ERROR", "Query too complex")
					return true
				}
				_, err := connectors.Sync(t.Context(), f.source(t, nil), newMemory(), nil)
				if n := f.count(op); err == nil || !strings.Contains(err.Error(), "too complex") || n > mostShrinks+1 {
					t.Errorf("err = %v after %d requests, want the refusal after at most %d", err, n, mostShrinks+1)
				}
			})
		}
	}
}

// A refusal that does not tell why may have been a passing fault.
func TestPagesGrowAgainAfterARefusalThatToldNoReason(t *testing.T) {
	f := newWorkspace(t, 5)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, n int) bool {
		if op != "Issues" || n > 3 {
			return false
		}
		refuse(w, 400, "INPUT_ERROR", "Query too complex")
		return true
	}
	s, m := f.source(t, nil), newMemory()
	full := s.client.tariff.room(docStates)
	syncOnce(t, s, m)
	small := s.client.tariff.room(docStates)
	for range 4 {
		syncOnce(t, s, m)
	}
	if grown := s.client.tariff.room(docStates); small > full/4 || grown != full {
		t.Errorf("room for %.0f points, then %.0f, and later %.0f, want it to shrink and to grow back", full, small, grown)
	}
	s.client.tariff.atMost(3000) // Linear said so
	syncOnce(t, s, m)
	if got := s.client.tariff.room(docStates) * unsure; got > 3000 {
		t.Errorf("room for a cost of %.0f where Linear allows 3000", got)
	}
}
