package rules

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Memory is what an evaluation remembers for the next, see Book.CheckAgain. The zero
// value is ready. It serves one evaluation after the other, of one Book by one
// Directory: with others, or at an earlier moment, it starts anew.
//
// Of every ticket it remembers what was noticed, what else was asked for meanwhile,
// and until when the answers hold by the passing of time alone; beside that the
// overview, from which a ticket's share can be taken.
type Memory struct {
	book *Book
	dir  *org.Directory
	now  time.Time
	full bool // it holds something

	overview  *overview
	acts      keptActs
	addresses keptAddresses
	sprints   map[string]*sprint
	times     map[int16]uint64 // the sprints of each team, by hash
	dated     *org.Dates

	at     map[uint32]int32 // by hash of source and id; at the next number where two have one
	units  []unit           // by place
	free   []int32          // places of tickets that are gone
	marks  []uint32         // what units asked for, where their notes lie, which addresses they tell
	waste  int              // marks that no unit has any more
	told   map[int32][]*sighting
	joined map[int32][]*keptGroup
	groups map[string]*keptGroup
	most   int // the fewest changes that were asked whether they are bulk

	others map[otherKey]*other
	round  int // counts evaluations

	seen   []*sighting // of tickets and their groups, ordered by id
	flying []flying    // as an outcome has them
	looked int

	altered alteredKeys
	worked  int // tickets that the latest evaluation looked at
}

// unit is what is remembered of one ticket beside its note.
type unit struct {
	until  int64
	people crowd
	from   uint32 // its marks: what was asked for, then places, then addresses
	asked  uint32
	places uint16
	tells  uint16
	known  bool // a ticket is stored
	looked bool // it existed at the moment
	flies  bool // it counts as in flight
	due    bool // it is looked at this time
}

// keptGroup is everything that a rule noticed about one subject.
type keptGroup struct {
	key     string
	members []int32 // places of the tickets whose rows it tells
	mixed   bool    // it tells of something beside tickets as well
	until   int64
	people  crowd
	asked   []uint32
	seen    *sighting // nil where nothing is told
}

// otherKey names what is looked at beside tickets: a sprint, an area, somebody in a
// role, a team and one rule.
type otherKey struct{ scope, id, rule string }

// other is what is remembered of it.
type other struct {
	until  int64
	people crowd
	asked  []uint32
	told   []*sighting
	round  int // when it was there last
	due    bool
}

// alteredKeys are the short forms of what turned out otherwise.
type alteredKeys struct {
	keys   map[uint32]bool
	filter [1 << 10]uint64 // the lower bits of the keys
	people []crowd
}

func (a *alteredKeys) clear() { *a = alteredKeys{keys: map[uint32]bool{}} }

func (a *alteredKeys) add(key uint32) {
	a.keys[key] = true
	a.filter[key>>6&1023] |= 1 << (key & 63)
}

func (a *alteredKeys) has(key uint32) bool {
	return a.filter[key>>6&1023]>>(key&63)&1 == 1 && a.keys[key]
}

func (a *alteredKeys) concerns(asked []uint32, of crowd) bool {
	for _, one := range a.people {
		if of.mayHold(one) {
			return true
		}
	}
	return len(a.keys) > 0 && slices.ContainsFunc(asked, a.has)
}

// forget makes the next evaluation start anew.
func (m *Memory) forget() { *m = Memory{worked: m.worked} }

// begin makes room for a first evaluation.
func (m *Memory) begin(b *Book, w *world) {
	*m = Memory{
		book: b, dir: w.dir, dated: w.dir.Dates(), acts: keptActs{}, addresses: newKeptAddresses(), at: map[uint32]int32{},
		told: map[int32][]*sighting{}, joined: map[int32][]*keptGroup{}, groups: map[string]*keptGroup{}, others: map[otherKey]*other{}, times: map[int16]uint64{}, most: 1 << 30,
	}
	m.altered.clear()
	m.overview = newOverview(w, b.wants())
	m.overview.altered = &m.altered
}

// serves reports whether what is remembered can be built upon.
func (m *Memory) serves(b *Book, w *world) bool {
	if !m.full || m.book != b || m.dir != w.dir || w.now.Before(m.now) || w.dir.Era(w.now) != w.dir.Era(m.now) {
		return false
	}
	for q := range quartersAround(w.now) {
		if !m.overview.quarters[q] {
			return false
		}
	}
	return true
}

// hashOf tells tickets apart, nearly always.
func hashOf(source, id string) uint32 {
	return uint32(maphash.Comparable(askedSeed, ticket.AccountKey{Tracker: source, ID: id}))
}

// find gives the place of a ticket.
func (m *Memory) find(source, id string) (int32, bool) {
	for h := hashOf(source, id); ; h++ {
		n, known := m.at[h]
		if !known {
			return 0, false
		}
		if note := &m.overview.notes[n]; m.units[n].known && m.overview.id(note) == id && m.overview.source(n) == source {
			return n, true
		}
	}
}

