package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// generator writes expressions that are well typed, over all facts, functions,
// operators and loops of the language. The same numbers give the same expression.
type generator struct {
	*rand.Rand
	l     *language
	scope []variable
	loops int
}

// expression writes one of the type.
func (g *generator) expression(t *cel.Type, depth int) string {
	ways := g.leaves(t)
	if depth > 0 {
		ways = append(ways, g.branches(t, depth-1)...)
	}
	if len(ways) == 0 {
		return g.literal(t)
	}
	return ways[g.IntN(len(ways))]()
}

// leaves are variables and literals of the type.
func (g *generator) leaves(t *cel.Type) []func() string {
	out := []func() string{func() string { return g.literal(t) }}
	for _, v := range g.scope {
		if v.typ.IsExactType(t) {
			out = append(out, func() string { return v.name })
		}
	}
	if t.Kind() == types.StructKind {
		return out[min(len(out)-1, 1):]
	}
	return out
}

var (
	hostile = []string{
		`""`, `"PAY-1"`, `"a"`, `"Bulk export of refunds"`, `"done"`, `"started"`, `"\u00e9\u0130\u212a"`, `"\ud7ff\uffff"`, `"ﬁ ſ İ"`, `"{ticket.key} || true"`,
		`"\n\t\\"`, `"1"`, `"-9223372036854775808"`, `"1e400"`, `"NaN"`, `"true"`, `"2026-11-16T09:00:00Z"`, `"9999-12-31T23:59:59.999999999Z"`, `"48h"`, `"0001-01-01T00:00:00Z"`,
		`"Europe/Berlin"`, `"+05:30"`, `"Nowhere/Land"`, `"mina"`, `"em"`, `"engineering"`,
	}
	patterns = []string{`"(?i)bulk"`, `"^a"`, `"x$"`, `"\\bexport\\b"`, `"(a|b)+"`, `"[^a-z]"`, `""`, `"(?i)k"`, `"re(fund|port)s?"`, `"."`, `"(?i)(ai|ml|export)\\b"`}
	literals = map[types.Kind][]string{
		types.BoolKind:   {"true", "false"},
		types.IntKind:    {"0", "1", "-1", "2", "3", "40", "9223372036854775807", "-9223372036854775808", "9007199254740993", "4294967296"},
		types.UintKind:   {"0u", "1u", "18446744073709551615u"},
		types.DoubleKind: {"0.0", "-0.5", "1.5", "3.0", "1e308", "9007199254740993.0", "9223372036854775807.0", `double("NaN")`, `double("inf")`, "-1e308"},
		types.BytesKind:  {`b"a"`, `b""`, `b"\xff"`},
		types.TimestampKind: {"now", `timestamp("2026-11-16T09:00:00Z")`, `timestamp("0001-01-01T00:00:00Z")`, `timestamp("9999-12-31T23:59:59.999999999Z")`,
			`timestamp("2026-11-10T23:59:59.5+02:00")`, "timestamp(0)"},
		types.DurationKind: {`duration("0s")`, `duration("48h")`, `duration("-1h30m")`, `duration("2562047h47m16s")`, `duration("1ms")`},
	}
)

func (g *generator) of(list []string) string { return list[g.IntN(len(list))] }

func (g *generator) literal(t *cel.Type) string {
	switch t.Kind() {
	case types.StringKind:
		return g.of(hostile)
	case types.ListKind:
		n := g.IntN(4)
		all := make([]string, n)
		for i := range all {
			all[i] = g.expression(t.Parameters()[0], 0)
		}
		return "[" + strings.Join(all, ", ") + "]"
	case types.MapKind:
		return "{" + g.literal(t.Parameters()[0]) + ": " + g.expression(t.Parameters()[1], 0) + "}"
	case types.DynKind:
		return "dyn(" + g.expression(g.plain(), 0) + ")"
	case types.NullTypeKind, types.StructKind:
		return "null"
	case types.TypeKind:
		return g.of([]string{"int", "string", "double", "list", "null_type"})
	}
	return g.of(literals[t.Kind()])
}

// plain is a type of CEL's own.
func (g *generator) plain() *cel.Type {
	all := []*cel.Type{cel.BoolType, cel.IntType, cel.StringType, cel.DoubleType, cel.TimestampType, cel.DurationType, cel.UintType, cel.NullType, cel.BytesType}
	return all[g.IntN(len(all))]
}

// any is a type of the language.
func (g *generator) any() *cel.Type {
	switch all := nouns(); g.IntN(6) {
	case 0:
		return all[g.IntN(len(all))].typ
	case 1:
		return cel.ListType(g.any())
	case 2:
		return cel.DynType
	default:
		return g.plain()
	}
}

