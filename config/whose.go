package config

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/calendar"
	"github.com/fairlead-dev/fairlead/org"
)

// roll finds the people whom a calendar's entry is about. It never guesses: what
// does not name exactly one person, or plainly several, names nobody.
type roll struct {
	byEmail map[string]string
	names   map[string]string // folded names of two words or more; "" where two people share one
	ids     map[string]string // ids and names of one word
	longest int               // words of the longest name
}

func newRoll(people []org.Person) *roll {
	r := &roll{byEmail: map[string]string{}, names: map[string]string{}, ids: map[string]string{}, longest: 1}
	note := func(in map[string]string, key, id string) {
		if have, taken := in[key]; taken && have != id {
			id = ""
		}
		in[key] = id
	}
	for _, p := range people {
		for _, e := range p.Emails {
			note(r.byEmail, strings.ToLower(e), p.ID)
		}
		note(r.ids, folded(p.ID), p.ID)
		switch words := wordsOf(p.Name); {
		case len(words) == 1:
			note(r.ids, words[0].text, p.ID)
		case len(words) > 1:
			note(r.names, joinedWords(words), p.ID)
			r.longest = max(r.longest, len(words))
		}
	}
	return r
}

const (
	namesNobody  = "it names nobody whom the org file knows"
	namesSeveral = "it names more than one person"
)

var delegateLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\bdelegate:[ \t]*([^\n\r<>,;()]+)`) })

// away tells who is away by the entry and who stands in. Why says what of it
// cannot be used: all of it where nobody is named.
func (r *roll) away(e *calendar.Entry) (people []string, delegate, why string) {
	people, why = r.who(e)
	if len(people) == 0 {
		return nil, "", why
	}
	m := delegateLine().FindStringSubmatch(e.Summary + "\n" + e.Description)
	if m == nil {
		return people, "", ""
	}
	standsIn := r.named(m[1]).people
	if len(standsIn) != 1 || standsIn[0] == "" || slices.Contains(people, standsIn[0]) {
		return people, "", "its delegate is nobody else whom the org file knows"
	}
	return people, standsIn[0], ""
}

// who is named by the title: before its colon, if somebody is, otherwise
// anywhere in it. Where the title names nobody, the only person known among
// those who organise the entry or are invited to it is meant.
func (r *roll) who(e *calendar.Entry) (people []string, why string) {
	title := delegateLine().ReplaceAllString(e.Summary, "")
	head, _, _ := strings.Cut(title, ":")
	for _, text := range []string{head, title} {
		switch found := r.named(text); {
		case len(found.people) == 0:
		case slices.Contains(found.people, ""):
			return nil, "two people have the name that it names"
		case len(found.people) == 1 || found.alone:
			return found.people, ""
		default:
			return nil, namesSeveral
		}
	}
	var known []string
	for _, address := range e.Emails {
		if id := r.byEmail[address]; id != "" && !slices.Contains(known, id) {
			known = append(known, id)
		}
	}
	switch len(known) {
	case 0:
		return nil, namesNobody
	case 1:
		return known, ""
	}
	return nil, namesSeveral
}

// word is a word of a text, folded; an address is one word.
type word struct {
	text string
	gap  string // what stands before it, back to the word before
}

var wordForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\pL\pN](?:[\pL\pN\pM@._+'’-]*[\pL\pN\pM])?`) })

func wordsOf(text string) []word {
	text = strings.ToLower(text)
	var out []word
	end := 0
	for _, at := range wordForm().FindAllStringIndex(text, -1) {
		out = append(out, word{text: text[at[0]:at[1]], gap: strings.TrimSpace(text[end:at[0]])})
		end = at[1]
	}
	return out
}

func joinedWords(words []word) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return strings.Join(out, " ")
}

// found is whom a text names.
type found struct {
	people []string // ids, each once; "" for a name that two people have
	alone  bool     // the text holds nothing but names
}

// named finds whole names and addresses anywhere in the text. A single word,
// such as an id, only counts where it can hardly be another: at the beginning,
// in a list of names, or alone between two marks.
func (r *roll) named(text string) found {
	words := wordsOf(text)
	out := found{alone: true}
	for i := 0; i < len(words); {
		id, n := r.nameAt(words, i)
		switch {
		case n == 0:
			out.alone = out.alone && isAnd(words[i])
			n = 1
		case !slices.Contains(out.people, id):
			out.people = append(out.people, id)
		}
		i += n
	}
	return out
}

// nameAt is the name that begins with the word at i, and how many words it has.
func (r *roll) nameAt(words []word, i int) (id string, n int) {
	for n := min(r.longest, len(words)-i); n > 1; n-- {
		if id, known := r.names[joinedWords(words[i:i+n])]; known {
			return id, n
		}
	}
	if id, known := r.byEmail[words[i].text]; known {
		return id, 1
	}
	id, known := r.ids[words[i].text]
	ends := i+1 == len(words) || words[i+1].gap != ""
	listed := strings.ContainsAny(words[i].gap, ",&+/") || i > 0 && isAnd(words[i-1])
	if known && (i == 0 || listed || words[i].gap != "" && ends) {
		return id, 1
	}
	return "", 0
}

func isAnd(w word) bool { return slices.Contains([]string{"and", "und", "et", "y"}, w.text) }
