package yamlfile

import (
	"reflect"
	"testing"
)

func TestAColonInAListEndsNoKey(t *testing.T) {
	for _, c := range []struct {
		text string
		want any
	}{
		{"{to: [slack:#pay, email:em], at: x}", map[string]any{"to": []any{"slack:#pay", "email:em"}, "at": "x"}},
		{"a:\n  - {to: [email:em, 'file:b', \"c:d\"]}", map[string]any{"a": []any{map[string]any{"to": []any{"email:em", "file:b", "c:d"}}}}},
		{"{a: [b: c, d:e]}", map[string]any{"a": []any{map[string]any{"b": "c"}, "d:e"}}},
		{"{a: [{b:c}, d:e]}", map[string]any{"a": []any{map[string]any{"b": "c"}, "d:e"}}},
		{"{a: [x, # a [ and b:c\n  y:z]}", map[string]any{"a": []any{"x", "y:z"}}},
		{"{a: [\"q [\\\" {\", y:z], b: 'it''s [', c: [d:e]}", map[string]any{"a": []any{"q [\" {", "y:z"}, "b": "it's [", "c": []any{"d:e"}}},
		{"a: |\n  {x: [b:c\nd: e:f", map[string]any{"a": "{x: [b:c\n", "d": "e:f"}},
		{"{a: [https://x.example/y:z]}", map[string]any{"a": []any{"https://x.example/y:z"}}},
		{"{a: [b:c, \ufdd0]}", map[string]any{"a": []any{map[string]any{"b": "c"}, "\ufdd0"}}},
		{"[a:b, c]", []any{"a:b", "c"}},
	} {
		f, m := Parse("f.yaml", []byte(c.text))
		if m != nil {
			t.Errorf("%s: %v", c.text, m)
			continue
		}
		if got := f.root.instance(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.text, got, c.want)
		}
	}
}

func TestAMistakeInAListStandsWhereItIsWritten(t *testing.T) {
	f, m := Parse("f.yaml", []byte("{words: [a:b, ü:#c, 7]}"))
	if m != nil {
		t.Fatal(m)
	}
	var into anyShape
	m = f.Decode(&into)
	for _, one := range m {
		if one.Place.Text != "{words: [a:b, ü:#c, 7]}" {
			t.Errorf("quoted as %q", one.Place.Text)
		}
		if one.Column == 21 {
			return
		}
	}
	t.Errorf("got %v, want the number at column 21", m)
}
