package trends

import (
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Experiment is a process change with a prediction.
type Experiment struct {
	Name       string
	Hypothesis string
	Team       string // team id; empty: every team
	Measure    string // a measure of a snapshot; of a rule OfRule(Open, rule)
	Label      string // what the measure counts, to stand before its numbers; empty: as Measures has it
	Expect     Expectation
	Guardrail  *Guardrail  // nil: none
	Start, End ticket.Date // days in the team's zone, both included
	// Early says that it was ended before the day that was planned.
	Early bool
}

// Guardrail is a number that an experiment must leave alone.
type Guardrail struct {
	Measure string
	Label   string
	Expect  Expectation
}

// Trial is an experiment and what has come of it up to a week.
type Trial struct {
	Experiment
	Outcome
}

// Verdict says what came of an experiment.
type Verdict string

// The verdicts.
const (
	AsExpected Verdict = "moved as expected"
	OtherWay   Verdict = "moved the other way"
	NotMoved   Verdict = "not moved" // by no more than chance may do, or by less than was expected
	TooLittle  Verdict = "too little data"
)

// The states of a guardrail beside TooLittle.
const (
	Held    Verdict = "held"
	Tripped Verdict = "tripped"
	Unclear Verdict = "unclear" // beyond what was allowed, and no more than chance may do
)

// Outcome is what has come of an experiment.
type Outcome struct {
	Verdict Verdict
	// Running: some of its weeks are still to come, so that the verdict is how it
	// looks so far.
	Running bool
	// Before and After are the weeks that are compared, as many on each side.
	Before, After Side
	// Chance is how often chance alone would give as much in the direction in which
	// it went, of all ways to deal the weeks out; of no meaning with too little data.
	Chance float64
	// Short: it moved in the expected direction, and by less than expected.
	Short bool
	// Text says it in a sentence or two.
	Text string
	// Guardrail is what came of the guardrail; nil where there is none.
	Guardrail *GuardrailOutcome
}

// GuardrailOutcome is what has come of a guardrail.
type GuardrailOutcome struct {
	Verdict       Verdict // Held, Tripped, Unclear or TooLittle
	Before, After Side
	Text          string
}

// Side is one of two stretches of weeks that are compared.
type Side struct {
	First, Last string  // ISO weeks; empty while there are none
	Weeks       int     // how many there are
	Known       int     // of how many of them the number is known
	Mean        float64 // of the known ones; 0 where none is

	values []float64
}

// RunsIn reports whether the experiment runs on some day of the week.
func (e *Experiment) RunsIn(w org.Week) bool {
	span := e.span(w.Start.Location())
	return span.Meets(org.Span{From: w.Start, To: w.End})
}

// span is from the beginning of the first day to the end of the last, in loc.
func (e *Experiment) span(loc *time.Location) org.Span {
	end := e.End.In(loc)
	if !end.IsZero() {
		end = end.AddDate(0, 0, 1)
	}
	return org.Span{From: e.Start.In(loc), To: end}
}

// Sides are the weeks to compare, up to the last that is over: those that lie
// wholly within the experiment, twelve at most, and as many before the one in
// which it began. A week in which it began on another day than the first belongs
// to neither. all is how many weeks a side there will be in the end.
func (e *Experiment) Sides(last org.Week) (before, after Weeks, all int) {
	loc := last.Start.Location()
	span := e.span(loc)
	begun := org.WeekOf(span.From, loc)
	first := begun
	if begun.Start.Before(span.From) {
		first = begun.Before(-1)
	}
	for w := first; all < mostWeeks && (span.To.IsZero() || !w.End.After(span.To)); w = w.Before(-1) {
		if all++; !w.End.After(last.End) {
			after = append(after, w)
		}
	}
	return WeeksTo(begun.Before(1), len(after)), after, all
}

// Judge tells what has come of the experiment up to the last week that is over,
// from snapshots of its team. docs/trends.md says how, with sources and what the
// method cannot see.
func Judge(e Experiment, last org.Week, snapshots []Snapshot) Outcome {
	before, after, all := e.Sides(last)
	known := make(map[string]*Snapshot, len(snapshots))
	for i := range snapshots {
		known[snapshots[i].Week] = &snapshots[i]
	}
	out := Outcome{Before: side(before, known, e.Measure), After: side(after, known, e.Measure), Running: len(after) < all}
	out.judge(&e.Expect)
	out.Text = e.text(&out, all)
	if e.Guardrail != nil {
		out.Guardrail = e.Guardrail.judge(side(before, known, e.Guardrail.Measure), side(after, known, e.Guardrail.Measure))
	}
	return out
}

func side(weeks Weeks, known map[string]*Snapshot, measure string) Side {
	s := Side{Weeks: len(weeks)}
	for _, w := range weeks {
		if snapshot := known[w.String()]; snapshot != nil {
			if v, is := snapshot.Value(measure); is {
				s.values = append(s.values, v)
			}
		}
	}
	if s.Known = len(s.values); s.Known > 0 {
		s.Mean = mean(s.values)
	}
	if len(weeks) > 0 {
		s.First, s.Last = weeks[0].String(), weeks[len(weeks)-1].String()
	}
	return s
}

const (
	// fewestWeeks is of how many weeks a side the number must be known.
	fewestWeeks = 4
	// level is how often chance alone may give as much before a move is believed.
	level = 0.1
)

// tooLittle says that nothing can be concluded: too few weeks, or nothing happened
// in any of them.
func tooLittle(before, after *Side) bool {
	if before.Known < fewestWeeks || after.Known < fewestWeeks {
		return true
	}
	for _, v := range append(before.values[:before.Known:before.Known], after.values...) {
		if v != 0 {
			return false
		}
	}
	return true
}

func (o *Outcome) judge(expect *Expectation) {
	if tooLittle(&o.Before, &o.After) {
		o.Verdict = TooLittle
		return
	}
	down, up := permuted(o.Before.values, o.After.values)
	o.Chance = min(down, up)
	wants := expect.wants()
	if wants == 0 { // either way would be a move, so that each has half of the level
		o.Verdict = NotMoved
		if o.Chance <= level/2 {
			o.Verdict = OtherWay
		}
		return
	}
	towards, against := down, up
	if wants > 0 {
		towards, against = up, down
	}
	switch enough := expect.enough(o.Before.Mean, o.After.Mean); {
	case towards <= level && enough:
		o.Verdict = AsExpected
	case against <= level:
		o.Verdict = OtherWay
	default:
		o.Verdict, o.Short = NotMoved, towards <= level
	}
}

func (g *Guardrail) judge(before, after Side) *GuardrailOutcome {
	out := &GuardrailOutcome{Before: before, After: after, Verdict: TooLittle}
	if before.Known >= fewestWeeks && after.Known >= fewestWeeks {
		out.Verdict = g.verdict(&before, &after)
	}
	out.Text = g.text(out)
	return out
}

// verdict of a guardrail: beyond what is allowed, by the mean, is tripped where
// chance seldom does as much.
func (g *Guardrail) verdict(before, after *Side) Verdict {
	down, up := permuted(before.values, after.values)
	wants := g.Expect.wants()
	if wants == 0 {
		if min(down, up) <= level/2 {
			return Tripped
		}
		return Held
	}
	against := up
	if wants > 0 {
		against = down
	}
	switch {
	case g.Expect.enough(before.Mean, after.Mean):
		return Held
	case against <= level:
		return Tripped
	}
	return Unclear
}

// Mark is a moment to show on an axis of weeks.
type Mark struct {
	Week string // the ISO week that holds it
	At   time.Time
	Text string
}

// Marks are the beginnings and ends of experiments that lie in the weeks, the
// oldest first as the weeks are, at the moments in which their first day begins
// and their last day ends.
func Marks(all []Experiment, weeks Weeks) []Mark {
	var out []Mark
	for _, w := range weeks {
		for i := range all {
			span := all[i].span(w.Start.Location())
			if in := (org.Span{From: w.Start, To: w.End}); !span.From.IsZero() && in.Holds(span.From) {
				out = append(out, Mark{w.String(), span.From.UTC(), all[i].Name + " begins"})
			}
			if in := (org.Span{From: w.Start, To: w.End}); !span.To.IsZero() && in.Holds(span.To.Add(-1)) {
				out = append(out, Mark{w.String(), span.To.UTC(), all[i].Name + " ends"})
			}
		}
	}
	return out
}
