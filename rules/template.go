package rules

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// template is text with {expressions} in it. What an expression gives is put in
// as text and never read as template again, whoever wrote it.
type template struct{ pieces []piece }

// piece is literal text, or an expression when program is set.
type piece struct {
	text    string
	program *program
}

// hole is where an expression stands in a template.
type hole struct {
	text   string // literal text before it
	src    string // the expression; empty at the end
	offset int    // of the expression, in characters
}

// holes cuts a template. {{ and }} stand for the braces themselves. Braces and
// quotes inside an expression are followed, so that it may hold maps and texts.
func holes(src string) ([]hole, []issue) {
	var out []hole
	var text strings.Builder
	runes := []rune(src)
	for i := 0; i < len(runes); i++ {
		c := runes[i]
		double := i+1 < len(runes) && runes[i+1] == c
		switch {
		case (c == '{' || c == '}') && double:
			text.WriteRune(c)
			i++
		case c == '}':
			return nil, []issue{{offset: i, text: "a } without its {", hint: "write }} for the character itself"}}
		case c == '{':
			end := endOfHole(runes, i+1)
			if end < 0 {
				return nil, []issue{{offset: i, text: "a { without its }", hint: "write {{ for the character itself"}}
			}
			out = append(out, hole{text: text.String(), src: string(runes[i+1 : end]), offset: i + 1})
			text.Reset()
			i = end
		default:
			text.WriteRune(c)
		}
	}
	return append(out, hole{text: text.String()}), nil
}

// endOfHole finds the closing brace of the expression that begins at i, or -1.
func endOfHole(runes []rune, i int) int {
	depth, quote := 0, rune(0)
	for ; i < len(runes); i++ {
		switch c := runes[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}

// template compiles src.
func (l *language) template(src string) (*template, []issue) {
	cuts, issues := holes(src)
	t := &template{}
	for _, h := range cuts {
		if h.text != "" {
			t.pieces = append(t.pieces, piece{text: h.text})
		}
		if h.offset == 0 {
			continue
		}
		p, found := l.compile(h.src, nil)
		if found == nil && !tellable(p.typ) {
			found = []issue{{text: "this gives " + typeWords(p.typ) + ", which is no text", hint: "ask for one of its facts"}}
		}
		for _, i := range found {
			i.offset += h.offset
			issues = append(issues, i)
		}
		t.pieces = append(t.pieces, piece{program: p})
	}
	return t, issues
}

// tellable reports whether a value of the type can be told in a sentence.
func tellable(t *cel.Type) bool {
	switch t.Kind() {
	case types.StringKind, types.IntKind, types.UintKind, types.DoubleKind, types.BoolKind,
		types.TimestampKind, types.DurationKind, types.DynKind:
		return true
	case types.ListKind:
		return tellable(t.Parameters()[0])
	case types.StructKind:
		return t == personType || t == waitType || slices.Contains(subjectTypes(), t)
	}
	return false
}

// fill puts the values in. Moments are told as days in loc.
func (t *template) fill(f *frame, loc *time.Location) (string, error) {
	var b strings.Builder
	for _, p := range t.pieces {
		if p.program == nil {
			b.WriteString(p.text)
			continue
		}
		s, err := p.program.tell(f, loc)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
	}
	return strings.TrimSpace(b.String()), nil
}

// unknown is how a value that is not there is told.
const unknown = "not known"

// tell evaluates the program and gives the value in words.
func (p *program) tell(f *frame, loc *time.Location) (string, error) {
	v, err := p.told(f, loc)
	if errors.Is(err, errMissing) {
		return unknown, nil
	}
	if err != nil {
		return "", err
	}
	return inWords(v, loc), nil
}

// told is value for who puts it in words: these stay the same for a while where the
// value is computed of now.
func (p *program) told(f *frame, loc *time.Location) (ref.Val, error) {
	v, rate, err := p.run.Moving(f.bind())
	if rate != 0 && err == nil {
		f.keepsWords(v, rate, loc)
	}
	return v, inOurWords(err)
}

// keepsWords notes until when a value that moves is told in the same words.
func (f *frame) keepsWords(v ref.Val, rate int, loc *time.Location) {
	switch n := native(v).(type) {
	case time.Duration:
		// See durationWords: minutes, then tenths of an hour, then tenths of a day,
		// rounded.
		unit := 12 * 6 * time.Minute
		switch {
		case n < 2*time.Hour:
			unit = time.Minute
		case n <= 3*day:
			unit = 3 * time.Minute
		}
		f.vars.Steps(n, rate, unit)
	case time.Time:
		at := n.In(loc)
		wait := time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, loc).Sub(n)
		if rate != 1 {
			wait = 0
		}
		f.vars.Within(wait)
	default:
		f.vars.Within(0)
	}
}

// inWords tells a value in a sentence.
func inWords(v ref.Val, loc *time.Location) string {
	switch n := native(v).(type) {
	case string:
		return oneLine(n)
	case bool:
		if n {
			return "yes"
		}
		return "no"
	case time.Time:
		return n.In(loc).Format("Mon 2 Jan 2006")
	case time.Duration:
		return durationWords(n)
	case float64:
		return strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
	case *person:
		return oneLine(n.name)
	case *workTicket:
		return oneLine(n.Key)
	case *sprint:
		return oneLine(n.Name)
	case *wait:
		return n.String()
	case interface{ words() string }:
		return oneLine(n.words())
	case int64, uint64:
		return fmt.Sprint(n)
	}
	return listWords(each(v), loc)
}

// maxListed is how many entries of a list a sentence names.
const maxListed = 5

func listWords(vals []ref.Val, loc *time.Location) string {
	var all []string
	for _, v := range vals[:min(len(vals), maxListed)] {
		if types.IsError(v) || len(vals) == 1 && v.Type() == types.ListType {
			continue
		}
		all = append(all, inWords(v, loc))
	}
	if more := len(vals) - maxListed; more > 0 {
		all = append(all, fmt.Sprintf("%d more", more))
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// durationWords tells up to two days in hours and more in days.
func durationWords(d time.Duration) string {
	count := func(n float64, unit string) string {
		s := strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64) + " " + unit
		if s == "1 "+unit {
			return s
		}
		return s + "s"
	}
	switch {
	case d < time.Hour:
		return count(math.Floor(d.Minutes()), "minute")
	case d <= 2*day:
		return count(d.Hours(), "hour")
	}
	return count(d.Hours()/24, "day")
}

// terminalCodes are what colours text on a terminal; without its first character
// the rest would be left as litter.
var terminalCodes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)?")
})

// oneLine makes text that anybody may have written fit for a sentence: no line
// breaks, no control or direction marks, of bounded length.
func oneLine(s string) string { return cut(plain(s), 200) }

// plain is oneLine of any length.
func plain(s string) string {
	s = terminalCodes().ReplaceAllString(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// cut shortens text to at most n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
