package rules

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/fairlead-dev/fairlead/rules/engine"
)

// Bounds on one expression. They are far above what a rule needs and keep one
// that was written carelessly, or with ill intent, from holding up the others.
const (
	maxExpression = 4096            // characters
	maxNodes      = 2000            // nodes of the expression, macros expanded
	maxDepth      = 64              // parentheses and operators within one another
	maxNesting    = 3               // loops within loops
	maxRegex      = 2000            // instructions of a compiled regular expression
	maxCost       = engine.MaxSteps // steps of one evaluation
)

// errMissing says that a condition read a value that is not there without asking
// has() first. Such a condition is not met: what is not known is no reason to
// speak up.
var errMissing = engine.ErrMissing

// language is what an expression may speak of: the facts, the settings of one
// rule, and the variables of one place in its file.
//
// CEL parses and checks the expression, the package engine evaluates it.
type language struct {
	env      *cel.Env
	settings []Setting
	vars     []variable
}

// variable is a name an expression may use.
type variable struct {
	name string
	typ  *cel.Type
	help string
}

// program is a checked expression, ready to be evaluated any number of times,
// also concurrently.
type program struct {
	run   *engine.Program
	typ   *cel.Type
	names map[string]bool // variables it mentions
	asks  map[string]bool // facts and functions it asks for
}

// newLanguage makes a language of the facts, the settings and the variables.
func newLanguage(settings []Setting, vars ...variable) *language {
	env, err := baseEnv()
	if err != nil {
		panic(err) // our own table of facts is wrong
	}
	p := provider{settings: settings}
	opts := []cel.EnvOption{
		cel.CustomTypeProvider(p), cel.CustomTypeAdapter(adapter{}),
		cel.Variable("settings", settingsType), cel.Variable("now", cel.TimestampType),
	}
	for _, v := range vars {
		opts = append(opts, cel.Variable(v.name, v.typ))
	}
	if env, err = env.Extend(opts...); err != nil {
		panic(err)
	}
	return &language{env: env, settings: settings, vars: vars}
}

// with is the language with further variables.
func (l *language) with(vars ...variable) *language {
	return newLanguage(l.settings, append(append([]variable{}, l.vars...), vars...)...)
}

// compile checks the expression and prepares it. want is the type it must have;
// nil takes any.
func (l *language) compile(src string, want *cel.Type) (*program, []issue) {
	checked, found := l.env.Compile(src)
	if found.Err() != nil {
		return nil, l.explain(src, found)
	}
	return l.prepare(src, checked, want)
}

// prepare makes a program of a checked expression.
func (l *language) prepare(src string, checked *cel.Ast, want *cel.Type) (*program, []issue) {
	if refused := refuse(src, checked); refused != nil {
		return nil, refused
	}
	typ := checked.OutputType()
	if want != nil && !want.IsAssignableType(typ) {
		return nil, []issue{{text: fmt.Sprintf("this gives %s, wanted is %s", typeWords(typ), typeWords(want))}}
	}
	run, err := engine.Compile(checked.NativeRep(), l.library())
	if err != nil {
		return nil, []issue{l.refused(src, checked, err)}
	}
	return &program{run: run, typ: typ, names: mentioned(checked), asks: asked(checked)}, nil
}

// refused places what the engine cannot evaluate.
func (l *language) refused(src string, checked *cel.Ast, err error) issue {
	var r *engine.RefusalError
	if !errors.As(err, &r) {
		return issue{text: err.Error()}
	}
	at := checked.NativeRep().SourceInfo().GetStartLocation(r.ID)
	return issue{offset: offsetOf(src, at.Line(), at.Column()), text: r.Text, hint: r.Hint}
}

// library is what the engine has to know of the language.
func (l *language) library() engine.Library {
	lib := engine.Library{
		Adapter: adapter{}, Provider: provider{settings: l.settings}, Overloads: overloads().FindOverload,
		Fact: func(noun, field string) engine.Fact {
			if noun == settingsType.TypeName() {
				return settingFact(l.settings, field)
			}
			return factsByType()[noun][field]
		},
		Function:  func(overload string) engine.Function { return functionsByOverload()[overload] },
		Variables: map[string]engine.Source{"settings": engine.NounAt(settingsSlot), "now": engine.Now()},
	}
	for _, v := range l.vars {
		lib.Variables[v.name] = v.source()
	}
	return lib
}

// overloads are CEL's own ways to compute functions, and ours as CEL calls them.
var overloads = sync.OnceValue(func() interpreter.Dispatcher {
	env, err := baseEnv()
	if err != nil {
		panic(err) // our own table of facts is wrong
	}
	all := interpreter.NewDispatcher()
	for _, f := range env.Functions() {
		bindings, err := f.Bindings()
		if err == nil {
			err = all.Add(bindings...)
		}
		if err != nil {
			panic(err) // the same
		}
	}
	return all
})

// Where the engine's frame holds a variable.
const (
	ticketSlot = iota
	settingsSlot
	subjectSlot
	itemSlot
)

const (
	ticketsSlot = iota
	changesSlot
)

