package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/simulator"
)

const bulkFields = "&fields=" + "summary,description,issuetype,status,priority,creator,assignee,labels,created,updated,parent,comment,customfield_10016,customfield_10020"

func searchBulk(jql string, more ...string) string {
	return "/rest/api/2/search/jql?jql=" + url.QueryEscape(jql) + "&maxResults=100" + strings.Join(more, "")
}

// readBulk reads all pages of a Cloud search and gives the keys in order.
func readBulk(t *testing.T, s site, jql string, most int) []string {
	t.Helper()
	var keys []string
	for token := ""; len(keys) < most; {
		page := s.get(t, searchBulk(jql, "&fields=summary", token))
		for _, i := range page["issues"].([]any) {
			keys = append(keys, i.(map[string]any)["key"].(string))
		}
		if page["isLast"] == true {
			break
		}
		token = "&nextPageToken=" + page["nextPageToken"].(string)
	}
	return keys
}

func TestABulkWorldIsReadInOrderAndToItsEnd(t *testing.T) {
	s := serve(t, simulator.Bulk(1, 730).JiraCloud(simulator.Options{}), "", "")
	keys := readBulk(t, s, "project = BULK ORDER BY updated ASC, key ASC", 10_000)
	if len(keys) != 730 {
		t.Fatalf("%d issues, want 730", len(keys))
	}
	for n, k := range keys {
		if k != fmt.Sprintf("BULK-%d", n+1) {
			t.Fatalf("issue %d is %s", n+1, k)
		}
	}
	newest := s.get(t, searchBulk("project = BULK ORDER BY updated DESC", "&fields=updated"))["issues"].([]any)[0].(map[string]any)
	if newest["key"] != "BULK-730" {
		t.Errorf("the newest is %v, want BULK-730", newest["key"])
	}
}

func TestABulkWorldAnswersWindowsAndNames(t *testing.T) {
	w := simulator.Bulk(1, 1000)
	s := serve(t, w.JiraCloud(simulator.Options{}), "", "")
	i, ok := w.Issue("BULK-901")
	if !ok {
		t.Fatal("there is no BULK-901")
	}
	at := i.Updated.UnixMilli()
	for jql, want := range map[string]int{
		fmt.Sprintf("project = BULK AND updated >= %d ORDER BY updated ASC", at):           100,
		fmt.Sprintf("project = BULK AND updated > %d ORDER BY updated ASC", at):            99,
		fmt.Sprintf("project = BULK AND updated < %d ORDER BY updated ASC", at):            900,
		fmt.Sprintf("updated >= %d AND updated <= %d ORDER BY updated ASC", at, at):        1,
		fmt.Sprintf("project = BULK AND updated >= %d ORDER BY updated ASC", at+365*864e5): 0,
		"issuekey in (BULK-3, BULK-1, BULK-1, BULK-1001, NONE-1) ORDER BY key":             2,
		fmt.Sprintf("project = BULK AND id in (%s, 17) ORDER BY id", i.ID()):               1,
		fmt.Sprintf("project = BULK AND updated >= %d ORDER BY updated ASC", int64(864e5)): 1000,
		fmt.Sprintf("project = BULK AND updated >= %d ORDER BY updated DESC, key ASC", at): 100,
	} {
		if got := len(readBulk(t, s, jql, 10_000)); got != want {
			t.Errorf("%s: %d issues, want %d", jql, got, want)
		}
	}
	for _, jql := range []string{"project = BULK AND created > 2024-01-01", "project = BULK AND updated != 1", "id not in (1)"} {
		if code, _, _ := s.ask(t, "GET", searchBulk(jql), ""); code != http.StatusBadRequest {
			t.Errorf("%s: what a bulk world does not understand answered %d, want 400", jql, code)
		}
	}
	hidden := serve(t, w.JiraCloud(simulator.Options{Spaces: []string{"PAY"}}), "", "")
	if code, _, _ := hidden.ask(t, "GET", "/rest/api/2/issue/BULK-1", ""); code != http.StatusNotFound {
		t.Errorf("an issue of a hidden project answered %d, want 404", code)
	}
}

func TestABulkWorldIsTheSameEveryTime(t *testing.T) {
	reply := func(seed uint64) []byte {
		s := serve(t, simulator.Bulk(seed, 1_000_000).JiraCloud(simulator.Options{}), "", "")
		_, _, text := s.ask(t, "GET", "/rest/api/2/issue/BULK-777777?expand=changelog", "")
		return bytes.ReplaceAll(text, []byte(s.url), nil)
	}
	if a, b := reply(7), reply(7); !bytes.Equal(a, b) {
		t.Errorf("one seed gave two issues:\n%s\n%s", a, b)
	}
	if bytes.Equal(reply(7), reply(8)) {
		t.Error("two seeds gave the same issue")
	}
}

func TestBulkIssuesHaveAboutSixEntriesOfHistory(t *testing.T) {
	w := simulator.Bulk(3, 1000)
	total := 0
	for n := range 1000 {
		i, _ := w.Issue(fmt.Sprintf("BULK-%d", n+1))
		total += len(i.History)
		last := i.History[len(i.History)-1]
		if !last.At.Equal(i.Updated) || i.Status.Name != "Done" {
			t.Fatalf("%s was last changed %v and updated %v, status %s", i.Key, last.At, i.Updated, i.Status.Name)
		}
	}
	if total < 5000 || total > 7000 {
		t.Errorf("%d entries for 1,000 issues, want about six each", total)
	}
}

