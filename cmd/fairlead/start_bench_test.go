package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
)

// BenchmarkVersion is how long the smallest command takes, from its start to its end.
func BenchmarkVersion(b *testing.B) {
	binary := built(b)
	runs := 0
	for b.Loop() {
		for range 20 {
			if out, err := exec.CommandContext(b.Context(), binary, "version").CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			runs++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(runs), "version-ms")
}

// BenchmarkReady is how long the daemon takes from its start until it says that pages
// can be answered, over 20,000 stored tickets, or with FAIRLEAD_BENCH=full over a million.
func BenchmarkReady(b *testing.B) {
	binary, dir := built(b), b.TempDir()
	tickets := 20_000
	if os.Getenv("FAIRLEAD_BENCH") == "full" {
		tickets = 1_000_000
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	at := free.Addr().String()
	_ = free.Close()
	for name, text := range map[string]string{
		"fairlead.yaml": "sources: [{jira: 'http://127.0.0.1:1', deployment: data-center, name: jira acme, token: '${TOKEN}', projects: [PAY]}]\norg: org.yaml\nstore: sqlite:fairlead.db\ndashboard: {listen: '" + at + "'}\n",
		"org.yaml":      "people: [{id: lee, name: Lee Park, email: lee@acme.example}]\nteams: [{id: payments, em: lee, owns: {jira: {projects: [PAY]}}}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	fillStart(b, filepath.Join(dir, "fairlead.db"), tickets)
	b.ResetTimer()
	took, starts := time.Duration(0), 0
	for b.Loop() {
		for range 5 {
			cmd := exec.CommandContext(b.Context(), binary, "serve", "-c", filepath.Join(dir, "fairlead.yaml"))
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr, cmd.Env = &out, &out, append(os.Environ(), "TOKEN=nothing")
			began := time.Now()
			if err := cmd.Start(); err != nil {
				b.Fatal(err)
			}
			for !saysReady("http://" + at + "/readyz") {
				if time.Since(began) > time.Minute {
					_ = cmd.Process.Kill()
					b.Fatalf("not ready after a minute:\n%s", out.String())
				}
				time.Sleep(2 * time.Millisecond)
			}
			took, starts = took+time.Since(began), starts+1
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	b.ReportMetric(float64(took.Milliseconds())/float64(starts), "ready-ms")
}

func saysReady(url string) bool {
	r, err := http.Get(url) //nolint:noctx // the benchmark ends it by ending the process
	if err != nil {
		return false
	}
	defer func() { _ = r.Body.Close() }()
	return r.StatusCode == http.StatusOK
}

// fillStart stores so many tickets.
func fillStart(b *testing.B, path string, tickets int) {
	b.Helper()
	s, err := sqlite.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	at := time.Now().UTC().Truncate(time.Second)
	for from := 0; from < tickets; from += 1000 {
		page := make([]ticket.Ticket, 1000)
		for i := range page {
			n := strconv.Itoa(from + i)
			page[i] = ticket.Ticket{
				Source: "jira acme", Tracker: "jira", ID: n, Key: "PAY-" + n, Title: "A piece of work number " + n, Kind: ticket.Task, RawType: "Task",
				Project: "PAY", Status: "Done", Category: ticket.Done, Created: at.AddDate(-1, 0, 0), Updated: at.AddDate(0, -1, 0), Resolved: at.AddDate(0, -1, 0),
			}
			page[i].Normalise()
		}
		if _, err := s.SavePage(b.Context(), "jira acme", page, nil, fmt.Sprint(from)); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// built is the binary as it is released.
func built(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "fairlead")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return binary
}
