package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTheDashboardsCommands(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"fairlead.yaml": "sources: [{jira: https://j.acme.example, token: \"${TOKEN}\", projects: [PAY]}]\norg: org.yaml\ndashboard: {}\n",
		"org.yaml":      "people: [{id: lee}]\nteams: [{id: payments, em: lee}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do := func(code int, args ...string) result {
		t.Helper()
		got := run(t, map[string]string{"TOKEN": "t"}, append([]string{"-c", filepath.Join(dir, "fairlead.yaml"), "dashboard"}, args...)...)
		if got.code != code {
			t.Errorf("%q ends with %d, want %d\n%s", args, got.code, code, got.err)
		}
		return got
	}
	if got := do(exitFine, "token", "--person", "lee"); !regexp.MustCompile(`^http://127\.0\.0\.1:8080/sign-in/token\?t=[A-Z2-7]{52}\n$`).MatchString(got.out) || !strings.Contains(got.err, "It lets lee in once, until ") {
		t.Errorf("a link is told as %q and %q", got.out, got.err)
	}
	if got := do(exitUsage, "token"); !strings.Contains(got.err, "say who it is for") {
		t.Errorf("for nobody it says %q", got.err)
	}
	do(exitUsage, "token", "--person", "lea")
	if got := do(exitFine, "token", "--person", "lee", "--format", "json"); !strings.Contains(got.out, `"link": "http`) {
		t.Errorf("as JSON it is %q", got.out)
	}
	if got := do(exitFine, "api-token", "list"); !strings.Contains(got.out, "There are no tokens.") {
		t.Errorf("without tokens it lists %q", got.out)
	}
	made := do(exitFine, "api-token", "create", "--person", "lee", "--scope", "read,answer", "--name", "sheet\x1b[31m")
	if !regexp.MustCompile(`^fairlead_[A-Z2-7]{52}\n$`).MatchString(made.out) {
		t.Errorf("a token is told as %q", made.out)
	}
	m := regexp.MustCompile(`Its id is ([0-9a-f]{8})\.`).FindStringSubmatch(made.err)
	if m == nil {
		t.Fatalf("its id is not told: %q", made.err)
	}
	listed := do(exitFine, "api-token", "list").out
	if !strings.Contains(listed, m[1]+"  lee") || !strings.Contains(listed, "read, answer") || strings.Contains(listed, "\x1b") || strings.Contains(listed, strings.TrimSpace(made.out)) {
		t.Errorf("it is listed as %q", listed)
	}
	do(exitUsage, "api-token", "create", "--person", "lee", "--scope", "everything")
	do(exitUsage, "api-token", "create", "--person", "lee", "--days", "0")
	do(exitUsage, "api-token", "revoke")
	do(exitFine, "api-token", "revoke", m[1])
	do(exitUsage, "api-token", "revoke", m[1])
	do(exitFine, "sign-out", "--person", "lee")
	do(exitUsage, "sign-out", "--person", "eve")
}
