package daemon

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
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
// rule, if given, is the only one told. The store is opened only where agreements are
// managed on pages.
func Agreements(ctx context.Context, cfg *config.Config, team, rule string, now time.Time) (AgreementsShown, error) {
	f, err := agreed(ctx, cfg)
	if err != nil {
		return AgreementsShown{}, err
	}
	book := f.book()
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

// agreed is a Fairlead that knows what everybody has agreed, and nothing else.
func agreed(ctx context.Context, cfg *config.Config) (*Fairlead, error) {
	all, book, err := rulesAndBook(cfg)
	if err != nil {
		return nil, err
	}
	f := &Fairlead{holding: newHolding(cfg, all, book), log: zap.NewNop()}
	if !cfg.Dashboard.AgreementsOnPages {
		return f, nil
	}
	if f.store, err = openStore(ctx, cfg.Store); err != nil {
		return nil, err
	}
	return f, errors.Join(f.renew(ctx), f.store.Close())
}

// saidAt is where something is written: on which page and by whom, or where in a file;
// empty for what ships.
func saidAt(p yamlfile.Place) string {
	switch {
	case p.File == "":
		return ""
	case config.OnPage(p):
		return p.File
	}
	return p.String()
}

func shownAgreement(a *rules.Adopted, now time.Time) AgreementShown {
	out := AgreementShown{Rule: a.Rule.ID, On: a.On, Because: rules.Paragraph(a.Because), ReviewDue: a.On && past(a.ReviewOn, now)}
	for _, v := range a.Values() {
		shown := ValueShown{Name: v.Name, Value: rules.Paragraph(v.Words), From: string(v.From), Pinned: v.Pinned}
		shown.Where = saidAt(v.Where)
		out.Values = append(out.Values, shown)
	}
	return out
}

// past reports whether the day, in UTC, has begun.
func past(day ticket.Date, now time.Time) bool {
	at := day.In(time.UTC)
	return !at.IsZero() && !now.Before(at)
}
