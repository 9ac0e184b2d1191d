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
	"github.com/santhosh-tekuri/jsonschema/v6"
	core "k8s.io/api/core/v1"
)

var named = regexp.MustCompile(`\b(fairlead_[a-z_]+)\b`)

// parts are what the series of a histogram end in.
var parts = regexp.MustCompile(`_(bucket|sum|count)$`)

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
			if series := parts.ReplaceAllString(name, ""); !told[name] && (series == name || !told[series]) {
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

func TestTheAlertsSayWhatTheyShould(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), tool(t, "promtool", "apt-get install prometheus"), "test", "rules", "alerts_test.yaml")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Every alert is tried with what it is for, so that one nobody has tried is noticed.
func TestEveryAlertIsTried(t *testing.T) {
	rules, err := os.ReadFile(filepath.Join(chart, "files", "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	tried, err := os.ReadFile("alerts_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(string(rules), -1) {
		if strings.Count(string(tried), m[1]) < 2 {
			t.Errorf("alerts_test.yaml does not try both when %s speaks and when it is silent", m[1])
		}
	}
}

// grafana is the JSON Schema of Grafana's own types; grafanatypes/generate.sh made it.
func grafana(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	s, err := c.Compile(filepath.Join("grafanatypes", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGrafanaTakesTheDashboard(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(chart, "files", "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	schema := grafana(t)
	for _, c := range []struct {
		name, old, with string
		refused         bool
	}{
		{"as it is", "", "", false},
		{"a kind of panel that there is not", `"type": "timeseries"`, `"type": "timelines"`, true},
		{"an option that there is not", `"colorMode": "value"`, `"colourMode": "value"`, true},
		{"a query without an expression", `"expr":`, `"query":`, true},
		{"a place that is no number", `"x": 0`, `"x": "left"`, true},
	} {
		changed := strings.Replace(string(text), c.old, c.with, 1)
		if c.refused && changed == string(text) {
			t.Fatalf("%s: nothing was changed", c.name)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(changed))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); (err != nil) != c.refused {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestThePanelsOfTheDashboardDoNotOverlap(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(chart, "files", "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	ids, taken := map[int]string{}, map[[2]int]string{}
	for _, p := range board.Panels {
		if other := ids[p.ID]; other != "" {
			t.Errorf("%q and %q have one id", other, p.Title)
		}
		ids[p.ID] = p.Title
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" && other != p.Title || x > 23 {
					t.Fatalf("%q lies upon %q at %d, %d, or beyond the edge", p.Title, other, x, y)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
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
