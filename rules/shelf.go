package rules

import (
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
)

// shelf holds the notes that answer one question: what stands below this epic,
// what does this sprint hold.
type shelf struct {
	notes []int32
	sum   sum    // what the tickets directly below come to
	asked uint32 // how who asked for it remembers that: see noted
	kind  shelfKind
}

// shelfKind is the kind of question.
type shelfKind uint8

const (
	onBelow     shelfKind = iota // tickets by what stands above
	onAbove                      // epics, projects and goals by what stands above them
	onHeld                       // tickets by sprint
	onDone                       // finished work by team
	onOpened                     // epics and projects by team
	onFlying                     // what is in flight, by team
	onComponent                  // finished and flying work by area
	onProject
	onLabel
	onHolder      // the same by what stands above it
	onHeldBy      // epics and projects by how others refer to them
	onTrace       // tickets by the ritual they show, which source numbers
	onQuarterGoal // goals by the quarter, which source numbers
	onQuarterWork
)

// sorted says that its notes are ordered by what they are about.
func (k shelfKind) sorted() bool { return k == onBelow || k == onHeld || k == onOpened }

// ofSource says that its tickets are of one source, which source numbers.
func (k shelfKind) ofSource() bool {
	return k == onBelow || k == onAbove || k == onHeld || k == onHeldBy || k.area()
}

// area says that it is an area of the work.
func (k shelfKind) area() bool { return onComponent <= k && k <= onHolder }

// shelfKey names a shelf.
type shelfKey struct {
	id     string
	source int32
	team   int16
	kind   shelfKind
	byKey  bool // id is a ticket's key
}

// refShelf is the shelf of what the reference points at: by id where it has one.
func (o *overview) refShelf(kind shelfKind, source int32, r ticket.Ref) shelfKey {
	if r.ID != "" {
		return shelfKey{kind: kind, source: source, id: r.ID}
	}
	return shelfKey{kind: kind, source: source, id: r.Key, byKey: true}
}

// empty is what lies on a shelf that nothing was laid on.
var emptyShelf shelf

// look gives the shelf to who asks what lies on it.
func (o *overview) look(key shelfKey) *shelf {
	if o.w.early() {
		return &emptyShelf
	}
	at, known := o.at[key]
	if !known {
		if o.w.noted != nil {
			o.w.noted.asks(key.asked())
		}
		return &emptyShelf
	}
	s := &o.shelves[at]
	if o.w.noted != nil {
		o.w.noted.asks(s.asked)
	}
	return s
}

// shelf gives the place of the shelf to who lays something on it.
func (o *overview) shelf(key shelfKey) int32 {
	at, known := o.at[key]
	if !known {
		key.id = strings.Clone(key.id) // that of a ticket would keep all of it in memory
		at = int32(len(o.shelves))
		o.shelves, o.at[key] = append(o.shelves, shelf{kind: key.kind, asked: key.asked()}), at
	}
	return at
}

// place is where a note lies: the shelf, and whether it is listed there. One that is
// not only counts in the sum.
type place int32

func (p place) shelf() int32 { return int32(p >> 1) }
func (p place) listed() bool { return p&1 == 1 }

// lay puts the ticket onto the shelf.
func (g *gathered) lay(key shelfKey) { g.layAt(g.o.shelf(key), true) }

func (g *gathered) layAt(shelf int32, listed bool) {
	for i, p := range g.places {
		if p.shelf() == shelf {
			if listed {
				g.places[i] |= 1
			}
			return
		}
	}
	p := place(shelf << 1)
	if listed {
		p |= 1
	}
	g.places = append(g.places, p)
}

// room is a place for a note.
func (o *overview) room() int32 {
	o.notes = append(o.notes, note{})
	return int32(len(o.notes) - 1)
}

// put lays the note of what was gathered onto its shelves.
func (o *overview) put(n int32, g *gathered) {
	o.notes[n] = g.note
	for _, p := range g.places {
		s := &o.shelves[p.shelf()]
		if s.kind == onBelow {
			s.sum.add(&g.note, 1)
		}
		if !p.listed() {
			continue
		}
		if !o.sorted || !s.kind.sorted() {
			s.notes = append(s.notes, n)
			continue
		}
		at, _ := slices.BinarySearchFunc(s.notes, n, o.compare)
		s.notes = slices.Insert(s.notes, at, n)
	}
	if len(g.traces) > 0 {
		o.traced[n] = slices.Clone(g.traces)
	}
}

// take takes the note from its shelves.
func (o *overview) take(n int32, places []place) {
	old := o.notes[n]
	for _, p := range places {
		s := &o.shelves[p.shelf()]
		if s.kind == onBelow {
			s.sum.add(&old, -1)
		}
		if !p.listed() {
			continue
		}
		if s.kind.sorted() {
			at, _ := slices.BinarySearchFunc(s.notes, n, o.compare)
			s.notes = slices.Delete(s.notes, at, at+1)
			continue
		}
		at, last := slices.Index(s.notes, n), len(s.notes)-1
		s.notes[at] = s.notes[last]
		s.notes = s.notes[:last]
	}
	delete(o.traced, n)
}
