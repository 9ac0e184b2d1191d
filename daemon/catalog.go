package daemon

import (
	"context"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/rules"
)

// RuleShown is a rule, and where it is in force. What stands in a rule file of
// somebody's own is made fit for a terminal.
type RuleShown struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	FaultLine string         `json:"fault_line,omitempty"`
	Scope     string         `json:"scope"`
	When      string         `json:"when"`
	Having    string         `json:"having,omitempty"`
	GroupBy   string         `json:"group_by,omitempty"`
	Promise   string         `json:"promise"`
	Ask       string         `json:"ask"`
	MirrorTo  string         `json:"mirror_to,omitempty"` // whose act it is
	Mirror    string         `json:"mirror,omitempty"`    // what they alone read
	Why       string         `json:"why,omitempty"`
	Severity  string         `json:"severity"`
	Audience  string         `json:"audience"`
	Replay    string         `json:"replay"` // yes, partly or no
	Untold    string         `json:"replay_note,omitempty"`
	Settings  []SettingShown `json:"settings,omitempty"`
	Tests     int            `json:"tests"`
	// InForce are the teams that have agreed to it, Off those that have not.
	InForce []string  `json:"in_force,omitempty"`
	Off     []RuleOff `json:"off,omitempty"`
	// Unowned says that it is in force for work that no team owns.
	Unowned bool `json:"unowned"`
}

// SettingShown is a setting of a rule.
type SettingShown struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default"`
	Unit    string `json:"unit,omitempty"`
	Help    string `json:"help"`
}

// RulesShown tells of every rule, those of the configuration's own files
// included, or of the one named. The store is opened only where agreements are managed
// on pages.
func RulesShown(ctx context.Context, cfg *config.Config, rule string) ([]RuleShown, error) {
	f, err := agreed(ctx, cfg)
	if err != nil {
		return nil, err
	}
	book := f.book()
	if _, known := book.Rule(rule); rule != "" && !known {
		return nil, unknownRule(book, rule)
	}
	var out []RuleShown
	for _, r := range book.Rules() {
		if rule == "" || r.ID == rule {
			out = append(out, shownRule(&r, book, teamIDs(cfg)))
		}
	}
	return out, nil
}

func shownRule(r *rules.Rule, book *rules.Book, teams []string) RuleShown {
	out := RuleShown{
		ID: r.ID, Title: rules.OneLine(r.Title), FaultLine: r.FaultLine, Scope: r.Scope,
		When: printable(r.When), Having: printable(r.Having), GroupBy: printable(r.GroupBy),
		Promise: rules.Paragraph(r.Promise), Ask: rules.Paragraph(r.Ask), Why: rules.Paragraph(r.Why), Severity: string(r.Severity), Audience: string(r.Audience),
		Replay: string(r.Replays), Untold: rules.Paragraph(r.ReplayNote), Tests: len(r.Tests), Unowned: book.Has("", r.ID),
	}
	if r.Mirror != nil {
		out.MirrorTo, out.Mirror = printable(r.Mirror.To), rules.Paragraph(r.Mirror.Message)
	}
	for _, s := range r.Settings {
		out.Settings = append(out.Settings, SettingShown{
			Name: s.Name, Type: string(s.Type), Default: s.Words(), Unit: rules.OneLine(s.Unit), Help: rules.Paragraph(s.Help),
		})
	}
	for _, team := range teams {
		if book.Has(team, r.ID) {
			out.InForce = append(out.InForce, team)
		} else {
			out.Off = append(out.Off, RuleOff{Team: team, Because: becauseOf(book, team, r.ID)})
		}
	}
	return out
}

func becauseOf(book *rules.Book, team, rule string) string {
	all := book.Standing(team)
	i := slices.IndexFunc(all, func(a rules.Adopted) bool { return a.Rule.ID == rule })
	if i < 0 {
		return ""
	}
	return rules.OneLine(all[i].Because)
}

// printable is an expression, its lines kept, without what a terminal would obey.
func printable(expression string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimRight(expression, "\n")) {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		lines = append(lines, indent+rules.Paragraph(line))
	}
	return strings.Join(lines, "\n")
}
