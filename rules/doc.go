// Package rules notices things. A rule is a YAML file: a condition in CEL over
// documented facts, typed settings, evidence, and the words a finding is told
// in. An agreement is a team's adoption of a rule; a Book holds what every team
// has agreed and checks all work against it.
//
// Everything here is pure: work, people and the moment are arguments, so a
// replayed past week and a live run go through the same code, and the verdict
// depends neither on the order of the work nor on the machine's time zone. What
// opens, stays and settles is the ledger's business (package finding).
//
// The rules we ship and the rules people write themselves use the same format
// and the same facts; there is no second way. The facts are one table
// (facts*.go), of which the language's types, its suggestions, the evaluation
// and docs/rules/facts.md are made.
package rules

//go:generate go run ./ruletest/rulesdoc ../docs/rules
