package rules

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Part is a part of a condition with its value: the condition as a whole, or an
// operand of && or ||, or what a loop looked at.
type Part struct {
	Text  string `json:"text"`           // the expression
	Value string `json:"value"`          // yes, no, not known, or the value in words
	Each  string `json:"each,omitempty"` // of a loop: for which entry
	Facts []Fact `json:"facts,omitempty"`
	Of    string `json:"of,omitempty"` // how Parts come together: and, or, each
	Parts []Part `json:"parts,omitempty"`
	More  int    `json:"more,omitempty"` // entries of a loop that are not shown
}

// Holds reports whether the part is met.
func (p *Part) Holds() bool { return p.Value == yes }

// Fact is something that a part of a condition asks for, with its value.
type Fact struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

const yes, no, nothing = "yes", "no", "nothing"

// Bounds of what is told of one condition.
const (
	mostParts   = 200         // parts in all
	mostSteps   = 3 * maxCost // steps of all evaluations together
	mostFacts   = 12          // of one part
	mostEntries = 5           // of a loop
)

// tracing explains expressions in one frame.
type tracing struct {
	ctx  context.Context //nolint:containedctx // lives for one explanation
	loc  *time.Location
	left int // how many parts may still be told
	// steps is how many steps all that is told may still take, as CEL counts them.
	steps uint64
}

// traced is an expression that was evaluated with everything in it.
type traced struct {
	*tracing
	l       *language
	frame   cel.Activation
	checked *ast.AST
	state   interpreter.EvalState
	err     error
}

// eval evaluates the expression, all operands whatever the others give, within
// the bounds of any evaluation.
func (t *tracing) eval(l *language, src string, frame cel.Activation) (*traced, error) {
	env, err := l.env.Extend(cel.EnableMacroCallTracking())
	if err != nil {
		return nil, err
	}
	checked, found := env.Compile(src)
	if found.Err() != nil {
		return nil, found.Err()
	}
	limit := min(t.steps, maxCost)
	if limit == 0 {
		return nil, errTooCostly
	}
	run, err := env.Program(checked, cel.EvalOptions(cel.OptExhaustiveEval), cel.CostLimit(limit), cel.InterruptCheckFrequency(1000))
	if err != nil {
		return nil, err
	}
	_, details, err := run.ContextEval(t.ctx, frame)
	t.steps -= min(t.steps, stepsOf(details, limit))
	if details == nil {
		return nil, err
	}
	return &traced{tracing: t, l: l, frame: frame, checked: checked.NativeRep(), state: details.State(), err: inOurWords(err)}, nil
}

// stepsOf is how many steps an evaluation took: all it was allowed where that is
// not told, since it was cut off then.
func stepsOf(details *cel.EvalDetails, limit uint64) uint64 {
	if details == nil || details.ActualCost() == nil {
		return limit
	}
	return *details.ActualCost()
}

// condition tells a condition part by part.
func (t *tracing) condition(l *language, src string, frame cel.Activation) (Part, error) {
	e, err := t.eval(l, src, frame)
	if err != nil {
		return Part{}, err
	}
	return e.part(e.checked.Expr()), nil
}

// part tells an expression: its operands where it joins several, otherwise its
// value with the facts in it.
func (e *traced) part(x ast.Expr) Part {
	e.left--
	p := Part{Text: e.source(x), Value: e.value(x)}
	if e.left <= 0 {
		return p
	}
	switch name := callOf(x); {
	case name == operators.LogicalAnd, name == operators.LogicalOr:
		p.Of = map[string]string{operators.LogicalAnd: "and", operators.LogicalOr: "or"}[name]
		for _, operand := range operandsOf(x, name) {
			p.Parts = append(p.Parts, e.part(operand))
		}
	case name == operators.LogicalNot && joins(x.AsCall().Args()[0]):
		p.Of, p.Parts = "not", []Part{e.part(x.AsCall().Args()[0])}
	case x.Kind() == ast.ComprehensionKind:
		e.loop(&p, x)
	default:
		p.Facts = slices.DeleteFunc(e.facts(x), func(f Fact) bool { return f.Text == p.Text })
	}
	return p
}

// joins reports whether an expression is told in parts.
func joins(x ast.Expr) bool {
	name := callOf(x)
	return name == operators.LogicalAnd || name == operators.LogicalOr || name == operators.LogicalNot || x.Kind() == ast.ComprehensionKind
}

func callOf(x ast.Expr) string {
	if x.Kind() != ast.CallKind {
		return ""
	}
	return x.AsCall().FunctionName()
}

// operandsOf are the operands of a row of one operator: a && b && c has three.
func operandsOf(x ast.Expr, operator string) []ast.Expr {
	if callOf(x) != operator {
		return []ast.Expr{x}
	}
	var out []ast.Expr
	for _, arg := range x.AsCall().Args() {
		out = append(out, operandsOf(arg, operator)...)
	}
	return out
}

// source is the expression as it is written, on one line.
func (e *traced) source(x ast.Expr) string {
	text, err := cel.ExprToString(x, e.checked.SourceInfo())
	if err != nil {
		return "an expression"
	}
	return Paragraph(text)
}

// value is what the expression gave, in words.
func (e *traced) value(x ast.Expr) string {
	v, ok := e.state.Value(x.ID())
	if !ok {
		if e.err != nil && x.ID() == e.checked.Expr().ID() {
			return faultWords(e.err)
		}
		return unknown
	}
	return e.words(v)
}

