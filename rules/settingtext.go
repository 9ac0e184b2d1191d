package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Words is the agreed value as a file would hold it.
func (s *AdoptedSetting) Words() string { return s.Type.words(s.Value) }

// Words is the default as a file would hold it.
func (s *Setting) Words() string { return s.Type.words(s.Default) }

// WordsOf is a value as YAML gives it, as a file would hold it; empty for one that
// does not fit.
func (s *Setting) WordsOf(v any) string {
	value, wrong, _ := s.Type.read(v)
	if wrong != "" {
		return ""
	}
	return s.Type.words(value)
}

// FromWords is what YAML would give for the value as a person writes it into a field
// of a form.
func (s *Setting) FromWords(text string) any { return s.Type.fromText(text) }

// Read takes a value as somebody writes it on a command line: a text or a list
// needs no quotes there. The error says how to write it, below what is wrong.
func (s *Setting) Read(text string) (any, error) {
	value, wrong, how := s.Type.read(s.Type.fromText(text))
	if wrong != "" {
		return nil, settingError{s.Name + ": " + wrong, how}
	}
	return value, nil
}

// fromText gives what YAML would give for the text in a file, as far as the type
// needs it.
func (t SettingType) fromText(text string) any {
	trimmed := strings.TrimSpace(text)
	switch t {
	case TextSetting:
		return text
	case ListSetting:
		return listFromText(trimmed)
	case BooleanSetting:
		if b, err := strconv.ParseBool(trimmed); err == nil && (trimmed == "true" || trimmed == "false") {
			return b
		}
		return text
	}
	if n, err := strconv.ParseFloat(trimmed, 64); err == nil {
		return n
	}
	return text
}

// listFromText reads [a, b] as YAML does, and a, b without brackets.
func listFromText(text string) any {
	if strings.HasPrefix(text, "[") {
		if list, ok := yamlList(text); ok {
			return list
		}
		return text
	}
	list := []any{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// words writes a value so that read takes it back.
func (t SettingType) words(v any) string {
	switch v := v.(type) {
	case []string:
		return listText(v)
	case time.Duration:
		return durationText(v)
	case Wait:
		if v.Days == 0 {
			return durationText(v.Elapsed)
		}
		return v.String()
	case float64:
		if t == PercentSetting {
			return strconv.FormatFloat(math.Round(v*1e4)/100, 'f', -1, 64) + " %"
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// durationText writes whole days from three on, otherwise hours and minutes as
// far as they are whole.
func durationText(d time.Duration) string {
	switch {
	case d%day == 0 && d > 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return strconv.FormatFloat(d.Minutes(), 'f', -1, 64) + " minutes"
}

// listText is a list as YAML writes it in one line.
func listText(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		if out[i] = oneLine(s); !plainWord(out[i]) {
			out[i] = strconv.Quote(out[i])
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// plainWord reports whether YAML takes the text for itself without quotes, as an
// entry of a list.
func plainWord(s string) bool {
	if surelyPlain(s) {
		return true
	}
	if strings.Contains(s, " #") {
		return false // what YAML takes for a comment
	}
	list, ok := yamlList("[" + s + "]")
	return ok && len(list) == 1 && list[0] == any(s)
}

// surelyPlain reports whether that can be said without reading it as YAML, which
// takes long for lists of a hundred words: letters, with a single space or hyphen
// between them, and no word that means something else.
func surelyPlain(s string) bool {
	if meansElse[strings.ToLower(s)] {
		return false
	}
	letter := false
	for _, r := range s {
		was := letter
		if letter = 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'; !letter && (!was || r != ' ' && r != '-') {
			return false
		}
	}
	return letter
}

var meansElse = map[string]bool{"true": true, "false": true, "null": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true}

// yamlList reads a list in one line. A panic of the decoder is a text it cannot
// read.
func yamlList(text string) (list []any, ok bool) {
	defer func() {
		if recover() != nil {
			list, ok = nil, false
		}
	}()
	err := yaml.Unmarshal([]byte(text), &list)
	return list, err == nil
}

// OneLine makes text that anybody may have written fit for a line of ours, on a
// terminal too: no line breaks, no control or direction marks, of bounded length.
func OneLine(s string) string { return oneLine(s) }

// Paragraph is OneLine for a few sentences.
func Paragraph(s string) string { return cut(plain(s), 2000) }
