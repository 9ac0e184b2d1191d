package simulator

import (
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// gqlCall is one query being answered.
type gqlCall struct {
	l         *linear
	fragments ast.FragmentDefinitionList
	declared  ast.VariableDefinitionList
	vars      map[string]any
}

// shape says what a field of a type holds.
type shape int

const (
	scalar     shape = iota
	object           // one object or null
	objects          // a plain list of objects
	connection       // a page of nodes
)

// gqlField is one field of a type: what it holds and how to read it from the
// value behind the object. A connection reads all its nodes; paging, order and
// filter are the executor's.
type gqlField struct {
	shape shape
	of    string // the type of the object or of the nodes
	args  []string
	get   func(l *linear, from any, args map[string]any) (any, error)
}

// node is what a connection pages over.
type node interface {
	gqlID() string
	moments() lifetime
}

func (c *gqlCall) args(f *ast.Field) map[string]any {
	out := map[string]any{}
	for _, a := range f.Arguments {
		if v, err := a.Value.Value(c.vars); err == nil && v != nil {
			out[a.Name] = v
		}
	}
	return out
}

// object reads the selected fields of one object.
func (c *gqlCall) object(typ string, from any, sel ast.SelectionSet) (obj, error) {
	out := obj{}
	err := c.each(typ, sel, 0, func(f *ast.Field) error {
		v, err := c.field(typ, from, f)
		if err != nil {
			return err
		}
		if before, twice := out[f.Alias].(obj); twice {
			if now, ok := v.(obj); ok {
				for k, v := range now {
					before[k] = v
				}
				return nil
			}
		}
		out[f.Alias] = v
		return nil
	})
	return out, err
}

func (c *gqlCall) field(typ string, from any, f *ast.Field) (any, error) {
	if f.Name == "__typename" {
		return typ, nil
	}
	def, args := gqlTypes[typ][f.Name], c.args(f)
	if typ == "Query" && f.Name == "issues" && c.l.w.bulk != nil {
		return c.bulkPage(c.l.w.bulk, f, args)
	}
	v, err := def.get(c.l, from, args)
	if err != nil {
		return nil, err
	}
	switch def.shape {
	case object:
		if v == nil {
			return nil, nil
		}
		return c.object(def.of, v, f.SelectionSet)
	case objects:
		return c.listed(def.of, v.([]any), f.SelectionSet)
	case connection:
		return c.page(def.of, v.([]node), f, args)
	}
	return plain(v), nil
}

func (c *gqlCall) listed(of string, all []any, sel ast.SelectionSet) (any, error) {
	if all == nil {
		return nil, nil
	}
	out := []any{}
	for _, v := range all {
		o, err := c.object(of, v, sel)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// plain turns what the world holds into what JSON shows.
func plain(v any) any {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return instant(v)
	case *float64:
		if v == nil {
			return nil
		}
		return *v
	}
	return v
}
