package engine

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// body is what one round of a loop computes.
type body struct {
	slot   int        // of the variable in Frame.locals
	weight int        // steps of one round
	yes    eval[bool] // condition; nil: none
	gives  *Node      // what is put into the list; nil: the entry itself
}

// loop compiles exists, all, exists_one, filter and map, which the parser has
// written out as folds.
func (c *compiler) loop(e ast.Expr) *Node {
	fold := e.AsComprehension()
	over := c.compile(fold.IterRange())
	if c.depth >= maxDepth {
		c.refuse(e, "write it in several conditions", "loops stand within one another too deeply")
	}
	b := &body{slot: c.depth}
	outer := c.locals[fold.IterVar()]
	c.locals[fold.IterVar()] = entry(over, b.slot)
	c.depth++
	n := c.fold(e, fold, over, b)
	c.depth--
	if c.locals[fold.IterVar()] = outer; outer == nil {
		delete(c.locals, fold.IterVar())
	}
	return n
}

// entry reads the variable of a loop.
func entry(over *Node, slot int) *Node {
	switch {
	case over.texts != nil:
		return &Node{text: func(f *Frame) (string, error) { return f.locals[slot].text, nil }}
	case over.nouns != nil:
		return &Node{noun: func(f *Frame) (Noun, error) { return f.locals[slot].noun, nil }, local: slot + 1}
	}
	return &Node{val: func(f *Frame) (ref.Val, error) { return f.locals[slot].val, nil }}
}

// fold tells the loops apart by their steps.
func (c *compiler) fold(e ast.Expr, fold ast.ComprehensionExpr, over *Node, b *body) *Node {
	step := fold.LoopStep()
	if step.Kind() != ast.CallKind || fold.HasIterVar2() {
		c.refuse(e, "use exists, all, exists_one, filter or map", "this kind of loop cannot be used in a rule")
	}
	args := step.AsCall().Args()
	switch step.AsCall().FunctionName() {
	case operators.LogicalOr:
		b.weight = weigh(args[1])
		b.yes = c.truth(c.compile(args[1]))
		return &Node{yes: settled(c.walk(over, b.slot), b, true)}
	case operators.LogicalAnd:
		b.weight = weigh(args[1])
		b.yes = c.truth(c.compile(args[1]))
		return &Node{yes: settled(c.walk(over, b.slot), b, false)}
	case operators.Add: // map
		b.weight = weigh(args[1])
		b.gives = c.compile(args[1].AsList().Elements()[0])
		return c.collected(over, b)
	case operators.Conditional:
		b.weight = weigh(args[0])
		b.yes = c.truth(c.compile(args[0]))
		put := args[1].AsCall().Args()[1]
		if put.Kind() != ast.ListKind { // accu + 1
			return &Node{yes: once(c.walk(over, b.slot), b)}
		}
		x := put.AsList().Elements()[0]
		b.weight = weigh(args[0], x)
		if x.Kind() != ast.IdentKind || x.AsIdent() != fold.IterVar() {
			b.gives = c.compile(x)
		}
		return c.collected(over, b)
	}
	c.refuse(e, "use exists, all, exists_one, filter or map", "this kind of loop cannot be used in a rule")
	return nil
}

// weigh counts what one round of a loop does: operators, functions and facts.
func weigh(bodies ...ast.Expr) int {
	n := 1
	for _, e := range bodies {
		ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
			if e.Kind() == ast.CallKind || e.Kind() == ast.SelectKind {
				n++
			}
		}))
	}
	return n
}

// cursor walks what a loop is over. It stands in the frame beside the variable of the
// loop, and holds what was walked until another loop of its depth begins.
type cursor struct {
	texts []string
	kept  []Noun
	nouns List
	vals  traits.Iterator
	i, n  int
}

// next puts the next entry into the variable.
func (c *cursor) next(v *local) bool {
	if c.i < len(c.kept) {
		v.noun = c.kept[c.i]
		c.i++
		return true
	}
	return c.other(v)
}

func (c *cursor) other(v *local) bool {
	if c.i >= c.n {
		return c.vals != nil && c.nextValue(v)
	}
	if c.nouns != nil {
		v.noun = c.nouns.At(c.i)
	} else {
		v.text = c.texts[c.i]
	}
	c.i++
	return true
}

func (c *cursor) nextValue(v *local) bool {
	if c.vals.HasNext() != types.True {
		return false
	}
	v.val = c.vals.Next()
	return true
}

