package jira_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/jira/replay"
	"github.com/fairlead-dev/fairlead/ticket"
)

var _ interface {
	connectors.Source
	connectors.Holdings
	connectors.Inspector
	connectors.Explorer
} = (*jira.Source)(nil)

// held reads everything that is present, by id.
func held(t *testing.T, src *jira.Source) (map[string]ticket.Present, error) {
	t.Helper()
	out := map[string]ticket.Present{}
	for page, err := range src.Present(t.Context()) {
		if err != nil {
			return out, err
		}
		for _, p := range page {
			out[p.ID] = p
		}
	}
	return out, nil
}

func TestPresentTellsWhatASyncBrought(t *testing.T) {
	for _, c := range replay.Captures() {
		t.Run(c.File, func(t *testing.T) {
			site := replay.New(t, c)
			store := newShelf()
			if _, err := connectors.Sync(t.Context(), source(t, site), store, nil); err != nil {
				t.Fatal(err)
			}
			site.Forget()
			site.PageCap = 70 // fewer than are asked for
			got, err := held(t, source(t, site))
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != c.Issues {
				t.Errorf("%d tickets are present, want %d", len(got), c.Issues)
			}
			for id, tk := range store.tickets {
				if want := (ticket.Present{Ref: tk.Ref(), Updated: tk.Updated}); got[id] != want {
					t.Errorf("got %+v, want %+v", got[id], want)
				}
			}
			if n, least := searches(site), c.Issues/70+1; n > least+1 {
				t.Errorf("%d searches for %d tickets, want about %d", n, c.Issues, least)
			}
			for _, r := range site.Requests() {
				if q := query(t, r.Path); q.Has("jql") && (strings.Contains(q.Get("fields"), "summary") || q.Has("expand")) {
					t.Errorf("more was asked than is told: %s", r.Path)
				}
			}
		})
	}
}

func TestPresentAsksForTheLargestPages(t *testing.T) {
	for kind, want := range map[jira.Deployment]string{
		jira.Cloud:      `fields=updated&jql=project in ("PAY") ORDER BY created ASC, key ASC&maxResults=5000`,
		jira.DataCenter: `fields=updated,created&jql=project in ("PAY") ORDER BY created ASC, key ASC&maxResults=1000&startAt=0`,
	} {
		s := newStub(t, nil)
		src, err := jira.New(options(s.URL, kind))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := held(t, src); err != nil {
			t.Fatal(err)
		}
		q := query(t, s.asked("/rest/api/2/search")[0].Path)
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(q)) {
			parts = append(parts, name+"="+q.Get(name))
		}
		if got := strings.Join(parts, "&"); got != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
}

func TestWhatIsNotCompleteEndsWithAnError(t *testing.T) {
	for _, c := range []struct {
		name string
		told answers
		want string
	}{
		{"a stranger is shown no tickets", answers{"GET /rest/api/2/myself": `{"accountId":null}`}, "took the request for a stranger's"},
		{"a project is hidden", answers{"GET /rest/api/2/project/PAY": status(404, "")}, `project "PAY"`},
		{"a page breaks off", answers{"GET /rest/api/2/search/jql": byToken(map[string]string{"": `{"issues":[` + found(1, 1) + `],"nextPageToken":"a"}`, "a": `{"iss`})}, "broke off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, err := jira.New(options(newStub(t, c.told).URL, jira.Cloud))
			if err != nil {
				t.Fatal(err)
			}
			_, err = held(t, src)
			checkTold(t, err, c.want)
		})
	}
}

func TestDataCenterIsCountedWithoutDeepOffsets(t *testing.T) {
	var many []string
	for i := range 12_000 {
		many = append(many, fmt.Sprintf(`{"id":"%d","key":"PAY-%d","fields":{"created":"2026-01-%02dT10:%02d:00.000+0000","updated":"2026-02-01T00:00:00.000+0000"}}`,
			i+1, i+1, 1+i/720, i/12%60))
	}
	deepest := 0
	s := newStub(t, answers{"GET /rest/api/2/search": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		var start int
		_, _ = fmt.Sscan(q.Get("startAt"), &start)
		deepest = max(deepest, start)
		rest := &list{issues: createdAfter(many, q.Get("jql")), size: 1000}
		rest.ServeHTTP(w, r)
	})})
	src, err := jira.New(options(s.URL, jira.DataCenter))
	if err != nil {
		t.Fatal(err)
	}
	got, err := held(t, src)
	if err != nil || len(got) != 12_000 {
		t.Errorf("%d tickets and err = %v, want 12000", len(got), err)
	}
	if deepest > 6000 {
		t.Errorf("the deepest offset was %d, want a new window before", deepest)
	}
	if n := len(s.asked("/rest/api/2/search")); n > 16 {
		t.Errorf("%d searches for 12000 tickets, want about 13", n)
	}
}

// createdAfter is after for windows by creation.
func createdAfter(issues []string, jql string) []string {
	_, bound, windowed := strings.Cut(jql, `created >= "2026/01/`)
	if !windowed {
		return issues
	}
	var day, hour, minute int
	if _, err := fmt.Sscanf(bound, "%d %d:%d", &day, &hour, &minute); err != nil {
		return nil
	}
	from := fmt.Sprintf("2026-01-%02dT%02d:%02d", day, hour-1, minute)
	i := slices.IndexFunc(issues, func(iss string) bool {
		_, at, _ := strings.Cut(iss, `"created":"`)
		return at[:len(from)] >= from
	})
	return issues[max(i, 0):]
}

