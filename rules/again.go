package rules

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Altered names a ticket that was stored or removed since the memory's latest
// evaluation. What happens while an evaluation runs is named to the next.
type Altered struct{ Source, ID string }

// CheckAgain is Check with the work limited to what was altered, to what depends on
// it, and to what a passing of time concerns. Its Outcome always equals that of Check
// over the same work at the same moment.
//
// The sprints are read whole and compared. When it is not known what was altered,
// when the memory holds nothing, or when it does not fit, everything is looked at,
// which fills the memory. After an error, and while a rule cannot be evaluated, the
// next evaluation starts anew.
func (b *Book) CheckAgain(ctx context.Context, w Work, dir *org.Directory, now time.Time, m *Memory, altered []Altered, known bool) (Outcome, error) {
	out, err := b.checkAgain(ctx, w, dir, now, m, altered, known)
	if err != nil || len(out.Stopped) > 0 {
		m.forget()
	}
	return out, err
}

func (b *Book) checkAgain(ctx context.Context, w Work, dir *org.Directory, now time.Time, m *Memory, altered []Altered, known bool) (Outcome, error) {
	wd, err := newWorld(ctx, w, dir, now)
	if err != nil {
		return Outcome{}, err
	}
	if known && m.serves(b, wd) {
		a := newAgain(newCheck(ctx, b, wd, newSharing(b, dir, Share{})), m)
		if err := a.look(altered); err != nil {
			return Outcome{}, err
		}
		if len(a.c.stopped) > 0 { // where a rule stops first only the order of all tells
			return b.checkOnce(ctx, w, dir, now, nil, Share{}, true)
		}
		if !a.m.overview.lost {
			return m.outcome(a.c), nil
		}
		if wd, err = newWorld(ctx, w, dir, now); err != nil {
			return Outcome{}, err
		}
	}
	out, err := b.fill(ctx, wd, m, false)
	if !errors.Is(err, errInOrder) {
		return out, err
	}
	if wd, err = newWorld(ctx, w, dir, now); err != nil {
		return Outcome{}, err
	}
	return b.fill(ctx, wd, m, true)
}

// fill looks at everything and fills the memory.
func (b *Book) fill(ctx context.Context, wd *world, m *Memory, inOrder bool) (Outcome, error) {
	m.begin(b, wd)
	a := newAgain(newCheck(ctx, b, wd, newSharing(b, wd.dir, Share{})), m)
	a.c.inOrder = inOrder
	err := a.all()
	if len(a.c.stopped) > 0 && (err == nil || errors.Is(err, errInOrder)) { // nothing is remembered then
		return b.checkOnce(ctx, wd.work, wd.dir, wd.now, nil, Share{}, true)
	}
	if err != nil {
		return Outcome{}, err
	}
	m.full = true
	return m.outcome(a.c), nil
}

// again is one evaluation with a memory.
type again struct {
	c         *check
	m         *Memory
	within    actsWithin
	read      map[int32]ticket.Ticket // some of those that were read, by place
	evaluated map[int32]bool          // tickets that were looked at, by place
	awaited   map[int32]bool          // tickets that are to be looked at once all are read
	concerned map[*keptGroup]bool     // groups to tell
	gone      map[*sighting]bool
	fresh     []*sighting
	landed    map[flying]bool
	flying    []flying
}

func newAgain(c *check, m *Memory) *again {
	w := c.w
	w.noted, w.dated, w.remembers = &noted{}, m.dated, c.book.longestWindow()
	w.noted.clear()
	c.memory = m
	w.bulk, w.emails, w.overview = m.acts, &m.addresses, m.overview
	m.overview.attach(w)
	m.now, m.worked = w.now, 0
	m.round++
	return &again{
		c: c, m: m, within: c.actsWithin(m.overview.wants), read: map[int32]ticket.Ticket{}, evaluated: map[int32]bool{}, awaited: map[int32]bool{},
		concerned: map[*keptGroup]bool{}, gone: map[*sighting]bool{}, landed: map[flying]bool{},
	}
}

// all looks at everything and fills the memory.
func (a *again) all() error {
	c, m := a.c, a.m
	defer a.keeping()()
	err := c.gatherAll(func(t *ticket.Ticket) int32 {
		n := m.place(t.Source, t.ID)
		m.acts.add(t, n, a.within)
		m.gather(n, t, c.w)
		return n
	})
	if err != nil {
		return err
	}
	m.acts.Sort()
	m.overview.sort()
	m.compareSprints(c.w)
	m.compareTimes()
	if err := a.rest(); err != nil {
		return err
	}
	if err := a.others(); err != nil {
		return err
	}
	if err := a.tellGroups(); err != nil {
		return err
	}
	a.end()
	m.altered.clear()
	return nil
}

