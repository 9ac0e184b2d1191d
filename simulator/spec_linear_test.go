package simulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/fairlead-dev/fairlead/simulator"
)

func linearSchema(t *testing.T) *ast.Schema {
	t.Helper()
	path := realData(t, "specs/linear-schema.graphql")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: path, Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func storyLinear(t *testing.T) site {
	t.Helper()
	w, c := simulator.Story(46, storyEnd)
	return serve(t, w.Linear(c.Tracker), "", c.Tracker.Token)
}

// query sends a query and gives status, headers and the decoded reply.
func (s site) query(t *testing.T, text string, vars map[string]any) (int, http.Header, map[string]any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": text, "variables": vars})
	if err != nil {
		t.Fatal(err)
	}
	code, header, reply := s.ask(t, http.MethodPost, "/graphql", string(body))
	return code, header, decoded(t, reply).(map[string]any)
}

// TestEveryLinearFieldKeepsTheSchema asks for everything the simulated Linear
// knows, a type at a time, and walks each reply along the real schema.
func TestEveryLinearFieldKeepsTheSchema(t *testing.T) {
	schema, s := linearSchema(t), storyLinear(t)
	types := simulator.LinearTypes()
	for _, root := range slices.Sorted(maps.Keys(types["Query"])) {
		args, want := "(first: 40, includeArchived: true)", types["Query"][root]
		of, paged := strings.CutSuffix(want, "*")
		switch {
		case !paged && schema.Types["Query"].Fields.ForName(root).Arguments.ForName("id") != nil:
			continue // the same type as its connection
		case !paged:
			args = ""
		}
		t.Run(root, func(t *testing.T) {
			for _, part := range selections(types, of) {
				if paged {
					part = "nodes { " + part + " } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
				}
				walkQuery(t, schema, s, "query { "+root+args+" { "+part+" } }", nil)
			}
		})
	}
}

// selections are the plain properties of a type, and one selection for each
// object below with that object's own properties.
func selections(types map[string]map[string]string, of string) []string {
	out := []string{scalars(types, of)}
	for _, name := range slices.Sorted(maps.Keys(types[of])) {
		below := types[of][name]
		switch inner, paged := strings.CutSuffix(below, "*"); {
		case paged:
			out = append(out, name+"(first: 5) { nodes { "+scalars(types, inner)+" } edges { cursor } }")
		case below != "":
			out = append(out, name+" { "+scalars(types, below)+" }")
		}
	}
	return out
}

func scalars(types map[string]map[string]string, of string) string {
	var out []string
	for name, below := range types[of] {
		if below == "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestTheConnectorsQueriesAreAnswered sends every document the product sends.
func TestTheConnectorsQueriesAreAnswered(t *testing.T) {
	schema, s := linearSchema(t), storyLinear(t)
	files, err := filepath.Glob("../connectors/linear/queries/*.graphql")
	if err != nil || len(files) == 0 {
		t.Skip("the connector's queries are not beside the simulator")
	}
	fragments, err := os.ReadFile("../connectors/linear/queries/fragments.graphql")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "fragments.graphql") || strings.Contains(filepath.Base(f), "comment") {
			continue // comments have variables that matter: see TestLinearTakesCommentsAsItsSchemaSays
		}
		t.Run(filepath.Base(f), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			walkQuery(t, schema, s, onlyUsed(string(text), string(fragments)), nil)
		})
	}
}

// onlyUsed is the query with the fragments it spreads, since unused ones are a
// mistake.
func onlyUsed(query, fragments string) string {
	all := strings.Split(fragments, "fragment ")
	for changed := true; changed; {
		changed = false
		for i, f := range all {
			name, _, _ := strings.Cut(f, " ")
			if name != "" && strings.Contains(query, "..."+name) {
				query += "\nfragment " + strings.SplitN(f, "\n#", 2)[0]
				all[i], changed = "", true
			}
		}
	}
	return query
}

// walkQuery validates the query, sends it, and walks the reply along the types.
func walkQuery(t *testing.T, schema *ast.Schema, s site, query string, vars map[string]any) {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
	if len(errs) > 0 {
		t.Errorf("%v\n%s", errs, query)
		return
	}
	op := doc.Operations[0]
	given := map[string]any{}
	for _, v := range op.VariableDefinitions {
		if x, ok := vars[v.Variable]; ok {
			given[v.Variable] = x
		} else if v.Type.Name() == "Int" {
			given[v.Variable] = 5
		}
	}
	code, _, reply := s.query(t, query, given)
	if code != http.StatusOK || reply["errors"] != nil {
		t.Errorf("answered %d %v\n%s", code, reply["errors"], query)
		return
	}
	w := walker{t: t, schema: schema}
	w.object("", op.SelectionSet, reply["data"].(map[string]any))
}

// walker compares a reply with the types of the fields it was asked for.
type walker struct {
	t      *testing.T
	schema *ast.Schema
}

func (w walker) object(path string, sel ast.SelectionSet, v map[string]any) {
	w.t.Helper()
	for _, s := range sel {
		switch s := s.(type) {
		case *ast.Field:
			got, told := v[s.Alias]
			if !told {
				w.t.Errorf("%s.%s is missing", path, s.Alias)
				continue
			}
			w.value(path+"."+s.Name, s.Definition.Type, s.SelectionSet, got)
		case *ast.InlineFragment:
			w.object(path, s.SelectionSet, v)
		case *ast.FragmentSpread:
			w.object(path, s.Definition.SelectionSet, v)
		}
	}
}

func (w walker) value(path string, typ *ast.Type, sel ast.SelectionSet, v any) {
	w.t.Helper()
	switch list, isList := v.([]any); {
	case v == nil:
		if typ.NonNull {
			w.t.Errorf("%s is null, the schema says %s", path, typ)
		}
	case typ.Elem != nil && !isList:
		w.t.Errorf("%s = %v is no list", path, v)
	case typ.Elem != nil:
		for i, e := range list {
			w.value(fmt.Sprintf("%s[%d]", path, i), typ.Elem, sel, e)
		}
	case len(sel) > 0:
		o, ok := v.(map[string]any)
		if !ok {
			w.t.Errorf("%s = %v is no object", path, v)
			return
		}
		w.object(path, sel, o)
	default:
		if why := w.scalar(typ.NamedType, v); why != "" {
			w.t.Errorf("%s = %v %s", path, v, why)
		}
	}
}

// scalar says why v is not of the named type.
func (w walker) scalar(name string, v any) string {
	text, isText := v.(string)
	number, isNumber := v.(float64)
	def := w.schema.Types[name]
	switch {
	case def.Kind == ast.Enum:
		if def.EnumValues.ForName(text) == nil {
			return "is no " + name
		}
	case name == "String" || name == "ID":
		if !isText {
			return "is no text"
		}
	case name == "Int":
		if !isNumber || number != float64(int64(number)) {
			return "is no whole number"
		}
	case name == "Float":
		if !isNumber {
			return "is no number"
		}
	case name == "Boolean":
		if _, ok := v.(bool); !ok {
			return "is no boolean"
		}
	case name == "DateTime":
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return "is no moment"
		}
	case name == "TimelessDate":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return "is no date"
		}
	case !strings.HasPrefix(name, "JSON"):
		return "has a type the test does not know: " + name
	}
	return ""
}
