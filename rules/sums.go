package rules

import (
	"math"
	"slices"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/ticket"
)

// standingFacts tell what stands below a ticket and around it; they stand among
// its other facts.
func standingFacts() []fact {
	type T = *workTicket
	return []fact{
		always("parts", cel.IntType, "how many tickets stand directly below it, those cancelled left out", func(t T) int { return int(t.sum().parts) }),
		always("delivered", cel.BoolType, "something below it is done: a child, or one of an epic or project further below", func(t T) bool { return t.delivered() }),
		always("released", cel.BoolType, "a version or milestone it is meant for is out; as it is now, since trackers keep no history of it", func(t T) bool { return t.released() }),
		sometimes("outside_sprint_since", cel.TimestampType, "since when it is in flight in no running sprint or cycle while its team works in one: since work began, it left its last running sprint or that sprint ended, "+
			"or if no sprint of the team ran then, since the next one began; a sub-task is where its parent is; missing for epics, projects and goals, and while the team has no running sprint",
			func(t T) (time.Time, bool) { return t.outsideSprintSince() }),
	}
}

// sum is what the tickets directly below another come to; what was cancelled
// does not count.
type sum struct {
	parts, done, estimated int32
	// points are thousandths, so that the sum is the same in whatever order they
	// are added.
	points int64
}

// gatherSums adds the ticket to what stands above it.
func (o *overview) gatherSums(g *gathered) {
	g.note.points = thousandths(g.Estimate)
	for _, up := range g.ups {
		if !g.isWork() {
			g.lay(o.refShelf(onAbove, g.source, up))
		}
		g.layAt(o.shelf(o.refShelf(onBelow, g.source, up)), false)
	}
}

// add adds so many times what was noted.
func (s *sum) add(n *note, times int32) {
	if n.category == noteCancelled {
		return
	}
	s.parts += times
	if n.category == noteDone {
		s.done += times
	}
	if n.points > 0 {
		s.estimated += times
		s.points += int64(times) * n.points
	}
}

// thousandths of an estimate; 0 for none, and for one that is no size.
func thousandths(points *float64) int64 {
	const most = 1e9
	if points == nil || !(*points > 0 && *points <= most) {
		return 0
	}
	return int64(math.Round(*points * 1000))
}

// sum is what stands directly below the ticket.
func (t *workTicket) sum() sum {
	var out sum
	o := t.w.overview
	source := o.sources.find(t.Source)
	for _, r := range refsOf(t.ID, t.Key) {
		s := o.below(source, r).sum
		out.parts, out.done, out.estimated, out.points = out.parts+s.parts, out.done+s.done, out.estimated+s.estimated, out.points+s.points
	}
	return out
}

// delivered says that something below the ticket is done: a child, or one of an
// epic or project further below.
func (t *workTicket) delivered() bool {
	o := t.w.overview
	return o.anyDone(o.sources.find(t.Source), t.ID, t.Key, map[int32]bool{})
}

func (o *overview) anyDone(source int32, id, key string, seen map[int32]bool) bool {
	for _, r := range refsOf(id, key) {
		if o.below(source, r).sum.done > 0 {
			return true
		}
		for _, n := range o.look(o.refShelf(onAbove, source, r)).notes {
			if seen[n] {
				continue
			}
			seen[n] = true
			if one := &o.notes[n]; o.anyDone(int32(one.source), o.id(one), o.key(one), seen) {
				return true
			}
		}
	}
	return false
}

// shareOfContainer is the part of the estimates below its epic or project that
// the ticket holds, the largest where it stands in several; 0 where fewer than
// so many tickets there have an estimate.
func (t *workTicket) shareOfContainer(least int) float64 {
	own := thousandths(t.Estimate)
	if own == 0 || t.Category == ticket.Cancelled {
		return 0
	}
	share := 0.0
	for _, up := range t.above() {
		if s := up.sum(); up.Kind == ticket.Container && int(s.estimated) >= least {
			share = max(share, float64(own)/float64(s.points))
		}
	}
	return share
}

// released says that a version or milestone the ticket is meant for is out.
func (t *workTicket) released() bool {
	return slices.ContainsFunc(t.Releases, func(r ticket.Release) bool { return r.Released })
}
