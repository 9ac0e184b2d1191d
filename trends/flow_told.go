package trends

import (
	"math"
	"slices"

	"github.com/fairlead-dev/fairlead/ticket"
)

// tally is what was counted of one week.
type tally struct {
	days      []float64
	finished  int
	bugsIn    int
	bugsOut   int
	carried   int
	held      int
	unplanned int
	sprinted  int
	hours     []float64 // infinite where nobody had become aware
	led       map[string]bool
}

// fewestTeams is of how many teams' EMs the awareness of an organisation is told
// at least: of fewer it would be about few people.
const fewestTeams = 5

// Weeks tells the weeks counted: those of every team, in no order, and those of
// the organisation, whose team is empty. What is not known of a week is missing:
// all of it where no ticket of the team existed when the week began, or the team
// did not. The organisation's week holds the work of all teams in their week of
// that name.
func (f *Flow) Weeks() []Snapshot {
	f.acts.Sort()
	teams, whole := map[string][]tally{}, map[string]*tally{}
	for id, ws := range f.weeks {
		teams[id] = make([]tally, len(ws))
		for _, w := range ws {
			whole[w.String()] = &tally{led: map[string]bool{}}
		}
	}
	f.count(func(n *noted, add func(*tally)) {
		if f.part(n) {
			return
		}
		add(&teams[n.team.ID][n.week])
		add(whole[f.weeks[n.team.ID][n.week].String()])
	})
	var out []Snapshot
	some := map[string]bool{} // weeks that are known of a team
	for id, all := range teams {
		for n := range all {
			s := Snapshot{Team: id, Week: f.weeks[id][n].String()}
			if f.knows(id, n) {
				s.Values, some[s.Week] = all[n].values(), true
			}
			out = append(out, s)
		}
	}
	for week, t := range whole {
		s := Snapshot{Week: week}
		if some[week] {
			s.Values = t.values()
			if len(t.led) < fewestTeams {
				delete(s.Values, AwarenessHours)
			}
		}
		out = append(out, s)
	}
	return out
}

// knows reports whether the team had work when the week began, and existed for
// all of it.
func (f *Flow) knows(team string, week int) bool {
	first, any := f.oldest[team]
	t, known := f.dir.Team(team)
	w := f.weeks[team][week]
	return any && known && !first.After(w.Start) && t.Existed.Holds(w.Start) && t.Existed.Holds(lastSecond(w))
}

// count goes through all that was noted.
func (f *Flow) count(each func(n *noted, add func(*tally))) {
	for i := range f.finishes {
		one := &f.finishes[i]
		if !f.cleared(one) {
			each(&one.noted, one.count)
		}
	}
	for i := range f.bugs {
		if one := &f.bugs[i]; !f.acts.Bulk(one.maker, one.at, ticket.HandWork) {
			each(&one.noted, func(t *tally) { t.bugsIn++ })
		}
	}
	for i := range f.ends {
		one := &f.ends[i]
		each(&one.noted, func(t *tally) {
			t.held++
			if one.carried {
				t.carried++
			}
		})
	}
	for i := range f.starts {
		one := &f.starts[i]
		hours, aware, led := f.awareness(one)
		if !led {
			continue
		}
		if !aware {
			hours = math.Inf(1)
		}
		each(&one.noted, func(t *tally) {
			t.hours = append(t.hours, hours)
			if t.led != nil {
				t.led[one.team.ID] = true
			}
		})
	}
}

func (one *finish) count(t *tally) {
	t.finished++
	if one.begun {
		t.days = append(t.days, one.days)
	}
	if one.bug {
		t.bugsOut++
	}
	if one.sprinted {
		t.sprinted++
	}
	if one.unplanned {
		t.unplanned++
	}
}

func (t *tally) values() map[string]float64 {
	out := map[string]float64{
		Throughput: float64(t.finished), BugsIn: float64(t.bugsIn), BugsOut: float64(t.bugsOut),
		AwarenessOf: float64(len(t.hours)),
	}
	set := func(measure string, v float64, known bool) {
		if known && !math.IsInf(v, 1) {
			out[measure] = v
		}
	}
	set(CycleMedian, percentile(t.days, 50), len(t.days) > 0)
	set(Cycle85, percentile(t.days, 85), len(t.days) > 0)
	set(CarriedOver, float64(t.carried), t.held > 0)
	set(CarriedOverOf, float64(t.held), t.held > 0)
	set(Unplanned, float64(t.unplanned), t.sprinted > 0)
	set(UnplannedOf, float64(t.sprinted), t.sprinted > 0)
	set(AwarenessHours, percentile(t.hours, 50), len(t.hours) > 0)
	return out
}

// percentile is the value at the nearest rank: the smallest that so many of a
// hundred stay within. It is 0 of nothing.
func percentile(values []float64, p int) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := (p*len(sorted) + 99) / 100
	return sorted[max(rank, 1)-1]
}
