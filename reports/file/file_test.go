package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

func TestChannelKeepsThePromises(t *testing.T) {
	reporttest.Run(t, func(t *testing.T) reporttest.Harness {
		dir := filepath.Join(t.TempDir(), "reports")
		return reporttest.Harness{
			Channel:   channel(t, dir),
			Delivered: func(t *testing.T) map[string]string { return readAll(t, dir) },
			Sent:      func(t *testing.T) map[string][]byte { return reportFiles(t, dir) },
			Troubles: map[string]func(t *testing.T){
				"a file stands in the folder's place": func(t *testing.T) {
					if err := os.WriteFile(dir, nil, 0o600); err != nil {
						t.Fatal(err)
					}
				},
			},
		}
	})
}

func channel(t *testing.T, dir string, formats ...reports.Format) *Channel {
	t.Helper()
	c, err := New(dir, formats...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// readAll reads every file below dir, by its path.
func readAll(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		out[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// reportFiles are the files of reports, without what only leads to them.
func reportFiles(t *testing.T, dir string) map[string][]byte {
	out := map[string][]byte{}
	for path, text := range readAll(t, dir) {
		if base := filepath.Base(path); base != "team.json" && !strings.HasPrefix(base, "index.") {
			out[path] = []byte(text)
		}
	}
	return out
}

func deliver(t *testing.T, c *Channel, in reports.Inputs) string {
	t.Helper()
	receipt, err := c.Deliver(t.Context(), reports.Delivery{Report: reports.Build(in)}, keep)
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Place
}

// keep takes a receipt for stored.
func keep(reports.Receipt) error { return nil }

func TestAReportIsWrittenInEveryFormat(t *testing.T) {
	dir := t.TempDir()
	place := deliver(t, channel(t, dir), reporttest.NormalWeek())
	if want := filepath.Join(dir, "payments", "2026-W46.html"); place != want {
		t.Errorf("place = %q, want %q", place, want)
	}
	got := readAll(t, dir)
	for _, name := range []string{"index.html", "payments/team.json", "payments/2026-W46.html", "payments/2026-W46.md", "payments/2026-W46.txt", "payments/2026-W46.json"} {
		if got[filepath.Join(dir, name)] == "" {
			t.Errorf("%s is not there", name)
		}
	}
	if len(got) != 6 {
		t.Errorf("%d files, want 6", len(got))
	}
}

func TestOneFormatIsEnough(t *testing.T) {
	dir := t.TempDir()
	c := channel(t, dir, reports.FormatText)
	if place := deliver(t, c, reporttest.NormalWeek()); !strings.HasSuffix(place, ".txt") {
		t.Errorf("place = %q, want the text", place)
	}
	if index := readAll(t, dir)[filepath.Join(dir, "index.html")]; !strings.Contains(index, `href="payments/2026-W46.txt"`) {
		t.Errorf("the index does not link the text:\n%s", index)
	}
}

func TestTheSameReportLeavesTheFilesUntouched(t *testing.T) {
	dir := t.TempDir()
	c := channel(t, dir)
	place := deliver(t, c, reporttest.NormalWeek())
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for path := range readAll(t, dir) {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	deliver(t, c, reporttest.NormalWeek())
	for path := range readAll(t, dir) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if !info.ModTime().Equal(old) {
			t.Errorf("%s was written again", path)
		}
	}
	deliver(t, c, reporttest.EveryEnding())
	if info, err := os.Stat(place); err != nil || info.ModTime().Equal(old) {
		t.Errorf("the corrected report was not written: %v", err)
	}
}

func TestTheIndexLinksTeamsAndWeeks(t *testing.T) {
	dir := t.TempDir()
	core := reporttest.NormalWeek()
	core.Team.ID, core.Team.Name = "Core/1", "A <b>core</b> team"
	for _, in := range []reports.Inputs{reporttest.ForTheEM(), reporttest.ClockChange(), reporttest.NormalWeek(), core} {
		deliver(t, channel(t, dir), in)
	}
	index := readAll(t, dir)[filepath.Join(dir, "index.html")]
	at := -1
	for _, want := range []string{"2 teams", "A &lt;b&gt;core&lt;/b&gt; team", `href="_43ore_2f1/2026-W46.html"`, ">Payments<", `href="payments/2026-W46.html"`, `href="payments/2026-W43.html"`} {
		next := strings.Index(index, want)
		if next <= at {
			t.Errorf("%q is at %d, want it after %d in\n%s", want, next, at, index)
		}
		at = next
	}
	if strings.Contains(index, ".em.") {
		t.Errorf("the index links the EM's report:\n%s", index)
	}
	forEMs := readAll(t, dir)[filepath.Join(dir, "index.em.html")]
	if !strings.Contains(forEMs, ".em.") || strings.Contains(forEMs, `W46.html"`) {
		t.Errorf("the EM's own index does not link the EM's reports alone:\n%s", forEMs)
	}
}

func TestTheIndexForgetsWhatWasDeleted(t *testing.T) {
	dir := t.TempDir()
	deliver(t, channel(t, dir), reporttest.ClockChange())
	if err := os.RemoveAll(filepath.Join(dir, "payments")); err != nil {
		t.Fatal(err)
	}
	deliver(t, channel(t, dir), reporttest.NormalWeek())
	if index := readAll(t, dir)[filepath.Join(dir, "index.html")]; strings.Contains(index, "2026-W43") {
		t.Errorf("the index still links week 43:\n%s", index)
	}
}

func TestANarrowReportIsForItsOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	for place, narrow := range map[string]bool{
		deliver(t, channel(t, dir), reporttest.NormalWeek()): false,
		deliver(t, channel(t, dir), reporttest.ForTheEM()):   true,
	} {
		info, err := os.Stat(place)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); narrow && got&0o077 != 0 {
			t.Errorf("%s has mode %o, readable by others", place, got)
		}
	}
}

func TestNothingIsWrittenOutsideTheFolder(t *testing.T) {
	base := t.TempDir()
	dir, outside := filepath.Join(base, "reports"), filepath.Join(base, "outside")
	if err := errors.Join(os.Mkdir(dir, 0o755), os.Mkdir(outside, 0o755), os.Symlink(outside, filepath.Join(dir, "payments"))); err != nil {
		t.Fatal(err)
	}
	if receipt, err := channel(t, dir).Deliver(t.Context(), reports.Delivery{Report: reports.Build(reporttest.NormalWeek())}, keep); err == nil {
		t.Errorf("delivered to %q through a symbolic link", receipt.Place)
	}
	for _, id := range reporttest.StrangeIDs() {
		r := reports.Build(reporttest.QuietWeek())
		r.Team.ID, r.Week.ID = id, id
		if id == "payments" {
			continue
		}
		if _, err := channel(t, dir).Deliver(t.Context(), reports.Delivery{Report: r}, keep); err != nil {
			t.Errorf("team %q: %v", id, err)
		}
	}
	if got := readAll(t, outside); len(got) > 0 {
		t.Errorf("outside the folder stands %q", got)
	}
	entries, err := os.ReadDir(base)
	if err != nil || len(entries) != 2 {
		t.Errorf("beside the folder stand %v, %v", entries, err)
	}
}

func TestAnObstacleIsNamed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reports")
	if err := os.WriteFile(dir, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := channel(t, dir).Deliver(t.Context(), reports.Delivery{Report: reports.Build(reporttest.NormalWeek())}, keep)
	if err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("err = %v, want one that names %s", err, dir)
	}
}

func TestNothingHalfWrittenIsLeft(t *testing.T) {
	dir := t.TempDir()
	// A folder in the place of the file cannot be renamed over.
	if err := os.MkdirAll(filepath.Join(dir, "payments", "team.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := channel(t, dir).Deliver(t.Context(), reports.Delivery{Report: reports.Build(reporttest.NormalWeek())}, keep); err == nil {
		t.Error("delivered over a folder")
	}
	if got := readAll(t, dir); len(got) > 0 {
		t.Errorf("left behind: %q", got)
	}
}

func TestAFolderMustBeNamed(t *testing.T) {
	if _, err := New(""); err == nil {
		t.Error("a channel without a folder was made")
	}
}

func TestPathsSayWhatTheyHold(t *testing.T) {
	for _, c := range []struct{ id, want string }{
		{"payments", "payments"}, {"core-2", "core-2"}, {"Payments", "_50ayments"}, {"..", "_2e_2e"}, {"", "_"}, {"a_b", "a_5fb"},
		{"con", "__con"}, {"2026-W46", "2026-W46"}, {"é", "_c3_a9"},
	} {
		if got := safe(c.id); got != c.want {
			t.Errorf("safe(%q) = %q, want %q", c.id, got, c.want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, id := range reporttest.StrangeIDs() {
		f.Add(id, "payments")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		one, two := safe(a), safe(b)
		if a != b && strings.EqualFold(one, two) {
			t.Errorf("%q and %q share the name %q", a, b, one)
		}
		if !filepath.IsLocal(one) || strings.ContainsAny(one, `/\.`) || len(one) > longestName {
			t.Errorf("safe(%q) = %q, which is no plain name", a, one)
		}
	})
}

func TestEveryReportHasAPlaceOfItsOwn(t *testing.T) {
	places := map[string]string{}
	add := func(name string, r reports.Report) {
		place := strings.ToLower(Path(r, reports.FormatText))
		if before, taken := places[place]; taken {
			t.Errorf("%s is at %q, where %s is", name, place, before)
		}
		places[place] = name
	}
	for _, id := range append(reporttest.StrangeIDs(), "_organisation", "_leader_dana", "organisation", "leader", "dana") {
		add("team "+id, reports.Report{Kind: reports.OfTeam, Team: reports.TeamName{ID: id}, Week: reports.Week{ID: "2026-W46"}, Reader: "team"})
		add("leader "+id, reports.Report{Kind: reports.ToLeader, For: id, Week: reports.Week{ID: "2026-W46"}, Reader: reports.ForLeader})
		add("reminder "+id, reports.Report{Kind: reports.Reminder, For: id, Week: reports.Week{ID: "2026-W46"}, Reader: "team"})
	}
	add("the organisation", reports.BuildOrg(reporttest.Organisation()))
}
