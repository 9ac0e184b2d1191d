package engine

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxWords  = 63 // bits of a set but the last
	shortWord = 2  // bytes; shorter ones stand in nearly every text
)

// newWordFilter finds the words of which every match of the regular expression
// holds at least one; nil where there are none, or too many.
func newWordFilter(src string) *wordFilter {
	re, err := syntax.Parse(src, syntax.Perl)
	if err != nil {
		return nil
	}
	re = re.Simplify()
	found := required(re)
	if !found.ok || len(found.words) == 0 {
		return nil
	}
	w := &wordFilter{fold: found.fold, whole: found.exact && !found.zeroWidth && !found.loose}
	for _, word := range found.words {
		if cut := plainPart(word, found.fold); cut != word {
			word, w.whole = cut, false
		}
		if len(word) < shortWord {
			return nil
		}
		w.words = append(w.words, word)
	}
	slices.Sort(w.words)
	w.words = slices.Compact(w.words)
	for i, word := range w.words {
		w.first[word[0]] |= 1 << i
		if c := word[0]; w.fold && 'a' <= c && c <= 'z' {
			w.first[c-'a'+'A'] |= 1 << i
		}
		if w.fold && strings.ContainsAny(word, "ks") {
			w.first[kelvin[0]] |= beyond
			w.first[longS[0]] |= beyond
		}
	}
	return w
}

// plainPart is the part of a word that can be looked for byte by byte. Where case
// does not matter that is its longest part in ASCII. What stands for broken text
// is never looked for, since broken text does not hold it.
func plainPart(word string, fold bool) string {
	longest := ""
	for _, part := range strings.FieldsFunc(word, func(r rune) bool { return r == utf8.RuneError || fold && r >= utf8.RuneSelf }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// needs is what a match of a part of a regular expression holds.
type needs struct {
	ok    bool     // one of the words, at least
	words []string // in lower case when fold is set
	fold  bool
	// exact says that a match is one of the words, which may be empty.
	exact bool
	// zeroWidth says that it also depends on what stands around.
	zeroWidth bool
	// loose says that some of the words stood where case matters, and are looked
	// for as if it did not.
	loose bool
}

func exactly(words ...string) needs { return needs{ok: true, exact: true, words: words} }

// required walks the regular expression.
func required(re *syntax.Regexp) needs {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return exactly("")
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		n := exactly("")
		n.zeroWidth = true
		return n
	case syntax.OpLiteral:
		n := exactly(string(re.Rune))
		if re.Flags&syntax.FoldCase != 0 {
			n.fold = true
			return n.folded()
		}
		return n
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpCapture:
		return required(re.Sub[0])
	case syntax.OpPlus:
		n := required(re.Sub[0])
		n.exact = false
		return n
	case syntax.OpQuest:
		return union([]needs{exactly(""), required(re.Sub[0])})
	case syntax.OpConcat:
		return concat(re.Sub)
	case syntax.OpAlternate:
		var all []needs
		for _, sub := range re.Sub {
			all = append(all, required(sub))
		}
		return union(all)
	}
	return needs{}
}

// class is a choice of few characters.
func class(pairs []rune) needs {
	n := exactly()
	for i := 0; i+1 < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if n.words = append(n.words, string(r)); len(n.words) > 4 {
				return needs{}
			}
		}
	}
	return n
}

// union is one or the other.
func union(all []needs) needs {
	out := exactly()
	for i, n := range all {
		if !n.ok {
			return needs{}
		}
		out.exact = out.exact && n.exact
		out.loose = out.loose || n.loose || i > 0 && n.fold != out.fold
		out.zeroWidth = out.zeroWidth || n.zeroWidth
		out.fold = out.fold || n.fold
		out.words = append(out.words, n.words...)
	}
	if len(out.words) > maxWords {
		return needs{}
	}
	return out.folded()
}

// folded brings all words to lower case where that is how they are looked for:
// they are found more often then, never less often.
func (n needs) folded() needs {
	if n.fold {
		for i, w := range n.words {
			n.words[i] = strings.Map(func(r rune) rune {
				if 'A' <= r && r <= 'Z' {
					return r + 'a' - 'A'
				}
				return r
			}, w)
		}
	}
	return n
}

// concat is one after the other: the words of neighbours that are exact grow
// together, and of what is left the words that say most are taken.
func concat(subs []*syntax.Regexp) needs {
	var best needs
	run, exact, zeroWidth := exactly(""), true, false
	take := func() {
		if better(run, best) {
			best = run
		}
		run = exactly("")
	}
	for _, sub := range subs {
		n := required(sub)
		zeroWidth = zeroWidth || n.zeroWidth
		if n.ok && n.exact {
			if grown := product(run, n); grown.ok {
				run = grown
				continue
			}
		}
		exact = false
		take()
		if n.ok && better(n, best) {
			best = n
		}
	}
	take()
	best.exact = best.exact && exact
	best.zeroWidth = best.zeroWidth || zeroWidth
	return best
}

// product is every word of a followed by every word of b.
func product(a, b needs) needs {
	if len(a.words)*len(b.words) > maxWords {
		return needs{}
	}
	out := exactly()
	out.fold, out.zeroWidth = a.fold || b.fold, a.zeroWidth || b.zeroWidth
	out.loose = a.loose || b.loose || a.fold != b.fold && !a.empty() && !b.empty()
	for _, x := range a.words {
		for _, y := range b.words {
			out.words = append(out.words, x+y)
		}
	}
	return out.folded()
}

// empty says that the only word is none.
func (n needs) empty() bool { return len(n.words) == 1 && n.words[0] == "" }

// better says whether the words of a tell more than those of b.
func better(a, b needs) bool {
	if !a.ok || !b.ok {
		return a.ok
	}
	x, y := shortest(a.words), shortest(b.words)
	return x > y || x == y && len(a.words) < len(b.words)
}

func shortest(words []string) int {
	if len(words) == 0 {
		return 0
	}
	return len(slices.MinFunc(words, func(a, b string) int { return len(a) - len(b) }))
}
