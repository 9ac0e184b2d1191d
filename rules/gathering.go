package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// What is told across tickets is gathered by each part of a shared evaluation from
// its own tickets, and laid together by all of them. Nothing of it depends on the
// order in which tickets are read, so all come to know the same.

// sent is what this part gathered.
func (w *world) sent() []byte {
	s := &sender{}
	s.count(len(w.emails))
	for who, address := range w.emails {
		s.text(who.Tracker)
		s.once(who.ID)
		s.once(address)
	}
	s.count(len(w.bulk))
	for who, times := range w.bulk {
		s.text(who.Tracker)
		s.once(who.ID)
		s.count(len(times))
		last := int64(0)
		for _, at := range times {
			s.number(at - last)
			last = at
		}
	}
	w.overview.send(s)
	return s.buf
}

// receive lays what another part gathered to what is known.
func (w *world) receive(told []byte) error {
	r := &receiver{rest: string(told)}
	for range r.count() {
		key := account{Tracker: r.text(), ID: r.once()}
		if address, have := r.once(), w.emails[key]; have == "" || address < have {
			w.emails[key] = address
		}
	}
	for range r.count() {
		key := account{Tracker: r.text(), ID: r.once()}
		n := r.count()
		times := slices.Grow(w.bulk[key], n)
		last := int64(0)
		for range n {
			last += r.number()
			times = append(times, last)
		}
		w.bulk[key] = times
	}
	w.overview.receive(r)
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
	s.count(len(o.people.list))
	for i := range o.people.list {
		p := &o.people.list[i]
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
		s.once(n.id)
		s.once(n.key)
		s.number(int64(n.source))
		s.number(int64(n.team))
		s.number(int64(n.kind))
		s.claim(n.ended)
	}
	s.count(len(o.finished))
	for _, f := range o.finished {
		s.number(f.at)
		s.number(int64(f.ticket))
		s.number(int64(f.by))
	}
	for _, lists := range []map[string][]int32{o.below, o.above, o.held} {
		s.count(len(lists))
		for key, list := range lists {
			s.text(key)
			s.numbers(list)
		}
	}
	for _, lists := range []map[int16][]int32{o.done, o.opened} {
		s.count(len(lists))
		for team, list := range lists {
			s.number(int64(team))
			s.numbers(list)
		}
	}
	o.sendSums(s)
	o.sendWork(s)
	o.sendTraces(s)
}

func (o *overview) sendSums(s *sender) {
	s.count(len(o.sums))
	for key, sum := range o.sums {
		s.text(key)
		s.number(int64(sum.parts))
		s.number(int64(sum.done))
		s.number(int64(sum.estimated))
		s.number(sum.points)
	}
}

// sendWork writes what is in flight, the areas and the quarters.
func (o *overview) sendWork(s *sender) {
	s.count(len(o.flying))
	for team, flights := range o.flying {
		s.number(int64(team))
		s.count(len(flights))
		for _, f := range flights {
			s.number(int64(f.ticket))
			s.number(int64(f.owner))
			s.claim(f.holder)
		}
	}
	s.count(len(o.areas))
	for key, a := range o.areas {
		s.number(int64(key.kind))
		s.number(int64(key.team))
		s.number(int64(key.source))
		s.text(key.id)
		s.numbers(a.finished)
		s.number(int64(a.flying))
	}
	s.count(len(o.holders))
	for key, n := range o.holders {
		s.text(key)
		s.number(int64(n))
	}
	s.count(len(o.quarters))
	for q, work := range o.quarters {
		s.number(int64(q))
		s.numbers(work.goals)
		s.numbers(work.work)
	}
}

// sendTraces writes since when teams' work is known and what their rituals left, in
// the order of the teams.
func (o *overview) sendTraces(s *sender) {
	s.count(len(o.begun))
	for team, at := range o.begun {
		s.number(int64(team))
		s.moment(at)
	}
	o.eachRitual(func(r *org.Ritual) {
		s.count(len(o.traces[r]))
		for n, at := range o.traces[r] {
			s.number(int64(n))
			s.moment(at)
		}
	})
}

func (s *sender) moment(at time.Time) {
	s.number(at.Unix())
	s.number(int64(at.Nanosecond()))
}

func (r *receiver) moment() time.Time { return time.Unix(r.number(), r.number()).UTC() }

