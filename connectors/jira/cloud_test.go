package jira_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
)

// found is one issue of a search, updated so many minutes after ten.
func found(id, minute int) string {
	return fmt.Sprintf(`{"id":"%d","key":"PAY-%d","fields":{"created":"2026-01-05T10:00:00.000+0000","updated":"2026-01-06T10:%02d:00.000+0000"}}`, id, id, minute)
}

func query(t *testing.T, path string) url.Values {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// byToken answers a search with the page that belongs to its token.
func byToken(pages map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Query().Get("nextPageToken")]
		if !ok {
			status(400, `{"errorMessages":["The provided next page token is invalid or expired."]}`)(w, r)
			return
		}
		status(200, page)(w, r)
	}
}

func keys(ps []connectors.Page) string {
	var out []string
	for _, t := range tickets(ps) {
		out = append(out, t.Key)
	}
	return strings.Join(out, " ")
}

func TestCloudPagesMayBeShortEmptyAndRepeatThemselves(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search/jql": byToken(map[string]string{
		"":  `{"issues":[` + found(1, 1) + `],"nextPageToken":"a","isLast":false}`,
		"a": `{"issues":[],"nextPageToken":"b"}`,
		"b": `{"issues":[` + found(1, 1) + `,` + found(2, 2) + `],"nextPageToken":"c"}`,
		"c": `{"issues":[` + found(2, 3) + `]}`,
	})})
	ps, err := pull(t, options(s.URL, jira.Cloud), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := keys(ps), "PAY-1 PAY-2 PAY-2"; got != want {
		t.Errorf("got %s, want %s: once each, and again what was edited meanwhile", got, want)
	}
}

func TestWhatACloudSearchAsksFor(t *testing.T) {
	s := newStub(t, answers{`GET /rest/api/2/project/CO"RE`: `{"key":"x"}`})
	ps, err := pull(t, options(s.URL, jira.Cloud, func(o *jira.Options) {
		o.Projects, o.PageSize = []string{"PAY", "pay", ` CO"RE`}, 7
	}), `{"v":1,"projects":["CO\"RE","PAY"],"since":"2026-03-02T12:00:00.5Z"}`)
	if err != nil {
		t.Fatal(err)
	}
	q := query(t, s.asked("/rest/api/2/search/jql")[0].Path)
	if got, want := q.Get("jql"), `project in ("CO\"RE","PAY") AND updated >= 1772452500500 ORDER BY updated ASC, key ASC`; got != want {
		t.Errorf("jql: got %s, want %s", got, want)
	}
	if q.Get("maxResults") != "7" || q.Has("startAt") || q.Has("expand") || q.Has("nextPageToken") {
		t.Errorf("parameters: %v", q)
	}
	for _, field := range []string{"summary", "issuelinks", "comment", "updated", "customfield_10020", "customfield_10014", "customfield_10016", "customfield_10030"} {
		if !strings.Contains(","+q.Get("fields")+",", ","+field+",") {
			t.Errorf("the field %s is not asked for in %s", field, q.Get("fields"))
		}
	}
	if len(ps) != 2 {
		t.Errorf("%d pages, want the sprints and an empty search", len(ps))
	}
}

func TestAnExpiredTokenOpensANewWindow(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search/jql": byToken(map[string]string{"": `{"issues":[` + found(8, 8) + `]}`})})
	const stored = `{"v":1,"projects":["PAY"],"since":"2026-03-02T12:00:00Z","window":{"from":"2026-01-01T00:00:00Z","token":"old"}}`
	ps, err := pull(t, options(s.URL, jira.Cloud), stored)
	if err != nil {
		t.Fatal(err)
	}
	if keys(ps) != "PAY-8" {
		t.Errorf("got %q, want PAY-8", keys(ps))
	}
	asked := s.asked("/rest/api/2/search/jql")
	if len(asked) != 2 {
		t.Fatalf("%d searches, want two", len(asked))
	}
	first, second := query(t, asked[0].Path), query(t, asked[1].Path)
	if !strings.Contains(first.Get("jql"), "updated >= 1767225600000 ") || first.Get("nextPageToken") != "old" {
		t.Errorf("the first search was %v, want that of the cursor", first)
	}
	if !strings.Contains(second.Get("jql"), "updated >= 1772452500000 ") || second.Has("nextPageToken") {
		t.Errorf("the second search was %v, want a window from five minutes before the newest ticket", second)
	}
}

