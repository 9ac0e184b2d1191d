package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

//go:generate go test -run ^TestThe(References|ForetoldFigures)AreCurrent$ -update .

var update = flag.Bool("update", false, "write the references under docs anew")

func TestTheReferencesAreCurrent(t *testing.T) {
	for path, want := range map[string]string{
		"../../docs/cli.md":           commandReference(),
		"../../docs/configuration.md": configurationReference(t),
		"../../docs/metrics.md":       metricsReference(),
	} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not current: run go generate ./cmd/fairlead", path)
		}
	}
}

// metricsReference is docs/metrics.md: every metric of fairlead's own.
func metricsReference() string {
	var b strings.Builder
	b.WriteString(`# Metrics

Made by ` + "`go generate ./cmd/fairlead`" + `. ` + "`fairlead serve`" + ` tells these at ` + "`/metrics`" + ` of the address under ` + "`metrics: {listen: …}`" + `, in the form
that Prometheus reads, beside those of the Go runtime and the process. They name kinds of channel, sources and states, and no people, teams or
tickets. An address beyond this machine needs ` + "`public: true`" + `, since nobody signs in there. It also answers ` + "`/healthz`" + ` (the process runs) and
` + "`/readyz`" + ` (its store answers), for whatever watches over the process.

The dashboard tells the same at its own ` + "`/metrics`" + `, to those who configure fairlead and to a token made for it
(` + "`fairlead dashboard api-token create --person pat --scope metrics`" + `), and there also those that are marked with a star: they are about
teams, as far as numbers are told above teams.

| metric | kind | unit | labels | meaning |
|---|---|---|---|---|
`)
	for _, m := range daemon.Metrics() {
		labels := "none"
		if len(m.Labels) > 0 {
			labels = "`" + strings.Join(m.Labels, "`, `") + "`"
		}
		star := ""
		if m.SignedIn {
			star = " *"
		}
		fmt.Fprintf(&b, "| `%s`%s | %s | %s | %s | %s |\n", m.Name, star, m.Kind, m.Unit, labels, m.Help)
	}
	b.WriteString(`
A histogram is told as ` + "`…_bucket`, `…_sum` and `…_count`" + `, as Prometheus expects.

What is worth an alert stands as rules for Prometheus in [alerts.yaml](../charts/fairlead/files/alerts.yaml), and there is a dashboard for
Grafana in [dashboard.json](../charts/fairlead/files/dashboard.json); [observability.md](observability.md) tells how they come to use.
`)
	return b.String()
}

// commandReference is docs/cli.md: every command as its help tells it.
func commandReference() string {
	var b strings.Builder
	b.WriteString("# The command line\n\nMade by `go generate ./cmd/fairlead` from the commands' own help.\n")
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" {
			return
		}
		fmt.Fprintf(&b, "\n## %s\n\n```text\n%s```\n", c.CommandPath(), helpOf(c))
		if c.Name() == "completion" {
			return // its own help says how each shell takes the script
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&app{}))
	return b.String()
}

func helpOf(c *cobra.Command) string {
	var b bytes.Buffer
	c.SetOut(&b)
	_ = c.Help()
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.Join(lines, "\n") + "\n"
}

// shape is what of a JSON Schema the reference shows.
type shape struct {
	Ref         string           `json:"$ref"`
	Defs        map[string]shape `json:"$defs"`
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Type        string           `json:"type"`
	Format      string           `json:"format"`
	Enum        []string         `json:"enum"`
	Default     any              `json:"default"`
	Properties  orderedShapes    `json:"properties"`
	Required    []string         `json:"required"`
	Items       *shape           `json:"items"`
	AnyOf       []shape          `json:"anyOf"`
	Additional  json.RawMessage  `json:"additionalProperties"`
}

type namedShape struct {
	name string
	shape
}

// orderedShapes keeps the order in which the schema lists the keys.
type orderedShapes []namedShape

func (o *orderedShapes) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		one := namedShape{name: fmt.Sprint(name)}
		if err := dec.Decode(&one.shape); err != nil {
			return err
		}
		*o = append(*o, one)
	}
	return nil
}

// configurationReference is docs/configuration.md: every key of every file.
func configurationReference(t *testing.T) string {
	var b strings.Builder
	b.WriteString(`# Configuration

Made by ` + "`go generate ./cmd/fairlead`" + ` from the schemas that ` + "`fairlead config schema`" + ` prints. Paths in a file are relative to that file.
Keys in **bold** must be there. ` + "`fairlead config check`" + ` reports everything that is wrong, with its place; unknown keys are mistakes.
Working sets of files are in [examples](../examples).
`)
	for _, kind := range daemon.SchemaKinds() {
		text, err := daemon.Schema(kind)
		if err != nil {
			t.Fatal(err)
		}
		var s shape
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n## %s\n", s.Title)
		describe(&b, &s, &s, "")
	}
	return b.String()
}

// describe writes a table of the keys of at, then one for each thing in it that
// has keys of its own.
func describe(b *strings.Builder, root, at *shape, path string) {
	if path != "" {
		fmt.Fprintf(b, "\n### `%s`\n", path)
	}
	b.WriteString("\n| key | value | meaning |\n|---|---|---|\n")
	type deeper struct {
		at   *shape
		path string
	}
	var next []deeper
	for _, p := range at.Properties {
		name := "`" + p.name + "`"
		if slices.Contains(at.Required, p.name) {
			name = "**" + name + "**"
		}
		word, inner, suffix := p.value(root)
		meaning := p.Description
		if p.Default != nil {
			meaning += fmt.Sprintf(" Default: `%v`.", p.Default)
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, word, strings.ReplaceAll(meaning, "|", "\\|"))
		if inner != nil {
			next = append(next, deeper{inner, strings.TrimPrefix(path+"."+p.name+suffix, ".")})
		}
	}
	for _, d := range next {
		describe(b, root, d.at, d.path)
	}
}

// value says what may stand behind a key, and gives the shape that has keys of
// its own, if there is one, with what leads to it.
func (s shape) value(root *shape) (word string, inner *shape, suffix string) {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		return root.Defs[name].value(root)
	}
	switch {
	case len(s.Enum) > 0:
		return "`" + strings.Join(s.Enum, "`, `") + "`", nil, ""
	case len(s.AnyOf) > 0:
		var words []string
		for _, one := range s.AnyOf {
			w, in, suf := one.value(root)
			if !slices.Contains(words, w) { // several sets of keys
				words = append(words, w)
			}
			if in != nil && inner == nil {
				inner, suffix = in, suf
			}
		}
		return strings.Join(words, " or "), inner, suffix
	case s.Type == "array" && s.Items != nil:
		w, in, suf := s.Items.value(root)
		return "list of " + w, in, "[]" + suf
	case s.Type == "object" && len(s.Properties) > 0:
		return "keys", &s, ""
	case s.Type == "object":
		var values shape
		if json.Unmarshal(s.Additional, &values) == nil && (values.Type != "" || values.Ref != "") {
			w, in, suf := values.value(root)
			return "names, each with " + w, in, ".NAME" + suf
		}
		return "names and values", nil, ""
	case s.Format == "date":
		return "a date", nil, ""
	case s.Type == "string":
		return "text", nil, ""
	case s.Type == "boolean":
		return "`true` or `false`", nil, ""
	case s.Type == "":
		return "anything", nil, ""
	}
	return s.Type, nil, ""
}
