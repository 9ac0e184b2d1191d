package simulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
)

// small is a world of ten issues in A, a minute apart, and an empty project B.
func small() *simulator.World {
	w := simulator.NewWorld(storyEnd)
	w.AddPerson(simulator.Person{Handle: "ann", Name: "Ann"})
	for _, key := range []string{"A", "B"} {
		w.AddSpace(simulator.Space{Key: key, Name: key})
	}
	for n := range 10 {
		w.As("ann").Create(simulator.Draft{Space: "A", Title: fmt.Sprintf("Issue %d", n+1)})
		w.Advance(time.Minute)
	}
	return w
}

const allOfA = "/rest/api/2/search/jql?fields=summary,status&jql=project+in+(A,B)+ORDER+BY+updated+ASC,key+ASC"

// shownIssues are the keys on a page of the search.
func shownIssues(page map[string]any) []string {
	out := []string{}
	for _, i := range page["issues"].([]any) {
		out = append(out, i.(map[string]any)["key"].(string))
	}
	return out
}

func TestALaggingSearchTellsThePast(t *testing.T) {
	w := small()
	s := serve(t, w.JiraCloud(simulator.Options{SearchLag: 5 * time.Minute}), "", "")
	w.Advance(time.Hour)
	w.As("ann").Move("A-1", "In Progress")
	w.As("ann").Delete("A-2")
	fresh := w.As("ann").Create(simulator.Draft{Space: "A", Title: "Fresh"})
	w.Advance(4 * time.Minute)

	page := s.get(t, allOfA)
	if keys := shownIssues(page); len(keys) != 10 || keys[0] != "A-1" || keys[1] != "A-2" {
		t.Errorf("before the index caught up: %v, want A-1 to A-10", keys)
	}
	first := page["issues"].([]any)[0].(map[string]any)["fields"].(map[string]any)
	if name := first["status"].(map[string]any)["name"]; name != "Backlog" {
		t.Errorf("the search shows status %v, want the old one", name)
	}
	issue := s.get(t, "/rest/api/2/issue/A-1")["fields"].(map[string]any)
	if name := issue["status"].(map[string]any)["name"]; name != "In Progress" {
		t.Errorf("the issue itself shows status %v, want the new one", name)
	}
	if code, _, _ := s.ask(t, "GET", "/rest/api/2/issue/A-2", ""); code != http.StatusNotFound {
		t.Errorf("a deleted issue answered %d, want 404", code)
	}
	one, _ := w.Issue("A-1")
	reconciled := s.get(t, allOfA+"&reconcileIssues="+one.ID())
	if keys := shownIssues(reconciled); len(keys) != 10 || keys[9] != "A-1" {
		t.Errorf("with A-1 reconciled: %v, want it last", keys)
	}
	w.Advance(2 * time.Minute)
	if keys := shownIssues(s.get(t, allOfA)); len(keys) != 10 || keys[8] != "A-1" || keys[9] != fresh {
		t.Errorf("after the index caught up: %v, want A-3 to A-10, A-1, %s", keys, fresh)
	}
}

func TestShortPagesLoseNothing(t *testing.T) {
	w := small()
	short := false
	for seed := range uint64(20) {
		s := serve(t, w.JiraCloud(simulator.Options{ShortPages: seed + 1}), "", "")
		var keys []string
		token := ""
		for range 50 {
			page := s.get(t, allOfA+"&maxResults=3"+token)
			keys = append(keys, shownIssues(page)...)
			if page["isLast"] == true {
				break
			}
			short = short || len(shownIssues(page)) < 3
			token = "&nextPageToken=" + page["nextPageToken"].(string)
		}
		if len(keys) != 10 || keys[0] != "A-1" || keys[9] != "A-10" {
			t.Errorf("seed %d: %v, want A-1 to A-10", seed+1, keys)
		}
	}
	if !short {
		t.Error("no page was short")
	}
}

func TestAStrictSiteRefusesToSearchForWhatItDoesNotHold(t *testing.T) {
	w := small()
	strict := serve(t, w.JiraCloud(simulator.Options{StrictNames: true, Spaces: []string{"A"}}), "", "")
	lenient := serve(t, w.JiraDataCenter(simulator.Options{Spaces: []string{"A"}}), "", "")
	w.As("ann").MoveTo("A-2", "B")
	w.As("ann").Delete("A-3")
	for names, want := range map[string]int{"A-1,A-4": http.StatusOK, "A-1,A-3": http.StatusBadRequest, "A-2": http.StatusBadRequest} {
		jql := "?fields=summary&jql=" + url.QueryEscape("issuekey in ("+names+")")
		if code, _, text := strict.ask(t, "GET", "/rest/api/2/search/jql"+jql, ""); code != want {
			t.Errorf("the strict site answered %s with %d %s, want %d", names, code, text, want)
		}
		if code, _, _ := lenient.ask(t, "GET", "/rest/api/2/search"+jql, ""); code != http.StatusOK {
			t.Errorf("the lenient site answered %s with %d", names, code)
		}
	}
}

