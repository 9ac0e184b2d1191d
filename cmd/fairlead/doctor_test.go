package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestDoctorNamesAnUnknownSource(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: https://jira.acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}\norg: org.yaml\n",
		"org.yaml":      tinyOrg,
	})
	got := run(t, docsTokens, "doctor", "-c", filepath.Join(dir, "fairlead.yaml"), "--source", "jira acme")
	if got.code != exitError || !strings.Contains(got.err, `"jira jira.acme.example"`) {
		t.Errorf("exit code %d with\n%s", got.code, got.err)
	}
}
