package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// alerts are the rules that the chart brings.
const alerts = "../../charts/fairlead/files/alerts.yaml"

// A real Prometheus reads what the running daemon tells, and evaluates every alert by it.
func TestARealPrometheusEvaluatesTheAlertsByWhatTheDaemonTells(t *testing.T) {
	if _, err := exec.LookPath("prometheus"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("prometheus is not installed: apt-get install prometheus")
		}
		t.Skip("prometheus is not installed: apt-get install prometheus")
	}
	var told []string
	for _, store := range []string{"", "store: redis://" + redistest.Start(t).Addr + "\n"} { // only there is a queue
		at := freeAddress(t)
		path := storySite(t, store+"reports:\n  - {to: file:./reports}\nmetrics: {listen: \""+at+"\"}\n")
		startProgram(t, append(os.Environ(), asProgram+"=1"), os.Args[0], "serve", "--quiet", "-c", path)
		told = append(told, at)
	}
	server := "http://" + startPrometheus(t, told...)
	want := alertNames(t)
	var last string
	if !within(60*time.Second, func() bool {
		last = lookAtRules(t, server, want)
		return last == ""
	}) {
		t.Fatal(last)
	}
	// What the alerts ask for is there, by its own name, as far as anything has happened.
	text, err := os.ReadFile(alerts)
	if err != nil {
		t.Fatal(err)
	}
	parts := regexp.MustCompile(`_(bucket|sum|count)$`)
	for _, name := range regexp.MustCompile(`\bfairlead_[a-z_]+\b`).FindAllString(string(text), -1) {
		if name == "fairlead_http_requests_total" { // nobody has opened a page
			continue
		}
		if !within(20*time.Second, func() bool { return len(asked(t, server, name)) > 0 }) {
			t.Errorf("Prometheus has no %s", name)
		}
		if base := parts.ReplaceAllString(name, ""); !slices.ContainsFunc(daemon.Metrics(), func(m daemon.Metric) bool { return m.Name == base }) {
			t.Errorf("%s is not documented", base)
		}
	}
	for _, c := range []struct{ query, want string }{
		{`sum(fairlead_source_requests_total{outcome="answered"}) > bool 0`, "1"},
		{`min(fairlead_tickets) > bool 0`, "1"},
		{`count(fairlead_sync_seconds_count{outcome="done"})`, "6"},
		{`sum(fairlead_jobs_total{kind="check", outcome="done"}) > bool 0`, "1"},
		{`max(fairlead_schedule_kept)`, "1"},
		{`sum(fairlead_run_seconds_count{run="check", outcome="done"}) > bool 0`, "1"},
	} {
		if !within(20*time.Second, func() bool { return slices.Equal(asked(t, server, c.query), []string{c.want}) }) {
			t.Errorf("%s is %v, want %s", c.query, asked(t, server, c.query), c.want)
		}
	}
}

// alertNames are the alerts that the chart brings.
func alertNames(t *testing.T) (out []string) {
	t.Helper()
	text, err := os.ReadFile(alerts)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	if len(out) < 5 {
		t.Fatalf("the alerts are %v", out)
	}
	return out
}

// lookAtRules says which rule was not evaluated yet, or not well; empty when all were.
func lookAtRules(t *testing.T, server string, want []string) string {
	t.Helper()
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct {
					Name, Health, LastError string
					LastEvaluation          time.Time
				}
			}
		}
	}
	fetchJSON(t, server+"/api/v1/rules", &answer)
	well := map[string]bool{}
	for _, g := range answer.Data.Groups {
		for _, r := range g.Rules {
			well[r.Name] = r.Health == "ok" && !r.LastEvaluation.IsZero()
			if r.LastError != "" {
				return r.Name + ": " + r.LastError
			}
		}
	}
	for _, name := range want {
		if !well[name] {
			return name + " was not evaluated"
		}
	}
	return ""
}

// asked are the values that a query has now.
func asked(t *testing.T, server, query string) (out []string) {
	t.Helper()
	var answer struct {
		Data struct{ Result []struct{ Value []any } }
	}
	fetchJSON(t, server+"/api/v1/query?query="+url.QueryEscape(query), &answer)
	for _, r := range answer.Data.Result {
		out = append(out, fmt.Sprint(r.Value[1]))
	}
	return out
}

func fetchJSON(t *testing.T, at string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // not up yet
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Log(at, err)
	}
}

// within looks again and again until it is so, or the time is over.
func within(d time.Duration, so func() bool) bool {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(d); time.Now().Before(end); <-tick.C {
		if so() {
			return true
		}
	}
	return false
}

// startProgram starts a program that the end of the test stops.
func startProgram(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var said bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(name), said.String())
		}
	})
}

// startPrometheus starts one that reads the target and evaluates the alerts each second.
func startPrometheus(t *testing.T, targets ...string) (address string) {
	t.Helper()
	rules, err := filepath.Abs(alerts)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	settings := filepath.Join(dir, "prometheus.yml")
	text := strings.Join([]string{
		"global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}",
		"rule_files: [" + rules + "]",
		"scrape_configs: [{job_name: fairlead, static_configs: [{targets: [\"" + strings.Join(targets, "\", \"") + "\"]}]}]", "",
	}, "\n")
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	address = freeAddress(t)
	startProgram(t, os.Environ(), "prometheus", "--config.file="+settings, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=warn")
	return address
}
