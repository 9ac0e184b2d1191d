package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors/jira/replay"
)

// BenchmarkCapture runs the real binary on the captured site of 2,812 issues and
// reports wall time and peak memory of each command.
// The first check replays twelve weeks; the second is one evaluation.
func BenchmarkCapture(b *testing.B) {
	binary := built(b)
	if info, err := os.Stat(binary); err == nil {
		b.Logf("binary: %.1f MB", float64(info.Size())/1e6)
	}
	site := replay.New(b, replay.Titanium)
	dir := b.TempDir()
	files := map[string]string{
		"fairlead.yaml": fmt.Sprintf("sources:\n  - {jira: %q, deployment: data-center, name: jira captured, token: \"${TOKEN}\", projects: [%s]}\norg: org.yaml\n",
			site.URL, strings.Join(site.Projects, ", ")),
		"org.yaml": fmt.Sprintf("people: [{id: lee, name: Lee Park, email: lee@acme.example}]\nteams: [{id: crew, em: lee, owns: {jira: {projects: [%s]}}}]\n",
			strings.Join(site.Projects, ", ")),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, step := range []struct{ name, command string }{
		{"first sync", "sync"}, {"second sync", "sync"}, {"first check", "check"}, {"second check", "check"},
	} {
		b.Run(step.name, func(b *testing.B) {
			peak := int64(0)
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), binary, step.command, "-c", filepath.Join(dir, "fairlead.yaml"))
				cmd.Env = append(os.Environ(), "TOKEN="+replay.Token)
				peak = max(peak, runAndWatch(b, cmd))
			}
			b.ReportMetric(float64(peak)/1e6, "peak-MB")
		})
	}
}

// runAndWatch runs the command to its end and gives the most memory it held, in
// bytes. The kernel's own figure for ended children will not do: it begins at
// what the parent held when it forked.
func runAndWatch(b *testing.B, cmd *exec.Cmd) int64 {
	b.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for peak := int64(0); ; {
		select {
		case err := <-ended:
			if err != nil {
				b.Fatalf("%v\n%s", err, out.String())
			}
			return peak
		case <-tick.C:
			peak = max(peak, peakOf(cmd.Process.Pid))
		}
	}
}

// peakOf reads the high-water mark of a running process; 0 where there is none.
func peakOf(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kB int64
	if _, err := fmt.Sscan(rest, &kB); err != nil {
		return 0
	}
	return kB * 1024
}
