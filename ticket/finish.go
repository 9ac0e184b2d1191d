package ticket

import (
	"slices"
	"time"
)

// Finisher is whose the ticket was when it was last done: its assignee then, or
// else who moved it.
func (t *Ticket) Finisher() Account {
	if a := t.AssigneeAt(t.Resolved); !a.IsZero() {
		return a
	}
	for _, c := range slices.Backward(t.History) {
		if c.Field == FieldStatus && c.At.Equal(t.Resolved) {
			return c.Actor
		}
	}
	return Account{}
}

// AssigneeAt is whose the ticket was at an earlier moment, what was done in that
// moment included.
func (t *Ticket) AssigneeAt(at time.Time) Account {
	now := t.Assignee
	for _, c := range slices.Backward(t.History) {
		if !c.At.After(at) {
			break
		}
		if c.Field == FieldAssignee {
			now = accountOf(c.From)
		}
	}
	return now
}