// rest looks at what could not be judged while all was read.
func (a *again) rest() error {
	for _, t := range a.c.putOff {
		if n, known := a.m.find(t.source, t.id); known {
			a.awaited[n] = true
		}
	}
	err := a.c.rest()
	for n := range a.awaited { // it has gone meanwhile
		a.m.units[n].until = everyTime
	}
	return err
}

// look looks at what was altered and at what depends on it or on time.
func (a *again) look(altered []Altered) error {
	c, m := a.c, a.m
	m.compareSprints(c.w)
	due := m.due(c.w.now)
	for _, one := range altered {
		m.altered.add(askedTicket(one.Source, one.ID, false))
		if n := m.place(one.Source, one.ID); !m.units[n].due {
			m.units[n].due = true
			due = append(due, n)
		}
	}
	if err := a.gatherDue(due); err != nil || m.overview.lost {
		return err
	}
	m.compareTimes()
	due = slices.DeleteFunc(due, func(n int32) bool { return !m.units[n].known })
	dependent := m.due(c.w.now)
	m.groupsDue(c.w.now, a.concerned)
	m.altered.clear() // what is found to be altered from here on is left for the next evaluation
	dependent, err := a.gatherAgain(dependent)
	if err != nil {
		return err
	}
	if err := a.evaluate(slices.Concat(due, dependent)); err != nil {
		return err
	}
	if err := a.others(); err != nil {
		return err
	}
	if err := a.members(); err != nil {
		return err
	}
	if err := a.tellGroups(); err != nil {
		return err
	}
	a.end()
	return nil
}

// mostKept is how many tickets are kept between two looks at them.
const mostKept = 2000

// stored reads a ticket; false when it is not stored any more.
func (a *again) stored(n int32) (ticket.Ticket, bool, error) {
	if t, kept := a.read[n]; kept {
		return t, true, nil
	}
	if err := a.c.ctx.Err(); err != nil {
		return ticket.Ticket{}, false, err
	}
	id, source := a.m.overview.id(&a.m.overview.notes[n]), a.m.overview.source(n)
	t, err := a.c.w.work.Ticket(a.c.ctx, source, ticket.Ref{ID: id})
	switch {
	case err == nil:
		if len(a.read) < mostKept {
			a.read[n] = t
		}
		return t, true, nil
	case absent(err):
		return ticket.Ticket{}, false, nil
	}
	return ticket.Ticket{}, false, fmt.Errorf("read ticket %s of %s: %w", id, source, err)
}

// gatherDue puts what the tickets are to others in the place of what they were.
// Those that are gone are forgotten.
func (a *again) gatherDue(due []int32) error {
	m := a.m
	dropped := m.acts.drop(due, a.within.from)
	added := map[account][]int64{}
	for _, n := range due {
		note := &m.overview.notes[n]
		source := m.overview.source(n)
		m.altered.add(askedTicket(source, m.overview.key(note), true))
		t, found, err := a.stored(n)
		if err != nil {
			return err
		}
		a.leave(n)
		if !found {
			m.remove(n, a.c.w)
			continue
		}
		m.altered.add(askedTicket(source, t.Key, true))
		m.acts.add(&t, n, a.within)
		for act := range t.ActsIn(a.within.from, a.within.to, a.within.always) {
			added[act.Who] = append(added[act.Who], act.At.UnixMicro())
		}
		m.gather(n, &t, a.c.w)
	}
	m.acts.Sort()
	m.alterActs(dropped, added)
	return nil
}

// gatherAgain notes anew what gathering depends on, for tickets that are to others
// what they were. It gives those that are stored still: one that has gone meanwhile is
// left to the next evaluation.
func (a *again) gatherAgain(places []int32) ([]int32, error) {
	out := places[:0]
	for _, n := range places {
		t, found, err := a.stored(n)
		if err != nil {
			return nil, err
		}
		if !found {
			a.m.units[n].until = everyTime
			continue
		}
		a.leave(n)
		a.m.gather(n, &t, a.c.w)
		out = append(out, n)
	}
	return out, nil
}

// leave forgets what was noticed of a ticket.
func (a *again) leave(n int32) {
	m, u := a.m, &a.m.units[n]
	for _, s := range m.told[n] {
		a.gone[s] = true
	}
	delete(m.told, n)
	for _, g := range m.leave(n) {
		a.concerned[g] = true
	}
	if u.flies {
		a.landed[m.flight(n)] = true
	}
	if u.looked {
		m.looked--
	}
	u.flies, u.looked = false, false
}

