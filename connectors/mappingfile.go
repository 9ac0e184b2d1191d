package connectors

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// mappingFile is a mapping as it is written: each section from the tracker's
// word to ours, fields from ours to the tracker's.
type mappingFile struct {
	Types      map[string]string `json:"types"`
	Labels     map[string]string `json:"labels"`
	Statuses   map[string]string `json:"statuses"`
	Links      map[string]string `json:"links"`
	Priorities map[string]string `json:"priorities"`
	Fields     map[string]string `json:"fields"`
}

// ParseMapping reads a mapping from YAML with the sections types, labels,
// statuses, links, priorities and fields. Mistakes come all at once, each with
// its place in the file: those in the shape, or else those in the words.
func ParseMapping(name string, text []byte) (Mapping, error) {
	file, mistakes := yamlfile.Parse(name, text)
	if mistakes != nil {
		return Mapping{}, mistakes
	}
	if file.Empty() {
		return Mapping{}.With(Mapping{}), nil
	}
	var raw mappingFile
	if mistakes = file.Decode(&raw); mistakes != nil {
		return Mapping{}, mistakes
	}
	r := mappingReader{file: file}
	m := Mapping{
		Types:      section(&r, "types", raw.Types, ticket.Kinds()),
		Labels:     section(&r, "labels", raw.Labels, ticket.Kinds()),
		Statuses:   section(&r, "statuses", raw.Statuses, ticket.Categories()),
		Links:      section(&r, "links", raw.Links, ticket.LinkKinds()),
		Priorities: section(&r, "priorities", raw.Priorities, ticket.Priorities()),
		Fields:     section[string](&r, "fields", raw.Fields, nil),
	}
	return m, r.mistakes.Err()
}

type mappingReader struct {
	file     *yamlfile.File
	mistakes yamlfile.Mistakes
}

// section checks the lines of one section. Without allowed, any meaning will do.
func section[V ~string](r *mappingReader, name string, lines map[string]string, allowed []V) map[string]V {
	out := make(map[string]V, len(lines))
	for _, word := range slices.Sorted(maps.Keys(lines)) {
		meaning := V(lines[word])
		if allowed != nil && !slices.Contains(allowed, meaning) {
			r.mistakes = append(r.mistakes, r.file.Mistake("one of: "+joined(allowed),
				fmt.Sprintf("%q is no meaning for %q", meaning, word), name, word))
		}
		if _, twice := out[Fold(word)]; twice {
			r.mistakes = append(r.mistakes, r.file.Mistake("words are matched without regard to case: leave one line out",
				fmt.Sprintf("%q stands twice", Fold(word)), name, word))
		}
		out[Fold(word)] = meaning
	}
	return out
}

func joined[V ~string](words []V) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, ", ")
}
