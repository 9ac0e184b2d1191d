package yamlfile

import (
	"fmt"
	"strconv"
	"strings"
)

// form is what a value is.
type form int

const (
	nothing form = iota
	text
	number
	boolean
	list
	mapping
)

// spot is a position, both from 1, columns in characters.
type spot struct{ line, column int }

// node is a value with its position: the tree of the parser made plain, with
// aliases resolved.
type node struct {
	form    form
	at      spot // where the value begins
	keyAt   spot // where its key stands; zero for list items and the root
	scalar  any  // string, int64, uint64, float64 or bool
	entries []entry
	items   []*node
	unread  bool // something was written, but it is not taken; that is reported
}

type entry struct {
	key   string
	value *node
}

// get is the value under key, or nil.
func (n *node) get(key string) *node {
	for _, e := range n.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// instance is the value as a JSON Schema validator wants it. Keys without a
// value are left out: they count as not written.
func (n *node) instance() any {
	switch n.form {
	case mapping:
		m := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			if e.value.form != nothing {
				m[e.key] = e.value.instance()
			}
		}
		return m
	case list:
		l := make([]any, len(n.items))
		for i, item := range n.items {
			l[i] = item.instance()
		}
		return l
	}
	return n.scalar
}

// written is a scalar as a person would write it.
func (n *node) written() string {
	if f, ok := n.scalar.(float64); ok {
		// Without an exponent, which the decoder may read as text, and with a
		// point, since it is no whole number.
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	return fmt.Sprint(n.scalar)
}
