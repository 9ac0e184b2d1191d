// Package org holds the people: who had which role when, who reports to whom,
// which team owns which work, who was away, and which tracker accounts are the
// same person. It answers questions about a moment, since a reorganisation does
// not rewrite history, and it never counts or compares anybody.
package org

import (
	"slices"
	"strings"
	"time"
)

// Role is what somebody does. Organisations may use roles of their own; those
// stand on no side.
type Role string

// The roles fairlead knows.
const (
	Engineer   Role = "engineer"
	TechLead   Role = "tech-lead"
	QA         Role = "qa"
	Contractor Role = "contractor"
	EM         Role = "em"
	PM         Role = "pm"
	Designer   Role = "designer"
	Director   Role = "director"
	VP         Role = "vp"
	Executive  Role = "executive"
)

// Roles lists every role fairlead knows.
func Roles() []Role {
	return []Role{Engineer, TechLead, QA, Contractor, EM, PM, Designer, Director, VP, Executive}
}

// Side is where a role stands when a rule compares sides.
type Side string

// The sides. A role fairlead does not know stands on none.
const (
	Engineering Side = "engineering"
	Product     Side = "product"
	Leadership  Side = "leadership"
	NoSide      Side = ""
)

// Side tells where the role stands.
func (r Role) Side() Side {
	switch r {
	case Engineer, TechLead, QA, Contractor, EM:
		return Engineering
	case PM, Designer:
		return Product
	case Director, VP, Executive:
		return Leadership
	}
	return NoSide
}

// Span is a stretch of time from From up to, not including, To. A zero bound is
// open.
type Span struct{ From, To time.Time }

// Holds reports whether at lies in the span.
func (s Span) Holds(at time.Time) bool {
	return !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To))
}

// Meets reports whether the spans share a moment.
func (s Span) Meets(o Span) bool {
	return (s.To.IsZero() || o.From.Before(s.To)) && (o.To.IsZero() || s.From.Before(o.To))
}

// Person is somebody, or some automation, in the directory.
type Person struct {
	ID       string
	Name     string
	Emails   []string
	Accounts map[string][]string // account ids by tracker: "jira", "linear"
	Roles    []Tenure
	Managers []Line
	Bot      bool
}

// Tenure is a role held for a while.
type Tenure struct {
	Role Role
	Span
}

// Line is a reporting line that held for a while.
type Line struct {
	Manager string // person id
	Span
}

// Team is a group that owns work.
type Team struct {
	ID       string
	Name     string
	EMs      []Seat
	PMs      []Seat
	Members  []Seat
	Under    string // person id of the leader above; may be empty
	Owns     Ownership
	Location *time.Location // whose weeks these are; never nil in a Directory
}

// Seat is somebody's place in a team for a while.
type Seat struct {
	Person string // person id
	Span
}

// Ownership is what a team looks after. An empty list claims nothing.
type Ownership struct {
	JiraProjects   []string
	JiraComponents []string // counted only within JiraProjects where both are given
	JiraBoards     []string
	LinearTeams    []string // keys
}

// Absence is a stretch in which somebody is away.
type Absence struct {
	Person   string
	Delegate string // person id of who stands in; empty when nobody does
	Span
}

// Directory answers questions about people and teams at a moment. It is
// read-only and safe for concurrent use.
type Directory struct {
	people   map[string]Person
	teams    []Team
	absences []Absence
	byEmail  map[string]string            // lower case → person id
	byAcct   map[string]map[string]string // tracker → account id → person id
}

// Person finds somebody by id.
func (d *Directory) Person(id string) (Person, bool) {
	p, ok := d.people[id]
	return p, ok
}

