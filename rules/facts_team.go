package rules

import (
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// team is a team of the org directory.
type team struct {
	*org.Team
	w     *world
	known map[inWindow][]*workTicket // what was asked for once
}

// inWindow names what a team finished or opened within a window.
type inWindow struct {
	what   string
	window time.Duration
}

// once finds the tickets the first time they are asked for: a condition and its
// words ask again and again.
func (t *team) once(what string, window time.Duration, find func() []*workTicket) []*workTicket {
	if t.w.noted != nil && !t.w.noted.deep { // that would be too much to remember
		noting := t.w.noted
		noting.until, t.w.noted = everyTime, nil
		defer func() { t.w.noted = noting }()
	}
	if t.w.early() {
		return nil
	}
	key := inWindow{what, window}
	if _, again := t.known[key]; !again {
		if t.known == nil {
			t.known = map[inWindow][]*workTicket{}
		}
		t.known[key] = find()
	}
	return t.known[key]
}

func (t *team) Identity() string { return t.ID }

func (t *team) words() string { return t.Name }

func (t *team) subject() finding.Subject {
	return finding.Subject{Kind: finding.AboutTeam, ID: t.ID, Key: t.Name}
}

// team is the noun of a team, missing when there is none.
func (w *world) team(t *org.Team) (*team, bool) {
	if t == nil {
		return nil, false
	}
	known := w.teams[t]
	if known == nil {
		known = &team{Team: t, w: w}
		w.teams[t] = known
	}
	return known, true
}

func teamFacts() noun {
	type T = *team
	return noun{typ: teamType, help: "A team of the org directory.", facts: []fact{
		always("id", cel.StringType, "its id in the org file", func(t T) string { return t.ID }),
		always("name", cel.StringType, "its name", func(t T) string { return t.Name }),
		always("sprints", cel.ListType(sprintType), "its running and future sprints and cycles, the earliest first: those of the boards and Linear teams it claims, and of those that nobody claims the ones that hold its work, at least one ticket in five",
			func(t T) list[*sprint] { return t.w.overview.sprintTimes(t.Team).open }),
		always("rituals", cel.ListType(ritualType), "what it declared to meet for", func(t T) list[*ritual] { return t.rituals() }),
		always("plans", cel.ListType(planType), "what it begins next: its next sprint or cycle, and its next quarter where it plans by quarters", func(t T) list[*plan] { return t.plans() }),
	}}
}
