package rules

import (
	"slices"
	"unicode/utf8"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

func problemFunctions() []function {
	textList := cel.ListType(cel.StringType)
	return []function{
		{
			name: "says_problem", member: true, usage: "ticket.says_problem(levels, links, headings, min_chars)",
			args: []*cel.Type{ticketType, cel.IntType, textList, textList, cel.IntType}, result: cel.BoolType,
			help: "The ticket, or something above it up to so many levels, is a problem, has a link of one of the kinds to a problem, carries a customer need, " +
				"or has a section under one of the headings that is at least so many characters long.",
			call: engine.Of5(func(t *workTicket, levels int, links []string, headings []string, min_chars int) bool {
				return t.saysProblem(levels, links, headings, min_chars)
			}),
		},
		{
			name: "highest_naming", member: true, usage: "ticket.highest_naming(levels, words)",
			args: []*cel.Type{ticketType, cel.IntType, textList}, result: ticketType,
			help: "The highest ticket on the way up the chain whose title names one of the words, in the sense of names; the ticket itself when none above it does.",
			call: engine.Of3(func(t *workTicket, levels int, words []string) *workTicket { return t.highestNaming(levels, words) }),
		},
		{
			name: "labels_like", member: true, usage: "ticket.labels_like(words)", args: []*cel.Type{ticketType, textList}, result: textList,
			help: "Which of its labels are one of the words, without regard to case and to what stands between the parts of a word: \"Action_Item\" is like \"action-item\".",
			call: engine.Of2(func(t *workTicket, words []string) []string { return labelsLike(t.Labels, words) }),
		},
	}
}

// saysProblem looks at the ticket before it reads what stands above.
func (t *workTicket) saysProblem(levels int, links, headings []string, minChars int) bool {
	wanted := wordLists(headings)
	says := func(t *workTicket) bool {
		return t.Kind == ticket.Problem || len(t.Needs) > 0 || t.solves(links) ||
			utf8.RuneCountInString(sectionOf(t.Description, wanted)) >= minChars
	}
	return says(t) || slices.ContainsFunc(t.chain(levels)[1:], says)
}

// solves reports whether one of the kinds of link leads to a problem.
func (t *workTicket) solves(kinds []string) bool {
	return slices.ContainsFunc(t.Links, func(l ticket.Link) bool {
		return slices.Contains(kinds, string(l.Kind)) && t.w.kindOf(t.Source, l.Target, l.TargetKind) == ticket.Problem
	})
}

func (t *workTicket) highestNaming(levels int, words []string) *workTicket {
	highest := t
	for _, up := range t.chain(levels)[1:] {
		if len(named(up.Title, words)) > 0 {
			highest = up
		}
	}
	return highest
}

func labelsLike(labels, words []string) []string {
	var out []string
	for _, l := range labels {
		have := wordsIn(l)
		if slices.ContainsFunc(words, func(w string) bool { return len(have) > 0 && runAt(have, w) == len(have) }) {
			out = append(out, l)
		}
	}
	return out
}
