package daemon_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
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

// servedDemo is a demo whose pages are looked at before it ends.
func servedDemo(t *testing.T, dir, as string, look func(url string)) daemon.DemoResult {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done, err := daemon.Demo(ctx, daemon.DemoOptions{Dir: dir, Team: "payments", Serve: "127.0.0.1:0", As: as, Ready: func(d daemon.DemoResult) {
		defer stop()
		look(d.URL)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestTheDemoTellsTheSameStoryEveryTime(t *testing.T) {
	notInShort(t)
	dir := t.TempDir()
	first := runDemo(t, dir)
	golden(t, "testdata/demo.txt", first.Report)
	again := servedDemo(t, dir, "lee", func(url string) {
		t.Run("its trends are marked where agreements changed", func(t *testing.T) { hasMarks(t, url) })
	})
	if again != first {
		t.Errorf("the second demo in the same folder told\n%s\nwant\n%s", again.Report, first.Report)
	}
	for _, name := range []string{"reports/index.html", "fairlead.yaml", "org.yaml", "teams/payments.yaml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "reports", "*", "2026-W*.html"))
	if err != nil || len(pages) != 3*26 {
		t.Errorf("pages of %d reports, %v, want one for each of three teams and 26 weeks", len(pages), err)
	}
	f := openedDemo(t, dir)
	t.Run("its trends are half a year long", func(t *testing.T) { hasTrends(t, f) })
	t.Run("its findings ended in every way", func(t *testing.T) { hasEveryEnding(t, f) })
	t.Run("its experiments came to something", func(t *testing.T) { hasVerdicts(t, f) })
}

// standing is a clock that stands where the demo ends.
type standing struct{}

func (standing) Now() time.Time { return time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC) }

func (standing) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// openedDemo is what the demo left behind, opened anew.
func openedDemo(t *testing.T, dir string) *daemon.Fairlead {
	t.Helper()
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	f, err := daemon.Open(t.Context(), cfg, daemon.Options{Clock: standing{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func hasTrends(t *testing.T, f *daemon.Fairlead) {
	for _, team := range append(daemon.DemoTeams(), "") {
		shown, err := f.Trends(t.Context(), daemon.TrendsRequest{Team: team, Weeks: 26})
		if err != nil {
			t.Fatal(err)
		}
		known, most, least := 0, 0.0, 1000.0
		for _, week := range shown.Weeks {
			if n, is := week.Values["open"]; is {
				known, most, least = known+1, max(most, n), min(least, n)
			}
		}
		if known != 26 || most < 8 || least > 1 {
			t.Errorf("team %q: %d weeks are known, with %.0f to %.0f open; want all 26, from 1 at most to 8 at least", team, known, least, most)
		}
	}
}

// hasMarks looks for what changed in the files of payments, on a page and with the
// experiments, on the axis of half a year.
func hasMarks(t *testing.T, url string) {
	for _, path := range []string{"/", "/teams/payments"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path+"?weeks=26", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, resp.Status, err)
		}
		for _, mark := range []string{
			`<li data-week="2026-W25"><a href="/teams/payments/agreements/feature-without-problem">Agreement changed: `,
			`>Co-written sprint goals began</a></li>`,
		} {
			if !strings.Contains(string(page), mark) {
				t.Errorf("%s holds no %s", path, mark)
			}
		}
	}
}

func hasEveryEnding(t *testing.T, f *daemon.Fairlead) {
	all, err := f.Findings(t.Context(), daemon.ListRequest{State: "all"})
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]int{}
	for i := range all {
		states[all[i].State]++
	}
	for state, least := range map[string]int{"open": 10, "settled": 100, "answered": 5, "waived": 2, "aged-out": 10} {
		if states[state] < least {
			t.Errorf("%d findings are %s, want %d at least", states[state], state, least)
		}
	}
	waivers, err := f.Waivers(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]int{}
	for _, w := range waivers {
		held[w.State]++
	}
	if held["holds"] < 2 || held["expired"] < 2 {
		t.Errorf("waivers: %v, want some that hold and some that are over", held)
	}
}

func hasVerdicts(t *testing.T, f *daemon.Fairlead) {
	all, err := f.Experiments(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]bool{}
	running := 0
	for i := range all {
		if all[i].State == "running" {
			running++
		} else {
			verdicts[all[i].Verdict] = true
		}
	}
	if running != 1 || !verdicts["moved as expected"] || !verdicts["not moved"] {
		t.Errorf("%d experiments run and %v came of the others; want one running, one that moved and one that did not", running, verdicts)
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
