package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
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
		{"the version as a flag", []string{"--version"}, exitFine, "fairlead dev (go1.", ""},
		{"help for an unknown command is a usage mistake", []string{"help", "snyc"}, exitUsage, "", `did you mean "sync"?`},
		{"help for an unknown subcommand is a usage mistake", []string{"help", "config", "chekc"}, exitUsage, "", `did you mean "check"?`},
		{"help for a subcommand", []string{"help", "config", "check"}, exitFine, "Nothing is opened or sent", ""},
		{"completion for an unknown shell is a usage mistake", []string{"completion", "tcsh"}, exitUsage, "", `no command "tcsh"`},
		{"an unknown team of the demo is a usage mistake", []string{"demo", "--team", "finance", "--dir", "/dev/null/never"}, exitUsage, "", "payments, platform or growth"},
		{"the version as JSON", []string{"version", "--format", "json"}, exitFine, `"version": "dev"`, ""},
		{"the schema of the configuration", []string{"config", "schema"}, exitFine, `"$schema"`, ""},
		{"the schema of a rule file", []string{"config", "schema", "rule"}, exitFine, `"when"`, ""},
		{"the schema of nothing known", []string{"config", "schema", "holidays"}, exitUsage, "", "holidays"},
		{"completion for bash", []string{"completion", "bash"}, exitFine, "__start_fairlead", ""},
		{"completion of a flag's values", []string{"__complete", "report", "--format", ""}, exitFine, "markdown", ""},
		{"completion of readers", []string{"__complete", "report", "--for", ""}, exitFine, "em-pm", ""},
		{"completion of weeks", []string{"__complete", "run", "--week", ""}, exitFine, "last", ""},
		{"completion of the demo's teams", []string{"__complete", "demo", "--team", ""}, exitFine, "growth", ""},
		{"completion of log levels", []string{"__complete", "run", "--log-level", ""}, exitFine, "debug", ""},
		{"completion of teams needs a configuration", []string{"__complete", "report", "--team", ""}, exitFine, ":4", ""},
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
	if summary.Sources != 1 || summary.Teams != 1 || summary.Agreements < 3 {
		t.Errorf("summary = %+v, want one source, one team, the agreements that ship", summary)
	}
}

// tinySite is a configuration whose site answers nobody.
func tinySite(t *testing.T) (path string, env map[string]string) {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(site.Close)
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: \"" + site.URL + "\", deployment: data-center, name: jira acme, token: \"${JIRA_TOKEN}\", projects: [PAY]}\n" +
			"org: org.yaml\nreports:\n  - to: file:./reports\n",
		"org.yaml": tinyOrg + "  - {id: platform, owns: {jira: {projects: [CORE]}}}\n",
	})
	return filepath.Join(dir, "fairlead.yaml"), map[string]string{"JIRA_TOKEN": "hunter2-hunter2"}
}

func TestWhatIsAskedForMustExist(t *testing.T) {
	path, env := tinySite(t)
	for _, c := range []struct {
		name string
		args []string
		err  string
	}{
		{"a team", []string{"report", "--team", "payment"}, "the configuration has payments and platform"},
		{"a reader", []string{"report", "--for", "boss"}, "choose team, em-pm, em, org or leader:PERSON"},
		{"a week that is none", []string{"report", "--week", "46"}, "write it like 20"},
		{"a week that the year lacks", []string{"report", "--week", "2026-W60"}, "2026 has no week 60"},
		{"a week to come", []string{"run", "--week", "2999-W01"}, "has not begun"},
		{"a source", []string{"sync", "--source", "jira"}, `the configuration has "jira acme"`},
		{"one page of several teams", []string{"report", "--format", "html"}, "name one with --team"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, env, append(c.args, "-c", path)...)
			if got.code != exitUsage || !strings.Contains(got.err, c.err) || got.out != "" {
				t.Errorf("exit code %d, want %d, and standard error with %q:\n%s%s", got.code, exitUsage, c.err, got.err, got.out)
			}
		})
	}
}

func TestCompletionKnowsTheConfiguration(t *testing.T) {
	path, env := tinySite(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"report", "-c", path, "--team", ""}, "platform\n"},
		{[]string{"sync", "-c", path, "--source", ""}, "jira acme\n"},
	} {
		if got := run(t, env, append([]string{"__complete"}, c.args...)...); !strings.Contains(got.out, c.want) {
			t.Errorf("%q completes to %q, want %q", c.args, got.out, c.want)
		}
	}
}

func TestASourceThatWasNotReadIsToldPlainly(t *testing.T) {
	path, env := tinySite(t)
	got := run(t, env, "sync", "-c", path)
	if want := "jira acme: not read; what was stored before is kept\n"; got.code != exitError || got.out != want {
		t.Errorf("exit code %d, standard output %q, want %d and %q", got.code, got.out, exitError, want)
	}
}

func TestAnInterruptedCommandSaysSo(t *testing.T) {
	path, env := tinySite(t)
	for _, command := range []string{"sync", "run", "check", "report"} {
		t.Run(command, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			stop()
			var out, errs bytes.Buffer
			lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
			code := execute(ctx, []string{command, "-c", path}, streams{strings.NewReader(""), &out, &errs}, lookup)
			if code != exitError || !strings.Contains(errs.String(), "interrupted; what was stored is kept") || strings.Contains(errs.String()+out.String(), "context canceled") {
				t.Errorf("exit code %d, standard error:\n%s", code, errs.String())
			}
		})
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputThatIsLostIsAnError(t *testing.T) {
	path, env := tinySite(t)
	for _, args := range [][]string{
		{"demo", "--dir", t.TempDir()}, {"check", "-c", path}, {"report", "-c", path}, {"config", "check", "-c", path}, {"version"}, {"--help"},
	} {
		var errs bytes.Buffer
		lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
		code := execute(t.Context(), args, streams{strings.NewReader(""), full{}, &errs}, lookup)
		if code != exitError || strings.Count(errs.String(), "no space left on device") != 1 {
			t.Errorf("%q: exit code %d, want %d and what stood in the way, once:\n%s", args, code, exitError, errs.String())
		}
	}
}

func TestWithoutTeamsNobodyGetsAReport(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: \"http://127.0.0.1:1\", deployment: data-center, token: \"${JIRA_TOKEN}\", projects: [PAY]}\n",
	})
	path, env := filepath.Join(dir, "fairlead.yaml"), map[string]string{"JIRA_TOKEN": "hunter2-hunter2"}
	got := run(t, env, "config", "check", "-c", path)
	if got.code != exitFine || !strings.Contains(got.out, "no team yet, so nobody gets a report") {
		t.Errorf("config check says %q, want that nobody gets a report\n%s", got.out, got.err)
	}
	got = run(t, env, "report", "-c", path)
	if got.code != exitUsage || !strings.Contains(got.err, "no team") || !strings.Contains(got.err, "org") {
		t.Errorf("report: exit code %d, %q, want that there is no team", got.code, got.err)
	}
}

func TestAConfigurationThatIsNotAFile(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ name, path, want string }{
		{"a folder", dir, "is a folder, not a file\n\tname the file in it, such as " + filepath.Join(dir, "fairlead.yaml")},
		{"nothing", filepath.Join(dir, "fairlead.yaml"), "does not exist\n\tname another with --config, or begin one with fairlead init"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, nil, "check", "-c", c.path)
			if got.code != exitUsage || !strings.Contains(got.err, c.want) {
				t.Errorf("exit code %d, want %d and %q:\n%s", got.code, exitUsage, c.want, got.err)
			}
		})
	}
}
