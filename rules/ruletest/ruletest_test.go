package ruletest_test

import (
	"slices"
	"testing"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
)

// The catalog is checked against the tests that stand in its own files.
func TestEveryRuleOfTheCatalogPassesItsTests(t *testing.T) {
	catalog, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range catalog {
		if len(r.Tests) < 4 {
			t.Errorf("%s has %d tests, want at least 4: fires, nearly fires, exempt, bot or bulk", r.ID, len(r.Tests))
		}
		for _, result := range ruletest.Run(t.Context(), r) {
			t.Run(r.ID+"/"+result.Test, func(t *testing.T) {
				for _, d := range result.Differences {
					t.Error(d)
				}
			})
		}
	}
}

func TestWhatIsNotAsExpectedIsTold(t *testing.T) {
	const text = `
id: started
scope: ticket
title: t
promise: p
message: "{ticket.key} is under way"
ask: a
severity: info
audience: team
when: ticket.in_flight
evidence: [{fact: key, value: ticket.key}]
tests:
  - name: as expected
    tickets: [{key: PAY-1, category: started}, {key: PAY-2}]
    expect: [{about: PAY-1, team: payments, says: under way, tickets: [PAY-1], evidence: {key: PAY-1}}]
  - name: noticed and not expected
    tickets: [{key: PAY-1, category: started}]
  - name: expected and not noticed
    tickets: [{key: PAY-1}]
    expect: [{about: PAY-1}]
  - name: other words
    tickets: [{key: PAY-1, category: started}]
    expect: [{about: PAY-1, team: core, says: done, tickets: [PAY-2], evidence: {key: PAY-2}}]
  - name: a person nobody knows
    away: [{person: nobody, from: 2 days ago, to: in 2 days}]
    tickets: [{key: PAY-1}]
`
	r, err := rules.Parse("started.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		nil,
		{"this was noticed and not expected, about PAY-1: PAY-1 is under way"},
		{"nothing was noticed about PAY-1"},
		{
			`PAY-1: tickets is ["PAY-1"], expected ["PAY-2"]`, `PAY-1: team is "payments", expected "core"`,
			`PAY-1: the message is "PAY-1 is under way", expected "done"`, `PAY-1: evidence key is ["PAY-1"], expected "PAY-2"`,
		},
		{`people of the test: nobody has the id "nobody"`},
	}
	for i, result := range ruletest.Run(t.Context(), r) {
		if !slices.Equal(result.Differences, want[i]) {
			t.Errorf("%s: differences = %q, want %q", result.Test, result.Differences, want[i])
		}
	}
}
