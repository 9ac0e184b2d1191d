// Package dashboardtest is what the pages of the dashboard are tried on: an
// organisation at one moment, made by hand, a hostile twin of it, and a large one.
// It is for tests and for the project's own pictures only.
package dashboardtest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Data is everything that pages read, from memory. What pages change is kept in
// Said. Agreements and experiments are changed indeed; the rest shows in nothing else.
type Data struct {
	Dir              *org.Directory
	Judged           *dashboard.Ledger
	Weekly           *dashboard.Trends
	Agreed           *rules.Book
	Changed          []dashboard.Revision
	KeptIn           string // where agreements and experiments are managed; empty: here
	Tickets          []ticket.Ticket
	Entries          []dashboard.Entry // latest first
	Given            []finding.Waiver
	Voted            map[string]dashboard.Votes // by rule
	Trying           []dashboard.Experiment
	ToMeasure        []dashboard.Measure
	Weeks            []string
	TeamReport       func(dashboard.ReportKey) reports.Report
	State            dashboard.Health
	NotReady, Broken error // what Ready, and the ledger, answer

	mu    sync.Mutex
	said  []string
	bench benched
	// hostile writes into what the workbench gives; nil: nobody does.
	hostile *poison
}

// Said lists what pages asked to be changed, in order.
func (d *Data) Said() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.said)
}

func (d *Data) say(format string, args ...any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said = append(d.said, fmt.Sprintf(format, args...))
	return nil
}

// Directory implements dashboard.Data, as do all the readers below.
func (d *Data) Directory() *org.Directory { return d.Dir }

// Ledger is the judged one.
func (d *Data) Ledger(context.Context) (*dashboard.Ledger, error) { return d.Judged, d.Broken }

// Trends are the snapshots.
func (d *Data) Trends(context.Context) (*dashboard.Trends, error) { return d.Weekly, nil }

// Book is what is agreed.
func (d *Data) Book() *rules.Book {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Agreed
}

// Revisions are the changes of agreements.
func (d *Data) Revisions(context.Context) ([]dashboard.Revision, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Changed, nil
}

// AgreementsIn is where agreements are managed.
func (d *Data) AgreementsIn() string { return d.KeptIn }

// Ticket finds a ticket by id or key.
func (d *Data) Ticket(_ context.Context, source string, ref ticket.Ref) (ticket.Ticket, error) {
	for i := range d.Tickets {
		if t := &d.Tickets[i]; t.Source == source && ref.Is(t.Ref()) {
			return *t, nil
		}
	}
	return ticket.Ticket{}, fmt.Errorf("ticket %s: %w", ref.ID, dashboard.ErrNotFound)
}

// Trail pages through the entries; a place is how many came before.
func (d *Data) Trail(_ context.Context, from string, most int) ([]dashboard.Entry, string, error) {
	begin, err := strconv.Atoi(from)
	if err != nil || begin < 0 {
		begin = 0
	}
	begin = min(begin, len(d.Entries))
	end := min(begin+most, len(d.Entries))
	next := ""
	if end < len(d.Entries) {
		next = strconv.Itoa(end)
	}
	return d.Entries[begin:end], next, nil
}

// TrailOf are the entries of one finding, oldest first.
func (d *Data) TrailOf(_ context.Context, id finding.ID) ([]dashboard.Entry, error) {
	var out []dashboard.Entry
	for _, e := range d.Entries {
		if e.Finding == id {
			out = append(out, e)
		}
	}
	slices.Reverse(out)
	return out, nil
}

// Waivers are those given.
func (d *Data) Waivers(context.Context) ([]finding.Waiver, error) { return slices.Clone(d.Given), nil }

// VotesOn are the votes on a rule.
func (d *Data) VotesOn(_ context.Context, rule string) (dashboard.Votes, error) {
	return d.Voted[rule], nil
}

// VoteOf is nobody's.
func (d *Data) VoteOf(context.Context, finding.ID, string) (dashboard.Vote, error) {
	return dashboard.NoVote, nil
}

// Experiments are those tried.
func (d *Data) Experiments(context.Context) ([]dashboard.Experiment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Trying, nil
}

// ExperimentsIn is where they are managed.
func (d *Data) ExperimentsIn() string { return d.KeptIn }

