package rules

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// bulkSpan is how closely changes must follow one another to count as bulk.
const bulkSpan = 10 * time.Minute

// defaultBulk is how many changes within bulkSpan are still handwork, for rules
// that do not say.
const defaultBulk = 50

// bulkTimes holds, by the account that made them, the moments of changes.
// Several fields of one ticket changed in one moment are one act.
type bulkTimes map[account][]time.Time

// account names a tracker's account across tickets.
type account struct{ tracker, id string }

func accountOf(tracker string, a ticket.Account) account {
	return account{tracker, cmp.Or(a.ID, a.Email, a.Name)}
}

// gather notes who did what when to the ticket within the span, and who changed
// one of the fields before it. Bulk changes are told across tickets, so that it
// sees all of them before any is judged.
func (b bulkTimes) gather(t *ticket.Ticket, within org.Span, fields []ticket.Field) {
	acts := map[account]time.Time{} // when each did something last
	note := func(who ticket.Account, at time.Time) {
		key := accountOf(t.Tracker, who)
		if last, again := acts[key]; who.IsZero() || again && last.Equal(at) {
			return
		}
		acts[key] = at
		b[key] = append(b[key], at)
	}
	if within.Holds(t.Created) {
		note(t.Creator, t.Created)
	}
	from, _ := slices.BinarySearchFunc(t.History, within.From, func(c ticket.Change, at time.Time) int { return c.At.Compare(at) })
	if len(fields) > 0 {
		for _, c := range t.History[:from] {
			if slices.Contains(fields, c.Field) {
				note(c.Actor, c.At)
			}
		}
	}
	for _, c := range t.History[from:] {
		if within.Holds(c.At) {
			note(c.Actor, c.At)
		}
	}
}

// bulkFields are the fields whose changes are told from bulk ones however old
// they are, for rules that look back as far as history goes.
func bulkFields(wants map[string]bool) []ticket.Field {
	var out []ticket.Field
	if wants["slips"] {
		out = append(out, ticket.FieldDue)
	}
	if wants["reestimates"] {
		out = append(out, ticket.FieldEstimate)
	}
	return out
}

// sort makes the times searchable once all are gathered.
func (b bulkTimes) sort() {
	for _, times := range b {
		slices.SortFunc(times, time.Time.Compare)
	}
}

// holds reports whether what the account did at the moment was one of more than
// so many changes within any ten minutes.
func (b bulkTimes) holds(who account, at time.Time, most int) bool {
	times := b[who]
	first := sort.Search(len(times), func(i int) bool { return !times[i].Before(at.Add(-bulkSpan)) })
	for i := first; i+most < len(times) && !times[i].After(at); i++ {
		last := times[i+most]
		if !last.Before(at) && last.Sub(times[i]) <= bulkSpan {
			return true
		}
	}
	return false
}
