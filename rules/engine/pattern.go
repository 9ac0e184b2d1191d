package engine

import (
	"math/bits"
	"regexp"
	"strings"
	"sync"
)

// Regexp is a regular expression, shared by all expressions that hold it. Most
// texts hold none of the words that a match would have to hold; these are never
// shown to the regular expression itself.
type Regexp struct {
	re    *regexp.Regexp
	words *wordFilter // nil: a match may hold anything
	cost  int
}

// patterns are the regular expressions in use. The oldest are not told apart
// from the others: when there are too many, all are compiled again.
var patterns = struct {
	sync.Mutex
	known map[string]*Regexp
}{known: map[string]*Regexp{}}

const maxPatterns = 1000

// Pattern compiles a regular expression, once for all that hold it.
func Pattern(src string) (*Regexp, error) {
	patterns.Lock()
	defer patterns.Unlock()
	if p := patterns.known[src]; p != nil {
		return p, nil
	}
	re, err := regexp.Compile(src)
	if err != nil {
		return nil, err
	}
	if len(patterns.known) >= maxPatterns {
		clear(patterns.known)
	}
	p := &Regexp{re: re, words: newWordFilter(src), cost: 1 + len(src)/8}
	patterns.known[src] = p
	return p, nil
}

// In reports whether the text holds a match.
func (p *Regexp) In(s string) bool {
	if p.words == nil {
		return p.re.MatchString(s)
	}
	switch p.words.in(s) {
	case no:
		return false
	case yes:
		return true
	}
	return p.re.MatchString(s)
}

// steps is what looking through so many bytes is worth.
func (p *Regexp) steps(n int) int { return 1 + n*p.cost/charsPerStep }

// answer is what a filter says of a text.
type answer int

const (
	no    answer = iota // it holds no match
	yes                 // it holds one
	maybe               // only the regular expression can tell
)

// wordFilter looks for the words of which every match holds one.
type wordFilter struct {
	words []string // in lower case where case does not matter
	fold  bool
	whole bool // a match is one of the words and nothing else
	// first says which words a byte can begin, one bit for each; the bit beyond
	// says that it may begin a character that stands for a k or an s.
	first [256]uint64
}

// Where case does not matter, two characters beyond ASCII are a k and an s.
const (
	kelvin = "\u212a"
	longS  = "\u017f"
	beyond = 1 << 63
)

func (w *wordFilter) in(s string) answer {
	if len(w.words) == 1 && !w.fold {
		return w.found(strings.Contains(s, w.words[0]))
	}
	for i := range len(s) {
		set := w.first[s[i]]
		if set == 0 {
			continue
		}
		if set&beyond != 0 && (strings.HasPrefix(s[i:], kelvin) || strings.HasPrefix(s[i:], longS)) {
			return maybe
		}
		for set &^= beyond; set != 0; set &= set - 1 {
			if w.begins(s[i:], w.words[bits.TrailingZeros64(set)]) {
				return w.found(true)
			}
		}
	}
	return no
}

func (w *wordFilter) found(is bool) answer {
	switch {
	case !is:
		return no
	case w.whole:
		return yes
	}
	return maybe
}

func (w *wordFilter) begins(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	if !w.fold {
		return s[:len(word)] == word
	}
	for i := range len(word) {
		if lower(s[i]) != word[i] {
			return false
		}
	}
	return true
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
