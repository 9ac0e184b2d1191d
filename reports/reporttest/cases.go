// Package reporttest is what every report channel promises, written once, and
// the weeks that renderers and channels are tried on: from a normal one to one
// with hostile tickets. It is for tests only.
package reporttest

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// Case is a week worth looking at.
type Case struct {
	Name   string // fit for a file name
	Inputs reports.Inputs
}

// Cases lists every week, the normal one first.
func Cases() []Case {
	return []Case{
		{"normal-week", NormalWeek()},
		{"first-report", FirstReport()},
		{"quiet-week", QuietWeek()},
		{"stale-source", StaleSource()},
		{"two-thousand", Crowded(2000)},
		{"hostile", Hostile()},
		{"for-the-em", ForTheEM()},
		{"for-the-pair", ForThePair()},
		{"clock-change", ClockChange()},
		{"every-ending", EveryEnding()},
		{"few-tickets", FewTickets()},
		{"most-teams", MostTeams()},
		{"kept-back", KeptBack()},
		{"without-history", WithoutHistory()},
		{"empty-team", EmptyTeam()},
	}
}

// Berlin is the zone of the teams here, so that weeks and days are not UTC's.
var Berlin = mustLoad("Europe/Berlin")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// jira is the source that most findings are read from.
const jira = "jira acme.atlassian.net"

// The rules that the weeks are made of.
const (
	problem  = "feature-without-problem"
	goal     = "work-without-sprint-goal"
	decision = "decision-not-recorded"
	assigned = "assigned-bypassing-em"
	imposed  = "date-imposed"
)

var agreements = []reports.Agreement{
	{Rule: problem, Promise: "Every feature says which problem it solves", Stage: reports.StageReport},
	{Rule: goal, Promise: "Every sprint has a goal", Stage: reports.StageReport},
	{Rule: decision, Promise: "Decisions leave a trace", Stage: reports.StageRemind},
	{Rule: assigned, Promise: "Work reaches an engineer through their EM", Stage: reports.StageReport},
	{Rule: imposed, Promise: "Dates are set together with those who do the work", Stage: reports.StageReport},
	{Rule: "no-accountable-owner", Promise: "Work in flight has an owner", Stage: reports.StageWatch},
}

var asks = map[string]string{
	problem:  "Which problem is it? Link it, or write two sentences.",
	goal:     "What would be different for a customer when this sprint is over? One sentence will do.",
	decision: "Why was it decided? Write it where the ticket is.",
	assigned: "If that was agreed, say so and it closes. If not, it may be worth a word with each other.",
	imposed:  "Does the date hold? Answer in the ticket, whichever way.",
}

// payments is the team of most weeks, week 46 of 2026 the week.
func payments() reports.Inputs {
	week := org.WeekOf(at("2026-11-09 00:00"), Berlin)
	return reports.Inputs{
		Team:       reports.Team{ID: "payments", Name: "Payments", Location: Berlin},
		Week:       week,
		Now:        at("2026-11-16 08:55"),
		Reader:     finding.ForTeam,
		Agreements: agreements,
		Sources: []reports.Health{
			{Name: jira, LastRead: at("2026-11-15 23:40")},
			{Name: "linear acme", LastRead: at("2026-11-15 23:41")},
		},
		Flights: flights(week, 41, 36),
	}
}

// flights are evaluations at every week's end, the latest with the given counts.
func flights(week org.Week, inFlight, without int) []finding.Flight {
	var out []finding.Flight
	for n := range 13 {
		out = append(out, finding.Flight{
			Team: "payments", At: week.Before(n).End.Add(-20 * time.Minute).UTC(), InFlight: inFlight + n%3, Clear: without - n/2,
		})
	}
	out[0].InFlight, out[0].Clear = inFlight, without
	return out
}

// at is a moment by Berlin's clocks.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, Berlin)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// about makes a finding about a ticket, open since from.
func about(rule, key, title, from string) finding.Finding {
	s := finding.Subject{Kind: finding.AboutTicket, Source: jira, ID: key, Key: key, Title: title,
		URL: "https://acme.atlassian.net/browse/" + key}
	return finding.Finding{
		Seen: finding.Seen{
			ID: finding.MakeID(rule, s, ""), Rule: rule, Team: "payments", Subject: s,
			Promise: promiseOf(rule), Ask: asks[rule], Severity: finding.Warn, Audience: finding.ForTeam, Tickets: []string{key},
		},
		State: finding.Open, LastSeen: at("2026-11-15 23:45"), Spans: []finding.Span{{From: at(from)}},
	}
}

func promiseOf(rule string) string {
	for _, a := range agreements {
		if a.Rule == rule {
			return a.Promise
		}
	}
	return ""
}

// because gives a finding its reason.
func because(reason string, f finding.Finding) finding.Finding {
	f.Reason = reason
	return f
}

// until closes a finding's latest stretch.
func until(to string, end finding.State, f finding.Finding) finding.Finding {
	last := &f.Spans[len(f.Spans)-1]
	f.State, last.To, last.End = end, at(to), end
	return f
}

// again opens a closed finding once more.
func again(from string, f finding.Finding) finding.Finding {
	f.State = finding.Open
	f.Spans = append(f.Spans, finding.Span{From: at(from)})
	return f
}

// seenBy narrows the audience of a finding and raises its severity.
func seenBy(a finding.Audience, f finding.Finding) finding.Finding {
	f.Audience, f.Severity = a, finding.High
	return f
}

// aboutSprint makes a finding about a sprint and the tickets in it.
func aboutSprint(name, from string, tickets ...string) finding.Finding {
	f := about(goal, name, "", from)
	f.Subject.Kind, f.Subject.URL, f.Tickets = finding.AboutSprint, "https://acme.atlassian.net/jira/boards/7", tickets
	return f
}