func TestATokenThatLeadsNowhereEndsThePass(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search/jql": byToken(map[string]string{
		"": `{"issues":[` + found(1, 1) + `],"nextPageToken":"a"}`, "a": `{"issues":[],"nextPageToken":"a"}`,
	})})
	ps, err := pull(t, options(s.URL, jira.Cloud), "")
	checkTold(t, err, "leads to the same page again")
	if keys(ps) != "PAY-1" {
		t.Errorf("got %q, want what came before", keys(ps))
	}
	before := len(s.asked("/rest/api/2/search/jql"))
	_, _ = pull(t, options(s.URL, jira.Cloud), ps[len(ps)-1].Cursor)
	if q := query(t, s.asked("/rest/api/2/search/jql")[before].Path); q.Has("nextPageToken") || !strings.Contains(q.Get("jql"), "updated >= ") {
		t.Errorf("the next pass asked for %v, want a new search behind what was read", q)
	}
}

func TestATokenThatLeadsNowhereIsForgottenAlsoWhereNothingCameBeforeIt(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search/jql": byToken(map[string]string{
		"": `{"issues":[` + found(9, 9) + `]}`, "a": `{"issues":[],"nextPageToken":"a"}`,
	})})
	const stored = `{"v":2,"projects":["PAY"],"window":{"token":"a"}}`
	ps, err := pull(t, options(s.URL, jira.Cloud), stored)
	checkTold(t, err, "leads to the same page again")
	ps, err = pull(t, options(s.URL, jira.Cloud), ps[len(ps)-1].Cursor)
	if err != nil || keys(ps) != "PAY-9" {
		t.Errorf("the next pass brought %q, %v, want PAY-9", keys(ps), err)
	}
}

// A page token is a place in a list of all the tickets' entries, which moves when
// one of them is deleted. Only a single ticket's pages are followed.
func TestHistoriesThatSpanPagesOfTheBulkFetchAreAskedForAgainTicketByTicket(t *testing.T) {
	entry := func(id int) string {
		return fmt.Sprintf(`{"id":"%d","created":%d,"author":{"accountId":"x"},"items":[{"field":"summary","fromString":"a","toString":"b"}]}`, id, 1767600000000+id)
	}
	var bodies []string
	bulk := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct {
			IssueIDsOrKeys []string
			NextPageToken  string
		}
		_ = json.NewDecoder(r.Body).Decode(&ask)
		asked := strings.Join(ask.IssueIDsOrKeys, " ") + " " + ask.NextPageToken
		bodies = append(bodies, asked)
		status(200, map[string]string{
			"1 2 3 ": `{"issueChangeLogs":[{"issueId":"1","changeHistories":[` + entry(10) + `,` + entry(11) + `]}],"nextPageToken":"t1"}`,
			"1 ":     `{"issueChangeLogs":[{"issueId":"1","changeHistories":[` + entry(10) + `,` + entry(11) + `]}],"nextPageToken":"t1"}`,
			"1 t1":   `{"issueChangeLogs":[{"issueId":1,"changeHistories":[` + entry(12) + `]}],"nextPageToken":null}`,
			"2 ":     `{"issueChangeLogs":[{"issueId":"2","changeHistories":[` + entry(13) + `]}]}`,
			"2 3 ":   `{"issueChangeLogs":[{"issueId":"2","changeHistories":[` + entry(13) + `]}]}`,
			"3 ":     `{"issueChangeLogs":[]}`,
		}[asked])(w, r)
	})
	s := newStub(t, answers{
		"GET /rest/api/2/search/jql":           `{"issues":[` + found(1, 1) + `,` + found(2, 2) + `,` + found(3, 3) + `]}`,
		"POST /rest/api/3/changelog/bulkfetch": bulk,
	})
	ps, err := pull(t, options(s.URL, jira.Cloud), "")
	if err != nil {
		t.Fatal(err)
	}
	var counts []int
	for _, tk := range tickets(ps) {
		counts = append(counts, len(tk.History))
	}
	if !reflect.DeepEqual(counts, []int{3, 1, 0}) || !reflect.DeepEqual(bodies[:3], []string{"1 2 3 ", "1 ", "1 t1"}) {
		t.Errorf("histories %v with tokens %q, want 3, 1 and 0 entries", counts, bodies)
	}
	var body map[string]any
	if err := json.Unmarshal(s.asked("/rest/api/3/changelog")[0].Body, &body); err != nil {
		t.Fatal(err)
	}
	if want := map[string]any{"issueIdsOrKeys": []any{"1", "2", "3"}, "maxResults": 10000.0}; !reflect.DeepEqual(body, want) {
		t.Errorf("asked for %v, want %v", body, want)
	}
}

