package daemon_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/daemon"
)

//go:generate go test -run "^TestTheDemoTells|^TestTheReadme" -update .

var update = flag.Bool("update", false, "write golden files anew")

func runDemo(t *testing.T, dir string) daemon.DemoResult {
	t.Helper()
	done, err := daemon.Demo(t.Context(), daemon.DemoOptions{Dir: dir, Team: "payments"})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestTheDemoTellsTheSameStoryEveryTime(t *testing.T) {
	dir := t.TempDir()
	first := runDemo(t, dir)
	golden(t, "testdata/demo.txt", first.Report)
	if again := runDemo(t, dir); again != first {
		t.Errorf("the second demo in the same folder told\n%s\nwant\n%s", again.Report, first.Report)
	}
	for _, name := range []string{"reports/index.html", "fairlead.yaml", "org.yaml", "teams/payments.yaml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "reports", "*", "2026-W46.html"))
	if err != nil || len(pages) != 3 {
		t.Errorf("pages of week 46 = %v, %v, want one for each of three teams", pages, err)
	}
}

func TestTheReadmeShowsWhatIsTrue(t *testing.T) {
	config := strings.TrimSuffix(read(t, "../examples/fairlead.yaml"), "\n")
	for _, shown := range []struct{ begin, end, want string }{
		{"<!-- demo report: kept true by a test -->\n```text\n", "```\n<!-- end of demo report -->", read(t, "testdata/demo.txt")},
		{
			"<!-- smallest configuration: kept true by a test -->\n   ```yaml\n", "   ```\n   <!-- end of smallest configuration -->",
			"   " + strings.ReplaceAll(config, "\n", "\n   ") + "\n",
		},
	} {
		readme := read(t, "../README.md")
		before, rest, ok := strings.Cut(readme, shown.begin)
		got, after, closed := strings.Cut(rest, shown.end)
		if !ok || !closed {
			t.Fatalf("README.md has lost the mark %q", shown.begin)
		}
		if *update {
			write(t, "../README.md", before+shown.begin+shown.want+shown.end+after)
		} else if got != shown.want {
			t.Errorf("README.md shows\n%s\nwant\n%s\nrun go generate ./daemon", got, shown.want)
		}
	}
}

func TestTheDemoLeavesOtherPeoplesFilesAlone(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "fairlead.yaml"), "sources: []\n")
	_, err := daemon.Demo(t.Context(), daemon.DemoOptions{Dir: dir, Team: "payments"})
	if err == nil || !strings.Contains(err.Error(), "--dir") {
		t.Errorf("err = %v, want a refusal that names --dir", err)
	}
	if got := read(t, filepath.Join(dir, "fairlead.yaml")); got != "sources: []\n" {
		t.Errorf("the file became %q", got)
	}
}

// golden compares got with the file, or writes it with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		write(t, path, got)
	}
	if want := read(t, path); got != want {
		t.Errorf("%s differs; got\n%s\nwant\n%s\nrun go generate ./daemon if this is meant", path, got, want)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheDemoLeavesSomebodysFilesAlone(t *testing.T) {
	for _, name := range []string{"org.yaml", "fairlead.db"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), "ours")
		_, err := daemon.Demo(t.Context(), daemon.DemoOptions{Dir: dir, Team: "payments"})
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "--dir") {
			t.Errorf("err = %v, want %s named, and another folder asked for", err, name)
		}
		if got := read(t, filepath.Join(dir, name)); got != "ours" {
			t.Errorf("%s was overwritten", name)
		}
	}
}
