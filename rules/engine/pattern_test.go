package engine

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestWordsOfARegularExpression(t *testing.T) {
	for _, c := range []struct {
		src   string
		words string
		whole bool
	}{
		{"refund", "refund", true},
		{"re(fund|port)s?", "refund refunds report reports", true},
		{`\bai\b`, "ai", false},
		{"(?i)Bulk export", "bulk export", true},
		{"(?i)größe", "gr", false},
		{"^wip:", "wip:", false},
		{"a.*bcd", "bcd", false},
		{"(ab)+", "ab", false},
		{"ab|c", "", false},
		{"[a-z]+", "", false},
		{"", "", false},
		{"x?", "", false},
		{"fo{2}", "foo", true},
		{"(?i)ab(?-i)CD", "abcd", false},
		{"\ufffdab", "ab", false},
	} {
		t.Run(c.src, func(t *testing.T) {
			w := newWordFilter(c.src)
			if w == nil {
				w = &wordFilter{}
			}
			if got := strings.Join(w.words, " "); got != c.words || w.whole != c.whole {
				t.Errorf("words %q, the whole match %v; want %q, %v", got, w.whole, c.words, c.whole)
			}
		})
	}
}

func TestARegularExpressionIsCompiledOnce(t *testing.T) {
	a, err := Pattern("shared (once|twice)")
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := Pattern("shared (once|twice)"); a != b {
		t.Error("it was compiled again")
	}
}

// judgedAlike reports a text that the filter judges otherwise than the regular
// expression does.
func judgedAlike(t *testing.T, src, text string) {
	t.Helper()
	re, err := regexp.Compile(src)
	if err != nil {
		return
	}
	p, err := Pattern(src)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.In(text), re.MatchString(text); got != want {
		t.Errorf("%q in %q: %v, want %v (words %q)", src, text, got, want, newWordFilter(src).words)
	}
}

var (
	atoms = []string{
		"a", "b", "k", "s", "K", "S", "ab", "ask", "Ski", "\u212a", "\u017f", "é", "İ", "ß", "\ufffd", ".", "[ab]", "[^a]", "[k]", "[a-z]", "\\b", "^", "$", "\\w", "\\s", "(?i)", "(?i:sk)", "(?-i:sk)", " ", "x",
	}
	glue  = []string{"", "", "", "", "|", "*", "+", "?", "{2}", "{1,3}", "{0}", ")", "(", "(?:", "(?i:", "+?"}
	texts = []string{"a", "b", "k", "s", "K", "S", "ab", "ask", "ASK", "sk", "Ski", "\u212a", "\u017f", "é", "É", "İ", "i", "ß", "\xff", "\ufffd", " ", "x", "\n", "\xc5", "\xe2\x84"}
)

func written(r *rand.Rand, parts ...[]string) string {
	var b strings.Builder
	for range 1 + r.IntN(7) {
		for _, list := range parts {
			b.WriteString(list[r.IntN(len(list))])
		}
	}
	return b.String()
}

func TestTheFilterHidesNoMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		src := written(r, atoms, glue)
		for range 5 {
			judgedAlike(t, src, written(r, texts))
		}
		if t.Failed() {
			return
		}
	}
}

func FuzzPatterns(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		f.Add(written(r, atoms, glue), written(r, texts))
	}
	f.Add(`(?i)\b(ai|ml|llm|blockchain)\b`, "AI-powered search")
	f.Fuzz(func(t *testing.T, src, text string) { judgedAlike(t, src, text) })
}
