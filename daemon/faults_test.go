package daemon_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/simulator"
)

// site is a simulated Jira Cloud with one project, whose answers a test may spoil.
type site struct {
	url   string
	world *simulator.World
	calm  http.Handler
	now   http.Handler
}

// spoil makes the site answer with the faults from now on, and only them.
func (s *site) spoil(faults ...simulator.Fault) { s.now = simulator.Faulty(s.calm, faults...) }

const siteToken = "tok-3f9a-do-not-show"

// newSite holds the story of the demo.
func newSite(t *testing.T) *site {
	t.Helper()
	world, story := simulator.Story(7, date(2026, time.November, 16, 8))
	options := story.Cloud
	options.Token, options.PageCap = siteToken, 20
	s := &site{world: world, calm: world.JiraCloud(options)}
	s.spoil()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.now.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *site) files(user string) map[string]string {
	_, story := simulator.Story(7, date(2026, time.November, 16, 8))
	files := story.Files(simulator.Addresses{JiraCloud: s.url, JiraDataCenter: s.url, Linear: s.url})
	files["fairlead.yaml"] = "sources:\n  - {jira: \"" + s.url + "\", deployment: cloud, name: jira acme, user: " + user +
		", token: \"${TOKEN}\", projects: [PAY]}\norg: org.yaml\nreports:\n  - to: file:./reports\n"
	return files
}

func (s *site) open(t *testing.T, dir string, clock daemon.Clock, log *zap.Logger) *daemon.Fairlead {
	t.Helper()
	_, story := simulator.Story(7, date(2026, time.November, 16, 8))
	return openAt(t, dir, s.files(story.Cloud.User), map[string]string{"TOKEN": siteToken}, daemon.Options{Clock: clock, Log: log})
}

func TestWhatWasReadBeforeAFaultStaysAndFindingsFreeze(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault simulator.Fault
		fix   string // part of what the operator is told to do
	}{
		{"a 500 in the middle", simulator.Fault{Match: simulator.PathHas("/search"), After: 2, Do: simulator.Status(500)}, ""},
		{"a page cut in half", simulator.Fault{Match: simulator.PathHas("/search"), After: 2, Do: simulator.CutBody(900)}, ""},
		{"a 200 with HTML instead of JSON", simulator.Fault{Match: simulator.PathHas("/search"), After: 2, Do: simulator.HTML200}, ""},
		{"a limit longer than our patience", simulator.Fault{Match: simulator.PathHas("/search"), After: 2, Do: simulator.Status(429, "Retry-After", "7200")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, dir := newSite(t), t.TempDir()
			clock := &stillClock{date(2026, time.November, 16, 8)}
			f := s.open(t, dir, clock, nil)
			if _, err := f.Sync(t.Context(), nil, nil); err != nil {
				t.Fatal(err)
			}
			before, err := f.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if before.Open == 0 {
				t.Fatal("nothing is open: the test shows nothing")
			}

			clock.at = clock.at.Add(24 * time.Hour)
			broken := s.open(t, t.TempDir(), clock, nil) // a new store reads from the beginning, into the fault
			s.spoil(c.fault)
			results, err := broken.Sync(t.Context(), nil, nil)
			told := &connectors.Error{}
			if !errors.As(err, &told) || told.Place == "" || told.Said == "" || told.Fix == "" {
				t.Errorf("err = %#v, want place, words and a fix", err)
			}
			if results[0].Tickets != 40 {
				t.Errorf("%d tickets were kept, want the 40 of two pages", results[0].Tickets)
			}

			s.spoil(simulator.Fault{Do: c.fault.Do})
			if _, err := f.Sync(t.Context(), nil, nil); err == nil {
				t.Fatal("the sync went well, want the fault")
			}
			after, err := f.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if after.Frozen != before.Open || after.Open != before.Open || after.Opened+after.Settled+after.AgedOut != 0 {
				t.Errorf("after the fault the check did %+v, want all %d frozen", after, before.Open)
			}

			s.spoil()
			again, err := broken.Sync(t.Context(), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if total := len(s.world.Issues("PAY")); results[0].Changed+again[0].Changed != total {
				t.Errorf("%d and then %d tickets arrived, want %d together", results[0].Changed, again[0].Changed, total)
			}
		})
	}
}

