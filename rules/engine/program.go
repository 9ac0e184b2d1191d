package engine

import (
	"fmt"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Program is a compiled expression. It may be evaluated concurrently, each time
// with a frame of its own.
type Program struct {
	val eval[ref.Val]
	yes eval[bool]
	// moment and span are the same as val where it moves; nil: it does not.
	moment moving[time.Time]
	span   moving[time.Duration]
}

// Holds evaluates an expression that gives yes or no. Who calls it catches panics
// of facts by Recovered: one call does for many expressions.
func (p *Program) Holds(f *Frame) (yes bool, err error) {
	f.steps = 0
	return p.yes(f)
}

// Value evaluates any expression.
func (p *Program) Value(f *Frame) (v ref.Val, err error) {
	defer Recovered(&err)
	f.steps = 0
	if v, err = p.val(f); err != nil {
		return nil, err
	}
	return v, f.weigh(v)
}

// Moving is Value for who can tell what becomes of a moment or a span that moves
// while time passes: rate is 1 where it does with now, -1 against it, 0 not at all.
func (p *Program) Moving(f *Frame) (v ref.Val, rate int, err error) {
	defer Recovered(&err)
	f.steps = 0
	switch {
	case p.span != nil:
		d, rate, err := p.span(f)
		return types.Duration{Duration: d}, rate, err
	case p.moment != nil:
		at, rate, err := p.moment(f)
		return types.Timestamp{Time: at}, rate, err
	}
	v, err = p.Value(f)
	return v, 0, err
}

// Recovered turns a panic of a fact or a function into an error of the one
// evaluation; it is deferred.
func Recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("internal error: %v", r)
	}
}
