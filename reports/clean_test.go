package reports

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays", "Bulk export", "Bulk export"},
		{"line breaks become spaces", "one\r\n two\n\nthree\u2028four\u0085five\tsix", "one two three four five six"},
		{"spaces at the ends go", "  a  b ", "a b"},
		{"colours of a terminal go", "\x1b[1;31mred\x1b[0m", "red"},
		{"links of a terminal go", "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\a!", "here!"},
		{"titles of a terminal go", "\x1b]0;owned\x07a\u009d0;b\u009cc", "ac"},
		{"one-byte escapes go", "\u009b2Ja\x1bcb\x1b(Bc", "abc"},
		{"an unfinished escape goes", "a\x1b[31", "a"},
		{"an unfinished string goes with what it holds", "a\x1b]0;b", "a"},
		{"bell, delete and null go", "a\ab\x7fc\x00d", "a b c d"},
		{"overrides of direction go", "a\u202eb\u202cc\u2066d\u2069e\u200ff\u061cg", "abcdefg"},
		{"invisible characters go", "a\u200bb\u00adc\ufeffd\u2060e\U000e0041f\u3164g", "abcdefg"},
		{"joiners stay", "می\u200cخواهم 👩\u200d👧", "می\u200cخواهم 👩\u200d👧"},
		{"broken bytes are marked", "a\xff\xfeb", "a\ufffdb"},
		{"noncharacters go", "a\ufffe\uffff\ufdd0\U0001fffeb", "ab"},
		{"accents stay", "e\u0301\u0302", "e\u0301\u0302"},
		{"towers of accents are cut", "e" + strings.Repeat("\u0301", 50) + "f", "e\u0301\u0301\u0301\u0301f"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := clean(c.in, titleLength); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		name, in string
		length   int
		want     string
	}{
		{"what fits stays", "12345", 5, "12345"},
		{"what does not is cut", "123456", 5, "1234…"},
		{"no space before the dots", "1234 67", 6, "1234…"},
		{"letters keep their marks", "abce\u0301f", 5, "abc…"},
		{"families stay together", "ab👩\u200d👩\u200d👧\u200d👦", 8, "ab…"},
		{"bytes are not counted", "漢字漢字漢", 5, "漢字漢字漢"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shorten(c.in, c.length); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a", "\x1b[31m", "\u202e", "\xff", "a\nb", strings.Repeat("漢", 200), "e\u0301\u0301\u0301\u0301\u0301", "\x1b]8;;x\x07", "\u009b1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s, titleLength)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > titleLength {
			t.Errorf("clean(%q) = %q", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || invisible(r) || r != ' ' && unicode.IsSpace(r) {
				t.Errorf("clean(%q) holds %U", s, r)
			}
		}
		if again := clean(got, titleLength); again != got {
			t.Errorf("clean twice: %q, once: %q", again, got)
		}
	})
}

func TestSafeURL(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"https://acme.atlassian.net/browse/PAY-231", "https://acme.atlassian.net/browse/PAY-231"},
		{"http://jira.internal:8080/jira/browse/A-1?x=1&y=2#z", "http://jira.internal:8080/jira/browse/A-1?x=1&y=2#z"},
		{"HTTPS://acme.example/", "https://acme.example/"},
		{"https://[::1]:8080/x", "https://[::1]:8080/x"},
		{"https://acme.example/a b(c)<d>'\"", "https://acme.example/a%20b%28c%29%3Cd%3E%27%22"},
		{"https://acme.example/é", "https://acme.example/%C3%A9"},
		{"javascript:alert(1)", ""}, {"JavaScript://acme.example/%0aalert(1)", ""}, {"data:text/html,x", ""}, {"//evil.example", ""},
		{"https://user@evil.example/", ""}, {"https://a:b@evil.example/", ""}, {"https:///x", ""}, {"https://:80/x", ""}, {"https:x", ""},
		{"https://ac\u202eme.example/", ""}, {"https://аcme.example/", ""}, {" https://acme.example", ""}, {"https://acme.example/\n", ""},
		{"https://acme.example/" + strings.Repeat("a", 500), ""}, {"https://acme.example/" + strings.Repeat("é", 200), ""}, {"", ""}, {"PAY-1", ""},
	} {
		if got := safeURL(c.in); got != c.want {
			t.Errorf("safeURL(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzSafeURL(f *testing.F) {
	for _, s := range []string{"https://acme.example/browse/PAY-1?a=b#c", "javascript:alert(1)", "https://a@b/", "https://%zz/", "http://[fe80::1%25en0]/", "https://a\\b/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := safeURL(s)
		if got == "" {
			return
		}
		if !strings.HasPrefix(got, "https://") && !strings.HasPrefix(got, "http://") || len(got) > longestURL {
			t.Errorf("safeURL(%q) = %q", s, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"'`()\\|{}", r) }) {
			t.Errorf("safeURL(%q) = %q", s, got)
		}
		if again := safeURL(got); again != got {
			t.Errorf("safeURL twice: %q, once: %q", again, got)
		}
	})
}
