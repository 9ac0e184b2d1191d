package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tokensOfTheDocs are the variables that docs/connectors.md names.
var tokensOfTheDocs = map[string]string{"JIRA_TOKEN": "t0ken-a", "LINEAR_TOKEN": "t0ken-b", "JIRA_WEBHOOK_SECRET": "h", "LINEAR_CLIENT_SECRET": "t0ken-c", "JIRA_CLIENT_SECRET": "t0ken-f"}

// blocks are the fenced blocks of a language in docs/connectors.md.
func blocks(t *testing.T, language string) []string { return blocksIn(t, "connectors.md", language) }

// blocksIn are the fenced blocks of a language in a page of the docs.
func blocksIn(t *testing.T, page, language string) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	if len(out) == 0 {
		t.Fatalf("docs/%s has no block of %s", page, language)
	}
	return out
}

func TestTheConfigurationsInTheDocsLoad(t *testing.T) {
	for _, text := range blocks(t, "yaml") {
		dir := writeFiles(t, map[string]string{"fairlead.yaml": text, "secrets/jira-token": "t0ken-d\n", "secrets/linear-refresh": "t0ken-e\n", "secrets/jira-refresh": "t0ken-g\n"})
		if got := run(t, tokensOfTheDocs, "config", "check", "-c", filepath.Join(dir, "fairlead.yaml")); got.code != exitFine {
			t.Errorf("config check does not take\n%s\n%s", text, got.err)
		}
	}
}

// Commands of the docs are parsed as they stand; what they would do is kept
// from them by a configuration and a folder that are not there to be used.
func TestTheCommandsInTheDocsAreUnderstood(t *testing.T) {
	for _, block := range append(blocks(t, "sh"), blocksIn(t, "agreements.md", "sh")...) {
		for line := range strings.Lines(block) {
			var args []string
			for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(strings.TrimSpace(line), -1) {
				args = append(args, m[1]+m[2])
			}
			if args[0] != "fairlead" {
				t.Errorf("%q is no command of fairlead", line)
				continue
			}
			occupied := writeFiles(t, map[string]string{"fairlead.yaml": ""})
			extra := []string{"-c", filepath.Join(occupied, "fairlead.yaml")}
			want := "nothing is written in this file"
			if args[1] == "init" {
				extra, want = []string{"--dir", occupied}, "is there already"
			}
			if got := run(t, nil, append(args[1:], extra...)...); !strings.Contains(got.err, want) {
				t.Errorf("%s: got\n%s\nwant it understood, and stopped by %q", strings.TrimSpace(line), got.err, want)
			}
		}
	}
}

func TestDoctorNamesAnUnknownSource(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: https://jira.acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}\norg: org.yaml\n",
		"org.yaml":      tinyOrg,
	})
	got := run(t, tokensOfTheDocs, "doctor", "-c", filepath.Join(dir, "fairlead.yaml"), "--source", "jira acme")
	if got.code != exitError || !strings.Contains(got.err, `"jira jira.acme.example"`) {
		t.Errorf("exit code %d with\n%s", got.code, got.err)
	}
}
