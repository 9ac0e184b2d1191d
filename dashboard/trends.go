package dashboard

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/trends"
)

// Trends are the weekly snapshots, laid out so that pages can sum them up at every
// request. They never change; newer ones take their place. Make them with
// NewTrends.
type Trends struct {
	// Version is another one whenever what is in them is.
	Version string

	weeks    map[string]int // ISO week → place
	series   map[seriesKey][]float64
	measures []string // of all series, each once
}

type seriesKey struct{ team, measure string }

// NewTrends lays out snapshots, in any order.
func NewTrends(all []trends.Snapshot, version string) *Trends {
	t := &Trends{Version: version, weeks: map[string]int{}, series: map[seriesKey][]float64{}}
	for i := range all {
		if _, known := t.weeks[all[i].Week]; !known {
			t.weeks[all[i].Week] = len(t.weeks)
		}
	}
	for i := range all {
		s := &all[i]
		at := t.weeks[s.Week]
		for measure, v := range s.Values {
			t.values(seriesKey{s.Team, measure})[at] = v
		}
	}
	measures := map[string]bool{}
	for of := range t.series {
		measures[of.measure] = true
	}
	t.measures = slices.Sorted(maps.Keys(measures))
	return t
}

// Snapshots are a team's weeks from one to the other, both included, oldest first: with
// the measures that are wanted, and without the moment they were taken at.
func (t *Trends) Snapshots(team, from, to string, wanted func(measure string) bool) []trends.Snapshot {
	var out []trends.Snapshot
	for week := range t.weeks {
		if week >= from && week <= to {
			out = append(out, trends.Snapshot{Team: team, Week: week, Values: map[string]float64{}})
		}
	}
	slices.SortFunc(out, func(a, b trends.Snapshot) int { return strings.Compare(a.Week, b.Week) })
	for _, measure := range t.measures {
		if !wanted(measure) {
			continue
		}
		for i := range out {
			if v, known := t.Value(team, measure, out[i].Week); known {
				out[i].Values[measure] = v
			}
		}
	}
	return slices.DeleteFunc(out, func(s trends.Snapshot) bool { return len(s.Values) == 0 })
}

func (t *Trends) values(k seriesKey) []float64 {
	v, ok := t.series[k]
	if !ok {
		v = unknown(len(t.weeks))
		t.series[k] = v
	}
	return v
}

// unknown are so many weeks of which nothing is known.
func unknown(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// Value is what a week says of a measure; false when it is not known.
func (t *Trends) Value(team, measure, week string) (float64, bool) {
	v, ok := t.series[seriesKey{team, measure}]
	at, known := t.weeks[week]
	if !ok || !known || math.IsNaN(v[at]) {
		return 0, false
	}
	return v[at], true
}

// window is trends as seen over some weeks.
type window struct {
	of *Trends
	at []int // where each week stands; -1 where nothing is known of it
}

// over looks at the weeks.
func (t *Trends) over(weeks []string) window {
	w := window{of: t, at: make([]int, len(weeks))}
	for i, week := range weeks {
		at, known := t.weeks[week]
		if !known {
			at = -1
		}
		w.at[i] = at
	}
	return w
}

// sum is the sum of a measure over teams; of a week of which it is known for none
// of them it is NaN.
func (w window) sum(measure string, teams ...string) []float64 {
	out := unknown(len(w.at))
	for _, team := range teams {
		if v, ok := w.of.series[seriesKey{team, measure}]; ok {
			w.add(out, v)
		}
	}
	return out
}

func (w window) add(out, v []float64) {
	for i, at := range w.at {
		switch {
		case at < 0 || math.IsNaN(v[at]):
		case math.IsNaN(out[i]):
			out[i] = v[at]
		default:
			out[i] += v[at]
		}
	}
}

// plus adds one line to another.
func plus(a, b []float64) []float64 {
	for i := range a {
		switch {
		case math.IsNaN(b[i]):
		case math.IsNaN(a[i]):
			a[i] = b[i]
		default:
			a[i] += b[i]
		}
	}
	return a
}

// share is the part of a whole in percent, week by week; not known where the whole
// is too small for a percentage.
func share(part, whole []float64) []float64 {
	out := unknown(len(part))
	for i := range part {
		if whole[i] >= reports.FewestForShare {
			out[i] = 100 * part[i] / whole[i]
		}
	}
	return out
}

// weeksTo are the last so many ISO weeks, the one that holds the moment last.
func weeksTo(at time.Time, loc *time.Location, n int) []string {
	last := org.WeekOf(at, loc)
	out := make([]string, n)
	for i := range out {
		out[i] = last.Before(n - 1 - i).String()
	}
	return out
}
