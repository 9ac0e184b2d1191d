package daemon

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// checked is what a process tells of the checks it made.
type checked struct {
	Checks []checkTook
	PeakKB int64
}

// checkTook is one of them.
type checkTook struct {
	Seconds, CoreSeconds float64
	Result               CheckResult
}

// checksElsewhere makes checks in a process of its own, so that its memory is theirs
// alone: a full one, and then so many after a hundred tickets have changed each. It
// collects garbage as fairlead does, unless the environment says otherwise.
func checksElsewhere(b *testing.B, path string, size large, begin time.Time, more int, environment ...string) checked {
	b.Helper()
	out := filepath.Join(b.TempDir(), "checked.json")
	args := []string{"-test.run=^TestChecksForTheBenchmark$"}
	if profile := os.Getenv("FAIRLEAD_BENCH_PROFILE"); profile != "" {
		args = append(args, "-test.cpuprofile="+profile+".cpu", "-test.memprofile="+profile+".mem", "-test.memprofilerate=65536")
	}
	cmd := exec.CommandContext(b.Context(), os.Args[0], args...)
	ask, err := json.Marshal(checksAsked{Path: path, Out: out, Teams: size.teams, Tickets: size.tickets, Findings: size.findings, Begin: begin, More: more})
	if err != nil {
		b.Fatal(err)
	}
	cmd.Env = slices.Concat([]string{"GOGC=50"}, os.Environ(), environment, []string{"FAIRLEAD_BENCH_CHECKS=" + string(ask)})
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		b.Fatal(err)
	}
	var got checked
	if err := json.Unmarshal(text, &got); err != nil {
		b.Fatal(err)
	}
	return got
}

type checksAsked struct {
	Path, Out                string
	Teams, Tickets, Findings int
	Begin                    time.Time
	More                     int
}