func TestWithoutABulkFetchHistoriesComeTicketByTicket(t *testing.T) {
	const page = `{"values":[{"id":"5","created":"2026-01-05T10:00:00.000+0000","items":[{"field":"summary","fromString":"a","toString":"b"}]}],`
	for _, c := range []struct {
		name    string
		code    int
		bulks   int // how often the bulk fetch is tried over two pages
		history string
		gap     string
	}{
		{"the site has no bulk fetch", 404, 1, page + `"total":1,"isLast":true}`, ""},
		{"the account may not use it", 403, 1, page + `"total":1,"isLast":true}`, ""},
		{"one ticket spoils the request", 400, 2, page + `"total":1,"isLast":true}`, ""},
		{"and still something is missing", 400, 2, page + `"total":9,"isLast":true}`, "PAY-1: 1 of 9 entries of its history were given"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, answers{
				"GET /rest/api/2/search/jql": byToken(map[string]string{
					"": `{"issues":[` + found(1, 1) + `],"nextPageToken":"a"}`, "a": `{"issues":[` + found(2, 2) + `]}`,
				}),
				"POST /rest/api/3/changelog/bulkfetch": status(c.code, `{"errorMessages":["no"]}`),
				"GET /rest/api/2/issue/1/changelog":    c.history,
			})
			ps, err := pull(t, options(s.URL, jira.Cloud, func(o *jira.Options) { o.PageSize = 1 }), "")
			if err != nil {
				t.Fatal(err)
			}
			if n := len(s.asked("/rest/api/3/changelog/bulkfetch")); n != c.bulks {
				t.Errorf("the bulk fetch was tried %d times, want %d", n, c.bulks)
			}
			ts := tickets(ps)
			if len(ts) != 2 || len(ts[0].History) != 1 {
				t.Fatalf("got %+v", ts)
			}
			if !strings.Contains(gaps(ps), c.gap) || !strings.Contains(gaps(ps), "PAY-2: its history is not shown") {
				t.Errorf("gaps: %q", gaps(ps))
			}
		})
	}
}