func TestPageTokensExpire(t *testing.T) {
	w := small()
	s := serve(t, w.JiraCloud(simulator.Options{TokenLife: 7 * 24 * time.Hour}), "", "")
	next := allOfA + "&maxResults=3&nextPageToken=" + s.get(t, allOfA+"&maxResults=3")["nextPageToken"].(string)
	w.Advance(7 * 24 * time.Hour)
	if code, _, _ := s.ask(t, "GET", next, ""); code != http.StatusOK {
		t.Errorf("on its last day a token answered %d", code)
	}
	w.Advance(time.Second)
	if code, _, text := s.ask(t, "GET", next, ""); code != http.StatusBadRequest || !strings.Contains(string(text), "expired") {
		t.Errorf("after its life a token answered %d %s, want 400", code, text)
	}
}

func TestAMovedIssueKeepsItsIDAndItsOldKeyLeadsToIt(t *testing.T) {
	w := small()
	before, _ := w.Issue("A-3")
	id, uuid := before.ID(), before.UUID()
	if got := w.As("ann").MoveTo("A-3", "B"); got != "B-1" {
		t.Fatalf("the new key is %s, want B-1", got)
	}
	cloud := serve(t, w.JiraCloud(simulator.Options{}), "", "")
	dc := serve(t, w.JiraDataCenter(simulator.Options{}), "", "")
	linear := serve(t, w.Linear(simulator.Options{}), "", "")
	for name, s := range map[string]site{"cloud": cloud, "data center": dc} {
		for _, by := range []string{"A-3", "B-1", id} {
			if got := s.get(t, "/rest/api/2/issue/"+by+"?expand=changelog"); got["key"] != "B-1" || got["id"] != id {
				t.Errorf("%s: %s leads to %v with id %v", name, by, got["key"], got["id"])
			}
		}
		text := fmt.Sprint(s.get(t, "/rest/api/2/issue/B-1?expand=changelog")["changelog"])
		for _, want := range []string{"fromString:A-3", "toString:B-1", "field:project", "field:Key"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the history lacks %q: %s", name, want, text)
			}
		}
	}
	if keys := shownIssues(cloud.get(t, "/rest/api/2/search/jql?fields=summary&jql="+url.QueryEscape("project = A"))); slices.Contains(keys, "B-1") || len(keys) != 9 {
		t.Errorf("project A still holds %v", keys)
	}
	_, _, reply := linear.query(t, `query { issue(id: "A-3") { id identifier previousIdentifiers history(first: 5) { nodes { fromTeam { key } toTeamId } } } }`, nil)
	got := reply["data"].(map[string]any)["issue"].(map[string]any)
	if got["id"] != uuid || got["identifier"] != "B-1" || fmt.Sprint(got["previousIdentifiers"]) != "[A-3]" {
		t.Errorf("Linear tells %v", got)
	}
	if text := fmt.Sprint(got["history"]); !strings.Contains(text, "fromTeam:map[key:A]") {
		t.Errorf("Linear's history tells nothing of the move: %s", text)
	}
}

func TestBurstsHoldOneEndpointAndTheQuotaAll(t *testing.T) {
	w := small()
	s := serve(t, w.JiraCloud(simulator.Options{
		Burst: simulator.Limit{Requests: 2, Per: time.Second}, Limit: simulator.Limit{Requests: 10, Per: time.Hour},
	}), "", "")
	ask := func(path string) (int, http.Header) {
		code, h, _ := s.ask(t, "GET", "/rest/api/2/"+path, "")
		return code, h
	}
	for range 2 {
		if code, h := ask("issue/A-1"); code != http.StatusOK || h.Get("X-RateLimit-NearLimit") == "true" && h.Get("X-RateLimit-Remaining") != "0" {
			t.Fatalf("answered %d %v within the limit", code, h)
		}
	}
	if code, h := ask("issue/A-2"); code != 429 || h.Get("RateLimit-Reason") != "jira-burst-based" || h.Get("Retry-After") != "1" {
		t.Errorf("the same endpoint answered %d %v, want a burst limit", code, h)
	}
	if code, _ := ask("myself"); code != http.StatusOK {
		t.Errorf("another endpoint answered %d", code)
	}
	w.Advance(time.Second)
	if code, _ := ask("issue/A-1"); code != http.StatusOK {
		t.Errorf("a second later it answered %d", code)
	}
	for range 5 {
		w.Advance(time.Second)
		ask("myself")
	}
	for _, path := range []string{"issue/A-1", "myself"} {
		if code, h := ask(path); code != 429 || !strings.HasPrefix(h.Get("RateLimit-Reason"), "jira-quota") || h.Get("X-RateLimit-NearLimit") != "true" {
			t.Errorf("beyond the quota %s answered %d %v", path, code, h)
		}
	}
}

func TestPermissionsTellWhatIsDenied(t *testing.T) {
	s := serve(t, small().JiraCloud(simulator.Options{Denied: []string{"VIEW_VOTERS_AND_WATCHERS"}}), "", "")
	got := s.get(t, "/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS,VIEW_VOTERS_AND_WATCHERS,EDIT_ISSUES")["permissions"].(map[string]any)
	for key, want := range map[string]bool{"BROWSE_PROJECTS": true, "VIEW_VOTERS_AND_WATCHERS": false, "EDIT_ISSUES": false} {
		if have := got[key].(map[string]any)["havePermission"]; have != want {
			t.Errorf("%s = %v, want %v", key, have, want)
		}
	}
	for _, query := range []string{"", "?permissions=FLY"} {
		if code, _, _ := s.ask(t, "GET", "/rest/api/3/mypermissions"+query, ""); code != http.StatusBadRequest {
			t.Errorf("%q answered %d, want 400", query, code)
		}
	}
}
