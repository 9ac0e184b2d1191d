package engine

import (
	"fmt"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Fact is something that can be asked of a noun.
type Fact interface {
	read(of *Node) *Node
	has(of *Node) *Node
	// Field tells CEL of the fact.
	Field(t *types.Type) *types.FieldType
}

// NewFact is a fact of nouns of the type T: get reads it, ok is false when it is
// not there. Name says in errors what is missing: ticket.due. V is a text, a
// number, yes or no, a moment, a span, a list of texts, a noun or a List.
func NewFact[T Noun, V any](name string, get func(T) (v V, ok bool)) Fact {
	return &fact[T, V]{get: get, missing: fmt.Errorf("%s %w", name, ErrMissing)}
}

type fact[T Noun, V any] struct {
	get     func(T) (V, bool)
	missing error
}

// Field implements Fact.
func (p *fact[T, V]) Field(t *types.Type) *types.FieldType {
	get := func(x any) (v V, ok bool) {
		// CEL lets null stand where a noun is wanted; it has no facts.
		n, ok := x.(T)
		if !ok {
			return v, false
		}
		return p.get(n)
	}
	return &types.FieldType{
		Type: t,
		IsSet: func(x any) bool {
			_, ok := get(x)
			return ok
		},
		GetFrom: func(x any) (any, error) {
			v, ok := get(x)
			if !ok {
				return nil, p.missing
			}
			return v, nil
		},
	}
}

// reader reads the fact; the noun of a variable is read on the way.
func (p *fact[T, V]) reader(of *Node) eval[V] {
	get, missing := p.get, p.missing
	if of.local > 0 {
		slot := of.local - 1
		return func(f *Frame) (none V, err error) {
			n, ok := f.locals[slot].noun.(T)
			if !ok {
				return none, missing
			}
			v, ok := get(n)
			if !ok {
				return v, missing
			}
			return v, nil
		}
	}
	noun := of.noun
	if of.slot > 0 {
		slot := of.slot - 1
		return func(f *Frame) (none V, err error) {
			n, ok := f.Nouns[slot].(T)
			if !ok {
				_, err := noun(f)
				if err == nil {
					err = missing
				}
				return none, err
			}
			v, ok := get(n)
			if !ok {
				return v, missing
			}
			return v, nil
		}
	}
	return func(f *Frame) (none V, err error) {
		x, err := noun(f)
		if err != nil {
			return none, err
		}
		n, ok := x.(T)
		if !ok {
			return none, missing
		}
		v, ok := get(n)
		if !ok {
			return v, missing
		}
		return v, nil
	}
}

func (p *fact[T, V]) read(of *Node) *Node { return node(p.reader(of)) }

func (p *fact[T, V]) has(of *Node) *Node {
	get, noun := p.get, of.noun
	return &Node{yes: func(f *Frame) (bool, error) {
		x, err := noun(f)
		if err != nil {
			return false, err
		}
		n, ok := x.(T)
		if ok {
			_, ok = get(n)
		}
		return ok, nil
	}}
}

// node gives an eval of any of our types the representation it has.
func node[V any](get eval[V]) *Node {
	switch get := any(get).(type) {
	case eval[bool]:
		return &Node{yes: get}
	case eval[int64]:
		return &Node{whole: get}
	case eval[int]:
		return &Node{whole: mapped(get, func(n int) (int64, error) { return int64(n), nil })}
	case eval[float64]:
		return &Node{number: get}
	case eval[string]:
		return &Node{text: get}
	case eval[time.Time]:
		return &Node{moment: get}
	case eval[time.Duration]:
		return &Node{span: get}
	case eval[[]string]:
		return &Node{texts: get}
	case eval[[]time.Time]:
		return &Node{val: box(get, func(l []time.Time) ref.Val { return types.DefaultTypeAdapter.NativeToValue(l) })}
	case eval[Noun]:
		return &Node{noun: get}
	case eval[List]:
		return &Node{nouns: get}
	}
	var zero V
	switch any(zero).(type) {
	case List:
		return &Node{nouns: func(f *Frame) (List, error) {
			v, err := get(f)
			if err != nil {
				return nil, err
			}
			l, _ := any(v).(List)
			return l, nil
		}}
	case Noun:
		return &Node{noun: func(f *Frame) (Noun, error) {
			v, err := get(f)
			if err != nil {
				return nil, err
			}
			n, _ := any(v).(Noun)
			return n, nil
		}}
	}
	panic(fmt.Sprintf("engine: %T has no representation", zero)) // our own table of facts is wrong
}
