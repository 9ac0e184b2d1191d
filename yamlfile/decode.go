package yamlfile

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// Decode checks the file against the schema of into's type, a pointer to a
// struct, and fills it. It reports every mistake and then leaves into alone.
// A whole number decoded into an any is an int64 or a uint64, another a float64.
func (f *File) Decode(into any) Mistakes {
	s := shapeOf(into)
	if f.Empty() {
		return append(f.taken, f.at(spot{1, 1}, "nothing is written in this file", "")).Sorted()
	}
	if m := append(f.check(s), f.taken...); len(m) > 0 {
		return m.Sorted()
	}
	dst := reflect.ValueOf(into).Elem()
	fresh := reflect.New(dst.Type())
	if fill(fresh.Interface(), f.root) == nil {
		dst.Set(fresh.Elem())
		return nil
	}
	b := blame{file: f}
	b.find(dst.Type(), f.root, nil)
	return b.mistakes.Sorted()
}

// fill decodes from a plain copy of the value, in which aliases are resolved
// and every scalar is written beyond doubt. A panic of the decoder, or of a
// type that decodes itself, is an error like any other.
func fill(into any, n *node) (err error) {
	defer func() {
		if recover() != nil {
			err = errUnfit
		}
	}()
	var b strings.Builder
	n.plain(&b)
	return yaml.Unmarshal([]byte(b.String()), into)
}

// plain writes the value as JSON, which is YAML, each scalar on a line of its own.
func (n *node) plain(b *strings.Builder) {
	switch n.form {
	case mapping:
		b.WriteString("{\n")
		for _, e := range n.entries {
			if e.value.form != nothing {
				b.WriteString(strconv.Quote(e.key) + ": ")
				e.value.plain(b)
				b.WriteString(",\n")
			}
		}
		b.WriteString("}")
	case list:
		b.WriteString("[\n")
		for _, item := range n.items {
			item.plain(b)
			b.WriteString(",\n")
		}
		b.WriteString("]")
	case nothing:
		b.WriteString("null")
	case text:
		b.WriteString(strconv.Quote(n.written()))
	default:
		b.WriteString(n.written())
	}
}
