package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
)

func TestAChangedConfigurationIsNoticed(t *testing.T) {
	const (
		main = "sources: [{jira: https://acme.atlassian.net, user: a@acme.example, token_file: token, projects: [PAY]}]\norg: org.yaml\nteams: teams/*.yaml\nrules: rules/*.yaml\n"
		org  = "people: [{id: lee}]\nteams: [{id: payments, em: lee}, {id: core}]\n"
		team = "agreements: [{rule: feature-without-problem, stage: watch}]\n"
	)
	write := func(t *testing.T, dir, name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   bool
	}{
		{"nothing happens", func(*testing.T, string) {}, false},
		{"a file beside them changes", func(t *testing.T, dir string) { write(t, dir, "notes.txt", "more") }, false},
		{"the main file grows", func(t *testing.T, dir string) { write(t, dir, "fairlead.yaml", main+"\n") }, true},
		{"a token is another of the same length", func(t *testing.T, dir string) {
			write(t, dir, "token", "t0ken-2")
			if err := os.Chtimes(filepath.Join(dir, "token"), time.Time{}, time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a rule of one's own grows", func(t *testing.T, dir string) { write(t, dir, "rules/one.yaml", "id: two") }, true},
		{"a team's file comes", func(t *testing.T, dir string) { write(t, dir, "teams/core.yaml", team) }, true},
		{"a team's file goes", func(t *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, "teams/payments.yaml")) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, folder := range []string{"teams", "rules"} {
				if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range map[string]string{"fairlead.yaml": main, "org.yaml": org, "teams/payments.yaml": team, "rules/one.yaml": "id: one", "token": "t0ken-1", "notes.txt": ""} {
				write(t, dir, name, text)
			}
			cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), os.LookupEnv)
			if err != nil {
				t.Fatal(err)
			}
			c.change(t, dir)
			if got := cfg.Outdated(); got != c.want {
				t.Errorf("outdated = %v, want %v", got, c.want)
			}
		})
	}
}
