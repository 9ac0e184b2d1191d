package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// CatalogMarkdown documents rules, for docs/rules/README.md: why each matters,
// exactly when it fires, what a team can tune.
func CatalogMarkdown(all []Rule) string {
	var b strings.Builder
	b.WriteString(catalogIntroduction)
	for i := range all {
		writeRule(&b, &all[i])
	}
	return b.String()
}

const catalogIntroduction = `<!-- Made by go generate ./rules from the files in rules/catalog. Do not edit. -->

# Rules

What ships with fairlead. A team adopts a rule as an agreement, in its own words and with its own settings
([concepts](../concepts.md)); those that are on need no line of configuration. Rules of your own have the same form
([facts](facts.md) lists what a condition can ask) and are named under ` + "`rules`" + ` in the [configuration](../configuration.md).
`

func writeRule(b *strings.Builder, r *Rule) {
	fmt.Fprintf(b, "\n## %s\n\n**%s.** %s\n\n", r.ID, r.Title, unwrapped(r.Why))
	fmt.Fprintf(b, "- The promise: %s.\n- What is asked: %s\n", unwrapped(r.Promise), unwrapped(r.Ask))
	fmt.Fprintf(b, "- Severity %s; told to %s; %s unless agreed otherwise.\n", r.Severity, toldTo(r.Audience), onOrOff(r.On))
	if r.Replay != "" {
		fmt.Fprintf(b, "- Past weeks: %s\n", unwrapped(r.Replay))
	}
	fmt.Fprintf(b, "\nIt fires for each %s where\n\n```cel\n%s\n```\n", r.Scope, strings.TrimSpace(r.When))
	if r.GroupBy != "" {
		fmt.Fprintf(b, "\nFindings are told together by `%s`.\n", r.GroupBy)
	}
	if len(r.Settings) > 0 {
		b.WriteString("\n| setting | type | default | meaning |\n|---|---|---|---|\n")
	}
	for _, s := range r.Settings {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", s.Name, s.Type, cell(written(s)), cell(s.Help))
	}
}

// unwrapped undoes the line breaks of a rule file.
func unwrapped(s string) string { return strings.Join(strings.Fields(s), " ") }

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
