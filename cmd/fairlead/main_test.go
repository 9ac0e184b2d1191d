package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// result is what one command line did.
type result struct {
	code     int
	out, err string
}

// run executes one command line with the given environment, as main would.
func run(t *testing.T, env map[string]string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	code := execute(t.Context(), args, streams{strings.NewReader(""), &out, &errs}, lookup)
	return result{code, out.String(), errs.String()}
}

func TestTheCommandLine(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
		out  string // part of standard output
		err  string // part of standard error
	}{
		{"without a command it prints help", nil, exitFine, "Usage:", ""},
		{"help names every command", []string{"--help"}, exitFine, "sync        Read what changed", ""},
		{"help documents the exit codes", []string{"--help"}, exitFine, "2 the command line or the", ""},
		{"help has examples", []string{"report", "--help"}, exitFine, "fairlead report --team payments", ""},
		{"an unknown command is a usage mistake with a suggestion", []string{"snyc"}, exitUsage, "", `did you mean "sync"?`},
		{"an unknown subcommand is a usage mistake", []string{"config", "chekc"}, exitUsage, "", `did you mean "check"?`},
		{"an unknown flag is a usage mistake", []string{"sync", "--fast"}, exitUsage, "", "see 'fairlead sync --help'"},
		{"an argument too many is a usage mistake", []string{"sync", "now"}, exitUsage, "", `takes no arguments, got "now"`},
		{"an unknown format is a usage mistake", []string{"check", "--format", "xml"}, exitUsage, "", "choose text or json"},
		{"an unknown log level is a usage mistake", []string{"check", "--log-level", "loud"}, exitUsage, "", "choose debug, info, warn or error"},
		{"a missing configuration is named", []string{"-c", "no-such.yaml", "check"}, exitUsage, "", "no-such.yaml"},
		{"the version is one line", []string{"version"}, exitFine, "fairlead dev (go1.", ""},
		{"the version as JSON", []string{"version", "--format", "json"}, exitFine, `"version": "dev"`, ""},
		{"the schema of the configuration", []string{"config", "schema"}, exitFine, `"$schema"`, ""},
		{"the schema of a rule file", []string{"config", "schema", "rule"}, exitFine, `"when"`, ""},
		{"the schema of nothing known", []string{"config", "schema", "holidays"}, exitUsage, "", "holidays"},
		{"completion for bash", []string{"completion", "bash"}, exitFine, "__start_fairlead", ""},
		{"completion of a flag's values", []string{"__complete", "report", "--format", ""}, exitFine, "markdown", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, nil, c.args...)
			if got.code != c.code {
				t.Errorf("exit code = %d, want %d\n%s", got.code, c.code, got.err)
			}
			if !strings.Contains(got.out, c.out) {
				t.Errorf("standard output lacks %q:\n%s", c.out, got.out)
			}
			if !strings.Contains(got.err, c.err) {
				t.Errorf("standard error lacks %q:\n%s", c.err, got.err)
			}
			if c.code != exitFine && got.out != "" {
				t.Errorf("a refusal printed to standard output:\n%s", got.out)
			}
		})
	}
}

const tinyOrg = `
people:
  - {id: lee, name: Lee Park, email: lee@acme.example, role: em}
teams:
  - {id: payments, em: lee, owns: {jira: {projects: [PAY]}}}
`

func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestConfigCheckReportsEveryMistakeAtOnce(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": `
sources:
  - jira: https://acme.atlassian.net
    user: fairlead@acme.example
    tokn: hunter2-hunter2
    projects: [PAY]
org: org.yaml
agreements:
  - rule: feature-without-problm
  - rule: feature-without-problem
    settings: {min_chars: many}
`,
		"org.yaml": strings.Replace(tinyOrg, "em: lee", "em: le", 1),
	})
	got := run(t, nil, "config", "check", "-c", filepath.Join(dir, "fairlead.yaml"))
	if got.code != exitUsage {
		t.Errorf("exit code = %d, want %d", got.code, exitUsage)
	}
	for _, want := range []string{`fairlead.yaml:5:5: `, `did you mean "token"?`, `org.yaml:5:`, `did you mean "lee"?`} {
		if !strings.Contains(got.err, want) {
			t.Errorf("standard error lacks %q:\n%s", want, got.err)
		}
	}
	if strings.Contains(got.err, "hunter2") {
		t.Errorf("a secret is shown:\n%s", got.err)
	}
}

func TestConfigCheckKnowsTheRules(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": `
sources:
  - jira: https://acme.atlassian.net
    user: fairlead@acme.example
    token: ${JIRA_TOKEN}
    projects: [PAY]
org: org.yaml
agreements:
  - rule: feature-without-problm
  - rule: feature-without-problem
    settings: {min_chars: many, min_char: 3}
`,
		"org.yaml": tinyOrg,
	})
	env := map[string]string{"JIRA_TOKEN": "hunter2-hunter2"}
	got := run(t, env, "config", "check", "-c", filepath.Join(dir, "fairlead.yaml"))
	if got.code != exitUsage {
		t.Errorf("exit code = %d, want %d", got.code, exitUsage)
	}
	for _, want := range []string{"fairlead.yaml:9:", `did you mean "feature-without-problem"?`, "fairlead.yaml:11:", "min_chars", `"min_char"`} {
		if !strings.Contains(got.err, want) {
			t.Errorf("standard error lacks %q:\n%s", want, got.err)
		}
	}
}

func TestAGoodConfigurationIsSummedUp(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: https://jira.acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}\norg: org.yaml\n",
		"org.yaml":      tinyOrg,
	})
	env := map[string]string{"JIRA_TOKEN": "hunter2-hunter2"}
	got := run(t, env, "config", "check", "-c", filepath.Join(dir, "fairlead.yaml"), "--format", "json")
	var summary struct{ Sources, Teams, Agreements int }
	if err := json.Unmarshal([]byte(got.out), &summary); err != nil {
		t.Fatalf("%v in %q\n%s", err, got.out, got.err)
	}
	if summary.Sources != 1 || summary.Teams != 1 || summary.Agreements != 3 {
		t.Errorf("summary = %+v, want one source, one team, three agreements", summary)
	}
}
