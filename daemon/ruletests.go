package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// RuleTest is how one test of a rule went.
type RuleTest struct {
	Place string `json:"place"` // file:line:column of the test
	Rule  string `json:"rule"`
	Test  string `json:"test"`
	// Differences tell what was not as expected; empty when all was.
	Differences []string `json:"differences,omitempty"`
}

// TestRules runs the tests that stand in the files: rule files with tests of
// their own, or files of tests for rules that stand elsewhere. Without files it
// runs those of the shipped catalog. What is wrong with any file is told at once
// and nothing is run then.
func TestRules(ctx context.Context, paths []string) ([]RuleTest, error) {
	known, err := rules.Catalog()
	if err != nil {
		return nil, fmt.Errorf("the built-in catalog: %w", err)
	}
	var trials []rules.Trial
	var mistakes yamlfile.Mistakes
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read tests: %w", err)
		}
		found, err := rules.ReadTests(path, text, known, os.ReadFile)
		var more yamlfile.Mistakes
		switch {
		case errors.As(err, &more):
			mistakes = append(mistakes, more...)
		case err != nil:
			return nil, err
		}
		trials = append(trials, found...)
	}
	if err := mistakes.Err(); err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		trials = shippedTests(known)
	}
	out := make([]RuleTest, len(trials))
	for i, t := range trials {
		result := ruletest.Try(ctx, t.Rule, &t.Test)
		out[i] = RuleTest{Place: t.Place.String(), Rule: result.Rule, Test: result.Test, Differences: result.Differences}
	}
	return out, ctx.Err()
}

func shippedTests(catalog []rules.Rule) []rules.Trial {
	var out []rules.Trial
	for _, r := range catalog {
		for _, t := range r.Tests {
			out = append(out, rules.Trial{Rule: r, Test: t, Place: yamlfile.Place{File: "catalog/" + r.ID + ".yaml"}})
		}
	}
	return out
}
