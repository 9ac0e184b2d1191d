package reports

import (
	"regexp"
	"strings"
	"testing"
)

func TestMarkdownIsEscaped(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays readable", "Bulk export: CSV, 2 files (both).", "Bulk export: CSV, 2 files (both)."},
		{"links", "[a](https://b)", `\[a\](https:` + apart + `//b)`},
		{"HTML", "<b>&amp;</b>", `\<b\>\&amp;\</b\>`},
		{"emphasis and code", "*a* _b_ `c` ~d~", "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~"},
		{"cells of a table", "a | b", `a \| b`},
		{"mentions and references", "@team #12", "@" + apart + `team \#` + apart + "12"},
		{"addresses without a scheme", "www.evil.example", "www" + apart + ".evil.example"},
		{"a backslash does not undo an escape", `\[`, `\\\[`},
		{"a bullet", "- a", `\- a`},
		{"a numbered list", "12. a", `12\. a`},
		{"the other numbered list", "1) a", `1\) a`},
		{"a heading underlined", "===", `\===`},
		{"a number alone", "12", "12"},
		{"formulas", "$a$ {b}", `\$a\$ \{b\}`},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := md(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

var (
	escapedPair = regexp.MustCompile(`\\.`)
	live        = regexp.MustCompile("[\\\\`*_\\[\\]<>|~&$]|://|www\\.|@[0-9A-Za-z_-]|#[0-9A-Za-z]|^[-+=#]|^[0-9]+[.)]")
)

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"a", "[x](y)", `\`, `\\`, "@a", "1.", "-", "www.a", "a://b", "`", "<", "#1", "|"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := md(clean(s, titleLength))
		rest := escapedPair.ReplaceAllString(got, "\u2020")
		if sign := live.FindString(rest); sign != "" {
			t.Errorf("md(%q) = %q leaves %q working", s, got, sign)
		}
		if strings.Contains(got, "\n") {
			t.Errorf("md(%q) = %q has a line break", s, got)
		}
	})
}
