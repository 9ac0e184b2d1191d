package dashboard

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/org"
)

// spark is a small line of weeks without words: those stand beside it. It is
// drawn in a box of sparkWide by sparkHigh that the page stretches.
type spark struct {
	Area    string // below the line; only where there is room for it
	Path    string // weeks that are over
	Running string // from the last week that is over to the one that runs
	Dot     string // where the line ends
	Spoken  string // the same for someone who listens
}

const (
	sparkWide = 100.0
	sparkHigh = 28.0
)

var sparkBox = box{wide: sparkWide, high: sparkHigh, margin: 2}

// sparkOf draws values on a scale up to top, the last of them unfinished.
func sparkOf(values []float64, top float64, what string) spark {
	return sparkTo(values, top, what, true)
}

// sparkTo is sparkOf for weeks of which the last may be over.
func sparkTo(values []float64, top float64, what string, running bool) spark {
	l := lineIn(values, top, sparkBox, running)
	return spark{Path: l.path, Running: l.running, Dot: l.dot, Spoken: spoken(what, values)}
}

// filled is the line with the area below it.
func (s spark) filled(values []float64, top float64) spark {
	s.Area = areaIn(values, top, sparkBox)
	return s
}

// box is what lines are drawn into, with a margin above and below.
type box struct{ wide, high, margin float64 }

// drawn is a line of weeks as paths.
type drawn struct{ path, running, dot string }

// lineIn draws values, oldest first. What is not known leaves a gap; one week alone
// is a dot. running says that the last week is unfinished.
func lineIn(values []float64, top float64, in box, running bool) drawn {
	var d drawn
	path := make([]byte, 0, 10*len(values))
	last := len(values) - 1
	for i := 0; i <= last; i++ {
		if math.IsNaN(values[i]) {
			continue
		}
		switch begins := i == 0 || math.IsNaN(values[i-1]); {
		case begins:
			path = in.point(append(path, 'M'), values, i, top)
			if i == last || math.IsNaN(values[i+1]) {
				path = append(path, "h0"...)
			}
		case i == last && running:
			d.running = string(in.point(append(in.point([]byte("M"), values, i-1, top), 'L'), values, i, top))
		default:
			path = in.point(append(path, 'L'), values, i, top)
		}
		if i == last || !slices.ContainsFunc(values[i+1:], known) {
			d.dot = string(append(in.point([]byte("M"), values, i, top), "h0"...))
			break
		}
	}
	d.path = string(path)
	return d
}

// areaIn is what lies below the line, one shape for each stretch that is known.
func areaIn(values []float64, top float64, in box) string {
	var out []byte
	for i := 0; i < len(values); i++ {
		from := i
		for i < len(values) && known(values[i]) {
			i++
		}
		if i-from < 2 {
			continue
		}
		out = in.ground(append(out, 'M'), from, len(values))
		for k := from; k < i; k++ {
			out = in.point(append(out, 'L'), values, k, top)
		}
		out = append(in.ground(append(out, 'L'), i-1, len(values)), 'Z')
	}
	return string(out)
}

func (b box) ground(out []byte, i, n int) []byte {
	out = append(appendCoordinate(out, across(i, n, b.wide)), ',')
	return appendCoordinate(out, b.high-b.margin)
}

func (b box) point(out []byte, values []float64, i int, top float64) []byte {
	y := b.high - b.margin
	if top > 0 {
		y -= values[i] / top * (b.high - 2*b.margin)
	}
	out = append(appendCoordinate(out, across(i, len(values), b.wide)), ',')
	return appendCoordinate(out, y)
}

// across is where a week stands.
func across(i, n int, wide float64) float64 {
	if n < 2 {
		return wide / 2
	}
	return float64(i) * wide / float64(n-1)
}

// appendCoordinate writes a coordinate with one decimal at most.
func appendCoordinate(out []byte, v float64) []byte {
	tenths := int64(math.Round(v * 10))
	if tenths < 0 {
		out, tenths = append(out, '-'), -tenths
	}
	out = strconv.AppendInt(out, tenths/10, 10)
	if tenths%10 != 0 {
		out = append(out, '.', byte('0'+tenths%10))
	}
	return out
}

