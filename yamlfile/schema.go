package yamlfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"sync"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// SchemaOf is the JSON Schema (2020-12) of a file that decodes into v, a struct
// or a pointer to one. The struct itself is described at the root, except where
// it holds itself: then the root refers to it.
func SchemaOf(v any) *jsonschema.Schema {
	r := jsonschema.Reflector{Anonymous: true, RequiredFromJSONSchemaTags: true}
	referring := r.Reflect(v)
	if raw, err := json.Marshal(referring); err != nil || bytes.Count(raw, []byte(strconv.Quote(referring.Ref))) > 1 {
		return referring
	}
	r.ExpandedStruct = true
	return r.Reflect(v)
}

// SchemaJSON is SchemaOf as an indented document with an id and a title.
func SchemaJSON(v any, id, title string) ([]byte, error) {
	s := SchemaOf(v)
	s.ID, s.Title = jsonschema.ID(id), title
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return nil, fmt.Errorf("schema of %T: %w", v, err)
	}
	return b.Bytes(), nil
}

// shape is a compiled schema. Compiling parts of it later is not safe for
// concurrent use, hence the lock.
type shape struct {
	root    *validator.Schema
	secrets []string // keys whose values are secrets

	mu       sync.Mutex
	compiler *validator.Compiler
}

const shapeURL = "shape.json"

var shapes sync.Map // reflect.Type → *shape

// shapeOf compiles the schema of v's type once. A schema that does not compile
// is a mistake of ours, so it panics.
func shapeOf(v any) *shape {
	t := reflect.TypeOf(v)
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s, err := compile(v)
	if err != nil {
		panic(fmt.Sprintf("yamlfile: schema of %T: %v", v, err))
	}
	known, _ := shapes.LoadOrStore(t, s)
	return known.(*shape)
}

func compile(v any) (*shape, error) {
	raw, err := json.Marshal(SchemaOf(v))
	if err != nil {
		return nil, err
	}
	doc, err := validator.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := validator.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(shapeURL, doc); err != nil {
		return nil, err
	}
	root, err := c.Compile(shapeURL)
	if err != nil {
		return nil, err
	}
	s := &shape{root: root, compiler: c}
	s.secrets = secretKeys(root, map[*validator.Schema]bool{}, nil)
	return s, nil
}

// part is the schema at a location the validator named.
func (s *shape) part(location string) *validator.Schema {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.compiler.Compile(location)
	if err != nil {
		return &validator.Schema{}
	}
	return p
}

// secretKeys lists the keys that the schema marks writeOnly.
func secretKeys(s *validator.Schema, seen map[*validator.Schema]bool, out []string) []string {
	if s == nil || seen[s] {
		return out
	}
	seen[s] = true
	for key, p := range s.Properties {
		if p.WriteOnly || resolved(p).WriteOnly {
			out = append(out, key)
		}
		out = secretKeys(p, seen, out)
	}
	for _, below := range beneath(s) {
		out = secretKeys(below, seen, out)
	}
	return out
}

// beneath lists the schemas that apply to s itself or to what it holds, other
// than its named properties.
func beneath(s *validator.Schema) []*validator.Schema {
	out := []*validator.Schema{s.Ref, s.Items2020, s.Not, s.If, s.Then, s.Else}
	out = append(out, s.AllOf...)
	out = append(out, s.AnyOf...)
	out = append(out, s.OneOf...)
	out = append(out, s.PrefixItems...)
	if p, ok := s.AdditionalProperties.(*validator.Schema); ok {
		out = append(out, p)
	}
	return out
}

// resolved follows references.
func resolved(s *validator.Schema) *validator.Schema {
	for range 16 {
		if s.Ref == nil {
			return s
		}
		s = s.Ref
	}
	return s
}
