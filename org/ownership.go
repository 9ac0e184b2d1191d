package org

import (
	"slices"
	"strings"
	"time"
)

// Ownership is what a team looks after. An empty list claims nothing.
type Ownership struct {
	JiraProjects   []string
	JiraComponents []string // counted only within JiraProjects where both are given
	JiraBoards     []string
	LinearTeams    []string // keys
}

// IsZero reports that nothing is claimed.
func (o Ownership) IsZero() bool {
	return len(o.JiraProjects)+len(o.JiraComponents)+len(o.JiraBoards)+len(o.LinearTeams) == 0
}

// Holding is what a team looked after for a while.
type Holding struct {
	Ownership
	Span
}

// Work names what ownership is decided by.
type Work struct {
	JiraProject    string
	JiraComponents []string
	JiraBoards     []string
	LinearTeam     string
}

// theEnd is later than any end that a file can name.
var theEnd = time.Date(10_000, time.January, 1, 0, 0, 0, 0, time.UTC)

// Owner finds the team that owns the work for good: by what has no end yet. It
// is OwnerAt for all who do not look back.
func (d *Directory) Owner(w Work) (*Team, bool) { return d.OwnerAt(w, theEnd) }

// OwnerAt finds the team that owned the work at the moment. The narrowest claim
// wins: a component before a board, a board before a whole project. Where two
// teams claim the same, the first by id does, so that the answer is stable.
func (d *Directory) OwnerAt(w Work, at time.Time) (*Team, bool) {
	for _, claim := range claimsOn(w) {
		for i := range d.teams {
			for _, h := range d.teams[i].Owned {
				if h.Holds(at) && claim(h.Ownership) {
					return &d.teams[i], true
				}
			}
		}
	}
	return nil, false
}

// claimsOn are the ways in which a team can own the work, the narrowest first.
func claimsOn(w Work) []func(o Ownership) bool {
	return []func(o Ownership) bool{
		func(o Ownership) bool { return w.LinearTeam != "" && holds(o.LinearTeams, w.LinearTeam) },
		func(o Ownership) bool {
			inProject := len(o.JiraProjects) == 0 || holds(o.JiraProjects, w.JiraProject)
			return inProject && slices.ContainsFunc(w.JiraComponents, func(c string) bool { return holds(o.JiraComponents, c) })
		},
		func(o Ownership) bool {
			return slices.ContainsFunc(w.JiraBoards, func(b string) bool { return holds(o.JiraBoards, b) })
		},
		func(o Ownership) bool { return w.JiraProject != "" && o.wholly(w.JiraProject) },
		// A team that names components of a project still looks after the rest
		// of it when no other team claims the project.
		func(o Ownership) bool { return w.JiraProject != "" && holds(o.JiraProjects, w.JiraProject) },
	}
}

// wholly reports a claim to the whole of a Jira project.
func (o Ownership) wholly(project string) bool {
	return len(o.JiraComponents) == 0 && holds(o.JiraProjects, project)
}

func holds(list []string, s string) bool {
	return slices.ContainsFunc(list, func(have string) bool { return strings.EqualFold(have, s) })
}

// Era numbers the stretches of time in which nothing about ownership changed:
// two moments of one era have the same owners for all work, so that OwnerAt need
// be asked once for both.
func (d *Directory) Era(at time.Time) int {
	n, found := slices.BinarySearchFunc(d.eras, at, time.Time.Compare)
	if found {
		n++
	}
	return n
}

// Owners finds owners and remembers them: work that one team looks after is asked
// about again and again. It is not safe for concurrent use.
type Owners struct {
	dir   *Directory
	known map[ownedIn]*Team
}

// ownedIn is what the owner of work is decided by, as a map's key.
type ownedIn struct {
	project, components, boards, team string
	era                               int
}

// Owners begins to find owners.
func (d *Directory) Owners() *Owners { return &Owners{dir: d, known: map[ownedIn]*Team{}} }

// At is OwnerAt; nil when no team owned the work.
func (o *Owners) At(w Work, at time.Time) *Team {
	key := ownedIn{w.JiraProject, strings.Join(w.JiraComponents, "\x00"), strings.Join(w.JiraBoards, "\x00"), w.LinearTeam, o.dir.Era(at)}
	if team, known := o.known[key]; known {
		return team
	}
	team, _ := o.dir.OwnerAt(w, at)
	o.known[key] = team
	return team
}

// Clash is one thing that two teams claim for the same time.
type Clash struct {
	What  string // "Jira project", "component", "board" or "Linear team"
	Name  string // as the second team wrote it
	First string // team id; by order of ids
	Other string
	Span
}

// Clashes lists what two teams claim for the same time, where that time ends
// after at. Components clash within one project only.
func (d *Directory) Clashes(at time.Time) []Clash {
	var out []Clash
	for i := range d.teams {
		for k := range i {
			for _, mine := range d.teams[i].Owned {
				for _, theirs := range d.teams[k].Owned {
					out = append(out, clashes(&d.teams[k], &d.teams[i], theirs, mine, at)...)
				}
			}
		}
	}
	return out
}

func clashes(first, other *Team, a, b Holding, at time.Time) []Clash {
	shared, ok := b.Within(a.Span)
	if !ok || !shared.To.IsZero() && !shared.To.After(at) {
		return nil
	}
	var out []Clash
	for _, both := range []struct {
		what  string
		names []string
	}{
		{"Jira project", inBoth(a.whole(), b.whole())},
		{"component", componentsOfBoth(a.Ownership, b.Ownership)},
		{"board", inBoth(a.JiraBoards, b.JiraBoards)},
		{"Linear team", inBoth(a.LinearTeams, b.LinearTeams)},
	} {
		for _, name := range both.names {
			out = append(out, Clash{What: both.what, Name: name, First: first.ID, Other: other.ID, Span: shared})
		}
	}
	return out
}

// whole are the projects claimed as a whole.
func (o Ownership) whole() []string {
	if len(o.JiraComponents) > 0 {
		return nil
	}
	return o.JiraProjects
}

func componentsOfBoth(a, b Ownership) []string {
	if len(a.JiraProjects) > 0 && len(b.JiraProjects) > 0 && len(inBoth(a.JiraProjects, b.JiraProjects)) == 0 {
		return nil
	}
	return inBoth(a.JiraComponents, b.JiraComponents)
}

// inBoth lists what stands in both, as it stands in b.
func inBoth(a, b []string) []string {
	var out []string
	for _, name := range b {
		if holds(a, name) {
			out = append(out, name)
		}
	}
	return out
}
