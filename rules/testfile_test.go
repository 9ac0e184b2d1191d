package rules_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
)

const ownRule = `
id: started
scope: ticket
title: t
promise: p
message: "{ticket.key} is under way"
ask: a
severity: info
audience: team
when: ticket.in_flight
tests:
  - name: it fires
    tickets: [{key: PAY-1, category: started}]
    expect: [{about: PAY-1}]
`

// files reads from memory.
func files(texts map[string]string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if text, ok := texts[path]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
}

func TestTestsStandInARulesOwnFileOrInOneOfTheirOwn(t *testing.T) {
	const apart = `
rules: [own/started.yaml]
tests:
  - rule: started
    name: a rule of our own
    tickets: [{key: PAY-1, category: started}]
    expect: [{about: PAY-1, says: under way}]
  - rule: feature-without-problem
    name: a shipped rule
    tickets: [{key: PAY-1, kind: feature, category: started}]
    expect: [{about: PAY-1}]
  - rule: feature-without-problem
    name: what is not as expected
    tickets: [{key: PAY-1, kind: feature, category: started}]
`
	read := files(map[string]string{"tests/own/started.yaml": ownRule})
	for _, c := range []struct {
		name, file, text string
		want             []string // place and differences of each
	}{
		{"in the rule's own file", "started.yaml", ownRule, []string{"started.yaml:12:5 0"}},
		{"in a file of their own", "tests/all.yaml", apart, []string{"tests/all.yaml:4:5 0", "tests/all.yaml:8:5 0", "tests/all.yaml:12:5 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			trials, err := rules.ReadTests(c.file, []byte(c.text), catalog(t), read)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, one := range trials {
				result := ruletest.Try(t.Context(), one.Rule, &one.Test)
				got = append(got, one.Place.String()+" "+string(rune('0'+len(result.Differences))))
			}
			if strings.Join(got, ", ") != strings.Join(c.want, ", ") {
				t.Errorf("tests = %q, want %q", got, c.want)
			}
		})
	}
}

func TestEverythingWrongWithAFileOfTestsIsToldAtOnce(t *testing.T) {
	const text = `
rules: [gone.yaml, broken.yaml]
tests:
  - rule: feature-without-problm
    name: misspelt
    tickets: [{key: PAY-1}]
  - rule: feature-without-problem
    name: twice
    settings: {min_char: 3}
    tickets: [{key: PAY-1, created: yesterday}]
  - rule: feature-without-problem
    name: twice
    tickets: [{key: PAY-1}]
`
	read := files(map[string]string{"broken.yaml": strings.Replace(ownRule, "in_flight", "in_fligt", 1)})
	_, err := rules.ReadTests("all.yaml", []byte(text), catalog(t), read)
	if err == nil {
		t.Fatal("it was accepted")
	}
	for _, want := range []string{
		"all.yaml:2:9:", "gone.yaml", "broken.yaml:10:14: unknown fact \"in_fligt\"", "unknown rule \"feature-without-problm\"",
		"did you mean \"feature-without-problem\"", "unknown setting \"min_char\"", "\"yesterday\" is not a moment", "stands twice",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not tell %q:\n%v", want, err)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		t.Error("a missing file is told with its place, not as the whole answer")
	}
}
