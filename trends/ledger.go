package trends

import (
	"iter"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Watch says which weeks of a team are counted, and what the ledger can tell of
// them.
type Watch struct {
	Team  string
	Weeks Weeks
	Rules map[string]Watched // the rules that the team has agreed to, by id
}

// Watched says from when up to when, both included, the ledger speaks of a rule.
type Watched struct {
	Since, Until time.Time
	// Quiet: it is recorded and told to nobody, so that it counts for the rule
	// alone, as what an experiment looks at.
	Quiet bool
}

// Ledger counts what a judged ledger and the flights say of each team's weeks:
// open, new and settled findings, for all rules and for each, and the tickets in
// flight. Only what whole teams may see counts, and of that what told lets
// through. It passes over the ledger once.
//
// What the ledger cannot tell is missing: the end of a week on which nobody
// looked at the rule, and how much was new or settled in a week that began before
// anybody did. The number for all rules covers those that are known.
func Ledger(ledger iter.Seq[*finding.Finding], flights []finding.Flight, told func(*finding.Finding) bool, watches []Watch) []Snapshot {
	cells := make(map[string]map[string]*cell, len(watches))
	for i := range watches {
		byRule := make(map[string]*cell, len(watches[i].Rules))
		for rule := range watches[i].Rules {
			byRule[rule] = newCell(watches[i].Weeks)
		}
		cells[watches[i].Team] = byRule
	}
	for f := range ledger {
		if c := cells[f.Team][f.Rule]; c != nil && f.ForWholeTeams() && told(f) {
			c.add(f.Spans)
		}
	}
	flown := latestFlights(flights, watches)
	var out []Snapshot
	for i := range watches {
		for n, w := range watches[i].Weeks {
			s := Snapshot{Team: watches[i].Team, Week: w.String(), Values: watches[i].values(cells[watches[i].Team], n)}
			if f := flown[watches[i].Team][n]; !f.At.IsZero() {
				s.Values[InFlight], s.Values[Clear] = float64(f.InFlight), float64(f.Clear)
			}
			out = append(out, s)
		}
	}
	return out
}

// cell counts one rule in one team by week.
type cell struct {
	weeks Weeks
	turns []int // how many more are open at the end of a week than of the one before
	fresh []int
	done  []int
}

func newCell(ws Weeks) *cell {
	return &cell{weeks: ws, turns: make([]int, len(ws)+1), fresh: make([]int, len(ws)), done: make([]int, len(ws))}
}

func (c *cell) add(spans []finding.Span) {
	for _, s := range spans {
		if s.From.Equal(s.To) {
			continue // it was waived all along
		}
		c.turns[c.weeks.from(s.From)]++
		if n := c.weeks.of(s.From); n >= 0 {
			c.fresh[n]++
		}
		if s.To.IsZero() {
			continue
		}
		c.turns[c.weeks.from(s.To)]--
		if n := c.weeks.of(s.To); n >= 0 && s.End == finding.Settled {
			c.done[n]++
		}
	}
}

// openAt is how many are open at the end of the week.
func (c *cell) openAt(week int) int {
	n := 0
	for _, t := range c.turns[:week+1] {
		n += t
	}
	return n
}

// values are those of one week.
func (w *Watch) values(cells map[string]*cell, week int) map[string]float64 {
	out := map[string]float64{}
	count := func(measure, rule string, n int) {
		out[OfRule(measure, rule)] = float64(n)
		if !w.Rules[rule].Quiet {
			out[measure] += float64(n)
		}
	}
	for rule, k := range w.Rules {
		last := lastSecond(w.Weeks[week])
		if k.Since.IsZero() || k.Since.After(last) || k.Until.Before(last) {
			continue
		}
		c := cells[rule]
		count(Open, rule, c.openAt(week))
		if !k.Since.After(w.Weeks[week].Start) {
			count(New, rule, c.fresh[week])
			count(Settled, rule, c.done[week])
		}
	}
	return out
}

// latestFlights finds the latest flight of every week, by team.
func latestFlights(flights []finding.Flight, watches []Watch) map[string][]finding.Flight {
	out := make(map[string][]finding.Flight, len(watches))
	weeks := make(map[string]Weeks, len(watches))
	for i := range watches {
		out[watches[i].Team] = make([]finding.Flight, len(watches[i].Weeks))
		weeks[watches[i].Team] = watches[i].Weeks
	}
	for _, f := range flights {
		if n := weeks[f.Team].of(f.At); n >= 0 && !f.At.Before(out[f.Team][n].At) {
			out[f.Team][n] = f
		}
	}
	return out
}

// Together is the organisation's week of its teams' weeks: sums of what adds up.
// A number that one of the teams does not know is not known of the whole; of a
// rule, those teams count that have agreed to it.
func Together(week string, teams []Snapshot, agreed func(team, rule string) bool) Snapshot {
	out := Snapshot{Week: week, Values: map[string]float64{}}
	names := map[string]bool{}
	for i := range teams {
		for name := range teams[i].Values {
			names[name] = true
		}
	}
	for name := range names {
		measure, rule, ofRule := cutRule(name)
		if !addsUp[measure] {
			continue
		}
		sum, known := 0.0, true
		for i := range teams {
			if ofRule && !agreed(teams[i].Team, rule) {
				continue
			}
			v, has := teams[i].Values[name]
			sum, known = sum+v, known && has
		}
		if known {
			out.Values[name] = sum
		}
	}
	return out
}

// addsUp are the measures of the ledger whose numbers may be added across teams.
var addsUp = map[string]bool{Open: true, New: true, Settled: true, InFlight: true, Clear: true}

// cutRule parts the measure of a rule: open:feature-without-problem.
func cutRule(name string) (measure, rule string, ofRule bool) {
	for _, m := range []string{Open, New, Settled} {
		if len(name) > len(m) && name[:len(m)] == m && name[len(m)] == ':' {
			return m, name[len(m)+1:], true
		}
	}
	return name, "", false
}
