package daemon_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
)

// What a process started by the test below does in the place of running tests.
const (
	servingProcess   = "FAIRLEAD_TEST_SERVE"   // holds how many issues of Jira Cloud and of Linear to serve
	comparingProcess = "FAIRLEAD_TEST_COMPARE" // holds a comparison as JSON
)

func init() {
	for name, do := range map[string]func(string) error{servingProcess: serveHere, comparingProcess: compareHere} {
		task := os.Getenv(name)
		if task == "" {
			continue
		}
		if err := do(task); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// serveHere serves two bulk worlds, says where, and ends with its input.
func serveHere(sizes string) error {
	var jira, linear int
	if _, err := fmt.Sscanf(sizes, "%d,%d", &jira, &linear); err != nil {
		return err
	}
	for _, site := range []http.Handler{
		simulator.Bulk(1, jira).JiraCloud(simulator.Options{BulkCap: 10_000}),
		simulator.Bulk(2, linear).Linear(simulator.Options{}),
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		fmt.Printf("http://%s\n", l.Addr())
		server := &http.Server{Handler: site, ReadHeaderTimeout: time.Hour}
		go func() { _ = server.Serve(l) }() // until the process ends
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// bulkSizes are those of a large company where CI=true, and otherwise small
// enough not to be waited for.
func bulkSizes() (jira, linear int) {
	if os.Getenv("CI") == "true" {
		return 100_000, 20_000
	}
	return 5_000, 1_000
}

// TestTheFirstSyncOfALargeCompanyIsKilledTwentyTimes lets one process sync
// undisturbed and meanwhile kills another one again and again, at pages drawn by
// lot from all there are, while they are on their way or some moments later.
func TestTheFirstSyncOfALargeCompanyIsKilledTwentyTimes(t *testing.T) {
	notInShort(t)
	jira, linear := bulkSizes()
	program := plainProgram(t)
	quiet := serveBulk(t, program, jira, linear)
	calm := startSync(t, program, bulkFolder(t, quiet.jira, quiet.linear))

	loud := serveBulk(t, program, jira, linear)
	f := newFront(t, loud.jira, loud.linear)
	path := bulkFolder(t, f.jira.URL, f.linear.URL)
	inJira := pagesOf(jira, 100) + pagesOf(jira, 1000) // of tickets, and of their histories
	for n, at := range drawStrikes(t, inJira+pagesOf(linear, 250)) {
		f.begin(at)
		p := startSync(t, program, path)
		if f.watch(p.cmd.Process); !p.wasKilled(t) {
			t.Fatalf("the sync ended before kill %d at page %d", n+1, at.page)
		}
	}
	f.begin(strike{})
	if startSync(t, program, path).wasKilled(t) || calm.wasKilled(t) {
		t.Fatal("nobody killed these")
	}

	f.checkJira(t, inJira)
	f.checkLinear(t)
	checkReconciliations(t, path)
	checkStores(t, program, comparison{
		Got: path, Want: calm.path, Tickets: jira + linear,
		There: []string{f.jira.URL, quiet.jira, f.linear.URL, quiet.linear},
	})
	t.Logf("%d pages of Jira were asked for where %d were enough, and %d of Linear", len(f.asked), inJira, len(f.told))
}

func pagesOf(n, size int) int { return (n + size - 1) / size }

// drawStrikes spreads the kills over so many pages.
func drawStrikes(t *testing.T, pages int) []strike {
	t.Helper()
	const seed = 2026
	rng := rand.New(rand.NewPCG(seed, kills))
	all, at := []strike{}, []int{}
	for range kills {
		all = append(all, strike{page: 1 + rng.IntN(pages), late: rng.IntN(2) == 0, delay: time.Duration(rng.IntN(40_000)) * time.Microsecond})
	}
	slices.SortFunc(all, func(a, b strike) int { return a.page - b.page })
	for _, s := range all {
		at = append(at, s.page)
	}
	t.Logf("with seed %d killed at these of at least %d pages: %d", seed, pages, at)
	return all
}

// plainProgram is this very program without the race detector, under which the
// processes would take many times as long.
func plainProgram(t *testing.T) string {
	t.Helper()
	info, ok := debug.ReadBuildInfo()
	if ok && !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return os.Args[0]
	}
	path := filepath.Join(t.TempDir(), "plain.test")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-trimpath", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS="+strings.ReplaceAll(os.Getenv("GOFLAGS"), "-race", ""))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// bulk is where a process serves a Jira Cloud and a Linear.
type bulk struct{ jira, linear string }

func serveBulk(t *testing.T, program string, jira, linear int) bulk {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d,%d", servingProcess, jira, linear))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(in.Close(), cmd.Wait()) })
	said := bufio.NewScanner(out)
	next := func() string {
		if !said.Scan() {
			t.Fatalf("the process that serves ended: %v", said.Err())
		}
		return said.Text()
	}
	return bulk{jira: next(), linear: next()}
}

// bulkFolder is a place with a configuration that reads the two sites, and no
// store yet.
func bulkFolder(t *testing.T, jira, linear string) (config string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "org.yaml"), "people: [{id: lee, name: Lee Park, email: lee@acme.example}]\nteams: [{id: crew, em: lee}]\n")
	config = filepath.Join(dir, "fairlead.yaml")
	write(t, config, fmt.Sprintf("sources:\n"+
		"  - {jira: %q, deployment: cloud, name: jira bulk, user: u@acme.example, token: \"${TOKEN}\", projects: [%s]}\n"+
		"  - {linear: acme, url: %q, token: \"${TOKEN}\", teams: [%s]}\norg: org.yaml\n",
		jira, simulator.BulkSpace, linear+"/graphql", simulator.BulkSpace))
	return config
}

// syncing is a process that syncs.
type syncing struct {
	cmd  *exec.Cmd
	path string // of its configuration
	said *bytes.Buffer
}

func startSync(t *testing.T, program, path string) syncing {
	t.Helper()
	p := syncing{cmd: exec.CommandContext(t.Context(), program), path: path, said: &bytes.Buffer{}}
	p.cmd.Env = append(os.Environ(), killedProcess+"="+path, "TOKEN=a-token-of-the-test")
	p.cmd.Stderr = p.said
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// wasKilled waits for the end of the process.
func (p syncing) wasKilled(t *testing.T) bool {
	t.Helper()
	err := p.cmd.Wait()
	if err != nil && p.cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the sync ended with %v: %s", err, p.said)
	}
	return err != nil
}

// checkReconciliations sees to it that no reconciliation had anything to mend:
// it would hide what a sync lost.
func checkReconciliations(t *testing.T, path string) {
	t.Helper()
	st := storeOf(t, path)
	defer func() { _ = st.Close() }()
	runs := map[store.RunKind][]store.Run{}
	for _, kind := range []store.RunKind{store.RunSync, store.RunReconcile} {
		var err error
		if runs[kind], err = st.Runs(t.Context(), kind, 1000); err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	for _, r := range runs[store.RunReconcile] {
		// A first sync that went through in one go counts as a reconciliation.
		whole := slices.ContainsFunc(runs[store.RunSync], func(s store.Run) bool { return s.Source == r.Source && s.Started.Equal(r.Started) })
		if !whole && r.Changed > 0 {
			t.Errorf("%s: a reconciliation found %d tickets that were lost or changed", r.Source, r.Changed)
		}
		if r.Error == "" {
			seen++
		}
	}
	if seen == 0 {
		t.Error("no reconciliation went through: it should once everything is read")
	}
}

// comparison is of the stores beside two configurations.
type comparison struct {
	Got, Want string
	Tickets   int      // at the least
	There     []string // what stands for what in addresses: the one got, the one wanted, and so on
}

// checkStores has a process compare, which goes faster there.
func checkStores(t *testing.T, program string, c comparison) {
	t.Helper()
	task, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), comparingProcess+"="+string(task))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the stores differ (%v): %.4000s", err, out)
	}
}

