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
	t := tallies{rules: make(map[string]*tally, len(told.rules)), teams: make(map[string]*tally, len(told.group))}
	groups := make(map[string]*tally, len(told.groups))
	for _, g := range told.groups {
		one := new(tally)
		groups[strings.Join(slices.Sorted(slices.Values(g)), "+")] = one
		for _, team := range g {
			t.teams[team] = one
		}
	}
	for rule := range told.rules {
		t.rules[rule] = new(tally)
	}
	l.eachPart(func(part *layout, gone gone) { part.tally(gone, &t) })

	out := make([]Figure, 0, (len(t.rules)+len(groups))*len(countedStates))
	for teams, one := range groups {
		out = one.figures(out, Figure{Teams: teams})
	}
	for rule, one := range t.rules {
		out = one.figures(out, Figure{Rule: rule})
	}
	slices.SortFunc(out, func(a, b Figure) int {
		return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Teams, b.Teams), strings.Compare(string(a.State), string(b.State)))
	})
	return out, nil
}

// tally is how many findings are in each state, by its place in states.
type tally [len(everyState)]int

// figures adds what is told of the tally.
func (t *tally) figures(to []Figure, of Figure) []Figure {
	for _, state := range countedStates {
		of.State, of.Count = state, t[stateNumber(state)]
		to = append(to, of)
	}
	return to
}

// tallies are those told, by rule and by team: teams told together share one.
type tallies struct{ rules, teams map[string]*tally }

// tally counts what whole teams may see of the teams told.
func (l *layout) tally(gone gone, t *tallies) {
	for i, f := range l.all {
		teams := t.teams[f.Team]
		if teams == nil || !f.ForWholeTeams() || gone[int32(i)] { //nolint:gosec // see number
			continue
		}
		state := l.rows[i].state
		teams[state]++
		if rule := t.rules[f.Rule]; rule != nil {
			rule[state]++
		}
	}
}
