package yamlfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

func TestACharacterInsideATextIsFoundHoweverTheTextIsWritten(t *testing.T) {
	for _, c := range []struct{ name, yaml, value, want string }{
		{"plain", "a: one two", "one two", "1:8"},
		{"in single quotes", "a: 'it''s two'", "it's two", "1:11"},
		{"in double quotes with escapes", `a: "\"one\" \n two"`, "\"one\" \n two", "1:16"},
		{"as a block", "a: |\n  one\n    two\n", "one\n  two\n", "3:5"},
		{"folded", "a: >\n  one\n  and\n  two\n", "one and two\n", "4:3"},
		{"plain over several lines", "a: one\n  two", "one two", "2:3"},
		{"with wide characters before", "a: été 日本 two", "été 日本 two", "1:11"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, mistakes := yamlfile.Parse("f.yaml", []byte(c.yaml))
			if mistakes != nil {
				t.Fatal(mistakes)
			}
			before, _, _ := strings.Cut(c.value, "two")
			offset := len([]rune(before))
			if at := f.PlaceIn(offset, "a"); fmt.Sprintf("%d:%d", at.Line, at.Column) != c.want {
				t.Errorf("place = %s, want %s", at, c.want)
			}
		})
	}
	f, _ := yamlfile.Parse("f.yaml", []byte("a: [1]\nb: x\n"))
	if got, want := f.PlaceIn(3, "a").String(), f.Place("a").String(); got != want {
		t.Errorf("inside a list: %s, want %s", got, want)
	}
	if got := f.PlaceIn(99, "b").Line; got != 2 {
		t.Errorf("behind the end: line %d, want 2", got)
	}
}
