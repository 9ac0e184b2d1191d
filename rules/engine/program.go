package engine

import (
	"fmt"
	"time"

	"cel.dev/cel-go/common/types/ref"
)

// Program is a compiled expression. It may be evaluated concurrently, each time
// with a frame of its own.
type Program struct {
	root *Node
	val  eval[ref.Val]
	yes  eval[bool]
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
	return p.val(f)
}

// Moment evaluates an expression that gives a moment.
func (p *Program) Moment(f *Frame) (at time.Time, err error) {
	defer Recovered(&err)
	f.steps = 0
	if p.root.moment != nil {
		return p.root.moment(f)
	}
	v, err := p.val(f)
	if err != nil {
		return time.Time{}, err
	}
	at, _ = v.Value().(time.Time)
	return at, nil
}

// Recovered turns a panic of a fact or a function into an error of the one
// evaluation; it is deferred.
func Recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("internal error: %v", r)
	}
}
