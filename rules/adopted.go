package rules

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Origin says where a value of an agreement came from.
type Origin string

// The origins, from the furthest to the nearest.
const (
	FromCatalog      Origin = "shipped"
	FromOrganisation Origin = "organisation"
	FromTeam         Origin = "team"
)

// Adopted is a rule as a team has agreed it.
type Adopted struct {
	Rule    Rule
	Team    string // team id; empty for work that no team owns
	On      bool   // false: nobody looks
	Because string // why it is off, or why it is as it is; may be empty
	Promise string
	Ask     string           // may hold {expressions}, which a finding fills in
	Tell    finding.Audience // who sees findings with names
	Stage   Stage
	// RemindAfter is how many working days something is open before anybody is
	// reminded of it, and RemindComment that a comment on the ticket is wanted.
	RemindAfter   int
	RemindComment bool
	ReviewOn      ticket.Date
	Except        Exceptions
	Settings      []AdoptedSetting // ordered by name
	From          Origin           // where the adoption itself came from

	said   map[string]Value // what was said beside what ships, by name
	except []Value          // who excepted what
	values *settingValues
	ask    *template
	window time.Duration // zero for rules about a state
	bulk   int
	// visible says that findings are shown to somebody.
	visible bool
}

// AdoptedSetting is a setting as a team has agreed it.
type AdoptedSetting struct {
	Setting
	Value any // of the type of Setting.Default
	From  Origin
}

// Value is one thing that holds in an agreement, and who said so.
type Value struct {
	Name   string // off, promise, ask, tell, stage, remind.after, remind.comment, review_on, settings.NAME, except.labels, except.projects
	Words  string // as a file would hold it
	From   Origin
	Where  yamlfile.Place // where it is written; zero for what ships
	Pinned bool           // no team says otherwise
}

// Values lists everything that holds, with who said so: whether it is off, the
// words, who is told, the settings by name, the exceptions of every layer. What
// is empty everywhere is left out.
func (a *Adopted) Values() []Value {
	var out []Value
	add := func(name, words string) {
		v, ok := a.said[name]
		if !ok {
			v.Name, v.From = name, FromCatalog
		}
		if v.Words = words; words != "" {
			out = append(out, v)
		}
	}
	off := "false"
	if !a.On {
		off = "true"
	}
	add("off", off)
	add("promise", a.Promise)
	add("ask", a.Ask)
	add("tell", string(a.Tell))
	add("stage", string(a.Stage))
	for name, words := range a.reminding() {
		add(name, words)
	}
	add("review_on", string(a.ReviewOn))
	for _, s := range a.Settings {
		add("settings."+s.Name, s.Words())
	}
	return append(out, a.except...)
}

// Values lists everything that would hold in the team by agreements of the
// organisation and of its own; nil: nothing is said.
func (r *Rule) Values(team string, organisation, own *Agreement) []Value {
	return lay(r, team, organisation, own).Values()
}

// Pinned reports whether no team says otherwise about what has the name, of those of
// Value.
func (a *Adopted) Pinned(name string) bool { return a.said[name].Pinned }

// Said is where that is written; zero for what ships.
func (a *Adopted) Said(name string) yamlfile.Place { return a.said[name].Where }

// reminding yields how people are reminded, as far as it matters: where they are,
// or where somebody said so.
func (a *Adopted) reminding() iter.Seq2[string, string] {
	return func(yield func(name, words string) bool) {
		for _, v := range [][2]string{{"remind.after", strconv.Itoa(a.RemindAfter)}, {"remind.comment", strconv.FormatBool(a.RemindComment)}} {
			_, said := a.said[v[0]]
			if (said || a.Stage == Remind) && !yield(v[0], v[1]) {
				return
			}
		}
	}
}

// adopt lays the layers over one another. Who agrees to a rule that ships
// switched off switches it on.
func adopt(r *Rule, team string, organisation, own *Agreement) (*Adopted, error) {
	a := lay(r, team, organisation, own)
	return a, a.prepare()
}

