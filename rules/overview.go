package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// lookBack is how far back the overview remembers what has ended. No window of
// a rule that counts finished work reaches further.
const lookBack = 366 * day

// overview is what is told across tickets: what stands below whom, what each
// sprint holds, what a team finished. It is gathered in the first reading of all
// work, as of the moment looked at, and only the parts that a rule in force asks
// for: it holds short notes, never tickets, so that a million of them fit.
type overview struct {
	w      *world
	wants  map[string]bool
	parts  []overviewPart
	oldest time.Time // where the memory of what has ended begins

	teams   map[*org.Team]int16
	sources interned
	people  accounts
	notes   []note

	below    map[string][]int32 // by what stands above
	above    map[string][]int32 // epics, projects and goals by what stands above them
	sums     map[string]sum     // by what stands above
	held     map[string][]int32 // by sprint
	sprints  map[int16]*sprintTimes
	finished []finish
	done     map[int16][]int32 // finishes by team
	opened   map[int16][]int32 // epics and projects by team
	flying   map[int16][]flight
	areas    map[areaKey]*areaWork
	holders  map[string]int32 // epics and projects by how others refer to them
	begun    map[int16]time.Time
	traces   map[*org.Ritual]map[int32]time.Time // when each account left the latest trace
	quarters map[quarter]*quarterWork
	reached  map[int32]reach // by goal
}

// overviewPart is a part of the overview, and the facts and scopes that need it.
type overviewPart struct {
	wanted []string
	gather func(*gathered)
}

// overviewParts lists them in the order in which they are gathered.
func (o *overview) overviewParts() []overviewPart {
	return []overviewPart{
		{[]string{"children", "plans"}, o.gatherBelow},
		{[]string{"parts", "delivered", "share_of_container"}, o.gatherSums},
		{[]string{"tickets", "sprints", "outside_sprint_since", "plans", "scope sprint", "scope goal"}, o.gatherHeld},
		{[]string{"finished", "scope area"}, o.gatherFinished},
		{[]string{"opened"}, o.gatherOpened},
		{[]string{"scope role"}, o.gatherFlying},
		{[]string{"scope area"}, o.gatherAreas},
		{[]string{"rituals"}, o.gatherTraces},
		{[]string{"plans"}, o.gatherQuarters},
	}
}

func newOverview(w *world, wants map[string]bool) *overview {
	o := &overview{
		w: w, wants: wants, oldest: w.now.Add(-lookBack), teams: map[*org.Team]int16{},
		below: map[string][]int32{}, above: map[string][]int32{}, sums: map[string]sum{}, held: map[string][]int32{},
		done: map[int16][]int32{}, opened: map[int16][]int32{}, flying: map[int16][]flight{},
		areas: map[areaKey]*areaWork{}, holders: map[string]int32{},
		begun: map[int16]time.Time{}, traces: map[*org.Ritual]map[int32]time.Time{},
		quarters: quartersAround(w.now), reached: map[int32]reach{},
	}
	teams := w.dir.Teams()
	for i := range teams {
		o.teams[&teams[i]] = int16(i)
	}
	for _, p := range o.overviewParts() {
		if slices.ContainsFunc(p.wanted, func(fact string) bool { return wants[fact] }) {
			o.parts = append(o.parts, p)
		}
	}
	return o
}

// apart is the same overview for a world apart, once all is gathered.
func (o *overview) apart(w *world) *overview {
	out := *o
	out.w, out.sprints, out.reached = w, nil, map[int32]reach{}
	out.people.list = slices.Clone(o.people.list)
	for i := range out.people.list {
		out.people.list[i].person = nil
	}
	return &out
}

// empty says that no rule in force asks for any of it.
func (o *overview) empty() bool { return len(o.parts) == 0 }

// note is what is remembered of a ticket, to find it again.
type note struct {
	id, key string
	source  int32
	team    int16 // its owner's place among the teams; nobodys: no team owns it
	kind    noteKind
	ended   bool
}

// nobodys stands for the team of work that no team owns.
const nobodys int16 = -1

// noteKind tells work from what holds it.
type noteKind uint8

const (
	noteWork noteKind = iota
	noteEpic
	noteProject
	noteGoal
)

// gathered is a ticket while it is gathered.
type gathered struct {
	*workTicket
	o      *overview
	team   int16
	ups    []string // names of what stands above, each once
	noted  int32    // its note; -1 before there is one
	finish int32    // what is remembered of how it was finished; -1: nothing
}

// gather notes what others need to know of the ticket; nil is one that did not
// exist yet.
func (o *overview) gather(t *workTicket) {
	if t == nil {
		return
	}
	g := &gathered{workTicket: t, o: o, team: o.teamOf(t.owner()), noted: -1, finish: -1}
	for _, up := range distinct(t.Above()) {
		g.ups = append(g.ups, refKey(t.Source, up))
	}
	for _, p := range o.parts {
		p.gather(g)
	}
}

func (o *overview) teamOf(t *org.Team) int16 {
	if t == nil {
		return nobodys
	}
	return o.teams[t]
}

