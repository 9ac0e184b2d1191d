package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// statesMeasure reports whether the text names a number, a percentage, or a
// change from one span of time to another. The measures are words that measure
// without a digit ("half", "twice"). What only looks like a number is none:
// keys of tickets, versions, dates, times of day, addresses, the numbers of a
// list, and the names, in which # stands for a number ("sprint #").
func statesMeasure(text string, measures, names []string) bool {
	text = terminalCodes().ReplaceAllString(withoutRemarks(text), "")
	if fromTo().MatchString(text) {
		return true
	}
	for _, r := range noMeasure {
		text = r.ReplaceAllString(text, " | ")
	}
	found := tokensOf(text)
	bare := make([]string, len(found))
	for i, t := range found {
		bare[i] = t.word
	}
	for i, t := range found {
		if t.signed && isDigit(t.word[0]) {
			return true
		}
		n := 1
		if !t.isNumber(found, i) {
			n = longestAt(bare[i:], measures)
		}
		if n > 0 && !partOfName(bare, i, n, names, measures) {
			return true
		}
	}
	return false
}

// noMeasure finds what holds digits and measures nothing.
var noMeasure = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^\s*>+`), // a quotation
	regexp.MustCompile("(?s)```.*?(?:```|$)|~~~.*?(?:~~~|$)"),
	regexp.MustCompile(`(?s)\{(?:code|noformat)[^}]*\}.*?(?:\{(?:code|noformat)\}|$)`),
	regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+|\S+@\S+`),
	regexp.MustCompile(`\b[A-Z][A-Z0-9_]*-\d+\b|#\d+\b`),                                // PAY-123, #123
	regexp.MustCompile(`(?m)^[\s*•-]*(?:\d{1,3}[.)]|\(\d{1,3}\))\s+`),                   // 1. in a list
	regexp.MustCompile(`(?i)\bv\.?\d+(?:\.\d+)*\b`),                                     // v2, v2.1
	regexp.MustCompile(`\b(?:19|20)\d\d-\d{1,2}(?:-\d{1,2}(?:[T ]\d{2}:\d{2}\S*)?)?\b`), // 2026-11-20
	regexp.MustCompile(`\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b`),                     // 20.11.2026
	regexp.MustCompile(`\b20\d\d[/–-](?:20)?\d\d\b|['’]\d\d\b`),                         // 2026/27
	regexp.MustCompile(`\b(?:\d{1,2}(?:st|nd|rd|th)?\.?\s?[–-]\s?)?\d{1,2}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?` + month + `\b(?:\.?,?\s+\d{4}\b)?`),
	regexp.MustCompile(`\b` + month + `\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:\s?[–-]\s?\d{1,2})?\b(?:,?\s+\d{4}\b)?`),
	regexp.MustCompile(`(?i)\b\d{1,2}:\d{2}(?::\d{2})?\b(?:\s?[ap]m\b)?|\b\d{1,2}\s?[ap]\.?m\b`), // 10:30
	regexp.MustCompile(`(?i)\b24\s?[/x×]\s?7\b`),
}

const month = `(?:(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)|May)`

// fromTo finds a change from one span of time to another: from days to minutes.
var fromTo = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b` + spans + `\b[^.\n]{0,20}?\b(?:to|into|instead of|rather than|not)\b[^.\n]{0,20}?\b` + spans + `\b`)
})

const spans = `(?:seconds|minutes|hours|days|weeks|months|years)`

// token is a word or a number of a text, and what stands right around it.
type token struct {
	word string
	// signed says that a sign stands at it that only quantities have: % € $ < >.
	signed bool
}

var (
	tokenForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\p{L}\p{N}\p{M}]+(?:[.,]\d[\p{L}\p{N}]*)*`) })
	signAfter = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s?(?:[%‰€£$]|percent\b)`) })
	signFront = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[€£$<>≤≥~±]\s?$`) })
)

func tokensOf(text string) []token {
	var out []token
	for _, at := range tokenForm().FindAllStringIndex(text, -1) {
		front := text[max(0, at[0]-4):at[0]]
		out = append(out, token{
			word:   text[at[0]:at[1]],
			signed: signAfter().MatchString(text[at[1]:min(len(text), at[1]+10)]) || signFront().MatchString(front),
		})
	}
	return out
}

// numberForm is a number, perhaps with its unit: 99.9, 1,200, 30ms, 10k.
var numberForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d+(?:[.,]\d+)*)(k|m|M|mn|mio|bn?|B|x|s|secs?|ms|us|µs|ns|mins?|h|hrs?|d|wks?|mo|y|yrs?|[kKMGT]i?[bB]|rps|qps|tps|pp|pts?|bps?|px|eur|EUR|usd|USD|gbp|GBP|chf|CHF)?$`)
})

// isNumber reports whether the ith of the tokens is a quantity.
func (t token) isNumber(all []token, i int) bool {
	m := numberForm().FindStringSubmatch(t.word)
	if m == nil {
		return false
	}
	digits, unit := m[1], m[2]
	points := strings.Count(digits, ".")
	switch {
	case points > 1:
		return thousands().MatchString(digits) // 1.200.000 is a number, 2.0.1 a version
	case points == 1 && strings.HasSuffix(digits, ".0") && unit == "":
		return i == 0 || !isName(all[i-1].word) // Checkout 2.0
	case unit == "" && len(digits) == 4:
		return !isYear(digits)
	}
	return true
}

var thousands = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{1,3}(?:\.\d{3})+$`) })

func isYear(digits string) bool {
	n, err := strconv.Atoi(digits)
	return err == nil && n >= 2010 && n <= 2045
}

// isName takes a word that begins with a capital for a name.
func isName(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return strings.ToLower(string(r)) != string(r)
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// longestAt is how many words the longest of the runs takes that the words begin
// with.
func longestAt(have []string, runs []string) int {
	n := 0
	for _, r := range runs {
		n = max(n, runAt(have, r))
	}
	return n
}

// partOfName reports whether the n words at the place stand within one of the
// names.
func partOfName(words []string, at, n int, names, measures []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		parts := strings.FieldsFunc(name, func(r rune) bool { return r != '#' && !isWordRune(r) })
		for from := max(0, at+n-len(parts)); from <= at; from++ {
			if nameAt(words[from:], parts, measures) && from+len(parts) >= at+n {
				return true
			}
		}
		return false
	})
}

// nameAt reports whether the words begin with the parts of the name.
func nameAt(words, parts, measures []string) bool {
	if len(parts) == 0 || len(parts) > len(words) {
		return false
	}
	for i, p := range parts {
		switch {
		case p == "#":
			if !isDigit(words[i][0]) && longestAt(words[i:i+1], measures) == 0 {
				return false
			}
		case !strings.EqualFold(p, words[i]):
			return false
		}
	}
	return true
}

// field is what a text tells under a name: below a heading that holds one of the
// names, or after a short label that does, at the beginning of a line ("Metric:
// time to refund"). Of several it is the longest.
func field(text string, names []string) string {
	wanted := wordLists(names)
	longest := sectionOf(text, wanted)
	for line := range strings.Lines(withoutRemarks(text)) {
		label, value, ok := strings.Cut(line, ":")
		if !ok || len(wordsIn(firstRunes(label, 100))) > 4 || !matches(label, wanted) {
			continue
		}
		value = strings.Join(strings.Fields(strings.Trim(strings.TrimSpace(value), "*_")), " ")
		if utf8.RuneCountInString(value) > utf8.RuneCountInString(longest) {
			longest = value
		}
	}
	return longest
}
