package engine

import (
	"fmt"

	"cel.dev/cel-go/common/types/ref"
)

// Program is a compiled expression. It may be evaluated concurrently, each time
// with a frame of its own.
type Program struct {
	val eval[ref.Val]
	yes eval[bool]
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

// Recovered turns a panic of a fact or a function into an error of the one
// evaluation; it is deferred.
func Recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("internal error: %v", r)
	}
}
