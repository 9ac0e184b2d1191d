package config

import (
	"strings"
	"testing"
	"time"
)

func TestHowOftenToReconcile(t *testing.T) {
	const jira = "sources:\n  - {jira: https://acme.atlassian.net, user: a@acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}\n"
	for _, c := range []struct {
		name, written string
		want          time.Duration
		mistake       string // part of it, when it is one
	}{
		{"nothing said is once a day", "", 24 * time.Hour, ""},
		{"an empty section is once a day", "sync: {}\n", 24 * time.Hour, ""},
		{"hours", "sync: {reconcile_every: 12h}\n", 12 * time.Hour, ""},
		{"days", "sync: {reconcile_every: 7d}\n", 7 * 24 * time.Hour, ""},
		{"ninety days are the most", "sync: {reconcile_every: 90d}\n", 90 * 24 * time.Hour, ""},
		{"more than ninety days", "sync: {reconcile_every: 91d}\n", 0, `"91d" is no period for this`},
		{"never", "sync: {reconcile_every: 0h}\n", 0, `"0h" is no period for this`},
		{"minutes", "sync: {reconcile_every: 30m}\n", 0, `"30m" is no period for this`},
		{"a bare number", "sync: {reconcile_every: 24}\n", 0, "reconcile_every"},
		{"an unknown key", "sync: {reconcile_evry: 24h}\n", 0, "reconcile_every"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := loadText(jira + c.written)
			if c.mistake != "" {
				if err == nil || !strings.Contains(err.Error(), c.mistake) || !strings.Contains(err.Error(), "fairlead.yaml:3:") {
					t.Errorf("err = %v, want one at line 3 that says %q", err, c.mistake)
				}
				return
			}
			if err != nil || cfg.Sync.ReconcileEvery != c.want {
				t.Errorf("got %+v, %v, want %v", cfg, err, c.want)
			}
		})
	}
}

func TestHowOftenToReadAndWhereToListen(t *testing.T) {
	const jira = "sources:\n  - {jira: https://acme.atlassian.net, user: a@acme.example, token: \"${JIRA_TOKEN}\", webhook_secret: \"${JIRA_TOKEN}\", projects: [PAY]}\n"
	for _, c := range []struct {
		name, written string
		every         time.Duration
		listen        string
		mistake       string
	}{
		{"nothing said", "", 10 * time.Minute, "", ""},
		{"minutes", "sync: {every: 5m}\n", 5 * time.Minute, "", ""},
		{"less than a minute", "sync: {every: 0m}\n", 0, "", `"0m" is no period for this`},
		{"more than a day", "sync: {every: 2d}\n", 0, "", `"2d" is no period for this`},
		{"an address", "webhooks: {listen: 127.0.0.1:8090}\n", 10 * time.Minute, "127.0.0.1:8090", ""},
		{"a port alone", "webhooks: {listen: 8090}\n", 0, "", "webhooks"},
		{"a URL", "webhooks: {listen: \"http://x:80\"}\n", 0, "", "no address to listen at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := loadText(jira + c.written)
			if c.mistake != "" {
				if err == nil || !strings.Contains(err.Error(), c.mistake) {
					t.Errorf("err = %v, want one that says %q", err, c.mistake)
				}
				return
			}
			if err != nil || cfg.Sync.Every != c.every || cfg.Webhooks.Listen != c.listen {
				t.Errorf("got %+v, %v, want %v at %q", cfg, err, c.every, c.listen)
			}
		})
	}
	_, err := loadText(strings.Replace(jira, `webhook_secret: "${JIRA_TOKEN}", `, "", 1) + "webhooks: {listen: 127.0.0.1:8090}\n")
	if err == nil || !strings.Contains(err.Error(), "no source has a webhook_secret") {
		t.Errorf("err = %v, want one that asks for a webhook_secret", err)
	}
}
