package jira_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
)

// list is a Data Center search over issues in their order, at most size a page,
// with what may happen between two pages.
type list struct {
	issues  []string
	size    int
	between func(l *list, page int)
	page    int
	asked   []string // startAt of each search, and its lower bound
}

func (l *list) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	_, bound, _ := strings.Cut(q.Get("jql"), "updated >= ")
	bound, _, _ = strings.Cut(bound, " ORDER")
	l.asked = append(l.asked, strings.TrimSpace(q.Get("startAt")+" "+bound))
	start, _ := strconv.Atoi(q.Get("startAt"))
	size, _ := strconv.Atoi(q.Get("maxResults"))
	start = min(start, len(l.issues))
	end := min(start+min(size, l.size), len(l.issues))
	status(200, fmt.Sprintf(`{"startAt":%d,"maxResults":%d,"total":%d,"issues":[%s]}`, start, l.size, len(l.issues), strings.Join(l.issues[start:end], ",")))(w, r)
	if l.page++; l.between != nil {
		l.between(l, l.page)
	}
}

func numbered(n int) []string {
	var out []string
	for i := range n {
		out = append(out, found(i+1, i))
	}
	return out
}

func walk(t *testing.T, l *list) ([]connectors.Page, error) {
	t.Helper()
	s := newStub(t, answers{"GET /rest/api/2/search": http.HandlerFunc(l.ServeHTTP)})
	return pull(t, options(s.URL, jira.DataCenter), "")
}

func TestPagesOverlapByOneTicket(t *testing.T) {
	l := &list{issues: numbered(7), size: 3}
	ps, err := walk(t, l)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := keys(ps), "PAY-1 PAY-2 PAY-3 PAY-4 PAY-5 PAY-6 PAY-7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := strings.Join(l.asked, "; "), "0; 2; 4"; got != want {
		t.Errorf("offsets: got %s, want %s", got, want)
	}
	if ps[1].Expected != 7 || ps[0].Expected != 0 {
		t.Errorf("expected %d tickets, want 7", ps[1].Expected)
	}
}

func TestATicketThatMovesToTheEndHidesNone(t *testing.T) {
	l := &list{issues: numbered(7), size: 3, between: func(l *list, page int) {
		if page == 1 { // PAY-2 is edited: what stands behind it moves up by one
			l.issues = append(append([]string{l.issues[0]}, l.issues[2:]...), found(2, 30))
		}
	}}
	ps, err := walk(t, l)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := keys(ps), "PAY-1 PAY-2 PAY-3 PAY-4 PAY-5 PAY-6 PAY-7 PAY-2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// The second page did not begin with PAY-3, so the window was opened again
	// at its minute, on the wall clock of Berlin.
	if got, want := l.asked[2], `0 "2026/01/06 11:02"`; got != want {
		t.Errorf("the window was opened again as %s, want %s", got, want)
	}
}

func TestTicketsThatMoveAllTheTimeEndThePass(t *testing.T) {
	turn := func(l *list, _ int) { l.issues = append(l.issues[1:], l.issues[0]) }
	same := make([]string, 40)
	for i := range same {
		same[i] = found(i+1, 5)
	}
	ps, err := walk(t, &list{issues: same, size: 3, between: turn})
	checkTold(t, err, "tickets move faster than they can be read", "a bulk change may be running")
	if keys(ps) == "" {
		t.Error("what was read before is lost")
	}
}

func TestAServerThatCountsMoreThanItGives(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status(200, `{"total":50,"issues":[`+found(1, 1)+`]}`)(w, r)
	})})
	ps, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err == nil {
		t.Error("a pass that lost 49 tickets ended as if all were well")
	}
	if keys(ps) != "PAY-1" {
		t.Errorf("got %q, want what the server gave", keys(ps))
	}
}

func TestOffsetsStayFarBelowWhatServersRefuse(t *testing.T) {
	var many []string
	for i := range 12_000 {
		many = append(many, fmt.Sprintf(`{"id":"%d","key":"PAY-%d","fields":{"updated":"2026-01-%02dT10:%02d:00.000+0000"}}`, i+1, i+1, 1+i/720, i/12%60))
	}
	deepest := 0
	s := newStub(t, answers{"GET /rest/api/2/search": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.URL.Query().Get("startAt"))
		deepest = max(deepest, start)
		rest := &list{issues: after(many, r.URL.Query().Get("jql")), size: 1000}
		rest.ServeHTTP(w, r)
	})})
	ps, err := pull(t, options(s.URL, jira.DataCenter, func(o *jira.Options) { o.PageSize = 1000 }), "")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tickets(ps)); n != 12_000 {
		t.Errorf("%d tickets, want 12000, each once", n)
	}
	if deepest > 6000 {
		t.Errorf("the deepest offset was %d, want a new window before", deepest)
	}
}

