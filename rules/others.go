package rules

import (
	"maps"
	"slices"

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
	keys := maps.Keys(c.w.sprints)
	if c.again == nil { // who remembers needs no order: a rule that stops is looked at anew
		keys = slices.Values(slices.Sorted(keys))
	}
	for key := range keys {
		err := c.unlessRemembered(otherKey{"sprint", key, ""}, func() error {
			s := c.w.sprint(c.w.sprints[key].Source, c.w.sprints[key].ID)
			owner := s.owner()
			if err := c.rows("sprint", owner, s); err != nil {
				return err
			}
			return c.rows("goal", owner, &goal{sprint: s, w: c.w})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *check) areaRows() error {
	for _, a := range c.w.areas() {
		err := c.unlessRemembered(otherKey{"area", a.Identity(), ""}, func() error {
			a.read()
			return c.rows("area", a.team, a)
		})
		if err != nil {
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
		err := c.unlessRemembered(otherKey{"role", r.Identity(), ""}, func() error { return c.rows("role", r.team, r) })
		if err != nil {
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
		// Rule by rule, since what one asks for may be far more than what another does;
		// and a team each, since it keeps what it was asked for: that may be thousands of
		// tickets, which nobody else asks for.
		for _, a := range c.agreed(teams[i].ID, "team") {
			err := c.unlessRemembered(otherKey{"team", teams[i].ID, a.Rule.ID}, func() error {
				return c.row(row{adopted: a, team: teams[i].ID, item: &team{Team: &teams[i], w: c.w}})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
