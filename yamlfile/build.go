package yamlfile

import (
	"fmt"
	"math"
	"slices"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Bounds on what one file may hold. They are far above what people write and
// keep an alias that names aliases from growing without end.
const (
	maxDepth = 64
	maxNodes = 200_000
)

// builder makes nodes of the parser's tree and collects what it will not take.
type builder struct {
	file     *File
	anchors  map[string]ast.Node
	open     []string // aliases being resolved
	depth    int
	nodes    int
	full     bool // a bound was met and reported
	mistakes Mistakes
}

func (b *builder) mistake(at spot, text, hint string) {
	b.mistakes = append(b.mistakes, b.file.at(b.file.clamp(at), text, hint))
}

func (b *builder) build(n ast.Node) *node {
	if n == nil {
		return &node{}
	}
	b.depth++
	b.nodes++
	defer func() { b.depth-- }()
	at := b.file.clamp(spotOf(n.GetToken()))
	if b.beyond(at) {
		return &node{at: at, unread: true}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return b.mapping(n.Values, at)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, at)
	case *ast.SequenceNode:
		return b.list(n, at)
	case *ast.AnchorNode:
		b.anchors[n.Name.GetToken().Value] = n.Value
		return b.build(n.Value)
	case *ast.AliasNode:
		return b.alias(n, at)
	case *ast.TagNode:
		b.mistake(at, "tags (words that begin with !) are not read here", "leave it out; text that begins with ! goes in quotes")
		return b.build(n.Value)
	case *ast.MappingKeyNode:
		b.mistake(at, "a key is missing its value", "write it as key: value")
		return &node{at: at, unread: true}
	}
	return b.file.given(scalar(n, at))
}

// beyond reports, and says once, that the file asks for too much.
func (b *builder) beyond(at spot) bool {
	if b.depth <= maxDepth && b.nodes <= maxNodes {
		return false
	}
	if !b.full {
		b.full = true
		b.mistake(at, "this is nested too deeply or grows too large", "write it more plainly, with fewer levels and aliases")
	}
	return true
}

func scalar(n ast.Node, at spot) *node {
	switch n := n.(type) {
	case *ast.StringNode:
		return &node{form: text, at: at, scalar: n.Value}
	case *ast.LiteralNode:
		return &node{form: text, at: at, scalar: n.Value.Value}
	case *ast.BoolNode:
		return &node{form: boolean, at: at, scalar: n.Value}
	case *ast.IntegerNode:
		return &node{form: number, at: at, scalar: whole(n.Value)}
	case *ast.FloatNode:
		if math.IsInf(n.Value, 0) || math.IsNaN(n.Value) {
			return &node{form: text, at: at, scalar: n.GetToken().Value}
		}
		return &node{form: number, at: at, scalar: n.Value}
	case *ast.InfinityNode, *ast.NanNode:
		return &node{form: text, at: at, scalar: n.GetToken().Value}
	}
	return &node{at: at}
}

func (b *builder) list(n *ast.SequenceNode, at spot) *node {
	out := &node{form: list, at: at}
	for _, v := range n.Values {
		item := b.build(v)
		out.items = append(out.items, item)
	}
	return out
}

func (b *builder) mapping(values []*ast.MappingValueNode, at spot) *node {
	out := &node{form: mapping, at: at}
	first, merged := map[string]spot{}, map[string]int{}
	for i, v := range values {
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			b.merge(out, merged, first, v)
			continue
		}
		key, keyAt, ok := b.key(v)
		if i == 0 && (v.Key.GetToken() == nil || keyAt.line < at.line || keyAt.line == at.line && keyAt.column < at.column) {
			out.at = keyAt // the parser gives the colon
		}
		if !ok {
			continue
		}
		if was, twice := first[key]; twice {
			b.mistake(keyAt, fmt.Sprintf("key %q stands twice", show(key)), fmt.Sprintf("it first stands in line %d: keep one of them", was.line))
			continue
		}
		first[key] = keyAt
		value := b.build(v.Value).keyed(keyAt)
		if i, brought := merged[key]; brought {
			out.entries[i].value = value
			continue
		}
		out.entries = append(out.entries, entry{key, value})
	}
	return out
}

// keyed is n under a key that stands at the spot.
func (n *node) keyed(at spot) *node {
	n.keyAt = at
	if n.at.line == 0 || n.form == nothing {
		n.at = at
	}
	return n
}

func (b *builder) key(v *ast.MappingValueNode) (key string, at spot, ok bool) {
	tok := v.Key.GetToken()
	at = b.file.clamp(spotOf(tok))
	switch k := v.Key.(type) {
	case *ast.StringNode:
		return b.file.colons(k.Value), at, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return tok.Value, at, true
	}
	b.mistake(at, "this key is not plain text", "write a key as one word or in quotes, then a colon and a space")
	return "", at, false
}

// merge brings in what <<: names, without replacing what was written, and notes
// where in the mapping it did.
func (b *builder) merge(into *node, merged map[string]int, written map[string]spot, v *ast.MappingValueNode) {
	at := b.file.clamp(spotOf(v.Key.GetToken()))
	from := b.build(v.Value)
	sources := []*node{from}
	if from.form == list {
		sources = from.items
	}
	for _, s := range sources {
		if s.form != mapping {
			b.mistake(at, "<<: can only bring in a mapping", "name an anchor that stands before key: value lines")
			return
		}
		for _, e := range s.entries {
			_, stands := written[e.key]
			if _, brought := merged[e.key]; !stands && !brought {
				merged[e.key] = len(into.entries)
				into.entries = append(into.entries, e)
			}
		}
	}
}

func (b *builder) alias(n *ast.AliasNode, at spot) *node {
	// The name is not repeated: it may be a secret that begins with a star.
	name := n.Value.GetToken().Value
	target, known := b.anchors[name]
	if !known {
		b.mistake(at, "this alias has no anchor above it", "put & and the same name before the value to repeat; text that begins with * goes in quotes")
		return &node{at: at, unread: true}
	}
	if slices.Contains(b.open, name) {
		b.mistake(at, "this alias stands inside what it repeats", "write the value out")
		return &node{at: at, unread: true}
	}
	b.open = append(b.open, name)
	defer func() { b.open = b.open[:len(b.open)-1] }()
	return b.build(target)
}

// whole makes the parser's whole numbers one type where they fit.
func whole(v any) any {
	if u, ok := v.(uint64); ok && u <= math.MaxInt64 {
		return int64(u)
	}
	return v
}

func isComment(n ast.Node) bool {
	switch n.(type) {
	case *ast.CommentNode, *ast.CommentGroupNode:
		return true
	}
	return false
}

func spotOf(t *token.Token) spot {
	if t == nil || t.Position == nil {
		return spot{}
	}
	return spot{t.Position.Line, t.Position.Column}
}
