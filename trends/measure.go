package trends

import (
	"slices"
	"strings"
)

// Measure is something that weeks are counted by.
type Measure struct {
	Name  string
	Label string // what it counts, to stand before its numbers
	Unit  string // "%", "days", "hours"; empty where things are counted
	Help  string // the definition
	From  string // where the definition comes from; empty where it is fairlead's own

	part, whole string // what a share is worked out from
}

// fewestForShare is of how many items a percentage is told at least.
const fewestForShare = 10

var measures = []Measure{
	{
		Name: Open, Label: "Exceptions open at the end of a week",
		Help: "Findings that whole teams may see and that were open in the last second of the week. Answered, waived and kept back ones are not open.",
	}, {
		Name: New, Label: "Exceptions new in a week",
		Help: "How often such a finding opened in the week, for the first time or again. What was there when somebody first looked is not new.",
	}, {
		Name: Settled, Label: "Exceptions settled in a week",
		Help: "How often such a finding settled in the week. What aged out, was answered, waived or withdrawn did not settle.",
	}, {
		Name: InFlight, Label: "Tickets in flight",
		Help: "Tickets begun and neither done nor cancelled, at the latest check of the week; epics, projects and goals aside.",
		From: "The Kanban Guide (2020), work in progress: items started and not finished",
	}, {
		Name: Aligned, Label: "Tickets in flight without an open exception", Unit: "%", part: Clear, whole: InFlight,
		Help: "The part of the tickets in flight that no open finding concerns.",
	}, {
		Name: CycleMedian, Label: "Cycle time, median", Unit: "days",
		Help: "Elapsed days, nights and weekends included, from when work on a ticket first began to when it was done, of the tickets done in the week; the value that half of them stay within. " +
			"A ticket done without ever having been begun has none.",
		From: "The Kanban Guide (2020), cycle time; Vacanti, Actionable Agile Metrics for Predictability (2015)",
	}, {
		Name: Cycle85, Label: "Cycle time, 85th percentile", Unit: "days",
		Help: "The value that 85 of 100 stay within: of the values in order, the one at the rank 0.85 × n, rounded up (nearest rank).",
		From: "Vacanti (2015), percentiles of cycle time; Hyndman and Fan, Sample Quantiles in Statistical Packages (1996), definition 1",
	}, {
		Name: Throughput, Label: "Tickets finished",
		Help: "Tickets that became done in the week and still were when it ended, cancelled ones aside.",
		From: "The Kanban Guide (2020), throughput: items finished in a unit of time; Vacanti (2015)",
	}, {
		Name: BugsIn, Label: "Bugs created",
		Help: "Bugs created in the week; those that an import created in bulk are left out.",
	}, {
		Name: BugsOut, Label: "Bugs finished",
		Help: "Those of the finished tickets that are bugs.",
	}, {
		Name: CarriedOver, Label: "Tickets carried over",
		Help: "Tickets that were in a sprint or cycle when it ended, in the week, and were not done then; cancelled ones aside. A minute's grace is given, since trackers move what is left in the same moment.",
		From: "Scrum Guide (2020): what is not done returns to the Product Backlog",
	}, {
		Name: CarriedOverShare, Label: "Work carried over", Unit: "%", part: CarriedOver, whole: CarriedOverOf,
		Help: "The part of what those sprints held when they ended that was carried over.",
	}, {
		Name: Unplanned, Label: "Finished tickets that were not planned",
		Help: "Finished tickets that came into the sprint in which they were finished after it had begun. What came over from an earlier sprint is carried over, not unplanned.",
	}, {
		Name: UnplannedShare, Label: "Finished work that was not planned", Unit: "%", part: Unplanned, whole: UnplannedOf,
		Help: "The part of what was finished in a running sprint that was not planned.",
	}, {
		Name: AwarenessHours, Label: "Hours to the EM's awareness, median", Unit: "hours",
		Help: "Elapsed hours from when work on a ticket began, in somebody's hands, to the first trace in it of somebody who counted as EM of the team that owned it: created, changed, commented, assigned, mentioned; 0 when that was before. " +
			"The median over the tickets begun in the week; one without a trace by its end counts as longer than any, so that the median is not known when more than half have none. Work of a team without an acting EM is left out.",
	},
}

// Measures lists what can be measured, a rule's own findings and outside numbers
// aside, in the order in which documents show it.
func Measures() []Measure { return slices.Clone(measures) }

// MeasureNamed finds a measure.
func MeasureNamed(name string) (Measure, bool) {
	i := slices.IndexFunc(measures, func(m Measure) bool { return m.Name == name })
	if i < 0 {
		return Measure{}, false
	}
	return measures[i], true
}

// FromLedger reports whether a snapshot's measure is told from the ledger.
func FromLedger(measure string) bool {
	m, _, _ := cutRule(measure)
	return addsUp[m]
}

// OutsideName is the name of an outside number where the measure is one.
func OutsideName(measure string) (name string, ok bool) {
	return strings.CutPrefix(measure, Outside(""))
}

// Value is what the week says of the measure; false when it is not known.
func (s *Snapshot) Value(measure string) (float64, bool) {
	m, _ := MeasureNamed(measure)
	if m.part == "" {
		v, known := s.Values[measure]
		return v, known
	}
	part, known := s.Values[m.part]
	whole, also := s.Values[m.whole]
	if !known || !also || whole < fewestForShare {
		return 0, false
	}
	return 100 * part / whole, true
}

// Part is how much of how much a share is worked out from, also where that is too
// little for a percentage; false when it is not known, or the measure is no share.
func (s *Snapshot) Part(measure string) (part, whole float64, ok bool) {
	m, _ := MeasureNamed(measure)
	if m.part == "" {
		return 0, 0, false
	}
	part, known := s.Values[m.part]
	whole, also := s.Values[m.whole]
	return part, whole, known && also
}
