package dashboard

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/org"
)

// spark is a small line of weeks without words: those stand beside it. It is
// drawn in a box of sparkWide by sparkHigh that the page stretches.
type spark struct {
	Area    string // below the line
	Path    string // weeks that are over
	Running string // from the last week that is over to the one that runs
	Dot     string // where the line ends
	Spoken  string // the same for someone who listens
}

const (
	sparkWide = 100.0
	sparkHigh = 28.0
)

// sparkOf draws values on a scale up to top, the last of them unfinished.
func sparkOf(values []float64, top float64, what string) spark {
	return sparkTo(values, top, what, true)
}

// sparkTo is sparkOf for weeks of which the last may be over.
func sparkTo(values []float64, top float64, what string, running bool) spark {
	l := lineIn(values, top, sparkWide, sparkHigh, 2, running)
	return spark{Area: l.area, Path: l.path, Running: l.running, Dot: l.dot, Spoken: spoken(what, values)}
}

// drawn is a line of weeks as paths.
type drawn struct{ area, path, running, dot string }

// lineIn draws values, oldest first, into a box with a margin above and below. What
// is not known leaves a gap; one week alone is a dot. running says that the last week
// is unfinished.
func lineIn(values []float64, top, wide, high, margin float64, running bool) drawn {
	var d drawn
	var path, area strings.Builder
	last := len(values) - 1
	from := -1
	for i := 0; i <= last; i++ {
		if math.IsNaN(values[i]) {
			continue
		}
		at := pointIn(values, i, top, wide, high, margin)
		d.dot = "M" + at + "h0"
		switch {
		case i == 0 || math.IsNaN(values[i-1]):
			from = i
			path.WriteString("M" + at)
			if i == last || math.IsNaN(values[i+1]) {
				path.WriteString("h0")
			}
		case i == last && running:
			d.running = "M" + pointIn(values, i-1, top, wide, high, margin) + "L" + at
		default:
			path.WriteString("L" + at)
		}
		if i == last || math.IsNaN(values[i+1]) {
			area.WriteString(areaUnder(values, from, i, top, wide, high, margin))
		}
	}
	d.path, d.area = path.String(), area.String()
	return d
}

func areaUnder(values []float64, from, to int, top, wide, high, margin float64) string {
	if from == to {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "M%s,%s", coordinate(across(from, len(values), wide)), coordinate(high-margin))
	for i := from; i <= to; i++ {
		b.WriteString("L" + pointIn(values, i, top, wide, high, margin))
	}
	fmt.Fprintf(&b, "L%s,%sZ", coordinate(across(to, len(values), wide)), coordinate(high-margin))
	return b.String()
}

func pointIn(values []float64, i int, top, wide, high, margin float64) string {
	y := high - margin
	if top > 0 {
		y -= values[i] / top * (high - 2*margin)
	}
	return coordinate(across(i, len(values), wide)) + "," + coordinate(y)
}

// across is where a week stands.
func across(i, n int, wide float64) float64 {
	if n < 2 {
		return wide / 2
	}
	return float64(i) * wide / float64(n-1)
}

