package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
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
}

// Check looks at all work as of now and tells what the agreements in force
// notice. A moment in the past gives what would have been noticed then, as far
// as history tells; a live run is the same with now later than everything.
//
// The error is a fault of reading the work, or ctx's; a rule that cannot be
// evaluated stops alone.
func (b *Book) Check(ctx context.Context, w Work, dir *org.Directory, now time.Time) (Outcome, error) {
	wd, err := newWorld(ctx, w, dir, now)
	if err != nil {
		return Outcome{}, err
	}
	c := &check{book: b, w: wd, ctx: ctx, groups: map[string]*group{}, seen: map[finding.ID]sighting{}, stopped: map[string]error{}}
	if err := c.gather(); err != nil {
		return Outcome{}, err
	}
	if err := c.everyTicket(c.ticket); err != nil {
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
	tickets int
	stopped map[string]error
	frame   frame // used by one row after the other
}

// sighting is a finding and whether anybody is told.
type sighting struct {
	finding.Seen
	visible bool
}

// row is what a rule looks at once.
type row struct {
	adopted    *Adopted
	team       string // id of who owns it, or owned it when it happened
	ticket     *workTicket
	assignment *assignment // nil but for assignments
}

// everyTicket shows each stored ticket.
func (c *check) everyTicket(look func(*ticket.Ticket) error) error {
	for t, err := range c.w.work.Tickets(c.ctx) {
		if err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if err := look(&t); err != nil {
			return err
		}
	}
	return nil
}

// gather reads all tickets once for what is told across them: whose e-mail
// belongs to an account, and, as far back as any event can matter, who changed
// how much when.
func (c *check) gather() error {
	c.w.bulk, c.w.emails = bulkTimes{}, emails{}
	defer c.w.bulk.sort()
	within := org.Span{From: c.w.now.Add(-c.book.longestWindow() - bulkSpan), To: c.w.now.Add(1)}
	return c.everyTicket(func(t *ticket.Ticket) error {
		c.w.emails.gather(t)
		c.w.bulk.gather(t, within)
		return nil
	})
}

// ticket applies every rule that its team has agreed.
func (c *check) ticket(stored *ticket.Ticket) error {
	t := c.w.as(*stored)
	if t == nil {
		return nil // it did not exist yet
	}
	c.tickets++
	team := teamID(c.w.owner(&t.Ticket))
	if team != "" && t.InFlight() && t.Kind != ticket.Goal && t.Kind != ticket.Container {
		c.flying = append(c.flying, flying{team: team, ticket: name(t.Source, t.Key)})
	}
	for _, a := range c.book.of(team) {
		if a.Rule.code.window == nil {
			if err := c.row(row{adopted: a, team: team, ticket: t}); err != nil {
				return err
			}
		}
	}
	return c.assignments(t)
}

// assignments applies the rules about assignments, each by what the team that
// owned the ticket at that moment has agreed.
func (c *check) assignments(t *workTicket) error {
	oldest := c.w.now.Add(-c.book.longestWindow())
	for one := range t.Assignments() {
		if !one.At.After(oldest) {
			continue
		}
		past := t.at(one.At)
		team := teamID(c.w.owner(&past))
		for _, a := range c.book.of(team) {
			if a.Rule.Scope != "assignment" || !one.At.Add(a.window).After(c.w.now) || c.leftOut(t, one, a.bulk) {
				continue
			}
			if err := c.row(row{adopted: a, team: team, ticket: t, assignment: &assignment{Assignment: one, of: t}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftOut reports whether the assignment was made by automation or was one of
// many.
func (c *check) leftOut(t *workTicket, a ticket.Assignment, most int) bool {
	if a.Actor.IsZero() {
		return false
	}
	return c.w.person(t.Tracker, a.Actor).bot || c.w.bulk.holds(accountOf(t.Tracker, a.Actor), a.At, most)
}

// row applies one rule to one row. The error is a fault of the store; a fault of
// the rule stops the rule.
func (c *check) row(r row) error {
	id := r.adopted.Rule.ID
	if _, stopped := c.stopped[id]; stopped {
		return nil
	}
	c.stop(id, r.ticket, c.judge(r))
	return c.fault()
}

// fault is what ends the whole evaluation: the store's error, or ctx's.
func (c *check) fault() error {
	if c.w.err != nil {
		return c.w.err
	}
	return c.ctx.Err()
}

// stop stops a rule that could not be evaluated; a nil err stops nothing.
func (c *check) stop(rule string, t *workTicket, err error) {
	if err != nil {
		c.stopped[rule] = fmt.Errorf("rule %s stopped at %s: %w", rule, t.Key, err)
	}
}

// judge evaluates the condition and keeps what it notices. What the grouping
// gives is only computed for rows that need it, since walking up a chain reads
// the store.
func (c *check) judge(r row) error {
	code := r.adopted.Rule.code
	c.frame = frame{now: c.w.now, settings: r.adopted.values, ticket: r.ticket, assignment: r.assignment}
	if !code.subjectFirst {
		if holds, err := code.when.holds(c.ctx, &c.frame); err != nil || !holds {
			return err
		}
	}
	if code.groupBy == nil {
		return c.tell(r.adopted.Rule.ID, r.ticket, []row{r})
	}
	subjects, err := code.groupBy.value(c.ctx, &c.frame)
	if err != nil {
		return unlessMissing(err)
	}
	for _, s := range each(subjects) {
		c.frame.subject = native(s)
		if code.subjectFirst {
			holds, err := code.when.holds(c.ctx, &c.frame)
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

// outcome sorts what was seen and counts the flights.
func (c *check) outcome() Outcome {
	out := Outcome{Tickets: c.tickets, Stopped: c.stopped}
	touched := map[string]bool{}
	for _, s := range c.seen {
		if c.stopped[s.Rule] != nil {
			continue // a part of what there is would look like the rest had settled
		}
		out.Seen = append(out.Seen, s.Seen)
		if s.visible && s.Audience == finding.ForTeam {
			for _, key := range s.Tickets {
				touched[name(s.Subject.Source, key)] = true
			}
		}
	}
	slices.SortFunc(out.Seen, func(a, b finding.Seen) int { return strings.Compare(string(a.ID), string(b.ID)) })
	out.Flights = c.flights(touched)
	return out
}

// flying is a ticket in flight and whose it is.
type flying struct{ team, ticket string }

func (c *check) flights(touched map[string]bool) []finding.Flight {
	at := map[string]int{}
	var out []finding.Flight
	for i, t := range c.w.dir.Teams() { // ordered by id
		at[t.ID] = i
		out = append(out, finding.Flight{Team: t.ID, At: c.w.now})
	}
	for _, f := range c.flying {
		flight := &out[at[f.team]]
		flight.InFlight++
		if !touched[f.ticket] {
			flight.Clear++
		}
	}
	return out
}

func teamID(t *org.Team) string {
	if t == nil {
		return ""
	}
	return t.ID
}
