package engine

import (
	"math"
	"time"

	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// moving computes a moment or a span, and how it moves while time passes: 1 with
// now, -1 against it, 0 not at all. What is computed of now in any other way counts
// as if it turned out otherwise at once, see Frame.Until.
type moving[T any] func(*Frame) (v T, rate int, err error)

// unsettled notes that what was computed may turn out otherwise at once.
func (f *Frame) unsettled() { f.Within(1) }

// Within notes that what was computed turns out otherwise no sooner than after
// the wait.
func (f *Frame) Within(wait time.Duration) {
	if f.Until == nil {
		return
	}
	now := f.Now.UnixNano()
	if at := now + int64(max(wait, 1)); at > now { // otherwise in centuries
		*f.Until = min(*f.Until, at)
	}
}

// crosses notes when a difference that moves at the rate is over: it turns out
// otherwise there and right after.
func (f *Frame) crosses(d time.Duration, rate int) {
	switch {
	case f.Until == nil || rate == 0:
	case d == 0:
		f.unsettled()
	case d < 0 && rate > 0:
		if d == math.MinInt64 {
			d++
		}
		f.Within(-d / time.Duration(rate))
	case d > 0 && rate < 0:
		f.Within(d / time.Duration(-rate))
	}
}

// Steps notes when a span that moves at the rate comes to a multiple of the unit.
// What is counted of it in fractions may step a moment sooner or later.
func (f *Frame) Steps(d time.Duration, rate int, unit time.Duration) {
	if f.Until == nil || rate == 0 {
		return
	}
	const about = time.Millisecond
	since := d % unit
	if since < 0 {
		since += unit
	}
	left := unit - since
	if rate < 0 {
		since, left = left, since
		if left == 0 {
			left, since = unit, 0
		}
	}
	if left <= about || since < about {
		f.unsettled()
		return
	}
	f.Within((left - about) / time.Duration(max(rate, -rate)))
}

// dated notes when what a directory's dates say of the moment, which moves at the
// rate, turns out otherwise.
func (f *Frame) dated(at time.Time, rate int) {
	switch {
	case f.Until == nil || rate == 0:
	case f.Dated == nil || rate != 1:
		f.unsettled()
	default:
		if next := f.Dated(at); !next.IsZero() {
			f.Within(next.Sub(at))
		}
	}
}

// motion is how the moment of the node moves.
func motion(n *Node) moving[time.Time] {
	if n.movingMoment != nil || n.moment == nil {
		return n.movingMoment
	}
	return still(n.moment)
}

// drift is how the span of the node moves.
func drift(n *Node) moving[time.Duration] {
	if n.movingSpan != nil || n.span == nil {
		return n.movingSpan
	}
	return still(n.span)
}

func still[T any](get eval[T]) moving[T] {
	return func(f *Frame) (T, int, error) {
		v, err := get(f)
		return v, 0, err
	}
}

// moves says that a side is computed of now.
func moves(a, b *Node) bool {
	return a.movingMoment != nil || a.movingSpan != nil || b.movingMoment != nil || b.movingSpan != nil
}

// settle is what moves for whoever cannot tell how it does.
func settle[T any](get moving[T]) eval[T] {
	return func(f *Frame) (T, error) {
		v, rate, err := get(f)
		if rate != 0 {
			f.unsettled()
		}
		return v, err
	}
}

// movingMoment is a node of a moment that moves.
func movingMoment(get moving[time.Time]) *Node {
	return &Node{moment: settle(get), movingMoment: get}
}

// movingSpan is a node of a span that moves.
func movingSpan(get moving[time.Duration]) *Node { return &Node{span: settle(get), movingSpan: get} }

// both computes of two sides that move; sign is how the second counts.
func both[A, B, R any](a moving[A], b moving[B], sign int, how func(A, B) (R, error)) moving[R] {
	return func(f *Frame) (none R, rate int, err error) {
		x, first, err := a(f)
		if err != nil {
			return none, 0, err
		}
		y, second, err := b(f)
		if err != nil {
			return none, 0, err
		}
		rate = first + sign*second
		v, err := how(x, y)
		if err != nil && (first != 0 || second != 0) {
			f.unsettled() // it may be within bounds later
		}
		return v, rate, err
	}
}

// inMotion computes of now; nil where no side is.
func inMotion(op string, a, b *Node) *Node {
	if !moves(a, b) {
		return nil
	}
	switch at, span, bt, other := motion(a), drift(a), motion(b), drift(b); {
	case at != nil && other != nil && op == operators.Add:
		return movingMoment(both(at, other, 1, shifted))
	case span != nil && bt != nil && op == operators.Add:
		return movingMoment(both(span, bt, 1, func(d time.Duration, t time.Time) (time.Time, error) { return shifted(t, d) }))
	case at != nil && other != nil && op == operators.Subtract:
		return movingMoment(both(at, other, -1, shiftedBack))
	case at != nil && bt != nil && op == operators.Subtract:
		n := movingSpan(both(at, bt, -1, between))
		if a.now && b.movingMoment == nil {
			n.since = b.moment
		}
		return n
	case span != nil && other != nil && op == operators.Add:
		return movingSpan(both(span, other, 1, sumOf))
	case span != nil && other != nil && op == operators.Subtract:
		return movingSpan(both(span, other, -1, differenceOf))
	}
	return nil
}

// orderInMotion compares what is computed of now; nil where no side is.
func orderInMotion(a, b *Node, is func(sign int) bool) *Node {
	switch {
	case !moves(a, b):
		return nil
	case a.since != nil && b.span != nil && b.movingSpan == nil:
		return &Node{yes: lasted(a.since, b.span, is)}
	case a.moment != nil && a.movingMoment == nil && b.now:
		return &Node{yes: againstNow(a.moment, is)}
	}
	if x, y := motion(a), motion(b); x != nil && y != nil {
		return &Node{yes: crossing(x, y, time.Time.Sub, func(x, y time.Time) bool { return is(x.Compare(y)) })}
	}
	if x, y := drift(a), drift(b); x != nil && y != nil {
		return &Node{yes: crossing(x, y, apartBy, func(x, y time.Duration) bool { return is(signOf(x, y)) })}
	}
	return nil
}

func crossing[T any](a, b moving[T], apart func(x, y T) time.Duration, is func(x, y T) bool) eval[bool] {
	return func(f *Frame) (bool, error) {
		x, first, err := a(f)
		if err != nil {
			return false, err
		}
		y, second, err := b(f)
		if err != nil {
			return false, err
		}
		if first != second {
			f.crosses(apart(x, y), first-second)
		}
		return is(x, y), nil
	}
}

// lasted compares how long it is since a moment with a span, as crossing does.
func lasted(since eval[time.Time], span eval[time.Duration], is func(sign int) bool) eval[bool] {
	outcome := outcomes(is)
	return func(f *Frame) (bool, error) {
		at, err := since(f)
		if err != nil {
			return false, err
		}
		x, err := between(f.Now, at)
		if err != nil {
			f.unsettled() // see both
			return false, err
		}
		y, err := span(f)
		if err != nil {
			return false, err
		}
		if f.Until != nil {
			f.crosses(apartBy(x, y), 1)
		}
		return outcome[signOf(x, y)+1], nil
	}
}

// againstNow compares a moment with now, as crossing does.
func againstNow(moment eval[time.Time], is func(sign int) bool) eval[bool] {
	outcome := outcomes(is)
	return func(f *Frame) (bool, error) {
		at, err := moment(f)
		if err != nil {
			return false, err
		}
		if f.Until != nil {
			f.crosses(at.Sub(f.Now), -1)
		}
		return outcome[at.Compare(f.Now)+1], nil
	}
}

// outcomes are those of a comparison by its sign, from -1 on.
func outcomes(is func(sign int) bool) [3]bool { return [3]bool{is(-1), is(0), is(1)} }

// apartBy is x-y, or as much of it as a span can tell.
func apartBy(x, y time.Duration) time.Duration {
	d := x - y
	switch {
	case x >= 0 && y < 0 && d < 0:
		return math.MaxInt64
	case x < 0 && y >= 0 && d > 0:
		return math.MinInt64
	}
	return d
}

func signOf(x, y time.Duration) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// eitherInMotion is either for what is computed of now.
func eitherInMotion[T any](when eval[bool], a, b moving[T]) moving[T] {
	return func(f *Frame) (none T, rate int, err error) {
		yes, err := when(f)
		if err != nil {
			return none, 0, err
		}
		if yes {
			return a(f)
		}
		return b(f)
	}
}

// stepping is a whole number counted of a span that moves: its hours, its days.
type stepping struct {
	of   moving[time.Duration]
	unit time.Duration
	how  func(time.Duration) int64
}

func (s *stepping) node() *Node {
	return &Node{steps: s, whole: func(f *Frame) (int64, error) {
		d, rate, err := s.of(f)
		if err != nil {
			return 0, err
		}
		f.Steps(d, rate, s.unit)
		return s.how(d), nil
	}}
}

// inHours counts hours, minutes or seconds of a span that moves; nil for any other
// part.
func inHours(name string, of moving[time.Duration]) *Node {
	switch name {
	case "getHours":
		return (&stepping{of, time.Hour, func(d time.Duration) int64 { return int64(d.Hours()) }}).node()
	case "getMinutes":
		return (&stepping{of, time.Minute, func(d time.Duration) int64 { return int64(d.Minutes()) }}).node()
	}
	return nil
}

// divided counts in a larger unit; nil where it is not known which.
func (s *stepping) divided(by ref.Val) *Node {
	k, ok := by.(types.Int)
	if s == nil || !ok || k < 1 || int64(k) > int64(math.MaxInt64/4)/int64(s.unit) {
		return nil
	}
	return (&stepping{s.of, s.unit * time.Duration(k), func(d time.Duration) int64 { return s.how(d) / int64(k) }}).node()
}

// AtNow is the function for which it is no matter that a moment it is given is now,
// but for what a directory says of it: nothing is later than now. Shifted says that
// the same holds of moments before and after it that move with it.
func AtNow(f Function, argument int, shifted bool) Function { return atNow{f, argument, shifted} }

type atNow struct {
	Function
	argument int
	shifted  bool
}

func (a atNow) compile(c *compiler, args []*Node) *Node {
	get := args[a.argument].movingMoment
	if get == nil {
		return a.Function.compile(c, args)
	}
	own := make([]*Node, len(args))
	copy(own, args)
	own[a.argument] = &Node{moment: func(f *Frame) (time.Time, error) {
		at, rate, err := get(f)
		if err != nil {
			return at, err
		}
		if rate != 0 && !a.shifted && !at.Equal(f.Now) {
			f.unsettled()
		}
		f.dated(at, rate)
		return at, nil
	}}
	return a.Function.compile(c, own)
}
