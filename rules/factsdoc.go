package rules

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// FactsMarkdown is the list of everything a rule's expressions may speak of, for
// docs/rules/facts.md. It is made of the table that the language is made of.
func FactsMarkdown() string {
	var b strings.Builder
	b.WriteString(factsIntroduction)
	writeScopes(&b)
	for _, n := range nouns() {
		writeNoun(&b, n)
	}
	b.WriteString("\n## Functions\n\n| written | gives | meaning |\n|---|---|---|\n")
	for _, f := range functions() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.usage, typeName(f.result), cell(f.help))
	}
	writeSettings(&b)
	fmt.Fprintf(&b, factsBounds, maxExpression, maxNesting, commas(maxCost))
	return b.String()
}

const factsIntroduction = `<!-- Made by go generate ./rules from the table in rules/facts*.go. Do not edit. -->

# Facts

What the expressions of a rule can ask. Expressions are written in
[CEL](https://cel.dev): ` + "`&&`, `||`, `!`, `==`, `<`, `in`, `? :`, `+`, `size(x)`, `x.contains(y)`, `x.matches(\"regex\")`, " + `
and over lists ` + "`list.exists(x, …)`, `list.all(x, …)`, `list.filter(x, …)`, `list.map(x, …)`" + `. Everything is as of the
moment the rule looks at, so that a past week can be looked at again; what trackers keep no history of says so.

A fact marked *may be missing* has to be asked for with ` + "`has(ticket.due)`" + ` first. A condition that comes upon a
missing value without asking does not fire: what is not known is no reason to speak up. ` + "`a && b`" + ` and ` + "`a || b`" + ` need only one
of the two where that one decides.
`

const factsBounds = `
## Bounds

An expression has at most %d characters and %d loops within one another, and one evaluation takes at most %s steps. Within
a loop each operator and each fact is a step, one of the functions above ten, and text that is looked through counts by its length; lists and
maps that are made count by their entries. Outside loops next to nothing is counted. A rule that goes beyond is stopped with an error that names the rule and the ticket; its findings stay as they were and all
other rules go on.

## What of CEL can be used

Everything of its standard functions: numbers (also unsigned), texts, bytes, moments with time zones, durations, lists, maps, conversions, ` + "`" + `type()` + "`" + `
and ` + "`" + `dyn()` + "`" + `; and the loops ` + "`" + `exists` + "`" + `, ` + "`" + `all` + "`" + `, ` + "`" + `exists_one` + "`" + `, ` + "`" + `filter` + "`" + `, ` + "`" + `map` + "`" + ` and ` + "`" + `has` + "`" + `. Left out, and refused with the place before anything runs: making
an object (` + "`" + `ticket{…}` + "`" + `), a regular expression that is put together instead of written out, one that grows too large, what is written out and can
never be converted (` + "`" + `int("x")` + "`" + `), and CEL's extensions, for which there are functions above.
`

func writeScopes(b *strings.Builder) {
	b.WriteString("\n## What a condition looks at\n\n| scope | the condition sees one by one | variables |\n|---|---|---|\n")
	for _, s := range Scopes() {
		names := make([]string, len(s.vars))
		for i, v := range s.vars {
			names[i] = "`" + v.name + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", s.Name, cell(s.Help), strings.Join(names, ", "))
	}
	b.WriteString("\nEverywhere: `now`, the moment looked at, and `settings`, what the team has agreed. With `group_by`: `subject`, what it gives, " +
		"a ticket, a sprint, a ritual or a plan. In `message`, `ask` and `evidence`: `subject`, what the finding is about, and `tickets`, the tickets it concerns; " +
		"and for changes `changes`, what the finding tells together; in a rule with `group_by` only these, and `having` knows them too. In an evidence with `each`: `it`, the entry shown.\n")
}

func writeNoun(b *strings.Builder, n noun) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n| fact | type | meaning |\n|---|---|---|\n", n.typ.TypeName(), n.help)
	for _, f := range n.facts {
		typ := typeName(f.typ)
		if f.sometimes {
			typ += ", *may be missing*"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.name, typ, cell(f.help))
	}
}

func writeSettings(b *strings.Builder) {
	b.WriteString("\n## Settings\n\n| type | written | in expressions |\n|---|---|---|\n")
	written := map[SettingType]string{
		TextSetting: "text", NumberSetting: "2.5", IntegerSetting: "80", PercentSetting: "30 %",
		DurationSetting: "48h, 14 days, 2 weeks; elapsed time", WaitSetting: "48h, 2 days, 3 working days", ListSetting: "[one, two]", BooleanSetting: "true or false",
	}
	for _, t := range SettingTypes() {
		name := typeName(t.cel())
		if t == PercentSetting {
			name += " from 0 to 1"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", t, written[t], name)
	}
}

// typeName is the type as documents show it.
func typeName(t *cel.Type) string {
	switch t.Kind() {
	case types.StringKind:
		return "text"
	case types.IntKind:
		return "whole number"
	case types.DoubleKind:
		return "number"
	case types.BoolKind:
		return "yes or no"
	case types.TimestampKind:
		return "moment"
	case types.DurationKind:
		return "duration"
	case types.ListKind:
		return "list of " + typeName(t.Parameters()[0])
	}
	return t.TypeName()
}

// cell is text fit for a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func commas(n int) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
