package trends

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Number writes a value as people read it: whole, or with one decimal where it is
// below ten and that says more.
func Number(v float64) string {
	if math.Abs(v) >= 9.95 {
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// labelOf is what a measure counts, in words.
func labelOf(measure, label string) string {
	m, _ := MeasureNamed(measure)
	name, _ := OutsideName(measure)
	return cmp.Or(label, m.Label, name, measure)
}

// numbered is a value of the measure with its unit.
func numbered(measure string, v float64) string {
	m, _ := MeasureNamed(measure)
	switch m.Unit {
	case "":
		return Number(v)
	case "%":
		return Number(v) + " %"
	}
	return Number(v) + " " + m.Unit
}

// text tells what came of the experiment. It counts weeks and names no person.
func (e *Experiment) text(o *Outcome, all int) string {
	compared := e.compared(o)
	switch o.Verdict {
	case TooLittle:
		return compared + e.wait(o, all)
	case AsExpected:
		return compared + fmt.Sprintf("It moved as expected (%s)%s.", e.Expect.Text, soFar(o))
	case OtherWay:
		if e.Expect.wants() == 0 {
			return compared + "It moved, which was not expected" + soFar(o) + "."
		}
		return compared + fmt.Sprintf("It moved the other way (%s was expected)%s.", e.Expect.Text, soFar(o))
	}
	switch {
	case e.Expect.wants() == 0:
		return compared + "It has not moved by more than chance may do, as expected" + soFar(o) + "."
	case o.Short:
		return compared + fmt.Sprintf("It moved in the expected direction, by less than expected (%s)%s.", e.Expect.Text, soFar(o))
	}
	return compared + fmt.Sprintf("It has not moved by more than chance may do (%s was expected)%s.", e.Expect.Text, soFar(o))
}

func soFar(o *Outcome) string {
	if o.Running {
		return " so far"
	}
	return ""
}

// compared says how it was and is: "Open a week 4 → 1, over 5 weeks each. ".
func (e *Experiment) compared(o *Outcome) string {
	if o.Before.Known == 0 || o.After.Known == 0 {
		return ""
	}
	return fmt.Sprintf("%s, a week on average: %s → %s, over %s. ", labelOf(e.Measure, e.Label),
		numbered(e.Measure, o.Before.Mean), numbered(e.Measure, o.After.Mean), over(&o.Before, &o.After))
}

func over(before, after *Side) string {
	if before.Known == after.Known {
		return weeks(before.Known) + " each"
	}
	return fmt.Sprintf("%s before and %d since", weeks(before.Known), after.Known)
}

// wait says what is missing before anything can be said.
func (e *Experiment) wait(o *Outcome, all int) string {
	enough := min(o.Before.Known, o.After.Known) >= fewestWeeks
	left := fewestWeeks - o.After.Known
	switch {
	case enough:
		return "Nothing happened on either side, so there is nothing to compare."
	case o.Running && left > 0 && o.After.Weeks+left <= all && (o.Before.Known >= o.After.Known || o.After.Weeks == 0):
		return moreWeeks(left) + " before we can say."
	case o.Before.Known < fewestWeeks && o.After.Known >= fewestWeeks:
		return fmt.Sprintf("Too little data to say: the number is known of %s before it began.", weeks(o.Before.Known))
	}
	return fmt.Sprintf("Too little data to say: it takes %s on each side of which the number is known.", weeks(fewestWeeks))
}

func moreWeeks(n int) string {
	if n == 1 {
		return "One week more"
	}
	return strings.ToUpper(small[n][:1]) + small[n][1:] + " weeks more"
}

var small = [...]string{"no", "one", "two", "three", "four"}

func weeks(n int) string {
	if n == 1 {
		return "1 week"
	}
	return strconv.Itoa(n) + " weeks"
}

func (g *Guardrail) text(o *GuardrailOutcome) string {
	label := labelOf(g.Measure, g.Label)
	if o.Verdict == TooLittle {
		return label + " was to be left alone (" + g.Expect.Text + "): too little data to say."
	}
	moved := fmt.Sprintf("%s, which was to be left alone (%s): %s → %s", label, g.Expect.Text,
		numbered(g.Measure, o.Before.Mean), numbered(g.Measure, o.After.Mean))
	switch o.Verdict {
	case Tripped:
		return moved + ". It was not: worth a talk before going on."
	case Unclear:
		return moved + ", which is beyond that, and no more than chance may do."
	}
	return moved + ". It was."
}
