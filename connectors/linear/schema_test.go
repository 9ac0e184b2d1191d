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

	"github.com/fairlead-dev/fairlead/connectors"
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

// sent is a document with the variables that make it cost the most.
type sent struct {
	query
	vars map[string]any
}

// documents are all that the connector can send, as much as is asked for of a
// workspace of which nothing is known.
func documents(t testing.TB) []sent {
	c := newClient("linear acme", Options{URL: DefaultURL, Token: goodToken})
	list := func(q query, most int) sent {
		return sent{q, with(c.paged(listing{query: q, most: most}, queryLimit), "after", "x")}
	}
	whole := func(k *kind) sent {
		return sent{k.whole, with(c.paged(listing{query: k.whole, most: mostNodes, kind: k}, queryLimit), "after", nil)}
	}
	all := []sent{
		{docStart, map[string]any{"first": mostNodes, "after": nil}}, {docWho, nil},
		{docProbeInitiatives, map[string]any{"first": 1}}, {docProbeNeeds, map[string]any{"first": 1}},
		list(docUsers, mostNodes), list(docStates, mostNodes), list(docLabels, mostNodes), list(docCounts, mostNodes),
		list(docSettings, mostNodes), list(docLeads, mostNodes), list(docCycles, mostNodes),
		list(docSpaces, spacePage), list(docOwners, spacePage),
		{docComment, map[string]any{"input": map[string]any{
			"id": commentID(connectors.Note{ID: "n"}), "issueId": "GRO-1", "body": "x", "doNotSubscribeToIssue": true,
		}}},
		{docCommentLeft, map[string]any{"id": commentID(connectors.Note{ID: "n"})}},
		list(docPresentIssues, mostNodes), list(docPresentProjects, mostNodes), list(docPresentInitiatives, mostNodes),
	}
	for _, k := range kinds {
		all = append(all, whole(k), everyList(c, k))
	}
	return all
}

// everyList asks for more of each list of a kind, in as many objects as one
// request bears.
func everyList(c *client, k *kind) sent {
	var rest []open
	for range mostBeside {
		for n := range k.parts {
			rest = append(rest, open{longObject(k), n})
		}
	}
	parts, vars := c.bearable(k, rest), map[string]any{}
	for n, a := range parts {
		vars[fmt.Sprint("id", n)], vars[fmt.Sprint("first", n)], vars[fmt.Sprint("after", n)] = fmt.Sprint("object-", n), a.nodes, "x"
	}
	return sent{k.more(parts), vars}
}

// longObject is an object whose lists go on.
func longObject(k *kind) object {
	var o object
	switch k {
	case issueKind:
		o = &issue{}
	case projectKind:
		o = &project{}
	case initiativeKind:
		o = &initiative{}
	}
	for _, l := range o.lists() {
		if err := l.extend(json.RawMessage(`{"nodes":[{},{},{}],"pageInfo":{"hasNextPage":true,"endCursor":"c"}}`)); err != nil {
			panic(err)
		}
	}
	return o
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
	for _, d := range documents(t) {
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
	for _, d := range documents(t) {
		t.Run(d.name, func(t *testing.T) {
			got := complexity(parse(t, d.text).Operations[0].SelectionSet, d.vars)
			t.Logf("%.0f points as the test reckons, %.0f as we do, %v at most of a list", got, d.points(d.vars), units(d.vars))
			if got > queryLimit {
				t.Errorf("costs %.0f points, want at most %d", got, queryLimit)
			}
		})
	}
}

// Each list that is read along with an object can be read on, and in the same
// words.
func TestWhatIsReadOnIsWhatWasBegun(t *testing.T) {
	for _, k := range kinds {
		for n, l := range longObject(k).lists() {
			p := k.parts[n]
			line := fmt.Sprintf("%s(first: $%s) { nodes { %s } pageInfo { ...Next } }", p.name, p.name, p.nodes)
			if !strings.Contains(k.whole.text, line) {
				t.Errorf("the document of %s lacks %q", k.root, line)
			}
			if !l.more() || p.points < 1 || p.first < 1 {
				t.Errorf("%s of %s: %+v", p.name, k.root, p)
			}
		}
		if got, want := strings.Count(k.whole.text, "(first: $")-1, len(k.parts); got != want {
			t.Errorf("%s begins %d lists and can read on in %d", k.root, got, want)
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
