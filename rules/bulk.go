package rules

import (
	"slices"
	"sort"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// bulkSpan is how closely changes must follow one another to count as bulk.
const bulkSpan = 10 * time.Minute

// defaultBulk is how many changes within bulkSpan are still handwork, for rules
// that do not say.
const defaultBulk = 50

// bulkTimes holds, by who made them, the moments of changes. Several fields of
// one ticket changed in one moment are one act.
type bulkTimes map[string][]time.Time

// gather notes who did what when to the ticket, from since on. Bulk changes are
// told across tickets, so that it sees all of them before any is judged.
func (b bulkTimes) gather(t *workTicket, since time.Time) {
	if !t.Creator.IsZero() && !t.Created.Before(since) {
		b.note(t.w.person(t.Tracker, t.Creator), t.Created)
	}
	acts := map[string]time.Time{}
	if !t.Creator.IsZero() {
		acts[t.w.person(t.Tracker, t.Creator).identity()] = t.Created
	}
	from, _ := slices.BinarySearchFunc(t.History, since, func(c ticket.Change, at time.Time) int { return c.At.Compare(at) })
	for _, c := range t.History[from:] {
		if c.Actor.IsZero() {
			continue
		}
		p := t.w.person(t.Tracker, c.Actor)
		if last, again := acts[p.identity()]; again && last.Equal(c.At) {
			continue
		}
		acts[p.identity()] = c.At
		b.note(p, c.At)
	}
}

func (b bulkTimes) note(p *person, at time.Time) { b[p.identity()] = append(b[p.identity()], at) }

// sort makes the times searchable once all are gathered.
func (b bulkTimes) sort() {
	for _, times := range b {
		slices.SortFunc(times, time.Time.Compare)
	}
}

// holds reports whether what somebody did at the moment was one of more than so
// many changes within any ten minutes.
func (b bulkTimes) holds(p *person, at time.Time, most int) bool {
	times := b[p.identity()]
	first := sort.Search(len(times), func(i int) bool { return !times[i].Before(at.Add(-bulkSpan)) })
	for i := first; i+most < len(times) && !times[i].After(at); i++ {
		last := times[i+most]
		if !last.Before(at) && last.Sub(times[i]) <= bulkSpan {
			return true
		}
	}
	return false
}
