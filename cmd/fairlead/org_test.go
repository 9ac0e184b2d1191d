package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oneSite = "sources:\n  - {jira: https://jira.acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}\norg: org.yaml\n"

func TestOrgCheck(t *testing.T) {
	for _, c := range []struct {
		name, org string
		code      int
		out, err  string
	}{
		{"people and teams that lack nothing", tinyOrg, exitFine, "Nothing here would make reports wrong.", ""},
		{"somebody whom no tracker can know", strings.Replace(tinyOrg, ", email: lee@acme.example", "", 1), exitError, "lee (Lee Park) has no account", "1 thing would make reports wrong"},
		{"a circle of teams", tinyOrg + "  - {id: a, part_of: b}\n  - {id: b, part_of: a}\n", exitUsage, "", "teams are parts of each other in a circle: a → b → a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := writeFiles(t, map[string]string{"fairlead.yaml": oneSite, "org.yaml": c.org})
			got := run(t, docsTokens, "org", "check", "-c", filepath.Join(dir, "fairlead.yaml"))
			if got.code != c.code || !strings.Contains(got.out, c.out) || !strings.Contains(got.err, c.err) {
				t.Errorf("exit code %d with\n%s\n%s\nwant %d with %q and %q", got.code, got.out, got.err, c.code, c.out, c.err)
			}
			if files, err := os.ReadDir(dir); err != nil || len(files) != 2 {
				t.Errorf("it left %v behind (%v)", files, err)
			}
		})
	}
}

func TestOrgCheckAsJSON(t *testing.T) {
	dir := writeFiles(t, map[string]string{"fairlead.yaml": oneSite, "org.yaml": tinyOrg})
	got := run(t, docsTokens, "org", "check", "--format", "json", "-c", filepath.Join(dir, "fairlead.yaml"))
	var told struct {
		People int
		Found  []struct{ Kind, Place string }
	}
	if err := json.Unmarshal([]byte(got.out), &told); err != nil || got.code != exitFine {
		t.Fatalf("exit code %d (%v) with\n%s%s", got.code, err, got.out, got.err)
	}
	if told.People != 1 || len(told.Found) != 1 || told.Found[0].Kind != "no em or pm" || told.Found[0].Place != filepath.Join(dir, "org.yaml")+":5:10" {
		t.Errorf("got %+v", told)
	}
}
