package rules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Outcome is what one evaluation noticed.
type Outcome struct {
	Seen    []finding.Seen   // ordered by id, one of each
	Flights []finding.Flight // one of each team, ordered by team, also of teams without work
	Tickets int              // tickets looked at: those that existed at the moment
	// Stopped holds the rules that could not be evaluated, by rule id. Nothing
	// is known of what they would have noticed; all others are not concerned.
	Stopped map[string]error

	flying    []flying
	watched   map[finding.ID]bool // what is recorded only
	stoppedAt map[string]string   // where the evaluation was, by rule; see check.place
}

// Check looks at all work as of now and tells what the agreements in force
// notice. A moment in the past gives what would have been noticed then, as far
// as history tells; a live run is the same with now later than everything.
//
// The error is a fault of reading the work, or ctx's; a rule that cannot be
// evaluated stops alone.
func (b *Book) Check(ctx context.Context, w Work, dir *org.Directory, now time.Time) (Outcome, error) {
	return b.check(ctx, w, dir, now, nil, Share{})
}

// check is Check with somebody who watches; nil: nobody does.
func (b *Book) check(ctx context.Context, w Work, dir *org.Directory, now time.Time, watch *tracer, share Share) (Outcome, error) {
	out, err := b.checkOnce(ctx, w, dir, now, watch, share, false)
	if errors.Is(err, errInOrder) {
		return b.checkOnce(ctx, w, dir, now, watch, share, true)
	}
	return out, err
}

func (b *Book) checkOnce(ctx context.Context, w Work, dir *org.Directory, now time.Time, watch *tracer, share Share, inOrder bool) (Outcome, error) {
	wd, err := newWorld(ctx, w, dir, now)
	if err != nil {
		return Outcome{}, err
	}
	c := newCheck(ctx, b, wd, newSharing(b, dir, share))
	c.watch, c.inOrder = watch, inOrder
	watch.start(c)
	if err := c.gather(); err != nil {
		return Outcome{}, err
	}
	if err := c.rest(); err != nil {
		return Outcome{}, err
	}
	if err := c.others(); err != nil {
		return Outcome{}, err
	}
	if err := c.swapGroups(); err != nil {
		return Outcome{}, err
	}
	if err := c.tellGroups(); err != nil {
		return Outcome{}, err
	}
	return c.outcome(), nil
}

// check is one evaluation under way.
type check struct {
	book    *Book
	w       *world
	ctx     context.Context //nolint:containedctx // lives for one Check
	groups  map[string]*group
	seen    map[finding.ID]sighting
	flying  []flying
	looked  int // tickets that existed at the moment
	stopped map[string]error
	// batch is which part of the work is looked at where several are at once, and
	// breaks what they tell one another.
	batch  int
	breaks *breaks
	// sharing says what of it is looked at here. at is what is looked at, beside
	// tickets the number of steps, and stoppedAt where a rule stopped.
	sharing   *sharing
	at        *workTicket
	steps     int
	telling   string // the group that is told
	stoppedAt map[string]string
	wanted    map[wantedBy][]string // tickets that other parts need, and for which rules
	// settings are those of an agreement with the calendar of a team.
	settings map[adoptedBy]*settingValues
	scopes   map[teamScope][]*Adopted
	frame    frame // used by one row after the other
	// watch is told of every row on its way; nil in all but explanations.
	watch *tracer
	// memory is filled, and looking is what is noted of one ticket for it; nil where
	// nothing is remembered. lookings are those that are done and not yet kept, and
	// worlds those in which tickets were looked at.
	memory   *Memory
	looking  *looking
	lookings []looking
	keep     func([]looking)
	noting   looking // the memory of looking
	few      bool    // so few tickets are looked at that others would be no help
	inOrder  bool    // everything is read before anything is judged
	early    bool    // tickets were judged while they were read, but for those that were
	putOff   []putOff
	spare    *workTicket // to be used again
	worlds   []*world
	again    *again // who remembers; nil but while it looks at what is no ticket
}

func newCheck(ctx context.Context, b *Book, w *world, s *sharing) *check {
	return &check{
		book: b, w: w, ctx: ctx, groups: map[string]*group{}, seen: map[finding.ID]sighting{}, stopped: map[string]error{}, stoppedAt: map[string]string{}, sharing: s,
		settings: map[adoptedBy]*settingValues{}, scopes: map[teamScope][]*Adopted{}, frame: frame{now: w.now, vars: engine.Frame{Now: w.now}},
	}
}

