package simulator_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
)

// code is the code of the first error of a reply.
func code(reply map[string]any) string {
	errs, _ := reply["errors"].([]any)
	if len(errs) == 0 {
		return ""
	}
	c, _ := errs[0].(map[string]any)["extensions"].(map[string]any)["code"].(string)
	return c
}

func TestLinearRefusesAsLinearDoes(t *testing.T) {
	s := storyLinear(t)
	for _, c := range []struct {
		name, query string
		vars        map[string]any
		key, want   string
		status      int
	}{
		{"a wrong key", "query { viewer { id } }", nil, "lin_api_wrong", "AUTHENTICATION_ERROR", 401},
		{"an unknown field", "query { viewer { shoeSize } }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
		{"an unknown argument", "query { issues(top: 3) { nodes { id } } }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
		{"an unknown root", "query { tickets { id } }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
		{"a fragment of another type", "query { viewer { ...F } } fragment F on Issue { id }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
		{"a fragment that holds itself", "query { viewer { ...F } } fragment F on User { ...F }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
		{"an object without a selection", "query { viewer }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
		{"broken syntax", "query { viewer {", nil, "", "GRAPHQL_PARSE_FAILED", 400},
		{"a missing variable", "query($n: Int!) { issues(first: $n) { nodes { id } } }", nil, "", "INVALID_INPUT", 400},
		{"an undeclared variable", "query { issues(first: $n) { nodes { id } } }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
		{"an unknown filter", "query { issues(filter: {mood: {eq: 1}}) { nodes { id } } }", nil, "", "INVALID_INPUT", 400},
		{"too large a page", "query { issues(first: 251) { nodes { id } } }", nil, "", "INVALID_INPUT", 400},
		{"too complex", "query { issues(first: 250) { nodes { history(first: 50) { nodes { id } } } } }", nil, "", "INPUT_ERROR", 400},
		{"a cursor that is none", `query { issues(after: "x") { nodes { id } } }`, nil, "", "INVALID_INPUT", 400},
		{"an unknown issue", `query { issue(id: "GRO-9999") { id } }`, nil, "", "INPUT_ERROR", 400},
		{"a mutation that it does not know", "mutation { issueDelete { success } }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
		{"a subscription", "subscription { viewer { id } }", nil, "", "GRAPHQL_VALIDATION_FAILED", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			asker := s
			if c.key != "" {
				asker.token = c.key
			}
			status, _, reply := asker.query(t, c.query, c.vars)
			if status != c.status || code(reply) != c.want {
				t.Errorf("answered %d %s, want %d %s: %v", status, code(reply), c.status, c.want, reply)
			}
		})
	}
}

// A refusal for complexity tells people the figures, as the real one does.
func TestLinearTellsHowComplexAQueryIs(t *testing.T) {
	_, header, reply := storyLinear(t).query(t, "query { issues(first: 250) { nodes { history(first: 50) { nodes { id } } } } }", nil)
	told := reply["errors"].([]any)[0].(map[string]any)["extensions"].(map[string]any)["userPresentableMessage"]
	if want := "The query is too complex. Complexity: 14000. Maximum allowed complexity: 10000."; told != want || header.Get("X-Complexity") != "14000" {
		t.Errorf("told %q with X-Complexity %s, want %q", told, header.Get("X-Complexity"), want)
	}
}

func TestLinearCountsTheIssuesOfATeam(t *testing.T) {
	s := storyLinear(t)
	_, _, reply := s.query(t, `query { teams(first: 5) { nodes { open: issueCount all: issueCount(includeArchived: true) issues(first: 250, includeArchived: true) { nodes { archivedAt } } } } }`, nil)
	archived := 0
	for _, n := range reply["data"].(map[string]any)["teams"].(map[string]any)["nodes"].([]any) {
		team, open := n.(map[string]any), 0
		issues := team["issues"].(map[string]any)["nodes"].([]any)
		for _, i := range issues {
			if i.(map[string]any)["archivedAt"] == nil {
				open++
			}
		}
		archived += len(issues) - open
		if team["all"] != float64(len(issues)) || team["open"] != float64(open) {
			t.Errorf("counts %v and %v, holds %d and %d", team["open"], team["all"], open, len(issues))
		}
	}
	if archived == 0 {
		t.Error("nothing is archived in this story, so nothing was tried")
	}
}

func TestLinearComplexityFollowsTheFormula(t *testing.T) {
	s := storyLinear(t)
	for query, want := range map[string]string{
		"query { viewer { id name } }":                                                        "2",  // 1 + 0.2
		"query { issues(first: 10) { nodes { id title } } }":                                  "12", // 10 × (1 + 0.2)
		"query { issues { nodes { id } } }":                                                   "55", // 50 × 1.1
		"query { issues(first: 10) { nodes { id assignee { id } } pageInfo { endCursor } } }": "24", // 10 × (1 + 0.1 + 1.1) + 1.1, rounded up
		"query { issues(first: 10) { nodes { labels(first: 4) { nodes { name } } } } }":       "54", // 10 × (1 + 4 × 1.1)
	} {
		_, header, _ := s.query(t, query, nil)
		if got := header.Get("X-Complexity"); got != want {
			t.Errorf("%s costs %s, want %s", query, got, want)
		}
	}
}

func TestLinearRateLimits(t *testing.T) {
	w := populatedLinear()
	for name, limit := range map[string]simulator.Limit{
		"requests":   {Requests: 3},
		"complexity": {Complexity: 100},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, w.Linear(simulator.Options{Limit: limit}), "", "")
			const query = "query { issues(first: 30) { nodes { id } } }" // 33 points
			for range 3 {
				if status, _, _ := s.query(t, query, nil); status != http.StatusOK {
					t.Fatalf("answered %d within the limit", status)
				}
			}
			status, header, reply := s.query(t, query, nil)
			if status != http.StatusBadRequest || code(reply) != "RATELIMITED" {
				t.Fatalf("answered %d %s, want 400 RATELIMITED", status, code(reply))
			}
			kind := map[string]string{"requests": "Requests", "complexity": "Complexity"}[name]
			reset, err := strconv.ParseInt(header.Get("X-RateLimit-"+kind+"-Reset"), 10, 64)
			if err != nil || !time.UnixMilli(reset).After(w.Now()) {
				t.Errorf("reset = %q, want a moment ahead in milliseconds", header.Get("X-RateLimit-"+kind+"-Reset"))
			}
			w.Set(time.UnixMilli(reset))
			if status, _, _ := s.query(t, query, nil); status != http.StatusOK {
				t.Errorf("answered %d after the reset", status)
			}
		})
	}
}

func populatedLinear() *simulator.World {
	w := simulator.NewWorld(storyEnd)
	w.AddPerson(simulator.Person{Handle: "ann", Name: "Ann"})
	w.AddSpace(simulator.Space{Key: "L", Name: "L", Statuses: simulator.LinearStatuses()})
	w.AddSpace(simulator.Space{Key: "M", Name: "M", Statuses: simulator.LinearStatuses()})
	for range 7 {
		w.As("ann").Create(simulator.Draft{Space: "L", Title: "T", Labels: []string{"bug"}})
		w.Advance(time.Minute)
	}
	w.As("ann").Create(simulator.Draft{Space: "M", Title: "Elsewhere"})
	w.Advance(time.Minute)
	w.As("ann").Archive("L-3")
	return w
}

func TestLinearPagesNewestFirstAndHidesArchived(t *testing.T) {
	s := serve(t, populatedLinear().Linear(simulator.Options{}), "", "")
	keys := func(args string) string {
		t.Helper()
		_, _, reply := s.query(t, "query { issues("+args+") { nodes { identifier } pageInfo { endCursor } } }", nil)
		if reply["data"] == nil {
			t.Fatalf("%s: %v", args, reply)
		}
		page := reply["data"].(map[string]any)["issues"].(map[string]any)
		var out []string
		for _, n := range page["nodes"].([]any) {
			out = append(out, n.(map[string]any)["identifier"].(string))
		}
		return strings.Join(out, " ")
	}
	for args, want := range map[string]string{
		"first: 20": "M-1 L-7 L-6 L-5 L-4 L-2 L-1",
		"first: 3, orderBy: updatedAt, includeArchived: true":                        "L-3 M-1 L-7",
		`first: 20, filter: {team: {key: {in: ["L"]}}}`:                              "L-7 L-6 L-5 L-4 L-2 L-1",
		`first: 20, filter: {or: [{number: {eq: 1}}, {team: {key: {eq: "M"}}}]}`:     "M-1 L-1",
		`filter: {labels: {some: {name: {eqIgnoreCase: "BUG"}}}, number: {lt: 3}}`:   "L-2 L-1",
		`filter: {assignee: {null: false}, team: {key: {eq: "L"}}}`:                  "",
		`filter: {updatedAt: {gt: "2026-11-16T08:05:30Z"}, team: {key: {neq: "M"}}}`: "L-7",
	} {
		if got := keys(args); got != want {
			t.Errorf("issues(%s) = %q, want %q", args, got, want)
		}
	}
}

func TestLinearMissesWhatMovesWhileSomebodyPages(t *testing.T) {
	w := populatedLinear()
	s := serve(t, w.Linear(simulator.Options{Spaces: []string{"L"}}), "", "")
	const query = "query($after: String) { issues(first: 3, after: $after, orderBy: updatedAt) { nodes { identifier } pageInfo { hasNextPage endCursor } } }"
	_, _, reply := s.query(t, query, nil)
	page := reply["data"].(map[string]any)["issues"].(map[string]any)
	after := page["pageInfo"].(map[string]any)["endCursor"]
	w.As("ann").Rename("L-1", "Moved to the front")
	_, _, reply = s.query(t, query, map[string]any{"after": after})
	nodes := reply["data"].(map[string]any)["issues"].(map[string]any)["nodes"].([]any)
	if len(nodes) != 2 {
		t.Errorf("the second page holds %v, want two issues without the one that moved", nodes)
	}
}
