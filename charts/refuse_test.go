package charts_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// refused renders with the settings and gives what Helm says against it.
func refused(t *testing.T, values string, set ...string) string {
	t.Helper()
	args := []string{"template", release, chart}
	if values != "" {
		args = append(args, "--values", ci(values))
	}
	for _, s := range set {
		args = append(args, "--set", s)
	}
	out, said, err := helm(t, args...)
	if err == nil {
		t.Errorf("%q is rendered:\n%.300s", set, out)
	}
	return said
}

func TestWhatCannotWorkIsRefusedWithASentence(t *testing.T) {
	const sqliteOne, sqliteMany = "minimal", "SQLite is one file that one process writes"
	for _, c := range []struct {
		name, values string
		set          []string
		want         string
	}{
		{"no configuration", "", nil, "There is no configuration: set config.fairlead"},
		{"SQLite with replicas", sqliteOne, []string{"replicaCount=2"}, sqliteMany + ": set replicaCount to 1, or store.type to redis."},
		{"SQLite with no replica", sqliteOne, []string{"replicaCount=0"}, sqliteMany},
		{"SQLite that scales", sqliteOne, []string{"autoscaling.enabled=true"}, sqliteMany + ": set autoscaling.enabled to false"},
		{"SQLite with a rolling update", sqliteOne, []string{"updateStrategy.type=RollingUpdate"}, "the old pod has to end before the new one begins"},
		{"SQLite with a budget", sqliteOne, []string{"podDisruptionBudget.enabled=true"}, "would keep its node from being drained"},
		{"SQLite without a volume", sqliteOne, []string{"persistence.enabled=false"}, "Without a volume everything in SQLite would be gone with the pod"},
		{"SQLite and CronJobs", sqliteOne, []string{"mode=cronjob"}, sqliteMany + ", and two CronJobs may meet"},
		{"SQLite and the address of a Redis", sqliteOne, []string{"store.redis.url=redis://r"}, "store.redis.url names a Redis, but store.type is sqlite"},
		{"Redis without an address", sqliteOne, []string{"store.type=redis"}, "nothing says where it is: set store.redis.url"},
		{"a password in the address", "cronjob-redis", []string{"store.redis.url=redis://u:p@r:6379"}, "A password does not belong into store.redis.url"},
		{"an address of something else", "cronjob-redis", []string{"store.redis.url=r:6379"}, "store.redis.url is no address of a Redis"},
		{"a user without a password", "cronjob-redis", []string{"store.redis.user=u", "store.redis.password.existingSecret="}, "store.redis.user signs in with a password"},
		{"a certificate without its key", "everything", []string{"store.redis.tls.key.existingSecret="}, "A certificate and its key belong together"},
		{"CronJobs with pages", "cronjob-redis", []string{"dashboard.enabled=true"}, "CronJobs serve nothing between their runs: set dashboard.enabled to false"},
		{"CronJobs with webhooks", "cronjob-redis", []string{"webhooks.enabled=true"}, "set webhooks.enabled to false"},
		{"CronJobs with an Ingress", "cronjob-redis", []string{"ingress.enabled=true"}, "set ingress.enabled to false"},
		{"CronJobs with an HTTPRoute", "cronjob-redis", []string{"httproute.enabled=true"}, "set httproute.enabled to false"},
		{"CronJobs that scale", "cronjob-redis", []string{"autoscaling.enabled=true"}, "set autoscaling.enabled to false"},
		{"CronJobs with a budget", "cronjob-redis", []string{"podDisruptionBudget.enabled=true"}, "set podDisruptionBudget.enabled to false"},
		{"CronJobs with a ServiceMonitor", "cronjob-redis", []string{"monitoring.serviceMonitor.enabled=true"}, "set monitoring.serviceMonitor.enabled to false"},
		{"CronJobs with alerts", "cronjob-redis", []string{"monitoring.prometheusRule.enabled=true"}, "set monitoring.prometheusRule.enabled to false"},
		{"CronJobs with Grafana", "cronjob-redis", []string{"monitoring.dashboards.enabled=true"}, "set monitoring.dashboards.enabled to false"},
		{"CronJobs with replicas", "cronjob-redis", []string{"replicaCount=2"}, "CronJobs have no replicas"},
		{"CronJobs with a sidecar", "cronjob-redis", []string{"extraContainers[0].name=proxy"}, "A further container would keep a job from ending"},
		{"an Ingress to nothing", sqliteOne, []string{"ingress.enabled=true", "ingress.hosts={a.example}"}, "ingress.enabled leads to pages or webhooks, and there are none"},
		{"an HTTPRoute to nothing", sqliteOne, []string{"httproute.enabled=true"}, "httproute.enabled leads to pages or webhooks, and there are none"},
		{"an Ingress without hosts", "daemon-sqlite", []string{"ingress.hosts=null"}, "An Ingress needs to know for which hosts it is"},
		{"an HTTPRoute without a gateway", "daemon-sqlite", []string{"httproute.enabled=true"}, "An HTTPRoute needs a gateway"},
		{"pages for everybody", "daemon-sqlite", []string{"dashboard.settings.sign_in=null"}, "set dashboard.settings.sign_in"},
		{"pages in the clear", "daemon-sqlite", []string{"dashboard.settings.url=http://fairlead.acme.example"}, "set dashboard.settings.url to an https address"},
		{"an address to listen at", "daemon-sqlite", []string{"dashboard.settings.listen=0.0.0.0:1"}, "take listen out of dashboard.settings"},
		{"one port for two listeners", "daemon-sqlite", []string{"metrics.port=8080"}, "Two listeners cannot share a port"},
		{"scaling from more to fewer", "daemon-redis-ha", []string{"autoscaling.minReplicas=10"}, "autoscaling.minReplicas is more than autoscaling.maxReplicas"},
		{"scaling by nothing", "daemon-redis-ha", []string{"autoscaling.targetCPUUtilizationPercentage=null"}, "Autoscaling has to follow something"},
		{"too little time to end", sqliteOne, []string{"terminationGracePeriodSeconds=30"}, "set terminationGracePeriodSeconds to 50 or more"},
		{"two configurations", sqliteOne, []string{"config.existingConfigMap=synced"}, "either from config.existingConfigMap or from config.fairlead"},
		{"a configuration that says where it is kept", sqliteOne, []string{"config.fairlead.store=sqlite:f.db"}, "This chart writes store itself: take it out of config.fairlead, and set store.type."},
		{"a configuration with pages", sqliteOne, []string{"config.fairlead.dashboard.url=https://a.example"}, "This chart writes dashboard itself"},
		{"a configuration with metrics", sqliteOne, []string{"config.fairlead.metrics.listen=:1"}, "This chart writes metrics itself"},
		{"a configuration with webhooks", sqliteOne, []string{"config.fairlead.webhooks.listen=:1"}, "This chart writes webhooks itself"},
		{"a configuration with the password of Redis", sqliteOne, []string{"config.fairlead.redis.user=u"}, "This chart writes redis itself"},
		{"text that is no YAML", "daemon-sqlite", []string{"config.fairlead=a: b: c"}, "config.fairlead is text that cannot be read as YAML"},
		{"a file in place of the configuration", sqliteOne, []string{`config.files.org\.yaml=a`}, `config.files names a file "org.yaml": give it another name`},
		{"reports beside the configuration", sqliteOne, []string{"config.fairlead.reports[0].to=file:./reports"}, "cannot be written there: name one below /var/lib/fairlead"},
		{"reports that go with their pod", "cronjob-redis", []string{"config.fairlead.reports[0].to=file:/var/lib/fairlead/reports"}, "outlives its pod"},
		{"a team's reports beside its file", "daemon-sqlite", []string{"agreements.teams.payments.report.to=file:reports"}, "cannot be written there"},
		{"a file outside", sqliteOne, []string{`config.files.\.\./a=a`}, `config.files names a file "../a"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			said := refused(t, c.values, c.set...)
			if !strings.Contains(said, c.want) {
				t.Errorf("said\n%s\nwant %q", said, c.want)
			}
		})
	}
}

func TestAllThatCannotWorkIsSaidAtOnce(t *testing.T) {
	said := refused(t, "minimal", "replicaCount=2", "ingress.enabled=true", "terminationGracePeriodSeconds=1")
	for _, want := range []string{"SQLite is one file", "ingress.enabled leads to", "An Ingress needs to know", "may take 45 seconds"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
}

func TestTheSchemaRefusesWhatHasNoMeaning(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"mode=both", "at '/mode': value must be one of 'daemon', 'cronjob'"},
		{"store.type=mysql", "at '/store/type'"},
		{"replicaCounts=2", "'replicaCounts' not allowed"},
		{"ingres.enabled=true", "'ingres' not allowed"},
		{"store.redis.sentinals=a", "'sentinals' not allowed"},
		{"secrets.JIRA_TOKEN=hunter2", "at '/secrets/JIRA_TOKEN': got string, want object"},
		{"secrets.JIRA_TOKEN.value=hunter2", "'value' not allowed"},
		{"secrets.jira-token.existingSecret=a", "'jira-token' does not match pattern"},
		{"secretFiles.redis-password.existingSecret=a", "invalid propertyName 'redis-password'"},
		{"cronjob.concurrencyPolicy=Allow", "'concurrencyPolicy' not allowed"},
		{"cronjob.sync.schedule=hourly", "at '/cronjob/sync/schedule'"},
		{"image.digest=latest", "at '/image/digest'"},
		{"dashboard.port=80", "at '/dashboard/port': minimum: got 80, want 1,024"},
		{"resources.limit.memory=1Gi", "'limit' not allowed"},
	} {
		t.Run(c.set, func(t *testing.T) {
			t.Parallel()
			if said := refused(t, "minimal", c.set); !strings.Contains(said, c.want) {
				t.Errorf("said\n%s\nwant %q", said, c.want)
			}
		})
	}
}

// schema is as much of a JSON Schema as is looked at.
type schema struct {
	Properties map[string]schema `json:"properties"`
	Additional json.RawMessage   `json:"additionalProperties"`
}

func TestValuesAndTheirSchemaNameTheSameKeys(t *testing.T) {
	var all schema
	text, err := os.ReadFile(filepath.Join(chart, "values.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if text, err = os.ReadFile(filepath.Join(chart, "values.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(text, &values); err != nil {
		t.Fatal(err)
	}
	var walk func(at string, v map[string]any, s schema)
	walk = func(at string, v map[string]any, s schema) {
		if len(s.Properties) == 0 || len(v) == 0 {
			return // its keys are Kubernetes' or the user's
		}
		want, got := slices.Sorted(maps.Keys(s.Properties)), slices.Sorted(maps.Keys(v))
		if !slices.Equal(got, want) {
			t.Errorf("%s has the keys %q, and its schema %q", at, got, want)
		}
		if string(s.Additional) != "false" {
			t.Errorf("%s takes keys that mean nothing", at)
		}
		for k, sub := range s.Properties {
			if m, ok := v[k].(map[string]any); ok {
				walk(at+"."+k, m, sub)
			}
		}
	}
	delete(all.Properties, "global") // Helm's own
	walk("values", values, all)
}
