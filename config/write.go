package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Text is the agreement as a file would hold it, without the dash before it: what is
// empty is left out, and where the rule is off all that has no meaning then.
func (a *Agreement) Text() string {
	var w writer
	w.text("rule", a.Rule)
	if a.Off {
		w.line("off", "true")
	}
	w.text("because", a.Because)
	w.text("promise", a.Promise)
	if !a.Off {
		w.text("ask", a.Ask)
		w.text("stage", a.Stage)
		w.text("tell", a.Tell)
		w.remind(a)
		w.text("review_on", string(a.ReviewOn))
		w.settings(a.Settings)
		w.group("except", func(in *writer) {
			in.list("labels", a.ExceptLabels)
			in.list("projects", a.ExceptProjects)
		})
	}
	if a.PinAll {
		w.line("pin", "true")
	} else {
		w.list("pin", a.Pin)
	}
	return w.b.String()
}

// Text is the experiment as a file would hold it, without the dash before it.
func (e *Experiment) Text() string {
	var w writer
	w.text("name", e.Name)
	w.text("hypothesis", e.Hypothesis)
	w.text("measure", e.Measure)
	w.text("expect", e.Expect)
	w.group("guardrail", func(in *writer) {
		in.text("measure", e.Guardrail.Measure)
		in.text("expect", e.Guardrail.Expect)
	})
	w.text("start", string(e.Start))
	w.text("end", string(e.End))
	return w.b.String()
}

// AgreedText is what the team agreed and tries out, as a file of its own holds it; what
// the organisation does for "". Empty where that is nothing.
func (c *Config) AgreedText(team string) string {
	var agreements, experiments string
	for i := range c.Agreements {
		if c.Agreements[i].Team == team {
			agreements += ListedText(c.Agreements[i].Text())
		}
	}
	for i := range c.Experiments {
		if c.Experiments[i].Team == team {
			experiments += ListedText(c.Experiments[i].Text())
		}
	}
	var w writer
	if agreements != "" || experiments != "" {
		w.text("team", team)
	}
	if agreements != "" {
		w.b.WriteString("agreements:\n" + agreements)
	}
	if experiments != "" {
		w.b.WriteString("experiments:\n" + experiments)
	}
	return w.b.String()
}

// ListedText is the text of an entry as one of a list.
func ListedText(entry string) string {
	var b strings.Builder
	mark := "  - "
	for line := range strings.Lines(entry) {
		b.WriteString(mark + line)
		mark = "    "
	}
	return b.String()
}

// writer writes YAML of which each key stands in a line of its own, whatever people
// wrote into it.
type writer struct {
	b      strings.Builder
	indent string
}

func (w *writer) line(key, value string) { fmt.Fprintf(&w.b, "%s%s: %s\n", w.indent, key, value) }

func (w *writer) text(key, value string) {
	if value != "" {
		w.line(key, yamlText(value))
	}
}

func (w *writer) list(key string, list []string) {
	if len(list) > 0 {
		w.line(key, yamlValue(list))
	}
}

// group writes what stands below the key; nothing when that is nothing.
func (w *writer) group(key string, write func(in *writer)) {
	in := writer{indent: w.indent + "  "}
	if write(&in); in.b.Len() > 0 {
		fmt.Fprintf(&w.b, "%s%s:\n%s", w.indent, key, in.b.String())
	}
}

func (w *writer) remind(a *Agreement) {
	w.group("remind", func(in *writer) {
		if a.RemindAfter != nil {
			in.line("after", strconv.Itoa(*a.RemindAfter))
		}
		if a.RemindComment != nil {
			in.line("comment", strconv.FormatBool(*a.RemindComment))
		}
	})
}

func (w *writer) settings(settings map[string]any) {
	w.group("settings", func(in *writer) {
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			in.line(yamlText(name), yamlValue(settings[name]))
		}
	})
}

// yamlValue writes a value of a setting, of the kinds that reading gives, in one line.
func yamlValue(v any) string {
	switch v := v.(type) {
	case string:
		return yamlText(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return yamlList(v, yamlText)
	case []any:
		return yamlList(v, yamlValue)
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, yamlText(key)+": "+yamlValue(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case nil:
		return "null"
	}
	return fmt.Sprint(v) // numbers and booleans
}

func yamlList[T any](list []T, write func(T) string) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = write(v)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// plainText is text that means itself in YAML, in a list too: words, days, and numbers
// with a unit.
var plainText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9(][A-Za-z0-9_.()/%-]*)*|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,9}(h| %| [a-z]+( [a-z]+)*))$`)
})

// wordsOfYAML mean something else than themselves, in some version of YAML.
var wordsOfYAML = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"}

// yamlText writes a text so that it is read as nothing but text. In quotes every
// character that cannot be seen is written by its number.
func yamlText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if plainText().MatchString(s) && !slices.Contains(wordsOfYAML, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}
