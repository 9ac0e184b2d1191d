package dashboard

import (
	"cmp"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
)

// agreementsPage is what a team, or everybody, has agreed.
type agreementsPage struct {
	Headline string
	Lead     string
	Managed  string
	Groups   []agreedGroup
	Off      []agreedRow
	Teams    []link
}

// agreedGroup are the agreements under one fault line.
type agreedGroup struct {
	Name string
	Rows []agreedRow
}

type agreedRow struct {
	Promise, Rule, Href string
	Stage, Tell, From   string
	Review              string
	Because             string
}

// agreements lists what the organisation has agreed, or the rules ship with.
func (v *visit) agreements() error {
	p := v.agreed("", "The organisation")
	for _, t := range v.teamsThat(func(id string) bool { return v.access.SeesTeam(id) || v.access.Configures() }) {
		p.Teams = append(p.Teams, link{agreementsHref(t.ID), nameOf(t)})
	}
	return v.show("agreements", v.frame("Agreements"), p)
}

// teamAgreements lists what a team has agreed.
func (v *visit) teamAgreements() error {
	t, _ := v.dir.Team(v.r.PathValue("team"))
	return v.show("agreements", v.frame("Agreements of "+nameOf(t)), v.agreed(t.ID, nameOf(t)))
}

func (v *visit) agreed(team, name string) agreementsPage {
	p := agreementsPage{Managed: clean(v.s.Data.AgreementsIn())}
	byFault := map[string][]agreedRow{}
	on, own := 0, 0
	standing := v.s.Data.Book().Standing(team)
	for i := range standing {
		a := &standing[i]
		row := v.agreedRow(team, a)
		if !a.On {
			p.Off = append(p.Off, row)
			continue
		}
		on++
		if a.From == rules.FromTeam {
			own++
		}
		byFault[a.Rule.FaultLine] = append(byFault[a.Rule.FaultLine], row)
	}
	for _, f := range faultLines {
		if rows := byFault[f.ID]; len(rows) > 0 {
			p.Groups = append(p.Groups, agreedGroup{f.Name, rows})
		}
	}
	p.Headline = name + " has " + counted(on, "agreement", "agreements") + " in force."
	if team != "" {
		p.Lead = upperFirst(inWords(own)) + " of them " + plural(own, "is", "are") + " in the team's own words; the others are as the organisation agreed them, or as they ship."
	}
	return p
}

func (v *visit) agreedRow(team string, a *rules.Adopted) agreedRow {
	row := agreedRow{
		Promise: reports.Clean(a.Promise, textLength), Rule: reports.Clean(a.Rule.Title, titleLength), Href: agreementHref(team, a.Rule.ID), Stage: stageIs(a.Stage), Tell: tellIs(a.Tell),
		From: fromIs(a.From), Because: reports.Clean(a.Because, textLength),
	}
	if at := a.ReviewOn.In(utc); !at.IsZero() {
		row.Review = v.clock(nil).day(at)
	}
	return row
}

func stageIs(s rules.Stage) string {
	switch s {
	case rules.Watch:
		return "watched: recorded, told to nobody"
	case rules.Remind:
		return "in the report, with reminders"
	}
	return "in the weekly report"
}

func tellIs(a finding.Audience) string {
	switch a {
	case finding.ForEM:
		return "the EM"
	case finding.ForEMPM:
		return "EM and PM"
	case finding.ForOrg:
		return "everybody"
	}
	return "the team"
}

func fromIs(o rules.Origin) string {
	switch o {
	case rules.FromTeam:
		return "the team"
	case rules.FromOrganisation:
		return "the organisation"
	}
	return "as shipped"
}

// agreementPage is one agreement with everything that holds in it.
type agreementPage struct {
	agreedRow
	Headline   string
	Lead       string
	On         bool
	Why        string
	Ask        string
	FaultLine  string
	Severity   finding.Severity
	Condition  string
	Replays    string
	Settings   []settingRow
	Excepts    []string
	Managed    string
	Changes    bool // the viewer may change it
	RuleHref   string
	Whose      string
	Numbers    string
	Revisions  []revisionRow
	AgreedHref string
	Links      []link // to the workbench
}

type settingRow struct{ Name, Help, Value, Unit, From, Default, Where string }

type revisionRow struct{ Day, Who, Text, Why string }

func (v *visit) agreement() error { return v.agreementOf(nil) }

func (v *visit) teamAgreement() error {
	t, _ := v.dir.Team(v.r.PathValue("team"))
	return v.agreementOf(t)
}

