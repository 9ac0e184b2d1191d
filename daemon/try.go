package daemon

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
)

// TryRequest says which rule to try, and how.
type TryRequest struct {
	Rule  string   // id; may be left out with File
	Set   []string // NAME=VALUE, in place of the settings agreed
	File  string   // a rule file to try instead of the rule of that id; may be empty
	Weeks int
	Team  string // team id; empty: everybody
}

// mostSamples is how many findings of each kind are shown.
const mostSamples = 10

// TryResult is what the rule would have noticed.
type TryResult struct {
	Rule    string    `json:"rule"`
	Team    string    `json:"team,omitempty"`
	From    time.Time `json:"from"` // the first moment that was looked at
	Raised  int       `json:"raised"`
	Open    int       `json:"open"`
	Weeks   []TryWeek `json:"weeks"`
	Samples []Noticed `json:"samples,omitempty"`
	// Changed tells the settings that were changed, and what they are today.
	Changed []TriedSetting `json:"changed,omitempty"`
	// Today is what today's agreement would have noticed; nil when nothing was
	// changed, or when the rule is in force nowhere it was tried.
	Today *TryToday `json:"today,omitempty"`
	// Off says where the rule is not in force today, and why.
	Off     []RuleOff `json:"off,omitempty"`
	Stopped string    `json:"stopped,omitempty"` // why it could not be evaluated at some of the moments
	Untold  string    `json:"untold,omitempty"`  // what of the past is judged by what is known today
}

// TryWeek is how findings moved in one week.
type TryWeek struct {
	Week   string    `json:"week"` // "now" for the time since the last week's end
	At     time.Time `json:"at"`
	Opened int       `json:"opened"`
	Closed int       `json:"closed"`
	Open   int       `json:"open"`
}

// TriedSetting is a setting that was changed for the trial.
type TriedSetting struct {
	Name  string `json:"name"`
	Tried string `json:"tried"`
	Today string `json:"today"`
}

// TryToday is what today's agreement would have noticed, and the difference.
type TryToday struct {
	Raised       int       `json:"raised"`
	Open         int       `json:"open"`
	More         int       `json:"more"`       // noticed only by the changed rule
	Fewer        int       `json:"fewer"`      // noticed only by today's
	MoreOpen     int       `json:"more_open"`  // open now by the changed rule only
	FewerOpen    int       `json:"fewer_open"` // open now by today's only
	MoreSamples  []Noticed `json:"more_samples,omitempty"`
	FewerSamples []Noticed `json:"fewer_samples,omitempty"`
}

// RuleOff is a team for which a rule is not in force.
type RuleOff struct {
	Team    string `json:"team"` // empty: work that no team owns
	Because string `json:"because,omitempty"`
}

// Try tells what a rule would have noticed over past weeks and now, before it is
// switched on or changed. It reads what is stored and stores nothing.
func (f *Fairlead) Try(ctx context.Context, ask TryRequest) (TryResult, error) {
	t, err := f.trial(ask)
	if err != nil {
		return TryResult{}, err
	}
	tried, err := t.look(ctx, t.variant)
	if err != nil {
		return TryResult{}, err
	}
	r := TryResult{
		Rule: t.rule.ID, Team: ask.Team, From: t.moments[0], Raised: len(tried.Findings), Open: tried.Open(),
		Weeks: t.weeks(&tried), Samples: noticedAll(tried.Samples(mostSamples)), Changed: t.changed(), Off: t.off(),
	}
	if tried.Stopped != nil {
		r.Stopped = tried.Stopped.Error()
	}
	if t.rule.Replays != rules.ReplayYes {
		r.Untold = rules.Paragraph(t.rule.ReplayNote)
	}
	if t.asToday() {
		return r, nil
	}
	today, err := t.look(ctx, f.book())
	if err != nil {
		return TryResult{}, err
	}
	r.Today = compared(&tried, &today)
	return r, nil
}

func compared(tried, today *rules.Preview) *TryToday {
	d := tried.Against(today)
	return &TryToday{
		Raised: len(today.Findings), Open: today.Open(), More: len(d.More), Fewer: len(d.Fewer), MoreOpen: d.MoreOpen, FewerOpen: d.FewerOpen,
		MoreSamples:  noticedAll(d.More[:min(mostSamples, len(d.More))]),
		FewerSamples: noticedAll(d.Fewer[:min(mostSamples, len(d.Fewer))]),
	}
}

func noticedAll(all []finding.Finding) []Noticed {
	var out []Noticed
	for i := range all {
		out = append(out, noticed(&all[i]))
	}
	return out
}

// trial is a rule that is tried.
type trial struct {
	*Fairlead
	ask     TryRequest
	rule    rules.Rule
	set     map[string]any
	variant *rules.Book // in which it is in force, changed
	moments []time.Time
	zone    *time.Location
}

