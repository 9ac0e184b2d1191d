package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Documents are the pages about rules, by file name, for docs/rules: the catalog,
// one page a rule, and the facts that conditions can ask for.
func Documents(all []Rule) map[string]string {
	out := map[string]string{"README.md": catalogPage(all), "facts.md": FactsMarkdown()}
	for i := range all {
		out[all[i].ID+".md"] = rulePage(&all[i])
	}
	return out
}

const madeFromCatalog = "<!-- Made by go generate ./rules from the files in rules/catalog. Do not edit. -->\n"

const catalogIntroduction = madeFromCatalog + `
# Rules

What ships with fairlead. A team adopts a rule as an agreement, in its own words and with its own settings
([concepts](../concepts.md)); those that are on need no line of configuration. Each has a page that says why it matters,
exactly when it fires, what can be tuned, and how to settle what it finds. Rules of your own have the same form:
[write one](custom.md) with the [facts](facts.md) a condition can ask for.
`

// faultLines are the catalog's parts, in its order, and their headings.
var faultLines = []struct{ id, heading string }{
	{"problem", "Problem before solution"}, {"goals", "Goals are destinations"}, {"ownership", "Authority and ownership"},
	{"partnership", "Product and engineering together"}, {"memory", "Shared memory and rituals"},
}

func catalogPage(all []Rule) string {
	var b strings.Builder
	b.WriteString(catalogIntroduction)
	for _, line := range faultLines {
		fmt.Fprintf(&b, "\n## %s\n\n| rule | what it notices | severity | told to | unless agreed otherwise | past weeks |\n|---|---|---|---|---|---|\n", line.heading)
		for i := range all {
			if r := &all[i]; r.FaultLine == line.id {
				fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s | %s | %s |\n",
					r.ID, r.ID, cell(unwrapped(r.Title)), r.Severity, toldTo(r.Audience), onOrOff(r.On), pastWord(r.Replays))
			}
		}
	}
	return b.String()
}

// pastWord is the short form of whether past weeks can be told.
func pastWord(r Replay) string {
	return map[Replay]string{ReplayYes: "from history", ReplayPartly: "in part", ReplayNo: "not known"}[r]
}

// rulePage documents one rule.
func rulePage(r *Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# %s\n\n**%s.** %s\n\n", madeFromCatalog, r.ID, unwrapped(r.Title), unwrapped(r.Why))
	fmt.Fprintf(&b, "- The promise: %s.\n", unwrapped(r.Promise))
	fmt.Fprintf(&b, "- Severity %s; told to %s; %s unless agreed otherwise.\n", r.Severity, toldTo(r.Audience), onOrOff(r.On))
	fmt.Fprintf(&b, "- Past weeks: %s\n", pastWeeks(r))
	writeCondition(&b, r)
	writeMirror(&b, r)
	writeTunables(&b, r)
	writeExamples(&b, r)
	writeSettling(&b, r)
	return b.String()
}

func writeCondition(b *strings.Builder, r *Rule) {
	looked := r.Scope
	if s, ok := scopeNamed(r.Scope); ok {
		looked = s.Help
	}
	fmt.Fprintf(b, "\n## When it fires\n\nIt looks at %s. It fires where\n\n```cel\n%s\n```\n", looked, strings.TrimSpace(r.When))
	if r.GroupBy != "" {
		fmt.Fprintf(b, "\nWhat it finds is told together by `%s`", strings.TrimSpace(r.GroupBy))
		if r.Having != "" {
			fmt.Fprintf(b, ", where\n\n```cel\n%s\n```\n", strings.TrimSpace(r.Having))
		} else {
			b.WriteString(".\n")
		}
	}
	if r.Happened != "" {
		fmt.Fprintf(b, "\nWhat it tells came about at `%s`; it ages out once the window has passed since.\n", strings.TrimSpace(r.Happened))
	}
	if s, ok := scopeNamed(r.Scope); ok && s.event {
		b.WriteString("\nWhat bots did, and what is part of a bulk change or an import, is left out. An event ages out once its window has passed.\n")
	}
	b.WriteString("\n[What these words mean](facts.md)\n")
}