// agreementOf shows how a rule stands with a team; without one, with everybody.
func (v *visit) agreementOf(t *org.Team) error {
	team, whose := "", "the organisation"
	if t != nil {
		team, whose = t.ID, nameOf(t)
	}
	a := v.standingOf(team)
	if a == nil {
		return notThere
	}
	p := agreementPage{
		agreedRow: v.agreedRow(team, a), On: a.On, Why: reports.Clean(a.Rule.Why, reasonLength), Ask: reports.Clean(a.Ask, reasonLength), FaultLine: faultLineName(a.Rule.FaultLine),
		Severity: a.Rule.Severity, Condition: typed(a.Rule.When), Replays: replaysIs(a.Rule.Replays), Settings: v.settingsOf(a), Excepts: exceptsOf(a),
		Managed: clean(v.s.Data.AgreementsIn()), Changes: v.access.Changes(team), RuleHref: "/rules/" + pathEscape(a.Rule.ID), Whose: whose, AgreedHref: agreementsHref(team),
	}
	p.Headline = reports.Sentence(p.Promise)
	p.Lead = "Agreed by " + whose + ", " + p.Stage + ", told to " + p.Tell + "."
	if !a.On {
		p.Lead = "Switched off for " + whose + "."
	}
	revisions, err := v.s.Data.Revisions(v.r.Context())
	if err != nil {
		return err
	}
	for i := range revisions {
		if r := &revisions[i]; r.Rule == a.Rule.ID && (r.Team == team || r.Team == "") && v.seesRevision(r) {
			p.Revisions = append(p.Revisions, v.revisionRow(r))
		}
	}
	p.Links = v.benchLinks(&p, team, a.Rule.ID)
	return v.show("agreement", v.frame(clean(a.Rule.Title)), p)
}

// benchLinks lead to what can be done with an agreement.
func (v *visit) benchLinks(p *agreementPage, team, rule string) []link {
	if v.s.Workbench == nil {
		return nil
	}
	href := agreementHref(team, rule)
	var out []link
	if p.Changes {
		text := "Change it"
		if p.Managed != "" {
			text = "Try a change"
		}
		out = append(out, link{href + "/change", text})
	}
	return append(out, link{href + "/revisions", "Its revisions"}, link{href + "/agreement.yaml", "As YAML"})
}

func (v *visit) standingOf(team string) *rules.Adopted {
	a, known := v.s.Data.Book().StandingOf(team, v.r.PathValue("rule"))
	if !known {
		return nil
	}
	return &a
}

// listed is a value as a file would hold it without the brackets of a list.
func listed(value string) string {
	inner, list := strings.CutPrefix(value, "[")
	if inner, closed := strings.CutSuffix(inner, "]"); list && closed {
		return cmp.Or(inner, "none")
	}
	return value
}

func (v *visit) settingsOf(a *rules.Adopted) []settingRow {
	out := make([]settingRow, len(a.Settings))
	for i := range a.Settings {
		s := &a.Settings[i]
		value, standard := settingWords(s)
		out[i] = settingRow{Name: s.Name, Help: reports.Clean(s.Help, textLength), Value: reports.Clean(listed(value), textLength), Unit: clean(s.Unit), From: fromIs(s.From), Default: reports.Clean(listed(standard), textLength)}
		if a.Pinned("settings." + s.Name) {
			out[i].From += ", pinned"
		}
		if at := a.Said("settings." + s.Name); at.File != "" {
			out[i].Where = v.place(at)
		}
	}
	return out
}

// settingWords are the value of a setting and its default as a file would hold them:
// of a list of a hundred words that takes a while, and mostly both are the same.
func settingWords(s *rules.AdoptedSetting) (value, standard string) {
	value = s.Words()
	if s.From == rules.FromCatalog {
		return value, value
	}
	return value, s.Setting.Words()
}

func exceptsOf(a *rules.Adopted) []string {
	var out []string
	for _, l := range a.Except.Labels {
		out = append(out, "tickets labelled “"+clean(l)+"”")
	}
	for _, p := range a.Except.Projects {
		out = append(out, "the project "+clean(p))
	}
	return out
}

func replaysIs(r rules.Replay) string {
	switch r {
	case rules.ReplayYes:
		return "Past weeks can be computed from history."
	case rules.ReplayPartly:
		return "Past weeks can be computed in part: some of what it looks at is known only for today."
	}
	return "Past weeks cannot be computed: trackers keep no history of what it looks at."
}

// seesRevision reports whether the viewer may know of a change to an agreement.
func (v *visit) seesRevision(r *Revision) bool {
	return r.Team == "" || v.access.SeesTeam(r.Team) || v.access.Configures()
}

func (v *visit) revisionRow(r *Revision) revisionRow {
	row := revisionRow{Day: v.clock(nil).moment(r.At), Who: "from a file", Text: reports.Clean(r.Text, textLength), Why: reports.Clean(r.Why, textLength)}
	if r.By != "" {
		row.Who = v.personName(r.By)
	}
	return row
}

// revisionText is a change of an agreement, for the axis of a chart.
func (v *visit) revisionText(r *Revision) string {
	s := "Agreement changed: " + lowerFirst(v.ruleTitle(r.Rule))
	if r.Team == "" {
		s += ", for everybody"
	}
	if r.Text != "" {
		s += " (" + clean(r.Text) + ")"
	}
	return s
}