// after keeps the issues at or behind the lower bound of a JQL on Berlin's wall
// clock, an hour ahead of the issues' own in January.
func after(issues []string, jql string) []string {
	_, bound, windowed := strings.Cut(jql, `updated >= "2026/01/`)
	if !windowed {
		return issues
	}
	var day, hour, minute int
	if _, err := fmt.Sscanf(bound, "%d %d:%d", &day, &hour, &minute); err != nil {
		return nil
	}
	from := fmt.Sprintf("2026-01-%02dT%02d:%02d", day, hour-1, minute)
	for i, iss := range issues {
		_, at, _ := strings.Cut(iss, `"updated":"`)
		if at[:len(from)] >= from {
			return issues[i:]
		}
	}
	return nil
}

func TestHistoriesThatASearchCutShort(t *testing.T) {
	entries := func(total int, ids ...int) string {
		var hs []string
		for _, id := range ids {
			hs = append(hs, fmt.Sprintf(`{"id":"%d","created":"2026-01-05T10:00:00Z","items":[{"field":"summary","fromString":"a","toString":"b"}]}`, id))
		}
		return fmt.Sprintf(`{"total":%d,"histories":[%s],"values":[%s],"isLast":true}`, total, strings.Join(hs, ","), strings.Join(hs, ","))
	}
	again := func(log string) string { return `{"id":"100","key":"PAY-1","changelog":` + log + `}` }
	for _, c := range []struct {
		name        string
		issue, page any
		want        int
		gap         string
	}{
		{"the ticket alone tells them", again(entries(3, 1, 2, 3)), nil, 3, ""},
		{"pages of the ticket's history tell them", again(entries(3, 1)), entries(3, 1, 2, 3), 3, ""},
		{"pages tell some more", again(entries(3, 1)), entries(3, 1, 2), 2, "PAY-1: 2 of 3 entries of its history were given"},
		{"nothing tells them", again(entries(3, 1)), nil, 1, "PAY-1: 1 of 3 entries of its history were given"},
		{"the ticket is hidden", status(403, ""), status(403, ""), 1, "PAY-1: 1 of 3 entries of its history were given"},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := answers{
				"GET /rest/api/2/search":    oneIssue(dated, `,"changelog":`+entries(3, 1)),
				"GET /rest/api/2/issue/100": c.issue,
			}
			if c.page != nil {
				told["GET /rest/api/2/issue/100/changelog"] = c.page
			}
			ps, err := pull(t, options(newStub(t, told).URL, jira.DataCenter), "")
			if err != nil {
				t.Fatal(err)
			}
			if n := len(tickets(ps)[0].History); n != c.want {
				t.Errorf("%d changes, want %d", n, c.want)
			}
			if gaps(ps) != c.gap {
				t.Errorf("gaps: got %q, want %q", gaps(ps), c.gap)
			}
		})
	}
}

func TestAServerThatBreaksDownOverLargePagesIsAskedForSmallerOnes(t *testing.T) {
	for name, breakdown := range map[string]http.HandlerFunc{
		"it gives up": status(504, "gateway timeout"), "its answer breaks off": cutInHalf,
	} {
		t.Run(name, func(t *testing.T) {
			var sizes []string
			var served list
			s := newStub(t, answers{"GET /rest/api/2/search": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				size := r.URL.Query().Get("maxResults")
				if len(sizes) == 0 || sizes[len(sizes)-1] != size {
					sizes = append(sizes, size)
				}
				if n, _ := strconv.Atoi(size); n > 300 {
					breakdown(w, r)
					return
				}
				served = list{issues: numbered(7), size: 1000}
				served.ServeHTTP(w, r)
			})})
			ps, err := pull(t, options(s.URL, jira.DataCenter), "")
			if err != nil || len(tickets(ps)) != 7 {
				t.Fatalf("%d tickets, err = %v", len(tickets(ps)), err)
			}
			if got, want := strings.Join(sizes, " "), "1000 500 250"; got != want {
				t.Errorf("asked for pages of %s, want %s", got, want)
			}
		})
	}
}
