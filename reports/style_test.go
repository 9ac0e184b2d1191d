//nolint:misspell // CSS spells colour its own way
package reports

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance is the relative luminance of WCAG 2.2 for a colour like #1F5FA8.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	channel := func(shift uint) float64 {
		c := float64(n>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

var coloured1 = regexp.MustCompile(`(?:^|;)(color|background-color|border[a-z-]*):[^;]*\{(\w+)\}`)

func TestEverythingCanBeReadOnPaperAndInTheDark(t *testing.T) {
	texts := 0
	for name, style := range sheet {
		for _, m := range coloured1.FindAllStringSubmatch(style, -1) {
			token, ok := tokens[m[2]]
			if !ok {
				t.Errorf("%s uses the unknown token %q", name, m[2])
			}
			least := 0.0
			switch {
			case m[2] == "paper", m[2] == "line":
				// the ground itself, and lines that only decorate
			case m[1] == "color":
				least = 4.5
				texts++
			default:
				least = 3
			}
			for _, pair := range [][2]string{{token.light, tokens["paper"].light}, {token.dark, tokens["paper"].dark}} {
				if got := contrast(t, pair[0], pair[1]); got < least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", name, pair[0], pair[1], got, least)
				}
			}
			if m[1] == "color" && m[2] == "line" {
				t.Errorf("%s writes text in the colour of lines", name)
			}
		}
	}
	if texts < 15 {
		t.Errorf("only %d texts were looked at", texts)
	}
	if got := contrast(t, "#000000", "#FFFFFF"); math.Abs(got-21) > 0.01 {
		t.Errorf("black on white has a contrast of %.2f, want 21", got)
	}
}

func TestTheDarkSheetCoversEveryColour(t *testing.T) {
	_, dark, _ := strings.Cut(string(styleSheet()), "prefers-color-scheme:dark")
	for name, style := range sheet {
		if strings.Contains(style, "{") && !strings.Contains(dark, "."+name+"{") {
			t.Errorf("%s keeps its light colours in the dark", name)
		}
	}
	for name, token := range tokens {
		if strings.Contains(dark, token.light) {
			t.Errorf("the dark sheet holds the light %s", name)
		}
	}
	if strings.ContainsAny(strings.NewReplacer("{", "", "}", "").Replace(string(attributes()["page"])), "{}") {
		t.Error("a token was left in a style")
	}
}

func TestSizesAreFew(t *testing.T) {
	sizes := map[string]bool{}
	for name, style := range sheet {
		for _, m := range regexp.MustCompile(`font-size:(\d+)px`).FindAllStringSubmatch(style, -1) {
			if n, err := strconv.Atoi(m[1]); err == nil && n > 1 && name != "preheader" {
				sizes[m[1]] = true
			}
		}
	}
	if len(sizes) > 4 {
		t.Errorf("%d sizes of type: %v, want at most 4", len(sizes), sizes)
	}
}

func TestThePictureCanBeSeenOnBothGrounds(t *testing.T) {
	for _, c := range []struct {
		token string
		least float64
	}{{"muted", 4.5}, {"ink", 4.5}, {"attention", 4.5}, {"accent", 3}} {
		for _, on := range []ground{onPaper, onDark} {
			if got := contrast(t, on(tokens[c.token]), on(tokens["paper"])); got < c.least {
				t.Errorf("%s has a contrast of %.2f, want %.1f", c.token, got, c.least)
			}
		}
	}
}
