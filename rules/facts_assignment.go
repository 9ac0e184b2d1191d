package rules

import (
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/ticket"
)

// assignment is one change of a ticket's assignee.
type assignment struct {
	ticket.Assignment
	of *workTicket
}

func (a *assignment) Identity() string { return name(a.of.Identity(), a.Event) }

func assignmentFacts() noun {
	type A = *assignment
	return noun{typ: assignmentType, help: "One change of a ticket's assignee, the one made while creating it included. " +
		"Those made by bots and in bulk are left out before a rule sees them.", facts: []fact{
		always("at", cel.TimestampType, "when", func(a A) time.Time { return a.At }),
		whenThere("actor", personType, "who assigned it; missing when the tracker names nobody", func(a A) bool { return !a.Actor.IsZero() }, func(a A) *person { return a.of.w.person(a.of.Tracker, a.Actor) }),
		whenThere("before", personType, "whose it was before; missing when nobody's", func(a A) bool { return !a.From.IsZero() }, func(a A) *person { return a.of.w.person(a.of.Tracker, a.From) }),
		whenThere("assignee", personType, "whose it is since; missing when nobody's", func(a A) bool { return !a.To.IsZero() }, func(a A) *person { return a.of.w.person(a.of.Tracker, a.To) }),
		always("on_creation", cel.BoolType, "made while creating the ticket", func(a A) bool { return a.Event == ticket.CreationEvent }),
	}}
}

// handedBack reports whether the ticket went back, until then, to who had it
// before.
func handedBack(a *assignment, until time.Time) bool {
	after := false
	for later := range a.of.Assignments() {
		if later.Event == a.Event {
			after = true
			continue
		}
		if after && !later.At.After(until) && a.sameAs(later.To) {
			return true
		}
	}
	return false
}

func (a *assignment) sameAs(to ticket.Account) bool {
	if to.IsZero() || a.From.IsZero() {
		return to.IsZero() && a.From.IsZero()
	}
	w, tracker := a.of.w, a.of.Tracker
	return w.person(tracker, to).Identity() == w.person(tracker, a.From).Identity()
}