// source is where a frame holds the variable.
func (v variable) source() engine.Source {
	switch v.name {
	case "ticket":
		return engine.NounAt(ticketSlot)
	case "subject":
		return engine.NounAt(subjectSlot)
	case "tickets":
		return engine.ListAt(ticketsSlot)
	case "changes":
		return engine.ListAt(changesSlot)
	case "it":
		return engine.It()
	}
	return engine.NounAt(itemSlot)
}

// ofKind lists the parts of an expression that are of one kind.
func ofKind(checked *cel.Ast, kind ast.ExprKind) []ast.NavigableExpr {
	return ast.MatchDescendants(ast.NavigateAST(checked.NativeRep()), ast.KindMatcher(kind))
}

func mentioned(checked *cel.Ast) map[string]bool {
	out := map[string]bool{}
	for _, e := range ofKind(checked, ast.IdentKind) {
		out[e.AsIdent()] = true
	}
	return out
}

// asked lists the facts and functions an expression asks for, by their names.
func asked(checked *cel.Ast) map[string]bool {
	out := map[string]bool{}
	for _, e := range ofKind(checked, ast.SelectKind) {
		out[e.AsSelect().FieldName()] = true
	}
	for _, e := range ofKind(checked, ast.CallKind) {
		out[e.AsCall().FunctionName()] = true
	}
	return out
}

// value evaluates the program.
func (p *program) value(f *frame) (ref.Val, error) {
	v, err := p.run.Value(f.bind())
	return v, inOurWords(err)
}

// inOurWords tells an evaluation that ran on in words of ours.
func inOurWords(err error) error {
	var cancelled interpreter.EvalCancelledError
	if errors.Is(err, engine.ErrSteps) || errors.As(err, &cancelled) && cancelled.Cause == interpreter.CostLimitExceeded {
		return errTooCostly
	}
	return err
}

// errTooCostly ends an evaluation that runs on.
var errTooCostly = fmt.Errorf("it takes more than %s steps: loop over less", commas(maxCost))

// holds evaluates a condition. One that stumbles over a missing value does not
// hold.
func (p *program) holds(f *frame) (yes bool, err error) {
	defer engine.Recovered(&err)
	f.bind()
	return p.test(f)
}

// test is holds for a frame whose variables are bound, by a caller who defers
// engine.Recovered.
func (p *program) test(f *frame) (bool, error) {
	yes, err := p.run.Holds(&f.vars)
	if err != nil {
		return false, unlessMissing(inOurWords(err))
	}
	return yes, nil
}

// unlessMissing forgets an error that only says that a value is not there.
func unlessMissing(err error) error {
	if errors.Is(err, errMissing) {
		return nil
	}
	return err
}

// frame holds the variables of one evaluation. It implements cel.Activation, for
// explanations.
type frame struct {
	now      time.Time
	settings *settingValues
	ticket   *workTicket
	scope    string // name under which item is known
	item     identified
	subject  any // the noun a finding is about
	tickets  list[*workTicket]
	changes  list[*change]
	it       any

	vars engine.Frame
}

// look puts what one row is about where the engine reads it; everything else of
// the frame is as it was bound.
func (f *frame) look(t *workTicket, item identified, s *settingValues) {
	f.ticket, f.item, f.settings, f.subject = t, item, s, nil
	v := &f.vars
	v.Nouns[settingsSlot], v.Nouns[itemSlot], v.Nouns[subjectSlot], v.Nouns[ticketSlot] = s, item, nil, nil
	if t != nil {
		v.Nouns[ticketSlot] = t
	}
}

// bind puts the variables where the engine reads them.
func (f *frame) bind() *engine.Frame {
	v := &f.vars
	v.Now = f.now
	v.Nouns[settingsSlot], v.Nouns[itemSlot] = f.settings, f.item
	v.Nouns[ticketSlot], v.Nouns[subjectSlot] = nil, nil
	if f.ticket != nil {
		v.Nouns[ticketSlot] = f.ticket
	}
	if f.subject != nil {
		v.Nouns[subjectSlot], _ = f.subject.(identified)
	}
	v.Lists[ticketsSlot], v.Lists[changesSlot] = nil, nil
	if f.tickets != nil {
		v.Lists[ticketsSlot] = &f.tickets
	}
	if f.changes != nil {
		v.Lists[changesSlot] = &f.changes
	}
	v.It = nil
	if f.it != nil {
		v.It = adapter{}.NativeToValue(f.it)
	}
	return v
}

// ResolveName finds a variable.
func (f *frame) ResolveName(name string) (any, bool) {
	switch name {
	case "ticket":
		return f.ticket, f.ticket != nil
	case "settings":
		return f.settings, true
	case "now":
		return f.now, true
	case "subject":
		return f.subject, f.subject != nil
	case "tickets":
		return f.tickets, true
	case "changes":
		return f.changes, true
	case "it":
		return f.it, f.it != nil
	case f.scope:
		return f.item, f.item != nil
	}
	return nil, false
}

// Parent is nil: frames do not nest.
func (f *frame) Parent() cel.Activation { return nil }
