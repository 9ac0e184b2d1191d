package yamlfile

import (
	"fmt"
	"slices"
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// describe says what a schema wants: "text or a list of text". A schema with a
// title has said it itself.
func describe(s *validator.Schema) string {
	s = resolved(s)
	if s.Title != "" {
		return s.Title
	}
	if branches := append(slices.Clone(s.AnyOf), s.OneOf...); len(branches) > 0 {
		var names []string
		for _, b := range branches {
			if n := describe(b); !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		return either(names)
	}
	if s.Enum != nil {
		return "one of " + strings.Join(words(s.Enum.Values), ", ")
	}
	if s.Types == nil {
		return "another value"
	}
	var names []string
	for _, t := range s.Types.ToStrings() {
		names = append(names, typeName(s, t))
	}
	return either(names)
}

func typeName(s *validator.Schema, t string) string {
	switch t {
	case "string":
		if s.Format != nil {
			return formatName(s.Format.Name)
		}
		return "text"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "boolean":
		return "true or false"
	case "array":
		return "a list" + ofItems(s)
	case "object":
		return "a mapping (key: value)"
	}
	return "nothing"
}

// ofItems names what a list holds, where one word does.
func ofItems(s *validator.Schema) string {
	if s.Items2020 == nil {
		return ""
	}
	item := resolved(s.Items2020)
	if item.Types == nil || item.Title != "" {
		return ""
	}
	switch strings.Join(item.Types.ToStrings(), " ") {
	case "string":
		return " of text"
	case "integer", "number":
		return " of numbers"
	case "object":
		return " of mappings"
	}
	return ""
}

func either(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// got names the form of what was written, without showing it.
func got(n *node) string {
	switch n.form {
	case text:
		return "text"
	case number:
		return "a number"
	case boolean:
		return fmt.Sprint(n.scalar)
	case list:
		return "a list"
	case mapping:
		return "a mapping (key: value)"
	}
	return "nothing"
}

var spokenBooleans = map[string]string{"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}

// formHint says how to write what was meant. It repeats the value, so it is not
// for secrets.
func formHint(s *validator.Schema, n *node) string {
	s = resolved(s)
	wants := func(form string) bool { return accepts(s, form) }
	written := show(n.written())
	switch {
	case wants("boolean") && n.form == text && spokenBooleans[strings.ToLower(written)] != "":
		return "write " + spokenBooleans[strings.ToLower(written)]
	case wants("string") && (n.form == number || n.form == boolean):
		return fmt.Sprintf("put it in quotes: %q", written)
	case wants("object") && n.form == text && strings.Contains(written, ":"):
		return "is a space missing after the colon?"
	case wants("array") && !wants("string") && (n.form == text || n.form == number):
		return fmt.Sprintf("write it as a list: [%s]", written)
	case wants("array") && n.form == mapping:
		return "begin each entry with a dash: - key: value"
	}
	return ""
}

func accepts(s *validator.Schema, form string) bool {
	s = resolved(s)
	if s.Types != nil && slices.Contains(s.Types.ToStrings(), form) {
		return true
	}
	inner := func(b *validator.Schema) bool { return accepts(b, form) }
	return slices.ContainsFunc(s.AnyOf, inner) || slices.ContainsFunc(s.OneOf, inner)
}

func words(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return out
}

func formatName(format string) string {
	switch format {
	case "uri":
		return "a URL"
	case "date-time":
		return "a time"
	case "email":
		return "an e-mail address"
	}
	return "a " + format
}

// example says how to write it: the schema's own example, else a usual one.
func example(s *validator.Schema, want string) string {
	if len(s.Examples) > 0 {
		return fmt.Sprintf("write it like %v", s.Examples[0])
	}
	switch want {
	case "date":
		return "write it like 2026-01-31"
	case "date-time":
		return "write it like 2026-01-31T09:00:00Z"
	case "uri":
		return "write it like https://acme.example"
	}
	if s.Pattern != nil {
		return "it has to match " + s.Pattern.String()
	}
	return ""
}

// limitText puts a broken bound into words.
func limitText(k validator.ErrorKind, quoted string) string {
	switch k := k.(type) {
	case *kind.MinLength:
		if k.Want == 1 {
			return "this is empty"
		}
		return fmt.Sprintf("%s is too short: at least %d characters", quoted, k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("%s is too long: at most %d characters", quoted, k.Want)
	case *kind.MinItems:
		if k.Want == 1 {
			return "this list is empty"
		}
		return fmt.Sprintf("this list is too short: at least %d entries", k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("this list is too long: at most %d entries", k.Want)
	case *kind.UniqueItems:
		return fmt.Sprintf("entries %d and %d of this list are the same", k.Duplicates[0]+1, k.Duplicates[1]+1)
	case *kind.Minimum:
		return fmt.Sprintf("%s is too small: at least %s", quoted, k.Want.RatString())
	case *kind.Maximum:
		return fmt.Sprintf("%s is too large: at most %s", quoted, k.Want.RatString())
	case *kind.ExclusiveMinimum:
		return fmt.Sprintf("%s is too small: more than %s", quoted, k.Want.RatString())
	case *kind.ExclusiveMaximum:
		return fmt.Sprintf("%s is too large: less than %s", quoted, k.Want.RatString())
	case *kind.MinProperties:
		return fmt.Sprintf("this mapping needs at least %d keys", k.Want)
	}
	return quoted + " does not fit here"
}
