package daemon

import (
	"context"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
)

// LookResult is what a check would have found at a moment.
type LookResult struct {
	At       time.Time         `json:"at"`
	Tickets  int               `json:"tickets"`
	Open     int               `json:"open"`
	Frozen   int               `json:"frozen"` // of the open: of sources that were not read so far
	Rules    []RuleCount       `json:"rules,omitempty"`
	Findings []Noticed         `json:"findings,omitempty"`
	Stopped  map[string]string `json:"stopped,omitempty"`
	// Untold are rules in force whose past is not in the trackers' histories, and
	// what they take as it is now; nil when the moment is now.
	Untold map[string]string `json:"untold,omitempty"`
}

// Noticed is a finding as a look tells it. What people wrote is made fit for a
// terminal.
type Noticed struct {
	ID       finding.ID       `json:"id"`
	Rule     string           `json:"rule"`
	Team     string           `json:"team"`
	Audience finding.Audience `json:"audience"`
	Kind     string           `json:"kind"`
	Source   string           `json:"source,omitempty"`
	Key      string           `json:"key"`
	Title    string           `json:"title,omitempty"`
	URL      string           `json:"url,omitempty"`
	Reason   string           `json:"reason"`
	Since    time.Time        `json:"since,omitzero"` // when it opened; zero where that is not known
}

func noticed(e *finding.Finding) Noticed {
	return Noticed{
		ID: e.ID, Rule: e.Rule, Team: e.Team, Audience: e.Audience, Kind: string(e.Subject.Kind), Source: e.Subject.Source,
		Key: rules.OneLine(e.Subject.Key), Title: rules.OneLine(e.Subject.Title), URL: rules.OneLine(e.Subject.URL),
		Reason: rules.Paragraph(e.Reason), Since: e.OpenSince(),
	}
}

// LookAt tells what a check at the moment would find, by the agreements of today
// and the tickets' histories. It stores nothing: the ledger stays as it is. A
// look at this very moment finds what a check would.
func (f *Fairlead) LookAt(ctx context.Context, at time.Time) (LookResult, error) {
	now := f.now()
	if at = at.UTC().Truncate(time.Microsecond); at.After(now) {
		return LookResult{}, requestError{fmt.Sprintf("%s has not come yet", at.Format(time.RFC3339)), "choose a moment in the past, or now"}
	}
	due, err := f.toldSources(ctx, at, now)
	if err != nil {
		return LookResult{}, err
	}
	book, err := f.readWhole(ctx) // what is over now was open then
	if err != nil {
		return LookResult{}, err
	}
	m, err := f.step(ctx, finding.Rewind(book.noticed, at), stepping{at: at, due: due, watched: f.watched})
	if err != nil {
		return LookResult{}, err
	}
	told := book.told(m.ledger, at)
	counts := tally(at, m.outcome.Tickets, told, m.moves)
	r := LookResult{At: at, Tickets: counts.Tickets, Open: counts.Open, Frozen: counts.Frozen, Rules: counts.Rules, Stopped: f.tellStopped(m.outcome.Stopped)}
	for i := range told {
		if told[i].State != finding.Open {
			continue
		}
		n := noticed(&told[i])
		if n.Since.Equal(at) {
			n.Since = time.Time{} // how long it has been so is not known by looking once
		}
		r.Findings = append(r.Findings, n)
	}
	if at.Before(now) {
		r.Untold = f.untold()
	}
	return r, nil
}

// toldSources names the sources of whose tickets as they were at the moment
// something can be concluded: those that were read completely since, and those
// that are fresh now.
func (f *Fairlead) toldSources(ctx context.Context, at, now time.Time) (map[string]bool, error) {
	sources, err := f.healths(ctx)
	if err != nil {
		return nil, err
	}
	due := map[string]bool{}
	for _, h := range sources {
		if !h.stale(now) || h.lastRead.After(at) {
			due[h.source] = true
		}
	}
	if len(due) == len(sources) {
		due[everySource] = true
	}
	return due, nil
}

// untold are the rules in force whose past history does not tell whole, and why.
func (f *Fairlead) untold() map[string]string {
	out := map[string]string{}
	for _, team := range append([]string{""}, f.TeamIDs()...) {
		for _, a := range f.book().InForce(team) {
			if a.Rule.Replays != rules.ReplayYes {
				out[a.Rule.ID] = rules.Paragraph(a.Rule.ReplayNote)
			}
		}
	}
	return out
}

// MomentNamed reads a moment as people write it: a day, which stands for its
// last second in UTC, or for now while it is not over; 2026-09-07 14:00 in UTC;
// 2026-09-07T14:00:00+02:00; 3 days ago; now.
func (f *Fairlead) MomentNamed(name string) (time.Time, error) {
	now := f.now()
	if name == "now" {
		return now, nil
	}
	if day, err := time.Parse(time.DateOnly, name); err == nil {
		end := day.AddDate(0, 0, 1).Add(-time.Second)
		if day.Before(now) && end.After(now) {
			return now, nil
		}
		return end, nil
	}
	at, err := rules.ParseMoment(name, now)
	if err != nil {
		return time.Time{}, requestError{fmt.Sprintf("%q is not a moment", rules.OneLine(name)), "write a day like 2026-09-07, a moment like 2026-09-07 14:00 in UTC, 3 days ago, or now"}
	}
	return at, nil
}
