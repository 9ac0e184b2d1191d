package main

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
)

func TestAllowRemovalsConfirmsAReconciliationOnly(t *testing.T) {
	path, env := tinySite(t)
	got := run(t, env, "sync", "-c", path, "--allow-removals")
	if got.code != exitUsage || !strings.Contains(got.err, "--allow-removals confirms what a reconciliation removes\n\tgive --reconcile with it") {
		t.Errorf("exit code %d with\n%s", got.code, got.err)
	}
	if got := run(t, env, "sync", "-c", liveSite(t), "--reconcile", "--allow-removals", "--quiet"); got.code != exitFine || !strings.Contains(got.out, "held against the") {
		t.Errorf("with --reconcile: exit code %d with\n%s%s", got.code, got.out, got.err)
	}
	if got := run(t, env, "sync", "-c", path, "--allow-removals", "--format", "xml"); got.code != exitUsage || !strings.Contains(got.err, "--format") {
		t.Errorf("with another mistake beside it: exit code %d with\n%s", got.code, got.err)
	}
}

// liveSite is the configuration of a simulated Jira Data Center.
func liveSite(t *testing.T) (path string) {
	t.Helper()
	world, story := simulator.Story(7, time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC))
	story.DataCenter.Token = "hunter2-hunter2"
	server := httptest.NewServer(world.JiraDataCenter(story.DataCenter))
	t.Cleanup(server.Close)
	return filepath.Join(writeFiles(t, map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: \"" + server.URL + "\", deployment: data-center, token: \"${JIRA_TOKEN}\", projects: [CORE]}\n",
	}), "fairlead.yaml")
}

func TestConfigCheckNotesATeamWithoutAnEM(t *testing.T) {
	const teams = "people: [{id: lee, name: Lee Park}]\nteams: [{id: payments, em: lee}, {id: core}]\n"
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: https://jira.acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}\norg: org.yaml\n", "org.yaml": teams,
	})
	path := filepath.Join(dir, "fairlead.yaml")
	got := run(t, docsTokens, "config", "check", "-c", path)
	if got.code != exitFine || !strings.Contains(got.out, "\tnote: team core has no EM") || strings.Contains(got.out, "payments") {
		t.Errorf("exit code %d with\n%s%s", got.code, got.out, got.err)
	}
	if got := run(t, docsTokens, "config", "check", "-c", path, "--format", "json"); got.code != exitFine || !strings.Contains(got.out, `"notes": [`) {
		t.Errorf("as JSON: exit code %d with\n%s%s", got.code, got.out, got.err)
	}
}
