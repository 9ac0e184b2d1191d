package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// finish is what is remembered of a piece of work that was done.
type finish struct {
	at     int64 // in nanoseconds since 1970
	ticket int32 // its note
	by     int32 // whose it was then; -1: nobody's
}

// gatherFinished notes work that was done within the memory.
func (o *overview) gatherFinished(g *gathered) {
	if !g.isWork() || g.Category != ticket.Done || !g.Resolved.After(o.oldest) {
		return
	}
	g.finish = int32(len(o.finished))
	o.finished = append(o.finished, finish{at: g.Resolved.UnixNano(), ticket: g.note(), by: o.people.number(g.Tracker, g.Finisher())})
	if g.team != nobodys {
		o.done[g.team] = append(o.done[g.team], g.finish)
	}
}

// within lists those of the finishes that lie in the window, the latest first.
func (o *overview) within(finishes []int32, window time.Duration) []int32 {
	after := o.w.now.Add(-window).UnixNano()
	var out []int32
	for _, n := range finishes {
		if o.finished[n].at > after {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b int32) int {
		x, y := &o.finished[a], &o.finished[b]
		return cmp.Or(cmp.Compare(y.at, x.at), o.compare(x.ticket, y.ticket))
	})
	return out
}

// finishedTickets looks them up.
func (o *overview) finishedTickets(finishes []int32) []*workTicket {
	notes := make([]int32, len(finishes))
	for i, n := range finishes {
		notes[i] = o.finished[n].ticket
	}
	return o.tickets(notes)
}

// gatherOpened notes the epics and projects of teams that were created within
// the memory.
func (o *overview) gatherOpened(g *gathered) {
	if g.team != nobodys && g.Kind == ticket.Container && g.Created.After(o.oldest) {
		o.opened[g.team] = append(o.opened[g.team], g.note())
	}
}

// finished lists what the team finished in the window, the latest first. A
// sub-task is a part of its parent's work and does not count beside it.
func (t *team) finished(window time.Duration) []*workTicket {
	return t.once("finished", window, func() []*workTicket {
		o := t.w.overview
		return slices.DeleteFunc(o.finishedTickets(o.within(o.done[o.teamOf(t.Team)], window)), (*workTicket).isPart)
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
		return slices.DeleteFunc(o.tickets(o.opened[o.teamOf(t.Team)]), func(e *workTicket) bool { return !e.Created.After(after) })
	})
}
