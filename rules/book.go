package rules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Book is what every team has agreed. It is safe for concurrent use.
type Book struct {
	rules []Rule
	// adopted is what is in force by team id; "" stands for work no team owns.
	adopted map[string][]*Adopted
}

// NewBook resolves what holds for every team: as shipped, then as the
// organisation agreed, then as the team did. The error, a yamlfile.Mistakes,
// holds everything that is wrong with the agreements.
func NewBook(rules []Rule, agreements []Agreement, teams []string) (*Book, error) {
	b := &Book{rules: slices.Clone(rules), adopted: map[string][]*Adopted{}}
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
		a, on, err := adopt(r, team, organisation, own)
		if err != nil {
			return fmt.Errorf("rule %s: %w", r.ID, err)
		}
		if on {
			b.adopted[team] = append(b.adopted[team], a)
		}
	}
	return nil
}

// adopt lays the layers over one another. Who agrees to a rule that ships
// switched off switches it on.
func adopt(r *Rule, team string, organisation, own *Agreement) (*Adopted, bool, error) {
	a := &Adopted{Rule: *r, Team: team, Promise: r.Promise, Ask: r.Ask, Stage: Report, From: FromCatalog}
	a.values = &settingValues{rule: r.ID, values: map[string]any{}}
	for _, s := range r.Settings {
		a.Settings = append(a.Settings, AdoptedSetting{Setting: s, Value: s.Default, From: FromCatalog})
	}
	on := r.On
	for _, layer := range []struct {
		said *Agreement
		from Origin
	}{{organisation, FromOrganisation}, {own, FromTeam}} {
		if layer.said != nil {
			on = !layer.said.Off
			a.overlay(layer.said, layer.from)
		}
	}
	for _, s := range a.Settings {
		a.values.values[s.Name] = s.Value
	}
	return a, on, a.prepare()
}

func (a *Adopted) overlay(said *Agreement, from Origin) {
	a.Promise, a.Ask = cmp.Or(said.Promise, a.Promise), cmp.Or(said.Ask, a.Ask)
	a.Stage, a.ReviewOn = cmp.Or(said.Stage, a.Stage), cmp.Or(said.ReviewOn, a.ReviewOn)
	a.From = from
	for i, s := range a.Settings {
		if v, ok := said.Settings[s.Name]; ok {
			value, _, _ := s.Type.read(v) // was read once already
			a.Settings[i].Value, a.Settings[i].From = value, from
		}
	}
}

// prepare computes what depends on the settings alone.
func (a *Adopted) prepare() error {
	c, f := a.Rule.code, &frame{settings: a.values}
	a.visible = a.Stage != Watch
	promise, err := c.tuning.reuse(c.promise, a.Rule.Promise, a.Promise)
	if err != nil {
		return err
	}
	if a.ask, err = c.findings.reuse(c.ask, a.Rule.Ask, a.Ask); err != nil {
		return err
	}
	if a.Promise, err = promise.fill(context.Background(), f, time.UTC); err != nil {
		return err
	}
	a.bulk = defaultBulk
	if c.bulkChanges != nil {
		v, err := c.bulkChanges.value(context.Background(), f)
		if err != nil {
			return err
		}
		a.bulk = max(whole(v), 0)
	}
	if c.window != nil {
		v, err := c.window.value(context.Background(), f)
		if err != nil {
			return err
		}
		a.window = span(v)
	}
	return nil
}

// reuse compiles the words a team has agreed, unless they are the shipped ones.
func (l *language) reuse(shipped *template, shippedSrc, src string) (*template, error) {
	if src == shippedSrc {
		return shipped, nil
	}
	t, found := l.template(src)
	if found != nil {
		return nil, errors.New(found[0].text) // NewBook has placed it already
	}
	return t, nil
}

// InForce lists what the team has agreed, ordered by rule id. The empty team
// stands for work that no team owns.
func (b *Book) InForce(team string) []Adopted {
	var out []Adopted
	for _, a := range b.of(team) {
		out = append(out, *a)
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

// longestWindow is how far back any rule looks for events; zero when none does.
func (b *Book) longestWindow() time.Duration {
	var longest time.Duration
	for list := range maps.Values(b.adopted) {
		for _, a := range list {
			longest = max(longest, a.window)
		}
	}
	return longest
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
