package yamlfile

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file under testdata, and rewrites it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("%s:%d: got\n%s\nwant\n%s", path, i+1, gotLines[i], wantLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("got %d lines, want %d as in %s", len(gotLines), len(wantLines), path)
	}
}

// crew is one text or a list of them.
type crew []string

func (crew) JSONSchema() *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string"}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{text, {Type: "array", Items: text}}}
}

func (w *crew) UnmarshalYAML(read func(any) error) error {
	var one string
	if read(&one) == nil {
		*w = crew{one}
		return nil
	}
	return read((*[]string)(w))
}

// even decodes itself and refuses what its schema cannot express.
type even int

func (e *even) UnmarshalYAML(read func(any) error) error {
	var n int
	if err := read(&n); err != nil {
		return err
	}
	if n%2 != 0 {
		return errors.New("an odd number")
	}
	*e = even(n)
	return nil
}

type ship struct {
	Name   string         `json:"name" jsonschema:"required,minLength=2" jsonschema_description:"what it is called"`
	Crew   crew           `json:"crew"`
	Ports  []port         `json:"ports" jsonschema:"maxItems=3"`
	Rig    string         `json:"rig" jsonschema:"enum=sloop,enum=ketch,enum=cutter"`
	Built  string         `json:"built" jsonschema:"format=date"`
	Call   string         `json:"call" jsonschema:"pattern=^[A-Z]{4}$,example=DABC"`
	Afloat bool           `json:"afloat"`
	Masts  even           `json:"masts" jsonschema:"minimum=0,maximum=8"`
	Small  int8           `json:"small"`
	Tags   []string       `json:"tags" jsonschema:"uniqueItems=true"`
	Notes  map[string]any `json:"notes"`
	Token  string         `json:"token"`
}

type port struct {
	City string `json:"city" jsonschema:"required"`
	Days int    `json:"days"`
}

// read parses and decodes.
func read(text string) (ship, Mistakes) {
	var s ship
	f, m := Parse("ship.yaml", []byte(text))
	if m != nil {
		return s, m
	}
	return s, f.Decode(&s)
}

func TestAFileWithoutMistakes(t *testing.T) {
	s, m := read("\ufeffname: &n Anna\r\ncrew: mina\r\nports:\r\n  - {city: Kiel, days: 2}\r\n  - &p {city: *n}\r\n  - <<: *p\r\n    days: 3\r\n" +
		"masts: 2\nafloat: true\nbuilt: 1998-05-01\nnotes: {a: {b: [1, -2, 2.5, ~, no]}}\ntoken:\n")
	if m != nil {
		t.Fatal(m)
	}
	if s.Name != "Anna" || len(s.Crew) != 1 || s.Crew[0] != "mina" || s.Masts != 2 || !s.Afloat || s.Token != "" {
		t.Errorf("got %+v", s)
	}
	if s.Ports[1] != (port{City: "Anna"}) || s.Ports[2] != (port{City: "Anna", Days: 3}) {
		t.Errorf("got ports %+v", s.Ports)
	}
	inner := s.Notes["a"].(map[string]any)["b"].([]any)
	if inner[0] != uint64(1) || inner[1] != int64(-2) || inner[2] != 2.5 || inner[3] != nil || inner[4] != "no" {
		t.Errorf("got notes %#v", inner)
	}
}

func TestEveryMistakeAtOnce(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "many.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	f, m := Parse("many.yaml", text)
	if m != nil {
		t.Fatal(m)
	}
	into := ship{Name: "before"}
	golden(t, "many.golden", f.Decode(&into).Error()+"\n")
	if into.Name != "before" {
		t.Errorf("the value was changed to %+v", into)
	}
}