// words tells a value; an empty text or list is nothing.
func (e *traced) words(v ref.Val) string {
	if fault, is := v.(*types.Err); is {
		return faultWords(fault)
	}
	if types.IsUnknown(v) {
		return unknown
	}
	switch n := native(v).(type) {
	case time.Time:
		return n.In(e.loc).Format("Mon 2 Jan 2006 15:04")
	case *settingValues:
		return nothing
	}
	if text := inWords(v, e.loc); text != "" {
		return text
	}
	return nothing
}

// faultWords says why an expression gave nothing.
func faultWords(err error) string {
	if errors.Is(err, errMissing) {
		return unknown
	}
	return "could not be evaluated: " + oneLine(err.Error())
}

// loop tells what exists, all and exists_one looked at, entry by entry. Other
// loops make lists, which are told as facts.
func (e *traced) loop(p *Part, x ast.Expr) {
	macro, isMacro := e.checked.SourceInfo().GetMacroCall(x.ID())
	within := x.AsComprehension().IterRange()
	if !isMacro || !slices.Contains([]string{"exists", "all", "exists_one"}, callOf(macro)) || len(macro.AsCall().Args()) != 2 {
		p.Facts = e.facts(x)
		return
	}
	p.Facts = e.facts(within)
	v, ok := e.state.Value(within.ID())
	if !ok || types.IsUnknownOrError(v) {
		return
	}
	args, entries := macro.AsCall().Args(), each(v)
	body := e.source(args[1])
	typ := e.checked.GetType(within.ID())
	if args[0].Kind() != ast.IdentKind || typ.Kind() != types.ListKind {
		return
	}
	inner := e.l.with(variable{args[0].AsIdent(), typ.Parameters()[0], ""})
	p.Of, p.More = "each", max(0, len(entries)-mostEntries)
	for _, entry := range entries[:min(mostEntries, len(entries))] {
		one, err := e.condition(inner, body, bound{args[0].AsIdent(), entry, e.frame})
		if err != nil {
			one = Part{Text: body, Value: faultWords(err)}
		}
		one.Each = e.entry(entry)
		p.Parts = append(p.Parts, one)
	}
}

// entry names an entry of a list.
func (e *traced) entry(v ref.Val) string {
	if s, ok := native(v).(*link); ok {
		return oneLine(strings.TrimSpace(s.Phrase + " " + s.Target.Key))
	}
	switch n := native(v).(type) {
	case *change:
		return changeWords(n, e.loc)
	case *comment:
		return "comment of " + n.Created.In(e.loc).Format("2 Jan 2006 15:04")
	}
	return e.words(v)
}

// bound is a frame with one more variable.
type bound struct {
	name  string
	value ref.Val
	outer cel.Activation
}

// ResolveName implements cel.Activation.
func (b bound) ResolveName(name string) (any, bool) {
	if name == b.name {
		return b.value, true
	}
	return b.outer.ResolveName(name)
}

// Parent implements cel.Activation: what is not bound here is looked up above.
func (b bound) Parent() cel.Activation { return nil }

// facts are what the expression asks for, each once, from the left.
func (e *traced) facts(x ast.Expr) []Fact {
	var out []Fact
	e.gather(x, &out)
	return out
}

func (e *traced) gather(x ast.Expr, to *[]Fact) {
	switch x.Kind() {
	case ast.SelectKind:
		e.note(x, to)
		if inner := x.AsSelect().Operand(); inner.Kind() == ast.CallKind || inner.Kind() == ast.ComprehensionKind {
			e.gather(inner, to)
		}
	case ast.CallKind:
		call := x.AsCall()
		if isAsked(call.FunctionName()) {
			e.note(x, to)
		}
		if call.IsMemberFunction() && call.Target().Kind() != ast.IdentKind {
			e.gather(call.Target(), to)
		}
		for _, arg := range call.Args() {
			e.gather(arg, to)
		}
	case ast.ComprehensionKind:
		e.note(x, to)
		e.gather(x.AsComprehension().IterRange(), to)
	case ast.ListKind:
		for _, element := range x.AsList().Elements() {
			e.gather(element, to)
		}
	case ast.IdentKind:
		e.note(x, to)
	}
}

// isAsked tells functions, which are facts, from operators and conversions.
func isAsked(name string) bool {
	return !strings.ContainsAny(name, "_@!-") && !slices.Contains([]string{"string", "int", "double", "duration", "timestamp", "dyn"}, name) ||
		slices.ContainsFunc(functions(), func(f function) bool { return f.name == name })
}

// note adds a fact, unless it cannot be told or was told.
func (e *traced) note(x ast.Expr, to *[]Fact) {
	typ := e.checked.GetType(x.ID())
	if len(*to) == mostFacts || typ == nil || !tellable(typ) {
		return
	}
	f := Fact{Text: e.source(x), Value: e.value(x)}
	if !slices.Contains(*to, f) {
		*to = append(*to, f)
	}
}

// changeWords tells a change: status from To do to Done on 5 Nov 2026 by Dana.
func changeWords(c *change, loc *time.Location) string {
	text := string(c.Field)
	if from := strings.Join(wordsOf(c.From), ", "); from != "" {
		text += " from " + from
	}
	if to := strings.Join(wordsOf(c.To), ", "); to != "" {
		text += " to " + to
	}
	text += " on " + c.At.In(loc).Format("2 Jan 2006 15:04")
	if who, known := c.of.w.maybe(c.of.Tracker, c.Actor); known {
		text += " by " + who.name
	}
	return oneLine(text)
}
