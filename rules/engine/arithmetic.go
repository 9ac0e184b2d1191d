package engine

import (
	"math"
	"time"

	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// arithmetic compiles + - * / and %; nil where a side has no representation of
// its own. What overflows is left to CEL, which words the error.
func (c *compiler) arithmetic(op string, a, b *Node) *Node {
	if n := inMotion(op, a, b); n != nil {
		return n
	}
	if op == operators.Divide && b.literal != nil {
		if n := a.steps.divided(b.literal); n != nil {
			return n
		}
	}
	switch {
	case a.whole != nil && b.whole != nil:
		return &Node{whole: wholes(op, a.whole, b.whole)}
	case a.number != nil && b.number != nil:
		return numbers(op, a.number, b.number)
	case a.text != nil && b.text != nil && op == operators.Add:
		return &Node{text: c.joinedTexts(a.text, b.text)}
	case a.moment != nil && b.span != nil && op == operators.Add:
		return &Node{moment: computed(a.moment, b.span, shifted)}
	case a.span != nil && b.moment != nil && op == operators.Add:
		return &Node{moment: computed(a.span, b.moment, func(d time.Duration, t time.Time) (time.Time, error) { return shifted(t, d) })}
	case a.moment != nil && b.span != nil && op == operators.Subtract:
		return &Node{moment: computed(a.moment, b.span, shiftedBack)}
	case a.moment != nil && b.moment != nil && op == operators.Subtract:
		return &Node{span: computed(a.moment, b.moment, between)}
	case a.span != nil && b.span != nil && op == operators.Add:
		return &Node{span: computed(a.span, b.span, sumOf)}
	case a.span != nil && b.span != nil && op == operators.Subtract:
		return &Node{span: computed(a.span, b.span, differenceOf)}
	}
	return nil
}

func sumOf(x, y time.Duration) (time.Duration, error) {
	if far(x) || far(y) {
		return slowly[time.Duration](types.Duration{Duration: x}.Add(types.Duration{Duration: y}))
	}
	return x + y, nil
}

func differenceOf(x, y time.Duration) (time.Duration, error) {
	if far(x) || far(y) {
		return slowly[time.Duration](types.Duration{Duration: x}.Subtract(types.Duration{Duration: y}))
	}
	return x - y, nil
}

// computed evaluates both sides and computes.
func computed[A, B, R any](a eval[A], b eval[B], how func(A, B) (R, error)) eval[R] {
	return func(f *Frame) (none R, err error) {
		x, err := a(f)
		if err != nil {
			return none, err
		}
		y, err := b(f)
		if err != nil {
			return none, err
		}
		return how(x, y)
	}
}

// slowly takes what CEL computed.
func slowly[T any](v ref.Val) (T, error) {
	var out T
	v, err := given(v)
	if err == nil {
		out, _ = v.Value().(T)
	}
	return out, err
}

// small is a whole number that no sum or product of two overflows.
func small(n int64) bool { return -1<<31 < n && n < 1<<31 }

func wholes(op string, a, b eval[int64]) eval[int64] {
	switch op {
	case operators.Add:
		return computed(a, b, func(x, y int64) (int64, error) {
			if small(x) && small(y) {
				return x + y, nil
			}
			return slowly[int64](types.Int(x).Add(types.Int(y)))
		})
	case operators.Subtract:
		return computed(a, b, func(x, y int64) (int64, error) {
			if small(x) && small(y) {
				return x - y, nil
			}
			return slowly[int64](types.Int(x).Subtract(types.Int(y)))
		})
	case operators.Multiply:
		return computed(a, b, func(x, y int64) (int64, error) {
			if small(x) && small(y) {
				return x * y, nil
			}
			return slowly[int64](types.Int(x).Multiply(types.Int(y)))
		})
	case operators.Divide:
		return computed(a, b, func(x, y int64) (int64, error) {
			if y > 0 {
				return x / y, nil
			}
			return slowly[int64](types.Int(x).Divide(types.Int(y)))
		})
	}
	return computed(a, b, func(x, y int64) (int64, error) {
		if y > 0 {
			return x % y, nil
		}
		return slowly[int64](types.Int(x).Modulo(types.Int(y)))
	})
}

func numbers(op string, a, b eval[float64]) *Node {
	var how func(x, y float64) (float64, error)
	switch op {
	case operators.Add:
		how = func(x, y float64) (float64, error) { return x + y, nil }
	case operators.Subtract:
		how = func(x, y float64) (float64, error) { return x - y, nil }
	case operators.Multiply:
		how = func(x, y float64) (float64, error) { return x * y, nil }
	case operators.Divide:
		how = func(x, y float64) (float64, error) { return x / y, nil }
	default:
		return nil
	}
	return &Node{number: computed(a, b, how)}
}

// near are moments a century and more within what CEL can tell.
func near(t time.Time) bool {
	const from, to = -58_000_000_000, 250_000_000_000 // years 132 to 9892
	s := t.Unix()
	return from < s && s < to
}

// far is a span whose sums may overflow.
func far(d time.Duration) bool { return d < -1<<61 || d > 1<<61 }

func shifted(t time.Time, d time.Duration) (time.Time, error) {
	if near(t) && !far(d) {
		return t.Add(d), nil
	}
	return slowly[time.Time](types.Timestamp{Time: t}.Add(types.Duration{Duration: d}))
}

func shiftedBack(t time.Time, d time.Duration) (time.Time, error) {
	if d == math.MinInt64 {
		return slowly[time.Time](types.Timestamp{Time: t}.Subtract(types.Duration{Duration: d}))
	}
	return shifted(t, -d)
}

func between(a, b time.Time) (time.Duration, error) {
	const most = 9_200_000_000 * time.Second // some 291 years; more does not fit, or nearly
	if d := a.Sub(b); -most < d && d < most {
		return d, nil
	}
	return slowly[time.Duration](types.Timestamp{Time: a}.Subtract(types.Timestamp{Time: b}))
}

// unary compiles what has one argument; nil where there is no typed way.
func (c *compiler) unary(name string, a *Node) *Node {
	switch {
	case name == operators.LogicalNot && a.yes != nil:
		return &Node{yes: mapped(a.yes, func(v bool) (bool, error) { return !v, nil })}
	case name == operators.Negate && a.number != nil:
		return &Node{number: mapped(a.number, func(v float64) (float64, error) { return -v, nil })}
	case name == operators.Negate && a.whole != nil:
		return &Node{whole: mapped(a.whole, func(v int64) (int64, error) {
			if v == math.MinInt64 {
				return slowly[int64](types.Int(v).Negate())
			}
			return -v, nil
		})}
	case name == "size":
		return c.length(a)
	case name == "int" && a.whole != nil, name == "string" && a.text != nil, name == "double" && a.number != nil, name == "bool" && a.yes != nil,
		name == "timestamp" && a.moment != nil, name == "duration" && a.span != nil:
		same := *a
		same.slot = 0
		return &same
	case name == "double" && a.whole != nil:
		return &Node{number: mapped(a.whole, func(v int64) (float64, error) { return float64(v), nil })}
	case name == "dyn":
		return &Node{val: c.boxed(a)}
	case a.movingSpan != nil:
		if n := inHours(name, a.movingSpan); n != nil {
			return n
		}
		return spanPart(name, a.span)
	case a.span != nil:
		return spanPart(name, a.span)
	}
	return nil
}

func mapped[A, R any](a eval[A], how func(A) (R, error)) eval[R] {
	return func(f *Frame) (none R, err error) {
		x, err := a(f)
		if err != nil {
			return none, err
		}
		return how(x)
	}
}

// spanPart tells a span in a unit.
func spanPart(name string, get eval[time.Duration]) *Node {
	switch name {
	case "getHours":
		return &Node{whole: mapped(get, func(d time.Duration) (int64, error) { return int64(d.Hours()), nil })}
	case "getMinutes":
		return &Node{whole: mapped(get, func(d time.Duration) (int64, error) { return int64(d.Minutes()), nil })}
	case "getSeconds":
		return &Node{whole: mapped(get, func(d time.Duration) (int64, error) { return int64(d.Seconds()), nil })}
	}
	return nil
}
