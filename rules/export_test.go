package rules

import (
	"math/rand/v2"

	"cel.dev/cel-go/cel"
)

// Worked is how many tickets the latest evaluation looked at.
func (m *Memory) Worked() int { return m.worked }

// Holds is how many bytes the memory's marks take, and how many of them are waste.
func (m *Memory) Marks() (all, waste int) { return len(m.marks), m.waste }

// GeneratedCondition writes any condition for rules of a scope.
func GeneratedCondition(r *rand.Rand, scope string) string {
	s, _ := scopeNamed(scope)
	l := newLanguage(nil, s.vars...)
	g := &generator{Rand: r, l: l, scope: append(append([]variable{}, s.vars...), variable{name: "now", typ: cel.TimestampType})}
	return g.expression(cel.BoolType, 1+g.IntN(4))
}
