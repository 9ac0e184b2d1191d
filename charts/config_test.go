package charts_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	core "k8s.io/api/core/v1"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/rules"
)

// given are ConfigMaps that somebody else keeps.
var given = map[string]map[string]string{
	"fairlead-synced": {
		"fairlead.yaml": "sources: [{jira: https://acme.atlassian.net, user: a@acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}]\norg: org.yaml\n",
		"org.yaml":      "people: [{id: lee}]\nteams: [{id: payments, em: lee}, {id: core}]\n",
	},
	"payments-agreements": {"payments.yaml": "agreements: [{rule: feature-without-problem, stage: watch}]\n"},
	"core-agreements":     {"core.yaml": "agreements: [{rule: feature-without-problem, stage: watch}]\n"},
}

// secretValue is what a key of a Secret holds.
func secretValue(t *testing.T, key string) string {
	t.Helper()
	cert, own := certificate(t)
	switch {
	case strings.HasSuffix(key, ".crt"):
		return cert
	case strings.HasSuffix(key, ".key"):
		return own
	case strings.HasSuffix(key, "hook"):
		return "https://hooks.slack.example/services/x"
	}
	return "the-secret-" + key
}

var made struct{ cert, key string }

func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	if made.cert != "" {
		return made.cert, made.key
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC), IsCA: true}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	made.cert = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
	made.key = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return made.cert, made.key
}

// container is what fairlead finds where a pod runs it: its files and its environment.
type container struct {
	t     *testing.T
	maps  map[string]map[string]string
	files fstest.MapFS
	env   map[string]string
}

func inside(t *testing.T, p podOf, all []object) *container {
	t.Helper()
	in := &container{t: t, maps: map[string]map[string]string{}, files: fstest.MapFS{}, env: map[string]string{}}
	for name, data := range given {
		in.maps[name] = data
	}
	for _, o := range all {
		if m, ok := o.is.(*core.ConfigMap); ok {
			in.maps[m.Name] = m.Data
		}
	}
	for _, m := range p.fairlead().VolumeMounts {
		for _, v := range p.Spec.Volumes {
			if v.Name == m.Name {
				in.mount(strings.TrimPrefix(m.MountPath, "/"), v.VolumeSource)
			}
		}
	}
	for _, e := range p.fairlead().Env {
		in.env[e.Name] = e.Value
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			in.env[e.Name] = secretValue(t, e.ValueFrom.SecretKeyRef.Key)
		}
	}
	return in
}

func (c *container) mount(at string, v core.VolumeSource) {
	c.t.Helper()
	switch {
	case v.ConfigMap != nil:
		c.configMap(at, v.ConfigMap.Name, v.ConfigMap.Items)
	case v.Projected != nil:
		for _, s := range v.Projected.Sources {
			if s.ConfigMap != nil {
				c.configMap(at, s.ConfigMap.Name, s.ConfigMap.Items)
			}
			if s.Secret != nil {
				for _, i := range s.Secret.Items {
					c.put(path.Join(at, i.Path), secretValue(c.t, i.Key))
				}
			}
		}
	}
}

func (c *container) configMap(at, name string, items []core.KeyToPath) {
	c.t.Helper()
	data, known := c.maps[name]
	if !known {
		if name != "authorities" {
			c.t.Errorf("nothing makes the ConfigMap %s", name)
		}
		return
	}
	if items == nil {
		for key := range data {
			items = append(items, core.KeyToPath{Key: key, Path: key})
		}
	}
	for _, i := range items {
		text, there := data[i.Key]
		if !there {
			c.t.Errorf("the ConfigMap %s has no %s", name, i.Key)
		}
		c.put(path.Join(at, i.Path), text)
	}
}

func (c *container) put(name, text string) {
	if _, twice := c.files[name]; twice {
		c.t.Errorf("%s is mounted twice", name)
	}
	c.files[name] = &fstest.MapFile{Data: []byte(text)}
}

