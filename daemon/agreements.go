package daemon

import (
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// AgreementsShown is what holds for a team, and who said so.
type AgreementsShown struct {
	Team  string           `json:"team"` // empty: work that no team owns
	Name  string           `json:"name"`
	Rules []AgreementShown `json:"rules"`
}

// AgreementShown is how one rule stands with the team.
type AgreementShown struct {
	Rule    string       `json:"rule"`
	On      bool         `json:"on"`
	Because string       `json:"because,omitempty"` // why it is off, or why it is as it is
	Values  []ValueShown `json:"values"`
	// ReviewDue is set when the day has passed on which the team wanted to look at
	// it again.
	ReviewDue bool `json:"review_due,omitempty"`
}

// ValueShown is one thing that holds, and who said so. What people wrote is made
// fit for a terminal.
type ValueShown struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	From   string `json:"from"`            // shipped, organisation or team
	Where  string `json:"where,omitempty"` // file:line:column; empty for what ships
	Pinned bool   `json:"pinned,omitempty"`
}

// Agreements tells what holds for a team and where each value came from. The
// empty team stands for work that no team owns: what the organisation agreed. A
// rule, if given, is the only one told. Nothing is opened.
func Agreements(cfg *config.Config, team, rule string, now time.Time) (AgreementsShown, error) {
	book, err := bookOf(cfg)
	if err != nil {
		return AgreementsShown{}, err
	}
	f := &Fairlead{book: book}
	f.current.Store(cfg)
	out := AgreementsShown{Team: team, Name: "The whole organisation"}
	if team != "" {
		teams, err := f.teamsNamed(team)
		if err != nil {
			return AgreementsShown{}, err
		}
		out.Name = rules.OneLine(teams[0].Name)
	}
	if _, known := book.Rule(rule); rule != "" && !known {
		return AgreementsShown{}, unknownRule(book, rule)
	}
	for _, a := range book.Standing(team) {
		if rule == "" || a.Rule.ID == rule {
			out.Rules = append(out.Rules, shownAgreement(&a, now))
		}
	}
	return out, nil
}

func shownAgreement(a *rules.Adopted, now time.Time) AgreementShown {
	out := AgreementShown{Rule: a.Rule.ID, On: a.On, Because: rules.Paragraph(a.Because), ReviewDue: a.On && past(a.ReviewOn, now)}
	for _, v := range a.Values() {
		shown := ValueShown{Name: v.Name, Value: rules.Paragraph(v.Words), From: string(v.From), Pinned: v.Pinned}
		if v.Where.File != "" {
			shown.Where = v.Where.String()
		}
		out.Values = append(out.Values, shown)
	}
	return out
}

// past reports whether the day, in UTC, has begun.
func past(day ticket.Date, now time.Time) bool {
	at := day.In(time.UTC)
	return !at.IsZero() && !now.Before(at)
}
