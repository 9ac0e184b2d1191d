package rules

import (
	"fmt"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/fairlead-dev/fairlead/rules/engine"
)

// The types of the language beside CEL's own.
var (
	ticketType     = cel.ObjectType("ticket")
	assignmentType = cel.ObjectType("assignment")
	sprintType     = cel.ObjectType("sprint")
	personType     = cel.ObjectType("person")
	linkType       = cel.ObjectType("link")
	changeType     = cel.ObjectType("change")
	commentType    = cel.ObjectType("comment")
	settingsType   = cel.ObjectType("settings")
	waitType       = cel.ObjectType("wait")
	goalType       = cel.ObjectType("goal")
	areaType       = cel.ObjectType("area")
	roleType       = cel.ObjectType("role")
	teamType       = cel.ObjectType("team")
	ritualType     = cel.ObjectType("ritual")
	planType       = cel.ObjectType("plan")
	absenceType    = cel.ObjectType("absence")
	paperType      = cel.ObjectType("paper")
)

// noun is a type of the language with its facts.
type noun struct {
	typ   *cel.Type
	help  string
	facts []fact
}

// fact is something that can be asked of a noun: ticket.kind.
type fact struct {
	name string
	typ  *cel.Type
	help string
	// sometimes says that it may be missing and has() is the way to ask.
	sometimes bool
	// made gives it the name by which errors call it: ticket.kind.
	made func(name string) engine.Fact
}

// list is a list of nouns, as facts and functions give it.
type list[E identified] = engine.Nouns[E]

// always is a fact that every noun of the type has.
func always[T identified, V any](name string, typ *cel.Type, help string, get func(T) V) fact {
	return fact{name: name, typ: typ, help: help, made: func(name string) engine.Fact {
		return engine.NewFactAlways(name, get)
	}}
}

// sometimes is a fact that may be missing.
func sometimes[T identified, V any](name string, typ *cel.Type, help string, get func(T) (V, bool)) fact {
	return fact{name: name, typ: typ, help: help, sometimes: true, made: func(name string) engine.Fact { return engine.NewFact(name, get) }}
}

// whenThere is a fact that may be missing, which there tells without reading it.
func whenThere[T identified, V any](name string, typ *cel.Type, help string, there func(T) bool, get func(T) V) fact {
	return fact{name: name, typ: typ, help: help, sometimes: true, made: func(name string) engine.Fact { return engine.NewFactIf(name, there, get) }}
}

// function is something that can be asked with arguments. A member is called on
// its first argument: ticket.chain(4).
type function struct {
	name   string
	member bool
	args   []*cel.Type
	result *cel.Type
	help   string
	usage  string // how it is written, for people
	call   engine.Function
}

// nouns is the table of all facts, in the order documents show them.
var nouns = sync.OnceValue(func() []noun {
	return []noun{
		ticketFacts(), assignmentFacts(), changeFacts(), sprintFacts(), goalFacts(), areaFacts(), roleFacts(), teamFacts(),
		ritualFacts(), planFacts(), absenceFacts(), personFacts(), linkFacts(), paperFacts(), commentFacts(),
	}
})

// functions is the table of all functions, in the order documents show them.
var functions = sync.OnceValue(func() []function {
	return slices.Concat(
		ticketFunctions(), problemFunctions(), goalFunctions(), participationFunctions(), changeFunctions(), teamFunctions(), peopleFunctions(),
		textFunctions(), measureFunctions(), waitFunctions(),
	)
})

// factsByType finds a fact fast; it is made of the table once.
var factsByType = sync.OnceValue(func() map[string]map[string]engine.Fact {
	out := map[string]map[string]engine.Fact{}
	for _, n := range nouns() {
		facts := map[string]engine.Fact{}
		for _, f := range n.facts {
			facts[f.name] = f.made(n.typ.TypeName() + "." + f.name)
		}
		out[n.typ.TypeName()] = facts
	}
	return out
})