func TestOneMistakeInOneSentence(t *testing.T) {
	for name, test := range map[string]struct{ text, at, says, hint string }{
		"an empty file":                     {"", "1:1", "nothing is written", ""},
		"only a comment":                    {"# later\n", "1:1", "nothing is written", ""},
		"a list instead of keys":            {"- a\n", "1:1", "expected a mapping (key: value), got a list", ""},
		"a misspelt key":                    {"name: Anna\nafloatt: true\n", "2:1", `unknown key "afloatt"`, `did you mean "afloat"?`},
		"an unknown key far from any":       {"name: Anna\nzzz: 1\n", "2:1", `unknown key "zzz"`, "known here: afloat, built"},
		"a misspelt required key":           {"nam: Anna\n", "1:1", `unknown key "nam"`, `did you mean "name"?`},
		"a required key left out":           {"crew: a\n", "1:1", `"name" is missing`, "add name: what it is called"},
		"a required key without a value":    {"name:\ncrew: a\n", "1:1", `"name" has no value`, "add name: what it is called"},
		"a required key in a list":          {"name: Anna\nports:\n  - days: 2\n", "3:5", `"city" is missing`, "add city"},
		"a number for a text":               {"name: 557058\n", "1:7", "expected text, got a number", `put it in quotes: "557058"`},
		"a word for true":                   {"name: Anna\nafloat: yes\n", "2:9", "expected true or false, got text", "write true"},
		"neither text nor a list":           {"name: Anna\ncrew: 7\n", "2:7", "expected text or a list of text, got a number", `put it in quotes: "7"`},
		"a number in a text or list":        {"name: Anna\ncrew: [a, 7]\n", "2:11", "expected text, got a number", `put it in quotes: "7"`},
		"a text for a list":                 {"name: Anna\ntags: a\n", "2:7", "expected a list of text, got text", "write it as a list: [a]"},
		"a mapping for a list":              {"name: Anna\nports: {city: Kiel}\n", "2:8", "expected a list of mappings, got a mapping", "with a dash"},
		"a missing space":                   {"name: Anna\nports: [city:Kiel]\n", "2:9", "expected a mapping (key: value), got text", "is a space missing"},
		"nothing in a list":                 {"name: Anna\ntags: [a, ]\n", "", "", ""},
		"a dash with nothing":               {"name: Anna\ntags:\n  - a\n  -\n", "4:4", "expected text, got nothing", ""},
		"a fraction for a whole number":     {"name: Anna\nsmall: 1.5\n", "2:8", "expected a whole number, got 1.5", ""},
		"a number too large for its type":   {"name: Anna\nsmall: 300\n", "2:8", "does not fit", ""},
		"a value its own type refuses":      {"name: Anna\nmasts: 3\n", "2:8", "an odd number", ""},
		"a number over the bound":           {"name: Anna\nmasts: 10\n", "2:8", `"10" is too large: at most 8`, ""},
		"a word not in the list":            {"name: Anna\nrig: scooner\n", "2:6", `"scooner" is not one of sloop, ketch, cutter`, "write one of"},
		"a slip in a word of the list":      {"name: Anna\nrig: slop\n", "2:6", `"slop" is not one of`, `did you mean "sloop"?`},
		"no date":                           {"name: Anna\nbuilt: 2026-02-30\n", "2:8", `"2026-02-30" is not a date`, "write it like 2026-01-31"},
		"another pattern":                   {"name: Anna\ncall: dabc\n", "2:7", `"dabc" is not written as it is read here`, "write it like DABC"},
		"a text too short":                  {"name: A\n", "1:7", `"A" is too short: at least 2 characters`, ""},
		"the same twice in a list":          {"name: Anna\ntags: [a, b, a]\n", "2:7", "entries 1 and 3 of this list are the same", ""},
		"a key twice":                       {"name: Anna\nrig: sloop\nname: Bea\n", "3:1", `key "name" stands twice`, "line 1"},
		"a second document":                 {"name: Anna\n---\nname: Bea\n", "2:1", "a second document begins here", "one document"},
		"a tag":                             {"name: !!str Anna\n", "1:7", "tags", "in quotes"},
		"an alias of nothing":               {"name: *anna\n", "1:7", "no anchor above", "in quotes"},
		"an alias of itself":                {"name: Anna\nnotes: &n {a: *n}\n", "2:15", "stands inside what it repeats", "write the value out"},
		"a key that is a list":              {"name: Anna\n? [a, b]\n: c\n", "3:1", "cannot be read as YAML", "check the colons"},
		"a tab":                             {"name: Anna\nports:\n\t- city: Kiel\n", "3:1", "a tab cannot indent", "spaces"},
		"a quote that stays open":           {"name: \"Anna\ncrew: a\n", "1:7", "never closed", "close it"},
		"a bracket that stays open":         {"name: Anna\ntags: [a, b\n", "2:7", "a [ is never closed", "]"},
		"a brace that stays open":           {"name: Anna\nnotes: {a: b\n", "2:8", "never closed", "}"},
		"two colons":                        {"name: Anna: Bea\n", "1:7", "a second colon", "in quotes"},
		"a line without a colon":            {"name: Anna\ncrew\n", "2:1", "no key: value", "colon"},
		"a line too far to the right":       {"name: Anna\n  crew: a\n", "1:7", "too far to the right", "one column"},
		"not UTF-8":                         {"name: Anna\ncrew: M\xfcller\n", "2:8", "not UTF-8", "UTF-8"},
		"a NUL":                             {"name: An\x00na\n", "1:9", "not UTF-8", "UTF-8"},
		"a file too large":                  {"name: " + strings.Repeat("x", MaxSize), "1:1", "at most 1048576 are read", "right file"},
		"too many brackets":                 {"notes: " + strings.Repeat("[", 100_000), "1:71", "nested too deeply", "64 levels"},
		"too many dashes":                   {strings.Repeat("- ", 100_000), "1:129", "nested too deeply", "64 levels"},
		"too many lines":                    {strings.Repeat("#\n", 60_000), "50001:1", "more than 50000 lines", "split"},
		"too many empty lines":              {"name: |\n a" + strings.Repeat("\n", 1000), "503:1", "more than 500 empty lines", "take them out"},
		"too many entries between brackets": {"tags: [" + strings.Repeat("a,", 30_000), "1:40009", "more than 20000 entries", "one entry to a line"},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := read(test.text)
			if test.at == "" && m == nil {
				return
			}
			if len(m) != 1 {
				t.Fatalf("got %d mistakes, want 1:\n%v", len(m), m)
			}
			if got := m[0].String(); got != "ship.yaml:"+test.at {
				t.Errorf("it stands at %s, want %s", got, test.at)
			}
			if !strings.Contains(m[0].Text, test.says) || !strings.Contains(m[0].Hint, test.hint) {
				t.Errorf("got %q with the hint %q, want %q with %q", m[0].Text, m[0].Hint, test.says, test.hint)
			}
		})
	}
}