// adoptedBy is an agreement as it holds for a team's work.
type adoptedBy struct {
	adopted *Adopted
	team    string
}

// teamScope is the rules of a scope that a team has agreed to.
type teamScope struct{ team, scope string }

// agreed lists what the team has agreed to of the scope.
func (c *check) agreed(team, scope string) []*Adopted {
	key := teamScope{team, scope}
	list, known := c.scopes[key]
	if !known {
		for _, a := range c.book.of(team) {
			if a.Rule.Scope == scope {
				list = append(list, a)
			}
		}
		c.scopes[key] = list
	}
	return list
}

// sighting is a finding and whether anybody is told.
type sighting struct {
	finding.Seen
	visible bool
}

// row is what a rule looks at once.
type row struct {
	adopted *Adopted
	team    string      // id of who owns it, or owned it when it happened
	ticket  *workTicket // nil where the rule looks at something else
	item    identified  // nil where the rule looks at the ticket itself
	// event is the identity of what happened within the ticket, empty for a
	// state, and at when it did: zero for a state that lasts.
	event string
	at    time.Time
	// subject is what the row tells of where the rule groups rows.
	subject any
}

// looked is what the row is about: its item, or else its ticket.
func (r *row) looked() identified {
	if r.item != nil {
		return r.item
	}
	return r.ticket
}

func (c *check) each(all iter.Seq2[ticket.Ticket, error], look func(*ticket.Ticket) error) error {
	var shown ticket.Ticket
	for t, err := range all {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
		shown = t
		if err := look(&shown); err != nil {
			return err
		}
	}
	return nil
}

// gather reads all tickets once for what is told across them: whose e-mail
// belongs to an account, and, as far back as any event can matter, who changed
// how much when.
func (c *check) gather() error {
	bulk, emails := ticket.Acts{}, ticket.Addresses{}
	c.w.bulk, c.w.emails = bulk, emails
	wants := c.book.wants()
	c.w.overview = newOverview(c.w, wants)
	defer bulk.Sort()
	within := c.actsWithin(wants)
	err := c.gatherAll(func(t *ticket.Ticket) int32 {
		emails.Gather(t)
		bulk.Gather(t, within.from, within.to, within.always)
		if !c.w.overview.empty() {
			c.w.overview.gather(c.w.show(t, &c.w.overview.shown))
		}
		return 0
	})
	if err == nil {
		err = c.swapGathered(bulk, emails)
	}
	c.w.overview.sort()
	return err
}

// actsWithin is which acts are remembered, to tell those in bulk.
func (c *check) actsWithin(wants map[string]bool) actsWithin {
	from := c.w.now.Add(-c.book.longestWindow() - ticket.BulkSpan)
	return actsWithin{from: from.Truncate(time.Microsecond), to: c.w.now.Add(1), always: bulkFields(wants)}
}

// ticket applies every rule that its team has agreed, and notes what a memory is
// to remember of it.
func (c *check) ticket(stored *ticket.Ticket) error {
	if c.memory == nil {
		return c.rules(c.w.as(*stored))
	}
	place, known := c.memory.find(stored.Source, stored.ID)
	if !known {
		return fmt.Errorf("ticket %s of %s has come while all were read", stored.ID, stored.Source)
	}
	l, err := c.noticed(stored, &workTicket{}, place)
	if err == nil {
		c.remember(l)
	}
	return err
}

// noticed judges a ticket, shown in that memory, and gives what was noticed of it, good
// until the next is judged.
func (c *check) noticed(stored *ticket.Ticket, in *workTicket, place int32) (*looking, error) {
	if c.w.noted != nil {
		c.w.noted.clear()
	}
	c.noting = looking{place: place}
	c.looking = &c.noting
	err := c.rules(c.w.show(stored, in))
	c.looking = nil
	return &c.noting, err
}

// remember keeps it for the memory.
func (c *check) remember(l *looking) {
	c.w.noted.into(l)
	c.lookings = append(c.lookings, *l)
}

