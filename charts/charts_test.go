// Package charts_test renders the chart with the real Helm and holds what comes out
// against the types of the Kubernetes API and against what fairlead takes. Nothing here
// needs a cluster, and nothing is applied to one.
package charts_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

//go:generate go test -run ^TestTheReadmeIsCurrent$ -update .

var update = flag.Bool("update", false, "write the values into the chart's README anew")

const (
	chart   = "fairlead"
	release = "letters"
)

// tool finds a program that the full tests need; without it the test is skipped, or
// fails in CI.
func tool(t *testing.T, name, install string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if home, err := os.UserHomeDir(); err == nil {
		path := filepath.Join(home, "go", "bin", name)
		if _, err := exec.LookPath(path); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("there is no %s: %s", name, install)
	}
	t.Skipf("there is no %s: %s", name, install)
	return ""
}

// helm runs Helm and gives what it printed.
func helm(t *testing.T, args ...string) (out, said string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tool(t, "helm", "go install helm.sh/helm/v4/cmd/helm@v4.3.1"), args...)
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home, "KUBECONFIG="+filepath.Join(home, "none"))
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err = cmd.Run()
	return o.String(), e.String(), err
}

// valuesFiles are those under ci, which show what can be combined.
func valuesFiles(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(chart, "ci", "*.yaml"))
	if err != nil || len(all) < 5 {
		t.Fatalf("found %q, %v: want five files of values or more", all, err)
	}
	return all
}

func ci(name string) string { return filepath.Join(chart, "ci", name+".yaml") }

// object is one manifest, read strictly as what it says it is.
type object struct {
	kind, name, namespace string
	labels, annotations   map[string]string
	is                    any // a pointer to the type of its API
}

// kinds are what the chart may render.
var kinds = map[string]func() any{
	"v1 ConfigMap":                            func() any { return new(core.ConfigMap) },
	"v1 PersistentVolumeClaim":                func() any { return new(core.PersistentVolumeClaim) },
	"v1 Pod":                                  func() any { return new(core.Pod) },
	"v1 Service":                              func() any { return new(core.Service) },
	"v1 ServiceAccount":                       func() any { return new(core.ServiceAccount) },
	"apps/v1 Deployment":                      func() any { return new(apps.Deployment) },
	"autoscaling/v2 HorizontalPodAutoscaler":  func() any { return new(autoscaling.HorizontalPodAutoscaler) },
	"batch/v1 CronJob":                        func() any { return new(batch.CronJob) },
	"networking.k8s.io/v1 Ingress":            func() any { return new(networking.Ingress) },
	"networking.k8s.io/v1 NetworkPolicy":      func() any { return new(networking.NetworkPolicy) },
	"policy/v1 PodDisruptionBudget":           func() any { return new(policy.PodDisruptionBudget) },
	"gateway.networking.k8s.io/v1 HTTPRoute":  func() any { return new(gateway.HTTPRoute) },
	"monitoring.coreos.com/v1 ServiceMonitor": func() any { return new(monitoring.ServiceMonitor) },
	"monitoring.coreos.com/v1 PrometheusRule": func() any { return new(monitoring.PrometheusRule) },
}

var between = regexp.MustCompile(`(?m)^---$`)

// decode reads a manifest: no key twice, none that the type does not have, none in
// other case.
func decode(text string) (object, error) {
	raw, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return object{}, err
	}
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name        string            `json:"name"`
			Namespace   string            `json:"namespace"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	if err := json.UnmarshalCaseSensitivePreserveInts(raw, &head); err != nil {
		return object{}, err
	}
	newOne, known := kinds[head.APIVersion+" "+head.Kind]
	if !known {
		return object{}, fmt.Errorf("this test knows no %s %s", head.APIVersion, head.Kind)
	}
	m := head.Metadata
	o := object{head.Kind, m.Name, m.Namespace, m.Labels, m.Annotations, newOne()}
	strict, err := json.UnmarshalStrict(raw, o.is)
	if err == nil && len(strict) > 0 {
		err = fmt.Errorf("%v", strict)
	}
	return o, err
}

// render gives all objects of a release with the values file and further settings.
func render(t *testing.T, values string, set ...string) []object {
	t.Helper()
	args := []string{"template", release, chart, "--namespace", "letters-ns", "--values", values}
	for _, s := range set {
		args = append(args, "--set", s)
	}
	out, said, err := helm(t, args...)
	if err != nil || said != "" {
		t.Fatalf("helm %q: %v\n%s", args, err, said)
	}
	var all []object
	for _, text := range between.Split(out, -1) {
		if isBlank(text) {
			continue
		}
		o, err := decode(text)
		if err != nil {
			t.Errorf("%v in\n%s", err, text)
			continue
		}
		all = append(all, o)
	}
	return all
}

// isBlank reports whether nothing but comments is written.
func isBlank(text string) bool {
	for line := range strings.Lines(text) {
		if s := strings.TrimSpace(line); s != "" && !strings.HasPrefix(s, "#") {
			return false
		}
	}
	return true
}

// only is the one object of its type; nil when there is none.
func only[T any](t *testing.T, all []object) *T {
	t.Helper()
	var found *T
	for _, o := range all {
		if is, ok := o.is.(*T); ok {
			if found != nil {
				t.Fatalf("there are two of %T", is)
			}
			found = is
		}
	}
	return found
}

// podOf is a pod that comes of the objects.
type podOf struct {
	what   string // Deployment, CronJob …-sync, Pod
	labels map[string]string
	core.PodTemplateSpec
}

func pods(all []object) []podOf {
	var out []podOf
	for _, o := range all {
		switch is := o.is.(type) {
		case *apps.Deployment:
			out = append(out, podOf{"Deployment", is.Spec.Template.Labels, is.Spec.Template})
		case *batch.CronJob:
			template := is.Spec.JobTemplate.Spec.Template
			out = append(out, podOf{"CronJob " + is.Name, template.Labels, template})
		case *core.Pod:
			out = append(out, podOf{"Pod", is.Labels, core.PodTemplateSpec{ObjectMeta: is.ObjectMeta, Spec: is.Spec}})
		}
	}
	return out
}

// fairlead is the container of fairlead itself.
func (p podOf) fairlead() *core.Container {
	i := slices.IndexFunc(p.Spec.Containers, func(c core.Container) bool { return c.Name == "fairlead" })
	return &p.Spec.Containers[i]
}

// selects reports whether a selector takes in something with the labels.
func selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}
