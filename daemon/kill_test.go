package daemon_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
)

// killedProcess names the configuration that a process started by the test
// below syncs, in the place of running tests.
const killedProcess = "FAIRLEAD_TEST_SYNC"

func init() {
	if path := os.Getenv(killedProcess); path != "" {
		if err := syncHere(context.Background(), path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

func syncHere(ctx context.Context, path string) error {
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		return err
	}
	f, err := daemon.Open(ctx, cfg, daemon.Options{})
	if err != nil {
		return err
	}
	if _, err := f.Sync(ctx, nil, nil); err != nil {
		return err
	}
	return f.Close()
}

// trackers are the three sites of the story, whose requests are counted, and
// which run a hook once a request was answered.
type trackers struct {
	story simulator.Config
	at    simulator.Addresses
	logs  map[string]*simulator.Log

	mu       sync.Mutex
	answered func()
}

func newTrackers(t *testing.T) *trackers {
	t.Helper()
	world, story := simulator.Story(7, date(2026, time.November, 16, 8))
	// Small pages make many moments to be killed at.
	story.Cloud.PageCap, story.DataCenter.PageCap = 1, 2
	s := &trackers{story: story, logs: map[string]*simulator.Log{}}
	s.at = simulator.Addresses{
		JiraCloud:      s.serve(t, "cloud", world.JiraCloud(story.Cloud)),
		JiraDataCenter: s.serve(t, "data center", world.JiraDataCenter(story.DataCenter)),
		Linear:         s.serve(t, "linear", world.Linear(story.Tracker)),
	}
	return s
}

func (s *trackers) serve(t *testing.T, name string, site http.Handler) string {
	log := &simulator.Log{}
	s.logs[name] = log
	watched := log.Watch(site)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched.ServeHTTP(w, r)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.answered != nil {
			s.answered()
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// onAnswer sets the hook; nil takes it away.
func (s *trackers) onAnswer(hook func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered = hook
}

// pages lists the requests of a site for a page of changed tickets.
func (s *trackers) pages(site string) []string {
	return slices.DeleteFunc(s.logs[site].Lines(), func(line string) bool { return !isPage(line) })
}

// isPage tells a request for a page of changed tickets, whole as they are, from
// all others.
func isPage(line string) bool {
	return strings.Contains(line, "/search") && strings.Contains(line, "fields=summary") && strings.Contains(line, "ORDER+BY+updated")
}

// folder is a place with the story's configuration and no store yet.
func (s *trackers) folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range s.story.Files(s.at) {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return filepath.Join(dir, "fairlead.yaml")
}

// syncIn starts a process that syncs, kills it some time after it was given so
// many answers (0: never), and tells whether it was killed.
func (s *trackers) syncIn(t *testing.T, path string, answers int, delay time.Duration) (killed bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), killedProcess+"="+path)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if answers > 0 {
		s.onAnswer(func() {
			if answers--; answers == 0 {
				time.AfterFunc(delay, func() { _ = cmd.Process.Kill() }) // already over is fine
			}
		})
	}
	err := cmd.Wait()
	s.onAnswer(nil)
	if err != nil && cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the sync ended with %v: %s", err, said.String())
	}
	return err != nil
}

// kills is how often the process is killed.
const kills = 20

func TestASyncThatIsKilledAgainAndAgainEndsLikeAQuietOne(t *testing.T) {
	notInShort(t)
	quiet := newTrackers(t)
	calm := quiet.folder(t)
	quiet.syncIn(t, calm, 0, 0)

	s := newTrackers(t)
	path := s.folder(t)
	rng := rand.New(rand.NewPCG(20, 26))
	within := 0                    // how often a process began within Jira Cloud's first pass
	first := map[string][]string{} // pages asked for by the end of a site's first complete pass
	for killed := 0; killed < kills; {
		before := len(s.logs["cloud"].Lines())
		cursor := cursorOf(t, path, "jira acme")
		// From among the first questions up to some pages of tickets, and up to
		// some milliseconds later: while it decodes, commits or asks again.
		if s.syncIn(t, path, 1+rng.IntN(100), time.Duration(rng.IntN(5000))*time.Microsecond) {
			killed++
		} else if len(first) < len(jiraSites) {
			t.Fatalf("the sync ended before kill %d: it has to be killed earlier", killed+1)
		}
		if goesOnAt(t, s.logs["cloud"].Lines()[before:], cursor) {
			within++
		}
		s.noteComplete(t, path, first)
	}
	if s.syncIn(t, path, 0, 0) {
		t.Fatal("nobody killed the last one")
	}
	s.noteComplete(t, path, first)

	got, want := ticketsIn(t, path), ticketsIn(t, calm)
	if len(want) == 0 || len(got) != len(want) {
		t.Fatalf("%d tickets arrived, want %d", len(got), len(want))
	}
	sources := strings.NewReplacer(s.at.JiraCloud, quiet.at.JiraCloud, s.at.JiraDataCenter, quiet.at.JiraDataCenter, s.at.Linear, quiet.at.Linear)
	for i := range want {
		got[i].URL = sources.Replace(got[i].URL)
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%s differs:\n got %+v\nwant %+v", want[i].Key, got[i], want[i])
		}
	}
	if within == 0 {
		t.Error("no process began within Jira Cloud's first pass: the test shows nothing of it")
	}
	for site, pages := range first {
		least := len(quiet.pages(site))
		if again := repeated(pages); again > kills || least < 50 {
			t.Errorf("%d pages of %s were asked for twice, want at most one in flight for each of %d kills; %d are enough", again, site, kills, least)
		}
	}
	// Data Center's pages are all there are; Cloud's come on top when a pass looks
	// once more for what is new.
	if least, asked := len(quiet.pages("data center")), len(first["data center"]); asked < least || asked > least+kills {
		t.Errorf("%d pages of data center were asked for, want %d and at most one in flight for each of %d kills", asked, least, kills)
	}
}

