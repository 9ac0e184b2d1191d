package linear

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// obj is an object of the fake workspace, its fields named as in Linear's schema.
type obj = map[string]any

// fake is a Linear small enough for faults. It refuses what Linear's schema
// refuses, in documents and variables, and reports to the test what in its own
// replies the schema does not allow: client and fake cannot share a mistake.
type fake struct {
	t      testing.TB
	schema *ast.Schema
	server *httptest.Server

	mu    sync.Mutex
	lists map[string][]obj // by name of the query's root field
	asked []string         // operations, in order
	costs []float64
	// answer may answer in the fake's place; n counts the requests of op from 1.
	answer func(w http.ResponseWriter, r *http.Request, op string, n int) (done bool)
	token  string // what Authorization must be
	// limit is how complex a query may be; 0: any.
	limit float64
	// head may add headers to an answer.
	head func(h http.Header, cost float64)
	// before runs ahead of an answer and may change the workspace.
	before func(op string, n int)
	// rewrite may change the text of an answer, and sent is shown it.
	rewrite func(op, answer string) string
	sent    func(op string, answer []byte)
}

const goodToken = "lin_api_0123456789abcdef"

func newFake(t testing.TB) *fake {
	t.Helper()
	f := &fake{t: t, schema: schema(t), lists: map[string][]obj{}, token: goodToken}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) source(t testing.TB, change func(*Options)) *Source {
	t.Helper()
	o := Options{Name: "linear acme", URL: f.server.URL, Token: goodToken}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pagesOf30(o *Options) { o.PageSize = 30 }

// count is how often an operation was asked for; all of them for an empty name.
func (f *fake) count(op string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, a := range f.asked {
		if op == "" || a == op {
			n++
		}
	}
	return n
}

func (f *fake) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked, f.costs = nil, nil
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var body struct {
		Query         string
		OperationName string
		Variables     map[string]any
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		f.t.Errorf("the request is no JSON: %v", err)
	}
	f.asked = append(f.asked, body.OperationName)
	n := 0
	for _, a := range f.asked {
		if a == body.OperationName {
			n++
		}
	}
	if f.before != nil {
		f.before(body.OperationName, n)
	}
	if f.answer != nil && f.answer(w, r, body.OperationName, n) {
		return
	}
	if got := r.Header.Get("Authorization"); got != f.token {
		refuse(w, http.StatusUnauthorized, "AUTHENTICATION_ERROR", "Authentication required, not authenticated")
		return
	}
	doc, errs := gqlparser.LoadQueryWithRules(f.schema, body.Query, rules.NewDefaultRules())
	if len(errs) > 0 {
		f.t.Errorf("Linear would refuse %s: %v", body.OperationName, errs)
		return
	}
	vars, err := validator.VariableValues(f.schema, doc.Operations[0], body.Variables)
	if err != nil {
		f.t.Errorf("Linear would refuse the variables of %s: %v", body.OperationName, err)
		return
	}
	cost := complexity(doc.Operations[0].SelectionSet, intVars(vars))
	if f.head != nil {
		f.head(w.Header(), cost)
	}
	if f.limit > 0 && cost > f.limit {
		refuse(w, http.StatusBadRequest, "INPUT_ERROR", fmt.Sprintf("Query too complex: %.0f of %.0f", cost, f.limit))
		return
	}
	f.costs = append(f.costs, cost)
	x := execution{fake: f, vars: vars}
	f.send(w, body.OperationName, obj{"data": x.object(doc.Operations[0].SelectionSet, obj{}, f.schema.Query.Name)})
}

func (f *fake) send(w http.ResponseWriter, op string, v obj) {
	text, err := json.Marshal(v)
	if err != nil {
		f.t.Error(err)
	}
	if f.rewrite != nil {
		text = []byte(f.rewrite(op, string(text)))
	}
	if f.sent != nil {
		f.sent(op, text)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}

// intVars gives page sizes as the complexity estimate wants them.
func intVars(vars map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range vars {
		switch n := v.(type) {
		case float64:
			out[k] = int(n)
		case json.Number:
			i, _ := n.Int64()
			out[k] = int(i)
		default:
			out[k] = v
		}
	}
	return out
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(obj{"errors": []obj{{"message": message, "extensions": obj{"code": code}}}})
}

// execution answers one document.
type execution struct {
	*fake
	vars map[string]any
}

func (x execution) object(set ast.SelectionSet, from obj, typ string) obj {
	out := obj{}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.FragmentSpread:
			for k, v := range x.object(s.Definition.SelectionSet, from, typ) {
				out[k] = v
			}
		case *ast.Field:
			out[s.Alias] = x.field(s, from, typ)
		}
	}
	return out
}

func (x execution) field(f *ast.Field, from obj, typ string) any {
	if typ == x.schema.Query.Name {
		return x.root(f)
	}
	return x.value(f, from[f.Name], f.Definition.Type, typ+"."+f.Name)
}

// root answers a field of the query itself.
func (x execution) root(f *ast.Field) any {
	args := f.ArgumentMap(x.vars)
	if id, single := args["id"].(string); single {
		for _, o := range x.lists[f.Name+"s"] {
			if o["id"] == id {
				return x.value(f, o, f.Definition.Type, f.Name)
			}
		}
	}
	if all, ok := x.lists[f.Name]; ok && !strings.HasSuffix(f.Definition.Type.Name(), "Connection") {
		return x.value(f, all[0], f.Definition.Type, f.Name)
	}
	return x.value(f, x.lists[f.Name], f.Definition.Type, f.Name)
}