func TestCommentsThatASearchCutShort(t *testing.T) {
	comments := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status(200, map[string]string{
			"0": `{"total":3,"maxResults":2,"comments":[{"id":"1","created":"2026-01-05T10:00:00Z"},{"id":"2","created":"2026-01-05T10:01:00Z"}]}`,
			"2": `{"total":3,"maxResults":2,"comments":[{"id":"3","created":"2026-01-05T10:02:00Z"}]}`,
		}[r.URL.Query().Get("startAt")])(w, r)
	})
	const cut = `,"comment":{"total":3,"comments":[{"id":"3","created":"2026-01-05T10:02:00Z"}]}`
	for _, c := range []struct {
		name   string
		answer any
		want   int
		gap    string
	}{
		{"are read page by page", comments, 3, ""},
		{"stay short where the account may not read them", status(403, ""), 1, "PAY-1 (1 of 3)"},
		{"stay short where the site counts what it hides", `{"total":3,"maxResults":100,"comments":[{"id":"1"},{"id":"2"}]}`, 2, "PAY-1 (2 of 3)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, answers{"GET /rest/api/2/search/jql": oneIssue(dated + cut), "GET /rest/api/2/issue/100/comment": c.answer})
			ps, err := pull(t, options(s.URL, jira.Cloud), "")
			if err != nil {
				t.Fatal(err)
			}
			if n := len(tickets(ps)[0].Comments); n != c.want {
				t.Errorf("%d comments, want %d", n, c.want)
			}
			if !strings.Contains(gaps(ps), c.gap) || c.gap == "" && gaps(ps) != "" {
				t.Errorf("gaps: got %q, want %q", gaps(ps), c.gap)
			}
		})
	}
}

// bulkIDs lists what each bulk fetch asked for.
func bulkIDs(t *testing.T, s *stub) [][]string {
	t.Helper()
	var out [][]string
	for _, r := range s.asked("/rest/api/3/changelog/bulkfetch") {
		var ask struct{ IssueIDsOrKeys []string }
		if err := json.Unmarshal(r.Body, &ask); err != nil {
			t.Fatal(err)
		}
		out = append(out, ask.IssueIDsOrKeys)
	}
	return out
}

// onePageEach is a search that gives one ticket a page, and an empty page behind each.
func onePageEach(tickets int) answers {
	told := map[string]string{}
	for i := range tickets {
		this, next := fmt.Sprintf("t%d", i), fmt.Sprintf("t%d", i+1)
		if i == 0 {
			this = ""
		}
		told[this] = `{"issues":[` + found(i+1, i%60) + `],"nextPageToken":"empty-` + next + `"}`
		told["empty-"+next] = `{"issues":[],"nextPageToken":"` + next + `"}`
	}
	told[fmt.Sprintf("t%d", tickets)] = `{"issues":[]}`
	return answers{"GET /rest/api/2/search/jql": byToken(told)}
}

func TestPagesAreGatheredButNotForEver(t *testing.T) {
	s := newStub(t, onePageEach(45))
	ps, err := pull(t, options(s.URL, jira.Cloud), "")
	if err != nil || len(tickets(ps)) != 45 {
		t.Errorf("%d tickets arrived (%v), want 45", len(tickets(ps)), err)
	}
	var sizes []int
	for _, ids := range bulkIDs(t, s) {
		sizes = append(sizes, len(ids))
	}
	if !reflect.DeepEqual(sizes, []int{20, 20, 5}) {
		t.Errorf("histories were asked for %v tickets at a time, want 20, 20 and 5", sizes)
	}
}

func TestEveryPageIsStoredBeforeTheNextIsAskedFor(t *testing.T) {
	s := newStub(t, onePageEach(3))
	src, err := jira.New(options(s.URL, jira.Cloud))
	if err != nil {
		t.Fatal(err)
	}
	searches := 0
	for _, err := range src.Changed(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		now := len(s.asked("/rest/api/2/search/jql"))
		if now > searches+1 {
			t.Errorf("%d pages were asked for before anything was stored", now-searches)
		}
		searches = now
	}
	if searches != 7 {
		t.Errorf("%d pages were asked for, want 7", searches)
	}
}

// longHistories answers a bulk fetch with so many entries for each ticket, so
// many a page.
func longHistories(each, page int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var ask struct {
			IssueIDsOrKeys []string
			NextPageToken  string
		}
		_ = json.NewDecoder(r.Body).Decode(&ask)
		from, _ := strconv.Atoi(ask.NextPageToken)
		left := each*len(ask.IssueIDsOrKeys) - from
		entries := strings.TrimSuffix(strings.Repeat(`{"id":"1"},`, min(page, left)), ",")
		next := "null"
		if left > page {
			next = fmt.Sprintf(`"%d"`, from+page)
		}
		status(200, `{"issueChangeLogs":[{"issueId":"1","changeHistories":[`+entries+`]}],"nextPageToken":`+next+`}`)(w, r)
	}
}

