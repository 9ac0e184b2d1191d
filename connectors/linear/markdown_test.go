package linear_test

import (
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/fairlead-dev/fairlead/connectors/linear"
)

// markup lists what CommonMark, with the extensions that Linear has too, makes of
// a text beyond paragraphs of words.
func markup(body string) []string {
	source := []byte(body)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	var out []string
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindDocument, ast.KindParagraph, ast.KindText, ast.KindString:
		default:
			if entering {
				out = append(out, n.Kind().String())
			}
		}
		return ast.WalkContinue, nil
	})
	return out
}

func TestMarkupIsSeen(t *testing.T) {
	for body, live := range map[string]bool{
		"plain words":                    false,
		"a\nb\n\nc":                      false,
		`\[a\]\(https\:\/\/x\.example\)`: false,
		"[a](https://x.example)":         true,
		"https://x.example":              true,
		"www.example.com":                true,
		"<b>x</b>":                       true,
		"*x*":                            true,
		"# x":                            true,
		"- x":                            true,
		"    x":                          true,
	} {
		if got := markup(body); (len(got) > 0) != live {
			t.Errorf("markup(%q) = %q, want some: %v", body, got, live)
		}
	}
}

func FuzzCommentsHoldWordsOnly(f *testing.F) {
	for _, seed := range []string{"plain", "[a](https://x.example)", "@lee `x` *y*", "# a\n\n\tb\n- c", "a  \nb", "<script>", "\\\\[a](b)", "&#64;lee &amp;", "1. a\n2) b", "::x::", "a\u2028b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, words string) {
		body := linear.Markdown(words)
		if found := markup(body); len(found) > 0 {
			t.Errorf("%q became %q, which holds %q", words, body, found)
		}
	})
}
