package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newRulesTest(a *app) *cobra.Command {
	var verbose bool
	cmd := &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Run the tests of rules",
		Long: `Run the tests that stand in rule files, or in files of tests for rules that stand
elsewhere: small worlds of tickets and people, and what a rule should notice in
them. Without a file the tests of the shipped rules run. Nothing is read from
the configuration or the store.

The exit code is 1 when something was not as expected.`,
		Example: `  fairlead rules test rules/launch-without-runbook.yaml
  fairlead rules test tests/*.yaml --verbose
  fairlead rules test                  the shipped rules' own tests`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			results, err := daemon.TestRules(cmd.Context(), paths)
			if err != nil {
				return err
			}
			if a.format == "json" {
				if err := a.printJSON(results); err != nil {
					return err
				}
			} else {
				a.describeTests(results, verbose)
			}
			return testsOutcome(results)
		},
	}
	a.formatFlag(cmd, "text", "json")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "name the tests that went as expected, too")
	return cmd
}

func (a *app) describeTests(results []daemon.RuleTest, verbose bool) {
	for _, r := range results {
		if len(r.Differences) == 0 {
			if verbose {
				fmt.Fprintf(a.out, "as expected  %s: %s\n", r.Rule, r.Test)
			}
			continue
		}
		fmt.Fprintf(a.out, "%s: %s: %s\n", r.Place, r.Rule, r.Test)
		for _, d := range r.Differences {
			fmt.Fprintf(a.out, "\t%s\n", d)
		}
	}
	if n := different(results); n > 0 {
		fmt.Fprintf(a.out, "%s of %s not as expected\n", count(n, "test"), count(len(results), "test"))
		return
	}
	fmt.Fprintf(a.out, "%s, all as expected\n", count(len(results), "test"))
}

func different(results []daemon.RuleTest) (n int) {
	for _, r := range results {
		if len(r.Differences) > 0 {
			n++
		}
	}
	return n
}

// testsOutcome is nil when everything was as expected.
func testsOutcome(results []daemon.RuleTest) error {
	switch n := different(results); {
	case len(results) == 0:
		return errors.New("no test was found in these files\n\tadd tests: to the rule, see docs/rules/custom.md")
	case n > 0:
		return fmt.Errorf("%s not as expected", count(n, "test"))
	}
	return nil
}
