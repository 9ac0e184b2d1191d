package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

// part is a key of a file at its top level, with what stands there where a page leaves it out.
type part struct{ key, text string }

// The least that a configuration has. Pages show parts of files: what they leave
// out stands here.
var (
	leastMain = []part{
		{"sources", "sources:\n  - {jira: \"https://acme.atlassian.net\", user: fairlead@acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY], write_comments: true}\n  - {linear: acme, token: \"${LINEAR_TOKEN}\"}\n"},
		{"org", "org: org.yaml\n"},
		{"slack", "slack: {token: \"${SLACK_TOKEN}\"}\n"},
		{"mail", "mail: {server: \"mail.acme.example:587\", from: Fairlead <fairlead@acme.example>}\n"},
		{"prometheus", "prometheus: {url: \"https://prometheus.acme.example\"}\n"},
	}
	leastOrg = []part{
		{"people", "people:\n  - {id: lee, name: Lee Park, email: lee@acme.example}\n  - {id: ana, name: Ana Soto, email: ana@acme.example}\n  - {id: sam, name: Sam Holt, email: sam@acme.example}\n  - {id: mina, name: Mina Osei, email: mina@acme.example}\n  - {id: jo, name: Jo Lindqvist, email: jo@acme.example}\n  - {id: dana, name: Dana Ruiz, email: dana@acme.example, role: director}\n"},
		{"teams", "teams:\n  - {id: payments, em: lee, pm: sam, members: [mina, jo], under: dana, owns: {jira: {projects: [PAY]}}}\n  - {id: core}\n"},
	}
)

// whole is what a page shows, with what it leaves out before it.
func whole(shown string, least []part) string {
	var b strings.Builder
	for _, p := range least {
		if !regexp.MustCompile(`(?m)^` + p.key + `:`).MatchString(shown) {
			b.WriteString(p.text)
		}
	}
	return b.String() + shown
}

// Every file that a page shows is read as fairlead would.
func TestTheFilesOfTheDocsLoad(t *testing.T) {
	n := 0
	for _, p := range docsPages(t) {
		for i := range p.blocks {
			b := &p.blocks[i]
			name := b.file()
			if name == "" || filepath.Ext(name) != ".yaml" {
				continue // other files stand beside those
			}
			n++
			if err := loads(t, p, b); err != nil {
				t.Errorf("%s:%d: %v\nin\n%s", b.at.page, b.at.line, err, b.text)
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d files were found", n)
	}
}

// loads reads the file of a block, with what else the page shows beside it.
func loads(t *testing.T, p *page, b *block) error {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	main := slices.Clone(leastMain)
	if strings.HasPrefix(b.file(), "teams/") {
		main = append(main, part{"teams", "teams: teams/*.yaml\n"})
	}
	for _, name := range []string{"holidays-de.ics", "absences.ics"} { // as in the examples
		text, err := os.ReadFile(filepath.Join(repository, "examples", "larger", name))
		if err != nil {
			t.Fatal(err)
		}
		put(name, string(text))
	}
	for i := range p.blocks {
		switch name := p.blocks[i].file(); {
		case strings.HasPrefix(name, "rules/"):
			main = append(slices.DeleteFunc(main, isRules), part{"rules", "rules: rules/*.yaml\n"})
			put(name, p.blocks[i].text)
		case filepath.Ext(name) == ".csv", filepath.Ext(name) == ".ics":
			put(name, p.blocks[i].text)
		}
	}
	for _, m := range regexp.MustCompile(`\w+_file: ([\w./-]+)`).FindAllStringSubmatch(b.text, -1) {
		if !filepath.IsAbs(m[1]) {
			put(m[1], "s3cr3t\n")
		}
	}
	put("fairlead.yaml", whole("", main))
	put("org.yaml", whole("", leastOrg))
	switch name := b.file(); {
	case name == "values.yaml":
		return fitsChart(b.text)
	case name == "alerts.yaml":
		return fitsPrometheus(t, b.text)
	case strings.HasPrefix(name, "tests/"):
		put(name, b.text)
		results, err := daemon.TestRules(t.Context(), []string{filepath.Join(dir, name)})
		if err != nil {
			return err
		}
		return testsOutcome(results)
	case name == "org.yaml":
		put(name, whole(b.text, leastOrg))
	case name == "fairlead.yaml":
		put(name, whole(b.text, main))
	default:
		put(name, b.text)
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), pretended)
	if err != nil {
		return err
	}
	_, err = daemon.Verify(cfg)
	return err
}

// Who copies the example of CODEOWNERS finds a line for each file of the example
// configuration, and no line for a file that is not there.
func TestTheExampleOfCodeownersFitsItsFiles(t *testing.T) {
	dir := filepath.Join(repository, "examples", "larger")
	text, err := os.ReadFile(filepath.Join(dir, "CODEOWNERS"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		n++
		if words[0] != "*" {
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(words[0]))); err != nil || words[0][0] != '/' {
				t.Errorf("%s names no file of the example: %v", words[0], err)
			}
		}
		owners := words[1:]
		if len(owners) == 0 || slices.ContainsFunc(owners, func(o string) bool { return !regexp.MustCompile(`^@[a-z][a-z-]*(/[a-z-]+)?$`).MatchString(o) }) {
			t.Errorf("%q are no owners", owners)
		}
	}
	if n < 4 {
		t.Errorf("only %d lines say who owns what", n)
	}
}

func isRules(p part) bool { return p.key == "rules" }

// pretended is an environment in which everything is set.
func pretended(name string) (string, bool) {
	if strings.HasPrefix(name, "ABSENCES") || strings.HasSuffix(name, "HOOK") || name == "NAME" {
		return "https://hooks.acme.example/services/T0/B0/x", true
	}
	return "s3cr3t-of-" + name, true
}

// fitsChart holds values against the chart's schema.
func fitsChart(text string) error {
	schema, err := os.ReadFile(filepath.Join(repository, "charts", "fairlead", "values.schema.json"))
	if err != nil {
		return err
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(schema)))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("values.json", parsed); err != nil {
		return err
	}
	compiled, err := c.Compile("values.json")
	if err != nil {
		return err
	}
	var values any
	if err := yaml.Unmarshal([]byte(text), &values); err != nil {
		return err
	}
	asJSON, err := json.Marshal(values)
	if err != nil {
		return err
	}
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(string(asJSON)))
	if err != nil {
		return err
	}
	return compiled.Validate(instance)
}

// fitsPrometheus has Prometheus's own tool look at rules.
func fitsPrometheus(t *testing.T, text string) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "alerts.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("promtool"); err != nil && os.Getenv("CI") == "" {
		var any map[string]any
		return yaml.Unmarshal([]byte(text), &any)
	}
	if out, err := exec.CommandContext(t.Context(), "promtool", "check", "rules", path).CombinedOutput(); err != nil {
		return &exec.Error{Name: string(out), Err: err}
	}
	return nil
}
