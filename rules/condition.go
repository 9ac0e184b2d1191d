package rules

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Text is the rule as its file holds it.
func (r *Rule) Text() string { return r.text }

// ConditionMistake is something wrong with a condition that was tried on a rule.
type ConditionMistake struct { //nolint:errname // the word of the documents
	Line, Column int // in the condition, from 1; 0 when it is about the whole
	Text, Hint   string
}

// WithCondition is the rule with another condition, as a file called name would hold
// it: all else in its file stays as it was written. A shipped rule becomes one that
// stands in its own place. Nothing is wrong when there are no mistakes.
func (r *Rule) WithCondition(name, when string, shipped bool) (Rule, []ConditionMistake) {
	when = strings.TrimSpace(strings.ReplaceAll(when, "\r\n", "\n"))
	if i := strings.IndexFunc(when, unfitForCondition); i >= 0 {
		before := when[:i]
		line := strings.Count(before, "\n")
		column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
		return Rule{}, []ConditionMistake{{Line: line + 1, Column: column + 1, Text: "a character here cannot be shown", Hint: "take it out; a text may hold it as an escape, such as \\t"}}
	}
	text, first := withCondition(r.text, when, shipped)
	if first == 0 {
		return Rule{}, []ConditionMistake{{Text: "the file of this rule is written in a way that the condition cannot be put into", Hint: "change it in " + oneLine(r.ID) + "'s own file"}}
	}
	out, err := Parse(name, []byte(text))
	if err == nil && out.ID == r.ID && strings.TrimSpace(out.When) == when {
		return out, nil
	}
	return Rule{}, conditionMistakes(err, first, strings.Count(when, "\n")+1)
}

// unfitForCondition reports a character that YAML or people would not see for what
// it is.
func unfitForCondition(c rune) bool {
	return c != '\n' && !unicode.IsPrint(c) || c == unicode.ReplacementChar
}

// conditionMistakes places what Parse found in the condition, whose text stands in
// lines from first on.
func conditionMistakes(err error, first, lines int) []ConditionMistake {
	var found yamlfile.Mistakes
	if !errors.As(err, &found) {
		return []ConditionMistake{{Text: "this condition would not come out of a file as it was written", Hint: "write it more plainly"}}
	}
	var out []ConditionMistake
	for _, m := range found {
		one := ConditionMistake{Text: m.Text, Hint: m.Hint}
		if m.Line >= first && m.Line < first+lines && m.Column > len(conditionIndent) {
			one.Line, one.Column = m.Line-first+1, m.Column-len(conditionIndent)
		}
		out = append(out, one)
	}
	return out
}

const conditionIndent = "  "

var topKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^["']?([a-z_]+)["']?\s*:`) })

// withCondition writes the condition into the text of a rule file, and tells the line
// where it begins, from 1; 0 where the text cannot be understood.
func withCondition(text, when string, shipped bool) (changed string, first int) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	begin, end := topLevel(lines, "when")
	if begin < 0 {
		return "", 0
	}
	for end > begin+1 && strings.TrimSpace(lines[end-1]) == "" {
		end-- // what parts it from the next key stays
	}
	condition := []string{"when: |-"}
	for line := range strings.SplitSeq(when, "\n") {
		if strings.TrimSpace(line) != "" {
			line = conditionIndent + line
		}
		condition = append(condition, line)
	}
	lines = slices.Concat(lines[:begin], condition, lines[end:])
	first = begin + 2
	if at, _ := topLevel(lines, "replaces_shipped"); shipped && at < 0 {
		lines, first = slices.Insert(lines, begin, "replaces_shipped: true"), first+1
	}
	return strings.Join(lines, "\n") + "\n", first
}

// topLevel finds the lines of a key that begins in the first column; -1 where there
// is none.
func topLevel(lines []string, key string) (begin, end int) {
	begin = slices.IndexFunc(lines, func(l string) bool {
		m := topKey().FindStringSubmatch(l)
		return m != nil && m[1] == key
	})
	if begin < 0 {
		return -1, -1
	}
	for end = begin + 1; end < len(lines); end++ {
		if l := lines[end]; l != "" && l[0] != ' ' && l[0] != '\t' {
			break
		}
	}
	return begin, end
}
