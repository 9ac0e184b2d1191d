package ticket

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OneAct is how closely changes by one person must follow one another to be one
// change of mind: who corrects a slip of the finger does not change anything
// twice.
const OneAct = 10 * time.Minute

// Around is what has to be known around a ticket to tell how it slipped.
type Around struct {
	// Sprint finds a sprint of the ticket's source; nil when it is not known.
	Sprint func(id string) *Sprint
	// Counts reports whether a change was made by hand, not by automation or in
	// bulk.
	Counts func(*Change) bool
	// Same reports whether two accounts are one person.
	Same func(a, b Account) bool
}

// Turn is what one person changed of a field within OneAct, as one change. First
// says that the field held nothing before.
type Turn struct {
	Change
	First bool
}

// Turns tells how people changed a field of one value, oldest first, left out
// where it came to nothing.
func (t *Ticket) Turns(f Field, around Around) []Turn {
	var out []Turn
	set := false // the field has held something before
	for i := range t.History {
		c := &t.History[i]
		if c.Field != f || Stood(f, c.From) == Stood(f, c.To) {
			continue
		}
		first := !set && len(c.From) == 0
		set = true
		if around.Counts(c) {
			out = withTurn(out, Turn{Change: *c, First: first}, around.Same)
		}
	}
	return slices.DeleteFunc(out, func(c Turn) bool { return !c.First && Stood(f, c.From) == Stood(f, c.To) })
}

// withTurn adds a change to the turns before it: to the last of them where the
// same person goes on with it.
func withTurn(to []Turn, c Turn, same func(a, b Account) bool) []Turn {
	if len(to) == 0 {
		return append(to, c)
	}
	last := to[len(to)-1]
	if !same(last.Actor, c.Actor) || c.At.Sub(last.At) > OneAct {
		return append(to, c)
	}
	c.From, c.First = last.From, last.First
	to[len(to)-1] = c
	return to
}

// Slips tells how the ticket slipped, oldest first: its due date was moved later,
// or it was carried over into another sprint. What happens within OneAct is one
// slip, told by its last change.
func (t *Ticket) Slips(around Around) []Change {
	all := append(t.delays(around), t.carryOvers(around.Sprint)...)
	slices.SortFunc(all, func(a, b Change) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	var out []Change
	for i := range all {
		if i > 0 && all[i].At.Sub(all[i-1].At) <= OneAct {
			out[len(out)-1] = all[i]
			continue
		}
		out = append(out, all[i])
	}
	return out
}

// delays are the changes that moved the due date later, the date before one that
// was taken away remembered.
func (t *Ticket) delays(around Around) []Change {
	date := func(values []Value) string { return Stood(FieldDue, values) }
	var out []Change
	last := ""
	for _, c := range t.Turns(FieldDue, around) {
		from, to := cmp.Or(date(c.From), last), date(c.To)
		if from != "" && to > from {
			out = append(out, c.Change)
		}
		last = cmp.Or(to, from)
	}
	return out
}

// carryOvers are the changes that put unfinished work into a later sprint when
// the one it was in had ended or was about to.
func (t *Ticket) carryOvers(sprint func(id string) *Sprint) []Change {
	planned := func(c Change) bool { return c.Field == FieldSprint }
	if !slices.ContainsFunc(t.History, planned) {
		return nil
	}
	born, ok := t.AsOf(t.Created)
	if !ok {
		return nil
	}
	walk := carrying{sprint: sprint, in: slices.Clone(born.Sprints), category: born.Category, from: map[string]bool{}}
	for i := range t.History {
		walk.step(&t.History[i])
	}
	return walk.out
}

// carrying walks through a history and notes the sprints on the way.
type carrying struct {
	sprint   func(id string) *Sprint
	in       []string        // ids of the sprints it is in
	from     map[string]bool // those it was carried over from already
	category Category
	out      []Change
}

func (w *carrying) step(c *Change) {
	switch c.Field {
	case FieldStatus:
		if len(c.To) > 0 {
			w.category = Category(c.To[0].Norm)
		}
	case FieldSprint:
		came, went := c.Moved()
		if !w.category.Ended() && w.carried(came, c.At) {
			w.out = append(w.out, *c)
		}
		w.in = slices.DeleteFunc(w.in, func(id string) bool {
			return slices.ContainsFunc(went, func(v Value) bool { return v.ID == id })
		})
		for _, v := range came {
			w.in = append(w.in, v.ID)
		}
	}
}

// carried reports whether the ticket goes from a sprint that ended into a later
// one. From each sprint it is carried over once: planning it somewhere else
// afterwards is no second slip.
func (w *carrying) carried(came []Value, at time.Time) bool {
	found := false
	for _, v := range came {
		into := w.sprint(v.ID)
		for _, id := range w.in {
			out := w.sprint(id)
			if into == nil || out == nil || w.from[id] || out.FutureAt(at) || !out.OverAt(at.Add(24*time.Hour)) || !starts(out, into) {
				continue
			}
			w.from[id], found = true, true
		}
	}
	return found
}

// starts reports whether one sprint starts before the other. One that is still
// to be planned starts after all that are.
func starts(before, after *Sprint) bool {
	if after.Start.IsZero() {
		return after.State == SprintFuture
	}
	return before.Start.Before(after.Start)
}

// OverAt reports whether the sprint was over at the moment, by plan or because
// somebody completed it: what leaves it then leaves it because it ended.
func (s Sprint) OverAt(at time.Time) bool {
	end := s.End
	if !s.Completed.IsZero() && (end.IsZero() || s.Completed.Before(end)) {
		end = s.Completed
	}
	return !end.IsZero() && !at.Before(end)
}

// Moved is what the change brought and what it took away, by id: unlike a list of
// values, a value that only got another name has not moved.
func (c *Change) Moved() (came, went []Value) {
	without := func(some, others []Value) []Value {
		return slices.DeleteFunc(slices.Clone(some), func(v Value) bool {
			return slices.ContainsFunc(others, func(o Value) bool { return o.name() == v.name() })
		})
	}
	return without(c.To, c.From), without(c.From, c.To)
}

func (v Value) name() string { return cmp.Or(v.ID, v.Text, v.Norm) }

// Stood names what a field held, to compare it with what it held at another
// time.
func Stood(f Field, values []Value) string {
	var parts []string
	for _, v := range values {
		switch c := Category(v.Norm); {
		case f == FieldStatus && c.Ended():
			parts = append(parts, v.Norm)
		case f == FieldStatus:
			parts = append(parts, "open")
		case f == FieldEstimate:
			parts = append(parts, numeral(v.ID))
		default:
			parts = append(parts, v.name())
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "\x00")
}

// numeral writes a number in one way: 5 and 5.0 are the same estimate.
func numeral(s string) string {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return s
}
