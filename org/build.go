package org

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Mistake is one thing that is wrong with the people and teams given to New.
type Mistake struct {
	// At names the place as a path into the file: ["people", 3, "manager"].
	At   []any
	Text string // what is wrong, quoting the words written
	Hint string // what to do about it; may be empty
	// Word is an id that names nobody, or no team, so that the caller can suggest
	// one; empty otherwise.
	Word string
}

// New builds a directory. It reports every mistake at once and then no
// directory: identities that two people share, references to nobody, two EMs of
// one team at one time, reporting lines or teams that run in a circle, bots in
// the place of people. A nil Location becomes UTC; seats and ownership end with
// their team; an absence without a delegate takes the person's own.
func New(people []Person, teams []Team, absences []Absence) (*Directory, []Mistake) {
	d := &Directory{
		people:   make(map[string]Person, len(people)),
		teams:    slices.Clone(teams),
		absences: slices.Clone(absences),
		byEmail:  map[string]string{},
		byAcct:   map[string]map[string]string{},
	}
	b := builder{d: d, peopleAt: map[string]int{}, teamAt: map[string]int{}, circles: map[string]bool{}}
	for i, p := range people {
		b.addPerson(i, p)
	}
	for i, p := range people {
		b.checkLines(i, p)
	}
	for i := range d.teams {
		b.checkID(i, d.teams[i].ID)
	}
	for i := range d.teams {
		b.checkTeam(i, &d.teams[i])
	}
	for i := range d.absences {
		b.checkAbsence(i, &d.absences[i])
	}
	if len(b.mistakes) > 0 {
		return nil, b.mistakes
	}
	slices.SortFunc(d.teams, func(a, b Team) int { return strings.Compare(a.ID, b.ID) })
	d.away, d.eras = agendas(d.absences), eras(d.teams)
	return d, nil
}

type builder struct {
	d        *Directory
	peopleAt map[string]int
	teamAt   map[string]int
	circles  map[string]bool // who stands in the circles found so far
	mistakes []Mistake
}

func (b *builder) mistake(hint, text string, at ...any) {
	b.mistakes = append(b.mistakes, Mistake{At: at, Text: text, Hint: hint})
}

func (b *builder) addPerson(i int, p Person) {
	if p.ID == "" {
		b.mistake("give each person a short id, for example mina", "a person has no id", "people", i)
		return
	}
	if first, twice := b.peopleAt[p.ID]; twice {
		b.mistake("give each person an id of their own",
			fmt.Sprintf("id %q stands twice: people %d and %d", p.ID, first+1, i+1), "people", i, "id")
		return
	}
	b.peopleAt[p.ID] = i
	b.d.people[p.ID] = p
	for _, e := range p.Emails {
		b.claim(b.d.byEmail, e, p.ID, "e-mail", "people", i, "email")
	}
	for tracker, ids := range p.Accounts {
		if b.d.byAcct[tracker] == nil {
			b.d.byAcct[tracker] = map[string]string{}
		}
		for _, id := range ids {
			b.claim(b.d.byAcct[tracker], id, p.ID, tracker+" account", "people", i, tracker)
		}
	}
	for n, r := range p.Roles {
		b.forward(r.Span, "people", i, "roles", n, "to")
	}
}

func (b *builder) claim(index map[string]string, key, person, what string, at ...any) {
	key = strings.ToLower(key)
	if other, taken := index[key]; taken && other != person {
		b.mistake("leave it with the person it belongs to",
			fmt.Sprintf("%s %q belongs to both %q and %q", what, key, other, person), at...)
		return
	}
	index[key] = person
}

func (b *builder) checkLines(i int, p Person) {
	if p.Delegate != "" {
		b.standsIn(p.Delegate, p.ID, "people", i, "delegate")
	}
	for _, l := range p.Managers {
		b.human(l.Manager, "a manager", "people", i, "manager")
		b.forward(l.Span, "people", i, "manager")
		chain := b.upTo(p.ID, l.Manager, l.From, []string{p.ID}, map[string]bool{})
		if chain == nil {
			continue
		}
		members := slices.Sorted(slices.Values(chain[1:]))
		if one := strings.Join(members, "\x00"); !b.circles[one] {
			b.circles[one] = true
			b.mistake("one of these lines is the wrong way round",
				"reporting lines run in a circle: "+strings.Join(chain, " → "), "people", i, "manager")
		}
	}
}

// upTo follows the lines that hold at the moment upwards from next and returns
// chain continued to start, or nil when no way leads there. A circle exists from
// the beginning of its youngest line on, so looking from the beginning of every
// line finds them all.
func (b *builder) upTo(start, next string, at time.Time, chain []string, been map[string]bool) []string {
	chain = append(slices.Clip(chain), next)
	if next == start {
		return chain
	}
	if been[next] {
		return nil
	}
	been[next] = true
	for _, l := range b.d.people[next].Managers {
		if !l.Holds(at) {
			continue
		}
		if whole := b.upTo(start, l.Manager, at, chain, been); whole != nil {
			return whole
		}
	}
	return nil
}

func (b *builder) checkAbsence(i int, a *Absence) {
	b.known(a.Person, "absences", i, "person")
	b.forward(a.Span, "absences", i, "to")
	if a.Delegate != "" {
		b.standsIn(a.Delegate, a.Person, "absences", i, "delegate")
		return
	}
	a.Delegate = b.d.people[a.Person].Delegate
}

func (b *builder) standsIn(delegate, person string, at ...any) {
	if delegate == person {
		b.mistake("name somebody else, or leave the delegate out",
			fmt.Sprintf("%q cannot stand in for themselves", person), at...)
		return
	}
	b.human(delegate, "a delegate", at...)
}

func (b *builder) known(person string, at ...any) bool {
	if _, ok := b.d.people[person]; ok {
		return true
	}
	b.mistakes = append(b.mistakes, Mistake{
		At: at, Text: fmt.Sprintf("nobody has the id %q", person), Word: person,
		Hint: "add the person under people, or correct the id",
	})
	return false
}

// human is known for places that a bot cannot fill.
func (b *builder) human(person, place string, at ...any) {
	if b.known(person, at...) && b.d.people[person].Bot {
		b.mistake("name a person, or take bot: true out",
			fmt.Sprintf("%q is a bot and cannot be %s", person, place), at...)
	}
}

func (b *builder) forward(s Span, at ...any) bool {
	if s.To.IsZero() || s.From.Before(s.To) {
		return true
	}
	b.mistake("the end must come after the beginning",
		fmt.Sprintf("it ends before it begins (%s)", s.From.Format(time.DateOnly)), at...)
	return false
}
