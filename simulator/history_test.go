package simulator_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/simulator"
)

// lines reads a file of one JSON object a line.
func lines(t *testing.T, name string) []map[string]any {
	t.Helper()
	f, err := os.Open(realData(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []map[string]any
	in := bufio.NewScanner(f)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var v map[string]any
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// itemsOf collects the lines of every changelog in an issue or a history entry.
func itemsOf(v map[string]any) []map[string]any {
	var out []map[string]any
	histories, _ := v["histories"].([]any)
	if c, ok := v["changelog"].(map[string]any); ok {
		histories, _ = c["histories"].([]any)
	}
	if v["items"] != nil {
		histories = []any{v}
	}
	for _, h := range histories {
		for _, it := range h.(map[string]any)["items"].([]any) {
			out = append(out, it.(map[string]any))
		}
	}
	return out
}

// halves are what the two sides of a line of a changelog hold: absent, null,
// empty text or text. What stood on one side of a field can stand on the other.
func halves(item map[string]any) []string {
	kind := fmt.Sprintf("%v %v", item["field"], item["fieldtype"])
	if _, ok := item["fieldId"]; ok {
		kind += " with fieldId"
	}
	return []string{
		kind + ": " + held(item, "from") + ", " + held(item, "fromString"),
		kind + ": " + held(item, "to") + ", " + held(item, "toString"),
	}
}

func held(item map[string]any, key string) string {
	switch v, ok := item[key]; {
	case !ok:
		return "absent"
	case v == nil:
		return "null"
	case v == "":
		return "empty"
	}
	return "text"
}

func patterns(items []map[string]any) map[string]bool {
	out := map[string]bool{}
	for _, it := range items {
		for _, h := range halves(it) {
			out[h] = true
		}
	}
	return out
}

func TestHistoriesLookLikeTheCapturedOnes(t *testing.T) {
	for _, c := range []struct {
		name     string
		captured []string
		serve    func(*testing.T, *simulator.World) site
		search   string
		fields   []string // those that the captures hold
	}{
		{
			name: "Jira Cloud", captured: []string{"jira/cloud-changelog-issues.jsonl", "jira/cloud-changelog-pages.jsonl"},
			serve:  func(t *testing.T, w *simulator.World) site { return serve(t, w.JiraCloud(simulator.Options{}), "", "") },
			search: "/rest/api/2/search/jql?jql=project+in+%28A%2CB%29&fields=*all&expand=changelog&maxResults=100",
			fields: []string{"status", "assignee", "Sprint", "priority", "issuetype", "Link", "resolution", "IssueParentAssociation", "Epic Child", "RemoteIssueLink"},
		}, {
			name: "Jira Data Center", captured: []string{"jira/dc-linked-issues.jsonl", "jira/server-changelog-2017.jsonl"},
			serve: func(t *testing.T, w *simulator.World) site {
				return serve(t, w.JiraDataCenter(simulator.Options{}), "", "")
			},
			search: "/rest/api/2/search?jql=project+in+%28A%2CB%29&expand=changelog&maxResults=100",
			fields: []string{"status", "assignee", "Sprint", "priority", "issuetype", "Link", "resolution", "summary", "labels", "Component", "RemoteIssueLink"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			real := map[string]bool{}
			for _, file := range c.captured {
				for _, line := range lines(t, file) {
					for p := range patterns(itemsOf(line)) {
						real[p] = true
					}
				}
			}
			s := c.serve(t, everyEdit())
			for p := range patterns(allItems(t, s, c.search)) {
				for _, f := range c.fields {
					if strings.HasPrefix(p, f+" ") && !real[p] {
						t.Errorf("no captured change looks like %q", p)
					}
				}
			}
		})
	}
}

func allItems(t *testing.T, s site, path string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, i := range s.get(t, path)["issues"].([]any) {
		out = append(out, itemsOf(i.(map[string]any))...)
	}
	if len(out) < 15 {
		t.Fatalf("only %d changes were found", len(out))
	}
	return out
}

// everyEdit is a world in which each kind of edit happened.
func everyEdit() *simulator.World {
	w := simulator.NewWorld(storyEnd)
	w.AddPerson(simulator.Person{Handle: "ann", Name: "Ann"})
	w.AddPerson(simulator.Person{Handle: "ben", Name: "Ben"})
	for _, key := range []string{"A", "B"} {
		w.AddSpace(simulator.Space{Key: key, Name: key})
		w.AddBoard(key, key, false)
	}
	one, two := w.AddSprint("A", "One", "", storyEnd, storyEnd), w.AddSprint("A", "Two", "", storyEnd, storyEnd)
	ann := w.As("ann")
	epic := ann.Create(simulator.Draft{Space: "A", Type: simulator.TypeEpic, Title: "Epic"})
	i, o := ann.Create(simulator.Draft{Space: "A", Title: "I", Priority: simulator.Low}), ann.Create(simulator.Draft{Space: "B", Title: "O"})
	ann.Assign(i, "ben")
	ann.Assign(i, "ann")
	ann.Assign(i, "")
	for _, status := range []string{"In Progress", "Done", "In Progress"} {
		ann.Move(i, status)
	}
	ann.Label(i, "x", "y")
	ann.Components(i, "Checkout")
	ann.Components(i)
	ann.Plan(i, one)
	w.StartSprint(one)
	w.CompleteSprint(one)
	ann.Plan(i, two)
	ann.SetParent(i, epic)
	ann.SetParent(i, "")
	ann.Estimate(i, 3)
	ann.Due(i, "2026-12-01")
	ann.Prioritise(i, simulator.Medium)
	ann.Prioritise(i, simulator.High)
	ann.Retype(i, simulator.TypeBug)
	ann.Rename(i, "II")
	ann.Describe(i, "Now with words.")
	ann.Link(i, "blocks", o)
	ann.Unlink(i, "blocks", o)
	ann.RemoteLink(i, "Pull request")
	return w
}
