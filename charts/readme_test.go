package charts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const (
	beforeValues = "<!-- values: made by go generate ./charts -->\n"
	afterValues  = "<!-- end of values -->\n"
)

// TestTheReadmeIsCurrent holds the table of values against the comments in values.yaml,
// or writes it.
func TestTheReadmeIsCurrent(t *testing.T) {
	path := filepath.Join(chart, "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(text), beforeValues)
	_, tail, ends := strings.Cut(rest, afterValues)
	if !found || !ends {
		t.Fatalf("%s has no place for the values", path)
	}
	want := head + beforeValues + valuesTable(t) + afterValues + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Errorf("%s is not current: run go generate ./charts", path)
	}
}

var key = regexp.MustCompile(`^( *)([A-Za-z]+):`)

// valuesTable is a line for each key with a comment; what stands below one without
// comments of its own is its default.
func valuesTable(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(chart, "values.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("\n| value | default | meaning |\n|---|---|---|\n")
	var comment []string
	var path []string
	told := "" // the last key with a comment
	for line := range strings.Lines(string(text)) {
		trimmed := strings.TrimSpace(line)
		if said, is := strings.CutPrefix(trimmed, "#"); is {
			comment = append(comment, strings.TrimSpace(said))
			continue
		}
		m := key.FindStringSubmatch(line)
		if m == nil {
			comment = nil
			continue
		}
		path = append(path[:len(m[1])/2], m[2])
		name := strings.Join(path, ".")
		value := valueAt(t, text, name)
		_, isMap := value.(map[string]any)
		switch {
		case len(comment) > 0:
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, shown(t, value), strings.Join(comment, " "))
			told = name
		case !isMap && !strings.HasPrefix(name, told+"."):
			t.Errorf("values.yaml says not what %s is for", name)
		}
		comment = nil
	}
	return b.String() + "\n"
}

func valueAt(t *testing.T, text []byte, name string) any {
	t.Helper()
	at, err := yaml.PathString("$." + name)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := at.Read(strings.NewReader(string(text)), &value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// shown is a default on one line.
func shown(t *testing.T, value any) string {
	t.Helper()
	raw, err := yaml.MarshalWithOptions(value, yaml.Flow(true), yaml.JSON())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(string(raw))
	if text == `""` || text == "null" {
		return "none"
	}
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}