func TestFetchGivesWhatASyncGives(t *testing.T) {
	for _, c := range []replay.Capture{replay.Server2017, replay.CloudSite, replay.DataCenter} {
		t.Run(c.File, func(t *testing.T) {
			site := replay.New(t, c)
			store := newShelf()
			if _, err := connectors.Sync(t.Context(), source(t, site), store, nil); err != nil {
				t.Fatal(err)
			}
			site.PageCap = 4
			page, err := source(t, site).Fetch(t.Context(), append(slices.Collect(maps.Keys(store.tickets)), "999999999", "PAY-1", "1) OR project = X", ""))
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Tickets) != c.Issues || page.Cursor != "" {
				t.Errorf("%d tickets and cursor %q, want %d and none", len(page.Tickets), page.Cursor, c.Issues)
			}
			for _, tk := range page.Tickets {
				if !reflect.DeepEqual(tk, store.tickets[tk.ID]) {
					t.Errorf("%s differs:\n got %+v\nwant %+v", tk.Key, tk, store.tickets[tk.ID])
				}
				for _, id := range tk.Sprints {
					if _, known := store.sprints[id]; known && !slices.ContainsFunc(page.Sprints, func(s ticket.Sprint) bool { return s.ID == id }) {
						t.Errorf("%s came without its sprint %s", tk.Key, id)
					}
				}
			}
		})
	}
}

func TestFetchLeavesOutWhatIsGone(t *testing.T) {
	for _, c := range []replay.Capture{replay.CloudSite, replay.DataCenter} {
		site := replay.New(t, c)
		src := source(t, site)
		store := newShelf()
		if _, err := connectors.Sync(t.Context(), src, store, nil); err != nil {
			t.Fatal(err)
		}
		ids := slices.Sorted(maps.Keys(store.tickets))
		site.Delete(store.tickets[ids[3]].Key)
		site.Forget()
		page, err := src.Fetch(t.Context(), ids)
		if err != nil || len(page.Tickets) != c.Issues-1 {
			t.Errorf("%s: %d tickets and err = %v, want all but one", c.File, len(page.Tickets), err)
		}
		if slices.ContainsFunc(page.Tickets, func(tk ticket.Ticket) bool { return tk.ID == ids[3] }) {
			t.Errorf("%s: %s was deleted and came", c.File, ids[3])
		}
		if n := searches(site); n > 14 {
			t.Errorf("%s: %d searches to find that one of %d is gone", c.File, n, len(ids))
		}
	}
}

func TestFetchAsksForNothingWithoutIds(t *testing.T) {
	s := newStub(t, nil)
	src, err := jira.New(options(s.URL, jira.Cloud))
	if err != nil {
		t.Fatal(err)
	}
	page, err := src.Fetch(t.Context(), []string{"", "PAY-1"})
	if err != nil || len(page.Tickets) != 0 || len(s.asked("/")) != 0 {
		t.Errorf("got %+v, %v and %d requests, want nothing", page, err, len(s.asked("/")))
	}
}

func TestFetchOnCloudAsksForTheLatestState(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search/jql": oneIssue(dated + `,"project":{"key":"PAY"}`)})
	src, err := jira.New(options(s.URL, jira.Cloud))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Fetch(t.Context(), []string{"100", "100"}); err != nil {
		t.Fatal(err)
	}
	q := query(t, s.asked("/rest/api/2/search/jql")[0].Path)
	if got, want := q.Get("jql"), `project in ("PAY") AND id in (100) ORDER BY created ASC, key ASC`; got != want {
		t.Errorf("jql: got %s, want %s", got, want)
	}
	if got := q["reconcileIssues"]; !slices.Equal(got, []string{"100"}) || !strings.Contains(q.Get("fields"), "summary") {
		t.Errorf("asked with %v", q)
	}
}

func TestARefusalForAnotherReasonIsNotTakenForAMissingTicket(t *testing.T) {
	refused := status(400, `{"errorMessages":["Not today"]}`)
	for _, c := range []struct {
		name  string
		issue any
		gone  bool
	}{
		{"the site does not know the ticket", status(404, ""), true},
		{"the ticket has moved elsewhere", `{"id":"100","fields":{"project":{"key":"ELSE"}}}`, true},
		{"the ticket is archived", `{"id":"100","fields":{"project":{"key":"PAY"},"archiveddate":"2026-01-06T10:00:00.000+0100"}}`, true},
		{"the ticket is there", `{"id":"100","fields":{"project":{"key":"PAY"}}}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, answers{"GET /rest/api/2/search/jql": refused, "GET /rest/api/2/issue/100": c.issue})
			src, err := jira.New(options(s.URL, jira.Cloud))
			if err != nil {
				t.Fatal(err)
			}
			page, err := src.Fetch(t.Context(), []string{"100"})
			if c.gone {
				if err != nil || len(page.Tickets) != 0 {
					t.Errorf("got %+v, %v, want nothing", page, err)
				}
				return
			}
			checkTold(t, err, "400 Bad Request: Not today")
		})
	}
}

func TestFaultsWhileFetchingAreErrors(t *testing.T) {
	for _, fault := range faults {
		if fault.passing {
			continue
		}
		t.Run(fault.name, func(t *testing.T) {
			s := newStub(t, answers{"GET /rest/api/2/search/jql": fault.do})
			src, err := jira.New(options(s.URL, jira.Cloud))
			if err != nil {
				t.Fatal(err)
			}
			_, err = src.Fetch(t.Context(), []string{"100"})
			checkTold(t, err, fault.want)
			_, err = held(t, src)
			checkTold(t, err, fault.want)
		})
	}
}