// lay is adopt without what has to be computed. Settings that cannot be read are
// left as they were.
func lay(r *Rule, team string, organisation, own *Agreement) *Adopted {
	a := &Adopted{
		Rule: *r, Team: team, On: r.On, Promise: r.Promise, Ask: r.Ask, Tell: r.Audience, Stage: Report, RemindAfter: remindAfter, From: FromCatalog,
		said: map[string]Value{},
	}
	a.values = &settingValues{rule: r.ID, values: map[string]any{}}
	for _, s := range r.Settings {
		a.Settings = append(a.Settings, AdoptedSetting{Setting: s, Value: s.Default, From: FromCatalog})
	}
	if organisation != nil {
		a.overlay(organisation, FromOrganisation)
	}
	if own != nil {
		a.overlay(own, FromTeam)
	}
	if organisation != nil {
		a.pin(organisation)
	}
	for _, s := range a.Settings {
		a.values.put(s.Name, s.Value)
	}
	return a
}

func (a *Adopted) overlay(said *Agreement, from Origin) {
	if on := !said.Off; on != a.On {
		a.On, a.Because = on, "" // what was said before explains the opposite
		a.note("off", said, from)
	} else if said.Off {
		a.note("off", said, from)
	}
	a.From, a.Because = from, cmp.Or(said.Because, a.Because)
	overlay(a, &a.Promise, said.Promise, "promise", said, from)
	overlay(a, &a.Ask, said.Ask, "ask", said, from)
	overlay(a, &a.Tell, said.Tell, "tell", said, from)
	overlay(a, &a.Stage, said.Stage, "stage", said, from)
	overlaySaid(a, &a.RemindAfter, said.Remind.After, "remind.after", said, from)
	overlaySaid(a, &a.RemindComment, said.Remind.Comment, "remind.comment", said, from)
	overlay(a, &a.ReviewOn, said.ReviewOn, "review_on", said, from)
	a.overlaySettings(said, from)
	a.overlayExceptions(said, from)
}

func overlay[T comparable](a *Adopted, to *T, value T, name string, said *Agreement, from Origin) {
	var nothing T
	if value != nothing {
		*to = value
		a.note(name, said, from)
	}
}

// overlaySaid is overlay for what may be said to be nothing.
func overlaySaid[T any](a *Adopted, to, value *T, name string, said *Agreement, from Origin) {
	if value != nil {
		*to = *value
		a.note(name, said, from)
	}
}

func (a *Adopted) overlaySettings(said *Agreement, from Origin) {
	for i, s := range a.Settings {
		v, ok := said.Settings[s.Name]
		if !ok {
			continue
		}
		if value, text, _ := s.Type.read(v); text == "" {
			a.Settings[i].Value, a.Settings[i].From = value, from
			a.note("settings."+s.Name, said, from)
		}
	}
}

// overlayExceptions adds up: a team that excepts a label keeps what the
// organisation excepts.
func (a *Adopted) overlayExceptions(said *Agreement, from Origin) {
	add := func(to *[]string, more []string, name string) {
		if len(more) == 0 {
			return
		}
		*to = slices.Concat(*to, more)
		a.except = append(a.except, Value{Name: name, Words: listText(more), From: from, Where: said.place(pathOf(name)...)})
	}
	add(&a.Except.Labels, said.Except.Labels, "except.labels")
	add(&a.Except.Projects, said.Except.Projects, "except.projects")
}

// note remembers who said a value, and where.
func (a *Adopted) note(name string, said *Agreement, from Origin) {
	path := pathOf(name)
	if name == "off" && !said.Off {
		path = []any{"rule"} // it is on because it is agreed at all
	}
	a.said[name] = Value{Name: name, From: from, Where: said.place(path...)}
}

// pathOf is where a value stands within its agreement.
func pathOf(name string) []any {
	var out []any
	for _, part := range strings.SplitN(name, ".", 2) {
		out = append(out, part)
	}
	return out
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
	if a.Promise, err = promise.fill(f, time.UTC); err != nil {
		return err
	}
	a.bulk = ticket.HandWork
	if c.bulkChanges != nil {
		v, err := c.bulkChanges.value(f)
		if err != nil {
			return err
		}
		a.bulk = max(whole(v), 0)
	}
	if c.window != nil {
		v, err := c.window.value(f)
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
