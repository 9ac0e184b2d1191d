package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

// Directory implements dashboard.Data, as do all methods below.
func (p *pages) Directory() *org.Directory { return p.f.cfg().Directory }

// Ledger is the judged ledger.
func (p *pages) Ledger(ctx context.Context) (*dashboard.Ledger, error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	return v.ledger, nil
}

// Trends are the weekly snapshots.
func (p *pages) Trends(ctx context.Context) (*dashboard.Trends, error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	return v.trends, nil
}

// Book is what is agreed.
func (p *pages) Book() *rules.Book { return p.f.book() }

// AgreementsIn names the files, unless agreements are managed here.
func (p *pages) AgreementsIn() string {
	if p.f.cfg().Dashboard.AgreementsOnPages {
		return ""
	}
	return inFiles
}

// inFiles is where agreements and experiments are managed.
const inFiles = "the configuration files"

// Ticket finds a ticket of a configured source.
func (p *pages) Ticket(ctx context.Context, source string, ref ticket.Ref) (ticket.Ticket, error) {
	t, err := p.f.store.Ticket(ctx, source, ref)
	if errors.Is(err, store.ErrNotFound) || err == nil && !p.f.configured(source) {
		return ticket.Ticket{}, fmt.Errorf("ticket %s: %w", ref.ID, dashboard.ErrNotFound)
	}
	return t, err
}

// Waivers are all that were given.
func (p *pages) Waivers(ctx context.Context) ([]finding.Waiver, error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	return v.waivers, nil
}

// VotesOn counts the votes on a rule.
func (p *pages) VotesOn(ctx context.Context, rule string) (dashboard.Votes, error) {
	useful, not, err := p.f.store.CountVotes(ctx, rule)
	return dashboard.Votes{Useful: useful, NotUseful: not}, err
}

// VoteOf is what somebody thinks of a finding.
func (p *pages) VoteOf(ctx context.Context, id finding.ID, person string) (dashboard.Vote, error) {
	vote, err := p.f.store.VoteOf(ctx, id, person)
	switch {
	case err != nil || vote == nil:
		return dashboard.NoVote, err
	case *vote:
		return dashboard.Useful, nil
	}
	return dashboard.NotUseful, nil
}

// Experiments are those of the configuration, with what has come of each.
func (p *pages) Experiments(ctx context.Context) ([]dashboard.Experiment, error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(v.experiments), nil
}

// judged says what has come of each experiment by the moment of the view.
func (p *pages) judged(ctx context.Context, v *pageView) ([]dashboard.Experiment, error) {
	l := newLaboratory(v.cfg, v.book)
	weeks := v.laidWeeks()
	var out []dashboard.Experiment
	for i := range v.cfg.Experiments {
		e := &v.cfg.Experiments[i]
		one := l.experiment(e, e.Team)
		last := org.WeekOf(v.at, p.zoneOf(e.Team)).Before(1)
		trial, err := weeks.cameOf(ctx, one, last)
		if err != nil {
			return nil, err
		}
		shown := experimentShown(e, &trial)
		shown.KeptIn, shown.Ended = v.mark.terms.keptIn(e), v.mark.terms.endedEarly(e)
		out = append(out, shown)
	}
	slices.SortStableFunc(out, func(a, b dashboard.Experiment) int { return strings.Compare(string(b.Start), string(a.Start)) })
	return out, nil
}

func (p *pages) zoneOf(team string) *time.Location {
	if t, known := p.f.cfg().Directory.Team(team); known {
		return t.Location
	}
	return time.UTC
}

func experimentShown(e *config.Experiment, t *trends.Trial) dashboard.Experiment {
	side := func(s trends.Side) dashboard.Compared {
		return dashboard.Compared{First: s.First, Last: s.Last, Known: s.Known, Mean: s.Mean}
	}
	out := dashboard.Experiment{
		ID: experimentID(e), Name: t.Name, Hypothesis: t.Hypothesis, Team: e.Team, Measure: t.Measure, Label: t.Label, Expect: e.Expect,
		Start: t.Start, End: t.End, Verdict: string(t.Verdict), Running: t.Running, Text: t.Text, Before: side(t.Before), After: side(t.After),
	}
	if t.Outcome.Guardrail != nil {
		out.Guardrail, out.Guarded = e.Guardrail.Measure+": "+e.Guardrail.Expect, t.Outcome.Guardrail.Text
	}
	return out
}

// experimentID stands in addresses, the same for as long as team, name and beginning
// are.
func experimentID(e *config.Experiment) string {
	return versionOf(e.Team + "\x00" + e.Name + "\x00" + string(e.Start))
}

// ExperimentsIn names the files, unless experiments are managed here.
func (p *pages) ExperimentsIn() string { return p.AgreementsIn() }

// Measures are what an experiment can be about: the measures of the work, what is open
// by the rules that some team has agreed to, and numbers from outside.
func (p *pages) Measures() []dashboard.Measure {
	t := p.f.terms()
	l := newLaboratory(t.cfg, t.book)
	var out []dashboard.Measure
	for _, m := range trends.Measures() {
		out = append(out, dashboard.Measure{Name: m.Name, Label: m.Label})
	}
	for _, r := range t.book.Rules() {
		if promise, why := l.promise(r.ID, ""); why == "" {
			out = append(out, dashboard.Measure{Name: r.ID, Label: rules.OneLine(cmp.Or(promise, r.Promise)), Group: "Open exceptions to"})
		}
	}
	for i := range l.numbers {
		n := &l.numbers[i]
		name := trends.Outside(n.Name)
		if !slices.ContainsFunc(out, func(m dashboard.Measure) bool { return m.Name == name }) { // teams may have numbers of one name
			out = append(out, dashboard.Measure{Name: name, Label: rules.OneLine(n.label()), Group: "Numbers from outside"})
		}
	}
	return out
}

// ReportWeeks are those a team has a snapshot of, and the one that runs.
func (p *pages) ReportWeeks(ctx context.Context, team string) ([]string, error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	out := []string{org.WeekOf(p.f.clock.Now(), p.zoneOf(team)).String()}
	for _, w := range slices.Backward(v.weeks[team]) {
		if w != out[0] {
			out = append(out, w)
		}
	}
	return out, nil
}

// Report makes a report of the archive, or the one of the running week.
func (p *pages) Report(ctx context.Context, key dashboard.ReportKey) (reports.Report, error) {
	weeks, err := p.ReportWeeks(ctx, key.Team)
	if err != nil {
		return reports.Report{}, err
	}
	if !slices.Contains(weeks, key.Week) {
		return reports.Report{}, fmt.Errorf("report of %s: %w", key.Week, dashboard.ErrNotFound)
	}
	if key.Team == "" {
		return p.ofOrganisation(ctx, key.Week)
	}
	team, known := p.f.cfg().Directory.Team(key.Team)
	if !known {
		return reports.Report{}, fmt.Errorf("report of team %q: %w", key.Team, dashboard.ErrNotFound)
	}
	v, err := p.now(ctx)
	if err != nil {
		return reports.Report{}, err
	}
	r, err := v.editionOf(key.Week).team(ctx, team, key.Reader)
	if errors.Is(err, dashboard.ErrNotYet) && p.gathering.wait(ctx, p.patience) {
		r, err = v.editionOf(key.Week).team(ctx, team, key.Reader)
	}
	return r, err
}

// editionOf is what the reports of a week are made from.
func (v *pageView) editionOf(week string) *edition {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.editions[week] == nil {
		v.editions[week] = v.edition.again(week, v.at)
	}
	return v.editions[week]
}