// note remembers the ticket.
func (g *gathered) note() int32 {
	if g.noted < 0 {
		g.noted = int32(len(g.o.notes))
		g.o.notes = append(g.o.notes, note{
			id: g.ID, key: g.Key, source: g.o.sources.number(g.Source), team: g.team, kind: g.kindOfNote(), ended: g.Category.Ended(),
		})
	}
	return g.noted
}

func (g *gathered) kindOfNote() noteKind {
	switch {
	case g.Kind == ticket.Goal:
		return noteGoal
	case g.Kind == ticket.Container && among(g.RawType, []string{"project"}):
		return noteProject
	case g.Kind == ticket.Container:
		return noteEpic
	}
	return noteWork
}

// isWork says that the ticket is work itself, not what holds it.
func (g *gathered) isWork() bool { return g.Kind != ticket.Goal && g.Kind != ticket.Container }

// lately says that the ticket has not ended, or not long ago.
func (g *gathered) lately() bool { return !g.Category.Ended() || g.Resolved.After(g.o.oldest) }

// gatherBelow notes what stands below whom: all of it where a rule asks for the
// children of tickets, otherwise what the plans of today are about.
func (o *overview) gatherBelow(g *gathered) {
	if !o.wants["children"] && !g.lately() {
		return
	}
	for _, key := range g.ups {
		o.below[key] = append(o.below[key], g.note())
	}
}

// gatherHeld notes which sprints hold the ticket, those aside that ended before
// the memory.
func (o *overview) gatherHeld(g *gathered) {
	for _, id := range g.Sprints {
		key := name(g.Source, id)
		s := o.w.sprints[key]
		if s == nil || !s.ActiveAt(o.w.now) && !s.FutureAt(o.w.now) && s.ended().Before(o.oldest) {
			continue
		}
		o.held[key] = append(o.held[key], g.note())
	}
}

// sort makes the order independent of that in which tickets were read.
func (o *overview) sort() {
	for _, lists := range []map[string][]int32{o.below, o.held} {
		for _, list := range lists {
			slices.SortFunc(list, o.compare)
		}
	}
	for _, list := range o.opened {
		slices.SortFunc(list, o.compare)
	}
}

// compare orders notes by what they are about.
func (o *overview) compare(a, b int32) int {
	x, y := &o.notes[a], &o.notes[b]
	return cmp.Or(cmp.Compare(x.id, y.id), cmp.Compare(o.source(a), o.source(b)))
}

func (o *overview) source(n int32) string { return o.sources.names[o.notes[n].source] }

// keys are the two ways in which others refer to the ticket.
func (o *overview) keys(n int32) [2]string {
	return refKeys(o.source(n), o.notes[n].id, o.notes[n].key)
}

func refKeys(source, id, key string) [2]string {
	return [2]string{refKey(source, ticket.Ref{ID: id}), refKey(source, ticket.Ref{Key: key})}
}

// refKey names what a reference points at: by id where it has one.
func refKey(source string, r ticket.Ref) string {
	if r.ID != "" {
		return name(source, "id", r.ID)
	}
	return name(source, "key", r.Key)
}

// distinct leaves out references that point where one before them does.
func distinct(refs []ticket.Ref) []ticket.Ref {
	var out []ticket.Ref
	for _, r := range refs {
		if !slices.ContainsFunc(out, r.Is) {
			out = append(out, r)
		}
	}
	return out
}

// ticket looks a noted one up; nil when it is not stored any more.
func (o *overview) ticket(n int32) *workTicket {
	return o.w.ticket(o.source(n), ticket.Ref{ID: o.notes[n].id, Key: o.notes[n].key})
}

// tickets looks them up, each once, in the order given.
func (o *overview) tickets(notes []int32) []*workTicket {
	out := make([]*workTicket, 0, len(notes))
	for i, n := range notes {
		if i > 0 && n == notes[i-1] {
			continue
		}
		if t := o.ticket(n); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// standing lists what stands directly below, ordered by id.
func (o *overview) standing(source, id, key string) []int32 {
	keys := refKeys(source, id, key)
	list := slices.Concat(o.below[keys[0]], o.below[keys[1]])
	slices.SortFunc(list, o.compare)
	return slices.Compact(list)
}

// children are the tickets directly below, as of the moment looked at, ordered
// by id.
func (t *workTicket) children() []*workTicket {
	o := t.w.overview
	return o.tickets(o.standing(t.Source, t.ID, t.Key))
}

// tickets are those planned into the sprint, ordered by id.
func (s *sprint) tickets() []*workTicket {
	return s.w.overview.tickets(s.w.overview.held[s.Identity()])
}

// wants lists what rules in force ask for: facts and functions by their names,
// and scopes.
func (b *Book) wants() map[string]bool {
	out := map[string]bool{}
	for _, list := range b.adopted {
		for _, a := range list {
			out["scope "+a.Rule.Scope] = true
			for _, p := range a.Rule.code.programs() {
				for fact := range p.asks {
					out[fact] = true
				}
			}
		}
	}
	return out
}