// writeMirror says what the leader alone reads whose act it is about.
func writeMirror(b *strings.Builder, r *Rule) {
	if r.Mirror == nil {
		return
	}
	fmt.Fprintf(b, "\n## What the leader reads\n\nWhose act it was gets a sentence of their own, and nobody else does: `%s`, where that is one person who led at that moment. It says:\n\n> %s\n",
		unwrapped(r.Mirror.To), unwrapped(r.Mirror.Message))
}

func writeTunables(b *strings.Builder, r *Rule) {
	if len(r.Settings) == 0 {
		return
	}
	b.WriteString("\n## Settings\n\n| setting | type | default | meaning |\n|---|---|---|---|\n")
	for _, s := range r.Settings {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", s.Name, s.Type, cell(written(s)), cell(s.Help))
	}
}

// writeExamples lists the rule's own tests, which run with every build.
func writeExamples(b *strings.Builder, r *Rule) {
	lists := []struct {
		heading string
		fires   bool
	}{{"It fires", true}, {"It stays quiet", false}}
	b.WriteString("\n## Examples\n\nEach is a test in the rule's file.\n")
	for _, list := range lists {
		fmt.Fprintf(b, "\n%s:\n\n", list.heading)
		for _, t := range r.Tests {
			if (len(t.Expect) > 0) == list.fires {
				fmt.Fprintf(b, "- %s\n", unwrapped(t.Name))
			}
		}
	}
}

func writeSettling(b *strings.Builder, r *Rule) {
	fmt.Fprintf(b, "\n## How to settle it\n\n%s\n\nThe finding settles by itself with the first check that no longer meets the condition. ", unwrapped(r.Ask))
	b.WriteString("Where the rule does not fit how a team works, the team tunes it or switches it off, in its own file:\n\n```yaml\nagreements:\n")
	if r.On {
		fmt.Fprintf(b, "  - rule: %s\n    off: true\n    because: we talk about this in planning anyway\n```\n", r.ID)
		return
	}
	fmt.Fprintf(b, "  - rule: %s   # ships switched off; naming it switches it on\n    stage: report\n```\n", r.ID)
}

// unwrapped undoes the line breaks of a rule file.
func unwrapped(s string) string { return strings.Join(strings.Fields(s), " ") }

// pastWeeks says whether past weeks can be looked at again.
func pastWeeks(r *Rule) string {
	said := map[Replay]string{ReplayYes: "From history.", ReplayPartly: "Partly from history.", ReplayNo: "Not to be told from history."}[r.Replays]
	return strings.TrimSpace(said + " " + unwrapped(r.ReplayNote))
}

func onOrOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func toldTo(a finding.Audience) string {
	switch a {
	case finding.ForEM:
		return "the EM alone"
	case finding.ForEMPM:
		return "the EM and the PM"
	case finding.ForTeam:
		return "the team"
	}
	return "the organisation, without names"
}

// written is a default as a file would hold it, with its unit.
func written(s Setting) string {
	switch v := s.Default.(type) {
	case []string:
		if len(v) == 0 {
			return "none"
		}
		return "`" + strings.Join(v, "`, `") + "`"
	case time.Duration:
		if days := v / (24 * time.Hour); days > 2 && v%(24*time.Hour) == 0 {
			return fmt.Sprintf("%d days", days)
		}
		return strings.TrimSuffix(strings.TrimSuffix(v.String(), "0s"), "0m")
	case float64:
		if s.Type == PercentSetting {
			return fmt.Sprintf("%g %%", v*100)
		}
	}
	return strings.TrimSpace(fmt.Sprint(s.Default) + " " + s.Unit)
}
