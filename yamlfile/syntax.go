package yamlfile

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
)

// plainer puts what the parser says into words for the person who wrote the
// file. What is not listed is shown in general words, because the parser's own
// may repeat a secret.
var plainer = []struct{ said, text, hint string }{
	{"could not find end character of", "a quote that opens here is never closed", "close it with the same kind of quote"},
	{"cannot start any token", "a tab or another character that cannot stand here", "indent with spaces, and put text with special characters in quotes"},
	{"tab character", "a tab cannot indent", "indent with spaces"},
	{"mapping value is not allowed", "a second colon in one line, or a line too far to the right", "put text that holds \": \" in quotes; keys of one mapping begin in one column"},
	{"map key-value is pre-defined", "this line does not fit the lines above it", "keys of one mapping begin in one column; text over several lines goes in quotes"},
	{"value is not allowed in this context", "this does not fit the lines above it", "keys of one mapping begin in one column"},
	{"non-map value", "this line is no key: value", "is a colon missing, or the space after it?"},
	{"unexpected key name", "this line is no key: value", "is a colon missing, or the space after it?"},
	{"sequence end token", "a [ is never closed", "close it with ]"},
	{"flow mapping end token", "a { is never closed", "close it with }"},
	{"',' or '}'", "between { and } something is missing here", "put a comma between two entries and close with }"},
	{"',' or ']'", "between [ and ] something is missing here", "put a comma between two entries and close with ]"},
	{"could not find '['", "a ] without its [", "drop it, or open the list with ["},
	{"could not find '{'", "a } without its {", "drop it, or open the mapping with {"},
	{"expected sequence element", "a comma with nothing before it", "drop the comma"},
	{"block sequence entries", "a list cannot begin here", "begin it on the next line"},
	{"implicit line break", "a key goes over a line end", "keep a key and its colon on one line"},
}

// syntax turns the parser's error into a mistake.
func (f *File) syntax(err error) Mistake {
	at, said := spot{1, 1}, ""
	var known yaml.Error
	if errors.As(err, &known) {
		at, said = f.clamp(spotOf(known.GetToken())), known.GetMessage()
	}
	if tab, ok := f.tabIndent(at.line); ok {
		return f.at(tab, "a tab cannot indent", "indent with spaces")
	}
	for _, p := range plainer {
		if strings.Contains(said, p.said) {
			return f.at(at, p.text, p.hint)
		}
	}
	return f.at(at, "this cannot be read as YAML", "check the colons, quotes, brackets and indentation here and in the line above")
}

// tabIndent finds a tab in the indentation of the line or the one above it.
func (f *File) tabIndent(line int) (spot, bool) {
	for l := line; l >= max(1, line-1); l-- {
		text := f.lines[l-1]
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 {
			return spot{l, tab + 1}, true
		}
	}
	return spot{}, false
}
