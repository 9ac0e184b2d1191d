package simulator

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// cost is Linear's documented estimate: a tenth of a point a property, a point
// an object, and connections multiplied by the page asked for, 50 when that is
// left open.
func (c *gqlCall) cost(typ string, sel ast.SelectionSet) float64 {
	sum := 0.0
	_ = c.each(typ, sel, 0, func(f *ast.Field) error {
		def := gqlTypes[typ][f.Name]
		switch def.shape {
		case scalar:
			sum += 0.1
		case object, objects:
			sum += 1 + c.cost(def.of, f.SelectionSet)
		case connection:
			sum += c.connectionCost(def.of, f)
		}
		return nil
	})
	return sum
}

func (c *gqlCall) connectionCost(of string, f *ast.Field) float64 {
	first := 50.0
	if n, ok := toNumber(c.args(f)["first"]); ok {
		first = n
	}
	sum := 0.0
	_ = c.each(of+"Connection", f.SelectionSet, 0, func(part *ast.Field) error {
		switch part.Name {
		case "nodes":
			sum += first * (1 + c.cost(of, part.SelectionSet))
		case "edges":
			_ = c.each(of+"Edge", part.SelectionSet, 0, func(e *ast.Field) error {
				sum += first * (1 + c.cost(of, e.SelectionSet))
				return nil
			})
		case "pageInfo":
			sum += 1 + c.cost("PageInfo", part.SelectionSet)
		}
		return nil
	})
	return sum
}
