package fairlead_test

import (
	"go/ast"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// Whoever reads logs by machine relies on the names of fields: docs/logs.md has those
// that the code uses, and no others.
func TestTheFieldsOfTheLogAreDocumented(t *testing.T) {
	used := map[string]bool{"error": true} // zap.Error
	for _, f := range sources(t) {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			name, isText := call.Args[0].(*ast.BasicLit)
			if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "zap" || !isText {
				return true
			}
			field, err := strconv.Unquote(name.Value)
			if err != nil {
				return true
			}
			if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(field) {
				t.Errorf("%s: the field %q is no lower-case word", f.at(call.Pos()), field)
			}
			used[field] = true
			return true
		})
	}
	text, err := os.ReadFile("docs/logs.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		documented[m[1]] = true
	}
	for _, field := range slices.Sorted(maps.Keys(used)) {
		if !documented[field] {
			t.Errorf("docs/logs.md does not tell of the field %q", field)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(documented)) {
		if !used[field] && !slices.Contains([]string{"time", "level", "msg"}, field) {
			t.Errorf("docs/logs.md tells of the field %q, which no line has", field)
		}
	}
}
