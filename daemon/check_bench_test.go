package daemon

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
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
// alone: a full one, and then so many after a hundred tickets have changed each.
func checksElsewhere(b *testing.B, path string, size large, begin time.Time, more int) checked {
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
	cmd.Env = append(os.Environ(), "FAIRLEAD_BENCH_CHECKS="+string(ask))
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
	for n := range 1 + ask.More {
		clock.at.Store(ask.Begin.Add(time.Duration(n) * time.Minute).UnixNano())
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
	copied := filepath.Join(b.TempDir(), "checked.db")
	text, err := exec.CommandContext(b.Context(), "cp", path, copied).CombinedOutput()
	if err != nil {
		b.Fatalf("%v %s", err, text)
	}
	first := checksElsewhere(b, copied, size, largeNow, 0)
	b.Logf("first %+v", first)
	for b.Loop() {
		got := checksElsewhere(b, copied, size, largeNow.Add(time.Hour), 1)
		b.Logf("then %+v", got)
	}
}
