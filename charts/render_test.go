package charts_test

import (
	"cmp"
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
)

func TestEveryValuesFileIsLintedAndRendersWhatKubernetesKnows(t *testing.T) {
	seen := map[string]bool{}
	for _, values := range valuesFiles(t) {
		t.Run(values, func(t *testing.T) {
			if out, said, err := helm(t, "lint", "--strict", chart, "--values", values); err != nil || strings.Contains(said, "warn") {
				t.Errorf("helm lint: %v\n%s%s", err, out, said)
			}
			names := map[string]bool{}
			for _, o := range render(t, values) {
				seen[o.kind] = true
				if names[o.kind+o.name] {
					t.Errorf("there are two %s %s", o.kind, o.name)
				}
				names[o.kind+o.name] = true
				if len(o.name) > 52 || o.name == "" {
					t.Errorf("%s is named %q", o.kind, o.name)
				}
				if strings.HasSuffix(o.name, "-more") || strings.HasSuffix(o.name, "-text") {
					continue // extraObjects are as they were given
				}
				if o.namespace == "" || o.labels["app.kubernetes.io/instance"] != release || o.labels["helm.sh/chart"] == "" {
					t.Errorf("%s %s stands in %q with labels %v", o.kind, o.name, o.namespace, o.labels)
				}
			}
		})
	}
	for kind := range kinds {
		if _, kind, _ := strings.Cut(kind, " "); !seen[kind] {
			t.Errorf("no file of values under ci renders a %s", kind)
		}
	}
}

// The test above is only worth something if it refuses what Kubernetes would.
func TestTheTypesRefuseWhatTheyShould(t *testing.T) {
	for text, want := range map[string]string{
		"apiVersion: v1\nkind: Service\nspec: {port: 80}":                                                `unknown field "spec.port"`,
		"apiVersion: v1\nkind: Service\nspec: {Type: ClusterIP}":                                         `unknown field "spec.Type"`,
		"apiVersion: v1\nkind: Service\nspec: {type: a, type: b}":                                        "already set",
		"apiVersion: v1\nkind: Service\nspec: {ports: [{port: http}]}":                                   "int32",
		"apiVersion: v1\nkind: Sarvice":                                                                  "knows no v1 Sarvice",
		"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: {groups: [{nam: a}]}":         `unknown field "spec.groups[0].nam"`,
		"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nspec: {rules: [{backendRef: [{}]}]}": `unknown field "spec.rules[0].backendRef"`,
	} {
		if _, err := decode(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nis read with %v, want %q", text, err, want)
		}
	}
}

func TestPodsMayDoNothingButTheirWork(t *testing.T) {
	for _, values := range valuesFiles(t) {
		t.Run(values, func(t *testing.T) {
			for _, p := range pods(render(t, values)) {
				s := p.Spec
				if s.AutomountServiceAccountToken == nil || *s.AutomountServiceAccountToken {
					t.Errorf("%s gets a token of its service account", p.what)
				}
				if c := s.SecurityContext; c == nil || c.RunAsNonRoot == nil || !*c.RunAsNonRoot || c.SeccompProfile == nil || c.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
					t.Errorf("%s runs as %+v", p.what, c)
				}
				if *s.TerminationGracePeriodSeconds < 45 {
					t.Errorf("%s has %d s to end, fairlead may take 45", p.what, *s.TerminationGracePeriodSeconds)
				}
				for i := range s.Containers {
					lockedDown(t, p.what, &s.Containers[i])
				}
				mounts(t, p)
			}
		})
	}
}

func lockedDown(t *testing.T, what string, c *core.Container) {
	t.Helper()
	sc := c.SecurityContext
	if sc == nil || sc.ReadOnlyRootFilesystem == nil || !*sc.ReadOnlyRootFilesystem || sc.AllowPrivilegeEscalation == nil || *sc.AllowPrivilegeEscalation ||
		sc.Capabilities == nil || !slices.Equal(sc.Capabilities.Drop, []core.Capability{"ALL"}) || len(sc.Capabilities.Add) > 0 {
		t.Errorf("%s, container %s: %+v", what, c.Name, sc)
	}
	if c.Resources.Requests.Cpu().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Limits.Memory().IsZero() {
		t.Errorf("%s, container %s asks for %+v", what, c.Name, c.Resources)
	}
	for _, e := range c.Env {
		if strings.Contains(strings.ToLower(e.Name), "token") && e.Value != "" {
			t.Errorf("%s, container %s holds the value of %s", what, c.Name, e.Name)
		}
	}
}

