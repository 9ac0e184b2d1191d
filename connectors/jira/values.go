package jira

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/ticket"
)

// values reads both sides of a change.
func (tr *translator) values(f ticket.Field, h *history, it *item) (from, to []ticket.Value) {
	side := func(id, words text) []ticket.Value {
		if id == "" && words == "" {
			return nil
		}
		return tr.value(f, string(id), string(words))
	}
	switch f {
	case ticket.FieldProject:
		return project(it.From, it.FromString, h, false), project(it.To, it.ToString, h, true)
	case ticket.FieldOther:
		return other(it.From, it.FromString), other(it.To, it.ToString)
	}
	return side(it.From, it.FromString), side(it.To, it.ToString)
}

// value reads one side of a change that is not empty.
func (tr *translator) value(f ticket.Field, id, words string) []ticket.Value {
	switch f {
	case ticket.FieldAssignee:
		return one(tr.pass.users.id(id), words, "")
	case ticket.FieldPriority:
		return one(id, words, string(tr.pass.catalog.priority(id, words)))
	case ticket.FieldEstimate:
		return one(cmp.Or(words, id), words, "")
	case ticket.FieldDue:
		return one(day(cmp.Or(id, words)), words, "")
	case ticket.FieldDescription:
		return one("", "", strconv.Itoa(utf8.RuneCountInString(words))) // the text itself is not kept
	case ticket.FieldTitle, ticket.FieldComponent:
		return one(words, words, "")
	case ticket.FieldLabel:
		return each(strings.Fields(words))
	case ticket.FieldSprint:
		return sprintValues(id, words)
	case ticket.FieldLink:
		return tr.link(id, words)
	}
	return one(id, words, "") // type, parent
}

func one(id, words, norm string) []ticket.Value {
	return []ticket.Value{{ID: id, Text: words, Norm: norm}}
}

func each(words []string) []ticket.Value {
	var out []ticket.Value
	for _, w := range words {
		out = append(out, ticket.Value{ID: w, Text: w})
	}
	return out
}

func (tr *translator) status(id, name text, resolution string) []ticket.Value {
	if id == "" && name == "" {
		return nil
	}
	meant := tr.pass.catalog.category(string(id), string(name), "", resolution)
	return one(string(id), string(name), string(meant))
}

// day is the date in 2026-01-31 and in 2026-01-31 00:00:00.0.
func day(s string) string {
	if len(s) > len("2006-01-02") {
		s = s[:len("2006-01-02")]
	}
	if d, err := ticket.ParseDate(s); err == nil {
		return string(d)
	}
	return ""
}

// splitIDs reads a list of ids: "38, 40".
func splitIDs(list text) []string {
	return strings.FieldsFunc(string(list), func(r rune) bool { return r == ',' || r == ' ' })
}

// sprintValues pairs ids with names; where a comma inside a name makes them
// uneven, the ids stand alone.
func sprintValues(ids, names string) []ticket.Value {
	list := splitIDs(text(ids))
	words := strings.Split(names, ", ")
	var out []ticket.Value
	for i, id := range list {
		v := ticket.Value{ID: id}
		if len(words) == len(list) {
			v.Text = words[i]
		}
		out = append(out, v)
	}
	return out
}

// project reads one side of a move. The project's key is told only by the
// ticket's own key, which changed in the same act.
func project(id, name text, h *history, after bool) []ticket.Value {
	if id == "" && name == "" {
		return nil
	}
	v := ticket.Value{Text: string(name)}
	if it := h.item("key"); it != nil {
		key := it.FromString
		if after {
			key = it.ToString
		}
		if i := strings.LastIndex(string(key), "-"); i > 0 {
			v.ID = string(key[:i])
		}
	}
	return []ticket.Value{v}
}

// otherLimit is how long a value of a field fairlead does not understand may be
// to be kept. Longer ones are somebody's writing, and writing is not kept: only
// its length is.
const otherLimit = 120

func other(id, words text) []ticket.Value {
	if id == "" && words == "" {
		return nil
	}
	v := ticket.Value{ID: string(id), Text: string(words)}
	if n := utf8.RuneCountInString(v.Text); n > otherLimit {
		v.Text, v.Norm = "", strconv.Itoa(n)
	}
	if utf8.RuneCountInString(v.ID) > otherLimit {
		v.ID = ""
	}
	return []ticket.Value{v}
}

// link reads "This issue blocks PAY-3": the other ticket's key stands apart,
// what is left between is the phrase.
func (tr *translator) link(key, words string) []ticket.Value {
	phrase := tr.phrase(key, words)
	return one(key, phrase, string(tr.pass.catalog.mapping.Link(phrase)))
}

// linkOpening stands before the phrase in histories, in English on most sites.
const linkOpening = "this issue "

// phrase finds the phrase in the words of a history. Where a site words its
// histories in another language, the phrase is that of a link the ticket has to the
// same key and whose phrase stands in the words; without one it stays unknown.
func (tr *translator) phrase(key, words string) string {
	words = strings.TrimSpace(words)
	rest, ended := strings.CutSuffix(words, key)
	rest = strings.TrimSpace(rest)
	if ended && len(rest) >= len(linkOpening)-1 && strings.EqualFold(rest[:len(linkOpening)-1], strings.TrimSpace(linkOpening)) {
		return strings.TrimSpace(rest[len(linkOpening)-1:])
	}
	for _, l := range tr.ticket.Links {
		if l.Target.Key == key && l.Phrase != "" && strings.Contains(words, l.Phrase) {
			return l.Phrase
		}
	}
	return ""
}
