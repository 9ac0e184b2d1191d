package fairlead_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/fairlead-dev/fairlead/"

var nouns = []string{"ticket", "org", "finding"}

// mayImport is the direction of data flow: which of our packages each package
// may import, by the first element of its path. An adapter, one level deeper,
// may also import its parent. What is not listed may import nothing of ours.
var mayImport = map[string][]string{
	"ticket":     {},
	"org":        {},
	"finding":    {},
	"yamlfile":   {},
	"calendar":   {},
	"simulator":  {},
	"bench":      {},
	"scale":      {"connectors"},
	"connectors": {"ticket", "org", "finding", "yamlfile"},
	"store":      nouns,
	"rules":      {"ticket", "org", "finding", "yamlfile", "rules/engine"},
	"trends":     nouns,
	"reports":    append([]string{"trends"}, nouns...),
	"dashboard":  append([]string{"rules", "trends", "reports", "yamlfile", "dashboard/api"}, nouns...),
	"config":     {"ticket", "org", "finding", "yamlfile", "calendar"},
	"daemon":     {"ticket", "org", "finding", "yamlfile", "calendar", "config", "connectors", "store", "rules", "trends", "reports", "dashboard", "simulator"},
	"cmd":        {"daemon", "config", "scale"},
	"deploy":     {},
}

// testKits hold what all children of a contract promise, and what makes documents;
// only tests and generators use them.
var testKits = []string{"connectors/connectortest", "connectors/jira/replay", "store/storetest", "reports/reporttest", "dashboard/dashboardtest", "dashboard/browsertest", "dashboard/signin/signintest", "rules/ruletest/rulesdoc"}

func TestDataFlowsOneWay(t *testing.T) {
	for _, f := range sources(t) {
		for _, imp := range f.ast.Imports {
			target, _ := strconv.Unquote(imp.Path.Value)
			if why := refuse(f.dir, target); why != "" {
				t.Errorf("%s imports %s: %s", f.at(imp.Pos()), target, why)
			}
		}
	}
}

// notInTheProgram are modules for tests and for what makes files, by the beginning of
// their paths, and the one package that may import them; none is part of the program.
var notInTheProgram = map[string]string{
	"k8s.io/": "", "sigs.k8s.io/": "", "github.com/prometheus-operator/": "",
	"github.com/spf13/cobra/doc":     "",
	"golang.org/x/crypto/x509roots/": "deploy/rootfs",
}

func TestWhatIsForTestsIsNotInTheProgram(t *testing.T) {
	for _, f := range sources(t) {
		for _, imp := range f.ast.Imports {
			target, _ := strconv.Unquote(imp.Path.Value)
			for beginning, may := range notInTheProgram {
				if strings.HasPrefix(target, beginning) && f.dir != may {
					t.Errorf("%s imports %s, which is for tests", f.at(imp.Pos()), target)
				}
			}
		}
	}
}

func TestTimeIsAnArgument(t *testing.T) {
	for _, f := range sources(t) {
		if room := first(f.dir); room == "daemon" || room == "cmd" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Now", "Since", "Until", "Sleep"}, sel.Sel.Name) {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" {
				t.Errorf("%s: time.%s below daemon and cmd: take the time as an argument", f.at(sel.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

// The test above is only worth something if it refuses what it should.
func TestTheImportRulesRefuseWhatTheyShould(t *testing.T) {
	for _, c := range []struct {
		name, dir, target string
		refused           bool
	}{
		{"a noun imports the standard library", "ticket", "time", false},
		{"a noun imports a module", "ticket", "github.com/tinylib/msgp/msgp", true},
		{"a noun imports a noun", "finding", module + "ticket", true},
		{"rules import nouns", "rules", module + "org", false},
		{"rules import a store", "rules", module + "store", true},
		{"an adapter imports its parent", "connectors/jira", module + "connectors", false},
		{"an adapter imports its sibling", "connectors/jira", module + "connectors/linear", true},
		{"a connector imports a store", "connectors/linear", module + "store/sqlite", true},
		{"a report imports a tracker", "reports", module + "connectors/jira", true},
		{"the daemon imports everything", "daemon", module + "connectors/jira", false},
		{"the dashboard imports reports", "dashboard", module + "reports", false},
		{"the dashboard imports a store", "dashboard", module + "store", true},
		{"the dashboard imports a report's channel", "dashboard", module + "reports/slack", true},
		{"sign-in imports the dashboard", "dashboard/signin", module + "dashboard", false},
		{"the dashboard imports sign-in", "dashboard", module + "dashboard/signin", true},
		{"the command sees a store", "cmd/fairlead", module + "store/sqlite", true},
		{"the daemon imports a test kit", "daemon", module + "store/storetest", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if why := refuse(c.dir, c.target); (why != "") != c.refused {
				t.Errorf("refuse(%s, %s) = %q, want refused: %v", c.dir, c.target, why, c.refused)
			}
		})
	}
}

// refuse says why a file in dir may not import target; empty when it may.
func refuse(dir, target string) string {
	ours, isOurs := strings.CutPrefix(target, module)
	switch {
	case inTestKit(dir):
		return "" // it may use what its tests need
	case !isOurs && slices.Contains(nouns, dir) && strings.Contains(first(target), "."):
		return "the nouns import only the standard library"
	case !isOurs:
		return ""
	case inTestKit(ours):
		return "test kits are for tests"
	case path.Dir(dir) != "." && path.Dir(dir) == ours:
		return "" // an adapter and its parent
	case slices.Contains(mayImport[first(dir)], ours), first(dir) == "daemon" && slices.Contains(mayImport["daemon"], first(ours)):
		return ""
	}
	return fmt.Sprintf("%s may import only %v", first(dir), mayImport[first(dir)])
}

func inTestKit(dir string) bool {
	return slices.ContainsFunc(testKits, func(kit string) bool { return dir == kit || strings.HasPrefix(dir, kit+"/") })
}

func first(p string) string {
	head, _, _ := strings.Cut(p, "/")
	return head
}

type source struct {
	dir  string
	ast  *ast.File
	fset *token.FileSet
}

func (s source) at(p token.Pos) string {
	pos := s.fset.Position(p)
	return fmt.Sprintf("%s:%d:%d", filepath.ToSlash(pos.Filename), pos.Line, pos.Column)
}

// sources parses every file of ours that is not a test. It reads them itself,
// because the test cache does not see what an outer "go list" reads.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		out = append(out, source{dir: filepath.ToSlash(filepath.Dir(p)), ast: f, fset: fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("found only %d files: is the test run from the repository's root?", len(out))
	}
	return out
}