func TestHistoriesAreAskedForAsManyTicketsAsOnePageHasRoomFor(t *testing.T) {
	for _, c := range []struct {
		name       string
		each, page int
		want       string
	}{
		{"short ones", 6, 10_000, "[[1 2 3 4 5 6] [7 8 9 10 11 12] [13 14]]"},
		{"long ones", 2_500, 10_000, "[[1 2 3 4 5 6] [1 2 3] [4 5 6] [7 8 9] [10 11 12] [13 14]]"},
		{"on a site that gives less than it may", 500, 2_000, "[[1 2 3 4 5 6] [1 2 3] [4 5 6] [7 8 9] [10 11 12] [13 14]]"},
		{"on a site that gives next to nothing", 10, 5, "[[1 2 3 4 5 6] [1 2 3] [1] [1] [2] [2] [3] [3] [4] [4]"},
		{"longer than a page each", 12_000, 10_000, "[[1 2 3 4 5 6] [1 2 3] [1] [1] [2] [2] [3] [3] [4] [4]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := onePageEach(14)
			told["POST /rest/api/3/changelog/bulkfetch"] = longHistories(c.each, c.page)
			s := newStub(t, told)
			ps, err := pull(t, options(s.URL, jira.Cloud, func(o *jira.Options) { o.PageSize = 6 }), "")
			if err != nil || len(tickets(ps)) != 14 {
				t.Fatalf("%d tickets arrived (%v), want 14", len(tickets(ps)), err)
			}
			if got := fmt.Sprint(bulkIDs(t, s)); !strings.HasPrefix(got, c.want) {
				t.Errorf("histories were asked for\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestTicketsTooLargeForACursorAreHandedOnAtOnce(t *testing.T) {
	large := func(id, megabytes int) string {
		return strings.Replace(found(id, id), `"fields":{`, `"fields":{"description":"`+strings.Repeat("x", megabytes<<20)+`",`, 1)
	}
	s := newStub(t, answers{"GET /rest/api/2/search/jql": byToken(map[string]string{
		"":  `{"issues":[` + large(1, 9) + `],"nextPageToken":"a"}`,
		"a": `{"issues":[` + large(2, 17) + `],"nextPageToken":"b"}`,
		"b": `{"issues":[` + found(3, 3) + `]}`,
	})})
	ps, err := pull(t, options(s.URL, jira.Cloud), "")
	if err != nil || keys(ps) != "PAY-1 PAY-2 PAY-3" {
		t.Fatalf("got %q, %v", keys(ps), err)
	}
	held := 0
	for _, p := range ps {
		if strings.Contains(string(p.Cursor), `"held"`) {
			held++
		}
	}
	if held != 1 || len(ps) != 5 {
		t.Errorf("%d of %d pages hold something, want the first ticket alone to be held: the second is too large, the third on its own", held, len(ps))
	}
}

func TestTroubleBehindGatheredPagesIsMetAfterThem(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search/jql": byToken(map[string]string{
		"": `{"issues":[` + found(1, 1) + `],"nextPageToken":"a"}`, "a": `{"issues":[` + found(2, 2) + `],"nextPageToken":"b"}`, "b": "pong",
	})})
	ps, err := pull(t, options(s.URL, jira.Cloud), "")
	checkTold(t, err, "something else than expected")
	if keys(ps) != "PAY-1 PAY-2" || !strings.Contains(string(ps[len(ps)-1].Cursor), `"token":"b"`) {
		t.Errorf("got %q up to %s, want both tickets and the token behind them", keys(ps), ps[len(ps)-1].Cursor)
	}
	if n := len(s.asked("/rest/api/2/search/jql")); n != 3 {
		t.Errorf("%d searches, want 3: nothing is asked for twice", n)
	}
}
