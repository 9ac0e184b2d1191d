package rules

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// gatherFinished notes work that was done within the memory.
func (o *overview) gatherFinished(g *gathered) {
	if !g.isWork() || g.Category != ticket.Done || !g.lately() {
		return
	}
	g.note.at, g.note.who = g.Resolved.UnixNano(), o.people.number(g.Tracker, g.Finisher())
	if g.team != nobodys {
		g.lay(shelfKey{kind: onDone, team: g.team})
	}
}

// within lists those of the finished that lie in the window, the latest first.
func (o *overview) within(finished []int32, window time.Duration) []int32 {
	after, first := o.w.now.Add(-window).UnixNano(), int64(math.MaxInt64)
	var out []int32
	for _, n := range finished {
		if at := o.notes[n].at; at > after {
			out, first = append(out, n), min(first, at)
		}
	}
	if len(out) > 0 {
		o.w.turns(time.Unix(0, first).Add(window))
	}
	slices.SortFunc(out, func(a, b int32) int {
		return cmp.Or(cmp.Compare(o.notes[b].at, o.notes[a].at), o.compare(a, b))
	})
	return out
}

// gatherOpened notes the epics and projects of teams that were created within
// the memory.
func (o *overview) gatherOpened(g *gathered) {
	if g.team == nobodys || g.Kind != ticket.Container {
		return
	}
	o.w.turns(g.Created.Add(lookBack))
	if g.Created.After(o.oldest) {
		g.lay(shelfKey{kind: onOpened, team: g.team})
	}
}

// finished lists what the team finished in the window, the latest first. A
// sub-task is a part of its parent's work and does not count beside it.
func (t *team) finished(window time.Duration) []*workTicket {
	return t.once("finished", window, func() []*workTicket {
		o := t.w.overview
		done := o.look(shelfKey{kind: onDone, team: o.teamOf(t.Team)}).notes
		all := o.tickets(o.within(done, window))
		o.w.fetch(all, func(one *workTicket) ticket.Ref { return one.Parent })
		return slices.DeleteFunc(all, (*workTicket).isPart)
	})
}

// isPart says that the ticket stands below another piece of work: a sub-task.
func (t *workTicket) isPart() bool {
	if t.Parent.IsZero() {
		return false
	}
	kind := t.w.kindOf(t.Source, t.Parent, "")
	return kind != "" && kind != ticket.Container && kind != ticket.Goal
}

// opened lists the epics and projects that were created for the team in the
// window, ordered by id.
func (t *team) opened(window time.Duration) []*workTicket {
	after := t.w.now.Add(-window)
	return t.once("opened", window, func() []*workTicket {
		o := t.w.overview
		opened := o.look(shelfKey{kind: onOpened, team: o.teamOf(t.Team)}).notes
		return slices.DeleteFunc(o.tickets(opened), func(e *workTicket) bool {
			o.w.turns(e.Created.Add(window))
			return !e.Created.After(after)
		})
	})
}
