package connectors_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/linear"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/store/sqlite"
)

// fullSize makes the benchmarks read as many issues as a large company has,
// which takes minutes: FAIRLEAD_BENCH=full.
func fullSize() bool { return os.Getenv("FAIRLEAD_BENCH") == "full" }

// BenchmarkSyncJiraCloud reads all issues of a simulated Jira Cloud with their
// histories into a new SQLite file. The least are the requests without which it
// cannot be done: a search for each 100 issues and a fetch of the histories of
// each such page, since a page is stored whole.
func BenchmarkSyncJiraCloud(b *testing.B) {
	sizes := []int{500, 2_500}
	if fullSize() {
		sizes = []int{20_000, 100_000}
	}
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			benchmarkSync(b, "jira", simulator.Bulk(1, n).JiraCloud(simulator.Options{}), n, func() int { return 2 * ((n + 99) / 100) })
		})
	}
}

// BenchmarkSyncLinear reads all issues of a simulated Linear. The least are a
// list for each 250 issues, and for the rest as many requests as their
// complexity would fill at 10,000 points each.
func BenchmarkSyncLinear(b *testing.B) {
	n := 500
	if fullSize() {
		n = 20_000
	}
	b.Run(strconv.Itoa(n), func(b *testing.B) {
		points := &complexity{site: simulator.Bulk(1, n).Linear(simulator.Options{})}
		benchmarkSync(b, "linear", points, n, func() int { return (n+249)/250 + int(points.spent.Swap(0)+9_999)/10_000 })
	})
}

// complexity adds up what the queries of a Linear site cost.
type complexity struct {
	site  http.Handler
	spent atomic.Int64
}

// ServeHTTP implements http.Handler.
func (c *complexity) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.site.ServeHTTP(w, r)
	if points, err := strconv.ParseInt(w.Header().Get("X-Complexity"), 10, 64); err == nil {
		c.spent.Add(points)
	}
}

// benchmarkSync serves the site and has a process of its own sync it, so that
// the memory measured is that of the sync alone.
func benchmarkSync(b *testing.B, kind string, site http.Handler, issues int, least func() int) {
	var log simulator.Log
	server := httptest.NewServer(log.Watch(site))
	defer server.Close()
	var got syncReport
	for b.Loop() {
		log.Forget()
		least()
		if got = syncElsewhere(b, kind, server.URL); got.Tickets != issues {
			b.Fatalf("%d tickets arrived, want %d", got.Tickets, issues)
		}
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(float64(log.Total()), "requests")
	b.ReportMetric(float64(log.Total())/float64(least()), "requests/least")
	b.ReportMetric(float64(issues)/seconds, "issues/s")
	b.ReportMetric(float64(got.Changes)/float64(issues), "changes/issue")
	b.ReportMetric(float64(got.PeakKB)/1024, "peak-MB")
}

// syncReport is what a process that synced tells of it.
type syncReport struct {
	Tickets, Changes int
	PeakKB           int
}

// syncElsewhere runs this very program again for one sync.
func syncElsewhere(b *testing.B, kind, url string) syncReport {
	b.Helper()
	out := filepath.Join(b.TempDir(), "synced.json")
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestOneSyncForTheBenchmarks$")
	cmd.Env = append(os.Environ(), "FAIRLEAD_BENCH_KIND="+kind, "FAIRLEAD_BENCH_URL="+url, "FAIRLEAD_BENCH_OUT="+out)
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		b.Fatal(err)
	}
	var s syncReport
	if err := json.Unmarshal(text, &s); err != nil {
		b.Fatal(err)
	}
	return s
}

// TestOneSyncForTheBenchmarks is the process the benchmarks start; without them
// it has nothing to do.
func TestOneSyncForTheBenchmarks(t *testing.T) {
	kind, url := os.Getenv("FAIRLEAD_BENCH_KIND"), os.Getenv("FAIRLEAD_BENCH_URL")
	if kind == "" {
		t.Skip("only the benchmarks need this")
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "fairlead.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	var source connectors.Source
	if kind == "jira" {
		source = openJira(t, jira.Options{URL: url, Deployment: jira.Cloud, User: "u", Token: "t", Projects: []string{simulator.BulkSpace}, Clock: stillClock{}})
	} else {
		source = openLinear(t, linear.Options{URL: url + "/graphql", Token: "t", Teams: []string{simulator.BulkSpace},
			Transport: &connectors.Transport{Clock: stillClock{}, Limited: linear.Limited}})
	}
	p, err := connectors.Sync(t.Context(), source, store, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(syncReport{Tickets: p.Tickets, Changes: p.Changes, PeakKB: peak(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv("FAIRLEAD_BENCH_OUT"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// stillClock is for a site that never asks to wait.
type stillClock struct{}

func (stillClock) Now() time.Time { return time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC) }

func (stillClock) Sleep(context.Context, time.Duration) error {
	return errors.New("the site asked to wait, which it should not")
}

// peak is the most memory this process ever held, in kB; 0 where the system
// does not tell.
func peak(t *testing.T) int {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kb, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(rest, "kB")))
			if err != nil {
				t.Fatal(err)
			}
			return kb
		}
	}
	return 0
}
