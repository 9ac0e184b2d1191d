package rules_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not current; got:\n%s", file, got)
	}
}

func TestEveryMistakeOfARuleFileIsToldAtOnceWithItsPlace(t *testing.T) {
	text, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = rules.Parse("launch.yaml", text)
	var mistakes yamlfile.Mistakes
	if !errors.As(err, &mistakes) {
		t.Fatalf("err = %T, want yamlfile.Mistakes", err)
	}
	golden(t, "testdata/mistakes.golden", err.Error()+"\n")
}

// small is a rule file with the given condition.
func small(when string, more ...string) string {
	return "id: small\nscope: ticket\ntitle: t\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: team\nwhen: |\n  " +
		strings.ReplaceAll(when, "\n", "\n  ") + "\n" + strings.Join(more, "\n")
}

func TestConditionsThatDoNotFit(t *testing.T) {
	deep := strings.Repeat("[1].exists(x, ", 4) + "true" + strings.Repeat(")", 4)
	for _, c := range []struct{ name, when, want string }{
		{"a condition that is no yes or no", `ticket.title`, "rule.yaml:10:3: this gives a text, wanted is yes or no (bool)"},
		{"a condition that may be anything", `dyn(1)`, "this gives"},
		{"an unknown function", `ticket.chian(4).exists(t, true)`, `rule.yaml:10:15: unknown name "chian"`},
		{"a wrong argument", `ticket.committed("Selected")`, "it is written ticket.committed(statuses)"},
		{"a regular expression that is none", `ticket.title.matches("(")`, "rule.yaml:10:24: this is not a regular expression"},
		{"a regular expression too large", `ticket.title.matches("a{999}b{999}c{999}")`, "grows too large"},
		{"a duration that is none", `now - duration("3 moons") > ticket.created`, "rule.yaml:10:18: this is not a duration"},
		{"loops within loops within loops", deep, "loops stand within one another too deeply"},
		{"an expression too long", `ticket.title == "` + strings.Repeat("x", 5000) + `"`, "4096"},
		{"parentheses without end", strings.Repeat("(", 500) + "true" + strings.Repeat(")", 500), "within one another too deeply"},
		{"something else than an expression", `ticket.kind = "bug"`, "this is not an expression"},
		{"a second line", "ticket.in_flight\n&& ticket.statuss == \"x\"", "rule.yaml:11:13: unknown fact \"statuss\" of ticket\n\t  && ticket.statuss == \"x\"\n\t            ^\n\tdid you mean \"status\"?"},
		{"a thing made up", `ticket{key: "x"} == ticket`, "a rule cannot make"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rules.Parse("rule.yaml", []byte(small(c.when)))
			if err == nil {
				t.Fatal("it was accepted")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v\nwant in it: %s", err, c.want)
			}
		})
	}
}

func TestMirrorsThatDoNotFit(t *testing.T) {
	event := strings.Replace(small("true", "settings: {window: {type: duration, default: 14 days, help: h}}", "window: settings.window"), "scope: ticket", "scope: change", 1)
	for _, c := range []struct{ name, mirror, want string }{
		{"somebody who is a text", `{to: change.actor.name, message: You did it.}`, "rule.yaml:13:14: this gives a text"},
		{"an unknown fact", `{to: change.actr, message: You did it.}`, "rule.yaml:13:21: unknown fact \"actr\" of change"},
		{"an unknown fact in the sentence", `{to: change.actor, message: "On {ticket.duu}."}`, "rule.yaml:13:49: unknown fact \"duu\" of ticket"},
		{"nobody named", `{message: You did it.}`, "\"to\" is missing"},
		{"no sentence", `{to: change.actor}`, "\"message\" is missing"},
		{"a text instead", `You did it.`, "rule.yaml:13:9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rules.Parse("rule.yaml", []byte(event+"\nmirror: "+c.mirror+"\n"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v\nwant in it: %s", err, c.want)
			}
		})
	}
	if _, err := rules.Parse("rule.yaml", []byte(event+"\nmirror: {to: '[change.actor]', message: You did it.}\n")); err != nil {
		t.Errorf("a list of people is refused: %v", err)
	}
	test := "\ntests: [{name: n, tickets: [{key: PAY-1}], expect: [{about: PAY-1, mirror: {to: dana}}]}]\n"
	if _, err := rules.Parse("rule.yaml", []byte(small("true")+test)); err == nil || !strings.Contains(err.Error(), "the rule small has no mirror sentence") {
		t.Errorf("a test expects what the rule does not have: err = %v", err)
	}
}

func TestAFileThatIsNoRuleIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "a list": "- a\n- b\n", "not YAML": "id: [", "not text": "\xff\xfe\x00", "a scalar": "hello",
		"an unknown key": small("true", "whenn: false"), "a key that stands twice": small("true", "title: again"),
		"an event rule without a window": strings.Replace(small("true"), "scope: ticket", "scope: assignment", 1),
		"a group that is no ticket":      small("true", "group_by: ticket.title"),
		"a setting with an odd name":     small("true", "settings: {Min: {type: text, default: x, help: h}}"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := rules.Parse("rule.yaml", []byte(text)); err == nil {
				t.Error("it was accepted")
			}
		})
	}
}

func TestTheCatalogSaysEverythingAboutItselfAndNoAccusingWord(t *testing.T) {
	catalog, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range catalog {
		if r.Why == "" || r.Replays != rules.ReplayYes && r.ReplayNote == "" || r.FaultLine == "" || len(r.Settings) == 0 {
			t.Errorf("%s does not say everything about itself", r.ID)
		}
		told := strings.ToLower(strings.Join([]string{r.Title, r.Promise, r.Message, r.Ask, r.Why}, " "))
		if r.Mirror != nil {
			told += strings.ToLower(" " + r.Mirror.Message)
		}
		for _, word := range []string{"violat", "offend", "failed", "guilty", "bad ", "score", "complian"} {
			if strings.Contains(told, word) {
				t.Errorf("%s says %q", r.ID, word)
			}
		}
	}
}

func TestTheSchemaDescribesRuleFiles(t *testing.T) {
	raw, err := rules.SchemaJSON()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]any
		Required   []string
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"id", "when", "evidence", "settings", "tests"} {
		if schema.Properties[key] == nil {
			t.Errorf("the schema does not know %s", key)
		}
	}
	if len(schema.Required) < 8 {
		t.Errorf("required = %v", schema.Required)
	}
}

func TestTheScopesOfTheSchemaAreThoseOfTheEngine(t *testing.T) {
	for _, s := range rules.Scopes() {
		text := strings.Replace(small("true"), "scope: ticket", "scope: "+s.Name, 1)
		if _, err := rules.Parse("rule.yaml", []byte(text)); err != nil && strings.Contains(err.Error(), "one of") {
			t.Errorf("scope %s: %v", s.Name, err)
		}
	}
}

func TestTheDocumentsAreCurrent(t *testing.T) {
	catalog, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	documents := rules.Documents(catalog)
	there, err := filepath.Glob(filepath.Join("..", "docs", "rules", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range there {
		if name := filepath.Base(file); documents[name] == "" && name != "custom.md" {
			t.Errorf("docs/rules/%s is about no rule any more: delete it", name)
		}
	}
	for name, want := range documents {
		got, err := os.ReadFile(filepath.Join("..", "docs", "rules", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/rules/%s is not current: run go generate ./rules", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{"testdata/mistakes.yaml", "catalog/feature-without-problem.yaml", "catalog/assigned-bypassing-em.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(small(`ticket.chain(4).exists(t, t.kind == "goal")`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := rules.Parse("rule.yaml", text)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		if _, err := rules.NewBook([]rules.Rule{r}, nil, []string{"payments"}); err != nil && !strings.Contains(err.Error(), "rule ") {
			t.Errorf("a rule that was accepted cannot be agreed: %v", err)
		}
	})
}
