package rules

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// section finds the text below a heading that holds one of the words, with runs
// of white space as one space; the longest where several headings do.
//
// Headings are Jira's "h2. Problem", Markdown's "## Problem", and lines in bold:
// "*Problem*", "**Problem:**", "**Problem:** and then the text". A section ends
// at the next heading of any kind. What looks like a heading inside a block of
// code is code.
func section(description string, headings []string) string {
	return sectionOf(description, wordLists(headings))
}

// sectionOf is section for headings that were cut into words already.
func sectionOf(description string, wanted [][]string) string {
	longest, length := "", 0
	for _, p := range parts(description) {
		if !matches(p.heading, wanted) {
			continue
		}
		text := strings.Join(strings.Fields(strings.Join(p.lines, " ")), " ")
		if n := utf8.RuneCountInString(text); n > length {
			longest, length = text, n
		}
	}
	return longest
}

// part is a heading and the lines below it.
type part struct {
	heading string
	lines   []string
}

// parts cuts a description at its headings. What stands before the first one is
// left out.
func parts(description string) []part {
	var out []part
	code, jira := "", jiraHeading().MatchString(description)
	for line := range strings.Lines(withoutRemarks(description)) {
		line = strings.TrimSpace(line)
		if code, line = fence(code, line); code == "" {
			if heading, rest, ok := headingOf(line, jira); ok {
				out = append(out, part{heading: heading})
				line = rest
			}
		}
		if len(out) > 0 && strings.ContainsFunc(line, isWordRune) {
			last := &out[len(out)-1]
			last.lines = append(last.lines, line)
		}
	}
	return out
}

// fence follows blocks of code: open is the mark that ends the one the line
// stands in, empty outside. The marks themselves are no text.
func fence(open, line string) (now, rest string) {
	for _, mark := range []string{"```", "~~~", "{code", "{noformat"} {
		switch {
		case !strings.HasPrefix(line, mark):
		case open == mark:
			return "", ""
		case open == "" && closesItself(line, mark):
			return "", line
		case open == "":
			return mark, ""
		}
	}
	if open == "{code" && strings.HasSuffix(line, "{code}") || open == "{noformat" && strings.HasSuffix(line, "{noformat}") {
		return "", line
	}
	return open, line
}

func closesItself(line, mark string) bool { return strings.Contains(line[len(mark):], mark) }

// withoutRemarks takes out <!-- remarks -->, which templates explain themselves
// with and nobody sees.
func withoutRemarks(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "<!--")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if _, s, found = strings.Cut(after, "-->"); !found {
			return b.String()
		}
	}
}

// jiraHeading finds out that a description is written in Jira's markup.
var jiraHeading = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?mi)^\s*h[1-6]\.`) })

// headingOf tells whether the line is a heading, and what text follows the
// heading in the same line. In Jira's markup "# item" stands in a numbered list.
func headingOf(line string, jira bool) (heading, rest string, ok bool) {
	if len(line) > 3 && (line[0] == 'h' || line[0] == 'H') && line[1] >= '1' && line[1] <= '6' && line[2] == '.' {
		return line[3:], "", true
	}
	if hashes := len(line) - len(strings.TrimLeft(line, "#")); hashes >= 1 && hashes <= 6 && !jira {
		// "#tag" is no heading in Markdown, "# item" is one.
		if text := line[hashes:]; strings.HasPrefix(text, " ") {
			return strings.TrimRight(text, "# "), "", true
		}
	}
	return boldHeading(line)
}

// boldHeading reads a line that is bold as a whole, or begins with bold words
// and a colon.
func boldHeading(line string) (heading, rest string, ok bool) {
	for _, mark := range []string{"**", "__", "*"} {
		inner, found := strings.CutPrefix(line, mark)
		if !found || inner == "" || strings.HasPrefix(inner, " ") || strings.HasPrefix(inner, mark) {
			continue
		}
		inner, rest, found = strings.Cut(inner, mark)
		if !found || inner == "" || strings.HasSuffix(inner, " ") || utf8.RuneCountInString(inner) > 100 {
			return "", "", false
		}
		rest = strings.TrimSpace(rest)
		if after, colon := strings.CutPrefix(rest, ":"); colon {
			return inner, strings.TrimSpace(after), true
		}
		return inner, rest, rest == "" || strings.HasSuffix(inner, ":")
	}
	return "", "", false
}

// wordLists cuts headings into folded words.
func wordLists(headings []string) [][]string {
	out := make([][]string, 0, len(headings))
	for _, h := range headings {
		if w := wordsIn(h); len(w) > 0 {
			out = append(out, w)
		}
	}
	return out
}

func wordsIn(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !isWordRune(r) })
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// matches reports whether the heading holds one of the word lists as a run:
// "What problem does it solve?" holds "problem", "Problems" does not.
func matches(heading string, wanted [][]string) bool {
	have := wordsIn(heading)
	return slices.ContainsFunc(wanted, func(w []string) bool {
		for i := 0; i+len(w) <= len(have); i++ {
			if slices.Equal(have[i:i+len(w)], w) {
				return true
			}
		}
		return false
	})
}
