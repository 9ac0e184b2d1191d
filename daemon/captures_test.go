package daemon_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors/jira/replay"
	"github.com/fairlead-dev/fairlead/daemon"
)

// stillClock stands at one moment until a test moves it; nobody waits.
type stillClock struct{ at time.Time }

func (c *stillClock) Now() time.Time { return c.at }

func (c *stillClock) Sleep(ctx context.Context, d time.Duration) error {
	c.at = c.at.Add(d)
	return ctx.Err()
}

// capturedOrg makes people of the accounts that appear in the captures, so that
// rules about people have something to judge: whoever assigned most is declared a
// director, those assigned are engineers, and an EM who never touched a ticket.
const capturedOrg = `
people:
  - {id: lee, name: Lee Park, email: lee@acme.example, role: em}
  - {id: dana, name: Dana Ruiz, jira: ["557058:c0d4c79114f4945ea9c91670", user453], role: director}
  - {id: mina, name: Mina Osei, jira: ["557058:e6fd39f9af7a28c0eb4f3d1a", "557058:2421772778b3f19ce4f6c91c"], role: engineer}
  - {id: jo, name: Jo Ade, jira: ["557058:48dc3f0054bbb8e4cd6257cb", user500], role: engineer}
  - {id: kim, name: Kim Roy, jira: "557058:0edbfc7dbae810565e816705", role: engineer, manager: dana}
teams:
  - {id: crew, em: lee, members: [mina, jo, kim], owns: {jira: {projects: [%s, ANSWERS]}}}
`

// openCapture opens fairlead on a replayed site at the moment given.
func openCapture(t testing.TB, site *replay.Site, at time.Time) *daemon.Fairlead {
	t.Helper()
	return openAt(t, t.TempDir(), captureFiles(site), map[string]string{"TOKEN": replay.Token}, daemon.Options{Clock: &stillClock{at}})
}

func captureFiles(site *replay.Site) map[string]string {
	projects := strings.Join(site.Projects, ", ")
	login := "deployment: data-center"
	if site.Cloud {
		login = "deployment: cloud, user: " + replay.User
	}
	return map[string]string{
		"fairlead.yaml": fmt.Sprintf("sources:\n  - {jira: %q, name: jira captured, %s, token: \"${TOKEN}\", projects: [%s]}\norg: org.yaml\n",
			site.URL, login, projects),
		"org.yaml": fmt.Sprintf(capturedOrg, projects),
	}
}

// openAt writes the files and opens fairlead on them.
func openAt(t testing.TB, dir string, files, env map[string]string, o daemon.Options) *daemon.Fairlead {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	f, err := daemon.Open(t.Context(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func TestCapturedTicketsGoThroughTheWholeLine(t *testing.T) {
	for _, c := range []struct {
		capture replay.Capture
		at      time.Time // a moment at which the captured work was going on
		// What is open by rule, of the whole catalog: what is not named does not fire.
		// The histories of the first are not captured, and most of its people are
		// none of ours.
		want map[string]int
	}{
		{replay.Titanium, date(2021, 12, 2, 14), map[string]int{
			"feature-without-problem": 23, "no-accountable-owner": 27, "single-point-of-failure": 1,
			"work-outside-sprint": 26, "work-without-goal": 18, "work-without-sprint-goal": 1,
		}},
		{replay.Server2017, date(2012, 6, 25, 12), map[string]int{"assigned-bypassing-em": 1}},
		{replay.CloudSite, date(2020, 6, 20, 12), map[string]int{
			"assigned-bypassing-em": 15, "decision-not-recorded": 3, "feature-without-problem": 5,
			"leadership-in-execution": 4, "planning-snuck-up": 1,
		}},
		{replay.DataCenter, date(2023, 7, 27, 12), map[string]int{}},
	} {
		t.Run(c.capture.File, func(t *testing.T) {
			site := replay.New(t, c.capture)
			f := openCapture(t, site, c.at)
			first := syncOnce(t, f)
			if first.Changed != c.capture.Issues {
				t.Errorf("%d tickets arrived, want %d", first.Changed, c.capture.Issues)
			}
			site.Forget()
			second := syncOnce(t, f)
			if second.Changed != 0 {
				t.Errorf("the second sync changed %d tickets, want none", second.Changed)
			}
			if n := searchPages(site); n > 2 {
				t.Errorf("the second sync asked for %d pages, want two at the most", n)
			}
			result, err := f.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for _, r := range result.Rules {
				got[r.Rule] = r.Open
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("open findings by rule = %v, want %v", got, c.want)
			}
			if len(result.Stopped) > 0 {
				t.Errorf("rules that could not be evaluated: %v", result.Stopped)
			}
			t.Logf("%d tickets, %d changes, findings %v", first.Tickets, first.Changes, got)
		})
	}
}

func date(y int, m time.Month, d, h int) time.Time { return time.Date(y, m, d, h, 0, 0, 0, time.UTC) }

// syncOnce makes one pass over the only source.
func syncOnce(t testing.TB, f *daemon.Fairlead) daemon.SyncResult {
	t.Helper()
	results, err := f.Sync(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

func searchPages(site *replay.Site) int {
	n := 0
	for _, r := range site.Requests() {
		if strings.HasPrefix(r.Path, "/rest/api/2/search") {
			n++
		}
	}
	return n
}
