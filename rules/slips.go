package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// reestimates tells how people changed the estimate after it was first set.
func (t *workTicket) reestimates(most int) []*change {
	return slices.DeleteFunc(t.turns(ticket.FieldEstimate, most), func(c *change) bool { return c.first })
}

// turns tells how people changed a field of one value, oldest first: what one
// person changed within ten minutes as one change, left out where it came to
// nothing. Bots, who is not named and bulk are left out.
func (t *workTicket) turns(f ticket.Field, most int) []*change {
	var out []*change
	set := false // the field has held something before
	for i := range t.History {
		c := t.History[i]
		if c.Field != f || stood(f, c.From) == stood(f, c.To) {
			continue
		}
		first := !set && len(c.From) == 0
		set = true
		if t.byHand(&c, most) {
			out = t.turn(out, &change{Change: c, of: t, first: first})
		}
	}
	return slices.DeleteFunc(out, func(c *change) bool { return !c.first && stood(f, c.From) == stood(f, c.To) })
}

// turn adds a change to the turns before it: to the last of them where the same
// person goes on with it.
func (t *workTicket) turn(to []*change, c *change) []*change {
	if len(to) == 0 {
		return append(to, c)
	}
	last := to[len(to)-1]
	same := t.w.person(t.Tracker, last.Actor).identity() == t.w.person(t.Tracker, c.Actor).identity()
	if !same || c.At.Sub(last.At) > actSpan {
		return append(to, c)
	}
	c.From, c.first = last.From, last.first
	to[len(to)-1] = c
	return to
}

func (t *workTicket) byHand(c *ticket.Change, most int) bool {
	return !c.Actor.IsZero() && !t.w.person(t.Tracker, c.Actor).bot && !t.w.bulk.Bulk(accountOf(t.Tracker, c.Actor), c.At, most)
}

// slips tells how the ticket slipped.
func (t *workTicket) slips(most int) []*change {
	all := append(t.delays(most), t.carryOvers()...)
	slices.SortFunc(all, func(a, b *change) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	var out []*change
	for i, c := range all {
		if i > 0 && c.At.Sub(all[i-1].At) <= actSpan {
			out[len(out)-1] = c
			continue
		}
		out = append(out, c)
	}
	return out
}

// delays are the changes that moved the due date later, the date before one that
// was taken away remembered.
func (t *workTicket) delays(most int) []*change {
	date := func(values []ticket.Value) string { return stood(ticket.FieldDue, values) }
	var out []*change
	last := ""
	for _, c := range t.turns(ticket.FieldDue, most) {
		from, to := cmp.Or(date(c.From), last), date(c.To)
		if from != "" && to > from {
			out = append(out, c)
		}
		last = cmp.Or(to, from)
	}
	return out
}

// carryOvers are the changes that put unfinished work into a later sprint when
// the one it was in had ended or was about to.
func (t *workTicket) carryOvers() []*change {
	planned := func(c ticket.Change) bool { return c.Field == ticket.FieldSprint }
	if !slices.ContainsFunc(t.History, planned) {
		return nil
	}
	born, ok := t.AsOf(t.Created)
	if !ok {
		return nil
	}
	walk := carrying{t: t, in: slices.Clone(born.Sprints), category: born.Category, from: map[string]bool{}}
	for i := range t.History {
		walk.step(&change{Change: t.History[i], of: t})
	}
	return walk.out
}

// carrying walks through a history and notes the sprints on the way.
type carrying struct {
	t        *workTicket
	in       []string        // ids of the sprints it is in
	from     map[string]bool // those it was carried over from already
	category ticket.Category
	out      []*change
}

func (w *carrying) step(c *change) {
	switch c.Field {
	case ticket.FieldStatus:
		if len(c.To) > 0 {
			w.category = ticket.Category(c.To[0].Norm)
		}
	case ticket.FieldSprint:
		came, went := c.delta()
		if !w.category.Ended() && w.carried(came, c.At) {
			w.out = append(w.out, c)
		}
		w.in = slices.DeleteFunc(w.in, func(id string) bool {
			return slices.ContainsFunc(went, func(v ticket.Value) bool { return v.ID == id })
		})
		for _, v := range came {
			w.in = append(w.in, v.ID)
		}
	}
}

// carried reports whether the ticket goes from a sprint that ended into a later
// one. From each sprint it is carried over once: planning it somewhere else
// afterwards is no second slip.
func (w *carrying) carried(came []ticket.Value, at time.Time) bool {
	found := false
	for _, v := range came {
		into := w.t.sprintOf(v.ID)
		for _, id := range w.in {
			out := w.t.sprintOf(id)
			if into == nil || out == nil || w.from[id] || out.FutureAt(at) || !closing(out, at.Add(day)) || !starts(out, into) {
				continue
			}
			w.from[id], found = true, true
		}
	}
	return found
}

// starts reports whether one sprint starts before the other. One that is still
// to be planned starts after all that are.
func starts(before, after *sprint) bool {
	if after.Start.IsZero() {
		return after.State == ticket.SprintFuture
	}
	return before.Start.Before(after.Start)
}
