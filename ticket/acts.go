package ticket

import (
	"cmp"
	"slices"
	"time"
)

// BulkSpan is how closely changes must follow one another to count as bulk.
const BulkSpan = 10 * time.Minute

// HandWork is how many changes of one account within BulkSpan are still work by
// hand, where nobody says otherwise. More are an import or a migration.
const HandWork = 50

// AccountKey names a tracker's account across tickets.
type AccountKey struct{ Tracker, ID string }

// KeyOf names the account by its id or, without one, by its address or name.
func KeyOf(tracker string, a Account) AccountKey {
	return AccountKey{tracker, cmp.Or(a.ID, a.Email, a.Name)}
}

// Acts holds, by the account that made them, the moments of changes. Several
// fields of one ticket changed in one moment are one act. Bulk changes are told
// across tickets, so that it sees all of them before any is judged: Gather all,
// then Sort, then ask.
type Acts map[AccountKey][]int64

// Gather notes who did what when to the ticket in [from, to), and who changed
// one of the fields before it.
func (b Acts) Gather(t *Ticket, from, to time.Time, fields []Field) {
	acts := map[AccountKey]time.Time{} // when each did something last
	note := func(who Account, at time.Time) {
		key := KeyOf(t.Tracker, who)
		if last, again := acts[key]; who.IsZero() || again && last.Equal(at) {
			return
		}
		acts[key] = at
		b[key] = append(b[key], at.UnixMicro())
	}
	if !t.Created.Before(from) && t.Created.Before(to) {
		note(t.Creator, t.Created)
	}
	n, _ := slices.BinarySearchFunc(t.History, from, func(c Change, at time.Time) int { return c.At.Compare(at) })
	if len(fields) > 0 {
		for _, c := range t.History[:n] {
			if slices.Contains(fields, c.Field) {
				note(c.Actor, c.At)
			}
		}
	}
	for _, c := range t.History[n:] {
		if c.At.Before(to) {
			note(c.Actor, c.At)
		}
	}
}

// Sort makes the times searchable once all are gathered.
func (b Acts) Sort() {
	for _, times := range b {
		slices.Sort(times)
	}
}

// Bulk reports whether what the account did at the moment was one of more than
// so many changes within any ten minutes.
func (b Acts) Bulk(who AccountKey, at time.Time, most int) bool {
	times, when := b[who], at.UnixMicro()
	if len(times) <= most {
		return false
	}
	first, _ := slices.BinarySearch(times, when-BulkSpan.Microseconds())
	for i := first; i+most < len(times) && times[i] <= when; i++ {
		last := times[i+most]
		if last >= when && last-times[i] <= BulkSpan.Microseconds() {
			return true
		}
	}
	return false
}

// Addresses holds the e-mail address of accounts that told one somewhere. A
// history names an assignee by id alone; whom somebody knows only by e-mail is
// recognised there by what another ticket told of the same id.
type Addresses map[AccountKey]string

// Gather notes what the ticket tells.
func (e Addresses) Gather(t *Ticket) {
	note := func(a Account) {
		key := AccountKey{t.Tracker, a.ID}
		// Of several addresses the first by name stands, whatever the order in
		// which tickets are read.
		if have := e[key]; a.ID != "" && a.Email != "" && (have == "" || a.Email < have) {
			e[key] = a.Email
		}
	}
	note(t.Creator)
	note(t.Assignee)
	for _, w := range t.Watchers {
		note(w)
	}
	for i := range t.History {
		note(t.History[i].Actor)
	}
	for i := range t.Comments {
		note(t.Comments[i].Author)
	}
}

// Of is the account's address: its own, or what another ticket told of its id.
func (e Addresses) Of(tracker string, a Account) string {
	return cmp.Or(a.Email, e[AccountKey{tracker, a.ID}])
}
