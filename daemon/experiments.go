package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/trends"
	"github.com/fairlead-dev/fairlead/trends/prometheus"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// laboratory turns what the configuration tries out, and its outside numbers, into
// what can be measured, and collects what is wrong with them.
type laboratory struct {
	cfg      *config.Config
	book     *rules.Book
	numbers  []outsideNumber
	mistakes yamlfile.Mistakes
}

// checkTrends reports every mistake in experiments and outside numbers at once.
func checkTrends(cfg *config.Config, book *rules.Book) error {
	l := newLaboratory(cfg, book)
	l.checkNumbers()
	for i := range cfg.Experiments {
		l.experiment(&cfg.Experiments[i], cfg.Experiments[i].Team)
	}
	return l.mistakes.Sorted().Err()
}

func newLaboratory(cfg *config.Config, book *rules.Book) *laboratory {
	return &laboratory{cfg: cfg, book: book, numbers: numbersOf(cfg)}
}

// experiment is what a team tries out, of its own or with the whole organisation;
// the empty team is the organisation.
func (l *laboratory) experiment(e *config.Experiment, team string) trends.Experiment {
	out := trends.Experiment{Name: e.Name, Hypothesis: e.Hypothesis, Team: team, Start: e.Start, End: e.End}
	out.Measure, out.Label = l.measure(e, e.Measure, team, "measure")
	var err error
	if out.Expect, err = trends.ParseExpectation(e.Expect); err != nil {
		l.mistakes = append(l.mistakes, e.Mistake("write it like "+trends.ExpectationForms, err.Error(), "expect"))
	}
	if e.Guardrail.Measure == "" {
		return out
	}
	out.Guardrail = &trends.Guardrail{}
	out.Guardrail.Measure, out.Guardrail.Label = l.measure(e, e.Guardrail.Measure, team, "guardrail", "measure")
	if out.Guardrail.Expect, err = trends.ParseGuardrail(e.Guardrail.Expect); err != nil {
		l.mistakes = append(l.mistakes, e.Mistake("write it like "+trends.GuardrailForms, err.Error(), "guardrail", "expect"))
	}
	return out
}

// measure finds what a name in an experiment measures, and the words for it.
func (l *laboratory) measure(e *config.Experiment, name, team string, path ...any) (measure, label string) {
	wrong := func(hint, text string) {
		l.mistakes = append(l.mistakes, e.Mistake(hint, text, path...))
	}
	if _, known := trends.MeasureNamed(name); known {
		return name, ""
	}
	if number, outside := trends.OutsideName(name); outside {
		if i := slices.IndexFunc(l.numbers, func(n outsideNumber) bool { return n.Name == number && n.of(team) }); i >= 0 {
			return name, l.numbers[i].label()
		}
		if e.Team == team {
			wrong(cmp.Or(didYouMean(name, l.measures(team)), "add it under numbers, with the query that gives it"), fmt.Sprintf("no number of %s is called %q", whose(team), number))
		}
		return name, ""
	}
	rule, known := l.book.Rule(name)
	if !known {
		wrong(cmp.Or(didYouMean(name, l.measures(team)), "name a rule, one of the measures of docs/trends.md, or outside: and a number"), fmt.Sprintf("nothing is measured by the name %q", name))
		return name, ""
	}
	promise, why := l.promise(rule.ID, team)
	if why != "" && e.Team == team {
		wrong("name another, or see what holds with fairlead agreements show", why)
	}
	return trends.OfRule(trends.Open, rule.ID), fmt.Sprintf("Open exceptions to %q", cmp.Or(promise, rule.Promise))
}

// promise is what the team promised by the rule; why says why its findings cannot
// be counted. The organisation counts what some team has agreed to.
func (l *laboratory) promise(rule, team string) (promise, why string) {
	teams := []string{team}
	if team == "" {
		teams = teamIDs(l.cfg)
	}
	forFew := false
	for _, id := range teams {
		a, agreed := l.book.Adopted(id, rule)
		switch {
		case !agreed:
		case a.Tell == finding.ForTeam || a.Tell == finding.ForOrg:
			return a.Promise, ""
		default:
			forFew = true
		}
	}
	if forFew {
		return "", fmt.Sprintf("what %s notices is for few people alone and is not counted", rule)
	}
	return "", fmt.Sprintf("%s has not agreed to %s, so that nothing would be counted", whose(team), rule)
}

func whose(team string) string {
	if team == "" {
		return "the organisation"
	}
	return "team " + team
}

