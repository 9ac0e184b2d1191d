package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// gatherAreas notes in which areas the ticket stands, while somebody works on it
// or finished it lately, and which epics and projects have not ended.
func (o *overview) gatherAreas(g *gathered) {
	if g.Kind == ticket.Container && !g.Category.Ended() {
		for _, r := range refsOf(g.ID, g.Key) {
			g.lay(o.refShelf(onHeldBy, g.source, r))
		}
	}
	if !g.isWork() || g.team == nobodys || !g.note.finished() && !g.InFlight() {
		return
	}
	in := func(kind shelfKind, id string) {
		if id != "" {
			g.lay(shelfKey{kind: kind, team: g.team, source: g.source, id: id})
		}
	}
	in(onProject, g.Project)
	for _, c := range g.Components {
		in(onComponent, c)
	}
	for _, l := range g.Labels {
		if _, ok := quarterNamed(l); !ok { // a time is no part of the work
			in(onLabel, l)
		}
	}
	for _, up := range g.ups {
		key := o.refShelf(onHolder, g.source, up)
		key.team = g.team
		g.lay(key)
	}
}

// areas lists every area of the work. An epic or project that has ended is none
// any more.
func (w *world) areas() []*area {
	o, found := w.overview, map[string]*area{}
	holders := o.holders()
	for key, at := range o.at {
		if !key.kind.area() {
			continue
		}
		holder, holds := holders[key.ref()]
		if key.kind == onHolder && !holds || len(o.shelves[at].notes) == 0 {
			continue
		}
		a := o.named(key, holder)
		// Tickets may refer to one epic by its id and by its key.
		id := a.Identity()
		if have := found[id]; have != nil {
			a = have
		}
		a.shelves = append(a.shelves, at)
		found[id] = a
	}
	out := make([]*area, 0, len(found))
	for _, id := range sortedKeys(found) {
		out = append(out, found[id])
	}
	return out
}

// read reads what lies on the shelves of the area.
func (a *area) read() {
	o := a.w.overview
	for _, at := range a.shelves {
		s := &o.shelves[at]
		o.w.asks(s.asked)
		for _, n := range s.notes {
			if o.notes[n].finished() {
				a.finished = append(a.finished, n)
			} else {
				a.flying++
			}
		}
	}
}

// holders are the epics and projects that have not ended, by what refers to them.
func (o *overview) holders() map[shelfKey]int32 {
	out := map[shelfKey]int32{}
	for key, at := range o.at {
		if key.kind != onHeldBy {
			continue
		}
		if notes := o.shelves[at].notes; len(notes) > 0 {
			out[key.ref()] = slices.MinFunc(notes, o.compare)
		}
	}
	return out
}

// ref is what a key refers to, whoever asks for what lies there.
func (k shelfKey) ref() shelfKey { return shelfKey{source: k.source, id: k.id, byKey: k.byKey} }

// named is the area that a key names; holder is the epic or project where that is one.
func (o *overview) named(key shelfKey, holder int32) *area {
	a := &area{source: o.sources.names[key.source], id: key.id, team: &o.w.dir.Teams()[key.team], holder: -1, w: o.w}
	switch key.kind {
	case onComponent:
		a.kind = "component"
	case onProject:
		a.kind = "project"
	case onLabel:
		a.kind = "label"
	case onHolder:
		a.kind, a.id, a.holder = "epic", o.id(&o.notes[holder]), holder
		if o.notes[holder].kind == noteProject {
			a.kind = "project"
		}
	}
	return a
}

// byPeople are the finishes in the window that are somebody's, the latest first.
// What automation finished says nothing about who knows the area.
func (a *area) byPeople(window time.Duration) []int32 {
	o := a.w.overview
	return slices.DeleteFunc(o.within(a.finished, window), func(n int32) bool {
		p := o.person(o.notes[n].who)
		return p == nil || p.bot
	})
}

// shareOfOne is the largest part of what was finished in the window that one
// person finished; 0 where nothing was.
func (a *area) shareOfOne(window time.Duration) float64 {
	o := a.w.overview
	finishes := a.byPeople(window)
	counts, most := map[string]int{}, 0
	for _, n := range finishes {
		who := o.person(o.notes[n].who).Identity()
		counts[who]++
		most = max(most, counts[who])
	}
	if most == 0 {
		return 0
	}
	return float64(most) / float64(len(finishes))
}

// words is what people call the area.
func (a *area) words() string {
	if t := a.ticket(); t != nil {
		return strings.TrimSpace(t.Key + " " + t.Title)
	}
	return a.id
}

// ticket is the epic or project; nil for any other area.
func (a *area) ticket() *workTicket {
	if a.holder < 0 {
		return nil
	}
	return a.w.overview.ticket(a.holder)
}
