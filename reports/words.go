package reports

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var smallNumbers = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// inWords writes small numbers out, for the middle of a sentence.
func inWords(n int) string {
	if n >= 0 && n < len(smallNumbers) {
		return smallNumbers[n]
	}
	return number(n)
}

// number writes digits, in groups of three: 2,000.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// sentence ends a text with a full stop where it has no end of its own.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	switch last, _ := utf8.DecodeLastRuneInString(s); last {
	case '.', '?', '!', '…', '"', '”', ':', ')':
		return s
	}
	return s + "."
}

func quoted(s string) string { return `"` + s + `"` }

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// keepsCapital are words that a promise may begin with and that stay as they
// are in the middle of a sentence.
var keepsCapital = map[string]bool{
	"Jira": true, "Linear": true, "Slack": true, "Confluence": true, "GitHub": true, "GitLab": true, "I": true,
	"Monday": true, "Tuesday": true, "Wednesday": true, "Thursday": true, "Friday": true, "Saturday": true, "Sunday": true,
}

// lowerFirst makes a sentence fit behind "we agreed that": abbreviations and
// names keep their capital.
func lowerFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	word, _, _ := strings.Cut(s, " ")
	if n == 0 || keepsCapital[word] {
		return s
	}
	if second, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(second) || unicode.IsDigit(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[n:]
}

// agreed words a promise as the first half of the matter: "we agreed that every
// feature says which problem it solves."
func agreed(promise string) string {
	if promise == "" {
		return ""
	}
	return "we agreed that " + sentence(lowerFirst(promise))
}

// Unnamed stands where a thing has neither key nor title.
func (s Subject) Unnamed() string { return "A " + string(s.Kind) + " without a name" }

// concerned is the sentence about the other tickets of an item.
func (i Item) concerned() string {
	if len(i.Concerns) == 0 {
		return ""
	}
	names := i.Concerns
	if i.ConcernsMore > 0 {
		names = append(names[:len(names):len(names)], inWords(i.ConcernsMore)+" more")
	}
	return "It concerns " + enumerate(names) + "."
}

// enumerate joins names as a sentence does: "a, b and c".
func enumerate(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// joined puts the parts that are there one after the other.
func joined(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, " ")
}

// more says how many a list leaves out: "two more, see the page".
func more(n int, link string) string {
	switch {
	case n == 0:
		return ""
	case link != "":
		return inWords(n) + " more, see the page"
	}
	return inWords(n) + " more"
}

// passing tells what came and went between two looks at the week.
func passing(n int, how string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "one more came up and " + how + " within the week"
	}
	return inWords(n) + " more came up and " + how + " within the week"
}