// repeated counts the lines that were there before.
func repeated(lines []string) (n int) {
	seen := map[string]bool{}
	for _, line := range lines {
		if seen[line] {
			n++
		}
		seen[line] = true
	}
	return n
}

// goesOnAt checks that a process asked Jira Cloud for no page before the one at
// which the stored cursor says to go on, which holds that page's token. It tells
// whether that was within a pass.
func goesOnAt(t *testing.T, asked []string, cursor string) (within bool) {
	t.Helper()
	for _, line := range asked {
		if !isPage(line) {
			continue
		}
		_, token, _ := strings.Cut(line, "nextPageToken=")
		within = strings.Contains(cursor, `"token":"`)
		if within && (token == "" || !strings.Contains(cursor, token)) {
			t.Errorf("it went on at %q, want the page of cursor %s", token, cursor)
		}
		return within
	}
	return false
}

func cursorOf(t *testing.T, path, source string) string {
	t.Helper()
	st := storeOf(t, path)
	defer func() { _ = st.Close() }()
	cursor, err := st.Cursor(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	return cursor
}

// jiraSites are the sites whose pages can be told from their addresses.
var jiraSites = map[string]string{"jira acme": "cloud", "jira core": "data center"}

// noteComplete notes which pages the sites were asked for whose first pass
// has just ended; what comes after is the overlap of the next passes.
func (s *trackers) noteComplete(t *testing.T, path string, first map[string][]string) {
	t.Helper()
	st := storeOf(t, path)
	defer func() { _ = st.Close() }()
	runs, err := st.Runs(t.Context(), store.RunSync, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		site := jiraSites[r.Source]
		if _, noted := first[site]; site != "" && !noted && r.Error == "" {
			first[site] = s.pages(site)
		}
	}
}

// storeBeside is the file of the store that belongs to a configuration.
func storeBeside(config string) string { return filepath.Join(filepath.Dir(config), "fairlead.db") }

func storeOf(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	st, err := sqlite.Open(t.Context(), storeBeside(path))
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func ticketsIn(t *testing.T, path string) (all []ticket.Ticket) {
	t.Helper()
	st := storeOf(t, path)
	defer func() { _ = st.Close() }()
	for one, err := range st.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}