// TestChecksForTheBenchmark is the process that the benchmark starts; without it there
// is nothing to do.
func TestChecksForTheBenchmark(t *testing.T) {
	said := os.Getenv("FAIRLEAD_BENCH_CHECKS")
	if said == "" {
		t.Skip("only the benchmark needs this")
	}
	var ask checksAsked
	if err := json.Unmarshal([]byte(said), &ask); err != nil {
		t.Fatal(err)
	}
	f := openLarge(t, ask.Path, large{ask.Teams, ask.Tickets, ask.Findings})
	clock := f.clock.(*movingClock)
	var got checked
	if ask.More > 0 {
		f.remember()
	}
	for n := range 1 + ask.More {
		clock.at.Store(ask.Begin.Add(time.Duration(n) * time.Minute).UnixNano())
		if n > 0 {
			alterLarge(t, f, n, clock.Now())
		}
		cores, began := coreSeconds(t), time.Now()
		r, err := f.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got.Checks = append(got.Checks, checkTook{time.Since(began).Seconds(), coreSeconds(t) - cores, r})
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	got.PeakKB = used.Maxrss
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ask.Out, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func coreSeconds(t *testing.T) float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

// BenchmarkCheck is a check of a large store by itself, and one after a hundred tickets
// have changed by a process that remembers the check before.
func BenchmarkCheck(b *testing.B) {
	size := largeSize()
	dir := os.Getenv("FAIRLEAD_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	path := filepath.Join(dir, fmt.Sprintf("large-%d-%d-%d.db", size.teams, size.tickets, size.findings))
	if _, err := os.Stat(path); err != nil {
		fillLarge(b, path, size)
	}
	copied := filepath.Join(dir, "checked.db")
	text, err := exec.CommandContext(b.Context(), "cp", path, copied).CombinedOutput()
	if err != nil {
		b.Fatalf("%v %s", err, text)
	}
	enliven(b, copied, size)
	for b.Loop() {
		// By itself, as a CronJob checks, and then as a daemon does, which remembers.
		alone := checksElsewhere(b, copied, size, largeNow.Add(time.Hour), 0)
		// In between once more by itself, told to do with little memory.
		short := checksElsewhere(b, copied, size, largeNow.Add(2*time.Hour), 0, "GOMEMLIMIT=320MiB")
		got := checksElsewhere(b, copied, size, largeNow.Add(3*time.Hour), 5)
		for _, c := range slices.Concat(alone.Checks, short.Checks, got.Checks) {
			r := c.Result
			b.Logf("%.3f s %.3f cores %d open +%d -%d past %v", c.Seconds, c.CoreSeconds, r.Open, r.Opened+r.Reopened, r.Settled+r.AgedOut+r.Withdrawn, r.Past)
		}
		full, again := got.Checks[0], checkTook{}
		for _, c := range got.Checks[1:] {
			again.Seconds += c.Seconds / float64(len(got.Checks)-1)
			again.CoreSeconds += c.CoreSeconds / float64(len(got.Checks)-1)
		}
		b.ReportMetric(full.Seconds, "full-s")
		b.ReportMetric(full.CoreSeconds, "full-core-s")
		b.ReportMetric(again.Seconds, "again-s")
		b.ReportMetric(again.CoreSeconds, "again-core-s")
		b.ReportMetric(float64(alone.PeakKB)/1e3, "peak-MB")
		b.ReportMetric(short.Checks[0].Seconds, "short-s")
		b.ReportMetric(float64(short.PeakKB)/1e3, "short-MB")
		b.ReportMetric(float64(got.PeakKB)/1e3, "most-MB")
	}
}

// enliven puts three tickets in a thousand in flight, fifteen of each team at full size,
// without saying which problem they solve, and lets the ledger speak of what is told from all sources too.
func enliven(tb testing.TB, path string, size large) {
	tb.Helper()
	f := openLarge(tb, path, size)
	defer func() { _ = f.Close() }()
	for from := 0; from < size.tickets; from += 30_000 {
		var page []ticket.Ticket
		for n := from; n < min(from+30_000, size.tickets); n++ {
			if n%330 == 5 {
				page = append(page, inFlight(n, size, largeNow.Add(-time.Hour)))
			}
		}
		if _, err := f.store.SavePage(tb.Context(), largeSource, page, nil, fmt.Sprint(from)); err != nil {
			tb.Fatal(err)
		}
	}
	since := largeNow.AddDate(0, 0, -7*largeWeeks)
	looks := []finding.Look{{LookKey: finding.LookKey{}, Since: since, Live: since, Until: largeNow.Add(-time.Hour)}}
	f.cells(map[string]bool{everySource: true}, func(source, team, rule string) {
		looks = append(looks, finding.Look{LookKey: finding.LookKey{Source: source, Team: team, Rule: rule}, Since: since, Live: since})
	})
	f.cells(map[string]bool{largeSource: true}, func(source, team, rule string) {
		looks = append(looks, finding.Look{LookKey: finding.LookKey{Source: source, Team: team, Rule: rule}, Since: since, Live: since})
	})
	if err := f.store.SaveCheck(tb.Context(), store.Check{Looks: looks}); err != nil {
		tb.Fatal(err)
	}
}

// inFlight is the ticket of the number as of when nobody had finished it.
func inFlight(n int, size large, updated time.Time) ticket.Ticket {
	t := largeTicket(n, size.teams)
	t.RawType, t.Kind, t.Parent, t.Links, t.History = "Story", ticket.Feature, ticket.Ref{}, nil, t.History[:5]
	t.Status, t.Category, t.Updated, t.Resolved = "In Progress", ticket.Started, updated, time.Time{}
	t.Normalise()
	return t
}

// alterLarge changes a hundred tickets: half of them go into flight, and half get
// another title.
func alterLarge(tb testing.TB, f *Fairlead, round int, now time.Time) {
	tb.Helper()
	size := large{len(f.TeamIDs()), 0, 0}
	var page []ticket.Ticket
	for n := range 100 {
		at := 1 + n*199 + round*7
		if n%2 == 0 {
			page = append(page, inFlight(at, size, now))
			continue
		}
		t, err := f.store.Ticket(tb.Context(), largeSource, ticket.Ref{ID: fmt.Sprint(at)})
		if err != nil {
			tb.Fatal(err)
		}
		t.Title, t.Updated = fmt.Sprintf("%s, seen again %d", t.Title, round), now
		page = append(page, t)
	}
	if _, err := f.store.SavePage(tb.Context(), largeSource, page, nil, "altered"); err != nil {
		tb.Fatal(err)
	}
}