// place gives the place of a ticket, a new one where it has none.
func (m *Memory) place(source, id string) int32 {
	if n, known := m.find(source, id); known {
		return n
	}
	h := hashOf(source, id)
	for {
		n, taken := m.at[h]
		if !taken || !m.units[n].known {
			break
		}
		h++
	}
	var n int32
	if last := len(m.free) - 1; last >= 0 {
		n, m.free = m.free[last], m.free[:last]
	} else {
		n = m.overview.room()
		m.units = append(m.units, unit{})
	}
	m.at[h] = n
	fresh := note{source: int16(m.overview.sources.number(source)), who: -1, team: nobodys} //nolint:gosec // few sources
	m.overview.name(&fresh, id, "")
	m.overview.notes[n] = fresh
	m.units[n] = unit{known: true, until: never}
	return n
}

// marksOf gives what was asked for, where notes lie and which addresses are told.
func (m *Memory) marksOf(u *unit) (asked []uint32, places []place, tells []uint32) {
	all := m.marks[u.from : u.from+u.asked+uint32(u.places)+uint32(u.tells)]
	places = make([]place, u.places)
	for i := range places {
		places[i] = place(all[int(u.asked)+i])
	}
	return all[:u.asked], places, all[u.asked+uint32(u.places):]
}

// mark gives a unit other marks.
func (m *Memory) mark(u *unit, asked []uint32, places []place, tells []uint32) {
	m.waste += int(u.asked) + int(u.places) + int(u.tells)
	from := uint32(len(m.marks))
	m.marks = append(m.marks, asked...)
	for _, p := range places {
		m.marks = append(m.marks, uint32(p))
	}
	m.marks = append(m.marks, tells...)
	u.from, u.asked, u.places, u.tells = from, uint32(len(asked)), uint16(len(places)), uint16(len(tells))
}

// tidy makes the marks small again, once all are made and when half of them are waste.
func (m *Memory) tidy() {
	if m.full && m.waste*2 < len(m.marks) {
		return
	}
	marks := make([]uint32, 0, len(m.marks)-m.waste)
	for i := range m.units {
		u := &m.units[i]
		n := u.asked + uint32(u.places) + uint32(u.tells)
		from := uint32(len(marks))
		marks = append(marks, m.marks[u.from:u.from+n]...)
		u.from = from
	}
	m.marks, m.waste = marks, 0
}

// gather notes what the ticket is to others, in the place of what it was. Nil is
// one that is not stored any more.
func (m *Memory) gather(n int32, t *ticket.Ticket, w *world) {
	o, u := m.overview, &m.units[n]
	w.noted.clear()
	_, oldPlaces, oldTells := m.marksOf(u)
	old, oldTraces := o.notes[n], o.traced[n]
	o.scratch.clear(o)
	g := &o.scratch
	var tells []uint32
	if t != nil {
		tells = m.addresses.tell(nil, t)
		if seen := w.show(t, &o.shown); seen != nil {
			o.collect(seen)
		}
	}
	g.note.source, g.note.name, g.note.idSize, g.note.keySize = old.source, old.name, old.idSize, old.keySize
	if t != nil && o.key(&old) != t.Key {
		o.name(&g.note, t.ID, t.Key)
	}
	for _, who := range append(m.addresses.count(tells, 1), m.addresses.count(oldTells, -1)...) {
		if m.full {
			m.altered.people = append(m.altered.people, peopleOf(who))
		}
	}
	if first, known := o.begun[old.team]; known && first.id == o.id(&old) && first.source == int32(old.source) && m.full {
		// Whose ticket is the first then is not remembered.
		o.lost = o.lost || g.workTicket == nil || g.team != old.team || g.Created.After(first.at)
	}
	slices.Sort(g.places)
	if same := old == g.note && slices.Equal(oldTraces, g.traces); !same || !slices.Equal(g.places, oldPlaces) {
		m.alterShelves(g.places, oldPlaces, same)
		m.alterShelves(oldPlaces, g.places, same)
		o.count(&g.note, g.traces, 1)
		o.count(&old, oldTraces, -1)
		o.take(n, oldPlaces)
		o.put(n, g)
	}
	m.mark(u, w.noted.once(), g.places, tells)
	u.until, u.people = w.noted.until, w.noted.people
}

// alterShelves notes that shelves hold something else: those that others does not
// list, or all where the note itself is another one.
func (m *Memory) alterShelves(places, others []place, same bool) {
	if !m.full {
		return
	}
	for _, p := range places {
		if !same || !slices.Contains(others, p) {
			m.altered.add(m.overview.shelves[p.shelf()].asked)
		}
	}
}

