package engine

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// textCall compiles what CEL asks of texts; nil for any other call.
func (c *compiler) textCall(e ast.Expr, name string, a, b *Node) *Node {
	if a.text == nil || b.text == nil {
		return nil
	}
	ask := map[string]func(a, b string) bool{"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix}[name]
	switch k, fixed := b.literal.(types.String); {
	case ask != nil && fixed:
		return &Node{yes: c.asked(a.text, string(k), ask)}
	case ask != nil:
		return &Node{yes: c.counted(a.text, b.text, ask)}
	}
	if name == "matches" {
		return c.matches(e, a.text, b)
	}
	return nil
}

// counted asks something of two texts and, within loops, counts their lengths.
func (c *compiler) counted(a, b eval[string], ask func(a, b string) bool) eval[bool] {
	if c.depth == 0 {
		return compared(a, b, func(x, y string) (bool, error) { return ask(x, y), nil })
	}
	return func(f *Frame) (bool, error) {
		x, err := a(f)
		if err != nil {
			return false, err
		}
		y, err := b(f)
		if err != nil {
			return false, err
		}
		if err := f.spend((len(x) + len(y)) / charsPerStep); err != nil {
			return false, err
		}
		return ask(x, y), nil
	}
}

// asked is counted for a text that is written out.
func (c *compiler) asked(get eval[string], k string, ask func(a, b string) bool) eval[bool] {
	inLoop := c.depth > 0
	return func(f *Frame) (bool, error) {
		s, err := get(f)
		if err != nil {
			return false, err
		}
		if inLoop && len(s) >= charsPerStep {
			if err := f.spend(len(s) / charsPerStep); err != nil {
				return false, err
			}
		}
		return ask(s, k), nil
	}
}

// charsPerStep is how much text is looked at in one step.
const charsPerStep = 16

func (c *compiler) joinedTexts(a, b eval[string]) eval[string] {
	return func(f *Frame) (string, error) {
		x, err := a(f)
		if err != nil {
			return "", err
		}
		y, err := b(f)
		if err != nil {
			return "", err
		}
		if err := f.spend((len(x) + len(y)) / charsPerStep); err != nil {
			return "", err
		}
		return x + y, nil
	}
}

// matches looks for a pattern that is written out.
func (c *compiler) matches(e ast.Expr, text eval[string], pattern *Node) *Node {
	src, ok := pattern.literal.(types.String)
	if !ok {
		c.refuse(e, "compare with contains() or among()", "a regular expression is written out, it cannot be put together")
	}
	p, err := Pattern(string(src))
	if err != nil {
		c.refuse(e, "write it in the syntax of RE2; in a YAML text a backslash is written once, in a CEL text twice", "this is not a regular expression")
	}
	if c.depth == 0 {
		return &Node{yes: mapped(text, func(s string) (bool, error) { return p.In(s), nil })}
	}
	return &Node{yes: func(f *Frame) (bool, error) {
		s, err := text(f)
		if err != nil {
			return false, err
		}
		if err := f.spend(p.steps(len(s))); err != nil {
			return false, err
		}
		return p.In(s), nil
	}}
}

// length compiles size(); nil where the value has no representation of its own.
func (c *compiler) length(a *Node) *Node {
	switch {
	case a.count != nil:
		return &Node{whole: a.count}
	case a.text != nil && c.depth > 0:
		return &Node{whole: func(f *Frame) (int64, error) {
			s, err := a.text(f)
			if err != nil {
				return 0, err
			}
			return int64(utf8.RuneCountInString(s)), f.spend(len(s) / charsPerStep)
		}}
	case a.text != nil:
		return &Node{whole: mapped(a.text, func(s string) (int64, error) { return int64(utf8.RuneCountInString(s)), nil })}
	case a.texts != nil:
		return &Node{whole: mapped(a.texts, func(l []string) (int64, error) { return int64(len(l)), nil })}
	case a.nouns != nil:
		return &Node{whole: mapped(a.nouns, func(l List) (int64, error) {
			if l == nil {
				return 0, nil
			}
			return int64(l.Len()), nil
		})}
	}
	return nil
}

// among compiles the operator in, of texts; nil for any other.
func (c *compiler) among(a, b *Node) *Node {
	if a.text == nil || b.texts == nil {
		return nil
	}
	if b.fixed != nil {
		words := b.fixed
		return &Node{yes: mapped(a.text, func(s string) (bool, error) { return slices.Contains(words, s), nil })}
	}
	if c.depth == 0 {
		return &Node{yes: compared(a.text, b.texts, func(s string, l []string) (bool, error) { return slices.Contains(l, s), nil })}
	}
	return &Node{yes: func(f *Frame) (bool, error) {
		s, err := a.text(f)
		if err != nil {
			return false, err
		}
		l, err := b.texts(f)
		if err != nil {
			return false, err
		}
		if err := f.spend(len(l)); err != nil {
			return false, err
		}
		return slices.Contains(l, s), nil
	}}
}

// literalList compiles [a, b]; of texts where all of it is text.
func (c *compiler) literalList(e ast.Expr) *Node {
	var elements []*Node
	for _, x := range e.AsList().Elements() {
		elements = append(elements, c.compile(x))
	}
	t := c.checked.GetType(e.ID())
	if ofTexts(t) && !slices.ContainsFunc(elements, func(n *Node) bool { return n.text == nil }) {
		return listOfTexts(elements)
	}
	if len(elements) > 0 && !slices.ContainsFunc(elements, func(n *Node) bool { return n.noun == nil }) {
		return listOfNouns(elements)
	}
	return c.listOfValues(elements)
}

func ofTexts(t *types.Type) bool {
	return t != nil && t.Kind() == types.ListKind && t.Parameters()[0].Kind() == types.StringKind
}

// listOfTexts keeps a list that is written out.
func listOfTexts(elements []*Node) *Node {
	fixed := make([]string, 0, len(elements))
	for _, n := range elements {
		if s, ok := n.literal.(types.String); ok {
			fixed = append(fixed, string(s))
		}
	}
	if len(fixed) == len(elements) {
		return &Node{texts: always(fixed), fixed: fixed}
	}
	return &Node{texts: func(f *Frame) ([]string, error) {
		out := make([]string, len(elements))
		for i, n := range elements {
			s, err := n.text(f)
			if err != nil {
				return nil, err
			}
			out[i] = s
		}
		return out, nil
	}}
}

func listOfNouns(elements []*Node) *Node {
	return &Node{nouns: func(f *Frame) (List, error) {
		out := make(Nouns[Noun], len(elements))
		for i, n := range elements {
			v, err := n.noun(f)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	}}
}

// index compiles list[i] within the list; nil where there is no typed way. An
// index beyond the list is left to CEL, which words the error.
func (c *compiler) index(a, b *Node) *Node {
	if b.whole == nil {
		return nil
	}
	switch {
	case a.texts != nil:
		return &Node{text: computed(a.texts, b.whole, func(l []string, i int64) (string, error) {
			if i >= 0 && i < int64(len(l)) {
				return l[i], nil
			}
			return "", c.beyond(i)
		})}
	case a.nouns != nil:
		return &Node{noun: computed(a.nouns, b.whole, func(l List, i int64) (Noun, error) {
			if l != nil && i >= 0 && i < int64(l.Len()) {
				return l.At(int(i)), nil
			}
			return nil, c.beyond(i)
		})}
	}
	return nil
}

// beyond is the error of an index beyond a list.
func (c *compiler) beyond(i int64) error {
	q, err := c.attributes.NewQualifier(nil, 0, i, false)
	if err == nil {
		_, err = q.Qualify(nil, types.NewRefValList(c.adapter, nil))
	}
	return err
}
