package ruletest_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
)

// The page that teaches how to write a rule is run: each of its files is read,
// and every test in it has to go as the page says.
func TestTheExamplesOfThePageOnCustomRulesWork(t *testing.T) {
	files := filesOf(t, filepath.Join("..", "..", "docs", "rules", "custom.md"))
	read := func(name string) ([]byte, error) {
		if text, ok := files[path.Clean(filepath.ToSlash(name))]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
	known, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for name, text := range files {
		if !strings.Contains(text, "\ntests:") {
			continue
		}
		trials, err := rules.ReadTests(name, []byte(text), known, read)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, one := range trials {
			ran++
			for _, d := range ruletest.Try(t.Context(), one.Rule, &one.Test).Differences {
				t.Errorf("%s: %s: %s", one.Place, one.Test.Name, d)
			}
		}
	}
	if ran < 9 {
		t.Errorf("%d tests of the page ran, want at least 9", ran)
	}
}

// The mistake that the page shows is the one that is told.
func TestTheMistakeOnThePageOnCustomRulesIsTheOneThatIsTold(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "rules", "custom.md")
	const name = "rules/launch-without-runbook.yaml"
	text := strings.Replace(filesOf(t, page)[name], "in_flight", "in_fligt", 1)
	_, err := rules.Parse(name, []byte(text))
	var mistakes interface{ Error() string }
	if !errors.As(err, &mistakes) {
		t.Fatalf("err = %v, want mistakes", err)
	}
	whole, readErr := os.ReadFile(page)
	if readErr != nil {
		t.Fatal(readErr)
	}
	if !strings.Contains(string(whole), "```text\n"+strings.TrimSpace(err.Error())+"\n```") {
		t.Errorf("the page does not show\n%v", err)
	}
}

// filesOf takes the YAML files of a page, by the name in their first line.
func filesOf(t *testing.T, page string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, part := range strings.Split(string(text), "```yaml\n# ")[1:] {
		body, _, _ := strings.Cut(part, "\n```")
		name, _, _ := strings.Cut(body, "\n")
		out[name] = "# " + body + "\n"
	}
	return out
}