// remove forgets a ticket.
func (m *Memory) remove(n int32, w *world) {
	m.gather(n, nil, w)
	m.mark(&m.units[n], nil, nil, nil)
	note := &m.overview.notes[n]
	source := m.overview.source(n)
	// Those that stand behind it have to be found without it.
	for h := hashOf(source, m.overview.id(note)); ; h++ {
		at, known := m.at[h]
		if !known {
			break
		}
		if at == n {
			m.unhash(h)
			break
		}
	}
	m.units[n] = unit{until: never}
	m.free = append(m.free, n)
}

// unhash takes out one number and moves up those behind it.
func (m *Memory) unhash(h uint32) {
	delete(m.at, h)
	for next := h + 1; ; next++ {
		n, known := m.at[next]
		if !known {
			return
		}
		delete(m.at, next)
		m.at[m.freeHash(m.overview.source(n), m.overview.id(&m.overview.notes[n]))] = n
	}
}

func (m *Memory) freeHash(source, id string) uint32 {
	h := hashOf(source, id)
	for {
		if _, taken := m.at[h]; !taken {
			return h
		}
		h++
	}
}

// looking is what is noted while one ticket is looked at.
type looking struct {
	place  int32
	until  int64
	people crowd
	asked  []uint32
	most   int
	told   []*sighting
	joined []string
	handed []handed
	looked bool
	flies  bool
}

// keep remembers what was noticed of a ticket, in the place of what was before. It
// gives what is not told any more.
func (m *Memory) keep(l *looking) {
	u := &m.units[l.place]
	asked, places, tells := m.marksOf(u)
	if len(l.asked) > 0 {
		all := slices.Concat(asked, l.asked)
		slices.Sort(all)
		m.mark(u, slices.Compact(all), places, slices.Clone(tells))
	}
	u.until, u.people = min(u.until, l.until), u.people|l.people
	if l.looked {
		m.looked++
	}
	m.most = min(m.most, l.most)
	u.looked, u.flies = l.looked, l.flies
	if len(l.told) > 0 {
		m.told[l.place] = l.told
	}
	for _, key := range l.joined {
		g := m.groups[key]
		if g == nil {
			g = &keptGroup{key: key, until: never}
			m.groups[key] = g
		}
		if !slices.Contains(m.joined[l.place], g) {
			m.joined[l.place] = append(m.joined[l.place], g)
			g.members = append(g.members, l.place)
		}
	}
}

// leave takes a ticket out of its groups, which it gives.
func (m *Memory) leave(n int32) []*keptGroup {
	groups := m.joined[n]
	for _, g := range groups {
		at := slices.Index(g.members, n)
		g.members = slices.Delete(g.members, at, at+1)
	}
	delete(m.joined, n)
	return groups
}

// retell puts what is told now in the place of what was told before.
func (m *Memory) retell(gone map[*sighting]bool, fresh []*sighting) {
	if len(gone) > 0 {
		m.seen = slices.DeleteFunc(m.seen, func(s *sighting) bool { return gone[s] })
	}
	if len(fresh) == 0 {
		return
	}
	byID := func(a, b *sighting) int { return strings.Compare(string(a.ID), string(b.ID)) }
	slices.SortFunc(fresh, byID)
	if len(m.seen) == 0 {
		m.seen = fresh
		return
	}
	out := make([]*sighting, 0, len(m.seen)+len(fresh))
	for _, s := range m.seen {
		for len(fresh) > 0 && byID(fresh[0], s) < 0 {
			out, fresh = append(out, fresh[0]), fresh[1:]
		}
		out = append(out, s)
	}
	m.seen = slices.Concat(out, fresh)
}

func compareFlying(a, b flying) int {
	return cmp.Or(strings.Compare(a.team, b.team), strings.Compare(a.ticket, b.ticket))
}

// outcome is what is remembered together with what was seen beside it.
func (m *Memory) outcome(c *check) Outcome {
	all := make([]*sighting, 0, len(c.seen))
	for _, s := range c.seen {
		all = append(all, &s)
	}
	seen := Memory{seen: m.seen}
	seen.retell(nil, all)
	if len(m.flying) == 0 {
		m.flying = nil // as an evaluation that remembers nothing has it
	}
	out := Outcome{Tickets: m.looked, Stopped: c.stopped, stoppedAt: c.stoppedAt, flying: slices.Clone(m.flying), watched: make(map[finding.ID]bool, len(seen.seen))}
	if len(seen.seen) > 0 {
		out.Seen = make([]finding.Seen, 0, len(seen.seen))
	}
	for _, s := range seen.seen {
		out.Seen = append(out.Seen, s.Seen)
		out.watched[s.ID] = !s.visible
	}
	for _, t := range m.dir.Teams() { // ordered by id
		out.Flights = append(out.Flights, finding.Flight{Team: t.ID, At: c.w.now})
	}
	out.CountClear(func(*finding.Seen) bool { return true })
	return out
}
