package config

import (
	"strings"
	"testing"
	"time"
)

func TestHowLongThingsAreKept(t *testing.T) {
	for _, c := range []struct{ name, text, wrong string }{
		{"nothing is said", "", ""},
		{"both are said", "retention: {runs: 30d, deliveries: 90d}\n", ""},
		{"history too", "retention: {runs: 30d, deliveries: 90d, findings: 820d, snapshots: 1000d, trail: 3650d}\n", ""},
		{"findings for too short", "retention: {findings: 819d}\n", "so that two years of weeks are told whole"},
		{"weeks for too long", "retention: {snapshots: 3651d}\n", "write between 820d and 3650d"},
		{"the trail for too short", "retention: {trail: 400d}\n", "leave it out to keep them as long as the store"},
		{"runs for too short", "retention: {runs: 29d}\n", "write between 30d and 3650d"},
		{"deliveries for too short", "retention: {deliveries: 30d}\n", "so that nothing is sent twice"},
		{"no period", "retention: {runs: long}\n", "runs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := loadText("sources:\n  - {jira: https://acme.atlassian.net, user: a@acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}\n" + c.text)
			if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Fatalf("got %v, want %q", err, c.wrong)
			}
			if c.wrong != "" {
				return
			}
			want := Retention{Runs: 180 * 24 * time.Hour, Deliveries: 400 * 24 * time.Hour}
			if c.text != "" {
				want = Retention{Runs: 30 * 24 * time.Hour, Deliveries: 90 * 24 * time.Hour}
			}
			if strings.Contains(c.text, "findings") {
				want.Findings, want.Snapshots, want.Trail = 820*24*time.Hour, 1000*24*time.Hour, 3650*24*time.Hour
			}
			if cfg.Retention != want {
				t.Errorf("got %+v, want %+v", cfg.Retention, want)
			}
		})
	}
}
