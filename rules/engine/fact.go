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

// NewFactAlways is NewFact of what every noun of the type has.
func NewFactAlways[T Noun, V any](name string, get func(T) V) Fact {
	return &fact[T, V]{plain: get, missing: fmt.Errorf("%s %w", name, ErrMissing), get: func(n T) (V, bool) { return get(n), true }}
}

// NewFactIf is NewFact where it costs less to tell whether the fact is there.
func NewFactIf[T Noun, V any](name string, there func(T) bool, get func(T) V) Fact {
	return &fact[T, V]{there: there, missing: fmt.Errorf("%s %w", name, ErrMissing), get: func(n T) (v V, ok bool) {
		if !there(n) {
			return v, false
		}
		return get(n), true
	}}
}

type fact[T Noun, V any] struct {
	get     func(T) (V, bool)
	there   func(T) bool // nil: get tells
	plain   func(T) V    // nil: the fact may be missing
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

// reader reads the fact.
func (p *fact[T, V]) reader(of *Node) eval[V] {
	get, find, missing := p.get, finder[T](of, p.missing), p.missing
	return func(f *Frame) (none V, err error) {
		n, err := find(f)
		if err != nil {
			return none, err
		}
		v, ok := get(n)
		if !ok {
			return v, missing
		}
		return v, nil
	}
}

func (p *fact[T, V]) read(of *Node) *Node {
	if p.plain == nil {
		return node(p.reader(of))
	}
	n := node(p.plainReader(of))
	if get, ok := any(p.plain).(func(T) string); ok {
		n.is = func(k string, not bool) eval[bool] { return isText(of, get, p.missing, k, not) }
	}
	return n
}

// finder finds the noun that a fact is asked of.
func finder[T Noun](of *Node, missing error) eval[T] {
	noun := of.noun
	found := func(x Noun, err error) (T, error) {
		n, ok := x.(T)
		if !ok && err == nil {
			err = missing
		}
		return n, err
	}
	switch {
	case of.local > 0:
		slot := of.local - 1
		return func(f *Frame) (T, error) {
			if n, ok := f.locals[slot].noun.(T); ok {
				return n, nil
			}
			return found(noun(f))
		}
	case of.slot > 0:
		slot := of.slot - 1
		return func(f *Frame) (T, error) {
			if n, ok := f.Nouns[slot].(T); ok {
				return n, nil
			}
			return found(noun(f))
		}
	}
	return func(f *Frame) (T, error) { return found(noun(f)) }
}

// plainReader is reader for a fact that is always there. It is written out for
// variables, since rules ask most of them.
func (p *fact[T, V]) plainReader(of *Node) eval[V] {
	get, find := p.plain, finder[T](of, p.missing)
	if of.slot > 0 {
		slot := of.slot - 1
		return func(f *Frame) (none V, err error) {
			if n, ok := f.Nouns[slot].(T); ok {
				return get(n), nil
			}
			_, err = find(f)
			return none, err
		}
	}
	if of.local > 0 {
		slot := of.local - 1
		return func(f *Frame) (none V, err error) {
			if n, ok := f.locals[slot].noun.(T); ok {
				return get(n), nil
			}
			_, err = find(f)
			return none, err
		}
	}
	return func(f *Frame) (none V, err error) {
		n, err := find(f)
		if err != nil {
			return none, err
		}
		return get(n), nil
	}
}

// isText compares a fact with a text that is written out.
func isText[T Noun](of *Node, get func(T) string, missing error, k string, not bool) eval[bool] {
	find := finder[T](of, missing)
	if of.slot > 0 {
		slot := of.slot - 1
		return func(f *Frame) (bool, error) {
			if n, ok := f.Nouns[slot].(T); ok {
				return (get(n) == k) != not, nil
			}
			_, err := find(f)
			return false, err
		}
	}
	if of.local > 0 {
		slot := of.local - 1
		return func(f *Frame) (bool, error) {
			if n, ok := f.locals[slot].noun.(T); ok {
				return (get(n) == k) != not, nil
			}
			_, err := find(f)
			return false, err
		}
	}
	return func(f *Frame) (bool, error) {
		n, err := find(f)
		if err != nil {
			return false, err
		}
		return (get(n) == k) != not, nil
	}
}

func (p *fact[T, V]) has(of *Node) *Node {
	there := p.there
	if there == nil {
		there = func(n T) bool {
			_, ok := p.get(n)
			return ok
		}
	}
	noun := of.noun
	if of.local > 0 || of.slot > 0 {
		find := finder[T](of, p.missing)
		return &Node{yes: func(f *Frame) (bool, error) {
			n, err := find(f)
			if err == p.missing { //nolint:errorlint // null, of which nothing is there
				return false, nil
			}
			return err == nil && there(n), err
		}}
	}
	return &Node{yes: func(f *Frame) (bool, error) {
		x, err := noun(f)
		if err != nil {
			return false, err
		}
		n, ok := x.(T)
		return ok && there(n), nil
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
