package rules

import (
	"github.com/fairlead-dev/fairlead/org"
)

// others applies the rules that look at something else than tickets, once every
// ticket is known.
func (c *check) others() error {
	c.at = nil
	for _, look := range []func() error{c.sprintRows, c.areaRows, c.roleRows, c.teamRows} {
		if err := look(); err != nil {
			return err
		}
	}
	return nil
}

// rows applies every rule of the scope that the team has agreed to the item.
func (c *check) rows(scope string, t *org.Team, item identified) error {
	id := teamID(t)
	c.steps++
	for _, a := range c.agreed(id, scope) {
		if !c.sharing.has(id, a) {
			continue
		}
		if err := c.row(row{adopted: a, team: id, item: item}); err != nil {
			return err
		}
	}
	return nil
}

// sprintRows looks at every sprint, and at what each says it is for.
func (c *check) sprintRows() error {
	for _, key := range sortedKeys(c.w.sprints) {
		s := c.w.sprints[key]
		owner := s.owner()
		if err := c.rows("sprint", owner, s); err != nil {
			return err
		}
		if err := c.rows("goal", owner, &goal{sprint: s, w: c.w}); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) areaRows() error {
	for _, a := range c.w.areas() {
		if err := c.rows("area", a.team, a); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) roleRows() error {
	if !c.w.overview.wants["scope role"] {
		return nil
	}
	for _, r := range c.w.roles() {
		if err := c.rows("role", r.team, r); err != nil {
			return err
		}
	}
	return nil
}

// teamRows looks at every team that there is at the moment, in the order of their
// ids.
func (c *check) teamRows() error {
	teams := c.w.dir.Teams()
	for i := range teams {
		if !teams[i].Existed.Holds(c.w.now) {
			continue
		}
		if err := c.rows("team", &teams[i], &team{Team: &teams[i], w: c.w}); err != nil {
			return err
		}
	}
	return nil
}
