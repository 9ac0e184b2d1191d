package engine

import (
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Function is something that can be asked with arguments.
type Function interface {
	// Call computes it of values of CEL.
	Call(args []ref.Val) any
	// compile is nil where an argument has no representation of its own.
	compile(c *compiler, args []*Node) *Node
}

// Of1 to Of5 make a Function of a Go function. Arguments and results are texts,
// numbers (int: within 32 bits), yes or no, moments, spans, lists of texts, nouns
// or Nouns.
func Of1[A, R any](call func(A) R) Function { return of1[A, R]{call} }

// Of2 is Of1 for two arguments.
func Of2[A, B, R any](call func(A, B) R) Function { return of2[A, B, R]{call} }

// Of3 is Of1 for three arguments.
func Of3[A, B, C, R any](call func(A, B, C) R) Function { return of3[A, B, C, R]{call} }

// Of4 is Of1 for four arguments.
func Of4[A, B, C, D, R any](call func(A, B, C, D) R) Function { return of4[A, B, C, D, R]{call} }

// Of5 is Of1 for five arguments.
func Of5[A, B, C, D, E, R any](call func(A, B, C, D, E) R) Function {
	return of5[A, B, C, D, E, R]{call}
}

type of1[A, R any] struct{ call func(A) R }

func (o of1[A, R]) Call(v []ref.Val) any { return o.call(take[A](v[0])) }

func (o of1[A, R]) compile(c *compiler, args []*Node) *Node {
	a := argument[A](c, args[0])
	if a == nil {
		return nil
	}
	return c.called(node(func(f *Frame) (none R, err error) {
		x, err := a(f)
		if err != nil {
			return none, err
		}
		return o.call(x), nil
	}))
}

type of2[A, B, R any] struct{ call func(A, B) R }

func (o of2[A, B, R]) Call(v []ref.Val) any { return o.call(take[A](v[0]), take[B](v[1])) }

func (o of2[A, B, R]) compile(c *compiler, args []*Node) *Node {
	a, b := argument[A](c, args[0]), argument[B](c, args[1])
	if a == nil || b == nil {
		return nil
	}
	return c.called(node(func(f *Frame) (none R, err error) {
		x, err := a(f)
		if err != nil {
			return none, err
		}
		y, err := b(f)
		if err != nil {
			return none, err
		}
		return o.call(x, y), nil
	}))
}

type of3[A, B, C, R any] struct{ call func(A, B, C) R }

func (o of3[A, B, C, R]) Call(v []ref.Val) any {
	return o.call(take[A](v[0]), take[B](v[1]), take[C](v[2]))
}

func (o of3[A, B, C, R]) compile(c *compiler, args []*Node) *Node {
	first, z := pair[A, B](c, args), argument[C](c, args[2])
	if first == nil || z == nil {
		return nil
	}
	return c.called(node(func(f *Frame) (none R, err error) {
		x, y, err := first(f)
		if err != nil {
			return none, err
		}
		third, err := z(f)
		if err != nil {
			return none, err
		}
		return o.call(x, y, third), nil
	}))
}

type of4[A, B, C, D, R any] struct{ call func(A, B, C, D) R }

func (o of4[A, B, C, D, R]) Call(v []ref.Val) any {
	return o.call(take[A](v[0]), take[B](v[1]), take[C](v[2]), take[D](v[3]))
}

func (o of4[A, B, C, D, R]) compile(c *compiler, args []*Node) *Node {
	first, second := pair[A, B](c, args), pair[C, D](c, args[2:])
	if first == nil || second == nil {
		return nil
	}
	return c.called(node(func(f *Frame) (none R, err error) {
		x, y, err := first(f)
		if err != nil {
			return none, err
		}
		z, w, err := second(f)
		if err != nil {
			return none, err
		}
		return o.call(x, y, z, w), nil
	}))
}

type of5[A, B, C, D, E, R any] struct{ call func(A, B, C, D, E) R }

func (o of5[A, B, C, D, E, R]) Call(v []ref.Val) any {
	return o.call(take[A](v[0]), take[B](v[1]), take[C](v[2]), take[D](v[3]), take[E](v[4]))
}

func (o of5[A, B, C, D, E, R]) compile(c *compiler, args []*Node) *Node {
	first, second, last := pair[A, B](c, args), pair[C, D](c, args[2:]), argument[E](c, args[4])
	if first == nil || second == nil || last == nil {
		return nil
	}
	return c.called(node(func(f *Frame) (none R, err error) {
		x, y, err := first(f)
		if err != nil {
			return none, err
		}
		z, w, err := second(f)
		if err != nil {
			return none, err
		}
		v, err := last(f)
		if err != nil {
			return none, err
		}
		return o.call(x, y, z, w, v), nil
	}))
}

// pair evaluates the first two arguments.
func pair[A, B any](c *compiler, args []*Node) func(*Frame) (A, B, error) {
	a, b := argument[A](c, args[0]), argument[B](c, args[1])
	if a == nil || b == nil {
		return nil
	}
	return func(f *Frame) (x A, y B, err error) {
		if x, err = a(f); err != nil {
			return x, y, err
		}
		y, err = b(f)
		return x, y, err
	}
}

// called counts a call within a loop, and what it gives.
func (c *compiler) called(n *Node) *Node {
	if c.depth == 0 {
		return n
	}
	switch {
	case n.yes != nil:
		n.yes = weighed(n.yes, func(bool) int { return stepsPerCall })
	case n.whole != nil:
		n.whole = weighed(n.whole, func(int64) int { return stepsPerCall })
	case n.nouns != nil:
		n.nouns = weighed(n.nouns, lengthOf)
	case n.texts != nil:
		n.texts = weighed(n.texts, func(l []string) int { return stepsPerCall + len(l) })
	case n.text != nil:
		n.text = weighed(n.text, func(s string) int { return stepsPerCall + len(s)/charsPerStep })
	}
	return n
}

// stepsPerCall is what one of our functions is worth within a loop, beside the
// texts it looks through.
const stepsPerCall = 10

// charsPerCall is how much text our functions look through in one step: they take
// it apart, which is more than to compare it.
const charsPerCall = 2

// stepsPerEntry is what it is worth to make a value of CEL's of an entry of a list:
// memory, which somebody has to clear away.
const stepsPerEntry = 4

// lengthOf is what finding a list of nouns is worth within a loop.
func lengthOf(l List) int {
	return stepsPerCall + lenOf(l)
}

func lenOf(l List) int {
	if l == nil {
		return 0
	}
	return l.Len()
}

// weighed counts the steps of what was computed.
func weighed[T any](get eval[T], steps func(T) int) eval[T] {
	return func(f *Frame) (T, error) {
		v, err := get(f)
		if err != nil {
			return v, err
		}
		return v, f.spend(steps(v))
	}
}

// argument is the node as the Go type that a function takes; nil where the node
// has no representation of its own. Text that a function looks at within a loop
// is counted.
func argument[A any](c *compiler, n *Node) eval[A] {
	var out any
	var zero A
	switch any(zero).(type) {
	case string:
		if n.text != nil {
			out = n.text
			if c.depth > 0 {
				out = weighed(n.text, func(s string) int { return len(s) / charsPerCall })
			}
		}
	case int:
		if n.whole != nil {
			out = mapped(n.whole, func(v int64) (int, error) { return within(v), nil })
		}
	case int64:
		out = set(n.whole)
	case bool:
		out = set(n.yes)
	case float64:
		out = set(n.number)
	case time.Time:
		out = set(n.moment)
	case time.Duration:
		out = set(n.span)
	case []string:
		out = set(n.texts)
	case List:
		if n.nouns != nil {
			out = gathered[A](n.nouns)
		}
	case Noun:
		if n.noun != nil {
			out = nounArgument[A](n.noun)
		}
	}
	get, _ := out.(eval[A])
	return get
}

// set keeps a nil eval from becoming an interface that is not nil.
func set[T any](get eval[T]) any {
	if get == nil {
		return nil
	}
	return get
}

func nounArgument[A any](get eval[Noun]) eval[A] {
	return func(f *Frame) (none A, err error) {
		n, err := get(f)
		if err != nil {
			return none, err
		}
		a, _ := n.(A)
		return a, nil
	}
}

func gathered[A any](get eval[List]) eval[A] {
	var zero A
	kind, _ := any(zero).(List)
	return func(f *Frame) (none A, err error) {
		l, err := get(f)
		if err != nil {
			return none, err
		}
		if a, ready := l.(A); ready {
			return a, nil
		}
		a, _ := kind.gather(l).(A)
		return a, nil
	}
}

// within keeps a whole number within what counts and levels need.
func within(n int64) int { return int(min(max(n, -1<<31), 1<<31-1)) }

// take reads an argument from a value of CEL.
func take[A any](v ref.Val) A {
	var zero A
	var out any
	switch kind := any(zero).(type) {
	case int:
		n, _ := v.(types.Int)
		out = within(int64(n))
	case []string:
		out = Texts(v)
	case List:
		out = kind.take(v)
	default:
		out = v.Value()
	}
	a, _ := out.(A)
	return a
}

// Texts reads a list of texts.
func Texts(v ref.Val) []string {
	if ready, ok := v.Value().([]string); ok {
		return ready
	}
	var out []string
	for _, e := range Entries(v) {
		if s, ok := e.Value().(string); ok {
			out = append(out, s)
		}
	}
	return out
}