// People lists everybody, ordered by id.
func (d *Directory) People() []Person {
	out := make([]Person, 0, len(d.people))
	for _, p := range d.people {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Person) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Resolve finds the person behind a tracker account: by account id first, then
// by e-mail, both without regard to case.
func (d *Directory) Resolve(tracker, accountID, email string) (Person, bool) {
	if id, ok := d.byAcct[tracker][strings.ToLower(accountID)]; ok && accountID != "" {
		return d.Person(id)
	}
	if id, ok := d.byEmail[strings.ToLower(email)]; ok && email != "" {
		return d.Person(id)
	}
	return Person{}, false
}

// RolesAt lists the roles somebody held at the moment: those written down for
// the person, and EM or PM for as long as a team names them so.
func (d *Directory) RolesAt(person string, at time.Time) []Role {
	var out []Role
	for _, t := range d.people[person].Roles {
		if t.Holds(at) {
			out = append(out, t.Role)
		}
	}
	for i := range d.teams {
		if seated(d.teams[i].EMs, person, at) {
			out = append(out, EM)
		}
		if seated(d.teams[i].PMs, person, at) {
			out = append(out, PM)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// HoldsRole reports whether somebody held one of the roles at the moment.
func (d *Directory) HoldsRole(person string, at time.Time, roles ...Role) bool {
	for _, r := range d.RolesAt(person, at) {
		if slices.Contains(roles, r) {
			return true
		}
	}
	return false
}

// Manages reports whether boss was the direct manager of person at the moment:
// by a reporting line where one is written down, otherwise as EM of a team the
// person was a member of.
func (d *Directory) Manages(boss, person string, at time.Time) bool {
	written := false
	for _, l := range d.people[person].Managers {
		if l.Holds(at) {
			written = true
			if l.Manager == boss {
				return true
			}
		}
	}
	if written {
		return false
	}
	for i := range d.teams {
		if seated(d.teams[i].Members, person, at) && seated(d.teams[i].EMs, boss, at) {
			return true
		}
	}
	return false
}

// Teams lists every team, ordered by id.
func (d *Directory) Teams() []Team { return d.teams }

// Team finds a team by id.
func (d *Directory) Team(id string) (*Team, bool) {
	for i := range d.teams {
		if d.teams[i].ID == id {
			return &d.teams[i], true
		}
	}
	return nil, false
}

// ActingEMs lists who acted as the team's EM at the moment: its EMs, and for
// one who was away the delegate. It is empty when the team had no EM then, or
// when its EM was away and nobody stood in.
func (d *Directory) ActingEMs(team *Team, at time.Time) []string { return d.acting(team.EMs, at) }

// ActingPMs is ActingEMs for the product side.
func (d *Directory) ActingPMs(team *Team, at time.Time) []string { return d.acting(team.PMs, at) }

func (d *Directory) acting(seats []Seat, at time.Time) []string {
	var out []string
	for _, s := range seats {
		if !s.Holds(at) {
			continue
		}
		a, away := d.AbsenceAt(s.Person, at)
		if !away {
			out = append(out, s.Person)
		} else if a.Delegate != "" {
			out = append(out, a.Delegate)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// AbsenceAt finds the absence somebody was on at the moment.
func (d *Directory) AbsenceAt(person string, at time.Time) (Absence, bool) {
	for _, a := range d.absences {
		if a.Person == person && a.Holds(at) {
			return a, true
		}
	}
	return Absence{}, false
}

// MemberAt reports whether somebody was a member, EM or PM of the team.
func (t *Team) MemberAt(person string, at time.Time) bool {
	return seated(t.Members, person, at) || seated(t.EMs, person, at) || seated(t.PMs, person, at)
}

func seated(seats []Seat, person string, at time.Time) bool {
	return slices.ContainsFunc(seats, func(s Seat) bool { return s.Person == person && s.Holds(at) })
}

// Work names what ownership is decided by.
type Work struct {
	JiraProject    string
	JiraComponents []string
	JiraBoards     []string
	LinearTeam     string
}

// Owner finds the team that owns the work. The narrowest claim wins: a
// component before a board, a board before a whole project. Where two
// teams claim the same, the first by id does, so that the answer is stable.
func (d *Directory) Owner(w Work) (*Team, bool) {
	claims := []func(o Ownership) bool{
		func(o Ownership) bool { return w.LinearTeam != "" && holds(o.LinearTeams, w.LinearTeam) },
		func(o Ownership) bool {
			inProject := len(o.JiraProjects) == 0 || holds(o.JiraProjects, w.JiraProject)
			return inProject && slices.ContainsFunc(w.JiraComponents, func(c string) bool { return holds(o.JiraComponents, c) })
		},
		func(o Ownership) bool {
			return slices.ContainsFunc(w.JiraBoards, func(b string) bool { return holds(o.JiraBoards, b) })
		},
		func(o Ownership) bool {
			return w.JiraProject != "" && len(o.JiraComponents) == 0 && holds(o.JiraProjects, w.JiraProject)
		},
		// A team that names components of a project still looks after the rest
		// of it when no other team claims the project.
		func(o Ownership) bool { return w.JiraProject != "" && holds(o.JiraProjects, w.JiraProject) },
	}
	for _, claim := range claims {
		for i := range d.teams {
			if claim(d.teams[i].Owns) {
				return &d.teams[i], true
			}
		}
	}
	return nil, false
}

func holds(list []string, s string) bool {
	return slices.ContainsFunc(list, func(have string) bool { return strings.EqualFold(have, s) })
}
