package yamlfile

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// anyShape takes a little of everything, so that every kind of mistake can be made.
type anyShape struct {
	Name     string         `json:"name" jsonschema:"required,minLength=1"`
	Token    string         `json:"token"`
	Stage    string         `json:"stage" jsonschema:"enum=watch,enum=report"`
	Day      string         `json:"day" jsonschema:"format=date"`
	On       bool           `json:"on"`
	Count    int8           `json:"count" jsonschema:"minimum=1"`
	Share    float64        `json:"share"`
	List     []anyShape     `json:"list"`
	Words    []string       `json:"words" jsonschema:"uniqueItems=true"`
	Settings map[string]any `json:"settings"`
}

var seeds = []string{
	"", "# only a comment\n", "name: a\n", "name: a\ntokn: abc123\n", "list: [{name: x, token: abc}]\n",
	"name: &a [1, 2]\nwords: *a\n", "a: &a [*a]\n", "<<: {name: x}\n", "name: |\n  a\n\n  b\nday: 2026-01-01\n",
	"name: \"a\\x00\\u2028b\"\n", "- 1\n- .00009\n- 3.0E+20\n- -2\n- 1e400\n- .nan\n- 0x1F\n- 0o17\n- 1_000\n- 12345678901234567890123\n",
	"? [a, b]\n: c\n", "---\na: 1\n---\nb: 2\n", "%YAML 1.2\n---\nname: a\n", "\ufeffname: a\r\ncount: 300\r\n", "a:\n\t- b\n",
	"token: !x abc\n", "name: 'it''s'\n", "settings: {a: {b: [c, {d: e}]}, f: ~}\n", "name: a\nname: b\n", "{", "[[[[", "\xff", "a: b: c",
	"&a", "*a", "!", "? ", "- ", ": ", "'", "\"\\", "|", "a: >+2\n   b\n", "list: [ , ]", "{,}", "name: 2026-01-01T00:00:00Z\n",
}

// FuzzDecode looks for text that makes reading panic, gives a mistake without a
// place in the file, or is understood differently on the way into a struct.
func FuzzDecode(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, mistakes := Parse("f.yaml", text)
		if mistakes == nil {
			var into anyShape
			mistakes = file.Decode(&into)
			sameWhenFilled(t, file)
		}
		checkPlaces(t, text, mistakes)
	})
}

func checkPlaces(t *testing.T, text []byte, mistakes Mistakes) {
	t.Helper()
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text)), "\n")
	for _, m := range mistakes {
		if m.Line < 1 || m.Line > len(lines) || m.Column < 1 || m.Column > utf8.RuneCountInString(lines[m.Line-1])+1 {
			t.Errorf("mistake outside the file: %v", m.Place)
		}
		if m.Text == "" || !utf8.ValidString(m.Error()) {
			t.Errorf("mistake without words: %q", m.Error())
		}
	}
}

// sameWhenFilled checks that the plain copy handed to the decoder reads as what
// was checked against the schema.
func sameWhenFilled(t *testing.T, file *File) {
	t.Helper()
	var b strings.Builder
	file.root.plain(&b)
	again, mistakes := Parse("again.yaml", []byte(b.String()))
	if mistakes != nil {
		t.Fatalf("the plain copy cannot be read: %v\n%s", mistakes, b.String())
	}
	if got, want := again.root.instance(), file.root.instance(); !reflect.DeepEqual(got, want) {
		t.Errorf("the plain copy reads as %#v, want %#v", got, want)
	}
	var v any
	if err := yaml.NewDecoder(bytes.NewReader([]byte(b.String()))).Decode(&v); err != nil && !file.Empty() {
		t.Errorf("the decoder refuses the plain copy: %v\n%s", err, b.String())
	}
}
