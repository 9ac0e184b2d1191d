// Package yamlfile reads YAML that people wrote, strictly, and tells them about
// every mistake at once: where it stands, the line as they wrote it, and what to
// do. A Go struct is the only description of a file's shape: the JSON Schema that
// editors use is made from it, the file is checked against that schema, and then
// decoded into it.
//
// A field's key is its json tag; `jsonschema:"required"` makes it required and
// `jsonschema_description` describes it. A key without a value counts as not
// written. Types may describe themselves with JSONSchema() and decode themselves
// with UnmarshalYAML. Left out on purpose: YAML tags (!!str) and more than one
// document in a file.
//
// A line shown in a message never shows a secret; see mask.go.
package yamlfile

import (
	"strings"
	"sync"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
)

// MaxSize is the largest file that is read, in bytes.
const MaxSize = 1 << 20

// File is one parsed file. It is safe for concurrent use.
type File struct {
	name  string
	lines []string
	root  *node // never nil
	held  bool  // colons were held from the parser

	taken Mistakes // what the tree would not take: duplicate keys and the like

	mu      sync.Mutex
	secrets map[string]bool  // keys of the file that hold secrets, as written
	values  map[int][]keyEnd // by line: where those keys stand
	cuts    [][]cut          // by line: what must not be shown; nil until asked for
}

// Parse reads text, which stands in the file called name. Its mistakes are those
// that keep the text from being understood at all; the File is then good for
// Place and nothing else. Things that can be understood but never belong in a
// file of ours, such as duplicate keys, are reported by Decode with the rest.
func Parse(name string, text []byte) (*File, Mistakes) {
	clean, mistakes := sanitise(name, text)
	f := &File{
		name: name, lines: strings.Split(clean, "\n"), root: &node{at: spot{1, 1}},
		secrets: map[string]bool{}, values: map[int][]keyEnd{},
	}
	if mistakes != nil {
		return f, mistakes
	}
	body, mistakes := f.parse(clean)
	if mistakes != nil || body == nil {
		return f, mistakes
	}
	b := builder{file: f, anchors: map[string]ast.Node{}}
	f.root = b.build(body)
	f.learnSecrets(nil)
	f.taken = b.mistakes
	for i := range f.taken { // again, now that every secret is known
		f.taken[i].Place = f.placeAt(spot{f.taken[i].Line, f.taken[i].Column})
	}
	return f, nil
}

// Empty reports whether the file holds no content: nothing, or only comments.
// Decode calls that a mistake; callers for whom it is fine ask first.
func (f *File) Empty() bool { return f.root.form == nothing }

// Name is the name given to Parse.
func (f *File) Name() string { return f.name }

// parse runs the YAML parser. It has met inputs that make it panic, so that a
// panic of it is treated like any other text it cannot read.
func (f *File) parse(clean string) (body ast.Node, mistakes Mistakes) {
	defer func() {
		if recover() != nil {
			body, mistakes = nil, Mistakes{f.at(spot{1, 1}, "this file cannot be read as YAML", "look for an unusual character or a bracket too many")}
		}
	}()
	if m := f.tooLong(); m != nil {
		return nil, m
	}
	held := holdColons(clean)
	f.held = held != clean
	tokens := lexer.Tokenize(held)
	if m := f.tooDeep(tokens); m != nil {
		return nil, m
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, Mistakes{f.syntax(err)}
	}
	return f.onlyDocument(parsed.Docs)
}

func (f *File) onlyDocument(docs []*ast.DocumentNode) (ast.Node, Mistakes) {
	var body ast.Node
	for _, d := range docs {
		if d.Body == nil || isComment(d.Body) {
			continue
		}
		if _, directive := d.Body.(*ast.DirectiveNode); directive {
			continue
		}
		if body != nil {
			at := spotOf(d.Body.GetToken())
			if d.Start != nil {
				at = spotOf(d.Start)
			}
			return nil, Mistakes{f.at(at, "a second document begins here", "keep one document in each file: drop the line --- or move what follows to a file of its own")}
		}
		body = d.Body
	}
	return body, nil
}
