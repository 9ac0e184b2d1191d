package prometheus_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/trends"
	"github.com/fairlead-dev/fairlead/trends/prometheus"
)

// needs skips where a program is not installed; with CI=true that is a failure.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed: apt-get install prometheus", p)
		}
		t.Skipf("%s is not installed: apt-get install prometheus", p)
	}
}

// realServer starts a Prometheus that holds the samples, and stops it again.
func realServer(t *testing.T, samples string) string {
	t.Helper()
	needs(t, "prometheus", "promtool")
	dir := t.TempDir()
	in := filepath.Join(dir, "samples.txt")
	if err := os.WriteFile(in, []byte(samples), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if out, err := exec.CommandContext(t.Context(), "promtool", "tsdb", "create-blocks-from", "openmetrics", in, data).CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v\n%s", err, out)
	}
	settings := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(settings, []byte("global: {scrape_interval: 1h}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	cmd := exec.CommandContext(t.Context(), "prometheus", "--config.file="+settings, "--storage.tsdb.path="+data,
		"--storage.tsdb.retention.time=20y", "--web.listen-address="+address, "--log.level=warn")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	ready(t, "http://"+address+"/-/ready", &said)
	return "http://" + address
}

// ready waits until the server says that it is.
func ready(t *testing.T, url string, said *bytes.Buffer) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 400 {
		resp, err := http.Get(url)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		<-tick.C
	}
	t.Fatalf("Prometheus does not come up:\n%s", said)
}

// A real server is asked for deployments in weeks of 168 and 169 hours: one at
// each midday, by team.
func TestARealServerTellsOfPastWeeks(t *testing.T) {
	first, last := berlin(t, "2026-W42"), berlin(t, "2026-W43")
	var text strings.Builder
	for _, team := range []string{"payments", `a "quoted" team`} {
		n := 0
		for at := first.Start; at.Before(last.End); at = at.Add(6 * time.Hour) {
			if at.UTC().Hour() == 10 {
				n++
			}
			// OpenMetrics escapes label values as PromQL does.
			fmt.Fprintf(&text, "deployments_total{team=%q} %d %d\n", team, n, at.Unix())
		}
		fmt.Fprintf(&text, "deployments_total{team=%q} %d %d\n", team, n, last.End.Add(-time.Minute).Unix())
	}
	fmt.Fprintf(&text, "availability 99.5 %d\n# EOF\n", last.End.Add(-time.Minute).Unix())
	samples := "# TYPE deployments counter\n" + strings.Replace(text.String(), "availability", "# TYPE availability gauge\navailability", 1)
	url := realServer(t, samples)
	c, err := prometheus.New(prometheus.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []struct {
		name, query, team, week string
		want                    float64
		gap                     string
	}{
		{"deployments of a week", `round(sum(increase(deployments_total{team="$team"}[$week])))`, "payments", "2026-W42", 7, ""},
		{"of the week with 169 hours", `round(sum(increase(deployments_total{team=$team}[$week])))`, "payments", "2026-W43", 7, ""},
		{"of a team with quotes in its name", `round(sum(increase(deployments_total{team=~"$team"}[$week])))`, `a "quoted" team`, "2026-W43", 7, ""},
		{"the organisation's", `availability`, "", "2026-W43", 99.5, ""},
		{"nothing was measured yet", `availability`, "", "2026-W30", 0, "gives no value"},
		{"a team that there is not", `sum(increase(deployments_total{team="$team"}[$week]))`, `" or vector(1) #`, "2026-W43", 0, "gives no value"},
		{"two series", `deployments_total`, "", "2026-W43", 0, "gives 2 values"},
		{"nothing by nothing", `vector(0) / 0`, "", "2026-W43", 0, "gives NaN"},
		{"a query that cannot be read", `sum(`, "", "2026-W43", 0, "cannot answer the query"},
		{"a stretch", `deployments_total{team="payments"}[1h]`, "", "2026-W43", 0, "a stretch of values"},
	} {
		t.Run(q.name, func(t *testing.T) {
			got, err := c.Value(t.Context(), q.query, q.team, berlin(t, q.week))
			var gap trends.Gap
			if q.gap == "" && (err != nil || got != q.want) || q.gap != "" && (!errors.As(err, &gap) || !strings.Contains(err.Error(), q.gap) || gap.Deaf) {
				t.Errorf("got %v, %v, want %v or the gap %q", got, err, q.want, q.gap)
			}
		})
	}
}
