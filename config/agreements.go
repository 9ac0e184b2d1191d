package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// teamFiles reads the teams' own files.
func (l *loader) teamFiles() {
	seen := map[string]bool{}
	for _, n := range l.teams {
		if seen[n.name] {
			l.mistake(n.by, "name it once, or leave it out of the pattern", n.name+" is named twice", n.path...)
			continue
		}
		seen[n.name] = true
		if f := l.parse(n); f != nil {
			l.teamFile(f)
		}
	}
}

func (l *loader) teamFile(f *yamlfile.File) {
	if !f.Empty() { // a team may have agreed on nothing yet
		l.mistakes = append(l.mistakes, f.Decode(&teamFile{})...)
	}
	named := strings.TrimSuffix(filepath.Base(f.Name()), filepath.Ext(f.Name()))
	team, path := f.Text("team"), []any{"team"}
	if team == "" {
		team, path = named, nil
	}
	l.checkTeam(f, team, path)
	if team != named && slices.Contains(l.teamIDs, named) {
		// Whoever may change the file of one team would speak for another.
		l.mistake(f, "move it into a file of its own, or give this file another name",
			fmt.Sprintf("this file is named after team %q and speaks for team %q", named, team), path...)
	}
	l.agreedIn(team, f.Name())
	l.takeAgreements(f, team)
	l.takeRituals(f, team)
	l.takeExperiments(f, team)
	l.takeNumbers(f, team)
	l.takeTeamReport(f, team)
}

// agreedIn notes where a team's agreements stand; the first place counts.
func (l *loader) agreedIn(team, file string) {
	if l.cfg.AgreedIn[team] == "" {
		l.cfg.AgreedIn[team] = file
	}
}

// checkTeam reports a team that the org file does not have.
func (l *loader) checkTeam(f *yamlfile.File, team string, path []any) {
	if slices.Contains(l.teamIDs, team) || l.org == nil && len(l.mistakes) > 0 {
		return // without an org file, what keeps it from being named is said already
	}
	hint := "add the team to the org file, and name that with org: org.yaml"
	if near := yamlfile.Suggest(team, l.teamIDs); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	} else if len(l.teamIDs) > 0 {
		hint = "add the team to the org file, or write the id of one that is there: " + strings.Join(l.teamIDs, ", ")
	}
	text := fmt.Sprintf("no team has the id %q", team)
	if path == nil {
		text += ", which this file is named after"
	}
	l.mistake(f, hint, text, path...)
}

// takeAgreements adds the agreements of a team; of the organisation for "".
func (l *loader) takeAgreements(f *yamlfile.File, team string) {
	for i, e := range entries[agreementEntry](f, "agreements") {
		path := []any{"agreements", i}
		what := fmt.Sprintf("an agreement on %q", e.Rule)
		if team != "" {
			what += " for team " + team
		}
		if !l.once(what, f, append(path, "rule")...) {
			continue
		}
		if senseless := e.senseless(f, path); len(senseless) > 0 {
			l.mistakes = append(l.mistakes, senseless...)
			continue
		}
		l.cfg.Agreements = append(l.cfg.Agreements, e.agreement(team, f, path))
	}
}

// agreement is the entry, which stands at the path, as the team's; as the
// organisation's for "".
func (e *agreementEntry) agreement(team string, f *yamlfile.File, path []any) Agreement {
	return Agreement{
		Rule: e.Rule, Team: team, Promise: e.Promise, Settings: e.Settings, Ask: e.Ask, Tell: e.Tell, Stage: e.Stage,
		ReviewOn: ticket.Date(e.ReviewOn), RemindAfter: e.Remind.After, RemindComment: e.Remind.Comment, Off: e.Off, Because: e.Because,
		ExceptLabels: e.Except.Labels, ExceptProjects: e.Except.Projects, PinAll: e.Pin.all, Pin: e.Pin.names,
		Where: f.Place(path...), file: f, path: path,
	}
}

// senseless refuses an agreement that is off and tuned at the same time.
func (e *agreementEntry) senseless(f *yamlfile.File, path []any) yamlfile.Mistakes {
	var out yamlfile.Mistakes
	if !e.Off {
		return nil
	}
	for _, key := range []string{"settings", "ask", "tell", "stage", "remind", "review_on", "except"} {
		at := append(slices.Clone(path), key)
		if f.Has(at...) {
			out = append(out, f.Mistake("drop "+key+", or drop off: true", fmt.Sprintf("%s has no meaning where the rule is off", key), at...))
		}
	}
	return out
}

// finishComments looks whether comments that are asked for can be left anywhere.
func (l *loader) finishComments() {
	for i := range l.cfg.Agreements {
		l.mistakes = append(l.mistakes, l.cfg.nowhereToComment(&l.cfg.Agreements[i])...)
	}
}

// nowhereToComment refuses to ask for comments where no source allows them.
func (c *Config) nowhereToComment(a *Agreement) yamlfile.Mistakes {
	allowed := slices.ContainsFunc(c.Sources, func(s Source) bool { return s.WriteComments })
	if allowed || len(c.Sources) == 0 || a.RemindComment == nil || !*a.RemindComment {
		return nil
	}
	return yamlfile.Mistakes{a.Mistake("add write_comments: true to the source whose tickets may be commented on, or take comment out",
		"no source allows comments, so none would be left", "remind", "comment")}
}
