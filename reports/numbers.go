package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/trends"
)

// mostNumbers is how many flow numbers are told.
const mostNumbers = 4

// fewestForUnusual is how many earlier weeks it takes to call a number unusual.
const fewestForUnusual = 6

// measure is how one flow number is worded.
type measure struct {
	name string
	// of is the measure of how many it is a part of, or was taken over; empty where
	// it is a count of its own.
	of string
	// say words a value; before is what the week before had, for the comparison.
	say func(value, of float64) string
	// short words the value before.
	short func(value, of float64) string
	// more and less word that a week stands out; empty: more and fewer.
	more, less string
	// least is by how much it must change to be worth a sentence; 0: by two.
	least float64
	// forEM says that it tells of one person, the EM, who alone is told.
	forEM bool
}

var measures = []measure{
	{name: trends.Throughput, say: plainCount("ticket was finished", "tickets were finished"), short: bare},
	{name: trends.CycleMedian, of: trends.Throughput, say: func(value, of float64) string {
		return fmt.Sprintf("Half of the %s finished tickets took %s or less from the beginning of work", number(whole(of)), inDays(value))
	}, short: func(value, _ float64) string { return inDays(value) }, more: "longer", less: "shorter", least: 1},
	{name: trends.BugsIn, say: plainCount("bug came in", "bugs came in"), short: bare},
	{name: trends.BugsOut, say: plainCount("bug was fixed", "bugs were fixed"), short: bare},
	{name: trends.CarriedOver, of: trends.CarriedOverOf, say: partOf("ticket was unfinished when its sprint ended", "tickets were unfinished when their sprint ended"), short: share, more: "a larger part", less: "a smaller part"},
	{name: trends.Unplanned, of: trends.UnplannedOf, say: partOf("finished ticket had come into its sprint after it began", "finished tickets had come into their sprint after it began"), short: share, more: "a larger part", less: "a smaller part"},
	{name: trends.AwarenessHours, of: trends.AwarenessOf, forEM: true, say: func(value, of float64) string {
		return fmt.Sprintf("Half of the %s tickets begun had you in them within %s", number(whole(of)), inHours(value))
	}, short: func(value, _ float64) string { return inHours(value) }, more: "longer", less: "shorter"},
}

func plainCount(one, many string) func(value, of float64) string {
	return func(value, _ float64) string { return upperFirst(orNo(whole(value), one, many)) }
}

// partOf words a part of a whole; of fewer than ten, the part alone.
func partOf(one, many string) func(value, of float64) string {
	return func(value, of float64) string {
		if whole(of) < fewestForShare {
			return upperFirst(orNo(whole(value), one, many))
		}
		return fmt.Sprintf("%s of %s %s", upperFirst(orNone(whole(value))), number(whole(of)), many)
	}
}

// orNo is a number with its noun: "no bugs", "1 bug", "12 bugs".
func orNo(n int, one, many string) string {
	if n == 0 {
		return "no " + many
	}
	return counted(n, one, many)
}

func orNone(n int) string {
	if n == 0 {
		return "none"
	}
	return number(n)
}

func bare(value, _ float64) string { return orNone(whole(value)) }

func share(value, of float64) string {
	if whole(of) < fewestForShare {
		return orNone(whole(value))
	}
	return orNone(whole(value)) + " of " + number(whole(of))
}

func whole(f float64) int { return int(math.Round(f)) }

func inDays(days float64) string {
	if days < 1 {
		return "a day"
	}
	return counted(int(math.Ceil(days)), "day", "days")
}

func inHours(hours float64) string {
	switch {
	case hours < 1:
		return "an hour"
	case hours > 72:
		return inDays(hours / 24)
	}
	return counted(int(math.Ceil(hours)), "hour", "hours")
}

// told is a number with how much there is to say about it.
type toldNumber struct {
	Number
	unusual bool
	change  float64 // as a part of the larger of both
	order   int
}