// evaluate looks at tickets.
func (a *again) evaluate(places []int32) error {
	a.c.few = len(places) < 4*batchSize
	return a.tickets(func(yield func(ticket.Ticket, error) bool) {
		for _, n := range places {
			t, found, err := a.stored(n)
			if err == nil && !found { // it has gone meanwhile
				a.m.units[n].until = everyTime
				continue
			}
			if !yield(t, err) || err != nil {
				return
			}
		}
	})
}

// tickets looks at tickets and remembers what is noticed.
func (a *again) tickets(all func(yield func(ticket.Ticket, error) bool)) error {
	defer a.keeping()()
	return a.c.tickets(all)
}

// keeping makes what is noticed of tickets be remembered, until what it gives is called.
func (a *again) keeping() func() {
	a.c.keep = func(done []looking) {
		for i := range done {
			a.keep(&done[i])
		}
	}
	return func() { a.c.keep = nil }
}

// keep remembers what was noticed of a ticket.
func (a *again) keep(l *looking) {
	m := a.m
	m.keep(l)
	m.worked++
	delete(a.awaited, l.place)
	a.fresh = append(a.fresh, l.told...)
	if m.full {
		a.evaluated[l.place] = true
	}
	for _, g := range m.joined[l.place] {
		a.concerned[g] = true
	}
	if l.flies {
		a.flying = append(a.flying, m.flight(l.place))
	}
}

// others looks at everything that is no ticket.
func (a *again) others() error {
	c := a.c
	noting := c.w.noted
	c.w.noted = nil
	c.again = a
	err := c.others()
	c.again, c.w.noted = nil, noting
	if err != nil {
		return err
	}
	for key, o := range a.m.others {
		if o.round != a.m.round {
			a.untell(o)
			delete(a.m.others, key)
		}
	}
	for key, g := range c.groups {
		kept := a.m.groups[key]
		if kept == nil {
			continue
		}
		if kept.mixed = slices.ContainsFunc(g.rows, func(r row) bool { return r.ticket == nil }); kept.mixed {
			a.concerned[kept] = true
		}
	}
	return nil
}

// untell forgets what was noticed.
func (a *again) untell(o *other) {
	for _, s := range o.told {
		a.gone[s] = true
	}
}

// unlessRemembered looks at something beside tickets, unless what is remembered of
// it still holds. What joined a group is looked at every time: the group needs it.
func (c *check) unlessRemembered(key otherKey, look func() error) error {
	if c.again == nil {
		return look()
	}
	m := c.memory
	have := m.others[key]
	if have != nil && !have.due {
		have.round = m.round
		return nil
	}
	n, l := &noted{deep: true}, &looking{}
	n.clear()
	c.w.noted, c.looking = n, l
	clear(c.w.teams)
	err := look()
	c.w.noted, c.looking = nil, nil
	if err != nil {
		return err
	}
	if have != nil {
		c.again.untell(have)
	}
	m.most = min(m.most, n.most)
	now := &other{until: n.until, people: n.people, asked: slices.Clone(n.once()), told: l.told, round: m.round, due: len(l.joined) > 0}
	m.others[key] = now
	c.again.fresh = append(c.again.fresh, l.told...)
	return nil
}

// members looks at all tickets of the groups that are concerned: what a group tells
// depends on every one of them.
func (a *again) members() error {
	var more []int32
	for g := range a.concerned {
		for _, n := range g.members {
			if !a.evaluated[n] {
				a.evaluated[n] = true
				more = append(more, n)
			}
		}
	}
	slices.Sort(more)
	concerned := a.concerned
	a.concerned = map[*keptGroup]bool{} // these are no news to their other groups
	more, err := a.gatherAgain(more)
	if err == nil {
		err = a.evaluate(more)
	}
	a.concerned = concerned
	return err
}

// tellGroups tells the groups that are concerned, and those of what is no ticket.
func (a *again) tellGroups() error {
	c, m := a.c, a.m
	for g := range a.concerned {
		if g.seen != nil {
			a.gone[g.seen], g.seen = true, nil
		}
		if len(g.members) == 0 {
			delete(m.groups, g.key)
		}
	}
	n := &noted{}
	l := &looking{}
	for _, key := range sortedKeys(c.groups) {
		kept := m.groups[key]
		if kept != nil && !a.concerned[kept] {
			continue
		}
		c.looking = nil
		if kept != nil {
			n.clear()
			l.told = nil
			c.looking = l
			c.note(n)
		}
		err := c.tellGroup(c.groups[key])
		c.note(nil)
		c.looking = nil
		if err != nil {
			return err
		}
		if kept == nil {
			continue
		}
		kept.until, kept.people, kept.asked = n.until, n.people, slices.Clone(n.once())
		m.most = min(m.most, n.most)
		if len(l.told) > 0 {
			kept.seen = l.told[0]
			a.fresh = append(a.fresh, kept.seen)
		}
	}
	return nil
}

