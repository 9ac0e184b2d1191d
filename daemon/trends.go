package daemon

import (
	"context"
	"fmt"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/trends"
)

// longestTrend bounds how many weeks can be shown: five years.
const longestTrend = 260

// TrendsRequest says which weeks to show.
type TrendsRequest struct {
	Team  string // team id; empty: the whole organisation
	Weeks int    // how many complete weeks, the latest last
}

// TrendsShown are weeks in numbers.
type TrendsShown struct {
	Team  string      `json:"team,omitempty"` // empty: the whole organisation
	Name  string      `json:"name"`
	Weeks []TrendWeek `json:"weeks"`
	// Outside are the outside numbers that the team has, by name.
	Outside []string    `json:"outside,omitempty"`
	Marks   []TrendMark `json:"marks,omitempty"`
}

// TrendWeek is a week in numbers by measure. What is not known is missing.
type TrendWeek struct {
	Week   string             `json:"week"`
	Values map[string]float64 `json:"values"`
}

// TrendMark is something that began or ended in a week.
type TrendMark struct {
	Week string `json:"week"`
	Day  string `json:"day"` // in the team's zone
	Text string `json:"text"`
}

// Trends tells the complete weeks of a team, or of the organisation, as they were
// kept after checks.
func (f *Fairlead) Trends(ctx context.Context, ask TrendsRequest) (TrendsShown, error) {
	if ask.Weeks < 1 || ask.Weeks > longestTrend {
		return TrendsShown{}, requestError{fmt.Sprintf("%d weeks cannot be shown", ask.Weeks), fmt.Sprintf("choose from 1 to %d", longestTrend)}
	}
	out := TrendsShown{Team: ask.Team, Name: "The whole organisation"}
	if ask.Team != "" {
		teams, err := f.teamsNamed(ask.Team)
		if err != nil {
			return TrendsShown{}, err
		}
		out.Name = rules.OneLine(teams[0].Name)
	}
	loc := f.zoneOfTeam(ask.Team)
	last := org.WeekOf(f.clock.Now(), loc).Before(1)
	snapshots, err := f.snapshotsOf(ctx, ask.Team, last, ask.Weeks)
	if err != nil {
		return TrendsShown{}, err
	}
	for _, s := range snapshots {
		if s.Values == nil {
			s.Values = map[string]float64{}
		}
		out.Weeks = append(out.Weeks, TrendWeek{Week: s.Week, Values: s.Values})
	}
	numbers := numbersOf(f.cfg())
	for i := range numbers {
		if numbers[i].of(ask.Team) {
			out.Outside = append(out.Outside, numbers[i].Name)
		}
	}
	for _, m := range trends.Marks(f.experimentsOf(ask.Team), trends.WeeksTo(last, ask.Weeks)) {
		out.Marks = append(out.Marks, TrendMark{Week: m.Week, Day: m.At.In(loc).Format("Monday 2 January 2006"), Text: rules.OneLine(m.Text)})
	}
	return out, nil
}

// Part is how much of how much a share is worked out from; false when it is not
// known.
func (w *TrendWeek) Part(share string) (part, whole float64, ok bool) {
	s := trends.Snapshot{Values: w.Values}
	return s.Part(share)
}

// ExperimentShown is an experiment and what has come of it up to the latest
// complete week. What people wrote is made fit for a terminal.
type ExperimentShown struct {
	Name       string          `json:"name"`
	Team       string          `json:"team,omitempty"` // empty: the whole organisation
	Hypothesis string          `json:"hypothesis,omitempty"`
	Measure    string          `json:"measure"`
	Expect     string          `json:"expect"`
	Start      string          `json:"start"`
	End        string          `json:"end"`
	State      string          `json:"state"`           // ahead, running or over
	Early      bool            `json:"early,omitempty"` // it was ended before the day that was planned
	Before     *SideShown      `json:"before,omitempty"`
	After      *SideShown      `json:"after,omitempty"`
	Verdict    string          `json:"verdict,omitempty"` // empty while it is ahead
	Chance     *float64        `json:"chance,omitempty"`  // missing with too little data
	Text       string          `json:"text,omitempty"`
	Guardrail  *GuardrailShown `json:"guardrail,omitempty"`
}

