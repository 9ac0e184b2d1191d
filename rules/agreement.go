package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Stage is how far an agreement has come.
type Stage string

// The stages. Watched findings are recorded only, reported ones stand in the
// weekly report, reminded ones are told to the people concerned directly as well.
const (
	Watch  Stage = "watch"
	Report Stage = "report"
	Remind Stage = "remind"
)

// Stages lists every stage.
func Stages() []Stage { return []Stage{Watch, Report, Remind} }

// Agreement is the adoption of a rule by a team or by the whole organisation.
// What it leaves empty stays as the organisation agreed it, or else as shipped.
type Agreement struct {
	Rule     string
	Team     string // team id; empty: the whole organisation
	Promise  string // what was agreed, in the team's words
	Settings map[string]any
	Ask      string
	Stage    Stage
	ReviewOn ticket.Date
	Off      bool
	Because  string // why it is off

	// Mistake places a mistake in the agreement's own file; the path leads from
	// the agreement to what is wrong. Nil: it stands in no file.
	Mistake func(hint, text string, path ...any) yamlfile.Mistake
}

func (a *Agreement) mistake(hint, text string, path ...any) yamlfile.Mistake {
	if a.Mistake != nil {
		return a.Mistake(hint, text, path...)
	}
	whose := "the organisation's agreement"
	if a.Team != "" {
		whose = fmt.Sprintf("agreement of team %q", a.Team)
	}
	return yamlfile.Mistake{Place: yamlfile.Place{File: whose}, Text: text, Hint: hint}
}

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
	Rule     Rule
	Team     string // team id; empty for work that no team owns
	Promise  string
	Ask      string // may hold {expressions}, which a finding fills in
	Stage    Stage
	ReviewOn ticket.Date
	Settings []AdoptedSetting // ordered by name
	From     Origin           // where the adoption itself came from

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

// refuse lists what is wrong with the agreement itself, whatever else stands in
// the book.
func (b *Book) refuse(a *Agreement, teams []string) yamlfile.Mistakes {
	var out yamlfile.Mistakes
	add := func(hint, text string, path ...any) { out = append(out, a.mistake(hint, text, path...)) }
	if a.Team != "" && !slices.Contains(teams, a.Team) {
		add(didYouMean(a.Team, teams, "add the team to the org file, or correct the id"), fmt.Sprintf("no team has the id %q", a.Team), "team")
	}
	if a.Stage != "" && !slices.Contains(Stages(), a.Stage) {
		add(didYouMean(string(a.Stage), []string{"watch", "report", "remind"}, "write watch, report or remind"), fmt.Sprintf("%q is no stage", a.Stage), "stage")
	}
	r, known := b.rule(a.Rule)
	if !known {
		add(didYouMean(a.Rule, b.ids(), "the rules are: "+strings.Join(b.ids(), ", ")), fmt.Sprintf("unknown rule %q", a.Rule), "rule")
		return out
	}
	out = append(out, refuseSettings(a, r)...)
	if _, found := r.code.tuning.template(a.Promise); found != nil {
		add(found[0].hint, found[0].text, "promise")
	}
	if _, found := r.code.findings.template(a.Ask); found != nil {
		add(found[0].hint, found[0].text, "ask")
	}
	return out
}

func refuseSettings(a *Agreement, r *Rule) yamlfile.Mistakes {
	var out yamlfile.Mistakes
	for _, name := range sortedKeys(a.Settings) {
		s, known := r.Setting(name)
		if !known {
			names := settingNames(r.Settings)
			out = append(out, a.mistake(didYouMean(name, names, fmt.Sprintf("%s has: %s", r.ID, words(names))),
				fmt.Sprintf("unknown setting %q of %s", name, r.ID), "settings", name))
			continue
		}
		if _, text, hint := s.Type.read(a.Settings[name]); text != "" {
			out = append(out, a.mistake(hint, text, "settings", name))
		}
	}
	return out
}
