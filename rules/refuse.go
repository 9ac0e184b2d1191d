package rules

import (
	"fmt"
	"regexp/syntax"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
)

// refuse looks for what CEL allows and a rule may not do: make things up, and
// match against a pattern that is not written out or grows too large. CEL's own
// check of that size panics in v0.32.0.
func refuse(src string, checked *cel.Ast) []issue {
	var out []issue
	add := func(e ast.Expr, text, hint string) {
		at := checked.NativeRep().SourceInfo().GetStartLocation(e.ID())
		out = append(out, issue{offset: offsetOf(src, at.Line(), at.Column()), text: text, hint: hint})
	}
	for _, e := range ofKind(checked, ast.StructKind) {
		add(e, fmt.Sprintf("a rule cannot make a %s of its own", e.AsStruct().TypeName()), "ask for the facts of those there are")
	}
	for _, e := range ofKind(checked, ast.CallKind) {
		pattern := patternOf(e.AsCall())
		switch {
		case pattern == nil:
		case pattern.Kind() != ast.LiteralKind:
			add(pattern, "a regular expression is written out, it cannot be put together", "compare with contains() or among()")
		case regexSize(pattern) > maxRegex:
			add(pattern, "this regular expression grows too large", "repeat less in it, or look for plain words")
		}
	}
	return out
}

// patternOf is the regular expression that a call matches against, if it does.
func patternOf(call ast.CallExpr) ast.Expr {
	if call.FunctionName() != "matches" || len(call.Args()) == 0 {
		return nil
	}
	return call.Args()[len(call.Args())-1]
}

// regexSize is how many instructions the pattern compiles to; 0 for one that
// does not, which is told elsewhere.
func regexSize(pattern ast.Expr) int {
	text, _ := pattern.AsLiteral().Value().(string)
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return 0
	}
	compiled, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0
	}
	return len(compiled.Inst)
}
