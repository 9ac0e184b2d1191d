package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
)

// gatherFlying notes what is in flight. Of work that no team owns only what
// somebody leads matters.
func (o *overview) gatherFlying(g *gathered) {
	if !g.InFlight() || g.team == nobodys && g.isWork() {
		return
	}
	if !g.isWork() {
		g.note.who = o.people.number(g.Tracker, g.Assignee)
	}
	g.lay(shelfKey{kind: onFlying, team: g.team})
}

// flying is what the team has in flight.
func (o *overview) flying(team int16) []int32 {
	return o.look(shelfKey{kind: onFlying, team: team}).notes
}

// roles lists everybody in a role now: EMs and PMs by team, then the owners of
// epics, projects and initiatives in flight.
func (w *world) roles() []*role {
	var out []*role
	teams := w.dir.Teams()
	for i := range teams {
		out = append(out, w.seated(&teams[i])...)
	}
	return append(out, w.overview.owners()...)
}

// seated lists the EMs and PMs of a team.
func (w *world) seated(t *org.Team) []*role {
	var out []*role
	for _, in := range []struct {
		kind  string
		seats []org.Seat
	}{{"em", t.EMs}, {"pm", t.PMs}} {
		for _, s := range in.seats {
			w.turns(s.From)
			w.turns(s.To)
			if s.Holds(w.now) {
				out = append(out, &role{kind: in.kind, person: w.byID(s.Person), team: t, w: w})
			}
		}
	}
	return out
}

// owners lists the people of the directory who own what is in flight, once for
// each team whose work it is.
func (o *overview) owners() []*role {
	found := map[string]*role{}
	teams := o.w.dir.Teams()
	for team := nobodys; int(team) < len(teams); team++ {
		var of *org.Team
		if team != nobodys {
			of = &teams[team]
		}
		asked := map[*person]bool{}
		for _, n := range o.flying(team) {
			p := o.person(o.notes[n].who)
			if p == nil || p.bot || p.id == "" || asked[p] {
				continue
			}
			asked[p] = true
			// What the tracker says of one of somebody's accounts may differ from what
			// it says of another.
			r := &role{kind: "owner", person: p, team: of, w: o.w}
			if have := found[r.Identity()]; have == nil || p.off && !have.person.off {
				found[r.Identity()] = r
			}
		}
	}
	out := make([]*role, 0, len(found))
	for _, id := range sortedKeys(found) {
		out = append(out, found[id])
	}
	return out
}

// owned lists what the role answers for: all that the team has in flight, epics,
// projects and initiatives first, or for an owner those of them that are theirs.
func (r *role) owned() []*workTicket {
	o := r.w.overview
	flights := slices.DeleteFunc(slices.Clone(o.flying(o.teamOf(r.team))), func(n int32) bool {
		if r.kind != "owner" {
			return false
		}
		p := o.person(o.notes[n].who)
		return p == nil || p.Identity() != r.person.Identity()
	})
	rank := func(n int32) int {
		if o.notes[n].holder() {
			return 0
		}
		return 1
	}
	slices.SortFunc(flights, func(a, b int32) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), o.compare(a, b)) })
	return o.tickets(flights)
}

// absence is the stretch in which the person is away now, together with those
// that it runs into. Where one of several that run now names a delegate, that one
// is told.
func (r *role) absence() (*absence, bool) {
	r.w.turnsWithPeople()
	now, away := r.w.dir.AbsenceAt(r.person.id, r.w.now)
	if !away {
		return nil, false
	}
	all := r.w.dir.AbsencesOf(r.person.id)
	for grown := true; grown; {
		grown = false
		for _, a := range all {
			if !touches(now.Span, a.Span) {
				continue
			}
			if whole := together(now.Span, a.Span); whole != now.Span {
				now.Span, grown = whole, true
			}
		}
	}
	return &absence{Absence: now, w: r.w}, true
}

// passes is when the person is back; zero while they are there, and when nobody
// knows.
func (r *role) passes() time.Time {
	a, away := r.absence()
	if !away {
		return time.Time{}
	}
	return a.To.UTC()
}

// touches says that the spans share a moment, or that one begins where the other
// ends.
func touches(a, b org.Span) bool {
	return (a.To.IsZero() || !b.From.After(a.To)) && (b.To.IsZero() || !a.From.After(b.To))
}

// together is the span that holds both. An open bound stays open.
func together(a, b org.Span) org.Span {
	if a.From.IsZero() || b.From.IsZero() {
		a.From = time.Time{}
	} else {
		a.From = earliest(a.From, b.From)
	}
	if a.To.IsZero() || b.To.IsZero() {
		a.To = time.Time{}
	} else {
		a.To = later(a.To, b.To)
	}
	return a
}

// covered says that somebody stands in for who is away: a delegate is named, or
// another EM or PM of the team is there. An owner who leads the team as well is
// told of in that role.
func (r *role) covered() bool {
	r.w.turnsWithPeople()
	if a, away := r.w.dir.AbsenceAt(r.person.id, r.w.now); away && a.Delegate != "" {
		return true
	}
	switch r.kind {
	case "em":
		return len(r.w.dir.ActingEMs(r.team, r.w.now)) > 0
	case "pm":
		return len(r.w.dir.ActingPMs(r.team, r.w.now)) > 0
	}
	return r.team != nil && slices.ContainsFunc(r.w.seated(r.team), func(s *role) bool { return s.person.id == r.person.id })
}