func coordinate(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// spoken is a line for someone who listens to the page: where it begins, where it
// ends, and how far it went.
func spoken(what string, values []float64) string {
	var known []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	if len(known) == 0 {
		return what + ": not known yet"
	}
	return fmt.Sprintf("%s over %s: from %s to %s, at most %s", what, counted(len(values), "week", "weeks"),
		decimal(known[0]), decimal(known[len(known)-1]), decimal(slices.Max(known)))
}

// topOf is the top of a scale that all the lines share: at least a few, so that
// one or two do not look like many.
func topOf(fewest float64, lines ...[]float64) float64 {
	top := fewest
	for _, l := range lines {
		for _, v := range l {
			if !math.IsNaN(v) {
				top = max(top, v)
			}
		}
	}
	return top
}

// chart is a picture of weeks with its words, and the table behind it.
type chart struct {
	ID      string
	Caption string
	Unit    string // "%"; empty where things are counted
	Weeks   []chartWeek
	Lines   []chartLine
	Ticks   []tick
	Months  []tick
	Marks   []chartMark
	Top     float64
}

type chartWeek struct {
	ID, Day string
	Running bool
}

type chartLine struct {
	Name string
	Kind string // accent, settled, muted: colour and stroke
	drawnLine
	Values []float64
	End    string  // the latest value in words
	At     float64 // where the label stands, percent from above
}

// drawnLine is drawn for a template.
type drawnLine struct{ Path, Running, Dot, Area string }

// tick is a line of a scale, percent from above or from the left.
type tick struct {
	At   string
	Text string
}

// chartMark is a moment on the axis: an experiment began, an agreement changed.
type chartMark struct {
	At   string // percent from the left
	X    string // in the box of the chart
	N    int
	Text string
	Href string
	Week string
}

// series is a line to be drawn.
type series struct {
	Name   string
	Kind   string
	Values []float64
}

// newChart draws lines over weeks, the last of which runs.
func newChart(id, caption, unit string, weeks []string, lines []series, marks []mark) chart {
	c := chart{ID: id, Caption: caption, Unit: unit, Weeks: chartWeeks(weeks)}
	all := make([][]float64, len(lines))
	for i := range lines {
		all[i] = lines[i].Values
	}
	c.Top = roundTop(topOf(4, all...))
	if unit == "%" {
		c.Top = 100
	}
	for _, s := range lines {
		d := lineIn(s.Values, c.Top, 100, 100, 0, true)
		c.Lines = append(c.Lines, chartLine{Name: s.Name, Kind: s.Kind, drawnLine: drawnLine{d.path, d.running, d.dot, d.area}, Values: s.Values, End: lastKnown(s.Values), At: c.height(s.Values)})
	}
	c.spreadLabels()
	for _, part := range []float64{1, 0.5, 0} {
		c.Ticks = append(c.Ticks, tick{At: coordinate(100 - part*100), Text: decimal(c.Top * part)})
	}
	c.Months = months(weeks)
	c.mark(weeks, marks)
	return c
}

func (c *chart) height(values []float64) float64 {
	for i := len(values) - 1; i >= 0; i-- {
		if !math.IsNaN(values[i]) {
			return 100 - values[i]/c.Top*100
		}
	}
	return 100
}

// apart is how far labels at the ends of lines stand from one another, percent.
const apart = 13

// spreadLabels moves labels that would stand on one another.
func (c *chart) spreadLabels() {
	order := make([]int, len(c.Lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(math.Round(c.Lines[a].At - c.Lines[b].At)) })
	for i := 1; i < len(order); i++ {
		above, here := &c.Lines[order[i-1]], &c.Lines[order[i]]
		here.At = max(here.At, above.At+apart)
	}
	for i, floor := len(order)-1, 100.0; i >= 0; i-- {
		here := &c.Lines[order[i]]
		here.At = min(here.At, floor)
		floor = here.At - apart
	}
}

// LabelAt is where the label of the line stands.
func (l chartLine) LabelAt() string { return coordinate(l.At) }

// Cell is the value of a week in the table.
func (l chartLine) Cell(i int) string { return decimal(l.Values[i]) }

func lastKnown(values []float64) string {
	for i := len(values) - 1; i >= 0; i-- {
		if !math.IsNaN(values[i]) {
			return decimal(values[i])
		}
	}
	return ""
}

// Known reports whether anything is known at all.
func (c chart) Known() bool {
	return slices.ContainsFunc(c.Lines, func(l chartLine) bool { return l.Path != "" || l.Running != "" })
}

// Spoken tells the chart to someone who listens.
func (c chart) Spoken() string {
	var parts []string
	for _, l := range c.Lines {
		parts = append(parts, spoken(l.Name, l.Values))
	}
	return strings.Join(parts, ". ")
}

// roundTop is the next number above that halves well.
func roundTop(v float64) float64 {
	for unit := 1.0; unit < 1e12; unit *= 10 {
		for _, n := range []float64{2, 4, 6, 8, 10, 12, 16} {
			if n*unit >= v {
				return n * unit
			}
		}
	}
	return v
}

func chartWeeks(weeks []string) []chartWeek {
	out := make([]chartWeek, len(weeks))
	for i, id := range weeks {
		out[i] = chartWeek{ID: id, Running: i == len(weeks)-1}
		if w, err := org.ParseWeek(id, utc); err == nil {
			out[i].Day = w.Start.Format("2 January")
		}
	}
	return out
}

// months are the beginnings of months on the axis, thinned out where there are many.
func months(weeks []string) []tick {
	var out []tick
	before := -1
	for i, id := range weeks {
		w, err := org.ParseWeek(id, utc)
		if err != nil {
			continue
		}
		m := int(w.Start.Month())
		if before >= 0 && m != before && i < len(weeks)-1 {
			out = append(out, tick{At: coordinate(across(i, len(weeks), 100)), Text: w.Start.Format("Jan")})
		}
		before = m
	}
	if len(out) > 7 {
		out = slices.Collect(everyOther(out))
	}
	return out
}

func everyOther(all []tick) func(func(tick) bool) {
	return func(yield func(tick) bool) {
		for i := 0; i < len(all); i += 2 {
			if !yield(all[i]) {
				return
			}
		}
	}
}

// mark places marks on the axis, those of the weeks shown.
func (c *chart) mark(weeks []string, marks []mark) {
	for _, m := range marks {
		i := slices.Index(weeks, m.Week)
		if i < 0 {
			continue
		}
		x := coordinate(across(i, len(weeks), 100))
		c.Marks = append(c.Marks, chartMark{At: x, X: x, N: len(c.Marks) + 1, Text: m.Text, Href: m.Href, Week: m.Week})
	}
}
