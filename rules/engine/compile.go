package engine

import (
	"fmt"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Library is what expressions may speak of beside CEL itself.
type Library struct {
	Adapter  types.Adapter
	Provider types.Provider
	// Overloads finds how CEL computes a function, by overload or by name.
	Overloads func(name string) (*functions.Overload, bool)
	// Fact finds a fact of a type of noun; nil when there is none.
	Fact func(noun, fact string) Fact
	// Function finds one of our functions by its overload; nil when it is CEL's.
	Function func(overload string) Function
	// Variables are found by name.
	Variables map[string]Source
}

// RefusalError says that CEL allows something that rules may not use. ID is that of
// the part of the expression it is about.
type RefusalError struct {
	ID         int64
	Text, Hint string
}

// Error implements error.
func (r *RefusalError) Error() string { return r.Text }

// Compile makes a program of a checked expression. An error is a *RefusalError.
func Compile(checked *ast.AST, lib Library) (p *Program, err error) {
	c := &compiler{
		Library: lib, adapter: lib.Adapter, checked: checked, locals: map[string]*Node{},
		attributes: interpreter.NewAttributeFactory(nil, lib.Adapter, lib.Provider),
	}
	defer func() {
		if r := recover(); r != nil {
			refusal, ours := r.(*RefusalError)
			if !ours {
				panic(r)
			}
			p, err = nil, refusal
		}
	}()
	root := c.compile(checked.Expr())
	return &Program{val: c.boxed(root), yes: c.truth(root), moment: root.movingMoment, span: root.movingSpan}, nil
}

// compiler walks one expression. A part that cannot be compiled ends it by a
// panic with a *RefusalError, caught in Compile.
type compiler struct {
	Library
	adapter    types.Adapter
	attributes interpreter.AttributeFactory
	checked    *ast.AST
	locals     map[string]*Node // variables of the loops around, by name
	depth      int              // loops around
}

// refuse ends the compilation.
func (c *compiler) refuse(e ast.Expr, hint, format string, args ...any) {
	panic(&RefusalError{ID: e.ID(), Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *compiler) compile(e ast.Expr) *Node {
	n := c.expression(e)
	n.typ = c.checked.GetType(e.ID())
	return n
}

func (c *compiler) expression(e ast.Expr) *Node {
	switch e.Kind() {
	case ast.LiteralKind:
		return constant(e.AsLiteral(), c.checked.GetType(e.ID()))
	case ast.IdentKind:
		return c.ident(e)
	case ast.SelectKind:
		return c.selection(e)
	case ast.CallKind:
		return c.call(e)
	case ast.ListKind:
		return c.literalList(e)
	case ast.MapKind:
		return c.mapping(e)
	case ast.ComprehensionKind:
		return c.loop(e)
	}
	c.refuse(e, "write it with facts, functions and operators", "this cannot be used in a rule")
	return nil
}

// ident is a variable, a constant or the name of a type.
func (c *compiler) ident(e ast.Expr) *Node {
	known := c.checked.ReferenceMap()[e.ID()]
	name := e.AsIdent()
	if known != nil {
		if known.Value != nil {
			return constant(known.Value, nil)
		}
		if name = known.Name; c.checked.GetType(e.ID()).Kind() == types.TypeKind {
			if v, ok := c.Provider.FindIdent(name); ok {
				return constant(v, nil)
			}
		}
	}
	if local := c.locals[name]; local != nil {
		same := *local
		return &same
	}
	source, ok := c.Variables[name]
	if !ok {
		c.refuse(e, "", "unknown name %q", name)
	}
	return variable(name, source)
}

// variable reads a variable of the frame.
func variable(name string, s Source) *Node {
	gone := fmt.Errorf("no such attribute(s): %s", name)
	i := s.index
	switch s.kind {
	case fromNouns:
		return &Node{slot: i + 1, noun: func(f *Frame) (Noun, error) {
			if n := f.Nouns[i]; n != nil {
				return n, nil
			}
			return nil, gone
		}}
	case fromLists:
		return &Node{nouns: func(f *Frame) (List, error) { return f.Lists[i], nil }}
	case fromNow:
		n := movingMoment(func(f *Frame) (time.Time, int, error) { return f.Now, 1, nil })
		n.now = true
		return n
	}
	return &Node{val: func(f *Frame) (ref.Val, error) {
		if f.It == nil {
			return nil, gone
		}
		return f.It, nil
	}}
}

// call compiles operators and functions: in the typed lane where all arguments
// have a representation of their own, otherwise by CEL's own operations.
func (c *compiler) call(e ast.Expr) *Node {
	call := e.AsCall()
	switch call.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr:
		return c.joined(e)
	case operators.Conditional:
		return c.conditional(e)
	}
	var args []*Node
	if call.IsMemberFunction() {
		args = append(args, c.compile(call.Target()))
	}
	for _, a := range call.Args() {
		args = append(args, c.compile(a))
	}
	if n := c.typedCall(e, call.FunctionName(), args); n != nil {
		return n
	}
	return c.slowCall(e, call.FunctionName(), args)
}

// typedCall is nil where there is no typed way.
func (c *compiler) typedCall(e ast.Expr, name string, args []*Node) *Node {
	if overload := c.overload(e); overload != "" {
		if f := c.Function(overload); f != nil {
			return f.compile(c, args)
		}
	}
	if len(args) == 1 {
		return c.unary(name, args[0])
	}
	if len(args) != 2 {
		return nil
	}
	switch name {
	case operators.Equals, operators.NotEquals:
		return c.equal(args[0], args[1], name == operators.NotEquals)
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return ordered(name, args[0], args[1])
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo:
		return c.arithmetic(name, args[0], args[1])
	case operators.In:
		return c.among(args[0], args[1])
	case operators.Index:
		return c.index(args[0], args[1])
	}
	return c.textCall(e, name, args[0], args[1])
}

// overload is the only overload that the call can mean, or empty.
func (c *compiler) overload(e ast.Expr) string {
	if known := c.checked.ReferenceMap()[e.ID()]; known != nil && len(known.OverloadIDs) == 1 {
		return known.OverloadIDs[0]
	}
	return ""
}