// mounts looks whether what is mounted is there, and writable only where it has to be.
func mounts(t *testing.T, p podOf) {
	t.Helper()
	used := map[string]bool{}
	for _, m := range p.fairlead().VolumeMounts {
		used[m.Name] = true
		if !slices.ContainsFunc(p.Spec.Volumes, func(v core.Volume) bool { return v.Name == m.Name }) {
			t.Errorf("%s mounts %s, which is no volume", p.what, m.Name)
		}
		if writable := m.MountPath == "/var/lib/fairlead"; m.ReadOnly == writable {
			t.Errorf("%s mounts %s read-only: %v", p.what, m.MountPath, m.ReadOnly)
		}
	}
	for _, v := range p.Spec.Volumes {
		if !used[v.Name] {
			t.Errorf("%s has the volume %s and mounts it nowhere", p.what, v.Name)
		}
	}
}

func TestWhatPointsAtSomethingElsePointsAtIt(t *testing.T) {
	for _, values := range valuesFiles(t) {
		t.Run(values, func(t *testing.T) {
			all := render(t, values)
			everyPodHasItsPolicy(t, all)
			daemon, service := only[apps.Deployment](t, all), only[core.Service](t, all)
			if (daemon == nil) != (service == nil) {
				t.Fatalf("Deployment %v, Service %v: want both or neither", daemon != nil, service != nil)
			}
			if daemon == nil {
				return
			}
			if !selects(daemon.Spec.Selector.MatchLabels, daemon.Spec.Template.Labels) {
				t.Error("the Deployment does not take in its own pods")
			}
			for _, p := range pods(all) {
				if selects(service.Spec.Selector, p.labels) != (p.what == "Deployment") {
					t.Errorf("the Service leads to the pods of %s: %v", p.what, p.what != "Deployment")
				}
			}
			portsLeadOn(t, all, daemon, service)
			if b := only[policy.PodDisruptionBudget](t, all); b != nil && !selects(b.Spec.Selector.MatchLabels, daemon.Spec.Template.Labels) {
				t.Error("the budget is about other pods")
			}
			if h := only[autoscaling.HorizontalPodAutoscaler](t, all); h != nil && (h.Spec.ScaleTargetRef.Name != daemon.Name || daemon.Spec.Replicas != nil) {
				t.Errorf("scaling is about %+v, with %v replicas", h.Spec.ScaleTargetRef, daemon.Spec.Replicas)
			}
			if m := only[monitoring.ServiceMonitor](t, all); m != nil {
				if !selects(m.Spec.Selector.MatchLabels, service.Labels) || m.Spec.NamespaceSelector.MatchNames[0] != service.Namespace || m.Spec.Endpoints[0].Port != "metrics" {
					t.Errorf("Prometheus looks for %+v", m.Spec)
				}
			}
		})
	}
}

func everyPodHasItsPolicy(t *testing.T, all []object) {
	t.Helper()
	n := only[networking.NetworkPolicy](t, all)
	if n == nil || len(n.Spec.PolicyTypes) != 2 {
		t.Fatalf("the network policy is %+v", n)
	}
	for _, p := range pods(all) {
		if !selects(n.Spec.PodSelector.MatchLabels, p.labels) {
			t.Errorf("the network policy is not about %s", p.what)
		}
	}
}

// portsLeadOn follows names of ports from Ingress and HTTPRoute through the Service to
// the container, and from probes.
func portsLeadOn(t *testing.T, all []object, daemon *apps.Deployment, service *core.Service) {
	t.Helper()
	var named []string
	c := podOf{PodTemplateSpec: daemon.Spec.Template}.fairlead()
	for _, p := range c.Ports {
		named = append(named, p.Name)
	}
	byName, byNumber := map[string]bool{}, map[int32]bool{}
	for _, p := range service.Spec.Ports {
		byName[p.Name], byNumber[p.Port] = true, true
		if !slices.Contains(named, p.TargetPort.StrVal) {
			t.Errorf("the Service leads to the port %s, the container has %q", p.TargetPort.StrVal, named)
		}
	}
	for _, p := range []*core.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
		if p == nil || !slices.Contains(named, p.HTTPGet.Port.StrVal) {
			t.Errorf("a probe asks %+v, the container has %q", p, named)
		}
	}
	if i := only[networking.Ingress](t, all); i != nil {
		for _, r := range i.Spec.Rules {
			for _, p := range r.HTTP.Paths {
				if b := p.Backend.Service; b.Name != service.Name || !byName[b.Port.Name] {
					t.Errorf("the Ingress leads %s%s to %+v", r.Host, p.Path, b)
				}
			}
		}
	}
	if r := only[gateway.HTTPRoute](t, all); r != nil {
		for _, rule := range r.Spec.Rules {
			if b := rule.BackendRefs[0]; string(b.Name) != service.Name || !byNumber[*b.Port] {
				t.Errorf("the HTTPRoute leads to %+v", b)
			}
		}
	}
}

