// Package trends turns the ledger and the tickets' histories into numbers by
// week: how much was open, how the work flowed, and what came of an experiment.
// It is pure: it reads no store, no clock and no network, and it counts work,
// never people.
//
// What each number counts, and where its definition comes from, stands at its
// measure (see Measures) and in docs/trends.md. A number that is not known is
// missing, never zero.
package trends

import (
	"strings"
	"time"
)

// Snapshot is a week of a team in numbers. Values are by measure; one that is
// missing is not known, which is not zero.
type Snapshot struct {
	Team   string // team id; empty for the organisation
	Week   string // ISO week in the team's zone: 2026-W46
	Taken  time.Time
	Values map[string]float64
}

// The measures of a snapshot. Those of the ledger cover what whole teams may
// see, and stand once for all rules and once for each: see OfRule.
const (
	Open     = "open"      // findings open at the end of the week
	New      = "new"       // findings that opened in the week, reopened ones included
	Settled  = "settled"   // findings that settled in the week
	InFlight = "in-flight" // tickets in flight at the latest check of the week
	Clear    = "clear"     // those of them without an open finding: aligned work

	CycleMedian    = "cycle-time-median" // days from the beginning of work to its end, of what ended in the week
	Cycle85        = "cycle-time-85"     // the same, 85th percentile
	Throughput     = "throughput"        // tickets finished in the week
	BugsIn         = "bugs-in"           // bugs created in the week
	BugsOut        = "bugs-out"          // bugs finished in the week
	CarriedOver    = "carried-over"      // tickets unfinished at the end of a sprint that ended in the week
	CarriedOverOf  = "carried-over-of"   // of so many that the sprint held then
	Unplanned      = "unplanned"         // tickets finished in the week that came into their sprint after it had begun
	UnplannedOf    = "unplanned-of"      // of so many finished that were in a sprint
	AwarenessHours = "em-awareness"      // median hours from the beginning of work to the EM's first part in it
	AwarenessOf    = "em-awareness-of"   // of so many tickets begun in the week
)

// The measures that are worked out from those of a snapshot: parts of a whole, in
// percent. They are not known of fewer than ten items.
const (
	Aligned          = "aligned"
	CarriedOverShare = "carried-over-share"
	UnplannedShare   = "unplanned-share"
)

// OfRule is the measure of one rule alone: open:feature-without-problem.
func OfRule(measure, rule string) string { return measure + ":" + rule }

// IsOfRule reports whether the measure is that of one rule.
func IsOfRule(measure string) bool {
	of, _, by := strings.Cut(measure, ":")
	return by && (of == Open || of == New || of == Settled)
}

// Outside is the measure of a number that comes from elsewhere, by its name.
func Outside(name string) string { return "outside:" + name }