// branches are the ways to make one of the type of others.
func (g *generator) branches(t *cel.Type, depth int) []func() string {
	sub := func(t *cel.Type) string { return g.expression(t, depth) }
	out := []func() string{func() string { return "(" + sub(cel.BoolType) + " ? " + sub(t) + " : " + sub(t) + ")" }}
	for _, n := range nouns() {
		for _, f := range n.facts {
			if f.typ.IsExactType(t) {
				out = append(out, func() string { return g.operand(n.typ, depth) + "." + f.name })
			}
		}
	}
	for _, s := range g.l.settings {
		if s.Type.cel().IsExactType(t) {
			out = append(out, func() string { return "settings." + s.Name })
		}
	}
	for _, f := range functions() {
		if f.result.IsExactType(t) {
			out = append(out, func() string { return g.call(f, depth) })
		}
	}
	out = append(out, func() string { return sub(cel.ListType(t)) + "[" + sub(cel.IntType) + "]" })
	own := g.ofType(t, sub)
	for range 1 + len(out)/(1+len(own)) { // as likely as facts and functions
		out = append(out, own...)
	}
	return out
}

// operand is a noun that is rarely null.
func (g *generator) operand(t *cel.Type, depth int) string {
	if s := g.expression(t, depth); s != "null" {
		return s
	}
	return "ticket.links.filter(x, false)[0].ticket" // of no noun: does not check, and is left out
}

func (g *generator) call(f function, depth int) string {
	args := make([]string, len(f.args))
	for i, a := range f.args {
		args[i] = g.expression(a, depth)
	}
	if f.member {
		return "(" + args[0] + ")." + f.name + "(" + strings.Join(args[1:], ", ") + ")"
	}
	return f.name + "(" + strings.Join(args, ", ") + ")"
}

// ofType are the operators and functions of CEL that give the type.
func (g *generator) ofType(t *cel.Type, sub func(*cel.Type) string) []func() string {
	binary := func(a *cel.Type, ops []string, b *cel.Type) func() string {
		return func() string { return "(" + sub(a) + " " + g.of(ops) + " " + sub(b) + ")" }
	}
	method := func(of *cel.Type, names ...string) func() string {
		return func() string { return "(" + sub(of) + ")." + g.of(names) + "()" }
	}
	times := []string{"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds"}
	order, sums := []string{"<", "<=", ">", ">="}, []string{"+", "-", "*", "/"}
	switch t.Kind() {
	case types.BoolKind:
		return slices.Concat(g.conditions(sub, order), []func() string{
			binary(cel.IntType, order, cel.IntType), binary(cel.DoubleType, order, cel.IntType), binary(cel.IntType, order, cel.DoubleType),
			binary(cel.StringType, order, cel.StringType), binary(cel.TimestampType, order, cel.TimestampType), binary(cel.DurationType, order, cel.DurationType),
			binary(cel.BoolType, []string{"&&", "||"}, cel.BoolType), binary(cel.BoolType, []string{"&&", "||"}, cel.BoolType),
			binary(cel.DynType, append(order, "==", "!="), cel.DynType),
		})
	case types.IntKind:
		return []func() string{
			binary(cel.IntType, append(sums, "%"), cel.IntType), func() string { return "-(" + sub(cel.IntType) + ")" },
			func() string { return "size(" + sub(g.sized()) + ")" }, method(g.sized(), "size"),
			method(cel.TimestampType, times...), method(cel.DurationType, "getHours", "getMinutes", "getSeconds", "getMilliseconds"),
			func() string {
				return "(" + sub(cel.TimestampType) + ")." + g.of(times) + "(" + sub(cel.StringType) + ")"
			},
			func() string {
				return "int(" + sub([]*cel.Type{cel.IntType, cel.DoubleType, cel.StringType, cel.TimestampType, cel.UintType}[g.IntN(5)]) + ")"
			},
		}
	case types.UintKind:
		return []func() string{binary(cel.UintType, append(sums, "%"), cel.UintType), func() string { return "uint(" + sub(cel.IntType) + ")" }}
	case types.DoubleKind:
		return []func() string{
			binary(cel.DoubleType, sums, cel.DoubleType), func() string { return "-(" + sub(cel.DoubleType) + ")" },
			func() string {
				return "double(" + sub([]*cel.Type{cel.IntType, cel.DoubleType, cel.StringType}[g.IntN(3)]) + ")"
			},
		}
	case types.StringKind:
		return []func() string{
			binary(cel.StringType, []string{"+"}, cel.StringType),
			func() string {
				return "string(" + sub([]*cel.Type{cel.IntType, cel.DoubleType, cel.StringType, cel.BoolType, cel.TimestampType, cel.DurationType}[g.IntN(6)]) + ")"
			},
		}
	case types.TimestampKind:
		return []func() string{
			binary(cel.TimestampType, []string{"+", "-"}, cel.DurationType), binary(cel.DurationType, []string{"+"}, cel.TimestampType),
			func() string { return "timestamp(" + sub([]*cel.Type{cel.IntType, cel.StringType}[g.IntN(2)]) + ")" },
		}
	case types.DurationKind:
		return []func() string{
			binary(cel.DurationType, []string{"+", "-"}, cel.DurationType), binary(cel.TimestampType, []string{"-"}, cel.TimestampType),
			func() string { return "duration(" + sub(cel.StringType) + ")" },
		}
	case types.ListKind:
		return g.lists(t, sub)
	case types.DynKind:
		return []func() string{
			func() string { return "dyn(" + sub(g.any()) + ")" }, binary(cel.DynType, append(sums, "%"), cel.DynType),
			func() string {
				return "dyn(" + sub(cel.MapType(cel.StringType, cel.IntType)) + ")." + g.of([]string{"a", "b"})
			},
			func() string { return sub(cel.MapType(cel.StringType, cel.IntType)) + "[" + sub(cel.StringType) + "]" },
		}
	case types.MapKind:
		return []func() string{func() string { return "{" + sub(t.Parameters()[0]) + ": " + sub(t.Parameters()[1]) + `, "b": 1}` }}
	}
	return nil
}