// rules applies every rule that the ticket's team has agreed; nil is one that did not
// exist yet.
func (c *check) rules(t *workTicket) error {
	if t == nil {
		return nil
	}
	c.at = t
	if c.sharing.theirs == nil && c.looking == nil {
		c.looked++
	}
	team := teamID(t.owner())
	flies := team != "" && t.InFlight() && t.Kind != ticket.Goal && t.Kind != ticket.Container
	switch {
	case c.sharing.theirs != nil: // others count theirs
	case c.looking != nil:
		c.looking.looked, c.looking.flies = true, flies
	case flies:
		c.flies(t)
	}
	for _, a := range c.agreed(team, "ticket") {
		if err := c.row(row{adopted: a, team: team, ticket: t}); err != nil {
			return err
		}
	}
	if t.Kind == ticket.Goal {
		for _, a := range c.agreed(team, "goal") {
			if err := c.row(row{adopted: a, team: team, ticket: t, item: &goal{ticket: t, w: c.w}}); err != nil {
				return err
			}
		}
	}
	return c.events(t)
}

// flies notes a ticket in flight.
func (c *check) flies(t *workTicket) {
	c.flying = append(c.flying, flying{team: teamID(t.owner()), ticket: name(t.Source, t.Key)})
}

// events applies the rules about what happened to the ticket, each by what the
// team that owned the ticket at that moment has agreed.
func (c *check) events(t *workTicket) error {
	oldest := c.w.now.Add(-c.book.longestWindow())
	if !t.lastEvent().After(oldest) && c.watch == nil {
		return nil
	}
	for one := range t.events() {
		if !one.at.After(oldest) && c.watch == nil {
			continue
		}
		e := one // what happened long ago needs no memory
		team := teamID(t.ownerAt(e.at))
		made := making{c: c, t: t, e: &e}
		for _, a := range c.agreed(team, e.scope) {
			r := row{adopted: a, team: team, ticket: t, item: e.item, event: e.id, at: e.at}
			if over := !e.at.Add(a.window).After(c.w.now); over || made.leftOut(a.bulk) {
				if !over {
					c.w.turns(e.at.Add(a.window))
				}
				c.watch.passedOver(c, &r, &e)
				continue
			}
			c.w.turns(e.at.Add(a.window))
			if err := c.row(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// making is how an event was made, found out once for all rules.
type making struct {
	c     *check
	t     *workTicket
	e     *event
	known bool // what follows is
	most  int  // as the rule asked for whom it was found out
	left  bool
}

// leftOut reports whether the event was made by automation or was one of many.
func (m *making) leftOut(most int) bool {
	if m.e.actor.IsZero() {
		return false
	}
	if !m.known || m.most != most {
		w, tracker := m.c.w, m.t.Tracker
		m.left = w.person(tracker, m.e.actor).bot || w.inBulk(accountOf(tracker, m.e.actor), m.e.at, most)
		m.known, m.most = true, most
	}
	return m.left
}

// row applies one rule to one row. The error is a fault of the store; a fault of
// the rule stops the rule.
func (c *check) row(r row) error {
	id := r.adopted.Rule.ID
	c.watch.row(c, &r)
	if c.sharing.passes(id) || c.isStopped(id) || r.ticket != nil && r.adopted.exempts(&r.ticket.Ticket) {
		return nil
	}
	c.stop(id, r.looked(), c.judge(r))
	return c.fault()
}

// fault is what ends the whole evaluation: the store's error, or ctx's.
func (c *check) fault() error {
	if err := c.w.faults.first(); err != nil {
		return err
	}
	return c.ctx.Err()
}

// stop stops a rule that could not be evaluated; a nil err stops nothing.
func (c *check) stop(rule string, at any, err error) {
	if err != nil && !c.w.waits() {
		s, _ := subjectOf(at)
		c.breaks.note(rule, c.batch)
		c.stoppedAt[rule] = c.place()
		c.stopped[rule] = fmt.Errorf("rule %s stopped at %s: %w", rule, oneLine(s.Key), err)
	}
}

// place is where the evaluation is, in the order in which one process would go
// through all work.
func (c *check) place() string {
	switch {
	case c.telling != "":
		return "3 " + c.telling
	case c.at != nil:
		return "1 " + name(c.at.Source, c.at.ID)
	}
	return fmt.Sprintf("2 %09d", c.steps)
}

// judge evaluates the condition and keeps what it notices. What the grouping
// gives is only computed for rows that need it, since walking up a chain reads
// the store.
func (c *check) judge(r row) (err error) {
	defer engine.Recovered(&err)
	code := r.adopted.Rule.code
	f := &c.frame
	c.noteIn(f)
	f.scope = r.adopted.Rule.Scope
	f.look(r.ticket, r.item, c.settingsOf(r.adopted, r.team))
	if !code.subjectFirst {
		if holds, err := code.when.test(f); err != nil || !holds {
			return err
		}
	}
	if code.happened != nil {
		at, err := code.happened.value(&c.frame)
		if err != nil {
			return unlessMissing(err)
		}
		if r.at = moment(at); !r.at.Add(r.adopted.window).After(c.w.now) {
			return nil
		}
		c.w.turns(r.at.Add(r.adopted.window))
	}
	if code.groupBy == nil {
		return c.tell(r.adopted.Rule.ID, r.about(), []row{r})
	}
	subjects, err := code.groupBy.value(&c.frame)
	if err != nil {
		return unlessMissing(err)
	}
	for _, s := range each(subjects) {
		c.frame.subject = native(s)
		if code.subjectFirst {
			holds, err := code.when.holds(&c.frame)
			if err != nil {
				return err
			}
			if !holds {
				continue
			}
		}
		c.join(r, native(s))
	}
	return nil
}

// noteIn makes expressions note until when what they give holds.
func (c *check) noteIn(f *frame) {
	f.vars.Until = nil
	if n := c.w.noted; n != nil {
		if f.vars.Until = &n.until; f.vars.Dated == nil {
			f.vars.Dated = c.w.dated.After
		}
	}
}

// about is what a finding is about where the rule groups by nothing: the ticket
// something happened to, or what was looked at.
func (r *row) about() any {
	if r.event != "" {
		return r.ticket
	}
	return r.looked()
}

// settingsOf is what the team has agreed, by its own calendar.
func (c *check) settingsOf(a *Adopted, team string) *settingValues {
	key := adoptedBy{a, team}
	if s := c.settings[key]; s != nil {
		return s
	}
	s := a.values
	if t, ok := c.w.dir.Team(team); ok {
		s = s.in(t.Calendar)
	}
	c.settings[key] = s
	return s
}

// outcome sorts what was seen and counts the flights.
func (c *check) outcome() Outcome {
	out := Outcome{Tickets: c.looked, Stopped: c.stopped, stoppedAt: c.stoppedAt, flying: c.flying, watched: map[finding.ID]bool{}}
	for _, t := range c.w.dir.Teams() { // ordered by id
		out.Flights = append(out.Flights, finding.Flight{Team: t.ID, At: c.w.now})
	}
	for _, s := range c.seen {
		if c.stopped[s.Rule] != nil {
			continue // a part of what there is would look like the rest had settled
		}
		out.Seen = append(out.Seen, s.Seen)
		out.watched[s.ID] = !s.visible
	}
	out.sort()
	out.CountClear(func(*finding.Seen) bool { return true })
	return out
}

func (o *Outcome) sort() {
	slices.SortFunc(o.Seen, func(a, b finding.Seen) int { return strings.Compare(string(a.ID), string(b.ID)) })
	slices.SortFunc(o.flying, func(a, b flying) int {
		return cmp.Or(strings.Compare(a.team, b.team), strings.Compare(a.ticket, b.ticket))
	})
}

// flying is a ticket in flight and whose it is.
type flying struct{ team, ticket string }

// CountClear counts the flights anew: a ticket is clear when it has no finding
// that whole teams may see and that is told. Watched findings are told to
// nobody, whatever told says.
func (o *Outcome) CountClear(told func(*finding.Seen) bool) {
	touched := map[string]bool{}
	for i := range o.Seen {
		s := &o.Seen[i]
		if !s.ForWholeTeams() || o.watched[s.ID] || !told(s) {
			continue
		}
		for _, key := range s.Tickets {
			touched[name(s.Subject.Source, key)] = true
		}
	}
	at := map[string]int{}
	for i := range o.Flights {
		f := &o.Flights[i]
		at[f.Team], f.InFlight, f.Clear = i, 0, 0
	}
	for _, f := range o.flying {
		flight := &o.Flights[at[f.team]]
		flight.InFlight++
		if !touched[f.ticket] {
			flight.Clear++
		}
	}
}

func teamID(t *org.Team) string {
	if t == nil {
		return ""
	}
	return t.ID
}
