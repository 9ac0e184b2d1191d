package dashboard

import (
	"maps"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// Access is what a viewer may see and change at a moment. Somebody in several
// places has the union of what each gives. The zero Access sees nothing.
type Access struct {
	known  bool
	admin  bool
	leader bool // director or above: the numbers of every team and of the organisation
	teams  map[string]standing
}

// standing is what somebody is to a team.
type standing struct {
	em, pm bool // those who act and those who stand in for one who is away included
	member bool
	above  bool // a director or above, or the leader that it, or what it is a part of, is under
}

// AccessOf works out the access of a viewer from where the directory places them
// at the moment:
//
//   - EMs and PMs, those who act or stand in included, see and change their team.
//     What is told to the EM alone, the PM does not see. Being away takes nothing
//     from them.
//   - Members see what is told to their team.
//   - Directors and above see the numbers of every team, the leader a team is
//     under those of that team and its parts. Neither sees findings with names.
//   - Admins configure. That shows them no team's findings.
//   - Everybody whom the directory knows sees what is told to everybody.
//
// Who is not in the directory, has left, or is yet to come, sees nothing, as an
// admin too.
func AccessOf(dir *org.Directory, v Viewer, at time.Time) Access {
	if _, known := dir.Person(v.Person); !known || dir.Left(v.Person, at) {
		return Access{}
	}
	leader := dir.HoldsRole(v.Person, at, org.Director, org.VP, org.Executive)
	teams := standings(dir, v.Person, leader, at)
	if !here(dir, v.Person, teams, at) {
		return Access{}
	}
	return Access{known: true, admin: v.Admin, leader: leader, teams: teams}
}

func standings(dir *org.Directory, person string, leader bool, at time.Time) map[string]standing {
	out := map[string]standing{}
	for i, teams := 0, dir.Teams(); i < len(teams); i++ {
		t := &teams[i]
		if !t.Existed.Holds(at) {
			continue
		}
		s := standing{
			em:     holdsSeat(t.EMs, person, at) || slices.Contains(dir.ActingEMs(t, at), person),
			pm:     holdsSeat(t.PMs, person, at) || slices.Contains(dir.ActingPMs(t, at), person),
			member: holdsSeat(t.Members, person, at),
			above:  leader || leads(dir, t, person, at),
		}
		if s != (standing{}) {
			out[t.ID] = s
		}
	}
	return out
}

func holdsSeat(seats []org.Seat, person string, at time.Time) bool {
	return slices.ContainsFunc(seats, func(s org.Seat) bool { return s.Person == person && s.Holds(at) })
}

// leads reports whether the team, or one it is a part of, is under the person.
func leads(dir *org.Directory, t *org.Team, person string, at time.Time) bool {
	for ok := true; ok; t, ok = dir.Team(t.PartOf) { // never in a circle: org.New refuses those
		if t.Under == person && t.Existed.Holds(at) {
			return true
		}
	}
	return false
}

// here reports whether somebody belongs to the organisation at the moment: they
// hold a role or stand somewhere, or the directory never said when they do. Who
// only has what is over, or has yet to begin, does not.
func here(dir *org.Directory, person string, teams map[string]standing, at time.Time) bool {
	if len(teams) > 0 || len(dir.RolesAt(person, at)) > 0 {
		return true
	}
	if p, _ := dir.Person(person); len(p.Roles) > 0 {
		return false
	}
	return !slices.ContainsFunc(dir.Teams(), func(t org.Team) bool {
		sits := func(s org.Seat) bool { return s.Person == person }
		return slices.ContainsFunc(t.EMs, sits) || slices.ContainsFunc(t.PMs, sits) || slices.ContainsFunc(t.Members, sits)
	})
}

// Known reports whether the directory knows the viewer as somebody who is here.
// Who is not sees nothing but a page that says whom to ask.
func (a Access) Known() bool { return a.known }

// SeesTeam reports whether the viewer may open the team's page: with its
// findings as far as SeesAudience goes, otherwise with its numbers alone. An
// empty id is the organisation as a whole, of which there are only numbers.
func (a Access) SeesTeam(team string) bool {
	if team == "" {
		return a.leader
	}
	_, stands := a.teams[team]
	return stands
}

// SeesAudience reports whether the viewer may see findings of the team, with
// names, that are told to the audience. An audience that is not known is told
// nothing.
func (a Access) SeesAudience(team string, audience finding.Audience) bool {
	s := a.teams[team]
	switch audience {
	case finding.ForEM:
		return s.em
	case finding.ForEMPM:
		return s.em || s.pm
	case finding.ForTeam:
		return s.em || s.pm || s.member
	case finding.ForOrg:
		return a.known
	}
	return false
}

// Changes reports whether the viewer may answer and waive findings of the team
// and change what it agreed to; for an empty id, what the organisation agreed to.
func (a Access) Changes(team string) bool {
	if team == "" {
		return a.Configures()
	}
	return a.teams[team].em || a.teams[team].pm
}

// Configures reports whether the viewer may change the configuration and see
// data health, deliveries and the audit trail of configuration.
func (a Access) Configures() bool { return a.admin }

// AggregatesOnly reports whether the viewer is a leader with a seat in no team:
// they see numbers, and of findings only what is told to everybody.
func (a Access) AggregatesOnly() bool {
	leads := a.leader
	for _, s := range a.teams {
		if s.em || s.pm || s.member {
			return false
		}
		leads = leads || s.above
	}
	return leads
}

// Teams lists the ids of the teams whose page the viewer may open, in order.
func (a Access) Teams() []string { return slices.Sorted(maps.Keys(a.teams)) }
