package rules

import (
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
)

// area is a part of one source's work: a component, a project, an epic or a
// label, as one team's work shows it.
type area struct {
	kind     string
	source   string
	id       string // component, label, Jira project key, or the id of the epic or project
	team     *org.Team
	holder   int32   // note of the epic or project; -1 for any other
	shelves  []int32 // where its tickets lie
	finished []int32
	flying   int
	w        *world
}

func (a *area) Identity() string { return name(a.kind, a.source, a.id, teamID(a.team)) }

func (a *area) subject() finding.Subject {
	s := finding.Subject{Kind: finding.AboutArea, Source: a.source, ID: name(a.kind, a.id, teamID(a.team)), Key: a.id}
	if t := a.ticket(); t != nil {
		s.Key, s.Title, s.URL = t.Key, t.Title, t.URL
	}
	return s
}

func (a *area) url() string { return a.subject().URL }

func areaFacts() noun {
	type A = *area
	return noun{typ: areaType, help: "A part of one team's work: a component, a project, an epic or a label.", facts: []fact{
		always("kind", cel.StringType, "component, project (a Jira project, or what Linear calls one), epic or label", func(a A) string { return a.kind }),
		always("name", cel.StringType, "its name; of an epic its key and title; written by anyone", func(a A) string { return a.words() }),
		always("url", cel.StringType, "where a person can open it; empty but for epics and Linear's projects", func(a A) string { return a.url() }),
		always("in_flight", cel.IntType, "how many of its tickets are in flight", func(a A) int { return a.flying }),
		sometimes("team", teamType, "the team whose work it is", func(a A) (*team, bool) { return a.w.team(a.team) }),
	}}
}

// areaFunctions are what can be asked of an area with a window.
func areaFunctions() []function {
	return []function{
		{
			name: "finished_count", member: true, usage: "area.finished_count(window)", args: []*cel.Type{areaType, cel.DurationType}, result: cel.IntType,
			help: "How many of the area's tickets people finished in the window, a year at most. What automation finished, and what was nobody's and moved by nobody known, does not count.",
			call: engine.Of2(func(a *area, window time.Duration) int { return len(a.byPeople(window)) }),
		},
		{
			name: "finished", member: true, usage: "area.finished(window)", args: []*cel.Type{areaType, cel.DurationType}, result: cel.ListType(ticketType),
			help: "These tickets, the latest first.",
			call: engine.Of2(func(a *area, window time.Duration) list[*workTicket] {
				return a.w.overview.tickets(a.byPeople(window))
			}),
		},
		{
			name: "share_of_one", member: true, usage: "area.share_of_one(window)", args: []*cel.Type{areaType, cel.DurationType}, result: cel.DoubleType,
			help: "The largest part of these tickets that one person finished, from 0 to 1: whose they were when they were done, or else who moved them.",
			call: engine.Of2(func(a *area, window time.Duration) float64 { return a.shareOfOne(window) }),
		},
	}
}
