package linear

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// realData is a file of the captured data. Without it the test is skipped, in CI
// it does not pass.
func realData(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("FAIRLEAD_REAL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "real")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("captured data %s is missing (FAIRLEAD_REAL_DATA)", path)
		}
		t.Skipf("captured data %s is missing (FAIRLEAD_REAL_DATA)", path)
	}
	return path
}

var loadSchema = sync.OnceValues(func() (*ast.Schema, error) {
	dir := os.Getenv("FAIRLEAD_REAL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "real")
	}
	path := filepath.Join(dir, "specs", "linear-schema.graphql")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return gqlparser.LoadSchema(&ast.Source{Name: path, Input: string(text)})
})

// schema is Linear's published schema.
func schema(t testing.TB) *ast.Schema {
	t.Helper()
	realData(t, "specs/linear-schema.graphql")
	s, err := loadSchema()
	if err != nil {
		t.Fatalf("Linear's schema: %v", err)
	}
	return s
}

// documents are all that the connector can send, each with the variables that
// make it cost the most.
func documents() []struct {
	query
	vars map[string]any
} {
	ids := func(n int) []any {
		out := make([]any, n)
		for i := range out {
			out[i] = fmt.Sprint("id", i)
		}
		return out
	}
	table := map[string]any{"first": tablePage, "after": "x"}
	return []struct {
		query
		vars map[string]any
	}{
		{docStart, table}, {docUsers, table}, {docStates, table}, {docLabels, table},
		{docWho, nil}, {docProbeInitiatives, map[string]any{"first": 1}}, {docProbeNeeds, map[string]any{"first": 1}},
		{docSettings, table}, {docLeads, table},
		{docSpaces, map[string]any{"first": spacePage, "after": nil}}, {docOwners, map[string]any{"first": spacePage, "after": nil}},
		{docPresentIssues, table}, {docPresentProjects, table}, {docPresentInitiatives, table},
		{docCycles, map[string]any{"first": cyclePage, "after": nil}},
		{docProjects, map[string]any{"first": containerPage, "after": nil}},
		{docProjectMore, map[string]any{"id": "p", "first": followPage}},
		{docInitiatives, map[string]any{"first": containerPage, "after": nil}},
		{docInitiativeMore, map[string]any{"id": "i", "first": followPage}},
		{docIssueList, map[string]any{"first": listPage, "after": nil}},
		{docIssues, map[string]any{"filter": map[string]any{"id": map[string]any{"in": ids(issuePage)}}, "first": issuePage}},
		{docHistories, map[string]any{"ids": ids(issuePage), "issues": issuePage, "entries": historyFirst}},
		{docIssueMore, map[string]any{
			"id": "i", "commentsFirst": followPage, "relationsFirst": followPage, "inverseFirst": followPage,
			"needsFirst": followPage, "subscribersFirst": followPage, "attachmentsFirst": followPage, "historyFirst": followPage,
		}},
	}
}

func parse(t testing.TB, text string) *ast.QueryDocument {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(schema(t), text, rules.NewDefaultRules())
	if len(errs) > 0 {
		t.Fatalf("Linear's schema refuses the document: %v\n%s", errs, text)
	}
	return doc
}

func TestEveryDocumentFitsLinearsSchema(t *testing.T) {
	tested := map[string]bool{}
	for _, d := range documents() {
		tested[strings.ToLower(d.name)] = true
		t.Run(d.name, func(t *testing.T) {
			doc := parse(t, d.text)
			if _, err := validator.VariableValues(schema(t), doc.Operations[0], plainJSON(t, d.vars)); err != nil {
				t.Errorf("variables: %v", err)
			}
		})
	}
	files, err := fs.Glob(queries, "queries/*.graphql")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".graphql")
		if name != "fragments" && !tested[name] {
			t.Errorf("%s is sent by nobody or not in this test", f)
		}
	}
}

// plainJSON is v as a server receives it.
func plainJSON(t testing.TB, v map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryDocumentStaysBelowTheComplexityLimit(t *testing.T) {
	const margin = 9000 // of 10,000
	for _, d := range documents() {
		t.Run(d.name, func(t *testing.T) {
			got := complexity(parse(t, d.text).Operations[0].SelectionSet, d.vars)
			t.Logf("%.0f points", got)
			if got > margin || got > d.points {
				t.Errorf("costs %.0f points, want at most %d, and at most the %.0f it is said to cost", got, margin, d.points)
			}
			if n := units(d.vars); n != d.full {
				t.Errorf("asks for %d units, its full size is said to be %d", n, d.full)
			}
		})
	}
}

func TestTheSecondReadingOfLongHistoriesStaysBelowTheLimit(t *testing.T) {
	doc := parse(t, docHistories.text)
	for n := 1; n <= issuePage; n++ {
		entries := max(entriesFor(n), 1)
		got := complexity(doc.Operations[0].SelectionSet, map[string]any{"issues": n, "entries": entries})
		if got > 9000 {
			t.Errorf("%d issues with %d entries cost %.0f points, want at most 9000", n, entries, got)
		}
	}
}

// complexity is Linear's documented estimate: 0.1 a property, 1 an object, and
// what stands in a connection times what is asked for. It counts pageInfo with
// every node, which is more than the documentation says.
func complexity(set ast.SelectionSet, vars map[string]any) float64 {
	return math.Ceil(points(set, vars))
}

func points(set ast.SelectionSet, vars map[string]any) float64 {
	var sum float64
	for _, s := range set {
		switch s := s.(type) {
		case *ast.FragmentSpread:
			sum += points(s.Definition.SelectionSet, vars)
		case *ast.InlineFragment:
			sum += points(s.SelectionSet, vars)
		case *ast.Field:
			sum += fieldPoints(s, vars)
		}
	}
	return sum
}

func fieldPoints(f *ast.Field, vars map[string]any) float64 {
	if len(f.SelectionSet) == 0 {
		return 0.1
	}
	inside := points(f.SelectionSet, vars)
	if !strings.HasSuffix(f.Definition.Type.Name(), "Connection") {
		return 1 + inside
	}
	times := 50.0
	if a := f.Arguments.ForName("first"); a != nil {
		v, _ := a.Value.Value(vars)
		switch n := v.(type) {
		case int:
			times = float64(n)
		case int64:
			times = float64(n)
		}
	}
	return 1 + times*inside
}