func TestSQLiteMeansOneReplicaThatEndsBeforeTheNext(t *testing.T) {
	for _, name := range []string{"minimal", "daemon-sqlite"} {
		all := render(t, ci(name))
		d, claim := only[apps.Deployment](t, all), only[core.PersistentVolumeClaim](t, all)
		if *d.Spec.Replicas != 1 || d.Spec.Strategy.Type != apps.RecreateDeploymentStrategyType || d.Spec.Strategy.RollingUpdate != nil {
			t.Errorf("%s: %d replicas by %s", name, *d.Spec.Replicas, d.Spec.Strategy.Type)
		}
		if claim == nil || claim.Annotations["helm.sh/resource-policy"] != "keep" {
			t.Errorf("%s: the claim is %+v, want one that stays", name, claim)
		}
	}
	if claim := only[core.PersistentVolumeClaim](t, render(t, ci("daemon-redis-ha"))); claim != nil {
		t.Error("with Redis there is a claim")
	}
	if claim := only[core.PersistentVolumeClaim](t, render(t, ci("minimal"), "persistence.existingClaim=there")); claim != nil {
		t.Error("there is a claim beside the one that was there")
	}
}

func TestCronJobsHaveWhatTheyWereTold(t *testing.T) {
	var jobs []*batch.CronJob
	for _, o := range render(t, ci("cronjob-redis"), "cronjob.reports.suspend=true") {
		if j, ok := o.is.(*batch.CronJob); ok {
			jobs = append(jobs, j)
		}
	}
	if len(jobs) != 2 {
		t.Fatalf("there are %d CronJobs, want 2", len(jobs))
	}
	slices.SortFunc(jobs, func(a, b *batch.CronJob) int { return cmp.Compare(a.Name, b.Name) })
	reports, sync := jobs[0], jobs[1]
	for _, j := range jobs {
		s, job := j.Spec, j.Spec.JobTemplate.Spec
		if *s.TimeZone != "Europe/Berlin" || s.ConcurrencyPolicy != batch.ForbidConcurrent || *s.StartingDeadlineSeconds != 600 || *job.ActiveDeadlineSeconds != 21600 ||
			*s.SuccessfulJobsHistoryLimit != 3 || *s.FailedJobsHistoryLimit != 3 || job.Template.Spec.RestartPolicy != core.RestartPolicyNever {
			t.Errorf("%s is %+v", j.Name, s)
		}
	}
	if s := sync.Spec; s.Schedule != "*/15 * * * 1-5" || *s.JobTemplate.Spec.BackoffLimit != 2 || s.JobTemplate.Spec.TTLSecondsAfterFinished != nil || *s.Suspend {
		t.Errorf("the job that reads is %+v", s)
	}
	if s := reports.Spec; s.Schedule != "35 8-18 * * 1-5" || *s.JobTemplate.Spec.BackoffLimit != 0 || *s.JobTemplate.Spec.TTLSecondsAfterFinished != 86400 || !*s.Suspend {
		t.Errorf("the job that reports is %+v", s)
	}
	for _, p := range pods([]object{{is: sync}, {is: reports}}) {
		args := p.fairlead().Args
		if deliver := !slices.Contains(args, "--deliver=false"); args[0] != "run" || deliver != strings.HasSuffix(p.what, "-reports") {
			t.Errorf("%s runs fairlead %q", p.what, args)
		}
	}
	if limit := pods([]object{{is: sync}})[0].fairlead().Resources.Limits.Memory().String(); limit != "2Gi" {
		t.Errorf("the job that reads may take %s, want its own 2Gi", limit)
	}
}

func TestTheGarbageCollectorKnowsTheLimit(t *testing.T) {
	for limit, want := range map[string]string{"1Gi": "921MiB", "512Mi": "460MiB", "3G": "2574MiB", "1.5Gi": "1382MiB", "1073741824": "921MiB", "2e9": "", "null": ""} {
		p := pods(render(t, ci("minimal"), "resources.limits.memory="+limit))[0]
		got := ""
		for _, e := range p.fairlead().Env {
			if e.Name == "GOMEMLIMIT" {
				got = e.Value
			}
		}
		if got != want {
			t.Errorf("with a limit of %s, GOMEMLIMIT is %q, want %q", limit, got, want)
		}
	}
	for limit, want := range map[string]string{"2": "limits.cpu", "null": ""} {
		got := ""
		for _, e := range pods(render(t, ci("minimal"), "resources.limits.cpu="+limit))[0].fairlead().Env {
			if e.Name == "GOMAXPROCS" {
				got = e.ValueFrom.ResourceFieldRef.Resource
			}
		}
		if got != want {
			t.Errorf("with %s cores, GOMAXPROCS comes from %q, want %q", limit, got, want)
		}
	}
}