func coordinate(v float64) string { return string(appendCoordinate(nil, v)) }

// spoken is a line for someone who listens to the page: where it begins, where it
// ends, and how far it went.
func spoken(what string, values []float64) string {
	from, to, most := math.NaN(), math.NaN(), math.NaN()
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if math.IsNaN(from) {
			from, most = v, v
		}
		to, most = v, max(most, v)
	}
	if math.IsNaN(from) {
		return what + ": not known yet"
	}
	return what + " over " + counted(len(values), "week", "weeks") + ": from " + decimal(from) + " to " + decimal(to) + ", at most " + decimal(most)
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
	// Path, Running and Dot are the line, and Area is what lies below it.
	Path, Running, Dot, Area string

	Values []float64
	End    string  // the latest value in words
	At     float64 // where the label stands, percent from above
}

var chartBox = box{wide: 100, high: 100}

// tick is a line of a scale, percent from above or from the left.
type tick struct {
	At   string
	Text string
}

// chartMark is a moment on the axis: an experiment began, an agreement changed.
type chartMark struct {
	At string // percent from the left
	X  string // in the box of the chart
	N  int
	// Label is what stands on the axis; empty for the others of a week.
	Label string
	Text  string
	Href  string
	Week  string
}

// series is a line to be drawn.
type series struct {
	Name   string
	Kind   string
	Values []float64
}

// newChart draws lines over weeks, the last of which runs.
func newChart(id, caption, unit string, weeks []string, lines []series, marks []mark) chart {
	return chartTo(id, caption, unit, weeks, lines, marks, true)
}

// chartTo is newChart over weeks of which the last may be over.
func chartTo(id, caption, unit string, weeks []string, lines []series, marks []mark, running bool) chart {
	c := chart{ID: id, Caption: caption, Unit: unit, Weeks: chartWeeks(weeks, running)}
	all := make([][]float64, len(lines))
	for i := range lines {
		all[i] = lines[i].Values
	}
	c.Top = roundTop(topOf(4, all...))
	if unit == "%" {
		c.Top = 100
	}
	for _, s := range lines {
		d := lineIn(s.Values, c.Top, chartBox, running)
		c.Lines = append(c.Lines, chartLine{
			Name: s.Name, Kind: s.Kind, Path: d.path, Running: d.running, Dot: d.dot, Area: areaIn(s.Values, c.Top, chartBox), Values: s.Values, End: lastKnown(s.Values), At: c.height(s.Values),
		})
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

// Running reports whether the last week is unfinished.
func (c chart) Running() bool { return len(c.Weeks) > 0 && c.Weeks[len(c.Weeks)-1].Running }

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

func chartWeeks(weeks []string, running bool) []chartWeek {
	out := make([]chartWeek, len(weeks))
	for i, id := range weeks {
		out[i] = chartWeek{ID: id, Running: running && i == len(weeks)-1}
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

// mark places marks on the axis, those of the weeks shown. Those of one week stand at
// one line, the first of them labelled for all.
func (c *chart) mark(weeks []string, marks []mark) {
	for _, m := range marks {
		i := slices.Index(weeks, m.Week)
		if i < 0 {
			continue
		}
		x := coordinate(across(i, len(weeks), 100))
		c.Marks = append(c.Marks, chartMark{At: x, X: x, N: len(c.Marks) + 1, Text: m.Text, Href: m.Href, Week: m.Week})
	}
	for i := 0; i < len(c.Marks); {
		last := i
		for last+1 < len(c.Marks) && c.Marks[last+1].Week == c.Marks[i].Week {
			last++
		}
		c.Marks[i].Label = strconv.Itoa(c.Marks[i].N)
		if last > i {
			c.Marks[i].Label += "–" + strconv.Itoa(c.Marks[last].N)
		}
		i = last + 1
	}
}
