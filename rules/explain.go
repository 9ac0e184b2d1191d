package rules

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// issue is something wrong with an expression, before it has a place in a file.
type issue struct {
	offset int // characters from the beginning of the expression
	text   string
	hint   string
}

// explain says in our words what CEL found wrong.
func (l *language) explain(src string, found *cel.Issues) []issue {
	var out []issue
	parsed, _ := l.env.Parse(src)
	for _, e := range found.Errors() {
		i := issue{offset: offsetOf(src, e.Location.Line(), e.Location.Column())}
		i.text, i.hint = l.reword(parsed, e)
		if m := undefinedField().FindStringSubmatch(e.Message); m != nil {
			// CEL points at the dot.
			i.offset += afterDot(src, i.offset)
		}
		out = append(out, i)
	}
	if len(out) > 0 && strings.HasPrefix(out[0].text, syntaxWords) {
		// What follows a first slip of the pen only confuses.
		out = out[:1]
	}
	return out
}

const syntaxWords = "this is not an expression"

var (
	undefinedField = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^undefined field '(.*)'$`) })
	typeForValue   = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^type 'type\((.*)\)' does not support field selection$`)
	})
	undeclared = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^undeclared reference to '(.*)' \(in container '.*'\)$`)
	})
	noOverload = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^found no matching overload for '(.*)' applied to '(.*)'$`)
	})
)

// reword turns a message of CEL into ours, with a suggestion where a name is
// unknown.
func (l *language) reword(parsed *cel.Ast, e *cel.Error) (text, hint string) {
	msg := e.Message
	if m := undefinedField().FindStringSubmatch(msg); m != nil {
		return l.unknownFact(m[1], ownerOf(parsed, e.ExprID))
	}
	if m := typeForValue().FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%q cannot be used here", m[1]), "these can: " + strings.Join(l.variables(), ", ")
	}
	if m := undeclared().FindStringSubmatch(msg); m != nil {
		known := l.variables()
		for _, f := range functions() {
			known = append(known, f.name)
		}
		return fmt.Sprintf("unknown name %q", m[1]), didYouMean(m[1], known, "these can be used here: "+strings.Join(l.variables(), ", "))
	}
	if m := noOverload().FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%s does not fit %s", operatorWords(m[1]), strings.Trim(m[2], "()")), usageOf(m[1])
	}
	if rest, syntax := strings.CutPrefix(msg, "Syntax error: "); syntax {
		return syntaxWords + ": " + rest, ""
	}
	for _, p := range plainly {
		if strings.Contains(msg, p.said) {
			return p.text, p.hint
		}
	}
	return msg, ""
}

// plainly are messages of CEL that name its inner workings, and what they mean.
var plainly = []struct{ said, text, hint string }{
	{"comprehension exceeds nesting limit", "loops stand within one another too deeply",
		fmt.Sprintf("at most %d of exists, all, filter and map may stand within one another", maxNesting)},
	{"expression recursion limit exceeded", "parentheses and operators stand within one another too deeply", "write it in several parts joined by &&"},
	{"invalid matches argument", "this is not a regular expression", "write it in the syntax of RE2; in a YAML text a backslash is written once, in a CEL text twice"},
	{"invalid duration argument", "this is not a duration", "CEL writes durations in h, m and s: 48h"},
	{"invalid timestamp argument", "this is not a moment", "CEL writes moments like 2026-11-16T09:00:00Z"},
}

func (l *language) unknownFact(name, owner string) (text, hint string) {
	p := provider{settings: l.settings}
	switch known := p.factNames(owner); {
	case owner == "settings" && len(known) == 0:
		return fmt.Sprintf("unknown setting %q", name), "this rule declares no settings"
	case owner == "settings":
		return fmt.Sprintf("unknown setting %q", name), didYouMean(name, known, "this rule has: "+strings.Join(known, ", "))
	case owner != "":
		return fmt.Sprintf("unknown fact %q of %s", name, owner), didYouMean(name, known, "a "+owner+" has: "+strings.Join(known, ", "))
	}
	var all []string
	for _, n := range nouns() {
		all = append(all, p.factNames(n.typ.TypeName())...)
	}
	return fmt.Sprintf("unknown fact %q", name), didYouMean(name, all, "the facts are listed in docs/rules/facts.md")
}

func (l *language) variables() []string {
	names := make([]string, 0, len(l.vars)+2)
	for _, v := range l.vars {
		names = append(names, v.name)
	}
	return append(names, "settings", "now")
}

func didYouMean(word string, known []string, otherwise string) string {
	if s := yamlfile.Suggest(word, known); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return otherwise
}

// ownerOf finds what the fact with the unknown name was asked of, when that is a
// variable named like its type or subject to no doubt; otherwise it is empty.
func ownerOf(parsed *cel.Ast, id int64) string {
	if parsed == nil {
		return ""
	}
	root := ast.NavigateAST(parsed.NativeRep())
	for _, e := range ast.MatchDescendants(root, ast.KindMatcher(ast.SelectKind)) {
		if operand := e.AsSelect().Operand(); e.ID() == id && operand.Kind() == ast.IdentKind {
			if _, known := (provider{}).FindStructType(operand.AsIdent()); known || operand.AsIdent() == "settings" {
				return operand.AsIdent()
			}
		}
	}
	return ""
}

// usageOf shows how one of our functions is written.
func usageOf(name string) string {
	for _, f := range functions() {
		if f.name == name {
			return "it is written " + f.usage
		}
	}
	return ""
}

// operatorWords names an operator as it is written.
func operatorWords(name string) string {
	inner, isOperator := strings.CutPrefix(name, "_")
	if !isOperator {
		return name
	}
	return strings.Trim(inner, "_")
}

// typeWords names a type for people.
func typeWords(t *cel.Type) string {
	switch t.Kind() {
	case types.BoolKind:
		return "yes or no (bool)"
	case types.StringKind:
		return "a text"
	case types.IntKind, types.UintKind:
		return "a whole number"
	case types.DoubleKind:
		return "a number"
	case types.TimestampKind:
		return "a moment"
	case types.DurationKind:
		return "a duration"
	case types.ListKind:
		return "a list of " + strings.TrimPrefix(typeWords(t.Parameters()[0]), "a ")
	case types.StructKind:
		return "a " + t.TypeName()
	}
	return t.String()
}

// offsetOf turns a line (from 1) and column (from 0) of CEL into characters from
// the beginning.
func offsetOf(src string, line, column int) int {
	offset := 0
	for l := range strings.Lines(src) {
		if line--; line <= 0 {
			break
		}
		offset += len([]rune(l))
	}
	return offset + max(column, 0)
}

// afterDot is how far behind the offset the name after the next dot begins.
func afterDot(src string, offset int) int {
	runes := []rune(src)
	for i := offset; i < len(runes); i++ {
		if runes[i] == '.' {
			return i + 1 - offset
		}
		if runes[i] != ' ' && runes[i] != '\n' && i > offset {
			break
		}
	}
	return 0
}