// load reads the configuration as the container would.
func (c *container) load(args []string) (*config.Config, error) {
	c.t.Helper()
	i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "--config=") })
	if i < 0 {
		c.t.Fatalf("fairlead %q names no configuration", args)
	}
	return config.LoadFS(c.files, strings.TrimPrefix(args[i], "--config="), func(name string) (string, bool) {
		v, set := c.env[name]
		return v, set
	})
}

func TestFairleadTakesWhatTheChartWrites(t *testing.T) {
	for _, values := range valuesFiles(t) {
		t.Run(values, func(t *testing.T) {
			all := render(t, values)
			for _, p := range pods(all) {
				in := inside(t, p, all)
				cfg, err := in.load(p.fairlead().Args)
				if err != nil {
					t.Errorf("%s:\n%v", p.what, err)
					continue
				}
				if len(cfg.Sources) == 0 || len(cfg.Directory.Teams()) == 0 || cfg.Store.CalendarFolder() != "/var/lib/fairlead/calendars" {
					t.Errorf("%s reads %d sources, %d teams, and keeps calendars in %s", p.what, len(cfg.Sources), len(cfg.Directory.Teams()), cfg.Store.CalendarFolder())
				}
				for _, name := range cfg.RuleFiles {
					if _, err := rules.Parse(name, in.files[strings.TrimPrefix(name, "/")].Data); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}

func TestWhatTheChartWritesIsWhatTheValuesSay(t *testing.T) {
	load := func(values string, set ...string) *config.Config {
		t.Helper()
		all := render(t, ci(values), set...)
		p := pods(all)[0]
		cfg, err := inside(t, p, all).load(p.fairlead().Args)
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	cfg := load("daemon-sqlite")
	if cfg.Store.File != "/var/lib/fairlead/fairlead.db" || cfg.Metrics.Listen != ":9090" || cfg.Dashboard.Listen != ":8080" || cfg.Webhooks.Listen != "" {
		t.Errorf("with SQLite it is kept in %s, and told at %q, %q and %q", cfg.Store.File, cfg.Metrics.Listen, cfg.Dashboard.Listen, cfg.Webhooks.Listen)
	}
	if cfg.Sources[0].Token.Reveal() != "the-secret-jira-token" || len(cfg.Agreements) != 1 || cfg.Agreements[0].Team != "payments" || len(cfg.RuleFiles) != 1 || len(cfg.Calendars) != 1 {
		t.Errorf("token, agreements %+v, rules %q, calendars %+v", cfg.Agreements, cfg.RuleFiles, cfg.Calendars)
	}

	cfg = load("everything")
	r := cfg.Store.Redis
	if r == nil || !r.Cluster || !r.TLS || r.Prefix != "letters" || r.User != "fairlead" || r.Password.Reveal() != "the-secret-password" || len(r.CA) == 0 || len(r.Certificate) == 0 || r.ServerName != "redis.example" {
		t.Errorf("the Redis is %+v", r)
	}
	if cfg.Webhooks.Listen != ":8081" || cfg.Dashboard.Listen != ":8443" || !cfg.Dashboard.AgreementsOnPages || len(cfg.Agreements) != 2 {
		t.Errorf("webhooks at %s, pages at %s, agreements %+v", cfg.Webhooks.Listen, cfg.Dashboard.Listen, cfg.Agreements)
	}

	cfg = load("daemon-redis-ha")
	if r := cfg.Store.Redis; r.Master != "fairlead" || len(r.Hosts) != 3 || r.SentinelPassword.Reveal() != "the-secret-sentinel" || len(cfg.Agreements) != 2 || len(cfg.Directory.Teams()) != 2 {
		t.Errorf("the Redis is %+v, the agreements %+v", r, cfg.Agreements)
	}

	cfg = load("cronjob-redis")
	if cfg.Metrics.Listen != "" || cfg.Dashboard.Listen != "" {
		t.Error("a CronJob listens")
	}
	lee, _ := load("minimal").Directory.Person("mina")
	if from := lee.Roles[0].From.Format(time.DateOnly); from != "2026-03-01" {
		t.Errorf("a day in the values is read as %s", from)
	}
}
