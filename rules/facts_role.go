package rules

import (
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// role is somebody in a role: EM or PM of a team, or owner of what it has in
// flight.
type role struct {
	kind   string // em, pm, owner
	person *person
	team   *org.Team // for an owner the team whose work it is
	w      *world
}

func (r *role) Identity() string { return name(teamID(r.team), r.kind, r.person.Identity()) }

// words names the role, not the person.
func (r *role) words() string {
	called := ""
	if r.team != nil {
		called = " of " + r.team.Name
	}
	switch r.kind {
	case "em":
		return "EM" + called
	case "pm":
		return "PM" + called
	}
	return "owner of work" + called
}

func (r *role) subject() finding.Subject {
	return finding.Subject{Kind: finding.AboutRole, ID: name(teamID(r.team), r.kind, r.person.Identity()), Key: r.words()}
}

func roleFacts() noun {
	type R = *role
	return noun{typ: roleType, help: "Somebody in a role: EM or PM of a team, or owner of an epic, project or initiative that it has in flight.", facts: []fact{
		always("kind", cel.StringType, "em, pm or owner", func(r R) string { return r.kind }),
		always("name", cel.StringType, "the role in words: EM of Payments", func(r R) string { return r.words() }),
		always("person", personType, "who holds it", func(r R) *person { return r.person }),
		sometimes("team", teamType, "the team; missing for an owner of work that no team owns", func(r R) (*team, bool) { return r.w.team(r.team) }),
		sometimes("absence", absenceType, "the stretch in which the person is away now, with those that follow on one another taken together; missing while they are there",
			func(r R) (*absence, bool) { return r.absence() }),
		always("covered", cel.BoolType, "somebody stands in while the person is away: a delegate is named, or another EM or PM of the team is there. "+
			"True of an owner who is EM or PM of that team as well: their absence is told in that role", func(r R) bool { return r.covered() }),
		always("owned", cel.ListType(ticketType), "what the role answers for: all that the team has in flight, epics and projects first; for an owner the epics, projects and initiatives in flight that are theirs",
			func(r R) list[*workTicket] { return r.owned() }),
	}}
}

// absence is a stretch in which somebody is away.
type absence struct {
	org.Absence
	w *world
}

func (a *absence) Identity() string { return name(a.Person, a.From.Format(time.RFC3339)) }

// days is how many whole days the absence lasts. A day on which clocks go forward
// is one of 23 hours.
func (a *absence) days() (int, bool) {
	const clockChange = time.Hour
	return int((a.To.Sub(a.From) + clockChange) / day), !a.From.IsZero() && !a.To.IsZero()
}

func absenceFacts() noun {
	type A = *absence
	return noun{typ: absenceType, help: "A stretch in which somebody is away.", facts: []fact{
		always("person", personType, "who is away", func(a A) *person { return a.w.byID(a.Person) }),
		sometimes("delegate", personType, "who stands in; missing when nobody is named", func(a A) (*person, bool) { return a.w.byID(a.Delegate), a.Delegate != "" }),
		sometimes("start", cel.TimestampType, "when it begins; missing when that is not known", func(a A) (time.Time, bool) { return a.From, !a.From.IsZero() }),
		sometimes("end", cel.TimestampType, "when it ends; missing when that is not known", func(a A) (time.Time, bool) { return a.To, !a.To.IsZero() }),
		sometimes("days", cel.IntType, "how many whole days it lasts; missing when its beginning or end is not known", func(a A) (int, bool) { return a.days() }),
	}}
}
