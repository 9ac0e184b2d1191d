package dashboard

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
)

var nan = math.NaN()

func TestLinesLeaveGapsWhereNothingIsKnown(t *testing.T) {
	in := box{wide: 100, high: 100}
	for _, c := range []struct {
		name              string
		values            []float64
		running           bool
		path, dashed, dot string
	}{
		{"all known", []float64{0, 10, 5}, false, "M0,100L50,0L100,50", "", "M100,50h0"},
		{"the last runs", []float64{0, 10, 5}, true, "M0,100L50,0", "M50,0L100,50", "M100,50h0"},
		{"a gap", []float64{0, nan, 5, 10}, false, "M0,100h0M66.7,50L100,0", "", "M100,0h0"},
		{"the last is not known", []float64{0, 10, nan}, true, "M0,100L50,0", "", "M50,0h0"},
		{"only the last is known", []float64{nan, nan, 5}, true, "M100,50h0", "", "M100,50h0"},
		{"nothing is known", []float64{nan, nan}, true, "", "", ""},
		{"one week", []float64{10}, true, "M50,0h0", "", "M50,0h0"},
		{"no week", nil, true, "", "", ""},
	} {
		got := lineIn(c.values, 10, in, c.running)
		if want := (drawn{c.path, c.dashed, c.dot}); got != want {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
}

func TestTheAreaIsBelowEachStretch(t *testing.T) {
	if got, want := areaIn([]float64{0, 10, nan, 5, nan, 5, 5}, 10, box{wide: 60, high: 10}), "M0,10L0,10L10,0L10,10ZM50,10L50,5L60,5L60,10Z"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestScalesEndOnRoundNumbers(t *testing.T) {
	for v, want := range map[float64]float64{0: 2, 2: 2, 3: 4, 7: 8, 11: 12, 13: 16, 17: 20, 101: 120, 999: 1000, math.Inf(1): math.Inf(1)} {
		if got := roundTop(v); got != want {
			t.Errorf("%v: up to %v, want %v", v, got, want)
		}
	}
}

func TestLabelsAtTheEndsDoNotStandOnOneAnother(t *testing.T) {
	for _, ends := range [][]float64{{10, 10, 10}, {0, 0, 0}, {10, 9, 0}, {3, 3}} {
		var lines []series
		for _, v := range ends {
			lines = append(lines, series{"line", "accent", []float64{1, v}})
		}
		c := newChart("c", "", "", []string{"2026-W45", "2026-W46"}, lines, nil)
		for i := range c.Lines {
			for k := range i {
				if d := math.Abs(c.Lines[i].At - c.Lines[k].At); d < apart-1e-9 {
					t.Errorf("%v: labels %v apart, want %v", ends, d, apart)
				}
			}
			if c.Lines[i].At > 100 {
				t.Errorf("%v: a label stands %v below the top, outside of the chart", ends, c.Lines[i].At)
			}
		}
	}
}

// What happened in one week stands at one line, with all of its numbers.
func TestSeveralMarksOfAWeekShareALine(t *testing.T) {
	weeks := []string{"2026-W40", "2026-W41", "2026-W42"}
	marks := []mark{{Week: "2026-W40", Text: "a"}, {Week: "2026-W41", Text: "b"}, {Week: "2026-W41", Text: "c"}, {Week: "2026-W41", Text: "d"}, {Week: "2026-W42", Text: "e"}}
	c := newChart("x", "x", "", weeks, []series{{"x", "accent", []float64{1, 2, 3}}}, marks)
	var got []string
	for _, m := range c.Marks {
		got = append(got, m.Label)
	}
	if strings.Join(got, " ") != "1 2–4   5" {
		t.Errorf("the labels are %q", got)
	}
}

func TestMarksStandInTheirWeek(t *testing.T) {
	weeks := weeksTo(mustDay("2026-11-18"), utc, 5)
	c := newChart("c", "", "", weeks, []series{{"open", "accent", []float64{1, 2, 3, 4, 5}}}, []mark{{Week: "2026-W45", Text: "began"}, {Week: "2020-W01", Text: "long ago"}})
	if len(c.Marks) != 1 || c.Marks[0].At != "50" || c.Marks[0].N != 1 {
		t.Errorf("marks %+v, want one in the middle", c.Marks)
	}
}

func TestALineIsToldToWhoListens(t *testing.T) {
	for want, values := range map[string][]float64{
		"Open over 3 weeks: from 1 to 2, at most 7": {1, 7, 2}, "Open over 3 weeks: from 1 to 1, at most 1": {nan, 1, nan}, "Open: not known yet": {nan},
	} {
		if got := spoken("Open", values); got != want {
			t.Errorf("%v: %q, want %q", values, got, want)
		}
	}
}

// WCAG 2.2: 4.5:1 for text, 3:1 for graphics, of every pair of colours in use.
func TestColoursStandApart(t *testing.T) {
	css, err := os.ReadFile("assets/page.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark := tokensOf(t, string(css), onPaper), tokensOf(t, string(css), inTheDark)
	for name, of := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, ground := range []string{"paper", "wash"} {
			for _, c := range []string{"ink", "muted", "accent", "attention", "settled"} {
				if r := contrast(of[c], of[ground]); r < 4.5 {
					t.Errorf("%s: %s on %s is %.2f:1, want 4.5:1", name, c, ground, r)
				}
			}
			if r := contrast(of["edge"], of[ground]); r < 3 {
				t.Errorf("%s: the edges of fields on %s are %.2f:1, want 3:1", name, ground, r)
			}
		}
	}
}

// Where the tokens stand in the sheet.
const (
	onPaper   = ":root {"
	inTheDark = "prefers-color-scheme: dark" //nolint:misspell // CSS
)

var token = regexp.MustCompile(`--([a-z]+): (#[0-9A-F]{6})`)

func tokensOf(t *testing.T, css, from string) map[string]string {
	t.Helper()
	_, rest, ok := strings.Cut(css, from)
	if !ok {
		t.Fatalf("the sheet has no %q", from)
	}
	rest, _, _ = strings.Cut(rest, "}")
	out := map[string]string{}
	for _, m := range token.FindAllStringSubmatch(rest, -1) {
		out[m[1]] = m[2]
	}
	if len(out) < 8 {
		t.Fatalf("%q has %d tokens", from, len(out))
	}
	return out
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

// The dashboard's tokens are those of the reports, so that page and e-mail look alike.
func TestTokensAreThoseOfTheReports(t *testing.T) {
	css, err := os.ReadFile("assets/page.css")
	if err != nil {
		t.Fatal(err)
	}
	for name, both := range reports.Tokens() {
		for i, from := range []string{onPaper, inTheDark} {
			if got := tokensOf(t, string(css), from)[name]; got != both[i] {
				t.Errorf("%s after %q is %s, in reports %s", name, from, got, both[i])
			}
		}
	}
}

func mustDay(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}
