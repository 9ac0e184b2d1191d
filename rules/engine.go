package rules

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Bounds on one expression. They are far above what a rule needs and keep one
// that was written carelessly, or with ill intent, from holding up the others.
const (
	maxExpression = 4096      // characters
	maxNodes      = 2000      // nodes of the expression, macros expanded
	maxDepth      = 64        // parentheses and operators within one another
	maxNesting    = 3         // loops within loops
	maxRegex      = 2000      // instructions of a compiled regular expression
	maxCost       = 1_000_000 // steps of one evaluation, as CEL counts them
)

// errMissing says that a condition read a value that is not there without asking
// has() first. Such a condition is not met: what is not known is no reason to
// speak up.
var errMissing = errors.New("has no value here")

// language is what an expression may speak of: the facts, the settings of one
// rule, and the variables of one place in its file.
//
// Language and program are all that the rest of the package knows of CEL's
// compiler and interpreter; another evaluator for checked expressions fits
// behind them.
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
	run   cel.Program
	typ   *cel.Type
	loops bool
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
	if refused := refuse(src, checked); refused != nil {
		return nil, refused
	}
	typ := checked.OutputType()
	if want != nil && !want.IsAssignableType(typ) {
		return nil, []issue{{text: fmt.Sprintf("this gives %s, wanted is %s", typeWords(typ), typeWords(want))}}
	}
	opts := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	loops := len(ofKind(checked, ast.ComprehensionKind)) > 0
	if loops {
		// Counting steps makes an evaluation several times slower; without a
		// loop the size of the expression bounds it already.
		opts = append(opts, cel.CostLimit(maxCost), cel.InterruptCheckFrequency(1000))
	}
	run, err := l.env.Program(checked, opts...)
	if err != nil {
		return nil, []issue{{text: err.Error()}}
	}
	return &program{run: run, typ: typ, loops: loops, names: mentioned(checked), asks: asked(checked)}, nil
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
func (p *program) value(ctx context.Context, f *frame) (ref.Val, error) {
	var out ref.Val
	var err error
	if p.loops {
		out, _, err = p.run.ContextEval(ctx, f)
	} else {
		out, _, err = p.run.Eval(f)
	}
	return out, inOurWords(err)
}

// inOurWords tells an evaluation that ran on in words of ours.
func inOurWords(err error) error {
	var cancelled interpreter.EvalCancelledError
	if errors.As(err, &cancelled) && cancelled.Cause == interpreter.CostLimitExceeded {
		return errTooCostly
	}
	return err
}

// errTooCostly ends an evaluation that runs on.
var errTooCostly = fmt.Errorf("it takes more than %s steps: loop over less", commas(maxCost))

// holds evaluates a condition. One that stumbles over a missing value does not
// hold.
func (p *program) holds(ctx context.Context, f *frame) (bool, error) {
	out, err := p.value(ctx, f)
	if err != nil {
		return false, unlessMissing(err)
	}
	return out == types.True, nil
}

// unlessMissing forgets an error that only says that a value is not there.
func unlessMissing(err error) error {
	if errors.Is(err, errMissing) {
		return nil
	}
	return err
}

// frame holds the variables of one evaluation. It implements cel.Activation.
type frame struct {
	now      time.Time
	settings *settingValues
	ticket   *workTicket
	scope    string // name under which item is known
	item     identified
	subject  any // the noun a finding is about
	tickets  []*workTicket
	changes  []*change
	it       any
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