// end puts what is told into order.
func (a *again) end() {
	m := a.m
	m.retell(a.gone, a.fresh)
	if len(a.landed) > 0 {
		m.flying = slices.DeleteFunc(m.flying, func(f flying) bool { return a.landed[f] })
	}
	if len(a.flying) > 0 {
		m.flying = append(m.flying, a.flying...)
		slices.SortFunc(m.flying, compareFlying)
	}
	for i := range m.units {
		m.units[i].due = false
	}
	m.tidy()
	m.overview.detach()
}

// flight is the ticket in flight.
func (m *Memory) flight(n int32) flying {
	note := &m.overview.notes[n]
	return flying{team: m.dir.Teams()[note.team].ID, ticket: name(m.overview.source(n), m.overview.key(note))}
}

// due marks the tickets whose answers may turn out otherwise: by now, or by what was
// altered. It gives those that were not marked before.
func (m *Memory) due(now time.Time) []int32 {
	var out []int32
	at := now.UnixNano()
	for i := range m.units {
		u := &m.units[i]
		if !u.known || u.due || u.until > at && !m.altered.concerns(m.marks[u.from:u.from+u.asked], u.people) {
			continue
		}
		u.due = true
		out = append(out, int32(i))
	}
	return out
}

// groupsDue is the same of groups, and of what is no ticket.
func (m *Memory) groupsDue(now time.Time, out map[*keptGroup]bool) {
	at := now.UnixNano()
	for _, o := range m.others {
		o.due = o.due || o.until <= at || m.altered.concerns(o.asked, o.people)
	}
	for _, g := range m.groups {
		if g.mixed || g.until <= at || m.altered.concerns(g.asked, g.people) {
			out[g] = true
		}
	}
}

// compareSprints notes which sprints are other ones than before.
func (m *Memory) compareSprints(w *world) {
	if m.full {
		for key, s := range w.sprints {
			if old := m.sprints[key]; old == nil || !sameSprint(&old.Sprint, &s.Sprint) {
				m.altered.add(askedSprint(s.Source, s.ID))
			}
		}
		for key, old := range m.sprints {
			if w.sprints[key] == nil {
				m.altered.add(askedSprint(old.Source, old.ID))
			}
		}
	}
	m.sprints = w.sprints
}

func sameSprint(a, b *ticket.Sprint) bool {
	if !a.Start.Equal(b.Start) || !a.End.Equal(b.End) || !a.Completed.Equal(b.Completed) {
		return false
	}
	x, y := *a, *b
	x.Start, x.End, x.Completed = y.Start, y.End, y.Completed
	return x == y
}

// compareTimes notes which teams have other sprints than before.
func (m *Memory) compareTimes() {
	o := m.overview
	if !o.gathers("outside_sprint_since") {
		return
	}
	for team := range int16(len(m.dir.Teams())) {
		var h maphash.Hash
		h.SetSeed(askedSeed)
		times := o.timesOf(team)
		for _, s := range times.open {
			maphash.WriteComparable(&h, s.Identity())
		}
		for _, ran := range times.ran {
			maphash.WriteComparable(&h, [2]int64{ran.From.UnixNano(), ran.To.UnixNano()})
		}
		if sum := h.Sum64(); sum != m.times[team] {
			if m.full {
				m.altered.add(askedSprints(team))
			}
			m.times[team] = sum
		}
	}
}

// alterActs notes whose acts are other ones than before, where that may matter.
func (m *Memory) alterActs(dropped, added map[account][]int64) {
	for who := range added {
		if _, both := dropped[who]; !both {
			dropped[who] = nil
		}
	}
	for who, before := range dropped {
		if altered := inOne(before, added[who]); m.acts.crowded(who, altered, m.most) {
			m.altered.people = append(m.altered.people, peopleOf(who))
		}
	}
}

// inOne lists what stands in one of the two and not in the other.
func inOne(a, b []int64) []int64 {
	slices.Sort(a)
	slices.Sort(b)
	var out []int64
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return out
}
