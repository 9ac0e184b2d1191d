package engine

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// truth is the node as yes or no. Where its type is only known at run time, a
// value of another type is an error.
func (c *compiler) truth(n *Node) eval[bool] {
	if n.yes != nil {
		return n.yes
	}
	val := c.boxed(n)
	return func(f *Frame) (bool, error) {
		v, err := val(f)
		if err != nil {
			return false, err
		}
		yes, ok := v.(types.Bool)
		if !ok {
			return false, fault(types.MaybeNoSuchOverloadErr(v))
		}
		return bool(yes), nil
	}
}

// joined compiles && and ||. An operand that cannot be told does not matter once
// another one settles the matter: false for &&, true for ||.
func (c *compiler) joined(e ast.Expr) *Node {
	name := e.AsCall().FunctionName()
	var terms []eval[bool]
	for _, operand := range operands(e, name) {
		terms = append(terms, c.truth(c.compile(operand)))
	}
	settles := name == operators.LogicalOr
	if len(terms) == 2 {
		return &Node{yes: two(terms[0], terms[1], settles)}
	}
	return &Node{yes: func(f *Frame) (bool, error) {
		var first error
		for _, term := range terms {
			yes, err := term(f)
			switch {
			case err != nil:
				if err == ErrSteps { //nolint:errorlint // never wrapped
					return false, err
				}
				if first == nil {
					first = err
				}
			case yes == settles:
				return settles, nil
			}
		}
		return !settles && first == nil, first
	}}
}

// two is joined for two terms.
func two(a, b eval[bool], settles bool) eval[bool] {
	return func(f *Frame) (bool, error) {
		yes, err := a(f)
		if err == nil {
			if yes == settles {
				return settles, nil
			}
			return b(f)
		}
		if err == ErrSteps { //nolint:errorlint // never wrapped
			return false, err
		}
		if yes, later := b(f); later == nil && yes == settles {
			return settles, nil
		} else if later == ErrSteps { //nolint:errorlint // never wrapped
			return false, later
		}
		return false, err
	}
}

// operands are those of a row of one operator: a && b && c has three.
func operands(e ast.Expr, name string) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != name {
		return []ast.Expr{e}
	}
	var out []ast.Expr
	for _, a := range e.AsCall().Args() {
		out = append(out, operands(a, name)...)
	}
	return out
}

// conditional compiles a ? b : c.
func (c *compiler) conditional(e ast.Expr) *Node {
	args := e.AsCall().Args()
	when, a, b := c.truth(c.compile(args[0])), c.compile(args[1]), c.compile(args[2])
	switch {
	case a.yes != nil && b.yes != nil:
		return &Node{yes: either(when, a.yes, b.yes)}
	case a.whole != nil && b.whole != nil:
		return &Node{whole: either(when, a.whole, b.whole)}
	case a.number != nil && b.number != nil:
		return &Node{number: either(when, a.number, b.number)}
	case a.text != nil && b.text != nil:
		return &Node{text: either(when, a.text, b.text)}
	case moves(a, b) && motion(a) != nil && motion(b) != nil:
		return movingMoment(eitherInMotion(when, motion(a), motion(b)))
	case moves(a, b) && drift(a) != nil && drift(b) != nil:
		return movingSpan(eitherInMotion(when, drift(a), drift(b)))
	case a.moment != nil && b.moment != nil:
		return &Node{moment: either(when, a.moment, b.moment)}
	case a.span != nil && b.span != nil:
		return &Node{span: either(when, a.span, b.span)}
	case a.texts != nil && b.texts != nil:
		return &Node{texts: either(when, a.texts, b.texts)}
	case a.noun != nil && b.noun != nil:
		return &Node{noun: either(when, a.noun, b.noun)}
	case a.nouns != nil && b.nouns != nil:
		return &Node{nouns: either(when, a.nouns, b.nouns)}
	}
	return &Node{val: either[ref.Val](when, c.boxed(a), c.boxed(b))}
}

func either[T any](when eval[bool], a, b eval[T]) eval[T] {
	return func(f *Frame) (none T, err error) {
		yes, err := when(f)
		if err != nil {
			return none, err
		}
		if yes {
			return a(f)
		}
		return b(f)
	}
}
