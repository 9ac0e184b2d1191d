package config

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// FuzzLoad looks for files that make reading panic, give a mistake without a
// place in a file, or are taken without what every Config has.
func FuzzLoad(f *testing.F) {
	for _, main := range []string{
		"", "sources:\n", "sources: [{jira: https://a.atlassian.net, user: u@acme.example, token: \"${JIRA_TOKEN}\", projects: P}]\norg: org.yaml\nteams: team.yaml\n",
		"include: [fairlead.yaml, org.yaml]\n", "sources: [{linear: x, token_file: org.yaml}]\n", "sources: [{jira: \"http://[::1\"}]\n", "org: /\n", "store: sqlite:x\nreports: [{to: file:x}]\n",
	} {
		f.Add(main, "people: [{id: a, manager: [{manager: a, from: 2026-01-01}]}]\nteams: [{id: t, em: [a, {person: b, to: 2026-02-30}]}]\n", "agreements: [{rule: x, settings: {a: [1]}}]\n")
		f.Add(main, "people: [{id: a, role: em, from: 2026-01-02, to: 2026-01-01}]\nabsences: [{person: a, from: 0000-01-01}]\n", "team: t\nagreements: [{rule: x, off: true}]\n")
	}
	f.Fuzz(func(t *testing.T, main, people, team string) {
		fsys := fstest.MapFS{"fairlead.yaml": {Data: []byte(main)}, "org.yaml": {Data: []byte(people)}, "team.yaml": {Data: []byte(team)}}
		cfg, err := LoadFS(fsys, "fairlead.yaml", tokens)
		if err == nil {
			if len(cfg.Sources) == 0 || cfg.Directory == nil || cfg.Store.File == "" && cfg.Store.Redis == nil {
				t.Errorf("got %+v", cfg)
			}
			return
		}
		var mistakes yamlfile.Mistakes
		if !errors.As(err, &mistakes) || cfg != nil {
			t.Fatalf("got %T and %v", err, cfg)
		}
		for _, m := range mistakes {
			file := fsys[m.File]
			if file == nil || m.Line > 1+strings.Count(string(file.Data), "\n")+strings.Count(string(file.Data), "\r") {
				t.Errorf("no such place: %v", m.Place)
			}
		}
		if strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("a secret is shown: %v", err)
		}
	})
}