// numbers are the week's flow, at most four sentences: what is unusual first, then
// what changed most. Of a team of fewer than five people none is told, because it
// would tell of one of them.
func (v *view) numbers() []Number {
	if v.in.People < fewestPeople {
		return nil
	}
	weeks := v.snapshots()
	var all []toldNumber
	for i, m := range append(slices.Clone(measures), outside(weeks)...) {
		if m.forEM && v.in.Reader != finding.ForEM {
			continue
		}
		if n, ok := m.tell(weeks); ok && (n.unusual || n.change >= leastChange) {
			n.order = i
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b toldNumber) int {
		return cmp.Or(-compareBool(a.unusual, b.unusual), cmp.Compare(b.change, a.change), cmp.Compare(a.order, b.order))
	})
	all = all[:min(mostNumbers, len(all))]
	slices.SortFunc(all, func(a, b toldNumber) int { return cmp.Compare(a.order, b.order) })
	var out []Number
	for _, n := range all {
		out = append(out, n.Number)
	}
	return out
}

// leastChange is how much a number must change to be worth a sentence.
const leastChange = 0.2

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// snapshots are the values of the reported week and those before it, newest first;
// nil where a week was not kept.
func (v *view) snapshots() []map[string]float64 {
	out := make([]map[string]float64, trendWeeks+1)
	for n := range out {
		week := v.in.Week.Before(n).String()
		for i := range v.in.Snapshots {
			if v.in.Snapshots[i].Week == week {
				out[n] = v.in.Snapshots[i].Values
			}
		}
	}
	return out
}

// outside are the measures of numbers from elsewhere that the week has.
func outside(weeks []map[string]float64) []measure {
	var names []string
	for name := range weeks[0] {
		if strings.HasPrefix(name, trends.Outside("")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []measure
	for _, name := range names {
		words := isolated(upperFirst(clean(strings.TrimPrefix(name, trends.Outside("")), nameLength)))
		out = append(out, measure{name: name, say: func(value, _ float64) string { return words + ": " + rounded(value) },
			short: func(value, _ float64) string { return rounded(value) }, less: "less"})
	}
	return out
}

// rounded has no more digits than a reader needs.
func rounded(f float64) string { return number(whole(f)) }

// tell words the number of the latest week against the latest one before it that
// has one: a sprint does not end every week.
func (m *measure) tell(weeks []map[string]float64) (toldNumber, bool) {
	value, ok := weeks[0][m.name]
	if !ok || !finite(value) || m.of != "" && weeks[0][m.of] == 0 {
		return toldNumber{}, false
	}
	n := toldNumber{Number: Number{Measure: clean(m.name, nameLength), Value: &value, Text: m.say(value, weeks[0][m.of])}}
	if most := m.standsOut(weeks); most != "" {
		n.unusual, n.Text = true, n.Text+", "+most
	}
	for back, w := range weeks[1:] {
		before, known := w[m.name]
		if !known || !finite(before) || m.of != "" && w[m.of] == 0 {
			continue
		}
		n.Before = &before
		if math.Abs(value-before) >= cmp.Or(m.least, 2) {
			n.change = change(m.rate(weeks[0]), m.rate(w))
		}
		n.Text += "; " + m.short(before, w[m.of]) + " " + when(back)
		break
	}
	n.Text += "."
	return n, true
}

func finite(f float64) bool { return !math.IsNaN(f) && math.Abs(f) < 1e9 }

func when(back int) string {
	if back == 0 {
		return "the week before"
	}
	return inWords(back+1) + " weeks before"
}

// rate is what is compared: a part as a part of its whole, anything else as it is.
func (m *measure) rate(w map[string]float64) float64 {
	if m.name == trends.CarriedOver || m.name == trends.Unplanned {
		return w[m.name] / w[m.of]
	}
	return w[m.name]
}

func change(now, before float64) float64 {
	if now == before {
		return 0
	}
	return math.Abs(now-before) / max(math.Abs(now), math.Abs(before))
}

// standsOut says that the week has the most or the least of all weeks known.
func (m *measure) standsOut(weeks []map[string]float64) string {
	now, known := m.rate(weeks[0]), 0
	most, least := true, true
	for _, w := range weeks[1:] {
		if _, ok := w[m.name]; !ok || m.of != "" && w[m.of] == 0 {
			continue
		}
		known++
		most, least = most && now > m.rate(w), least && now < m.rate(w)
	}
	switch {
	case known < fewestForUnusual:
		return ""
	case most:
		return cmp.Or(m.more, "more") + " than in any of the " + inWords(known) + " weeks before"
	case least:
		return cmp.Or(m.less, "fewer") + " than in any of the " + inWords(known) + " weeks before"
	}
	return ""
}