// Nine levels of ten aliases stand for a thousand million entries.
func TestAliasesCannotGrowWithoutEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString("name: Anna\nnotes:\n  a: &a [x,x,x,x,x,x,x,x,x,x]\n")
	for level := 'b'; level <= 'i'; level++ {
		from := string(level - 1)
		b.WriteString("  " + string(level) + ": &" + string(level) + " [" + strings.TrimSuffix(strings.Repeat("*"+from+",", 10), ",") + "]\n")
	}
	_, m := read(b.String())
	if len(m) != 1 || !strings.Contains(m[0].Text, "grows too large") {
		t.Errorf("got %v", m)
	}
}

func TestPlaces(t *testing.T) {
	f, m := Parse("f.yaml", []byte("a:\n  - b: {c: d}\n    e:\n      - 1\n      - two words\nf: |\n  x\n  y z\ng: \"q\\\"r s\"\n"))
	if m != nil {
		t.Fatal(m)
	}
	for name, test := range map[string]struct {
		got  Place
		want string
	}{
		"the root":                          {f.Place(), "1:1"},
		"a value on its key's line":         {f.Place("a", 0, "b", "c"), "2:12"},
		"a key whose value is below":        {f.Place("a", 0, "e"), "3:5"},
		"an entry of a list":                {f.Place("a", 0, "e", 1), "5:9"},
		"the nearest above what is missing": {f.Place("a", 0, "x", "y"), "2:5"},
		"an index beyond the list":          {f.Place("a", 7), "1:1"},
		"a key":                             {f.KeyPlace("a", 0, "b", "c"), "2:9"},
		"a word of a list":                  {f.PlaceOf("two words", "a"), "5:9"},
		"a word that is not there":          {f.PlaceOf("three", "a", 0, "e"), "3:5"},
		"inside a block":                    {f.PlaceIn(4, "f"), "8:5"},
		"inside quotes":                     {f.PlaceIn(4, "g"), "9:10"},
	} {
		if test.got.String() != "f.yaml:"+test.want {
			t.Errorf("%s: got %v, want %s", name, test.got, test.want)
		}
	}
}

func TestCaretsStandUnderWhatTheyMean(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"behind wide characters":   {"name: {日本: 1, 語: 2, x: 3}\n", "\tname: {日本: 1, 語: 2, x: 3}\n\t      ^"},
		"behind a tab":             {"name: Anna\nrig: slop\t# a\tb\n", "\trig: slop→# a→b\n\t     ^"},
		"behind a secret":          {"{token: a, nme: b}\n", "\t{token: •••, nme: b}\n\t             ^"},
		"in a line far too long":   {"{tags: [" + strings.Repeat("abc, ", 100) + "], nme: b}\n", "\t…" + strings.Repeat("abc, ", 11)[:0]},
		"control characters shown": {"rig: \"\x1b[31mred\"\n", "\trig: \"·[31mred\"\n\t     ^"},
	} {
		_, m := read(test.text)
		if !strings.Contains(m.Error(), test.want) {
			t.Errorf("%s: got\n%v\nwant\n%s", name, m, test.want)
		}
		for line := range strings.Lines(m.Error()) {
			if len([]rune(line)) > 250 {
				t.Errorf("%s: a line of %d characters", name, len([]rune(line)))
			}
		}
	}
}

func TestSuggestions(t *testing.T) {
	known := []string{"token", "projects", "team", "deployment", "em", "to"}
	for word, want := range map[string]string{
		"tokn": "token", "toekn": "token", "project": "projects", "Projects": "projects", "teams": "team", "deploy-ment": "deployment",
		"deplyment": "deployment", "zebra": "", "": "", "x": "", strings.Repeat("token", 100): "",
	} {
		if got := Suggest(word, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}
