package trends

import (
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// finish is a ticket that became done in a week and still was when that ended.
type finish struct {
	noted
	bug       bool
	begun     bool
	days      float64           // from when work began; only where it did
	at        time.Time         // when it became done
	by        ticket.AccountKey // who made it so
	made      time.Time         // when it was created
	maker     ticket.AccountKey
	sprinted  bool // it was in a running sprint then
	unplanned bool // it came into that sprint after it had begun
}

// doneness is a stretch in which a ticket was done; it lasts where to is zero.
type doneness struct {
	from, to time.Time
	by       ticket.Account
}

// doneTimes tells when the ticket was done, from the history of its status; where
// that is silent, by the tracker's own moment.
func doneTimes(t *ticket.Ticket) []doneness {
	var out []doneness
	done := false
	for i := range t.History {
		c := &t.History[i]
		if c.Field != ticket.FieldStatus || len(c.To) == 0 {
			continue
		}
		is := ticket.Category(c.To[0].Norm) == ticket.Done
		was := done || len(c.From) > 0 && ticket.Category(c.From[0].Norm) == ticket.Done
		switch {
		case is && !was:
			out = append(out, doneness{from: c.At, by: c.Actor})
		case !is && done:
			out[len(out)-1].to = c.At
		}
		done = is && (done || !was)
	}
	if t.Category == ticket.Done && !done && !t.Resolved.IsZero() && (len(out) == 0 || t.Resolved.After(out[len(out)-1].from)) {
		out = append(out, doneness{from: t.Resolved})
	}
	return out
}

func (f *Flow) finished(t *ticket.Ticket, parent [2]uint64) {
	for _, d := range doneTimes(t) {
		n, counts := f.note(t, d.from, parent)
		if !counts || !d.to.IsZero() && d.to.Before(f.end(&n)) {
			continue
		}
		one := finish{
			noted: n, bug: t.Kind == ticket.Bug, at: d.from, by: ticket.KeyOf(t.Tracker, d.by),
			made: t.Created, maker: ticket.KeyOf(t.Tracker, t.Creator),
		}
		if one.begun = !t.Started.IsZero() && !t.Started.After(d.from); one.begun {
			one.days = d.from.Sub(t.Started).Hours() / 24
		}
		one.sprinted, one.unplanned = f.cameLate(t, d.from)
		f.finishes = append(f.finishes, one)
	}
}

// cleared says that a ticket was done only on paper: nobody ever began it, and it
// was created or closed as one of many.
func (f *Flow) cleared(one *finish) bool {
	return !one.begun && (f.acts.Bulk(one.by, one.at, ticket.HandWork) || f.acts.Bulk(one.maker, one.made, ticket.HandWork))
}

// cameLate looks at the running sprint in which a ticket became done, the latest
// to begin of several: whether there was one, and whether the ticket came into it
// after it had begun, and not from an earlier one.
func (f *Flow) cameLate(t *ticket.Ticket, at time.Time) (sprinted, late bool) {
	in, latest := "", time.Time{}
	for _, id := range sprintsAt(t, at) {
		s, known := f.sprints[t.Source+"\x00"+id]
		if known && s.ranAt(at) && (in == "" || s.Start.After(latest)) {
			in, latest = id, s.Start
		}
	}
	if in == "" {
		return false, false
	}
	since, from := t.Created, []ticket.Value(nil)
	for i := len(t.History) - 1; i >= 0; i-- {
		c := &t.History[i]
		if c.Field == ticket.FieldSprint && !c.At.After(at) && holds(c.To, in) && !holds(c.From, in) {
			since, from = c.At, c.From
			break
		}
	}
	return true, since.After(latest) && !f.carriedFrom(t.Source, from, latest)
}

// ranAt also holds in the last moment: a tracker closes a sprint with what is
// finished last.
func (s *sprint) ranAt(at time.Time) bool {
	return s.State != ticket.SprintFuture && !s.Start.IsZero() && !at.Before(s.Start) && (s.ended.IsZero() || !at.After(s.ended))
}

// carriedFrom says that one of the sprints that held a ticket began before the
// moment.
func (f *Flow) carriedFrom(source string, from []ticket.Value, before time.Time) bool {
	for _, v := range from {
		s, known := f.sprints[source+"\x00"+v.ID]
		if known && s.State != ticket.SprintFuture && !s.Start.IsZero() && s.Start.Before(before) {
			return true
		}
	}
	return false
}

func holds(values []ticket.Value, id string) bool {
	for _, v := range values {
		if v.ID == id {
			return true
		}
	}
	return false
}

// sprintsAt are the sprints that held the ticket at the moment.
func sprintsAt(t *ticket.Ticket, at time.Time) []string {
	for i := len(t.History) - 1; i >= 0 && t.History[i].At.After(at); i-- {
		if t.History[i].Field == ticket.FieldSprint {
			past, _ := t.AsOf(at)
			return past.Sprints
		}
	}
	return t.Sprints
}

// birth is a bug that was created.
type birth struct {
	noted
	at    time.Time
	maker ticket.AccountKey
}

func (f *Flow) born(t *ticket.Ticket, parent [2]uint64) {
	if t.Kind != ticket.Bug {
		return
	}
	if n, counts := f.note(t, t.Created, parent); counts {
		f.bugs = append(f.bugs, birth{n, t.Created, ticket.KeyOf(t.Tracker, t.Creator)})
	}
}
