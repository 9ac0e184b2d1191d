package yamlfile

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// check holds the file against the schema and puts every difference into words.
func (f *File) check(s *shape) Mistakes {
	f.learnSecrets(s.secrets)
	err := s.root.Validate(f.root.instance())
	var found *validator.ValidationError
	if !errors.As(err, &found) {
		return nil
	}
	c := checker{file: f, shape: s}
	c.explain(found)
	return c.mistakes
}

type checker struct {
	file     *File
	shape    *shape
	mistakes Mistakes
}

func (c *checker) add(at Place, text, hint string) {
	c.mistakes = append(c.mistakes, Mistake{Place: at, Text: text, Hint: hint})
}

func (c *checker) explain(e *validator.ValidationError) {
	path := c.file.path(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		c.union(e, path)
		return
	case *kind.AdditionalProperties:
		for _, key := range k.Properties {
			c.unknownKey(e, path, key)
		}
		return
	case *kind.Required:
		for _, key := range k.Missing {
			c.missing(e, path, key)
		}
		return
	}
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			c.explain(cause)
		}
		return
	}
	c.value(e, path)
}

// union explains the branch that was meant: the one of the same form, and of
// several the one with the fewest mistakes. If none has the form, that is said.
func (c *checker) union(e *validator.ValidationError, path []any) {
	var meant *validator.ValidationError
	for _, branch := range e.Causes {
		if !otherForm(branch, len(e.InstanceLocation)) && (meant == nil || leaves(branch) < leaves(meant)) {
			meant = branch
		}
	}
	if meant != nil {
		c.explain(meant)
		return
	}
	c.wrongForm(c.shape.part(e.SchemaURL), path)
}

// otherForm reports whether a branch refuses the value for being, say, a list.
func otherForm(e *validator.ValidationError, depth int) bool {
	if len(e.InstanceLocation) > depth {
		return false
	}
	if _, ok := e.ErrorKind.(*kind.Type); ok {
		return true
	}
	return slices.ContainsFunc(e.Causes, func(c *validator.ValidationError) bool { return otherForm(c, depth) })
}

func leaves(e *validator.ValidationError) int {
	n := 0
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		n = len(k.Properties)
	case *kind.Required:
		n = len(k.Missing)
	}
	for _, c := range e.Causes {
		n += leaves(c)
	}
	return max(n, 1)
}

func (c *checker) unknownKey(e *validator.ValidationError, path []any, key string) {
	known := slices.Sorted(maps.Keys(c.shape.part(e.SchemaURL).Properties))
	hint := "known here: " + strings.Join(known, ", ")
	if near := Suggest(key, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	} else if len(known) == 0 {
		hint = "nothing can be set here"
	}
	c.add(c.file.KeyPlace(extend(path, key)...), fmt.Sprintf("unknown key %q", show(key)), hint)
}

func (c *checker) missing(e *validator.ValidationError, path []any, key string) {
	properties := c.shape.part(e.SchemaURL).Properties
	written := c.file.find(path).get(key)
	if c.misspelt(path, key, properties) || written != nil && written.unread {
		return
	}
	hint := fmt.Sprintf("add %s: …", key)
	if p := properties[key]; p != nil {
		if about := cmp.Or(p.Description, resolved(p).Description); about != "" {
			hint = fmt.Sprintf("add %s: %s", key, about)
		}
	}
	if written != nil {
		c.add(c.file.KeyPlace(extend(path, key)...), fmt.Sprintf("%q has no value", key), hint)
		return
	}
	c.add(c.file.Place(path...), fmt.Sprintf("%q is missing", key), hint)
}

// misspelt reports whether the key stands there after all, with a slip that is
// reported as an unknown key.
func (c *checker) misspelt(path []any, key string, properties map[string]*validator.Schema) bool {
	known := slices.Sorted(maps.Keys(properties))
	return slices.ContainsFunc(c.file.find(path).entries, func(e entry) bool {
		return properties[e.key] == nil && Suggest(e.key, known) == key
	})
}

// value explains what is wrong with one value.
func (c *checker) value(e *validator.ValidationError, path []any) {
	n, schema := c.file.find(path), c.shape.part(e.SchemaURL)
	at, quoted := c.file.Place(path...), c.quoted(n, path)
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		c.wrongForm(schema, path)
	case *kind.Enum:
		known := words(k.Want)
		hint := "write one of: " + strings.Join(known, ", ")
		if near := Suggest(n.written(), known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.add(at, fmt.Sprintf("%s is not one of %s", quoted, strings.Join(known, ", ")), hint)
	case *kind.Const:
		c.add(at, fmt.Sprintf("%s is not what stands here", quoted), fmt.Sprintf("write %v", k.Want))
	case *kind.Format:
		c.add(at, fmt.Sprintf("%s is not %s", quoted, formatName(k.Want)), example(schema, k.Want))
	case *kind.Pattern:
		if schema.WriteOnly {
			c.add(at, "a secret must not stand in a file itself", schema.Description)
			return
		}
		c.add(at, fmt.Sprintf("%s is not %s", quoted, cmp.Or(schema.Title, "written as it is read here")), example(schema, k.Want))
	default:
		c.add(at, limitText(e.ErrorKind, quoted), "")
	}
}

// quoted is a scalar as it was written, or a stand-in for a secret.
func (c *checker) quoted(n *node, path []any) string {
	if c.file.secretPath(path) {
		return "this value"
	}
	switch n.form {
	case mapping:
		return "this mapping"
	case list:
		return "this list"
	}
	return strconv.Quote(show(n.written()))
}

func (c *checker) wrongForm(schema *validator.Schema, path []any) {
	n := c.file.find(path)
	if schema.WriteOnly && (n.form == number || n.form == boolean) {
		c.add(c.file.Place(path...), "a secret must not stand in a file itself", schema.Description)
		return
	}
	if n.unread {
		return
	}
	is, hint := got(n), ""
	if !c.file.secretPath(path) {
		hint = formHint(schema, n)
		if n.form == number && accepts(schema, "integer") {
			is = n.written()
		}
	}
	c.add(c.file.Place(path...), fmt.Sprintf("expected %s, got %s", describe(schema), is), hint)
}

// path turns the validator's location into one of ours.
func (f *File) path(location []string) []any {
	path, n := make([]any, 0, len(location)+1), f.root
	for _, step := range location {
		var p any = step
		if n != nil && n.form == list {
			i, err := strconv.Atoi(step)
			if err != nil {
				return path
			}
			p = i
		}
		path = append(path, p)
		if n != nil {
			n = n.step(p)
		}
	}
	return path
}
