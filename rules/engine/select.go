package engine

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// selection compiles a.b and has(a.b): a fact of a noun, or the entry of a map.
func (c *compiler) selection(e ast.Expr) *Node {
	if known := c.checked.ReferenceMap()[e.ID()]; known != nil && known.Value != nil {
		return constant(known.Value, nil)
	}
	sel := e.AsSelect()
	of := c.compile(sel.Operand())
	if of.noun != nil && of.typ != nil && of.typ.Kind() == types.StructKind {
		if fact := c.Fact(of.typ.TypeName(), sel.FieldName()); fact != nil {
			if sel.IsTestOnly() {
				return fact.has(of)
			}
			n := fact.read(of)
			if c.depth > 0 && n.nouns != nil {
				n.nouns = weighed(n.nouns, lengthOf)
			}
			return n
		}
	}
	return c.slowSelection(e, of)
}

// slowSelection asks as CEL does.
func (c *compiler) slowSelection(e ast.Expr, of *Node) *Node {
	sel := e.AsSelect()
	q, err := c.attributes.NewQualifier(of.typ, e.ID(), sel.FieldName(), false)
	if err != nil {
		c.refuse(e, "", "%s", err)
	}
	val := c.boxed(of)
	if sel.IsTestOnly() {
		return &Node{yes: func(f *Frame) (bool, error) {
			v, err := val(f)
			if err != nil {
				return false, err
			}
			_, there, err := q.QualifyIfPresent(nil, v, true)
			return there && err == nil, err
		}}
	}
	return &Node{val: func(f *Frame) (ref.Val, error) {
		v, err := val(f)
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