// SideShown is one of the two stretches of weeks that are compared.
type SideShown struct {
	First string   `json:"first"`
	Last  string   `json:"last"`
	Weeks int      `json:"weeks"`
	Known int      `json:"known"` // of how many of them the number is known
	Mean  *float64 `json:"mean,omitempty"`
}

// GuardrailShown is what came of a guardrail.
type GuardrailShown struct {
	Measure string     `json:"measure"`
	Expect  string     `json:"expect"`
	Verdict string     `json:"verdict,omitempty"`
	Before  *SideShown `json:"before,omitempty"`
	After   *SideShown `json:"after,omitempty"`
	Text    string     `json:"text,omitempty"`
}

// ExperimentMethod says how verdicts come about, in a sentence.
const ExperimentMethod = "Method: the average of the weeks before and since, as many on each side, by an exact permutation test (Fisher 1935, Pitman 1937), " +
	"one-sided at one in ten, and the size of the move held against what was expected; at least 4 known weeks a side. " +
	"Weeks that follow each other are alike, and other things changed in them too: take it as a hint. docs/trends.md tells more."

// Experiments tells of every experiment of the configuration, or of those that
// concern a team: its own, and the organisation's as they went in the team.
func (f *Fairlead) Experiments(ctx context.Context, team string) ([]ExperimentShown, error) {
	teams := []string{team}
	if team == "" {
		teams = append(teams, f.TeamIDs()...)
	} else if _, err := f.teamsNamed(team); err != nil {
		return nil, err
	}
	everybodys := map[string]bool{}
	for _, e := range f.cfg().Experiments {
		everybodys[e.Name+"\x00"+string(e.Start)] = e.Team == ""
	}
	var out []ExperimentShown
	for _, id := range teams {
		for _, e := range f.experimentsOf(id) {
			if team == "" && id != "" && everybodys[e.Name+"\x00"+string(e.Start)] {
				continue // told of the organisation
			}
			shown, err := f.shownExperiment(ctx, e)
			if err != nil {
				return nil, err
			}
			out = append(out, shown)
		}
	}
	return out, nil
}

func (f *Fairlead) shownExperiment(ctx context.Context, e trends.Experiment) (ExperimentShown, error) {
	now, loc := f.clock.Now(), f.zoneOfTeam(e.Team)
	t, err := (&laidWeeks{f: f}).cameOf(ctx, e, org.WeekOf(now, loc).Before(1))
	if err != nil {
		return ExperimentShown{}, err
	}
	out := ExperimentShown{
		Name: rules.OneLine(e.Name), Team: e.Team, Hypothesis: rules.Paragraph(e.Hypothesis), Measure: e.Measure, Expect: e.Expect.Text,
		Start: string(e.Start), End: string(e.End), State: "running", Early: e.Early,
	}
	if e.Guardrail != nil {
		out.Guardrail = &GuardrailShown{Measure: e.Guardrail.Measure, Expect: e.Guardrail.Expect.Text}
	}
	switch {
	case now.Before(e.Start.In(loc)):
		out.State = "ahead"
		return out, nil
	case !now.Before(e.End.In(loc).AddDate(0, 0, 1)):
		out.State = "over"
	}
	out.Before, out.After, out.Verdict, out.Text = shownSide(&t.Before), shownSide(&t.After), string(t.Verdict), rules.Paragraph(t.Text)
	if t.Verdict != trends.TooLittle {
		out.Chance = &t.Chance
	}
	if g := t.Outcome.Guardrail; g != nil {
		out.Guardrail.Verdict, out.Guardrail.Text = string(g.Verdict), rules.Paragraph(g.Text)
		out.Guardrail.Before, out.Guardrail.After = shownSide(&g.Before), shownSide(&g.After)
	}
	return out, nil
}

func shownSide(s *trends.Side) *SideShown {
	if s.Weeks == 0 {
		return nil
	}
	out := &SideShown{First: s.First, Last: s.Last, Weeks: s.Weeks, Known: s.Known}
	if s.Known > 0 {
		out.Mean = &s.Mean
	}
	return out
}

// Shortly writes a value as people read it.
func Shortly(v float64) string { return trends.Number(v) }