func (g *generator) sized() *cel.Type {
	return []*cel.Type{cel.StringType, cel.ListType(cel.StringType), cel.ListType(ticketType), cel.ListType(changeType), cel.ListType(cel.IntType), cel.MapType(cel.StringType, cel.IntType), cel.BytesType}[g.IntN(7)]
}

// conditions are those that hold other conditions, and those about texts.
func (g *generator) conditions(sub func(*cel.Type) string, order []string) []func() string {
	return []func() string{
		func() string { return "!(" + sub(cel.BoolType) + ")" },
		func() string {
			t := g.any()
			return "(" + sub(t) + g.of([]string{" == ", " != "}) + sub(t) + ")"
		},
		func() string { return "(" + sub(g.noun()) + g.of([]string{" == ", " != "}) + "null)" },
		func() string {
			return "(" + sub(cel.StringType) + ")." + g.of([]string{"contains", "startsWith", "endsWith"}) + "(" + sub(cel.StringType) + ")"
		},
		func() string { return "(" + sub(cel.StringType) + ").matches(" + g.of(patterns) + ")" },
		func() string {
			t := g.any()
			return "(" + sub(t) + " in " + sub(cel.ListType(t)) + ")"
		},
		func() string {
			return "(" + sub(cel.StringType) + " in " + sub(cel.MapType(cel.StringType, cel.IntType)) + ")"
		},
		func() string {
			n := nouns()[g.IntN(len(nouns()))]
			return "has(" + g.operand(n.typ, 1) + "." + n.facts[g.IntN(len(n.facts))].name + ")"
		},
		func() string { return "has(" + sub(cel.MapType(cel.StringType, cel.IntType)) + ".a)" },
		func() string { return g.loop([]string{"exists", "all", "exists_one"}, sub, cel.BoolType) },
		func() string { return g.loop([]string{"exists", "all", "exists_one"}, sub, cel.BoolType) },
		func() string { return "(type(" + sub(g.any()) + ") == " + g.literal(types.TypeType) + ")" },
		func() string { return "(" + sub(cel.UintType) + " " + g.of(order) + " " + sub(cel.UintType) + ")" },
	}
}

func (g *generator) noun() *cel.Type { return nouns()[g.IntN(len(nouns()))].typ }

// loop writes a loop over any list whose body has the type.
func (g *generator) loop(names []string, sub func(*cel.Type) string, body *cel.Type) string {
	return g.loopOver(g.any(), g.of(names), sub, func() string { return sub(body) })
}

func (g *generator) loopOver(t *cel.Type, name string, sub func(*cel.Type) string, body func() string) string {
	if g.loops >= maxNesting {
		return g.literal(cel.BoolType)
	}
	over := sub(cel.ListType(t))
	if g.IntN(10) == 0 && t == cel.StringType {
		over = sub(cel.MapType(cel.StringType, cel.IntType))
	}
	v := variable{name: "x" + strconv.Itoa(len(g.scope)), typ: t}
	g.scope, g.loops = append(g.scope, v), g.loops+1
	defer func() { g.scope, g.loops = g.scope[:len(g.scope)-1], g.loops-1 }()
	return fmt.Sprintf("%s.%s(%s, %s)", over, name, v.name, body())
}

// lists are the ways to make a list of others.
func (g *generator) lists(t *cel.Type, sub func(*cel.Type) string) []func() string {
	entry := t.Parameters()[0]
	filter := func() string { return g.loopOver(entry, "filter", sub, func() string { return sub(cel.BoolType) }) }
	return []func() string{
		filter, filter,
		func() string { return g.loopOver(g.any(), "map", sub, func() string { return sub(entry) }) },
		func() string {
			return g.loopOver(g.any(), "map", sub, func() string { return sub(cel.BoolType) + ", " + sub(entry) })
		},
		func() string { return "(" + sub(t) + " + " + sub(t) + ")" },
		func() string { return "[" + sub(entry) + ", " + sub(entry) + "]" },
	}
}