func (f *Fairlead) trial(ask TryRequest) (*trial, error) {
	if ask.Weeks < 1 || ask.Weeks > longestBackfill {
		return nil, requestError{fmt.Sprintf("%d weeks cannot be looked at", ask.Weeks), fmt.Sprintf("choose from 1 to %d", longestBackfill)}
	}
	t := &trial{Fairlead: f, ask: ask, zone: time.UTC, set: map[string]any{}}
	if ask.Team != "" {
		teams, err := f.teamsNamed(ask.Team)
		if err != nil {
			return nil, err
		}
		t.zone = teams[0].Location
	}
	all := f.book().Rules()
	if err := t.find(&all); err != nil {
		return nil, err
	}
	for _, text := range ask.Set {
		name, value, err := t.rule.ReadSetting(text)
		if err != nil {
			return nil, settingError{err}
		}
		t.set[name] = value
	}
	agreed := rules.Variant(agreementsOf(f.cfg()), &t.rule, ask.Team, t.set)
	var err error
	if t.variant, err = rules.NewBook(all, agreed, teamIDs(f.cfg())); err != nil {
		return nil, err
	}
	now := f.now()
	t.moments = append(weekEndsIn(t.zone, now, ask.Weeks), now)
	return t, nil
}

// find finds the rule among all, or reads it from the file and puts it in the
// place of the one of that id.
func (t *trial) find(all *[]rules.Rule) error {
	if t.ask.File == "" {
		r, known := t.book().Rule(t.ask.Rule)
		if !known {
			return unknownRule(t.book(), t.ask.Rule)
		}
		t.rule = r
		return nil
	}
	text, err := os.ReadFile(t.ask.File)
	if err != nil {
		return requestError{fmt.Sprintf("the rule file cannot be read: %v", err), "name another with --file"}
	}
	if t.rule, err = rules.Parse(t.ask.File, text); err != nil {
		return err
	}
	if t.ask.Rule != "" && t.ask.Rule != t.rule.ID {
		return requestError{fmt.Sprintf("%s holds the rule %q, not %q", t.ask.File, t.rule.ID, t.ask.Rule), "leave the rule out, or name that of the file"}
	}
	*all = append(slices.DeleteFunc(*all, func(r rules.Rule) bool { return r.ID == t.rule.ID }), t.rule)
	return nil
}

// look steps the rule through the moments.
func (t *trial) look(ctx context.Context, book *rules.Book) (rules.Preview, error) {
	keep := func(s *finding.Seen) bool { return t.ask.Team == "" || s.Team == t.ask.Team }
	p, err := book.Try(ctx, t.work(), t.cfg().Directory, t.rule.ID, keep, t.moments)
	if err != nil {
		return p, fmt.Errorf("try %s: %w", t.rule.ID, err)
	}
	return p, nil
}

func (t *trial) weeks(p *rules.Preview) []TryWeek {
	var out []TryWeek
	for i, m := range p.Moments {
		week := "now"
		if i < len(p.Moments)-1 {
			week = org.WeekOf(m.At, t.zone).String()
		}
		out = append(out, TryWeek{Week: week, At: m.At, Opened: m.Opened, Closed: m.Closed, Open: m.Open})
	}
	return out
}

// changed tells the settings that were set, beside those agreed by the team, or
// else by the organisation.
func (t *trial) changed() []TriedSetting {
	var out []TriedSetting
	for _, name := range slices.Sorted(maps.Keys(t.set)) {
		s, _ := t.rule.Setting(name)
		tried := rules.AdoptedSetting{Setting: s, Value: t.set[name]}
		out = append(out, TriedSetting{Name: name, Tried: tried.Words(), Today: t.today(name, s.Words())})
	}
	return out
}

func (t *trial) today(setting, otherwise string) string {
	for _, a := range t.book().Standing(t.ask.Team) {
		for _, s := range a.Settings {
			if a.Rule.ID == t.rule.ID && s.Name == setting {
				return s.Words()
			}
		}
	}
	return otherwise
}

// off says where the rule is not in force today.
func (t *trial) off() []RuleOff {
	var out []RuleOff
	for _, team := range t.concerned() {
		for _, a := range t.book().Standing(team) {
			if a.Rule.ID == t.rule.ID && !a.On {
				out = append(out, RuleOff{Team: team, Because: rules.OneLine(a.Because)})
			}
		}
	}
	return out
}

func (t *trial) concerned() []string {
	if t.ask.Team != "" {
		return []string{t.ask.Team}
	}
	return append(t.TeamIDs(), "")
}

// asToday reports whether there is nothing to compare with: nothing was changed,
// or the rule is in force nowhere it was tried.
func (t *trial) asToday() bool {
	if len(t.set) == 0 && t.ask.File == "" {
		return true
	}
	return !slices.ContainsFunc(t.concerned(), func(team string) bool { return t.book().Has(team, t.rule.ID) })
}

// settingError is a setting on the command line that cannot be understood.
type settingError struct{ error }

func (m settingError) Unwrap() error { return m.error }
