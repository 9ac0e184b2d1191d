package rules

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Trial is a test of a rule and where it stands.
type Trial struct {
	Rule  Rule
	Test  Test
	Place yamlfile.Place
}

// testFile is the shape of a file that holds tests and no rule.
type testFile struct {
	Rules []string `json:"rules" jsonschema_description:"Files with rules of your own, relative to this file; the shipped ones are known."`
	Tests []Test   `json:"tests" jsonschema:"required,minItems=1" jsonschema_description:"Small worlds and what a rule should notice in them. Each names its rule."`
}

// ReadTests reads the tests of a file: those in a rule's own file, or a file of
// tests for the known rules and those it names. read gets files it names by
// path. The error, a yamlfile.Mistakes where the files are wrong, holds
// everything that is wrong with them.
func ReadTests(name string, text []byte, known []Rule, read func(path string) ([]byte, error)) ([]Trial, error) {
	f, mistakes := yamlfile.Parse(name, text)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	if f.Has("when") || f.Has("scope") {
		r, err := Parse(name, text)
		if err != nil {
			return nil, err
		}
		return trials(f, r.Tests, []Rule{r}), nil
	}
	var file testFile
	if mistakes := f.Decode(&file); len(mistakes) > 0 {
		return nil, mistakes
	}
	p := parser{file: f}
	for i, path := range file.Rules {
		r, err := p.readRule(filepath.Join(filepath.Dir(name), filepath.FromSlash(path)), read, "rules", i)
		if err != nil {
			return nil, err
		}
		known = append(slices.Clip(known), r)
	}
	p.checkTrials(file.Tests, known)
	if len(p.mistakes) > 0 {
		return nil, p.mistakes.Sorted()
	}
	return trials(f, file.Tests, known), nil
}

func trials(f *yamlfile.File, tests []Test, known []Rule) []Trial {
	out := make([]Trial, len(tests))
	for i, t := range tests {
		at := slices.IndexFunc(known, func(r Rule) bool { return r.ID == t.Rule || t.Rule == "" })
		out[i] = Trial{Rule: known[at], Test: t, Place: f.Place("tests", i)}
	}
	return out
}

// readRule reads a rule that the file names. Its mistakes are reported with
// those of the file.
func (p *parser) readRule(path string, read func(string) ([]byte, error), at ...any) (Rule, error) {
	text, err := read(path)
	if err != nil {
		p.mistake("name a file that can be read, relative to this one", err.Error(), at...)
		return Rule{}, nil //nolint:nilerr // reported with its place
	}
	r, err := Parse(path, text)
	var found yamlfile.Mistakes
	if errors.As(err, &found) {
		p.mistakes = append(p.mistakes, found...)
		err = nil
	}
	return r, err
}

// checkTrials looks at every test with the eyes of its rule.
func (p *parser) checkTrials(tests []Test, known []Rule) {
	ids := make([]string, len(known))
	for i, r := range known {
		ids[i] = r.ID
	}
	seen := map[string]int{}
	for i := range tests {
		t := &tests[i]
		at := slices.Index(ids, t.Rule)
		if at < 0 {
			p.mistake(didYouMean(t.Rule, ids, "name one of the shipped rules, or add the file of your own under rules"),
				fmt.Sprintf("unknown rule %q", t.Rule), "tests", i, "rule")
			continue
		}
		p.checkTest(&known[at], t, i, seen)
	}
}
