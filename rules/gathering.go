package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// What is told across tickets is gathered by each part of a shared evaluation from
// its own tickets, and laid together by all of them. Nothing of it depends on the
// order in which tickets are read, so all come to know the same.

// sent is what this part gathered.
func (o *overview) sent(acts ticket.Acts, addresses ticket.Addresses) []byte {
	s := &sender{}
	s.count(len(addresses))
	for who, address := range addresses {
		s.text(who.Tracker)
		s.once(who.ID)
		s.once(address)
	}
	s.count(len(acts))
	for who, times := range acts {
		s.text(who.Tracker)
		s.once(who.ID)
		s.count(len(times))
		last := int64(0)
		for _, at := range times {
			s.number(at - last)
			last = at
		}
	}
	o.send(s)
	return s.buf
}

// receive lays what another part gathered to what is known.
func (o *overview) receive(told []byte, acts ticket.Acts, addresses ticket.Addresses) error {
	r := &receiver{rest: string(told)}
	for range r.count() {
		key := account{Tracker: r.text(), ID: r.once()}
		if address, have := r.once(), addresses[key]; have == "" || address < have {
			addresses[key] = address
		}
	}
	for range r.count() {
		key := account{Tracker: r.text(), ID: r.once()}
		n := r.count()
		times := slices.Grow(acts[key], n)
		last := int64(0)
		for range n {
			last += r.number()
			times = append(times, last)
		}
		acts[key] = times
	}
	(&joining{overview: o, r: r, notesFrom: len(o.notes)}).join()
	if r.err == nil && r.rest != "" {
		r.garbled()
	}
	return wrappedPart(r.err)
}

func wrappedPart(err error) error {
	if err != nil {
		return fmt.Errorf("lay together what the parts gathered: %w", err)
	}
	return nil
}

// send writes an overview that is not sorted yet.
func (o *overview) send(s *sender) {
	s.count(len(o.sources.names))
	for _, name := range o.sources.names {
		s.text(name)
	}
	s.count(len(o.people.told))
	for i := range o.people.told {
		p := &o.people.told[i]
		s.text(p.tracker)
		s.once(p.ID)
		s.once(p.Name)
		s.once(p.Email)
		s.claim(p.Bot)
		s.claim(p.Inactive)
	}
	s.count(len(o.notes))
	for i := range o.notes {
		n := &o.notes[i]
		s.once(o.id(n))
		s.once(o.key(n))
		s.number(n.at)
		s.number(n.points)
		s.number(int64(n.source))
		s.number(int64(n.who))
		s.number(int64(n.team))
		s.number(int64(n.kind))
		s.number(int64(n.category))
	}
	s.count(len(o.at))
	for key, at := range o.at {
		s.number(int64(key.kind))
		s.number(int64(key.source))
		s.number(int64(key.team))
		s.claim(key.byKey)
		s.text(key.id)
		shelf := &o.shelves[at]
		s.numbers(shelf.notes)
		if key.kind == onBelow {
			s.number(int64(shelf.sum.parts))
			s.number(int64(shelf.sum.done))
			s.number(int64(shelf.sum.estimated))
			s.number(shelf.sum.points)
		}
	}
	s.count(len(o.traced))
	for n, traces := range o.traced {
		s.number(int64(n))
		s.count(len(traces))
		for _, t := range traces {
			s.number(int64(t.ritual))
			s.number(int64(t.by))
			s.moment(t.at)
		}
	}
	s.count(len(o.begun))
	for team, first := range o.begun {
		s.number(int64(team))
		s.moment(first.at)
		s.number(int64(first.source))
		s.once(first.id)
	}
}

func (s *sender) moment(at time.Time) {
	s.number(at.Unix())
	s.number(int64(at.Nanosecond()))
}

func (r *receiver) moment() time.Time { return time.Unix(r.number(), r.number()).UTC() }

// joining lays one overview to another that is not sorted yet, in which notes, sources
// and people have other numbers.
type joining struct {
	*overview
	r                *receiver
	notesFrom, notes int
	sourceAt, person []int32
}

func (j *joining) join() {
	r := j.r
	for range r.count() {
		j.sourceAt = append(j.sourceAt, j.sources.number(r.text()))
	}
	for range r.count() {
		tracker := r.text()
		j.person = append(j.person, j.people.number(tracker, ticket.Account{ID: r.once(), Name: r.once(), Email: r.once(), Bot: r.claim(), Inactive: r.claim()}))
	}
	j.notes = r.count()
	j.overview.notes = slices.Grow(j.overview.notes, j.notes)
	for range j.notes {
		j.overview.notes = append(j.overview.notes, j.received())
	}
	for range r.count() {
		j.shelf()
	}
	for range r.count() {
		n := j.note()
		for range r.count() {
			j.traced[n] = append(j.traced[n], trace{ritual: int(r.number()), by: j.who(), at: r.moment()})
		}
	}
	for range r.count() {
		team, first := j.team(), begun{at: r.moment(), source: j.source(), id: r.once()}
		if have, known := j.begun[team]; !known || first.at.Before(have.at) {
			j.begun[team] = first
		}
	}
	for n := j.notesFrom; n < len(j.overview.notes); n++ {
		j.count(&j.overview.notes[n], j.traced[int32(n)], 1) //nolint:gosec // as many notes as fit into memory
	}
}

// received is a note.
func (j *joining) received() note {
	r := j.r
	id, key := r.once(), r.once()
	n := note{
		at: r.number(), points: r.number(), source: int16(j.source()), who: j.who(), team: j.team(), //nolint:gosec // see collect
		kind: noteKind(r.number()), category: noteCategory(r.number()), //nolint:gosec // a handful of each
	}
	j.name(&n, id, key)
	return n
}

// shelf lays what lies on a shelf to what lies there already.
func (j *joining) shelf() {
	r := j.r
	key := shelfKey{kind: shelfKind(r.number())} //nolint:gosec // a handful
	if key.kind.ofSource() {
		key.source = j.source()
	} else {
		key.source = int32(r.number()) //nolint:gosec // as it was sent
	}
	key.team, key.byKey, key.id = j.team(), r.claim(), r.text()
	s := &j.shelves[j.overview.shelf(key)]
	s.notes = r.numbers(s.notes, j.notesFrom, j.notes)
	if key.kind == onBelow {
		s.sum.parts += int32(r.number())     //nolint:gosec // a count of tickets
		s.sum.done += int32(r.number())      //nolint:gosec // a count of tickets
		s.sum.estimated += int32(r.number()) //nolint:gosec // a count of tickets
		s.sum.points += r.number()
	}
}

func (j *joining) note() int32 { return j.r.place(j.notesFrom, j.notes) }

func (j *joining) source() int32 { return pick(j.r, j.sourceAt, j.r.number()) }

// who is an account; -1 for nobody.
func (j *joining) who() int32 {
	if n := j.r.number(); n != -1 {
		return pick(j.r, j.person, n)
	}
	return -1
}

func pick(r *receiver, list []int32, n int64) int32 {
	if n < 0 || n >= int64(len(list)) {
		r.garbled()
		return 0
	}
	return list[n]
}

func (j *joining) team() int16 {
	n := j.r.number()
	if n < int64(nobodys) || n >= int64(len(j.w.dir.Teams())) {
		j.r.garbled()
		return nobodys
	}
	return int16(n)
}