func compareHere(task string) error {
	var c comparison
	if err := json.Unmarshal([]byte(task), &c); err != nil {
		return err
	}
	ctx := context.Background()
	got, errGot := sqlite.Open(ctx, storeBeside(c.Got))
	want, errWant := sqlite.Open(ctx, storeBeside(c.Want))
	if err := errors.Join(errGot, errWant); err != nil {
		return err
	}
	there := strings.NewReplacer(c.There...)
	n, err := compareTickets(ctx, got, want, there)
	if err == nil && n < c.Tickets {
		err = fmt.Errorf("there are %d tickets, want %d", n, c.Tickets)
	}
	return errors.Join(err, compareSprints(ctx, got, want, there), got.Close(), want.Close())
}

// compareTickets compares ticket by ticket, so that neither store is ever held.
func compareTickets(ctx context.Context, got, want *sqlite.Store, there *strings.Replacer) (n int, err error) {
	nextGot, stopGot := iter.Pull2(got.Tickets(ctx))
	defer stopGot()
	nextWant, stopWant := iter.Pull2(want.Tickets(ctx))
	defer stopWant()
	for ; ; n++ {
		one, errOne, moreOne := nextGot()
		two, errTwo, moreTwo := nextWant()
		if err := errors.Join(errOne, errTwo); err != nil || !moreOne && !moreTwo {
			return n, err
		}
		if one.URL = there.Replace(one.URL); moreOne != moreTwo || !reflect.DeepEqual(one, two) {
			return n, fmt.Errorf("ticket %d differs:\n got %+v\nwant %+v", n+1, one, two)
		}
	}
}

func compareSprints(ctx context.Context, got, want *sqlite.Store, there *strings.Replacer) error {
	one, errOne := got.Sprints(ctx)
	two, errTwo := want.Sprints(ctx)
	for i := range one {
		one[i].URL = there.Replace(one[i].URL)
	}
	if len(one) == 0 || !reflect.DeepEqual(one, two) {
		return errors.Join(errOne, errTwo, fmt.Errorf("sprints differ:\n got %+v\nwant %+v", one, two))
	}
	return nil
}
