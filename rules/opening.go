package rules

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// opening is which of the words the text begins with, once what leads in is
// passed: bullets and numbers of a list, marks of a heading, a tag in brackets,
// a label of up to three words before a colon, a dash or a bar ("Sprint goal:",
// "Checkout - "), and the lead-ins ("we will"). It is empty where the text begins
// with something else, and where the word stands for a thing: "Build is green".
func opening(text string, words, leadIns []string) string {
	rest := terminalCodes().ReplaceAllString(text, "")
	for range maxLeads {
		rest = strings.TrimLeftFunc(rest, func(r rune) bool { return isNoWordRune(r) && r != '[' && r != '(' })
		if word, after := longestRun(rest, words); word != "" {
			if isThing(after) {
				return ""
			}
			return word
		}
		next := withoutLead(rest, leadIns)
		if next == rest {
			break
		}
		rest = next
	}
	return ""
}

// maxLeads bounds how many lead-ins in a row are passed.
const maxLeads = 16

// withoutLead takes one lead-in off the beginning of the text.
func withoutLead(text string, leadIns []string) string {
	if rest, found := withoutTag(text); found {
		return rest
	}
	if mark := listMark().FindString(text); mark != "" {
		return text[len(mark):]
	}
	if lead, rest := longestRun(text, leadIns); lead != "" {
		return rest
	}
	if label := openingLabel().FindString(text); label != "" && len(wordsIn(label)) <= 3 {
		return text[len(label):]
	}
	return text
}

// withoutTag takes off a tag in brackets. What a link shows is text.
func withoutTag(text string) (rest string, found bool) {
	if text == "" || text[0] != '[' && text[0] != '(' {
		return text, false
	}
	inner, rest, closed := strings.Cut(text[1:], map[byte]string{'[': "]", '(': ")"}[text[0]])
	if !closed || strings.Contains(inner, "\n") || strings.HasPrefix(rest, "(") {
		return text[1:], true
	}
	return rest, true
}

var (
	// listMark is what stands before the text of a list's item or a heading: 1. or
	// a) or h2.
	listMark = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?i:\d{1,3}[.)]|[a-z][)]|h[1-6]\.)\s`) })
	// openingLabel is what a text is about, before the text.
	openingLabel = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[^:|\n]{1,40}?(?::\s|\s[-–—|]+\s)`) })
)

// longestRun is the longest of the runs of words that the text begins with, and
// what follows it.
func longestRun(text string, runs []string) (run, rest string) {
	rest = text
	for _, r := range runs {
		if after, ok := cutRun(text, r); ok && len(after) < len(rest) {
			run, rest = r, after
		}
	}
	return run, rest
}

// cutRun takes a run of words off the beginning of the text.
func cutRun(text, run string) (rest string, ok bool) {
	for want := range strings.FieldsFuncSeq(run, isNoWordRune) {
		text = strings.TrimLeftFunc(text, isNoWordRune)
		end := strings.IndexFunc(text, isNoWordRune)
		if end < 0 {
			end = len(text)
		}
		if end == 0 || !strings.EqualFold(text[:end], want) {
			return "", false
		}
		text, ok = text[end:], true
	}
	return text, ok
}

// isThing tells from what follows it that a word names a thing and nothing to
// do: "Build is green", "Shipping costs are clear". "Ship what is ready" is
// something to do.
func isThing(after string) bool {
	if line, _, several := strings.Cut(after, "\n"); several {
		after = line
	}
	next := wordsIn(firstRunes(after, 100))
	switch {
	case len(next) == 0:
		return false
	case slices.Contains(saysOfAThing, next[0]):
		return true
	}
	return len(next) > 1 && slices.Contains(saysOfAThing, next[1]) && !slices.Contains(pointsAtSomething, next[0])
}

// Words of English by which a sentence goes on about a thing, and by which it
// goes on about what is to be done.
var (
	saysOfAThing = []string{
		"is", "are", "was", "were", "isn", "aren", "has", "have", "can", "will", "should", "must", "take", "takes", "stay", "stays", "remain", "remains", "get", "gets",
	}
	pointsAtSomething = []string{"what", "whatever", "who", "that", "which", "it", "all", "everything", "and", "or", "only", "where", "when", "once"}
)

func firstRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
