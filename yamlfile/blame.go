package yamlfile

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

var errUnfit = errors.New("this value does not fit here")

// blame finds which values a type would not decode although the schema allows
// them: numbers that overflow, and what types refuse that decode themselves.
// Their errors carry no position, so each value is tried alone, from the
// outside in.
type blame struct {
	file     *File
	mistakes Mistakes
}

// find reports every innermost value that does not decode into t.
func (b *blame) find(t reflect.Type, n *node, path []any) {
	err := fill(reflect.New(t).Interface(), n)
	if err == nil {
		return
	}
	before := len(b.mistakes)
	if !decodesItself(t) {
		b.inside(t, n, path)
	}
	if len(b.mistakes) == before {
		b.mistakes = append(b.mistakes, b.file.Mistake("", b.words(err, path), path...))
	}
}

func (b *blame) inside(t reflect.Type, n *node, path []any) {
	switch t.Kind() {
	case reflect.Pointer:
		b.find(t.Elem(), n, path)
	case reflect.Slice, reflect.Array:
		for i, item := range n.items {
			b.find(t.Elem(), item, extend(path, i))
		}
	case reflect.Map:
		for _, e := range n.entries {
			b.find(t.Elem(), e.value, extend(path, e.key))
		}
	case reflect.Struct:
		b.fields(t, n, path)
	}
}

func (b *blame) fields(t reflect.Type, n *node, path []any) {
	for i := range t.NumField() {
		field := t.Field(i)
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && key == "" {
			b.inside(field.Type, n, path)
			continue
		}
		if value := n.get(key); value != nil && value.form != nothing {
			b.find(field.Type, value, extend(path, key))
		}
	}
}

// words are the type's own, unless the value is a secret, which they may repeat.
func (b *blame) words(err error, path []any) string {
	var parser yaml.Error
	if b.file.secretPath(path) || errors.As(err, &parser) {
		return fmt.Sprint(errUnfit)
	}
	return show(err.Error())
}

var (
	textUnmarshaler  = reflect.TypeFor[interface{ UnmarshalText([]byte) error }]()
	bytesUnmarshaler = reflect.TypeFor[yaml.BytesUnmarshaler]()
	funcUnmarshaler  = reflect.TypeFor[yaml.InterfaceUnmarshaler]()
	nodeUnmarshaler  = reflect.TypeFor[yaml.NodeUnmarshaler]()
)

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(textUnmarshaler) || p.Implements(bytesUnmarshaler) ||
		p.Implements(funcUnmarshaler) || p.Implements(nodeUnmarshaler)
}

// extend is path with one more step, in memory of its own.
func extend(path []any, step any) []any {
	return append(path[:len(path):len(path)], step)
}