// fieldsByType are the facts as CEL sees them.
var fieldsByType = sync.OnceValue(func() map[string]map[string]*types.FieldType {
	out := map[string]map[string]*types.FieldType{}
	for _, n := range nouns() {
		fields := map[string]*types.FieldType{}
		for _, f := range n.facts {
			fields[f.name] = factsByType()[n.typ.TypeName()][f.name].Field(f.typ)
		}
		out[n.typ.TypeName()] = fields
	}
	return out
})

// functionsByOverload finds one of our functions by the name CEL's check gives it.
var functionsByOverload = sync.OnceValue(func() map[string]engine.Function {
	out := map[string]engine.Function{}
	for i, f := range functions() {
		out[f.overload(i)] = f.call
	}
	return out
})

// provider tells CEL our types: the nouns, and the settings of one rule.
type provider struct{ settings []Setting }

// EnumValue implements types.Provider; there are no enumerations.
func (provider) EnumValue(name string) ref.Val { return types.NewErr("unknown name %q", name) }

// FindIdent implements types.Provider; only CEL's own types are values.
func (provider) FindIdent(name string) (ref.Val, bool) { return standardTypes().FindIdent(name) }

var standardTypes = sync.OnceValue(func() types.Provider {
	r, err := types.NewRegistry()
	if err != nil {
		panic(err) // it is given nothing that could be wrong
	}
	return r
})

// FindStructType implements types.Provider.
func (provider) FindStructType(name string) (*cel.Type, bool) {
	if name == settingsType.TypeName() {
		return types.NewTypeTypeWithParam(settingsType), true
	}
	for _, n := range nouns() {
		if n.typ.TypeName() == name {
			return types.NewTypeTypeWithParam(n.typ), true
		}
	}
	return nil, false
}

// FindStructFieldNames implements types.Provider.
func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	names := p.factNames(name)
	return names, names != nil
}

// FindStructFieldType implements types.Provider.
func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if name == "settings" {
		return settingField(p.settings, field)
	}
	f, ok := fieldsByType()[name][field]
	return f, ok
}

// NewValue implements types.Provider: expressions look at work, they make none.
func (provider) NewValue(name string, _ map[string]ref.Val) ref.Val {
	return types.NewErr("a rule cannot make a %s", name)
}

// factNames lists the facts of a type.
func (p provider) factNames(typ string) []string {
	var names []string
	if typ == "settings" {
		for _, s := range p.settings {
			names = append(names, s.Name)
		}
	}
	for _, n := range nouns() {
		if n.typ.TypeName() == typ {
			for _, f := range n.facts {
				names = append(names, f.name)
			}
		}
	}
	return names
}

// baseEnv is CEL with its standard functions, our functions and our bounds.
var baseEnv = sync.OnceValues(func() (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.CustomTypeProvider(provider{}), cel.CustomTypeAdapter(adapter{}),
		cel.CrossTypeNumericComparisons(true), cel.DefaultUTCTimeZone(true),
		cel.ParserExpressionSizeLimit(maxExpression), cel.ExpressionNodeLimit(maxNodes), cel.ParserRecursionLimit(maxDepth),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(),
			cel.ValidateComprehensionNestingLimit(maxNesting)),
	}
	for i, f := range functions() {
		opts = append(opts, f.declare(i))
	}
	return cel.NewEnv(opts...)
})

func (f function) declare(n int) cel.EnvOption {
	bind := cel.FunctionBinding(func(args ...ref.Val) ref.Val { return adapter{}.NativeToValue(f.call.Call(args)) })
	if f.member {
		return cel.Function(f.name, cel.MemberOverload(f.overload(n), f.args, f.result, bind))
	}
	return cel.Function(f.name, cel.Overload(f.overload(n), f.args, f.result, bind))
}

// overload tells apart functions of one name; n is its place in the table.
func (f function) overload(n int) string { return fmt.Sprintf("%s_%d", f.name, n) }
