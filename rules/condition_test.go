package rules

import (
	"strings"
	"testing"
)

func shippedRule(t *testing.T, id string) Rule {
	t.Helper()
	all, err := Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %s ships", id)
	return Rule{}
}

func TestEveryShippedRuleTakesAnotherCondition(t *testing.T) {
	all, err := Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		const when = "true &&\n\n  false"
		got, wrong := r.WithCondition("page", when, true)
		if wrong != nil {
			t.Errorf("%s: %+v", r.ID, wrong)
			continue
		}
		if strings.TrimSpace(got.When) != when || !got.ReplacesShipped || got.Promise != r.Promise || len(got.Settings) != len(r.Settings) || len(got.Tests) != len(r.Tests) {
			t.Errorf("%s became %+v", r.ID, got)
		}
		again, wrong := got.WithCondition("page", r.When, true)
		if wrong != nil || strings.TrimSpace(again.When) != strings.TrimSpace(r.When) || strings.Count(again.Text(), "replaces_shipped") != 1 {
			t.Errorf("%s back: %+v\n%s", r.ID, wrong, again.Text())
		}
	}
}

func TestMistakesInAConditionSayWhereInIt(t *testing.T) {
	r := shippedRule(t, "feature-without-problem")
	for _, c := range []struct {
		name, when   string
		line, column int
		text         string
	}{
		{"an unknown fact in the second line", "ticket.in_flight &&\n  ticket.asignee == \"\"", 2, 10, "asignee"},
		{"no condition at all", "ticket.key", 1, 1, "this gives a text"},
		{"a character nobody sees", "ticket.in_flight\u202e", 1, 17, "cannot be shown"},
		{"a NUL byte", "a\x00b", 1, 2, "cannot be shown"},
		{"nothing", "  \n ", 0, 0, "empty"},
		{"YAML that would end the text", "true\nid: other", 2, 1, "not an expression"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, wrong := r.WithCondition("page", c.when, true)
			if len(wrong) == 0 {
				t.Fatal("nothing is wrong")
			}
			if m := wrong[0]; m.Line != c.line || m.Column != c.column || !strings.Contains(strings.ToLower(m.Text), strings.ToLower(c.text)) {
				t.Errorf("got %+v, want %d:%d and %q", m, c.line, c.column, c.text)
			}
		})
	}
}

func TestAConditionInAFileWrittenOtherwiseIsLeftToTheFile(t *testing.T) {
	r := shippedRule(t, "feature-without-problem")
	r.text = "{id: x, when: 'true'}"
	if _, wrong := r.WithCondition("page", "true", false); len(wrong) != 1 || wrong[0].Line != 0 || !strings.Contains(wrong[0].Hint, "own file") {
		t.Errorf("wrong = %+v", wrong)
	}
}

func FuzzConditionComesBackAsItWasWritten(f *testing.F) {
	for _, when := range []string{"true", "ticket.in_flight && ticket.title != 'x: # y'", "true\n\n\n&& false", "- a", "\"\"\"\n---\nid: x\n\"\"\" != \"\"", "'\\t' == ''", "#", "| -"} {
		f.Add(when)
	}
	all, err := Catalog()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, when string) {
		got, wrong := all[0].WithCondition("page", when, true)
		if wrong != nil {
			return
		}
		want := strings.TrimSpace(strings.ReplaceAll(when, "\r\n", "\n"))
		if strings.TrimSpace(got.When) != want || got.ID != all[0].ID || got.Promise != all[0].Promise {
			t.Errorf("%q became %q of %s", when, got.When, got.ID)
		}
	})
}
