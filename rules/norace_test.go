//go:build !race

package rules_test

// underRace says that the race detector is on, which makes everything several times as
// slow.
const underRace = false
