package connectors_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// jiraSizes are how many issues to read; FAIRLEAD_BENCH=300000 reads that many.
func jiraSizes() []int {
	if n, err := strconv.Atoi(os.Getenv("FAIRLEAD_BENCH")); err == nil {
		return []int{n}
	}
	if fullSize() {
		return []int{20_000, 50_000, 100_000}
	}
	return []int{500, 2_500}
}

// BenchmarkSyncJiraCloud reads all issues of a simulated Jira Cloud with their
// histories into a new SQLite file, and then holds that file against the site as
// reconciliation does. The least are the requests without which reading cannot be
// done: a search for each 100 issues, which is what the site gives at a time, and
// a bulk fetch for each 1,000 of them or 10,000 entries of their histories,
// whichever is more. What is counted against it is every request there was.
func BenchmarkSyncJiraCloud(b *testing.B) {
	for _, n := range jiraSizes() {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			world := simulator.Bulk(1, n)
			least := pagesOf(n, 100) + max(pagesOf(n, 1000), pagesOf(entries(b, world, n), 10_000))
			benchmarkSync(b, "jira", world.JiraCloud(simulator.Options{BulkCap: 10_000}), n, func() int { return least })
		})
	}
}

func pagesOf(n, size int) int { return (n + size - 1) / size }

// entries counts the history entries of a bulk world.
func entries(b *testing.B, w *simulator.World, issues int) (n int) {
	b.Helper()
	for i := range issues {
		issue, ok := w.Issue(fmt.Sprintf("%s-%d", simulator.BulkSpace, i+1))
		if !ok {
			b.Fatalf("issue %d is not there", i+1)
		}
		n += len(issue.History)
	}
	return n
}

// BenchmarkSyncLinear reads all issues of a simulated Linear. Linear allows 10,000
// points a query and charges for what is asked, not for what is there. The least
// are the requests that the points spent would fill to the brim, with none on top
// for lists, names or beginnings. How much is asked for is not in it: of a list
// inside an issue nobody knows beforehand how long it is, and what is asked for
// in vain costs too. That is told as points an issue, which is what Linear's
// hourly limit is about.
func BenchmarkSyncLinear(b *testing.B) {
	sizes := []int{500}
	if fullSize() {
		sizes = []int{5_000, 20_000, 60_000}
	}
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			points := &complexity{site: simulator.Bulk(1, n).Linear(simulator.Options{})}
			benchmarkSync(b, "linear", points, n, func() int {
				spent := int(points.spent.Swap(0))
				b.ReportMetric(float64(spent)/float64(n), "points/issue")
				return (spent + 9_999) / 10_000
			})
		})
	}
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
	var answering atomic.Int64 // nanoseconds
	server := httptest.NewServer(log.Watch(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		site.ServeHTTP(w, r)
		answering.Add(int64(time.Since(began)))
	})))
	defer server.Close()
	var got syncReport
	var path string
	for b.Loop() {
		log.Forget()
		answering.Store(0)
		least()
		path = filepath.Join(b.TempDir(), "fairlead.db")
		if got = elsewhere(b, kind, server.URL, path, false); got.Tickets != issues {
			b.Fatalf("%d tickets arrived, want %d", got.Tickets, issues)
		}
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(float64(log.Total()), "requests")
	b.ReportMetric(float64(log.Total())/float64(least()), "requests/least")
	b.ReportMetric(float64(issues)/seconds, "issues/s")
	// One request follows the other, so a sync is never faster than the site answers.
	limit := time.Duration(answering.Load()).Seconds()
	b.ReportMetric(float64(issues)/limit, "limit-issues/s")
	b.ReportMetric(limit/seconds, "speed/limit")
	b.ReportMetric(float64(got.Changes)/float64(issues), "changes/issue")
	b.ReportMetric(float64(got.PeakKB)/1024, "peak-MB")
	if got = elsewhere(b, kind, server.URL, path, true); got.Tickets != issues {
		b.Fatalf("%d tickets were held against %d", got.Tickets, issues)
	}
	b.ReportMetric(float64(got.PeakKB)/1024, "reconcile-peak-MB")
}

// syncReport is what a process tells that synced or reconciled.
type syncReport struct {
	Tickets, Changes int
	PeakKB           int
}

// elsewhere runs this very program again for one sync or reconciliation.
func elsewhere(b *testing.B, kind, url, store string, reconcile bool) syncReport {
	b.Helper()
	out := filepath.Join(b.TempDir(), "synced.json")
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestOneSyncForTheBenchmarks$")
	cmd.Env = append(os.Environ(), "FAIRLEAD_BENCH_KIND="+kind, "FAIRLEAD_BENCH_URL="+url, "FAIRLEAD_BENCH_OUT="+out, "FAIRLEAD_BENCH_STORE="+store)
	if reconcile {
		cmd.Env = append(cmd.Env, "FAIRLEAD_BENCH_RECONCILE=1")
	}
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
	store, err := sqlite.Open(t.Context(), os.Getenv("FAIRLEAD_BENCH_STORE"))
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
	var report syncReport
	if os.Getenv("FAIRLEAD_BENCH_RECONCILE") == "" {
		report = oneSync(t, source, store)
	} else {
		report = oneReconciliation(t, source.(connectors.Holder), store)
	}
	report.PeakKB = peak(t)
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv("FAIRLEAD_BENCH_OUT"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func oneSync(t *testing.T, src connectors.Source, store connectors.Store) syncReport {
	t.Helper()
	p, err := connectors.Sync(t.Context(), src, store, nil)
	if err != nil {
		t.Fatal(err)
	}
	return syncReport{Tickets: p.Tickets, Changes: p.Changes}
}

// oneReconciliation expects to find nothing to do.
func oneReconciliation(t *testing.T, src connectors.Holder, store connectors.Inventory) syncReport {
	t.Helper()
	r, err := connectors.Reconcile(t.Context(), src, store, connectors.ReconcileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Refetched+r.Removed > 0 || r.Stored != r.Present {
		t.Fatalf("the store differs from the site: %+v", r)
	}
	return syncReport{Tickets: r.Present}
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
