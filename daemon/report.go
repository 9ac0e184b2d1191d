package daemon

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// ReportRequest says which report is wanted.
type ReportRequest struct {
	Team   string // team id; empty: every team
	Week   string // "last", "this", or like 2026-W46
	For    string // who reads it: "team", "em-pm", "em", "org" or "leader:" and a person's id
	Format string // one of ReportFormats
}

// ReportFormats lists the forms a report can be printed in, the default first.
func ReportFormats() []string {
	var out []string
	for _, f := range reports.Formats() {
		out = append(out, string(f))
	}
	return out
}

// Report prints the reports asked for, one after the other.
func (f *Fairlead) Report(ctx context.Context, w io.Writer, ask ReportRequest) error {
	all, err := f.requested(ctx, ask)
	if err != nil {
		return err
	}
	for i, r := range all {
		var page bytes.Buffer
		if i > 0 {
			page.WriteByte('\n')
		}
		if err := reports.Render(&page, r, reports.Format(ask.Format)); err != nil {
			return fmt.Errorf("report %q: %w", r.Title, err)
		}
		if _, err := page.WriteTo(w); err != nil {
			return err
		}
	}
	return nil
}

// forOrg and forLeader are the readers of reports that are of no team.
const (
	forOrg    = "org"
	forLeader = "leader:"
)

// requested makes the reports asked for: of all teams one each, of the organisation
// or a leader one.
func (f *Fairlead) requested(ctx context.Context, ask ReportRequest) ([]reports.Report, error) {
	person, toLeader := strings.CutPrefix(ask.For, forLeader)
	if ask.For != forOrg && !toLeader {
		return f.requestedOfTeams(ctx, ask)
	}
	if ask.Team != "" {
		return nil, requestError{fmt.Sprintf("a report for %s is of no single team", ask.For), "leave --team out, or name another reader with --for: " + list(Readers(), "or")}
	}
	week, err := f.weekNamed(ask.Week, time.UTC)
	if err != nil {
		return nil, err
	}
	e, err := f.edition(ctx, week.String())
	if err != nil {
		return nil, err
	}
	var r reports.Report
	if toLeader {
		r, err = e.leader(person)
	} else {
		r, err = e.organisation(ctx)
	}
	return []reports.Report{r}, err
}

func (f *Fairlead) requestedOfTeams(ctx context.Context, ask ReportRequest) ([]reports.Report, error) {
	teams, err := f.teamsNamed(ask.Team)
	if err != nil {
		return nil, err
	}
	if len(teams) > 1 && ask.Format == string(reports.FormatHTML) {
		return nil, requestError{"a page holds the report of one team", "name one with --team: " + list(f.TeamIDs(), "or")}
	}
	reader, err := readerNamed(ask.For)
	if err != nil {
		return nil, err
	}
	var out []reports.Report
	editions := map[string]*edition{} // teams far apart may have different weeks
	for i := range teams {
		week, err := f.weekNamed(ask.Week, teams[i].Location)
		if err != nil {
			return nil, err
		}
		if editions[week.String()] == nil {
			if editions[week.String()], err = f.edition(ctx, week.String()); err != nil {
				return nil, err
			}
		}
		r, err := editions[week.String()].team(ctx, &teams[i], reader)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// lastMoment is the last moment of the week that can be told.
func lastMoment(week org.Week, now time.Time) time.Time {
	if last := week.End.Add(-1); last.Before(now) {
		return last
	}
	return now
}

// sourcesOf names the sources that can hold work of the team.
func (f *Fairlead) sourcesOf(team *org.Team) []string {
	var out []string
	for i := range f.cfg().Sources {
		if holdsWorkOf(f.cfg().Sources[i], team) {
			out = append(out, f.cfg().Sources[i].Name)
		}
	}
	return out
}

// knownFor says from when on the ledger tells of the team's agreement in all its
// sources, and since when somebody looks.
func (w *watching) knownFor(sources []string, team, rule string) (since, live time.Time) {
	for _, source := range sources {
		l := w.ofCell(source, team, rule)
		since, live = later(since, l.Since), later(live, l.Live)
	}
	return since, live
}

// holdsWorkOf reports whether the source can hold tickets that the team owns or
// owned, so that its report speaks of no other. A claim to components or boards
// alone may be met in any project.
func holdsWorkOf(src config.Source, team *org.Team) bool {
	return slices.ContainsFunc(team.Owned, func(h org.Holding) bool {
		if src.Tracker == config.Linear {
			return len(h.LinearTeams) > 0 && (len(src.Teams) == 0 || meet(src.Teams, h.LinearTeams))
		}
		if len(h.JiraProjects) == 0 {
			return len(h.JiraComponents)+len(h.JiraBoards) > 0
		}
		return meet(src.Projects, h.JiraProjects)
	})
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool { return strings.EqualFold(x, y) })
	})
}

func (f *Fairlead) teamsNamed(id string) ([]org.Team, error) {
	if len(f.cfg().Directory.Teams()) == 0 {
		return nil, requestError{"the configuration has no team yet, so there is no report", "name a file with people and teams under org, such as examples/org.yaml"}
	}
	if id == "" {
		return f.cfg().Directory.Teams(), nil
	}
	if t, ok := f.cfg().Directory.Team(id); ok {
		return []org.Team{*t}, nil
	}
	return nil, requestError{fmt.Sprintf("no team has the id %q", id), "the configuration has " + list(f.TeamIDs(), "and")}
}

func readerNamed(name string) (finding.Audience, error) {
	switch reader := finding.Audience(name); reader {
	case finding.ForTeam, finding.ForEMPM, finding.ForEM:
		return reader, nil
	}
	return "", requestError{fmt.Sprintf("nobody reads a report as %q", name), "choose " + list(Readers(), "or")}
}

// weekNamed reads "last", "this" or an ISO week, in the team's zone.
func (f *Fairlead) weekNamed(name string, loc *time.Location) (org.Week, error) {
	this := org.WeekOf(f.clock.Now(), loc)
	switch name {
	case "this":
		return this, nil
	case "", "last":
		return this.Before(1), nil
	}
	week, err := org.ParseWeek(name, loc)
	switch {
	case err != nil:
		text, _, _ := strings.Cut(err.Error(), ": ") // what to do follows in our words
		return week, requestError{text, "write it like " + this.Before(1).String() + ", or last or this"}
	case week.Start.After(f.clock.Now()):
		return week, requestError{fmt.Sprintf("week %s has not begun", week), "the latest that has is " + this.String()}
	}
	return week, nil
}
