package rules

import "strings"

// named lists the words, each one or several in a row, that stand in the text as
// whole words: "AI-powered search" names "AI", "maintain" does not.
func named(text string, words []string) []string {
	var out []string
	have := wordsIn(text)
	begins := initialsOf(have)
	for _, w := range words {
		if begins.mayBegin(w) && standsIn(have, w) {
			out = append(out, w)
		}
	}
	return out
}

// standsIn reports whether the run of words stands among the words.
func standsIn(have []string, run string) bool {
	for i := range have {
		if runAt(have[i:], run) > 0 {
			return true
		}
	}
	return false
}

// runAt is how many words the run takes at the beginning of the words; 0 where
// it does not stand there.
func runAt(have []string, run string) int {
	n := 0
	for w := range strings.FieldsFuncSeq(run, isNoWordRune) {
		if n == len(have) || !strings.EqualFold(have[n], w) {
			return 0
		}
		n++
	}
	return n
}

func isNoWordRune(r rune) bool { return !isWordRune(r) }

// initials holds which of the letters and digits of ASCII words begin with, so
// that most of a long list is known not to stand in a text without comparing.
type initials uint64

func initialsOf(words []string) initials {
	var out initials
	for _, w := range words {
		out |= initial(w[0])
	}
	return out
}

// mayBegin is only false where the run cannot stand in the text.
func (i initials) mayBegin(run string) bool {
	first := initial(0)
	if run != "" {
		first = initial(run[0])
	}
	return first == 0 || first == others || i&(first|others) != 0
}

// others stands for every first letter that is not of ASCII. Some of those fold
// to one that is.
const others initials = 1 << 63

// initial is 0 for what is neither a letter nor a digit.
func initial(b byte) initials {
	switch {
	case b >= 'a' && b <= 'z':
		return 1 << (b - 'a')
	case b >= 'A' && b <= 'Z':
		return 1 << (b - 'A')
	case b >= '0' && b <= '9':
		return 1 << (b - '0' + 26)
	case b >= 0x80:
		return others
	}
	return 0
}
