package rules

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Book is what every team has agreed. It is safe for concurrent use.
type Book struct {
	rules []Rule
	// standing is what is in force or switched off, by team id; "" stands for
	// work no team owns. adopted is what of it is in force.
	standing map[string][]*Adopted
	adopted  map[string][]*Adopted

	// longest is the longest window, asked for at every ticket and found once.
	longest   time.Duration
	longestOf sync.Once
}

// NewBook resolves what holds for every team: as shipped, then as the
// organisation agreed, then as the team did. The error, a yamlfile.Mistakes,
// holds everything that is wrong with the agreements.
func NewBook(rules []Rule, agreements []Agreement, teams []string) (*Book, error) {
	b := &Book{rules: slices.Clone(rules), standing: map[string][]*Adopted{}, adopted: map[string][]*Adopted{}}
	slices.SortFunc(b.rules, func(x, y Rule) int { return strings.Compare(x.ID, y.ID) })
	mistakes := b.refuseRules()
	said := map[string]*Agreement{}
	for i := range agreements {
		a := &agreements[i]
		mistakes = append(mistakes, b.refuse(a, teams)...)
		key := name(a.Rule, a.Team)
		if said[key] != nil {
			mistakes = append(mistakes, a.mistake("keep one of them", fmt.Sprintf("%s is agreed twice", a.Rule), "rule"))
		}
		said[key] = a
	}
	mistakes = append(mistakes, b.refusePinned(agreements, said)...)
	mistakes = append(mistakes, b.refuseComments(agreements, said)...)
	if len(mistakes) > 0 {
		return nil, mistakes.Sorted()
	}
	for _, team := range append([]string{""}, teams...) {
		if err := b.adoptAll(team, said); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// refuseRules looks for rules that cannot stand together.
func (b *Book) refuseRules() yamlfile.Mistakes {
	var out yamlfile.Mistakes
	for i, r := range b.rules {
		at := yamlfile.Place{File: "rule " + r.ID}
		if r.code == nil {
			out = append(out, yamlfile.Mistake{Place: at, Text: "this rule was not read from a file", Hint: "make it with Parse"})
		}
		if i > 0 && b.rules[i-1].ID == r.ID {
			out = append(out, yamlfile.Mistake{Place: at, Text: fmt.Sprintf("two rules have the id %q", r.ID), Hint: "give your own rule another id"})
		}
	}
	return out
}

// refusePinned holds every team's agreement against what the organisation pinned.
func (b *Book) refusePinned(agreements []Agreement, said map[string]*Agreement) yamlfile.Mistakes {
	var out yamlfile.Mistakes
	for i := range agreements {
		a := &agreements[i]
		organisation := said[name(a.Rule, "")]
		if r, known := b.rule(a.Rule); known && a.Team != "" && organisation != nil {
			out = append(out, refusePinned(r, organisation, a)...)
		}
	}
	return out
}

// refuseComments refuses to tell everybody who sees a ticket what only some may
// be told.
func (b *Book) refuseComments(agreements []Agreement, said map[string]*Agreement) yamlfile.Mistakes {
	var out yamlfile.Mistakes
	for i := range agreements {
		a := &agreements[i]
		r, known := b.rule(a.Rule)
		if !known || a.Remind.Comment == nil || !*a.Remind.Comment {
			continue
		}
		organisation, own := said[name(a.Rule, "")], a
		if a.Team == "" {
			own = nil
		}
		if held := lay(r, a.Team, organisation, own); !Commentable(held.Tell) {
			out = append(out, a.mistake("take comment out, or tell the whole team with tell: team where the rule allows it",
				fmt.Sprintf("findings of %s are for %s, and a comment is read by everybody who sees the ticket", a.Rule, toldTo(held.Tell)), "remind", "comment"))
		}
	}
	return out
}

// Commentable reports whether what the audience may see may stand in a comment,
// which everybody reads who sees the ticket.
func Commentable(audience finding.Audience) bool {
	return audience == finding.ForTeam || audience == finding.ForOrg
}

func (b *Book) rule(id string) (*Rule, bool) {
	i, ok := slices.BinarySearchFunc(b.rules, id, func(r Rule, id string) int { return strings.Compare(r.ID, id) })
	if !ok || b.rules[i].code == nil {
		return nil, false
	}
	return &b.rules[i], true
}

func (b *Book) ids() []string {
	out := make([]string, len(b.rules))
	for i, r := range b.rules {
		out[i] = r.ID
	}
	return out
}

func (b *Book) adoptAll(team string, said map[string]*Agreement) error {
	b.adopted[team] = nil // known, although everything may be off
	for i := range b.rules {
		r := &b.rules[i]
		organisation, own := said[name(r.ID, "")], said[name(r.ID, team)]
		if team == "" {
			own = nil
		}
		a, err := adopt(r, team, organisation, own)
		if err != nil {
			return fmt.Errorf("rule %s: %w", r.ID, err)
		}
		b.standing[team] = append(b.standing[team], a)
		if a.On {
			b.adopted[team] = append(b.adopted[team], a)
		}
	}
	return nil
}

// InForce lists what the team has agreed, ordered by rule id. The empty team
// stands for work that no team owns.
func (b *Book) InForce(team string) []Adopted {
	list := b.of(team)
	if len(list) == 0 {
		return nil
	}
	out := make([]Adopted, len(list))
	for i, a := range list {
		out[i] = *a
	}
	return out
}

// EachInForce goes through what InForce lists without a copy of each, for who asks of
// hundreds of teams. Nobody changes what they are handed.
func (b *Book) EachInForce(team string) iter.Seq[*Adopted] { return slices.Values(b.of(team)) }

// Standing lists every rule as it stands with the team, in force or switched off,
// ordered by rule id. The empty team stands for work that no team owns.
func (b *Book) Standing(team string) []Adopted {
	list, known := b.standing[team]
	if !known {
		list = b.standing[""]
	}
	out := make([]Adopted, len(list))
	for i, a := range list {
		out[i] = *a
	}
	return out
}

// StandingOf is how one rule stands with a team: one of Standing.
func (b *Book) StandingOf(team, rule string) (Adopted, bool) {
	list, known := b.standing[team]
	if !known {
		list = b.standing[""]
	}
	for _, a := range list {
		if a.Rule.ID == rule {
			return *a, true
		}
	}
	return Adopted{}, false
}

// Rules lists every rule, ordered by id.
func (b *Book) Rules() []Rule { return slices.Clone(b.rules) }

// Only is the book with nothing in force but what keep names.
func (b *Book) Only(keep func(team, rule string) bool) *Book {
	out := &Book{rules: b.rules, standing: b.standing, adopted: make(map[string][]*Adopted, len(b.adopted))}
	for team, list := range b.adopted {
		out.adopted[team] = nil
		for _, a := range list {
			if keep(team, a.Rule.ID) {
				out.adopted[team] = append(out.adopted[team], a)
			}
		}
	}
	return out
}

// of lists what is in force for a team; for one the book does not know, what the
// organisation agreed.
func (b *Book) of(team string) []*Adopted {
	if list, known := b.adopted[team]; known {
		return list
	}
	return b.adopted[""]
}

// adoptedBy finds a rule among what is in force for the team.
func (b *Book) adoptedBy(team, rule string) *Adopted {
	for _, a := range b.of(team) {
		if a.Rule.ID == rule {
			return a
		}
	}
	return nil
}

// Adopted is the rule as the team has agreed to it; false when it has not.
func (b *Book) Adopted(team, rule string) (Adopted, bool) {
	a := b.adoptedBy(team, rule)
	if a == nil {
		return Adopted{}, false
	}
	return *a, true
}

// Has reports whether the team has agreed to the rule.
func (b *Book) Has(team, rule string) bool { return b.adoptedBy(team, rule) != nil }

// Rule finds a rule by its id.
func (b *Book) Rule(id string) (Rule, bool) {
	r, known := b.rule(id)
	if !known {
		return Rule{}, false
	}
	return *r, true
}

// RulesOf lists the ids of the rules that the team has agreed to, in order.
func (b *Book) RulesOf(team string) []string {
	list := b.of(team)
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.Rule.ID
	}
	return out
}

// Replays says whether past weeks of the rule can be computed from history; no
// for a rule the book does not know.
func (b *Book) Replays(rule string) Replay {
	if r, known := b.rule(rule); known {
		return r.Replays
	}
	return ReplayNo
}

// longestWindow is how far back any rule looks for events; zero when none does.
func (b *Book) longestWindow() time.Duration {
	b.longestOf.Do(func() {
		for list := range maps.Values(b.adopted) {
			for _, a := range list {
				b.longest = max(b.longest, a.window)
			}
		}
	})
	return b.longest
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
