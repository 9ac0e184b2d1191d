package rules

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/rules/engine"
)

func textFunctions() []function {
	text, textList := cel.StringType, cel.ListType(cel.StringType)
	return []function{
		{
			name: "trim", member: true, usage: "text.trim()", args: []*cel.Type{text}, result: text,
			help: "The text without white space at its ends.",
			call: engine.Of1(strings.TrimSpace),
		},
		{
			name: "lower", member: true, usage: "text.lower()", args: []*cel.Type{text}, result: text,
			help: "The text in lower case.",
			call: engine.Of1(strings.ToLower),
		},
		{
			name: "among", member: true, usage: "text.among(words)", args: []*cel.Type{text, cel.ListType(text)}, result: cel.BoolType,
			help: "The text is one of the words, without regard to case and to white space and punctuation around it: \"TBD!\" is among [\"tbd\"].",
			call: engine.Of2(among),
		},
		{
			name: "names", member: true, usage: "text.names(words)", args: []*cel.Type{text, textList}, result: textList,
			help: "Which of the words, each one or several in a row, stand in the text as whole words, without regard to case and to what stands between them: " +
				"\"AI-powered search\" names \"AI\", \"maintain\" does not.",
			call: engine.Of2(named),
		},
		{
			name: "opening", member: true, usage: "text.opening(words, lead_ins)", args: []*cel.Type{text, textList, textList}, result: text,
			help: "Which of the words the text begins with, once lead-ins (\"we will\"), the marks of a list, tags in brackets and a short label (\"Sprint goal:\") are passed. " +
				"Empty where it begins with none, and where the word stands for a thing: \"Build is green\".",
			call: engine.Of3(opening),
		},
		{
			name: "section", member: true, usage: "text.section(headings)", args: []*cel.Type{text, textList}, result: text,
			help: "The same as ticket.section, of any text.",
			call: engine.Of2(section),
		},
		{
			name: "field", member: true, usage: "text.field(names)", args: []*cel.Type{text, textList}, result: text,
			help: "What the text tells under one of the names: in a section with such a heading, or in a line that begins with such a label, \"Metric: time to refund\". " +
				"The longest where several do, empty where none does.",
			call: engine.Of2(field),
		},
	}
}

// among compares without regard to case and to what stands around the words. A
// word of nothing but punctuation ("?", "-") is compared as it is.
func among(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(bare(s), bare(w)) })
}

func bare(s string) string {
	s = strings.TrimSpace(s)
	if b := strings.TrimFunc(s, func(r rune) bool { return !isWordRune(r) }); b != "" {
		return b
	}
	return s
}
