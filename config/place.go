package config

import (
	"fmt"
	"slices"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// place is where somebody or something is written.
type place interface {
	// of is the position of the word at or below the path; without the word, of
	// what the path leads to, or of the nearest thing above.
	of(word string, path ...any) yamlfile.Place
}

// written is a place in a YAML file.
type written struct {
	file *yamlfile.File
	path []any
}

func (w written) of(word string, path ...any) yamlfile.Place {
	path = append(slices.Clone(w.path), path...)
	if word != "" && w.file.Has(path...) {
		return w.file.PlaceOf(word, path...)
	}
	if len(path) == len(w.path)+3 && path[len(w.path)] == "roles" && !w.file.Has(path[:len(w.path)+1]...) {
		// The short form has role, from and to beside the person's id.
		path = append(path[:len(w.path)], path[len(path)-1])
	}
	return w.file.Place(path...)
}

// placed puts a mistake that org found where it is written, and suggests who or
// what was meant.
func (o *organisation) placed(m org.Mistake) yamlfile.Mistake {
	at := place(written{file: o.file})
	path := m.At
	if i, ok := index(m.At); ok {
		switch m.At[0] {
		case "people":
			at, path = o.peopleAt[i], m.At[2:]
		case "absences":
			at, path = o.absencesAt[i], m.At[2:]
		}
	}
	if m.Word != "" {
		if near := yamlfile.Suggest(m.Word, o.ids(path)); near != "" {
			m.Hint = fmt.Sprintf("did you mean %q?", near)
		}
	}
	return yamlfile.Mistake{Place: at.of(m.Word, path...), Text: m.Text, Hint: m.Hint}
}

func index(path []any) (int, bool) {
	if len(path) < 2 {
		return 0, false
	}
	i, ok := path[1].(int)
	return i, ok
}

// ids lists what may stand at the path: teams or people.
func (o *organisation) ids(path []any) []string {
	var out []string
	if slices.Contains(path, any("part_of")) {
		for i := range o.teams {
			out = append(out, o.teams[i].ID)
		}
		return out
	}
	for _, p := range o.people {
		out = append(out, p.ID)
	}
	return out
}

// PersonPlace is where somebody is written; without a line where nobody has the
// id.
func (c *Config) PersonPlace(id string) yamlfile.Place {
	if c.parts == nil {
		return yamlfile.Place{}
	}
	i, known := c.parts.byID[id]
	if !known {
		return yamlfile.Place{}
	}
	return c.parts.peopleAt[i].of("", "id")
}

// TeamPlace is where a word stands in what is written of a team under the key;
// without a line where there is no such team.
func (c *Config) TeamPlace(id, key, word string) yamlfile.Place {
	if c.parts != nil {
		for i := range c.parts.teams {
			if c.parts.teams[i].ID == id {
				return written{c.parts.file, []any{"teams", i}}.of(word, key)
			}
		}
	}
	return yamlfile.Place{}
}