// walk opens what the loop is over.
func (c *compiler) walk(over *Node, slot int) eval[*local] {
	switch {
	case over.texts != nil:
		return func(f *Frame) (*local, error) {
			l, err := over.texts(f)
			v := &f.locals[slot]
			v.cursor = cursor{texts: l, n: len(l)}
			return v, err
		}
	case over.nouns != nil:
		return func(f *Frame) (*local, error) {
			l, err := over.nouns(f)
			v := &f.locals[slot]
			if k, ok := l.(*Kept); ok {
				v.cursor.open(k)
				return v, err
			}
			v.cursor = cursor{nouns: l, n: lenOf(l)}
			return v, err
		}
	}
	val := c.boxed(over)
	return func(f *Frame) (*local, error) {
		is, err := val(f)
		if err != nil {
			return nil, err
		}
		list, ok := is.(traits.Iterable)
		if !ok || !is.Type().HasTrait(traits.IterableType) {
			return nil, fault(types.ValOrErr(is, "got '%T', expected iterable type", is))
		}
		v := &f.locals[slot]
		v.cursor = cursor{vals: list.Iterator()}
		return v, nil
	}
}

// open walks a list that is kept, and writes no more than that takes.
func (c *cursor) open(k *Kept) {
	c.kept, c.i = k.nouns, 0
	if c.vals != nil || c.n != 0 {
		c.vals, c.n = nil, 0
	}
}

// settled compiles exists and all: the first entry that settles the matter ends
// the loop, and an entry that cannot be told only matters when none does.
func settled(open eval[*local], b *body, settles bool) eval[bool] {
	return func(f *Frame) (bool, error) {
		v, err := open(f)
		if err != nil {
			return false, err
		}
		var first error
		for v.cursor.next(v) {
			if err := f.spend(b.weight); err != nil {
				return false, err
			}
			yes, err := b.yes(f)
			switch {
			case err == ErrSteps: //nolint:errorlint // never wrapped
				return false, err
			case err != nil && first == nil:
				first = err
			case err == nil && yes == settles:
				return settles, nil
			}
		}
		return !settles && first == nil, first
	}
}

// once compiles exists_one.
func once(open eval[*local], b *body) eval[bool] {
	return mapped(count(open, b), func(n int64) (bool, error) { return n == 1, nil })
}

// count counts the entries that a filter lets through. Of several that cannot be
// told the last is the error.
func count(open eval[*local], b *body) eval[int64] {
	return func(f *Frame) (int64, error) {
		v, err := open(f)
		if err != nil {
			return 0, err
		}
		n, failed := int64(0), error(nil)
		for v.cursor.next(v) {
			if err := f.spend(b.weight); err != nil {
				return 0, err
			}
			yes, err := b.yes(f)
			switch {
			case err == ErrSteps: //nolint:errorlint // never wrapped
				return 0, err
			case err != nil:
				failed = err
			case yes:
				n++
			}
		}
		return n, failed
	}
}

// collected compiles filter and map.
func (c *compiler) collected(over *Node, b *body) *Node {
	open, gives := c.walk(over, b.slot), b.gives
	if gives == nil {
		n := c.list(open, b, entry(over, b.slot))
		n.count = count(open, b)
		return n
	}
	return c.list(open, b, gives)
}

// list keeps what the rounds give in the representation it has.
func (c *compiler) list(open eval[*local], b *body, gives *Node) *Node {
	switch {
	case gives.text != nil:
		return &Node{texts: collect(open, b, gives.text)}
	case gives.noun != nil:
		list := collect(open, b, gives.noun)
		return &Node{nouns: func(f *Frame) (List, error) {
			out, err := list(f)
			return Nouns[Noun](out), err
		}}
	}
	list := collect(open, b, c.boxed(gives))
	return &Node{val: func(f *Frame) (ref.Val, error) {
		out, err := list(f)
		if err != nil {
			return nil, err
		}
		return types.NewRefValList(c.adapter, out), nil
	}}
}

// collect puts what the rounds give into a list. As CEL counts it, of several
// conditions that cannot be told the last is the error.
func collect[T any](open eval[*local], b *body, gives eval[T]) eval[[]T] {
	return func(f *Frame) ([]T, error) {
		v, err := open(f)
		if err != nil {
			return nil, err
		}
		var out []T
		var failed error
		for v.cursor.next(v) {
			if err := f.spend(b.weight); err != nil {
				return nil, err
			}
			if b.yes != nil {
				yes, err := b.yes(f)
				if err == ErrSteps { //nolint:errorlint // never wrapped
					return nil, err
				}
				if err != nil {
					failed = err
				}
				if err != nil || !yes {
					continue
				}
			}
			if failed != nil {
				continue
			}
			one, err := gives(f)
			if err == ErrSteps { //nolint:errorlint // never wrapped
				return nil, err
			}
			if failed = err; err == nil {
				out = append(out, one)
				f.steps++ // memory, counted in the next round
			}
		}
		return out, failed
	}
}
