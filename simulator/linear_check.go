package simulator

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

const maxDepth = 30

// check walks the query against the types before it runs: unknown fields and
// arguments are refused as a real server does.
func (c *gqlCall) check(typ string, sel ast.SelectionSet, depth int) error {
	if depth > maxDepth {
		return invalid("The query is nested too deep.")
	}
	return c.each(typ, sel, depth, func(f *ast.Field) error {
		if f.Name == "__typename" {
			return nil
		}
		def, ok := gqlTypes[typ][f.Name]
		if !ok {
			return invalid("Cannot query field \"%s\" on type \"%s\".", f.Name, typ)
		}
		if err := c.checkArgs(typ, f, def); err != nil {
			return err
		}
		if (def.shape == scalar) != (len(f.SelectionSet) == 0) {
			return invalid("Field \"%s\" of type \"%s\" has the wrong kind of selection.", f.Name, typ)
		}
		switch def.shape {
		case connection:
			return c.checkConnection(def.of, f.SelectionSet, depth+1)
		case object, objects:
			return c.check(def.of, f.SelectionSet, depth+1)
		}
		return nil
	})
}

func (c *gqlCall) checkArgs(typ string, f *ast.Field, def gqlField) error {
	allowed := def.args
	if def.shape == connection {
		allowed = connectionArgs
	}
	for _, a := range f.Arguments {
		if !slices.Contains(allowed, a.Name) {
			return invalid("Unknown argument \"%s\" on field \"%s.%s\".", a.Name, typ, f.Name)
		}
		if a.Value.Kind == ast.Variable && c.declared.ForName(a.Value.Raw) == nil {
			return invalid("Variable \"$%s\" is not defined.", a.Value.Raw)
		}
	}
	return nil
}

func (c *gqlCall) checkConnection(of string, sel ast.SelectionSet, depth int) error {
	name := of + "Connection"
	return c.each(name, sel, depth, func(f *ast.Field) error {
		switch f.Name {
		case "nodes":
			return c.check(of, f.SelectionSet, depth+1)
		case "pageInfo":
			return c.check("PageInfo", f.SelectionSet, depth+1)
		case "edges":
			return c.each(of+"Edge", f.SelectionSet, depth, func(e *ast.Field) error {
				if e.Name == "node" {
					return c.check(of, e.SelectionSet, depth+1)
				}
				if e.Name != "cursor" {
					return invalid("Cannot query field \"%s\" on type \"%sEdge\".", e.Name, of)
				}
				return nil
			})
		}
		return invalid("Cannot query field \"%s\" on type \"%s\".", f.Name, name)
	})
}

// each visits the fields a selection set comes to for a type, fragments
// unfolded, and @skip and @include obeyed.
func (c *gqlCall) each(typ string, sel ast.SelectionSet, depth int, visit func(*ast.Field) error) error {
	if depth > 2*maxDepth {
		return invalid("The query is nested too deep.")
	}
	for _, s := range sel {
		var err error
		switch s := s.(type) {
		case *ast.Field:
			if c.wanted(s.Directives) {
				err = visit(s)
			}
		case *ast.InlineFragment:
			if c.wanted(s.Directives) && (s.TypeCondition == "" || s.TypeCondition == typ || s.TypeCondition == "Node") {
				err = c.each(typ, s.SelectionSet, depth+1, visit)
			}
		case *ast.FragmentSpread:
			def := c.fragments.ForName(s.Name)
			switch {
			case def == nil:
				err = invalid("Unknown fragment \"%s\".", s.Name)
			case def.TypeCondition != typ && def.TypeCondition != "Node":
				err = invalid("Fragment \"%s\" cannot be spread here as objects of type \"%s\" can never be of type \"%s\".", s.Name, typ, def.TypeCondition)
			case c.wanted(s.Directives):
				err = c.each(typ, def.SelectionSet, depth+1, visit)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *gqlCall) wanted(ds ast.DirectiveList) bool {
	for _, d := range ds {
		arg := d.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		v, _ := arg.Value.Value(c.vars)
		if yes, _ := v.(bool); yes == (d.Name == "skip") {
			return false
		}
	}
	return true
}
