package engine

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Noun is something that expressions can ask facts of; a pointer.
type Noun interface{ Identity() string }

// List is a list of nouns.
type List interface {
	Len() int
	At(i int) Noun
	// take makes a list of this type of what CEL gives.
	take(v ref.Val) any
	// gather makes a list of this type of another list.
	gather(l List) any
}

// Nouns is a List of one type of noun.
type Nouns[E Noun] []E

// Len implements List.
func (l Nouns[E]) Len() int { return len(l) }

// At implements List.
func (l Nouns[E]) At(i int) Noun { return l[i] }

// Kept is a list of nouns that is looked at again and again: making it costs once.
type Kept struct {
	nouns []Noun
	typed any // the Nouns it was made of
}

// Keep makes a list that is looked at again and again.
func Keep[E Noun](l Nouns[E]) *Kept {
	k := &Kept{nouns: make([]Noun, len(l)), typed: l}
	for i, n := range l {
		k.nouns[i] = n
	}
	return k
}

// Len implements List.
func (k *Kept) Len() int { return len(k.nouns) }

// At implements List.
func (k *Kept) At(i int) Noun { return k.nouns[i] }

func (*Kept) take(ref.Val) any { return nil } // no function takes one

func (*Kept) gather(List) any { return nil }

func (Nouns[E]) take(v ref.Val) any {
	var out Nouns[E]
	for _, e := range Entries(v) {
		if n, ok := e.Value().(E); ok {
			out = append(out, n)
		}
	}
	return out
}

func (Nouns[E]) gather(l List) any {
	switch ready := l.(type) {
	case Nouns[E]:
		return ready
	case *Nouns[E]:
		return *ready
	case *Kept:
		if typed, ok := ready.typed.(Nouns[E]); ok {
			return typed
		}
	}
	if l == nil {
		return Nouns[E](nil)
	}
	out := make(Nouns[E], 0, l.Len())
	for i := range l.Len() {
		if n, ok := l.At(i).(E); ok {
			out = append(out, n)
		}
	}
	return out
}

// Entries yields the elements of a list of CEL; any other value is its own only
// element.
func Entries(v ref.Val) []ref.Val {
	list, ok := v.(interface {
		Size() ref.Val
		Get(ref.Val) ref.Val
	})
	if _, isText := v.(types.String); isText || !ok {
		return []ref.Val{v}
	}
	n, _ := list.Size().(types.Int)
	out := make([]ref.Val, 0, n)
	for i := range n {
		out = append(out, list.Get(i))
	}
	return out
}

// BoxList gives a list of nouns to CEL.
func BoxList(a types.Adapter, l List) ref.Val {
	if l == nil {
		return types.NewRefValList(a, nil)
	}
	vals := make([]ref.Val, l.Len())
	for i := range vals {
		vals[i] = a.NativeToValue(l.At(i))
	}
	return types.NewRefValList(a, vals)
}