func TestBulkRepliesKeepTheOfficialDocuments(t *testing.T) {
	doc := openAPI(t, "specs/jira-cloud-openapi.json")
	w := simulator.Bulk(2, 1_000_000)
	s := serve(t, w.JiraCloud(simulator.Options{}), "", "")
	for _, c := range []struct{ method, path, body, template string }{
		{"GET", searchBulk("project = BULK ORDER BY updated ASC", bulkFields, "&expand=changelog"), "", "/rest/api/3/search/jql"},
		{"POST", "/rest/api/3/changelog/bulkfetch", `{"issueIdsOrKeys":["BULK-1","BULK-500000","BULK-1000000"]}`, "/rest/api/3/changelog/bulkfetch"},
		{"GET", "/rest/api/2/issue/BULK-999999?expand=changelog", "", "/rest/api/3/issue/{issueIdOrKey}"},
	} {
		code, _, text := s.ask(t, c.method, c.path, c.body)
		keeps(t, doc, c.method, c.template, code, text)
	}
	schema, l := linearSchema(t), serve(t, w.Linear(simulator.Options{}), "", "")
	i, _ := w.Issue("BULK-400000")
	types := simulator.LinearTypes()
	for _, part := range selections(types, "Issue") {
		walkQuery(t, schema, l, `query { issues(first: 20, filter: {team: {key: {in: ["BULK"]}}, updatedAt: {gte: "2024-06-01T00:00:00.000Z"}}) { nodes { `+part+` } pageInfo { hasNextPage endCursor } } }`, nil)
		walkQuery(t, schema, l, `query { issue(id: "`+i.UUID()+`") { `+part+` } }`, nil)
	}
}

func TestABulkWorldPagesInLinear(t *testing.T) {
	w := simulator.Bulk(2, 600)
	s := serve(t, w.Linear(simulator.Options{}), "", "")
	var got []string
	var after any
	for {
		_, _, reply := s.query(t, "query($after: String) { issues(first: 250, after: $after, orderBy: updatedAt) { nodes { identifier } pageInfo { endCursor hasNextPage } } }", map[string]any{"after": after})
		page := reply["data"].(map[string]any)["issues"].(map[string]any)
		for _, n := range page["nodes"].([]any) {
			got = append(got, n.(map[string]any)["identifier"].(string))
		}
		info := page["pageInfo"].(map[string]any)
		if info["hasNextPage"] != true {
			break
		}
		after = info["endCursor"]
	}
	if len(got) != 600 || got[0] != "BULK-600" || got[599] != "BULK-1" {
		t.Fatalf("%d issues, from %s to %s, want 600 from BULK-600 to BULK-1", len(got), got[0], got[len(got)-1])
	}
	first, _ := w.Issue("BULK-10")
	for _, c := range []struct {
		filter map[string]any
		want   int
	}{
		{map[string]any{"id": map[string]any{"in": []any{first.UUID(), "00000000-0000-5000-8000-000000000000"}}}, 1},
		{map[string]any{"updatedAt": map[string]any{"lte": first.Updated.Format("2006-01-02T15:04:05.000Z")}}, 10},
		{map[string]any{"team": map[string]any{"key": map[string]any{"eq": "PAY"}}}, 0},
	} {
		_, _, reply := s.query(t, "query($filter: IssueFilter) { issues(first: 100, filter: $filter) { nodes { id } } }", map[string]any{"filter": c.filter})
		if got := len(reply["data"].(map[string]any)["issues"].(map[string]any)["nodes"].([]any)); got != c.want {
			t.Errorf("%v: %d issues, want %d", c.filter, got, c.want)
		}
	}
}

func TestABulkWorldPagesInDataCenter(t *testing.T) {
	s := serve(t, simulator.Bulk(2, 1_000_000).JiraDataCenter(simulator.Options{}), "", "")
	search := "/rest/api/2/search?fields=summary&maxResults=3&expand=changelog&jql=" + url.QueryEscape("project = BULK ORDER BY updated ASC, key ASC")
	page := s.get(t, search+"&startAt=9000")
	if keys := shownIssues(page); page["total"] != 1e6 || fmt.Sprint(keys) != "[BULK-9001 BULK-9002 BULK-9003]" {
		t.Errorf("a page from 9,000 on holds %v of %v", keys, page["total"])
	}
	if text := fmt.Sprint(page); strings.Contains(text, "accountId") || !strings.Contains(text, "histories:[") {
		t.Errorf("the page is not in Data Center's words: %.300s", text)
	}
	if code, _, _ := s.ask(t, "GET", search+"&startAt=10000", ""); code != http.StatusBadRequest {
		t.Errorf("beyond the window it answered %d, want 400", code)
	}
}

// TestServingAMillionTakesNoMemory reads a hundred thousand of a million issues;
// what is held afterwards must be what was held before.
func TestServingAMillionTakesNoMemory(t *testing.T) {
	s := serve(t, simulator.Bulk(5, 1_000_000).JiraCloud(simulator.Options{PageCap: 5000}), "", "")
	page := func(token string) (issues int, next string) {
		code, _, text := s.ask(t, "POST", "/rest/api/3/search/jql",
			`{"jql":"project = BULK ORDER BY updated","maxResults":5000,"fields":["id"],"nextPageToken":"`+token+`"}`)
		var reply struct {
			Issues        []struct{ ID string }
			NextPageToken string
		}
		if err := json.Unmarshal(text, &reply); err != nil || code != http.StatusOK {
			t.Fatalf("answered %d, %v", code, err)
		}
		return len(reply.Issues), reply.NextPageToken
	}
	read, token := page("")
	before := heap()
	for read < 100_000 {
		var n int
		n, token = page(token)
		read += n
	}
	if grown := int64(heap()) - int64(before); read != 100_000 || grown > 4<<20 {
		t.Errorf("serving %d issues kept %d kB", read, grown>>10)
	}
}

// heap is how much is held after cleaning up, in bytes.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
