package charts_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	core "k8s.io/api/core/v1"
)

var named = regexp.MustCompile(`\b(fairlead_[a-z_]+)\b`)

// documented are the metrics that fairlead tells, by docs/metrics.md.
func documented(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(fairlead_[a-z_]+)`").FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = true
	}
	if len(out) < 5 {
		t.Fatalf("docs/metrics.md names %v", out)
	}
	return out
}

func TestAlertsAndDashboardAskForMetricsThatAreTold(t *testing.T) {
	told := documented(t)
	for _, file := range []string{"alerts.yaml", "dashboard.json"} {
		text, err := os.ReadFile(filepath.Join(chart, "files", file))
		if err != nil {
			t.Fatal(err)
		}
		found := named.FindAllString(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s asks for nothing", file)
		}
		for _, name := range found {
			if !told[name] {
				t.Errorf("%s asks for %s, which docs/metrics.md does not name", file, name)
			}
		}
	}
}

func TestPrometheusTakesTheAlerts(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), tool(t, "promtool", "apt-get install prometheus"), "check", "rules", filepath.Join(chart, "files", "alerts.yaml"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAlertsAndDashboardReachWhoeverReadsThem(t *testing.T) {
	all := render(t, ci("everything"))
	rules := only[monitoring.PrometheusRule](t, all)
	if len(rules.Spec.Groups) != 2 || rules.Spec.Groups[0].Name != "fairlead" || rules.Spec.Groups[1].Name != "ours" || rules.Namespace != "monitoring" {
		t.Errorf("the rules are %+v", rules)
	}
	for _, r := range rules.Spec.Groups[0].Rules {
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Labels["severity"] == "" {
			t.Errorf("%s says not what it is about", r.Alert)
		}
		if strings.Contains(r.Annotations["description"], "letters") {
			t.Errorf("%s was rendered as a template of Helm: %s", r.Alert, r.Annotations["description"])
		}
	}
	for _, o := range all {
		m, ok := o.is.(*core.ConfigMap)
		if !ok || !strings.HasSuffix(o.name, "-dashboard") {
			continue
		}
		var board struct {
			Title  string
			Panels []struct{ Title string }
		}
		if err := json.Unmarshal([]byte(m.Data["fairlead.json"]), &board); err != nil || board.Title != "fairlead" || len(board.Panels) == 0 || m.Labels["grafana_dashboard"] != "1" {
			t.Errorf("%v, %+v, labels %v", err, board, m.Labels)
		}
		return
	}
	t.Error("there is no dashboard")
}
