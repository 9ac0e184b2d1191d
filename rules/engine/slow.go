package engine

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// slowCall computes by CEL's own operations.
func (c *compiler) slowCall(e ast.Expr, name string, args []*Node) *Node {
	if name == operators.Index {
		return c.slowIndex(args[0], args[1])
	}
	vals := make([]eval[ref.Val], len(args))
	fixed := len(args) > 0
	for i, a := range args {
		vals[i] = c.boxed(a)
		fixed = fixed && a.literal != nil
	}
	overload := c.overload(e)
	how, ok := c.Overloads(overload)
	if !ok {
		how, ok = c.Overloads(name)
	}
	if !ok {
		how = nil
	}
	call := &operation{name: name, overload: overload, how: how, args: vals}
	if fixed && overloads.IsTypeConversionFunction(name) {
		// What is written out is converted once.
		v, err := call.eval(&Frame{})
		if err != nil {
			c.refuse(e, "write the value itself", "this can never be converted: %s", err)
		}
		return constant(v, nil)
	}
	return &Node{val: call.eval}
}

// operation is a function or an operator as CEL computes it.
type operation struct {
	name, overload string
	how            *functions.Overload // nil: the first argument knows
	args           []eval[ref.Val]
}

func (o *operation) eval(f *Frame) (ref.Val, error) {
	args := make([]ref.Val, len(o.args))
	steps := 1
	for i, arg := range o.args {
		v, err := arg(f)
		if err != nil {
			return nil, err
		}
		args[i] = v
		steps += size(v)
		if o.name == operators.In {
			if err := f.weigh(v); err != nil {
				return nil, err
			}
		}
	}
	if err := f.spend(steps); err != nil {
		return nil, err
	}
	if v := o.compute(args); v != nil {
		return given(v)
	}
	if len(args) > 0 {
		if r, ok := args[0].(traits.Receiver); ok && args[0].Type().HasTrait(traits.ReceiverType) {
			return given(r.Receive(o.name, o.overload, args[1:]))
		}
	}
	return nil, fault(types.NewErr("no such overload: %s", o.name))
}

// compute is nil where the operation does not fit its arguments.
func (o *operation) compute(args []ref.Val) ref.Val {
	how := o.how
	if how == nil || how.OperandTrait != 0 && len(args) > 0 && !args[0].Type().HasTrait(how.OperandTrait) {
		return nil
	}
	switch {
	case len(args) == 1 && how.Unary != nil:
		return how.Unary(args[0])
	case len(args) == 2 && how.Binary != nil:
		return how.Binary(args[0], args[1])
	case how.Function != nil:
		return how.Function(args...)
	}
	return nil
}

// size is how many steps a value is worth looking at.
func size(v ref.Val) int {
	switch v := v.(type) {
	case types.String:
		return len(v) / charsPerStep
	case types.Bytes:
		return len(v) / charsPerStep
	case traits.Sizer:
		n, _ := v.Size().(types.Int)
		return int(n)
	}
	return 0
}

// weigh counts all that is within a list or a map: a short expression makes lists
// of lists that would take for ever to be compared or told.
func (f *Frame) weigh(v ref.Val) error {
	var entries func(i types.Int) ref.Val
	switch v := v.(type) {
	case traits.Lister:
		entries = func(i types.Int) ref.Val { return v.Get(i) }
	case traits.Mapper:
		keys := v.Iterator()
		entries = func(types.Int) ref.Val { return v.Get(keys.Next()) }
	default:
		return nil
	}
	n := size(v)
	if err := f.spend(n * stepsPerEntry); err != nil { // each is made to be looked at
		return err
	}
	for i := range types.Int(n) {
		if err := f.weigh(entries(i)); err != nil {
			return err
		}
	}
	return nil
}

// slowIndex asks a list or a map as CEL does.
func (c *compiler) slowIndex(of, at *Node) *Node {
	val, key := c.boxed(of), c.boxed(at)
	return &Node{val: func(f *Frame) (ref.Val, error) {
		v, err := val(f)
		if err != nil {
			return nil, err
		}
		k, err := key(f)
		if err != nil {
			return nil, err
		}
		q, err := c.attributes.NewQualifier(nil, 0, k, false)
		if err != nil {
			return nil, err
		}
		got, err := q.Qualify(nil, v)
		if err != nil {
			return nil, err
		}
		return given(c.adapter.NativeToValue(got))
	}}
}

func (c *compiler) listOfValues(elements []*Node) *Node {
	vals := make([]eval[ref.Val], len(elements))
	for i, n := range elements {
		vals[i] = c.boxed(n)
	}
	return &Node{val: func(f *Frame) (ref.Val, error) {
		if err := f.spend(stepsPerCall + len(vals)); err != nil {
			return nil, err
		}
		out := make([]ref.Val, len(vals))
		for i, get := range vals {
			v, err := get(f)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return types.NewRefValList(c.adapter, out), nil
	}}
}

// mapping compiles {a: b}.
func (c *compiler) mapping(e ast.Expr) *Node {
	var keys, vals []eval[ref.Val]
	for _, entry := range e.AsMap().Entries() {
		keys = append(keys, c.boxed(c.compile(entry.AsMapEntry().Key())))
		vals = append(vals, c.boxed(c.compile(entry.AsMapEntry().Value())))
	}
	return &Node{val: func(f *Frame) (ref.Val, error) {
		if err := f.spend(stepsPerCall * (1 + len(keys))); err != nil {
			return nil, err
		}
		out := make(map[ref.Val]ref.Val, len(keys))
		for i := range keys {
			k, err := keys[i](f)
			if err != nil {
				return nil, err
			}
			v, err := vals[i](f)
			if err != nil {
				return nil, err
			}
			out[k] = v
		}
		return types.NewRefValMap(c.adapter, out), nil
	}}
}
