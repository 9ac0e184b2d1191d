package simulator

import (
	"fmt"
	"time"
)

// lifetime is when something was created, changed last and put away; archived
// is zero while it was not.
type lifetime struct{ created, updated, archived time.Time }

// What a connection needs to know of each thing it pages over.

func (i *Issue) gqlID() string   { return i.UUID() }
func (p *Person) gqlID() string  { return p.LinearID() }
func (s *Space) gqlID() string   { return s.UUID() }
func (s *Sprint) gqlID() string  { return s.UUID() }
func (c *Comment) gqlID() string { return c.UUID() }
func (n *Need) gqlID() string    { return uuid("need", n.number) }
func (l *link) gqlID() string    { return uuid("relation", l.number) }

func (i *Issue) moments() lifetime {
	return lifetime{created: i.Created, updated: i.Updated, archived: i.archived}
}

func (p *Person) moments() lifetime {
	return lifetime{created: p.joined, updated: p.joined}
}

func (s *Space) moments() lifetime {
	return lifetime{created: s.created, updated: s.created}
}

func (s *Sprint) moments() lifetime {
	return lifetime{created: s.created, updated: s.updated}
}

func (c *Comment) moments() lifetime {
	return lifetime{created: c.At, updated: c.updated}
}

func (n *Need) moments() lifetime {
	return lifetime{created: n.At, updated: n.At}
}

func (l *link) moments() lifetime {
	return lifetime{created: l.at, updated: l.at}
}

// label is a label by name. A name "group/label" stands for a label in a group.
type label struct {
	name string
	w    *World
}

func (l label) gqlID() string { return uuid("label", l.name) }

func (l label) moments() lifetime {
	return lifetime{created: l.w.start(), updated: l.w.start()}
}

// start is when the world's first person appeared.
func (w *World) start() time.Time {
	if len(w.people) == 0 {
		return w.now
	}
	return w.people[0].joined
}

// stateOf is a status as the workflow state of a team.
type stateOf struct {
	state *State
	team  *Space
}

func (s stateOf) gqlID() string { return s.state.gqlID() }

func (s *State) gqlID() string { return uuid("state", s.number) }

func (s stateOf) moments() lifetime {
	return lifetime{created: s.team.created, updated: s.team.created}
}

// entry is one entry of an issue's history.
type entry struct {
	*Event
	issue *Issue
}

func (e entry) gqlID() string { return uuid("history", e.number) }

func (e entry) moments() lifetime {
	return lifetime{created: e.At, updated: e.At}
}

// item finds what the entry says about a field.
func (e entry) item(f Field) (Item, bool) {
	for _, it := range e.Items {
		if it.Field == f {
			return it, true
		}
	}
	return Item{}, false
}

// external is somebody outside the workspace who created an issue.
type external struct{ name string }

// bot is an automation or integration that acted.
type bot struct{ id, name, kind string }

// update is a news item of a project or initiative.
type update struct {
	comment *Comment
}

func (u *update) gqlID() string { return uuid("update", u.comment.number) }

func (u *update) moments() lifetime { return u.comment.moments() }

// nothing stands for connections that are always empty here.
type nothing struct{}

func (nothing) gqlID() string { return "" }

func (nothing) moments() lifetime { return lifetime{} }

// relationCode is Linear's two-letter code of a relation in a history: a or r
// for added or removed, then the kind as the issue reads it. Linear documents
// no list; the letters for blocking are what public clients use.
func relationCode(e end) string {
	code := "r"
	switch {
	case e.kind.Linear == "blocks" && e.outward:
		code = "x"
	case e.kind.Linear == "blocks":
		code = "b"
	case e.kind.Linear == "duplicate":
		code = "d"
	}
	action := "a"
	if e.gone {
		action = "r"
	}
	return fmt.Sprint(action, code)
}
