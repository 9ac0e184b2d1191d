// Package ruletest runs the tests of rules, those that stand in rule files and
// those in files of their own: it builds the small
// world a test describes, lets the rule look at it, and compares what the rule
// noticed with what the test expects. What it reports is for whoever wrote the
// rule.
package ruletest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
)

// Result is how one test of a rule went.
type Result struct {
	Rule, Test string
	// Differences tell what was not as expected; empty when all was.
	Differences []string
}

// Run runs every test of the rule.
func Run(ctx context.Context, r rules.Rule) []Result {
	out := make([]Result, len(r.Tests))
	for i := range r.Tests {
		out[i] = Try(ctx, r, &r.Tests[i])
	}
	return out
}

// Try runs one test of the rule.
func Try(ctx context.Context, r rules.Rule, t *rules.Test) Result {
	result := Result{Rule: r.ID, Test: t.Name}
	seen, err := look(ctx, r, t)
	if err != nil {
		result.Differences = []string{err.Error()}
	} else {
		result.Differences = compare(seen, t.Expect)
	}
	return result
}

func look(ctx context.Context, r rules.Rule, t *rules.Test) ([]finding.Seen, error) {
	work, dir, now, err := Build(t)
	if err != nil {
		return nil, err
	}
	teams := []string{"core", "payments"}
	agreed := []rules.Agreement{{Rule: r.ID, Settings: t.Settings}}
	book, err := rules.NewBook([]rules.Rule{r}, agreed, teams) //nolint:contextcheck // only settings are evaluated there; nothing waits
	if err != nil {
		return nil, err
	}
	out, err := book.Check(ctx, work, dir, now)
	if err != nil {
		return nil, err
	}
	return out.Seen, out.Stopped[r.ID]
}

// compare tells how what was seen differs from what was expected.
func compare(seen []finding.Seen, expect []rules.Expectation) []string {
	var out []string
	left := slices.Clone(seen)
	for _, e := range expect {
		at := slices.IndexFunc(left, func(s finding.Seen) bool { return s.Subject.Key == e.About })
		if at < 0 {
			out = append(out, fmt.Sprintf("nothing was noticed about %s", e.About))
			continue
		}
		out = append(out, differences(left[at], e)...)
		left = slices.Delete(left, at, at+1)
	}
	for _, s := range left {
		out = append(out, fmt.Sprintf("this was noticed and not expected, about %s: %s", s.Subject.Key, s.Reason))
	}
	return out
}

func differences(s finding.Seen, e rules.Expectation) []string {
	var out []string
	differ := func(what string, got, want any) {
		out = append(out, fmt.Sprintf("%s: %s is %q, expected %q", e.About, what, got, want))
	}
	if e.Tickets != nil && !slices.Equal(s.Tickets, slices.Sorted(slices.Values(e.Tickets))) {
		differ("tickets", s.Tickets, e.Tickets)
	}
	if e.Team != "" && s.Team != e.Team {
		differ("team", s.Team, e.Team)
	}
	if !strings.Contains(s.Reason, e.Says) {
		differ("the message", s.Reason, e.Says)
	}
	if e.Labels != nil && !slices.Equal(s.Labels, slices.Sorted(slices.Values(e.Labels))) {
		differ("labels", s.Labels, e.Labels)
	}
	if m := e.Mirror; m != nil && (s.Actor != m.To || !strings.Contains(s.Mirror, m.Says)) {
		out = append(out, fmt.Sprintf("%s: the mirror sentence is for %q: %q, expected for %q: %q", e.About, s.Actor, s.Mirror, m.To, m.Says))
	}
	for _, fact := range slices.Sorted(maps.Keys(e.Evidence)) {
		if got := values(s, fact); !slices.Contains(got, e.Evidence[fact]) {
			differ("evidence "+fact, got, e.Evidence[fact])
		}
	}
	return out
}

func values(s finding.Seen, fact string) []string {
	var out []string
	for _, e := range s.Evidence {
		if e.Fact == fact {
			out = append(out, e.Value)
		}
	}
	return out
}
