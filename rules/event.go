package rules

import (
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// event is something that happened to a ticket, as rules about events see it.
type event struct {
	scope string // of the rules that look at it
	id    string // identity within the ticket
	at    time.Time
	actor ticket.Account // zero when the tracker names nobody
	item  identified
}

// events yields what happened to the ticket: assignments, and every change.
func (t *workTicket) events() iter.Seq[event] {
	return func(yield func(event) bool) {
		for a := range t.Assignments() {
			if !yield(event{scope: "assignment", id: a.Event, at: a.At, actor: a.Actor, item: &assignment{Assignment: a, of: t}}) {
				return
			}
		}
		for _, c := range t.setOnCreation() {
			if !yield(event{scope: "change", id: c.ID, at: c.At, actor: c.Actor, item: c}) {
				return
			}
		}
		for _, c := range t.changes() {
			if !yield(event{scope: "change", id: c.ID, at: c.At, actor: c.Actor, item: c}) {
				return
			}
		}
	}
}

// lastEvent is when something happened last, as far as events tell.
func (t *workTicket) lastEvent() time.Time {
	if n := len(t.History); n > 0 {
		return later(t.Created, t.History[n-1].At)
	}
	return t.Created
}

// setOnCreation tells the estimate and the due date that the ticket was created
// with, which trackers keep in no history: what the first change says stood
// there before, or what stands there since.
func (t *workTicket) setOnCreation() []*change {
	first := &t.Ticket
	if slices.ContainsFunc(t.History, func(c ticket.Change) bool { return c.Field == ticket.FieldEstimate || c.Field == ticket.FieldDue }) {
		past, ok := t.AsOf(t.Created)
		if !ok {
			return nil
		}
		first = &past
	}
	if first.Estimate == nil && first.Due == "" {
		return nil
	}
	var out []*change
	add := func(f ticket.Field, value string) {
		if value != "" {
			out = append(out, &change{created: true, of: t, Change: &ticket.Change{
				ID: ticket.CreationEvent + " " + string(f), At: t.Created, Actor: t.Creator, Field: f, Raw: string(f),
				To: []ticket.Value{{ID: value, Text: value}},
			}})
		}
	}
	if first.Estimate != nil {
		add(ticket.FieldEstimate, strconv.FormatFloat(*first.Estimate, 'f', -1, 64))
	}
	add(ticket.FieldDue, string(first.Due))
	return out
}

// before is the ticket as it stood just before the change and everything done
// in the same act.
func (c *change) before() *workTicket {
	switch {
	case c.was != nil: // going back costs the whole history, and a condition asks again and again
	case c.created || !c.At.After(c.of.Created):
		c.was = c.of.seen(c.of.Created)
	default:
		c.was = c.of.seen(c.At.Add(-time.Nanosecond))
	}
	return c.was
}
