package engine

import (
	"cmp"
	"math"
	"time"

	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// equal compiles == and !=; nil where a side has no representation of its own.
func (c *compiler) equal(a, b *Node, not bool) *Node {
	if n := orderInMotion(a, b, func(sign int) bool { return (sign == 0) != not }); n != nil {
		return n
	}
	switch {
	case a.text != nil && b.text != nil:
		return c.equalTexts(a, b, not)
	case a.whole != nil && b.whole != nil:
		return &Node{yes: same(a.whole, b.whole, not)}
	case a.yes != nil && b.yes != nil:
		return &Node{yes: same(a.yes, b.yes, not)}
	case a.number != nil && b.number != nil:
		return &Node{yes: same(a.number, b.number, not)}
	case a.span != nil && b.span != nil:
		return &Node{yes: same(a.span, b.span, not)}
	case a.moment != nil && b.moment != nil:
		return &Node{yes: compared(a.moment, b.moment, func(x, y time.Time) (bool, error) { return x.Equal(y) != not, nil })}
	case a.noun != nil && b.noun != nil:
		return &Node{yes: compared(a.noun, b.noun, func(x, y Noun) (bool, error) { return c.sameNoun(x, y) != not, nil })}
	case a.noun != nil && isNull(b):
		return &Node{yes: func(f *Frame) (bool, error) {
			n, err := a.noun(f)
			return (n == nil) != not && err == nil, err
		}}
	}
	return c.equalValues(a, b, not)
}

func isNull(n *Node) bool { return n.literal == types.NullValue }

// sameNoun reports whether both are the same thing, not the same content.
func (c *compiler) sameNoun(x, y Noun) bool {
	if x == y {
		return true
	}
	if x == nil || y == nil {
		return false
	}
	return types.Equal(c.adapter.NativeToValue(x), c.adapter.NativeToValue(y)) == types.True
}

func same[T comparable](a, b eval[T], not bool) eval[bool] {
	return func(f *Frame) (bool, error) {
		x, err := a(f)
		if err != nil {
			return false, err
		}
		y, err := b(f)
		if err != nil {
			return false, err
		}
		return (x == y) != not, nil
	}
}

// compared evaluates both sides and compares.
func compared[A, B any](a eval[A], b eval[B], how func(A, B) (bool, error)) eval[bool] {
	return func(f *Frame) (bool, error) {
		x, err := a(f)
		if err != nil {
			return false, err
		}
		y, err := b(f)
		if err != nil {
			return false, err
		}
		return how(x, y)
	}
}

func (c *compiler) equalTexts(a, b *Node, not bool) *Node {
	if want, ok := b.literal.(types.String); ok {
		if a.is != nil {
			return &Node{yes: a.is(string(want), not)}
		}
		k, get := string(want), a.text
		return &Node{yes: func(f *Frame) (bool, error) {
			s, err := get(f)
			return (s == k) != not && err == nil, err
		}}
	}
	if c.depth > 0 {
		return &Node{yes: c.counted(a.text, b.text, func(x, y string) bool { return (x == y) != not })}
	}
	return &Node{yes: same(a.text, b.text, not)}
}

// equalValues compares as CEL does: values of different types are not equal.
func (c *compiler) equalValues(a, b *Node, not bool) *Node {
	x, y := c.boxed(a), c.boxed(b)
	return &Node{yes: func(f *Frame) (bool, error) {
		v, err := x(f)
		if err != nil {
			return false, err
		}
		w, err := y(f)
		if err != nil {
			return false, err
		}
		if err := f.spend(size(v) + size(w)); err != nil {
			return false, err
		}
		if err := f.weigh(v); err != nil {
			return false, err
		}
		eq := types.Equal(v, w)
		if not {
			return eq != types.True, nil
		}
		if _, err := given(eq); err != nil {
			return false, err
		}
		return eq == types.True, nil
	}}
}

// ordered compiles <, <=, > and >=; nil where a side has no order of its own.
func ordered(op string, a, b *Node) *Node {
	if n := orderInMotion(a, b, signs(op)); n != nil {
		return n
	}
	switch {
	case a.whole != nil && b.whole != nil:
		return &Node{yes: inOrder(op, a.whole, b.whole, b.literal != nil)}
	case a.number != nil && b.number != nil:
		return &Node{yes: inOrder(op, a.number, b.number, b.literal != nil)}
	case a.text != nil && b.text != nil:
		return &Node{yes: inOrder(op, a.text, b.text, false)}
	case a.span != nil && b.span != nil:
		return &Node{yes: inOrder(op, a.span, b.span, b.literal != nil)}
	}
	is := signs(op)
	switch {
	case a.number != nil && b.whole != nil:
		return &Node{yes: compared(a.number, b.whole, func(x float64, y int64) (bool, error) {
			s, err := mixed(x, y)
			return err == nil && x == x && is(s), err
		})}
	case a.whole != nil && b.number != nil:
		return &Node{yes: compared(a.whole, b.number, func(x int64, y float64) (bool, error) {
			s, err := mixed(y, x)
			return err == nil && y == y && is(-s), err
		})}
	case a.moment != nil && b.moment != nil:
		return &Node{yes: compared(a.moment, b.moment, func(x, y time.Time) (bool, error) { return is(x.Compare(y)), nil })}
	}
	return nil
}

// exact is up to where a whole number is a float64 without loss.
const exact = 1 << 53

// mixed compares a number with a whole one and gives how the number stands to it;
// what is not exact is left to CEL. What is no number has no order.
func mixed(x float64, y int64) (int, error) {
	if x != x || math.Abs(x) < exact && -exact < y && y < exact {
		return cmp.Compare(x, float64(y)), nil
	}
	v, err := given(types.Double(x).Compare(types.Int(y)))
	s, _ := v.(types.Int)
	return int(s), err
}

// inOrder compares two of one type; with what is no number nothing is in order.
func inOrder[T cmp.Ordered](op string, a, b eval[T], fixed bool) eval[bool] {
	if fixed {
		if k, err := b(nil); err == nil {
			return inOrderWith(op, a, k)
		}
	}
	switch op {
	case operators.Less:
		return compared(a, b, func(x, y T) (bool, error) { return x < y, nil })
	case operators.LessEquals:
		return compared(a, b, func(x, y T) (bool, error) { return x <= y, nil })
	case operators.Greater:
		return compared(a, b, func(x, y T) (bool, error) { return x > y, nil })
	}
	return compared(a, b, func(x, y T) (bool, error) { return x >= y, nil })
}

// inOrderWith compares with what is written out.
func inOrderWith[T cmp.Ordered](op string, a eval[T], k T) eval[bool] {
	switch op {
	case operators.Less:
		return func(f *Frame) (bool, error) {
			x, err := a(f)
			return x < k && err == nil, err
		}
	case operators.LessEquals:
		return func(f *Frame) (bool, error) {
			x, err := a(f)
			return x <= k && err == nil, err
		}
	case operators.Greater:
		return func(f *Frame) (bool, error) {
			x, err := a(f)
			return x > k && err == nil, err
		}
	}
	return func(f *Frame) (bool, error) {
		x, err := a(f)
		return x >= k && err == nil, err
	}
}

// signs says which outcomes of a comparison the operator is true for.
func signs(op string) func(int) bool {
	switch op {
	case operators.Less:
		return func(s int) bool { return s < 0 }
	case operators.LessEquals:
		return func(s int) bool { return s <= 0 }
	case operators.Greater:
		return func(s int) bool { return s > 0 }
	default:
		return func(s int) bool { return s >= 0 }
	}
}
