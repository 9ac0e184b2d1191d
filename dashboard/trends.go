package dashboard

import (
	"math"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
)

// Trends are the weekly snapshots, laid out so that pages can sum them up at every
// request. They never change; newer ones take their place. Make them with
// NewTrends.
type Trends struct {
	// Version is another one whenever what is in them is.
	Version string

	weeks  map[string]int // ISO week → place
	series map[seriesKey][]float64
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
	return t
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

// Series is a measure over the weeks; NaN where it is not known.
func (t *Trends) Series(team, measure string, weeks []string) []float64 {
	out := unknown(len(weeks))
	t.addTo(out, team, measure, weeks)
	return out
}

// Sum is the sum of measures over teams and weeks; of a week of which none of them
// is known it is NaN.
func (t *Trends) Sum(teams, measures, weeks []string) []float64 {
	out := unknown(len(weeks))
	for _, team := range teams {
		for _, m := range measures {
			t.addTo(out, team, m, weeks)
		}
	}
	return out
}

func (t *Trends) addTo(out []float64, team, measure string, weeks []string) {
	v, ok := t.series[seriesKey{team, measure}]
	if !ok {
		return
	}
	for i, week := range weeks {
		at, known := t.weeks[week]
		switch {
		case !known || math.IsNaN(v[at]):
		case math.IsNaN(out[i]):
			out[i] = v[at]
		default:
			out[i] += v[at]
		}
	}
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