// EndExperiment ends an experiment; one that is to end on its first day is refused.
func (d *Data) EndExperiment(_ context.Context, by dashboard.Viewer, id, reason string) error {
	if reason == "too soon" {
		return &dashboard.Refusal{Field: "reason", Text: "It began today: withdraw it where it was begun by mistake."}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said = append(d.said, fmt.Sprintf("%s ends the experiment %s: %s", by.Person, id, reason))
	d.Trying = slices.Clone(d.Trying)
	for i := range d.Trying {
		if e := &d.Trying[i]; e.ID == id {
			e.Ended = &dashboard.EndedEarly{At: Now, By: by.Person, Why: reason, Planned: e.End}
			e.End, e.Running = ticket.Date(Now.Format(time.DateOnly)), false
		}
	}
	return nil
}

// WithdrawExperiment takes an experiment back.
func (d *Data) WithdrawExperiment(_ context.Context, by dashboard.Viewer, id, reason string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said = append(d.said, fmt.Sprintf("%s withdraws the experiment %s: %s", by.Person, id, reason))
	d.Trying = slices.DeleteFunc(slices.Clone(d.Trying), func(e dashboard.Experiment) bool { return e.ID == id })
	return nil
}

// Measures are what an experiment can be about.
func (d *Data) Measures() []dashboard.Measure { return d.ToMeasure }

// ReportWeeks are the weeks of every team.
func (d *Data) ReportWeeks(context.Context, string) ([]string, error) { return d.Weeks, nil }

// Report makes one.
func (d *Data) Report(_ context.Context, key dashboard.ReportKey) (reports.Report, error) {
	if !slices.Contains(d.Weeks, key.Week) || d.TeamReport == nil {
		return reports.Report{}, dashboard.ErrNotFound
	}
	return d.TeamReport(key), nil
}

// Sources are those of the health.
func (d *Data) Sources() []dashboard.Source {
	out := make([]dashboard.Source, len(d.State.Sources))
	for i := range d.State.Sources {
		out[i] = d.State.Sources[i].Source
	}
	return out
}

// Health is what the data rest on.
func (d *Data) Health(context.Context) (dashboard.Health, error) { return d.State, nil }

// Ready says why not.
func (d *Data) Ready(context.Context) error { return d.NotReady }

// Answer implements dashboard.Changes, as do all the changes below.
func (d *Data) Answer(_ context.Context, by dashboard.Viewer, id finding.ID, reason string) error {
	return d.say("%s answers %s: %s", by.Person, id, reason)
}

// TakeBack takes an answer back.
func (d *Data) TakeBack(_ context.Context, by dashboard.Viewer, id finding.ID, reason string) error {
	return d.say("%s takes back %s: %s", by.Person, id, reason)
}

// Waive gives a waiver.
func (d *Data) Waive(_ context.Context, by dashboard.Viewer, scope finding.Scope, reason string, expires time.Time) error {
	return d.say("%s waives %v until %s: %s", by.Person, scope, expires.UTC().Format(time.RFC3339), reason)
}

// Renew renews one.
func (d *Data) Renew(_ context.Context, by dashboard.Viewer, waiver, reason string, expires time.Time) error {
	return d.say("%s renews %s until %s: %s", by.Person, waiver, expires.UTC().Format(time.RFC3339), reason)
}

// EndWaiver ends one.
func (d *Data) EndWaiver(_ context.Context, by dashboard.Viewer, waiver, reason string) error {
	return d.say("%s ends %s: %s", by.Person, waiver, reason)
}

// Vote keeps a vote.
func (d *Data) Vote(_ context.Context, by dashboard.Viewer, id finding.ID, vote dashboard.Vote) error {
	return d.say("%s votes %q on %s", by.Person, vote, id)
}

// Begin keeps an experiment; what expects the impossible is refused.
func (d *Data) Begin(_ context.Context, by dashboard.Viewer, draft dashboard.ExperimentDraft) (string, error) {
	if draft.Expect == "sideways" {
		return "", &dashboard.Refusal{Field: "expect", Text: "“sideways” is no change that can be predicted: write down by half, up by 2 or below 3."}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said = append(d.said, fmt.Sprintf("%s begins %q for %q", by.Person, draft.Name, draft.Team))
	e := dashboard.Experiment{
		ID: "begun", Name: draft.Name, Hypothesis: draft.Hypothesis, Team: draft.Team, Measure: draft.Measure, Label: draft.Measure, Expect: draft.Expect, Start: draft.Start, End: draft.End,
		Verdict: "too little data", Running: true, Text: "It has just begun; four whole weeks are needed before we can say.",
	}
	for _, m := range d.ToMeasure {
		if m.Name == draft.Measure {
			e.Label = m.Label
		}
		if m.Name == draft.Guardrail {
			e.Guardrail = m.Label + ": " + draft.Guarded
		}
	}
	d.Trying = slices.Insert(slices.DeleteFunc(slices.Clone(d.Trying), func(o dashboard.Experiment) bool { return o.ID == e.ID }), 0, e)
	return e.ID, nil
}
