package trends

import (
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// grace is how long before the end of a sprint a ticket still counts as held by
// it to the end: trackers move what is left in the same moment.
const grace = time.Minute

// ending is a ticket that a sprint held when it ended.
type ending struct {
	noted
	carried bool
}

// sprintsEnded looks at every sprint that ever held the ticket and ended in the
// weeks that are counted.
func (f *Flow) sprintsEnded(t *ticket.Ticket, parent [2]uint64) {
	for _, id := range sprintsEver(t) {
		s, known := f.sprints[t.Source+"\x00"+id]
		if !known || s.ended.IsZero() || !s.ended.After(t.Created) {
			continue
		}
		n, counts := f.note(t, s.ended, parent)
		if !counts || !slices.Contains(sprintsAt(t, s.ended.Add(-grace)), id) {
			continue
		}
		then, _ := t.AsOf(s.ended)
		if then.Category == ticket.Cancelled {
			continue
		}
		f.ends = append(f.ends, ending{n, then.Category != ticket.Done})
	}
}

// sprintsEver are all sprints that ever held the ticket, each once.
func sprintsEver(t *ticket.Ticket) []string {
	out := t.Sprints
	for i := range t.History {
		c := &t.History[i]
		if c.Field != ticket.FieldSprint {
			continue
		}
		for _, values := range [][]ticket.Value{c.From, c.To} {
			for _, v := range values {
				if !slices.Contains(out, v.ID) {
					out = append(slices.Clip(out), v.ID)
				}
			}
		}
	}
	return out
}
