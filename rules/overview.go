package rules

import (
	"cmp"
	"slices"
	"time"
	"unsafe"

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
//
// Notes lie on shelves, by what somebody may ask for. A note can be taken from all
// its shelves again and another put in its place: see Memory.
type overview struct {
	w      *world
	wants  map[string]bool
	parts  []overviewPart
	oldest time.Time // where the memory of what has ended begins

	teams    map[*org.Team]int16
	sources  interned
	people   accounts
	notes    []note
	names    []byte // ids and keys of notes
	long     [][2]string
	shelves  []shelf
	at       map[shelfKey]int32 // where each shelf is
	traced   map[int32][]trace  // by note
	begun    map[int16]begun
	quarters map[quarter]bool // those that teams are in or begin next

	sprints map[int16]*sprintTimes
	reached map[int32]reach // by goal
	scratch gathered
	shown   workTicket // that is gathered

	sorted  bool         // shelves are in order already
	altered *alteredKeys // told what turns out otherwise; nil where nothing is ever replaced
	lost    bool         // something cannot be told any more but by gathering anew
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
		w: w, wants: wants, oldest: w.now.Add(-lookBack), teams: map[*org.Team]int16{}, at: map[shelfKey]int32{},
		traced: map[int32][]trace{}, begun: map[int16]begun{}, quarters: quartersAround(w.now), reached: map[int32]reach{},
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
	out.people = out.people.apart()
	return &out
}

// empty says that no rule in force asks for any of it.
func (o *overview) empty() bool { return len(o.parts) == 0 }

// note is what is remembered of a ticket, to find it again and to answer what is
// asked of many.
type note struct {
	at     int64 // when it was done, in nanoseconds since 1970, where that is remembered; 0: not
	points int64 // its estimate in thousandths; 0: none
	name   named32
	// who is whose it was when it was done, or whose an epic, project or initiative in
	// flight is; -1 for nobody's, and for all other work.
	who      int32
	source   int16
	team     int16 // its owner's place among the teams; nobodys: no team owns it
	idSize   uint8
	keySize  uint8
	kind     noteKind
	category noteCategory
}

// named32 is where the id and the key of a ticket stand, one right behind the other.
type named32 uint32

// longName says that they are too long for that, and stand by themselves.
const longName = 255

// name writes down the id and the key of a note.
func (o *overview) name(n *note, id, key string) {
	if len(id) >= longName || len(key) >= longName {
		n.name, n.idSize, n.keySize = named32(len(o.long)), longName, longName
		o.long = append(o.long, [2]string{id, key})
		return
	}
	n.name, n.idSize, n.keySize = named32(len(o.names)), uint8(len(id)), uint8(len(key)) //nolint:gosec // both are shorter than that
	o.names = append(append(o.names, id...), key...)
}

// id is the id of a noted ticket.
func (o *overview) id(n *note) string {
	if n.idSize == longName {
		return o.long[n.name][0]
	}
	return textOf(o.names[n.name:][:n.idSize])
}

// key is its key.
func (o *overview) key(n *note) string {
	if n.idSize == longName {
		return o.long[n.name][1]
	}
	return textOf(o.names[int(n.name)+int(n.idSize):][:n.keySize])
}

// textOf is the text without a copy: what is written down is never changed.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

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

// noteCategory tells how work has ended.
type noteCategory uint8

const (
	noteOpen noteCategory = iota
	noteDone
	noteCancelled
)

// ended says that it is done or cancelled.
func (n *note) ended() bool { return n.category != noteOpen }

// finished says that how it was done is remembered.
func (n *note) finished() bool { return n.at != 0 }

// holder says that it holds work: an epic, a project, a goal.
func (n *note) holder() bool { return n.kind != noteWork }

// gathered is a ticket while it is gathered.
type gathered struct {
	*workTicket
	o      *overview
	team   int16
	source int32
	ups    []ticket.Ref // what stands above, each once
	note   note
	places []place
	traces []trace
}

// gather notes what others need to know of the ticket; nil is one that did not
// exist yet.
func (o *overview) gather(t *workTicket) {
	if t == nil {
		return
	}
	if g := o.collect(t); len(g.places) > 0 {
		o.name(&g.note, t.ID, t.Key)
		o.count(&g.note, g.traces, 1)
		o.put(o.room(), g)
	}
}

// attach makes the overview that of another moment; what is gathered stays.
func (o *overview) attach(w *world) {
	o.w, o.oldest, o.sprints, o.reached, o.people = w, w.now.Add(-lookBack), nil, map[int32]reach{}, o.people.apart()
}

// detach lets go of the world until the next moment.
func (o *overview) detach() {
	for _, s := range o.w.sprints {
		s.w = nil
	}
	o.w, o.sprints, o.reached, o.people = nil, nil, nil, o.people.apart()
	o.scratch.clear(nil)
	o.shown = workTicket{}
}

// gathers says that a part is gathered that the fact needs.
func (o *overview) gathers(fact string) bool {
	return slices.ContainsFunc(o.parts, func(p overviewPart) bool { return slices.Contains(p.wanted, fact) })
}

// clear makes it ready for another ticket.
func (g *gathered) clear(o *overview) {
	*g = gathered{o: o, team: nobodys, places: g.places[:0], ups: g.ups[:0], traces: g.traces[:0], note: note{who: -1, team: nobodys}}
}

// collect finds what others need to know of the ticket, good until the next is
// collected.
func (o *overview) collect(t *workTicket) *gathered {
	g := &o.scratch
	g.clear(o)
	g.workTicket, g.team, g.source, g.ups = t, o.teamOf(t.owner()), o.sources.number(t.Source), distinct(g.ups, t.Above())
	g.note = note{source: int16(g.source), who: -1, team: g.team, kind: g.kindOfNote()} //nolint:gosec // few sources
	switch g.Category {
	case ticket.Done:
		g.note.category = noteDone
	case ticket.Cancelled:
		g.note.category = noteCancelled
	}
	for _, p := range o.parts {
		p.gather(g)
	}
	return g
}

func (o *overview) teamOf(t *org.Team) int16 {
	if t == nil {
		return nobodys
	}
	return o.teams[t]
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
func (g *gathered) isWork() bool { return g.note.kind == noteWork }

// lately says that the ticket has not ended, or not long ago.
func (g *gathered) lately() bool {
	if !g.Category.Ended() {
		return true
	}
	g.w.turns(g.Resolved.Add(lookBack))
	return g.Resolved.After(g.o.oldest)
}

// gatherBelow notes what stands below whom: all of it where a rule asks for the
// children of tickets, otherwise what the plans of today are about.
func (o *overview) gatherBelow(g *gathered) {
	if !o.wants["children"] && !g.lately() {
		return
	}
	for _, up := range g.ups {
		g.lay(o.refShelf(onBelow, g.source, up))
	}
}

// gatherHeld notes which sprints hold the ticket, those aside that ended before
// the memory.
func (o *overview) gatherHeld(g *gathered) {
	for _, id := range g.Sprints {
		s := o.w.sprint(g.Source, id)
		if s == nil {
			continue
		}
		s.dated()
		o.w.turns(s.ended().Add(lookBack + 1))
		if !s.ActiveAt(o.w.now) && !s.FutureAt(o.w.now) && s.ended().Before(o.oldest) {
			continue
		}
		g.lay(shelfKey{kind: onHeld, source: g.source, id: id})
	}
}

// sort makes the order independent of that in which tickets were read.
func (o *overview) sort() {
	for i := range o.shelves {
		if o.shelves[i].kind.sorted() {
			slices.SortFunc(o.shelves[i].notes, o.compare)
		}
	}
	o.sorted = true
}

// compare orders notes by what they are about.
func (o *overview) compare(a, b int32) int {
	x, y := &o.notes[a], &o.notes[b]
	return cmp.Or(cmp.Compare(o.id(x), o.id(y)), cmp.Compare(o.source(a), o.source(b)))
}

func (o *overview) source(n int32) string { return o.sources.names[o.notes[n].source] }

// refsOf are the two ways in which others refer to a ticket.
func refsOf(id, key string) [2]ticket.Ref { return [2]ticket.Ref{{ID: id}, {Key: key}} }

// distinct leaves out references that point where one before them does.
func distinct(out, refs []ticket.Ref) []ticket.Ref {
	for _, r := range refs {
		if !slices.ContainsFunc(out, r.Is) {
			out = append(out, r)
		}
	}
	return out
}

// ticket looks a noted one up; nil when it is not stored any more.
func (o *overview) ticket(n int32) *workTicket {
	one := &o.notes[n]
	return o.w.ticket(o.source(n), ticket.Ref{ID: o.id(one), Key: o.key(one)})
}

// tickets looks them up, each once, in the order given.
func (o *overview) tickets(notes []int32) []*workTicket {
	at := o.together(notes)
	out := make([]*workTicket, 0, len(notes))
	for i, n := range notes {
		if i > 0 && n == notes[i-1] {
			continue
		}
		t := at[o.notes[n].source][o.id(&o.notes[n])]
		if t == nil {
			t = o.ticket(n)
		}
		if t != nil {
			out = append(out, t)
		}
	}
	return out
}

// together looks many up at once, by source and id.
func (o *overview) together(notes []int32) map[int16]map[string]*workTicket {
	if len(notes) < worthTogether {
		return nil
	}
	ids := map[int16][]string{}
	for _, n := range notes {
		one := &o.notes[n]
		ids[one.source] = append(ids[one.source], o.id(one))
	}
	out := make(map[int16]map[string]*workTicket, len(ids))
	for source, some := range ids {
		out[source] = o.w.together(o.sources.names[source], some)
	}
	return out
}

// standing lists what stands directly below, ordered by id.
func (o *overview) standing(source int32, id, key string) []int32 {
	refs := refsOf(id, key)
	list := slices.Concat(o.below(source, refs[0]).notes, o.below(source, refs[1]).notes)
	slices.SortFunc(list, o.compare)
	return slices.Compact(list)
}

// below is what stands below what the reference points at.
func (o *overview) below(source int32, r ticket.Ref) *shelf {
	return o.look(o.refShelf(onBelow, source, r))
}

// children are the tickets directly below, as of the moment looked at, ordered
// by id.
func (t *workTicket) children() []*workTicket {
	o := t.w.overview
	return o.tickets(o.standing(o.sources.find(t.Source), t.ID, t.Key))
}

// held is what the sprint holds, ordered by id.
func (s *sprint) held() []int32 {
	o := s.w.overview
	return o.look(shelfKey{kind: onHeld, source: o.sources.find(s.Source), id: s.ID}).notes
}

// tickets are those planned into the sprint, ordered by id.
func (s *sprint) tickets() []*workTicket { return s.w.overview.tickets(s.held()) }

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
