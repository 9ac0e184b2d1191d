package dashboard

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Figure is how many findings are in a state: of a rule in all teams together, or of
// some teams.
type Figure struct {
	Rule  string // empty: of all rules
	Teams string // team ids, joined by +; empty: of all teams
	State finding.State
	Count int
}

// Figures counts findings for machines, as they are told above teams: those that
// whole teams may see, of five people or more, however they are subtracted.
type Figures struct{ s server }

// NewFigures counts in the data.
func NewFigures(d Data) *Figures { return &Figures{server{Options: Options{Data: d}}} }

// counted are the states that are told above teams.
var countedStates = []finding.State{finding.Open, finding.Answered, finding.Waived, finding.Settled, finding.AgedOut, finding.Withdrawn}

// At are the figures at a moment: by rule and by group of teams, each in every state.
func (f *Figures) At(ctx context.Context, now time.Time) ([]Figure, error) {
	l, err := f.s.Data.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	told := f.s.told(now)
	by := map[Figure]int{}
	groups := make(map[string]string, len(told.group))
	for _, g := range told.groups {
		name := strings.Join(slices.Sorted(slices.Values(g)), "+")
		for _, team := range g {
			groups[team] = name
		}
		for _, state := range countedStates {
			by[Figure{Teams: name, State: state}] = 0
		}
	}
	for rule := range told.rules {
		for _, state := range countedStates {
			by[Figure{Rule: rule, State: state}] = 0
		}
	}
	l.figures(by, groups)
	out := make([]Figure, 0, len(by))
	for one, n := range by {
		one.Count = n
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b Figure) int {
		return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Teams, b.Teams), strings.Compare(string(a.State), string(b.State)))
	})
	return out, nil
}

// figures adds to what is counted.
func (l *Ledger) figures(by map[Figure]int, groups map[string]string) {
	l.eachPart(func(part *layout, gone gone) { part.figures(gone, by, groups) })
}

func (l *layout) figures(gone gone, by map[Figure]int, groups map[string]string) {
	for i, f := range l.all {
		name, told := groups[f.Team]
		if !told || !f.ForWholeTeams() || gone[int32(i)] { //nolint:gosec // see number
			continue
		}
		state := states[l.rows[i].state]
		for _, one := range []Figure{{Rule: f.Rule, State: state}, {Teams: name, State: state}} {
			if _, counted := by[one]; counted {
				by[one]++
			}
		}
	}
}