// reach is where a policy lets pods go, by port.
func reach(n *networking.NetworkPolicy) map[int32]bool {
	out := map[int32]bool{}
	for _, r := range n.Spec.Egress {
		for _, p := range r.Ports {
			out[p.Port.IntVal] = true
		}
	}
	return out
}

func TestTheNetworkIsOpenWhereFairleadGoesAndNowhereElse(t *testing.T) {
	for name, want := range map[string][]int32{
		"minimal":         {53, 443, 465, 587},
		"cronjob-redis":   {53, 443, 465, 587, 6379},
		"daemon-redis-ha": {53, 443, 465, 587, 6379, 26379},
		"everything":      {25, 53, 443, 6379, 6380, 8443},
	} {
		n := only[networking.NetworkPolicy](t, render(t, ci(name)))
		var got []int32
		for port := range reach(n) {
			got = append(got, port)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: pods reach the ports %v, want %v", name, got, want)
		}
		if in := len(n.Spec.Ingress); in != map[string]int{"minimal": 1, "cronjob-redis": 0, "daemon-redis-ha": 2, "everything": 2}[name] {
			t.Errorf("%s: %d rules for what comes in", name, in)
		}
	}
}

func TestPodsBeginAnewWhereTheyAreToldTo(t *testing.T) {
	marks := func(set ...string) map[string]string {
		return pods(render(t, ci("minimal"), set...))[0].Annotations
	}
	before, other := marks(), marks("config.fairlead.sync.every=20m")
	if before["checksum/config"] == "" || before["checksum/config"] == other["checksum/config"] || before["checksum/installation"] != other["checksum/installation"] {
		t.Errorf("with another configuration pods are marked %v, before %v", other, before)
	}
	if agreed := marks("agreements.teams.payments.agreements=null"); agreed["checksum/agreements"] == "" {
		t.Error("agreements leave no mark")
	}
	if still := marks("config.restartOnChange=false"); len(still) != 0 {
		t.Errorf("pods that take changes up by themselves are marked %v", still)
	}
	for _, o := range render(t, ci("everything")) {
		if o.kind == "ConfigMap" && strings.HasSuffix(o.name, "-config") && o.annotations["checksum/config"] == "" {
			t.Error("the ConfigMap has no checksum")
		}
	}
}

func TestTheTestOfTheReleaseRunsDoctorAndEnds(t *testing.T) {
	p := only[core.Pod](t, render(t, ci("daemon-sqlite")))
	if p.Annotations["helm.sh/hook"] != "test" || p.Spec.RestartPolicy != core.RestartPolicyNever || *p.Spec.ActiveDeadlineSeconds != 600 || p.Spec.Containers[0].Args[0] != "doctor" {
		t.Errorf("the test is %+v", p)
	}
	if p.Spec.Containers[0].LivenessProbe != nil || len(p.Spec.Containers) != 1 {
		t.Error("it is probed, or accompanied, and would not end")
	}
	if near := p.Spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution[0].LabelSelector.MatchLabels; near["app.kubernetes.io/component"] != "daemon" {
		t.Errorf("it runs near %v, want the daemon, whose volume it opens", near)
	}
	if p := only[core.Pod](t, render(t, ci("minimal"), "helmTest.enabled=false")); p != nil {
		t.Error("there is a test although it is switched off")
	}
}

func TestTheNotesSayTheNextStep(t *testing.T) {
	for name, want := range map[string][]string{
		"minimal":       {"kubectl rollout status", "helm test letters", "findings list", "which stays when the release is removed"},
		"cronjob-redis": {"kubectl create job --namespace default --from=cronjob/letters-fairlead-sync", "helm test letters"},
		"everything":    {"fairlead dashboard token --person", "without a restart"},
	} {
		out, said, err := helm(t, "install", release, chart, "--dry-run=client", "--values", ci(name))
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		_, notes, _ := strings.Cut(out, "NOTES:")
		for _, w := range want {
			if !strings.Contains(notes, w) {
				t.Errorf("%s: the notes do not say %q:\n%s", name, w, notes)
			}
		}
	}
}
