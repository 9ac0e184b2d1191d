package simulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
)

// tenIssues is a world of ten issues, a minute apart.
func tenIssues() *simulator.World {
	w := simulator.NewWorld(time.Date(2026, 3, 29, 0, 55, 0, 0, time.UTC))
	w.AddPerson(simulator.Person{Handle: "ann", Name: "Ann", TimeZone: "Europe/Berlin"})
	w.AddPerson(simulator.Person{Handle: "kim", Name: "Kim", TimeZone: "Asia/Kathmandu"})
	w.AddSpace(simulator.Space{Key: "A", Name: "A"})
	for range 10 {
		w.As("ann").Create(simulator.Draft{Space: "A", Title: "T"})
		w.Advance(time.Minute)
	}
	return w
}

func search(path, jql string, more ...string) string {
	q := url.Values{"jql": {jql}, "fields": {"summary"}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}

func keysOf(reply map[string]any) string {
	var out []string
	for _, i := range reply["issues"].([]any) {
		out = append(out, i.(map[string]any)["key"].(string))
	}
	return strings.Join(out, " ")
}

func TestCloudPagesByToken(t *testing.T) {
	w := tenIssues()
	s := serve(t, w.JiraCloud(simulator.Options{PageCap: 4}), "", "")
	const jql = "project = A ORDER BY updated ASC"
	first := s.get(t, search("/rest/api/2/search/jql", jql, "maxResults", "500"))
	if got := keysOf(first); got != "A-1 A-2 A-3 A-4" || first["isLast"] != false {
		t.Errorf("first page = %s, isLast %v", got, first["isLast"])
	}
	w.As("ann").Rename("A-2", "Moved to the end")
	token := first["nextPageToken"].(string)
	second := s.get(t, search("/rest/api/2/search/jql", jql, "nextPageToken", token))
	if got := keysOf(second); got != "A-5 A-6 A-7 A-8" {
		t.Errorf("second page = %s: an issue that moves to the end shifts nothing", got)
	}
	third := s.get(t, search("/rest/api/2/search/jql", jql, "nextPageToken", second["nextPageToken"].(string)))
	if got := keysOf(third); got != "A-9 A-10 A-2" || third["isLast"] != true || third["nextPageToken"] != nil {
		t.Errorf("last page = %s, isLast %v, token %v", got, third["isLast"], third["nextPageToken"])
	}
	code, _, _ := s.ask(t, "GET", search("/rest/api/2/search/jql", "project = A", "nextPageToken", token), "")
	if code != http.StatusBadRequest {
		t.Errorf("a token of another query answered %d, want 400", code)
	}
	bare := s.get(t, "/rest/api/2/search/jql?jql=project=A")
	for _, i := range bare["issues"].([]any) {
		if o := i.(map[string]any); len(o) != 1 || o["id"] == nil {
			t.Fatalf("without fields an issue is %v, want its id alone", o)
		}
	}
}

func TestDataCenterPagesByOffset(t *testing.T) {
	w := tenIssues()
	s := serve(t, w.JiraDataCenter(simulator.Options{PageCap: 4, Window: 12}), "", "")
	const jql = "project = A ORDER BY updated ASC"
	first := s.get(t, search("/rest/api/2/search", jql, "maxResults", "500"))
	if got := keysOf(first); got != "A-1 A-2 A-3 A-4" || first["maxResults"] != 4.0 || first["total"] != 10.0 {
		t.Errorf("first page = %s of %v, cap %v", got, first["total"], first["maxResults"])
	}
	w.As("ann").Rename("A-2", "Moved to the end")
	if got := keysOf(s.get(t, search("/rest/api/2/search", jql, "startAt", "4"))); got != "A-6 A-7 A-8 A-9" {
		t.Errorf("second page = %s: an issue that moves to the end shifts the others, A-5 is missed", got)
	}
	if code, _, _ := s.ask(t, "GET", search("/rest/api/2/search", jql, "startAt", "9"), ""); code != http.StatusBadRequest {
		t.Errorf("paging beyond the window answered %d, want 400", code)
	}
	for _, path := range []string{"/rest/api/3/myself", "/rest/api/2/search/jql?jql=project=A", "/rest/api/3/changelog/bulkfetch"} {
		if code, _, _ := s.ask(t, "GET", path, ""); code != http.StatusNotFound {
			t.Errorf("GET %s answered %d, want 404", path, code)
		}
	}
}

func TestDatesAreReadInTheViewersZone(t *testing.T) {
	// 01:00 UTC is when Berlin's clocks jump from 2:00 to 3:00, and 6:45 in Kathmandu.
	for viewer, date := range map[string]string{"ann": "2026/03/29 03:00", "kim": "2026/03/29 06:45"} {
		s := serve(t, tenIssues().JiraDataCenter(simulator.Options{Viewer: viewer}), "", "")
		got := keysOf(s.get(t, search("/rest/api/2/search", `updated >= "`+date+`" ORDER BY updated ASC`)))
		if got != "A-6 A-7 A-8 A-9 A-10" {
			t.Errorf("%s reads %s as a moment after which %q were updated", viewer, date, got)
		}
	}
}

func TestJiraWantsItsCredentials(t *testing.T) {
	w := tenIssues()
	for _, c := range []struct {
		name    string
		handler http.Handler
		user    string
	}{
		{"Cloud with a wrong token", w.JiraCloud(simulator.Options{User: "u", Token: "right"}), "u"},
		{"Cloud with a wrong user", w.JiraCloud(simulator.Options{User: "other", Token: "wrong"}), "u"},
		{"Data Center with a wrong token", w.JiraDataCenter(simulator.Options{Token: "right"}), ""},
	} {
		s := serve(t, c.handler, c.user, "wrong")
		if code, _, _ := s.ask(t, "GET", "/rest/api/2/myself", ""); code != http.StatusUnauthorized {
			t.Errorf("%s answered %d, want 401", c.name, code)
		}
		if code, _, _ := s.ask(t, "GET", "/rest/api/2/serverInfo", ""); code != http.StatusOK {
			t.Errorf("%s: serverInfo answered %d, want 200", c.name, code)
		}
	}
	stranger := serve(t, w.JiraCloud(simulator.Options{User: "u", Token: "right", Anonymous: true}), "u", "wrong")
	if reply := stranger.get(t, search("/rest/api/2/search/jql", "project = A")); len(reply["issues"].([]any)) != 0 {
		t.Errorf("a stranger sees %v", reply["issues"])
	}
}

func TestJiraRateLimits(t *testing.T) {
	w := tenIssues()
	for name, h := range map[string]http.Handler{
		"Cloud":       w.JiraCloud(simulator.Options{Limit: simulator.Limit{Requests: 3}}),
		"Data Center": w.JiraDataCenter(simulator.Options{Limit: simulator.Limit{Requests: 3}}),
	} {
		s := serve(t, h, "", "")
		for n := range 3 {
			code, header, _ := s.ask(t, "GET", "/rest/api/2/myself", "")
			if code != http.StatusOK || header.Get("X-RateLimit-Remaining") != string(rune('2'-n)) {
				t.Errorf("%s: request %d answered %d with %q left", name, n+1, code, header.Get("X-RateLimit-Remaining"))
			}
		}
		code, header, _ := s.ask(t, "GET", "/rest/api/2/myself", "")
		if code != http.StatusTooManyRequests || header.Get("Retry-After") == "" {
			t.Errorf("%s: answered %d, Retry-After %q", name, code, header.Get("Retry-After"))
		}
		w.Advance(time.Minute)
		if code, _, _ := s.ask(t, "GET", "/rest/api/2/myself", ""); code != http.StatusOK {
			t.Errorf("%s: answered %d a minute later", name, code)
		}
	}
}

func TestBulkHistoriesSpanPages(t *testing.T) {
	w := tenIssues()
	for _, status := range []string{"In Progress", "In Review", "Done"} {
		for _, key := range []string{"A-1", "A-2"} {
			w.As("ann").Move(key, status)
			w.Advance(time.Second)
		}
	}
	s := serve(t, w.JiraCloud(simulator.Options{BulkCap: 4}), "", "")
	token, seen := "", map[string]int{}
	for range 5 {
		_, _, text := s.ask(t, "POST", "/rest/api/3/changelog/bulkfetch", `{"issueIdsOrKeys":["A-1","A-2","A-2","A-99"],"nextPageToken":"`+token+`"}`)
		reply := decoded(t, text).(map[string]any)
		for _, l := range reply["issueChangeLogs"].([]any) {
			log := l.(map[string]any)
			seen[log["issueId"].(string)] += len(log["changeHistories"].([]any))
		}
		if token, _ = reply["nextPageToken"].(string); token == "" {
			break
		}
	}
	a1, _ := w.Issue("A-1")
	a2, _ := w.Issue("A-2")
	if len(seen) != 2 || seen[a1.ID()] != 3 || seen[a2.ID()] != 3 {
		t.Errorf("histories by issue = %v, want 3 each", seen)
	}
}

func TestABasePathIsPartOfEveryAddress(t *testing.T) {
	s := serve(t, tenIssues().JiraDataCenter(simulator.Options{BasePath: "/jira"}), "", "")
	issue := s.get(t, "/jira/rest/api/2/issue/A-1")
	if self := issue["self"].(string); !strings.Contains(self, "/jira/rest/api/2/issue/") {
		t.Errorf("self = %s, want it below /jira", self)
	}
	if code, _, _ := s.ask(t, "GET", "/rest/api/2/issue/A-1", ""); code != http.StatusNotFound {
		t.Errorf("beside the base path it answered %d, want 404", code)
	}
}
