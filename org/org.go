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

// Within is the part of s that lies in o; false when there is none.
func (s Span) Within(o Span) (Span, bool) {
	if !s.Meets(o) {
		return Span{}, false
	}
	if s.From.Before(o.From) {
		s.From = o.From
	}
	if s.To.IsZero() || !o.To.IsZero() && o.To.Before(s.To) {
		s.To = o.To
	}
	return s, true
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
	// Delegate is the person id of who stands in whenever they are away and the
	// absence names nobody; may be empty.
	Delegate string
	Slack    string   // Slack member id; may be empty
	Mutes    []string // what they asked not to be sent: "reports", "reminders"
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
	PartOf   string // team id of the team it is a part of; may be empty
	Existed  Span   // nobody has a seat in it, and it owns nothing, outside of this
	Owns     Ownership
	Owned    []Holding      // what it owned when; in a Directory Owns stands here too
	Location *time.Location // whose weeks these are; never nil in a Directory
	Locale   string         // how its dates are written: en-GB, de; empty where nothing is said
	Calendar Calendar       // when it works; New puts it into Location
	Rituals  []Ritual       // what the team declared to meet for
}

// Seat is somebody's place in a team for a while.
type Seat struct {
	Person string // person id
	Span
	// Acting says that they stand in. They count like the others, also beside
	// somebody who does not.
	Acting bool
}

// Directory answers questions about people and teams at a moment. It is
// read-only and safe for concurrent use.
type Directory struct {
	people   map[string]Person
	teams    []Team
	absences []Absence
	away     map[string]agenda            // person id → their absences
	eras     []time.Time                  // when who owns what changed, in order
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

// Left reports whether somebody was gone at the moment: every role written down
// for them had ended, and no team had a seat for them any more.
func (d *Directory) Left(person string, at time.Time) bool {
	p, known := d.people[person]
	if !known || len(p.Roles) == 0 || len(d.RolesAt(person, at)) > 0 {
		return false
	}
	for i := range d.teams {
		if d.teams[i].MemberAt(person, at) {
			return false
		}
	}
	return slices.ContainsFunc(p.Roles, func(t Tenure) bool { return !t.To.IsZero() && !at.Before(t.To) })
}

// MemberAt reports whether somebody was a member, EM or PM of the team.
func (t *Team) MemberAt(person string, at time.Time) bool {
	return seated(t.Members, person, at) || seated(t.EMs, person, at) || seated(t.PMs, person, at)
}

func seated(seats []Seat, person string, at time.Time) bool {
	return slices.ContainsFunc(seats, func(s Seat) bool { return s.Person == person && s.Holds(at) })
}
