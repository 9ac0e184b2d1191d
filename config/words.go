package config

import (
	"github.com/invopop/jsonschema"

	"github.com/fairlead-dev/fairlead/ticket"
)

// textList is one text or a list of them.
type textList []string

// JSONSchema describes both forms.
func (textList) JSONSchema() *jsonschema.Schema {
	one := uint64(1)
	text := func() *jsonschema.Schema { return &jsonschema.Schema{Type: "string", MinLength: &one} }
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{text(), {Type: "array", Items: text()}}}
}

// UnmarshalYAML reads both forms.
func (l *textList) UnmarshalYAML(read func(any) error) error {
	var one string
	if err := read(&one); err == nil {
		*l = textList{one}
		return nil
	}
	return read((*[]string)(l))
}

// pinList is true, or a list of what is pinned.
type pinList struct {
	all   bool
	names []string
}

// JSONSchema describes both forms.
func (pinList) JSONSchema() *jsonschema.Schema {
	one := uint64(1)
	names := &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "string", MinLength: &one}}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "boolean"}, names}}
}

// UnmarshalYAML reads both forms.
func (l *pinList) UnmarshalYAML(read func(any) error) error {
	if err := read(&l.all); err == nil {
		return nil
	}
	return read(&l.names)
}

// reference names the environment variable that holds a secret. The secret
// itself never stands in a file. Only capitals are taken, since somebody will
// write ${the token itself}.
type reference string

// JSONSchema marks the value as a secret, so that no message shows what was
// written in its place.
func (reference) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		Type: "string", Pattern: `^\$\{[A-Z_][A-Z0-9_]{0,63}\}$`, WriteOnly: true, Examples: []any{"${JIRA_TOKEN}"},
		Description: "put it into an environment variable and write that one's name, in capitals, as ${NAME}; or name a file with token_file",
	}
}

// secretReference is a reference to a secret other than the token.
type secretReference reference

// JSONSchema is that of a reference, with words of its own.
func (secretReference) JSONSchema() *jsonschema.Schema {
	s := reference("").JSONSchema()
	s.Examples = []any{"${LINEAR_CLIENT_SECRET}"}
	s.Description = "put it into an environment variable and write that one's name, in capitals, as ${NAME}"
	return s
}

// variable is the environment variable named.
func (r reference) variable() string { return string(r[2 : len(r)-1]) }

// day is a calendar day, in UTC.
type day string

// JSONSchema describes the form.
func (day) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Format: "date", Examples: []any{"2026-01-31"}}
}

// period is a stretch of time in minutes, hours or days.
type period string

// JSONSchema describes the form.
func (period) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]{1,4}[mhd]$`, Examples: []any{"10m", "24h", "7d"}}
}

// The words a mapping may lead to, as types so that the schema lists them.
type (
	kindWord     ticket.Kind
	categoryWord ticket.Category
	priorityWord ticket.Priority
	linkWord     ticket.LinkKind
)

// JSONSchema lists the kinds of ticket.
func (kindWord) JSONSchema() *jsonschema.Schema { return oneOf(ticket.Kinds()) }

// JSONSchema lists the status categories.
func (categoryWord) JSONSchema() *jsonschema.Schema { return oneOf(ticket.Categories()) }

// JSONSchema lists the priorities.
func (priorityWord) JSONSchema() *jsonschema.Schema { return oneOf(ticket.Priorities()) }

// JSONSchema lists the kinds of link.
func (linkWord) JSONSchema() *jsonschema.Schema { return oneOf(ticket.LinkKinds()) }

func oneOf[V ~string](words []V) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, w := range words {
		s.Enum = append(s.Enum, string(w))
	}
	return s
}
