package reports_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// blaming are the words that nothing a user can read may hold.
var blaming = regexp.MustCompile(`(?i)\b(violat\w*|offen[dc]\w*|fail(s|ed|ure|ures|ing)?( to)?|guilt\w*|bad|badly|worst|blam\w*|scores?|scoring|complian\w*|delinquen\w*|culprits?)\b`)

// shouting are signs of a tone that reports do not take.
var shouting = regexp.MustCompile(`!|[\x{2600}-\x{27BF}\x{1F000}-\x{1FAFF}]`)

func TestNothingWrittenHereBlames(t *testing.T) {
	count := 0
	for _, s := range sources(t, ".") {
		count++
		if word := blaming.FindString(s.text); word != "" {
			t.Errorf("%s: %q in %q", s.at, word, s.text)
		}
	}
	if count < 200 {
		t.Errorf("only %d texts were looked at", count)
	}
}

func TestNoReportBlamesOrShouts(t *testing.T) {
	for _, c := range reporttest.All() {
		for _, f := range reports.Formats() {
			text := string(render(t, c.Report, f))
			if f == reports.FormatHTML {
				_, text, _ = strings.Cut(text, "</style>")
			}
			if word := blaming.FindString(text); word != "" {
				t.Errorf("%s as %s says %q", c.Name, f, word)
			}
			if strings.Contains(c.Name, "hostile") {
				continue // its titles shout on their own
			}
			if sign := shouting.FindString(strings.TrimPrefix(text, "<!DOCTYPE html>")); sign != "" {
				t.Errorf("%s as %s holds %q", c.Name, f, sign)
			}
		}
	}
}

// decimal finds a number with a fraction.
var decimal = regexp.MustCompile(`\d\.\d|%`)

func TestNoReportTellsDecimalsOrPercentages(t *testing.T) {
	for _, c := range reporttest.All() {
		if strings.Contains(c.Name, "hostile") {
			continue
		}
		text := string(render(t, c.Report, reports.FormatText))
		if n := decimal.FindString(text); n != "" {
			t.Errorf("%s holds %q", c.Name, n)
		}
	}
}

type source struct{ at, text string }

// sources lists every string in the Go code below dir, and every template.
func sources(t *testing.T, dir string) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			out = append(out, literals(t, path)...)
		case strings.HasSuffix(path, ".tmpl") || filepath.Base(path) == "schema.json":
			data, err := os.ReadFile(path)
			out = append(out, source{path, string(data)})
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func literals(t *testing.T, path string) []source {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []source
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, source{files.Position(lit.Pos()).String(), text})
		}
		return true
	})
	return out
}