// measures lists what an experiment of the team may name.
func (l *laboratory) measures(team string) []string {
	var out []string
	for _, m := range trends.Measures() {
		out = append(out, m.Name)
	}
	for _, r := range l.book.Rules() {
		out = append(out, r.ID)
	}
	for i := range l.numbers {
		if l.numbers[i].of(team) {
			out = append(out, trends.Outside(l.numbers[i].Name))
		}
	}
	return out
}

func didYouMean(word string, known []string) string {
	if near := yamlfile.Suggest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// outsideNumber is a number of the configuration, and of whom it is told.
type outsideNumber struct {
	*config.OutsideNumber
	byTeam bool // the query is another for each team
}

func numbersOf(cfg *config.Config) []outsideNumber {
	out := make([]outsideNumber, len(cfg.Numbers))
	for i := range cfg.Numbers {
		out[i] = outsideNumber{&cfg.Numbers[i], prometheus.AsksByTeam(cfg.Numbers[i].Query)}
	}
	return out
}

// of reports whether the number is told of the team; the empty team is the
// organisation.
func (n *outsideNumber) of(team string) bool {
	switch {
	case n.Team != "":
		return team == n.Team
	case team == "":
		return !n.byTeam
	case len(n.Teams) > 0:
		return slices.Contains(n.Teams, team)
	}
	return n.byTeam
}

func (n *outsideNumber) label() string {
	label := cmp.Or(n.Help, n.Name)
	if n.Unit != "" {
		label += " (" + n.Unit + ")"
	}
	return label
}

func (l *laboratory) checkNumbers() {
	for i := range l.numbers {
		n := &l.numbers[i]
		if err := prometheus.Check(n.Query); err != nil {
			l.mistakes = append(l.mistakes, n.Mistake("write $team for the team's id and $week for the length of the week", err.Error(), "query"))
		}
		other := slices.IndexFunc(l.numbers[:i], func(o outsideNumber) bool { return n.Team != "" && o.Name == n.Name && o.of(n.Team) })
		if other >= 0 {
			l.mistakes = append(l.mistakes, n.Mistake(fmt.Sprintf("it first stands at %s: give one of them another name", l.numbers[other].Place("name")),
				fmt.Sprintf("team %s has a number %q already", n.Team, n.Name), "name"))
		}
	}
}

// experimentsOf are those of the team, the organisation's last; the empty team is
// the organisation. The organisation's are measured in each team as well.
func (f *Fairlead) experimentsOf(team string) []trends.Experiment {
	t := f.terms()
	l := newLaboratory(t.cfg, t.book)
	var own, everybodys []trends.Experiment
	for i := range t.cfg.Experiments {
		e := &t.cfg.Experiments[i]
		if e.Team != "" && e.Team != team {
			continue
		}
		one := l.experiment(e, team)
		one.Early = t.endedEarly(e) != nil
		if e.Team == "" {
			everybodys = append(everybodys, one)
		} else {
			own = append(own, one)
		}
	}
	return append(own, everybodys...)
}

// trialsOf tells what has come, by the end of the week, of each experiment that
// runs on some day of it: of the team's own, and of the organisation's as they
// went in the team. Without a team it is the organisation as a whole. A week that
// is not over is told as of the end of the one before.
func (f *Fairlead) trialsOf(ctx context.Context, team *org.Team, week org.Week, weeks *laidWeeks) ([]trends.Trial, error) {
	id := ""
	if team != nil {
		id = team.ID
	}
	last := week
	if week.End.After(f.clock.Now()) {
		last = week.Before(1)
	}
	var out []trends.Trial
	for _, e := range f.experimentsOf(id) {
		if !e.RunsIn(week) {
			continue
		}
		t, err := weeks.cameOf(ctx, e, last)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// cameOf judges one experiment up to the week.
func (l *laidWeeks) cameOf(ctx context.Context, e trends.Experiment, last org.Week) (trends.Trial, error) {
	before, after, _ := e.Sides(last)
	var snapshots []trends.Snapshot
	if n := len(after); n > 0 {
		from, to := before[0], after[n-1]
		wanted := func(measure string) bool {
			return ofAllRules(measure) || measure == e.Measure || e.Guardrail != nil && measure == e.Guardrail.Measure
		}
		var err error
		if snapshots, err = l.of(ctx, e.Team, from.String(), to.String(), wanted); err != nil {
			return trends.Trial{}, err
		}
	}
	return trends.Trial{Experiment: e, Outcome: trends.Judge(e, last, snapshots)}, nil
}
