package rules

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

func textFunctions() []function {
	text := cel.StringType
	return []function{
		{
			name: "trim", member: true, usage: "text.trim()", args: []*cel.Type{text}, result: text,
			help: "The text without white space at its ends.",
			call: func(args []ref.Val) any { return strings.TrimSpace(textIn(args[0])) },
		},
		{
			name: "lower", member: true, usage: "text.lower()", args: []*cel.Type{text}, result: text,
			help: "The text in lower case.",
			call: func(args []ref.Val) any { return strings.ToLower(textIn(args[0])) },
		},
		{
			name: "among", member: true, usage: "text.among(words)", args: []*cel.Type{text, cel.ListType(text)}, result: cel.BoolType,
			help: "The text is one of the words, without regard to case and to white space and punctuation around it: \"TBD!\" is among [\"tbd\"].",
			call: func(args []ref.Val) any { return among(textIn(args[0]), texts(args[1])) },
		},
	}
}

func textIn(v ref.Val) string { s, _ := v.Value().(string); return s }

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
