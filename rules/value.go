package rules

import (
	"fmt"
	"reflect"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/fairlead-dev/fairlead/rules/engine"
)

// object is one of our nouns as CEL sees it. The facts read the Go value in it
// directly; nothing goes through reflection.
type object struct {
	typ *cel.Type
	of  identified
}

// identified is a noun that can be told from others of its type.
type identified = engine.Noun

// ConvertToNative implements ref.Val.
func (o object) ConvertToNative(to reflect.Type) (any, error) {
	return nil, fmt.Errorf("%s cannot become %s", o.typ, to)
}

// ConvertToType implements ref.Val: a noun stays what it is.
func (o object) ConvertToType(to ref.Type) ref.Val {
	if to == types.TypeType {
		return o.typ
	}
	return types.NewErr("%s cannot become %s", o.typ, to.TypeName())
}

// Equal implements ref.Val: the same thing, not the same content.
func (o object) Equal(other ref.Val) ref.Val {
	p, ok := other.(object)
	return types.Bool(ok && o.typ == p.typ && o.of.Identity() == p.of.Identity())
}

// Type implements ref.Val.
func (o object) Type() ref.Type { return o.typ }

// Value implements ref.Val: the noun that the facts read.
func (o object) Value() any { return o.of }

// adapter wraps what facts and variables give for CEL.
type adapter struct{}

// NativeToValue implements types.Adapter.
func (a adapter) NativeToValue(v any) ref.Val {
	switch v := v.(type) {
	case *workTicket:
		return object{ticketType, v}
	case *assignment:
		return object{assignmentType, v}
	case *sprint:
		return object{sprintType, v}
	case *person:
		return object{personType, v}
	case *link:
		return object{linkType, v}
	case *change:
		return object{changeType, v}
	case *paper:
		return object{paperType, v}
	case *comment:
		return object{commentType, v}
	case *settingValues:
		return object{settingsType, v}
	case *wait:
		return object{waitType, v}
	case *goal:
		return object{goalType, v}
	case *area:
		return object{areaType, v}
	case *role:
		return object{roleType, v}
	case *team:
		return object{teamType, v}
	case *ritual:
		return object{ritualType, v}
	case *plan:
		return object{planType, v}
	case *absence:
		return object{absenceType, v}
	case engine.List:
		return engine.BoxList(a, v)
	case []string:
		return types.NewStringList(a, v)
	}
	return types.DefaultTypeAdapter.NativeToValue(v)
}

// native takes a value of CEL apart again: a noun, a text, a number, a moment, a
// span or a list of these.
func native(v ref.Val) any {
	switch v := v.(type) {
	case object:
		return v.of
	case types.Timestamp:
		return v.Time
	case types.Duration:
		return v.Duration
	}
	return v.Value()
}

// each yields the elements of a list of CEL; any other value is its own only
// element.
func each(v ref.Val) []ref.Val { return engine.Entries(v) }

// people reads a person or a list of people.
func people(v ref.Val) []*person {
	var out []*person
	for _, e := range each(v) {
		if p, ok := e.Value().(*person); ok {
			out = append(out, p)
		}
	}
	return out
}

func moment(v ref.Val) time.Time {
	t, _ := v.(types.Timestamp)
	return t.Time
}

func span(v ref.Val) time.Duration {
	d, _ := v.(types.Duration)
	return d.Duration
}

func whole(v ref.Val) int {
	n, _ := v.(types.Int)
	return int(min(max(n, -1<<31), 1<<31-1))
}
