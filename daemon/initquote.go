package daemon

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// plainWord is text that YAML reads as itself without quotes.
var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// notWords are what YAML, in one of its versions, reads as something else.
var notWords = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}

// quoted is text as a YAML scalar that is read back as the same text, whatever
// it holds, on one line. What is no UTF-8 becomes the replacement character.
func quoted(text string) string {
	if plainWord.MatchString(text) && !slices.Contains(notWords, strings.ToLower(text)) {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// quotedList is a YAML list on one line.
func quotedList(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = quoted(w)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// shownName bounds how much of somebody else's text is shown on a line.
const shownName = 80

// shown is untrusted text for a terminal or a comment: one line of what can be
// printed, so that it moves no cursor and ends no comment.
func shown(text string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, text))
	if len(runes) > shownName {
		return string(runes[:shownName-1]) + "…"
	}
	return string(runes)
}
