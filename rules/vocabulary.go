package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is a name that a condition may use, as an editor offers it.
type Word struct {
	Name string `json:"name"`
	// Of is the type that it is asked of, after a dot; empty where it stands alone.
	Of string `json:"of,omitempty"`
	// Gives is the type of what comes of it, as documents name types: ticket, list of
	// person, whole number.
	Gives string `json:"gives"`
	// Usage is how it is written, where it takes something in brackets.
	Usage string `json:"usage,omitempty"`
	// Sometimes says that it may be missing and has() is the way to ask.
	Sometimes bool   `json:"sometimes,omitempty"`
	Help      string `json:"help"`
}

// Vocabulary lists everything that the condition of the rule may speak of: its
// variables, its settings, every fact, every function, and CEL's own words. It is
// made of the table that the language is made of.
func (r *Rule) Vocabulary() []Word {
	out := []Word{
		{Name: "settings", Gives: settingsType.TypeName(), Help: "What the team has agreed."},
		{Name: "now", Gives: "moment", Help: "The moment looked at."},
	}
	if r.code != nil {
		for _, v := range r.code.rows.vars {
			out = append(out, Word{Name: v.name, Gives: typeName(v.typ), Help: sentence(v.help)})
		}
	}
	for i := range r.Settings {
		s := &r.Settings[i]
		out = append(out, Word{Name: s.Name, Of: settingsType.TypeName(), Gives: typeName(s.Type.cel()), Help: sentence(s.Help)})
	}
	for _, n := range nouns() {
		for _, f := range n.facts {
			out = append(out, Word{Name: f.name, Of: n.typ.TypeName(), Gives: typeName(f.typ), Sometimes: f.sometimes, Help: sentence(f.help)})
		}
	}
	for _, f := range functions() {
		w := Word{Name: f.name, Gives: typeName(f.result), Usage: f.usage, Help: f.help}
		if f.member {
			w.Of = typeName(f.args[0])
		}
		out = append(out, w)
	}
	return append(out, ownWords()...)
}

// ownWords are those of CEL that conditions have use for.
func ownWords() []Word {
	return []Word{
		{Name: "has", Gives: "yes or no", Usage: "has(ticket.due)", Help: "Whether a fact is there."},
		{Name: "size", Gives: "whole number", Usage: "size(ticket.labels)", Help: "How many entries a list has, or how many characters a text."},
		{Name: "duration", Gives: "duration", Usage: `duration("48h")`, Help: "So many hours, minutes or seconds."},
		{Name: "contains", Of: "text", Gives: "yes or no", Usage: `ticket.title.contains("refund")`, Help: "Whether the text stands in it."},
		{Name: "startsWith", Of: "text", Gives: "yes or no", Usage: `ticket.key.startsWith("PAY-")`, Help: "Whether it begins with the text."},
		{Name: "endsWith", Of: "text", Gives: "yes or no", Usage: `ticket.title.endsWith("?")`, Help: "Whether it ends with the text."},
		{Name: "matches", Of: "text", Gives: "yes or no", Usage: `ticket.title.matches("(?i)refund")`, Help: "Whether the regular expression finds something in it."},
		{Name: "exists", Of: "list", Gives: "yes or no", Usage: `ticket.labels.exists(l, l == "q4")`, Help: "Whether it is so for at least one entry."},
		{Name: "all", Of: "list", Gives: "yes or no", Usage: `ticket.labels.all(l, l != "q4")`, Help: "Whether it is so for every entry."},
		{Name: "exists_one", Of: "list", Gives: "yes or no", Usage: `ticket.labels.exists_one(l, l == "q4")`, Help: "Whether it is so for one entry and no other."},
		{Name: "filter", Of: "list", Gives: "list", Usage: `ticket.labels.filter(l, l != "q4")`, Help: "The entries for which it is so."},
		{Name: "map", Of: "list", Gives: "list", Usage: `ticket.labels.map(l, l + "!")`, Help: "What comes of each entry."},
	}
}

// sentence is a help text as one: with a capital letter and a full stop.
func sentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(s[n:], ".") + "."
}