// value brings a value of the workspace into the form the schema promises.
func (x execution) value(f *ast.Field, v any, typ *ast.Type, place string) any {
	if v == nil {
		if typ.NonNull && !strings.HasSuffix(typ.Name(), "Connection") {
			x.t.Errorf("the fake gives nothing for %s, which is %s", place, typ)
		}
		if !strings.HasSuffix(typ.Name(), "Connection") {
			return nil
		}
	}
	def := x.schema.Types[typ.Name()]
	switch {
	case strings.HasSuffix(typ.Name(), "Connection"):
		all, _ := v.([]obj)
		return x.connection(f, all, def)
	case typ.Elem != nil:
		return x.list(f, v, typ.Elem, place)
	case def.Kind == ast.Object:
		return x.object(f.SelectionSet, v.(obj), typ.Name())
	}
	checkScalar(x.t, v, def, place)
	return v
}

func (x execution) list(f *ast.Field, v any, elem *ast.Type, place string) []any {
	out := []any{}
	switch all := v.(type) {
	case []obj:
		for _, o := range all {
			out = append(out, x.value(f, o, elem, place))
		}
	case []string:
		for _, s := range all {
			out = append(out, x.value(f, s, elem, place))
		}
	default:
		x.t.Errorf("the fake holds %T for the list %s", v, place)
	}
	return out
}

func checkScalar(t testing.TB, v any, def *ast.Definition, place string) {
	ok := false
	switch def.Name {
	case "String", "ID":
		_, ok = v.(string)
	case "Int", "Float":
		switch v.(type) {
		case int, float64:
			ok = true
		}
	case "Boolean":
		_, ok = v.(bool)
	case "DateTime":
		s, _ := v.(string)
		_, err := time.Parse(time.RFC3339, s)
		ok = err == nil
	case "TimelessDate":
		s, _ := v.(string)
		_, err := time.Parse(time.DateOnly, s)
		ok = err == nil
	default:
		ok = def.Kind == ast.Enum && def.EnumValues.ForName(fmt.Sprint(v)) != nil
	}
	if !ok {
		t.Errorf("the fake gives %#v for %s, which is %s", v, place, def.Name)
	}
}

// connection filters, orders and pages; a page's end is the id of its last node.
func (x execution) connection(f *ast.Field, all []obj, def *ast.Definition) obj {
	args := f.ArgumentMap(x.vars)
	all = slices.Clone(all)
	filter, _ := args["filter"].(map[string]any)
	all = slices.DeleteFunc(all, func(o obj) bool {
		return !matches(o, filter) || (o["archivedAt"] != nil && args["includeArchived"] != true) ||
			(o["active"] == false && args["includeDisabled"] != true)
	})
	if args["orderBy"] == "updatedAt" {
		slices.SortStableFunc(all, func(a, b obj) int {
			return strings.Compare(b["updatedAt"].(string), a["updatedAt"].(string))
		})
	}
	if after, ok := args["after"].(string); ok {
		i := slices.IndexFunc(all, func(o obj) bool { return key(o) == after })
		all = all[i+1:]
	}
	first := toInt(args["first"])
	if first < 1 || first > 250 {
		x.t.Errorf("Linear would refuse %s(first: %d)", f.Name, first)
	}
	page := all[:min(first, len(all))]
	info := obj{"hasNextPage": len(page) < len(all), "hasPreviousPage": false}
	if len(page) > 0 {
		info["endCursor"] = key(page[len(page)-1])
	}
	out := obj{}
	for _, s := range f.SelectionSet {
		switch s := s.(*ast.Field); s.Name {
		case "nodes":
			nodes := []any{}
			for _, o := range page {
				nodes = append(nodes, x.object(s.SelectionSet, o, s.Definition.Type.Name()))
			}
			out["nodes"] = nodes
		case "pageInfo":
			out["pageInfo"] = x.object(s.SelectionSet, info, "PageInfo")
		}
	}
	return out
}

// moment is a time of a filter, or the other one where the filter names none.
func moment(v any, otherwise time.Time) time.Time {
	if v == nil {
		return otherwise
	}
	at, _ := time.Parse(time.RFC3339, fmt.Sprint(v))
	return at
}

func key(o obj) string {
	for _, k := range []string{"id", "key", "name"} {
		if s, ok := o[k].(string); ok {
			return s
		}
	}
	return ""
}

func toInt(v any) int {
	switch n := v.(type) {
	case int64:
		return int(n)
	case int:
		return n
	case float64:
		return int(n)
	}
	return 50
}

// matches evaluates the part of Linear's filters that the connector sends.
func matches(o obj, filter map[string]any) bool {
	for k, want := range filter {
		switch w := want.(type) {
		case []any:
			if k == "or" && !slices.ContainsFunc(w, func(f any) bool { return matches(o, f.(map[string]any)) }) {
				return false
			}
		case map[string]any:
			if !matchesOne(o[k], k, w) {
				return false
			}
		}
	}
	return true
}

func matchesOne(v any, name string, w map[string]any) bool {
	if some, ok := w["some"].(map[string]any); ok {
		if name == "accessibleTeams" {
			return true
		}
		all, _ := v.([]obj)
		return slices.ContainsFunc(all, func(o obj) bool { return matches(o, some) })
	}
	if in, ok := w["in"].([]any); ok {
		return slices.Contains(in, v)
	}
	if w["gte"] != nil || w["lt"] != nil {
		at, err := time.Parse(time.RFC3339, fmt.Sprint(v))
		return err == nil && !at.Before(moment(w["gte"], at)) && at.Before(moment(w["lt"], at.Add(1)))
	}
	if eq, ok := w["eq"]; ok {
		return v == eq
	}
	inner, _ := v.(obj)
	return inner != nil && matches(inner, w)
}