func (o *overview) eachRitual(do func(*org.Ritual)) {
	teams := o.w.dir.Teams()
	for i := range teams {
		for n := range teams[i].Rituals {
			do(&teams[i].Rituals[n])
		}
	}
}

// joining lays one overview to another, in which notes, finishes, sources and people
// have other numbers.
type joining struct {
	*overview
	r                *receiver
	notesFrom, notes int
	endsFrom, ends   int
	sourceAt, person []int32
}

// receive lays what another part gathered to the overview, which is not sorted yet.
func (o *overview) receive(r *receiver) {
	j := &joining{overview: o, r: r, notesFrom: len(o.notes), endsFrom: len(o.finished)}
	for range r.count() {
		j.sourceAt = append(j.sourceAt, o.sources.number(r.text()))
	}
	for range r.count() {
		tracker := r.text()
		j.person = append(j.person, o.people.number(tracker, ticket.Account{ID: r.once(), Name: r.once(), Email: r.once(), Bot: r.claim(), Inactive: r.claim()}))
	}
	j.notes = r.count()
	o.notes = slices.Grow(o.notes, j.notes)
	for range j.notes {
		o.notes = append(o.notes, note{id: r.once(), key: r.once(), source: j.source(), team: j.team(), kind: noteKind(r.number()), ended: r.claim()}) //nolint:gosec // four kinds
	}
	j.ends = r.count()
	for range j.ends {
		o.finished = append(o.finished, finish{at: r.number(), ticket: j.note(), by: j.who()})
	}
	for _, lists := range []map[string][]int32{o.below, o.above, o.held} {
		for range r.count() {
			key := r.text()
			lists[key] = r.numbers(lists[key], j.notesFrom, j.notes)
		}
	}
	for range r.count() {
		team := j.team()
		o.done[team] = r.numbers(o.done[team], j.endsFrom, j.ends)
	}
	for range r.count() {
		team := j.team()
		o.opened[team] = r.numbers(o.opened[team], j.notesFrom, j.notes)
	}
	j.sums()
	j.work()
	j.traces()
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

func (j *joining) sums() {
	for range j.r.count() {
		key := j.r.text()
		sum := j.overview.sums[key]
		sum.parts += int32(j.r.number())     //nolint:gosec // a count of tickets
		sum.done += int32(j.r.number())      //nolint:gosec // a count of tickets
		sum.estimated += int32(j.r.number()) //nolint:gosec // a count of tickets
		sum.points += j.r.number()
		j.overview.sums[key] = sum
	}
}

func (j *joining) work() {
	for range j.r.count() {
		team := j.team()
		for range j.r.count() {
			j.flying[team] = append(j.flying[team], flight{ticket: j.note(), owner: j.who(), holder: j.r.claim()})
		}
	}
	for range j.r.count() {
		a := j.area(areaKey{kind: areaKind(j.r.number()), team: j.team(), source: j.source(), id: j.r.text()}) //nolint:gosec // four kinds
		a.finished = j.r.numbers(a.finished, j.endsFrom, j.ends)
		a.flying += int(j.r.number())
	}
	for range j.r.count() {
		key, n := j.r.text(), j.note()
		// Of several tickets under one key the last to be read stands, as when one
		// process reads them all in the order of their ids.
		if have, known := j.holders[key]; !known || j.compare(have, n) < 0 {
			j.holders[key] = n
		}
	}
	for range j.r.count() {
		work := j.quarters[quarter(j.r.number())]
		if work == nil {
			work = &quarterWork{} // of another moment; it cannot be
		}
		work.goals = j.r.numbers(work.goals, j.notesFrom, j.notes)
		work.work = j.r.numbers(work.work, j.notesFrom, j.notes)
	}
}

func (j *joining) traces() {
	for range j.r.count() {
		team, begun := j.team(), j.r.moment()
		if have, known := j.begun[team]; !known || begun.Before(have) {
			j.begun[team] = begun
		}
	}
	j.eachRitual(func(r *org.Ritual) {
		for range j.r.count() {
			n, at := j.who(), j.r.moment()
			if j.overview.traces[r] == nil {
				j.overview.traces[r] = map[int32]time.Time{}
			}
			j.overview.traces[r][n] = later(j.overview.traces[r][n], at)
		}
	})
}
