package rules

import (
	"github.com/fairlead-dev/fairlead/ticket"
)

// reestimates tells how people changed the estimate after it was first set.
func (t *workTicket) reestimates(most int) []*change {
	var out []*change
	for _, c := range t.Turns(ticket.FieldEstimate, t.around(most)) {
		if !c.First {
			out = append(out, &change{Change: &c.Change, of: t})
		}
	}
	return out
}

// slips tells how the ticket slipped.
func (t *workTicket) slips(most int) []*change {
	var out []*change
	for _, c := range t.Slips(t.around(most)) {
		out = append(out, &change{Change: &c, of: t})
	}
	return out
}

// around is what the ticket has to know to tell its slips. More changes than most
// by one person at once are no changes by hand.
func (t *workTicket) around(most int) ticket.Around {
	return ticket.Around{
		Sprint: func(id string) *ticket.Sprint {
			if s := t.sprintOf(id); s != nil {
				return &s.Sprint
			}
			return nil
		},
		Counts: func(c *ticket.Change) bool { return t.byHand(c, most) },
		Same: func(a, b ticket.Account) bool {
			return t.w.person(t.Tracker, a).Identity() == t.w.person(t.Tracker, b).Identity()
		},
	}
}

func (t *workTicket) byHand(c *ticket.Change, most int) bool {
	return !c.Actor.IsZero() && !t.w.person(t.Tracker, c.Actor).bot && !t.w.inBulk(accountOf(t.Tracker, c.Actor), c.At, most)
}
