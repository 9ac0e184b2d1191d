package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// areaKind is what makes a part of the work an area.
type areaKind uint8

const (
	areaComponent areaKind = iota
	areaProject
	areaLabel
	areaHolder // what stands above: an epic, or a project
)

// areaKey names an area of one team's work.
type areaKey struct {
	kind   areaKind
	team   int16
	source int32
	id     string // component, project key, label; of what stands above how it is referred to
}

// areaWork is what is remembered of an area.
type areaWork struct {
	finished []int32
	flying   int
}

// gatherAreas notes in which areas the ticket stands, while somebody works on it
// or finished it lately, and which epics and projects have not ended.
func (o *overview) gatherAreas(g *gathered) {
	if g.Kind == ticket.Container && !g.Category.Ended() {
		for _, key := range refKeys(g.Source, g.ID, g.Key) {
			o.holders[key] = g.note()
		}
	}
	if !g.isWork() || g.team == nobodys || g.finish < 0 && !g.InFlight() {
		return
	}
	in := func(kind areaKind, id string) {
		if id != "" {
			o.area(areaKey{kind, g.team, o.sources.number(g.Source), id}).add(g)
		}
	}
	in(areaProject, g.Project)
	for _, c := range g.Components {
		in(areaComponent, c)
	}
	for _, l := range g.Labels {
		if _, ok := quarterNamed(l); !ok { // a time is no part of the work
			in(areaLabel, l)
		}
	}
	for _, key := range g.ups {
		in(areaHolder, key)
	}
}

func (o *overview) area(key areaKey) *areaWork {
	a := o.areas[key]
	if a == nil {
		a = &areaWork{}
		o.areas[key] = a
	}
	return a
}

func (a *areaWork) add(g *gathered) {
	if g.finish >= 0 {
		a.finished = append(a.finished, g.finish)
	} else {
		a.flying++
	}
}

// areas lists every area of the work. An epic or project that has ended is none
// any more.
func (w *world) areas() []*area {
	found := map[string]*area{}
	for key, work := range w.overview.areas {
		a := w.overview.named(key)
		if a == nil {
			continue
		}
		// Tickets may refer to one epic by its id and by its key.
		if have := found[a.Identity()]; have != nil {
			a = have
		}
		a.finished = append(a.finished, work.finished...)
		a.flying += work.flying
		found[a.Identity()] = a
	}
	out := make([]*area, 0, len(found))
	for _, id := range sortedKeys(found) {
		out = append(out, found[id])
	}
	return out
}

// named is the area that a key names; nil when it is none.
func (o *overview) named(key areaKey) *area {
	a := &area{source: o.sources.names[key.source], id: key.id, team: &o.w.dir.Teams()[key.team], holder: -1, w: o.w}
	switch key.kind {
	case areaComponent:
		a.kind = "component"
	case areaProject:
		a.kind = "project"
	case areaLabel:
		a.kind = "label"
	case areaHolder:
		n, known := o.holders[key.id]
		if !known {
			return nil
		}
		a.kind, a.id, a.holder = "epic", o.notes[n].id, n
		if o.notes[n].kind == noteProject {
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
		p := o.person(o.finished[n].by)
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
		who := o.person(o.finished[n].by).Identity()
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