func TestAReportSaysThatItsDataIsStale(t *testing.T) {
	s := newSite(t)
	clock := &stillClock{date(2026, time.November, 16, 8)}
	f := s.open(t, t.TempDir(), clock, nil)
	if _, err := f.Run(t.Context(), "last", nil); err != nil {
		t.Fatal(err)
	}
	clock.at = clock.at.Add(7 * 24 * time.Hour)
	s.spoil(simulator.Fault{Do: simulator.Status(503)})
	result, err := f.Run(t.Context(), "last", nil)
	if err == nil {
		t.Error("the run went well, want what stood in the way of the sync")
	}
	if len(result.Reports) == 0 {
		t.Error("no report was written, want one that says its data is stale")
	}
	var page bytes.Buffer
	if err := f.Report(t.Context(), &page, daemon.ReportRequest{Team: "payments", Week: "last", For: "team", Format: "text"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "was last read on") || !strings.Contains(page.String(), "frozen") {
		t.Errorf("the report does not say that its data is stale:\n%s", page.String())
	}
}

func TestNoSecretIsShownWhateverGoesWrong(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault simulator.Fault
	}{
		{"the token is refused", simulator.Fault{Do: simulator.Reply(401, "the token "+siteToken+" is not known")}},
		{"the site echoes the request", simulator.Fault{Do: simulator.Reply(400, "Authorization: Basic "+siteToken)}},
		{"the site answers with a page that holds it", simulator.Fault{Do: simulator.Reply(200, "<html>"+siteToken+"</html>")}},
		{"the connection is reset", simulator.Fault{Do: simulator.Reset}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, dir := newSite(t), t.TempDir()
			s.spoil(c.fault)
			var logged bytes.Buffer
			log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&logged), zapcore.DebugLevel))
			clock := &stillClock{date(2026, time.November, 16, 8)}
			f := s.open(t, dir, clock, log)
			_, err := f.Run(t.Context(), "last", nil)
			if err == nil {
				t.Fatal("the run went well, want a refusal")
			}
			var page bytes.Buffer
			if err := f.Report(t.Context(), &page, daemon.ReportRequest{Team: "payments", Week: "this", For: "em", Format: "html"}); err != nil {
				t.Fatal(err)
			}
			for where, text := range map[string]string{
				"the error": err.Error(), "the log": logged.String(), "the report": page.String(), "the store": read(t, dir+"/fairlead.db") + read(t, dir+"/fairlead.db-wal"),
			} {
				if strings.Contains(text, siteToken) {
					t.Errorf("%s shows the token:\n%.600s", where, text)
				}
			}
		})
	}
}

func TestAnInterruptedSyncIsNoTroubleOfTheTracker(t *testing.T) {
	s := newSite(t)
	clock := &stillClock{date(2026, time.November, 16, 8)}
	f := s.open(t, t.TempDir(), clock, nil)
	ctx, stop := context.WithCancel(t.Context())
	s.spoil(simulator.Fault{Match: simulator.PathHas("/search"), After: 2, Do: simulator.Before(stop)})
	results, err := f.Sync(ctx, nil, nil)
	if !errors.Is(err, context.Canceled) || !strings.Contains(results[0].Error, "interrupted") {
		t.Fatalf("the sync came to %v, %q, want that it was interrupted", err, results[0].Error)
	}
	var page bytes.Buffer
	if err := f.Report(t.Context(), &page, daemon.ReportRequest{Team: "payments", Week: "last", For: "team", Format: "text"}); err != nil {
		t.Fatal(err)
	}
	if told := strings.Join(strings.Fields(page.String()), " "); strings.Contains(told, "context canceled") || !strings.Contains(told, "Jira has not been read yet, so this is not the whole picture") {
		t.Errorf("the report does not say plainly that Jira was not read to the end:\n%s", page.String())
	}
	s.spoil()
	again, err := f.Sync(t.Context(), nil, nil)
	if err != nil || results[0].Changed+again[0].Changed != len(s.world.Issues("PAY")) {
		t.Errorf("%d and then %d tickets arrived, %v, want all %d", results[0].Changed, again[0].Changed, err, len(s.world.Issues("PAY")))
	}
}

func TestAStoreThatCannotBeOpenedIsNamedOnce(t *testing.T) {
	s, dir := newSite(t), t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "fairlead.db"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range s.files("fairlead@acme.example") {
		write(t, filepath.Join(dir, name), text)
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(string) (string, bool) { return siteToken, true })
	if err != nil {
		t.Fatal(err)
	}
	_, err = daemon.Open(t.Context(), cfg, daemon.Options{})
	if err == nil || strings.Count(err.Error(), "open store") != 1 || !strings.Contains(err.Error(), "store: sqlite:") {
		t.Errorf("err = %v, want it said once, and where the file is named", err)
	}
}
