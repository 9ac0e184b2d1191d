package dashboard

import (
	"strings"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
)

func idsOf(teams []org.Team) []string {
	out := make([]string, len(teams))
	for i := range teams {
		out[i] = teams[i].ID
	}
	return out
}

// apiTeams answers with the teams.
func (v *visit) apiTeams() error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	all := v.listedTeams()
	page, p, err := paged(v, all, func(t **org.Team) string { return keyOf(strings.ToLower(nameOf(*t)), (*t).ID) }, false)
	if err != nil {
		return err
	}
	out := api.Teams{Teams: make([]api.Team, len(page)), Page: p}
	for i, t := range page {
		out.Teams[i] = v.teamOf(l, t)
	}
	return v.answerJSON(out)
}

// apiTeam answers with the team in the address, its numbers by rule included.
func (v *visit) apiTeam() error {
	l, tr, err := v.reading()
	if err != nil {
		return err
	}
	t, _ := v.dir.Team(v.r.PathValue("team"))
	out := v.teamOf(l, t)
	if out.Numbers != nil {
		s := v.summary(l, tr, weeksTo(v.now, t.Location, spans[0]), t.Location, []group{{nameOf(t), teamHref(t.ID), []string{t.ID}}})
		for _, r := range s.byRule(v) {
			if r.Open > 0 {
				out.Numbers.Rules = append(out.Numbers.Rules, api.RuleCount{Rule: r.Rule, Open: r.Open})
			}
		}
	}
	return v.answerJSON(out)
}

func (v *visit) teamOf(l *Ledger, t *org.Team) api.Team {
	out := api.Team{
		ID: t.ID, Name: nameOf(t), Self: apiPath + teamHref(t.ID), EMs: v.people(t.EMs), PMs: v.people(t.PMs), People: len(peopleOf(t, v.now)), PartOf: t.PartOf,
		TimeZone: v.clock(t).loc.String(), Agreements: len(v.s.Data.Book().RulesOf(t.ID)),
	}
	if v.tellsNumbers(t.ID) {
		out.Numbers = &api.TeamNumbers{Open: l.Open("", t.ID)}
	}
	return out
}

// people are those who have a seat now.
func (v *visit) people(seats []org.Seat) []api.Person {
	out := []api.Person{}
	for _, s := range seats {
		if s.Holds(v.now) {
			out = append(out, api.Person{ID: s.Person, Name: v.personName(s.Person)})
		}
	}
	return out
}

// apiRules answers with the rules.
func (v *visit) apiRules() error {
	page, p, err := paged(v, v.s.Data.Book().Rules(), func(r *rules.Rule) string { return r.ID }, false)
	if err != nil {
		return err
	}
	out := api.Rules{Rules: make([]api.Rule, len(page)), Page: p}
	for i := range page {
		out.Rules[i] = ruleOfBook(&page[i])
	}
	return v.answerJSON(out)
}

func ruleOfBook(r *rules.Rule) api.Rule {
	return api.Rule{
		ID: r.ID, Self: apiPath + "/rules/" + pathEscape(r.ID), Title: reports.Clean(r.Title, titleLength), FaultLine: r.FaultLine, Severity: string(r.Severity), Audience: string(r.Audience),
		Why: reports.Clean(r.Why, reasonLength), Promise: reports.Clean(r.Promise, textLength), Replays: string(r.Replays),
	}
}

// apiRule answers with a rule, and how much of it is open as far as that is told.
func (v *visit) apiRule() error {
	r, known := v.s.Data.Book().Rule(v.r.PathValue("rule"))
	if !known {
		return notThere
	}
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	votes, err := v.s.Data.VotesOn(v.r.Context(), r.ID)
	if err != nil {
		return err
	}
	out := ruleOfBook(&r)
	if votes.Useful+votes.NotUseful >= fewestVotes {
		out.Votes = &api.Votes{Useful: votes.Useful, NotUseful: votes.NotUseful}
	}
	if groups := v.groupsOfRule(r.ID); len(groups) > 0 {
		n := 0
		for _, g := range groups {
			n += l.Open(r.ID, g.teams...)
		}
		out.Open = &n
	}
	return v.answerJSON(out)
}

// groupsOfRule are whose numbers of a rule the viewer is told together.
func (v *visit) groupsOfRule(rule string) []group {
	if v.seesOrganisation() && !v.tellsRule(rule) {
		return nil
	}
	groups, _ := v.groups()
	return groups
}

// apiAgreements answers with what the team in the address has agreed; without one,
// with what the organisation has.
func (v *visit) apiAgreements() error {
	team := v.r.PathValue("team")
	page, p, err := paged(v, v.s.Data.Book().Standing(team), func(a *rules.Adopted) string { return a.Rule.ID }, false)
	if err != nil {
		return err
	}
	out := api.Agreements{Managed: clean(v.s.Data.AgreementsIn()), Agreements: make([]api.Agreement, len(page)), Page: p}
	for i := range page {
		out.Agreements[i] = v.agreementAs(team, &page[i])
	}
	return v.answerJSON(out)
}

func (v *visit) apiAgreement() error {
	team := v.r.PathValue("team")
	a := v.standingOf(team)
	if a == nil {
		return notThere
	}
	out := v.agreementAs(team, a)
	out.Condition = strings.TrimSpace(reports.Clean(a.Rule.When, reasonLength))
	revisions, err := v.s.Data.Revisions(v.r.Context())
	if err != nil {
		return err
	}
	for i := range revisions {
		if r := &revisions[i]; r.Rule == a.Rule.ID && (r.Team == team || r.Team == "") && v.seesRevision(r) && len(out.Revisions) < mostAPage {
			out.Revisions = append(out.Revisions, v.revisionOf(r))
		}
	}
	return v.answerJSON(out)
}

func (v *visit) revisionOf(r *Revision) api.Revision {
	out := api.Revision{Number: r.Number, At: r.At.UTC(), By: r.By, Team: r.Team, Text: reports.Clean(r.Text, textLength), Why: reports.Clean(r.Why, textLength)}
	if r.By != "" {
		out.ByName = v.personName(r.By)
	}
	return out
}

func (v *visit) agreementAs(team string, a *rules.Adopted) api.Agreement {
	out := api.Agreement{
		Rule: a.Rule.ID, Self: apiPath + agreementHref(team, a.Rule.ID), Team: team, On: a.On, Promise: reports.Clean(a.Promise, textLength), Ask: reports.Clean(a.Ask, reasonLength),
		Because: reports.Clean(a.Because, textLength), Stage: string(a.Stage), Tell: string(a.Tell), From: string(a.From), ReviewOn: string(a.ReviewOn),
		ExceptLabels: texts(a.Except.Labels, mostAPage), ExceptProjects: texts(a.Except.Projects, mostAPage), Settings: []api.Setting{},
		Changes: v.s.Data.AgreementsIn() == "" && v.access.Changes(team),
	}
	for i := range a.Settings {
		s := &a.Settings[i]
		value, standard := settingWords(s)
		out.Settings = append(out.Settings, api.Setting{
			Name: s.Name, Help: reports.Clean(s.Help, textLength), Value: reports.Clean(value, textLength), Default: reports.Clean(standard, textLength), Unit: clean(s.Unit), From: string(s.From), Pinned: a.Pinned("settings." + s.Name),
		})
	}
	return out
}
