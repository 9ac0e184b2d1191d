package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
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

// Reminding is how people are reminded where the stage is remind; nil where
// nothing is said.
type Reminding struct {
	After   *int  // working days that something is open before anybody is reminded
	Comment *bool // one comment on the ticket, beside the first reminder
}

// remindAfter is how many working days people have to mend something first.
const remindAfter = 1

// Agreement is the adoption of a rule by a team or by the whole organisation.
// What it leaves empty stays as the organisation agreed it, or else as shipped.
type Agreement struct {
	Rule     string
	Team     string // team id; empty: the whole organisation
	Promise  string // what was agreed, in the team's words
	Settings map[string]any
	Ask      string
	Tell     finding.Audience // who sees findings with names
	Stage    Stage
	Remind   Reminding
	ReviewOn ticket.Date
	Except   Exceptions // added to those of the organisation
	Off      bool
	Because  string // why it is off, or why it is as it is
	Pin      Pin    // only the organisation's

	// Mistake places a mistake in the agreement's own file; the path leads from
	// the agreement to what is wrong. Nil: it stands in no file.
	Mistake func(hint, text string, path ...any) yamlfile.Mistake
}

// place is where something of the agreement is written.
func (a *Agreement) place(path ...any) yamlfile.Place { return a.mistake("", "", path...).Place }

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
	out = append(out, refuseTell(a, r)...)
	out = append(out, refusePin(a, r)...)
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
