package engine

import (
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// eval computes a value of one representation.
type eval[T any] func(*Frame) (T, error)

// Node is a compiled expression: exactly one of its evals is set, that of the
// representation its value has. What has no representation of its own is a
// value of CEL.
type Node struct {
	typ *types.Type

	yes    eval[bool]
	whole  eval[int64]
	number eval[float64]
	text   eval[string]
	moment eval[time.Time]
	span   eval[time.Duration]
	texts  eval[[]string]
	noun   eval[Noun]
	nouns  eval[List]
	val    eval[ref.Val]

	// literal is the value of a constant; nil: it is none.
	literal ref.Val
	// slot is where the noun of a variable stands in the frame, plus one; 0: the
	// node is no such variable.
	slot int
	// local is the same of the variable of a loop.
	local int
	// movingMoment and movingSpan are the same as moment and span where they are
	// computed of now; nil: they are not.
	movingMoment moving[time.Time]
	movingSpan   moving[time.Duration]
	// now says that the moment is now itself; since is the moment since which the span
	// has lasted until now, where it stands still. What rules ask of time is mostly that.
	now   bool
	since eval[time.Time]
	// steps is how the whole number is counted of a span that moves; nil: it is not.
	steps *stepping
	// is compares the text with one that is written out; nil: it is not a fact.
	is func(k string, not bool) eval[bool]
	// count is how long the list is, where it need not be made for that.
	count eval[int64]
	// fixed are the texts of a list that is written out.
	fixed []string
}

// constant is a node that always gives v.
func constant(v ref.Val, t *types.Type) *Node {
	n := &Node{typ: t, literal: v}
	switch v := v.(type) {
	case types.Bool:
		n.yes = always(bool(v))
	case types.Int:
		n.whole = always(int64(v))
	case types.Double:
		n.number = always(float64(v))
	case types.String:
		n.text = always(string(v))
	case types.Timestamp:
		n.moment = always(v.Time)
	case types.Duration:
		n.span = always(v.Duration)
	default:
		n.val = always(v)
	}
	return n
}

func always[T any](v T) eval[T] { return func(*Frame) (T, error) { return v, nil } }

// boxed is the node as a value of CEL.
func (c *compiler) boxed(n *Node) eval[ref.Val] {
	switch {
	case n.literal != nil:
		return always(n.literal)
	case n.yes != nil:
		return box(n.yes, func(v bool) ref.Val { return types.Bool(v) })
	case n.whole != nil:
		return box(n.whole, func(v int64) ref.Val { return types.Int(v) })
	case n.number != nil:
		return box(n.number, func(v float64) ref.Val { return types.Double(v) })
	case n.text != nil:
		return box(n.text, func(v string) ref.Val { return types.String(v) })
	case n.moment != nil:
		return box(n.moment, func(v time.Time) ref.Val { return types.Timestamp{Time: v} })
	case n.span != nil:
		return box(n.span, func(v time.Duration) ref.Val { return types.Duration{Duration: v} })
	case n.texts != nil:
		return box(n.texts, func(v []string) ref.Val { return types.NewStringList(c.adapter, v) })
	case n.noun != nil:
		return box(n.noun, func(v Noun) ref.Val {
			if v == nil {
				return types.NullValue
			}
			return c.adapter.NativeToValue(v)
		})
	case n.nouns != nil:
		nouns := n.nouns
		if c.depth > 0 {
			nouns = weighed(nouns, func(l List) int { return stepsPerEntry * lenOf(l) })
		}
		return box(nouns, func(v List) ref.Val { return BoxList(c.adapter, v) })
	}
	return n.val
}

func box[T any](get eval[T], wrap func(T) ref.Val) eval[ref.Val] {
	return func(f *Frame) (ref.Val, error) {
		v, err := get(f)
		if err != nil {
			return nil, err
		}
		return wrap(v), nil
	}
}

// given hands on what CEL computed: a value of its errors is an error.
func given(v ref.Val) (ref.Val, error) {
	if err, is := v.(*types.Err); is {
		return nil, err
	}
	return v, nil
}

// fault is the error that CEL's own operation gives; the typed lane asks for it
// once it knows that there is one.
func fault(v ref.Val) error {
	_, err := given(v)
	return err
}
