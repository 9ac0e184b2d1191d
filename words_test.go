package fairlead_test

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// accusing are words that grade or blame people; nothing that a user can read
// says them.
var accusing = regexp.MustCompile(`(?i)\b(violat\w*|offend\w*|failed to|guilty|blam(e|ed|ing)|scores?|scored|scoring|compliance|culprit|bad)\b`)

func TestNothingAUserReadsAccuses(t *testing.T) {
	for _, f := range sources(t) {
		if inTestKit(f.dir) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && field.Tag != nil {
				report(t, f.at(field.Tag.Pos()), field.Tag.Value)
			}
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				report(t, f.at(lit.Pos()), lit.Value)
			}
			return true
		})
	}
	for _, path := range readable(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			report(t, filepath.ToSlash(path)+":"+strconv.Itoa(n), line)
		}
	}
}

func TestTheAccusingWordsAreFound(t *testing.T) {
	for _, text := range []string{"2 violations", "Dana failed to link it", "a compliance score of 80", "the offender"} {
		if !accusing.MatchString(text) {
			t.Errorf("%q passes", text)
		}
	}
	for _, text := range []string{"3 open exceptions", "it failed in the middle", "badge", "underscored"} {
		if accusing.MatchString(text) {
			t.Errorf("%q is refused", text)
		}
	}
}

func report(t *testing.T, at, text string) {
	t.Helper()
	if word := accusing.FindString(text); word != "" {
		t.Errorf("%s: %q: say what happened to the work instead", at, word)
	}
}

// readable lists the files that people read beside the program's own output.
func readable(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		switch filepath.Ext(p) {
		case ".md", ".yaml", ".tmpl", ".html", ".css":
			out = append(out, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
