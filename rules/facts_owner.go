package rules

import (
	"cmp"
	"slices"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// ownerFacts tell whether a ticket is looked after; they stand among its other
// facts.
func ownerFacts() []fact {
	type T = *workTicket
	at := cel.TimestampType
	return []fact{
		sometimes("in_flight_since", at, "since when it is in flight without a break; missing while it is not", func(t T) (time.Time, bool) { return t.inFlightSince() }),
		sometimes("owned_since", at, "since when it is in the hands of whose it is now, without a break; missing when nobody's", func(t T) (time.Time, bool) { return t.ownedSince() }),
		sometimes("owner_wrote", at, "when whose it is now last commented, wrote an update of the project or edited the description; missing when they never did",
			func(t T) (time.Time, bool) { return t.ownerWrote() }),
		always("last_moved", at, "when anybody but a bot last changed it or commented; when it was created where nobody did since", func(t T) time.Time { return t.lastMoved() }),
		always("overdue", cel.BoolType, "the day it was due is over, by its team's time zone, and it is neither done nor cancelled", func(t T) bool { return t.overdue() }),
	}
}

// inFlightSince trusts the tracker's own moment where history knows of none.
func (t *workTicket) inFlightSince() (time.Time, bool) {
	if !t.InFlight() {
		return time.Time{}, false
	}
	since := t.Since(ticket.FieldStatus, func(v ticket.Value) bool { return v.Norm == string(ticket.Started) })
	return later(since, t.Started), true
}

func (t *workTicket) ownedSince() (time.Time, bool) {
	if t.Assignee.IsZero() {
		return time.Time{}, false
	}
	who := cmp.Or(t.Assignee.ID, t.Assignee.Name)
	return t.Since(ticket.FieldAssignee, func(v ticket.Value) bool { return cmp.Or(v.ID, v.Text) == who }), true
}

func (t *workTicket) ownerWrote() (time.Time, bool) {
	if t.Assignee.IsZero() {
		return time.Time{}, false
	}
	owner := t.w.person(t.Tracker, t.Assignee).Identity()
	theirs := func(a ticket.Account) bool { return !a.IsZero() && t.w.person(t.Tracker, a).Identity() == owner }
	var last time.Time
	for _, c := range slices.Backward(t.Comments) {
		if theirs(c.Author) {
			last = c.Created
			break
		}
	}
	for _, c := range slices.Backward(t.History) {
		if c.Field == ticket.FieldDescription && theirs(c.Actor) {
			last = later(last, c.At)
			break
		}
	}
	return last, !last.IsZero()
}

// lastMoved counts what the tracker names nobody for: it may well have been a
// person.
func (t *workTicket) lastMoved() time.Time {
	last := t.Created
	bot := func(a ticket.Account) bool { return !a.IsZero() && t.w.person(t.Tracker, a).bot }
	for _, c := range slices.Backward(t.Comments) {
		if !bot(c.Author) {
			last = later(last, c.Created)
			break
		}
	}
	for _, c := range slices.Backward(t.History) {
		if !bot(c.Actor) {
			last = later(last, c.At)
			break
		}
	}
	return last
}

func (t *workTicket) overdue() bool {
	due, ok := t.due()
	if !ok || t.Category.Ended() {
		return false
	}
	over := due.AddDate(0, 0, 1)
	if t.now.Equal(t.w.now) {
		t.w.turns(over)
	}
	return !t.now.Before(over)
}

// stranger says that the directory knows people, and not this one. One that
// knows nobody says nothing about anybody.
func (p *person) stranger() bool { return p.id == "" && p.w.peopled }

// left says that the person is gone, as far as the directory knows.
func (p *person) left() bool {
	if p.id == "" {
		return false
	}
	p.w.turnsWithPeople()
	return p.w.dir.Left(p.id, p.w.now)
}

func (p *person) absences() []org.Absence {
	if p.id == "" {
		return nil
	}
	all := p.w.dir.AbsencesOf(p.id)
	if p.w.noted != nil {
		for _, a := range all {
			p.w.turns(a.From)
			p.w.turns(a.To)
		}
	}
	return all
}

func (p *person) away() bool {
	return slices.ContainsFunc(p.absences(), func(a org.Absence) bool { return a.Holds(p.w.now) })
}

// back is when the last absence that is over ended.
func (p *person) back() (time.Time, bool) {
	var last time.Time
	for _, a := range p.absences() {
		if !a.To.IsZero() && !a.To.After(p.w.now) {
			last = later(last, a.To)
		}
	}
	return last, !last.IsZero()
}
