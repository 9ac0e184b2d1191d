package ticket

import (
	"cmp"
	"iter"
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
	for a := range t.ActsIn(from, to, fields) {
		b[a.Who] = append(b[a.Who], a.At.UnixMicro())
	}
}

// Act is what an account did to a ticket in one moment. Kept says that it changed
// one of the fields that are asked about however old a change is.
type Act struct {
	Who  AccountKey
	At   time.Time
	Kept bool
}

// ActsIn yields who did what when to the ticket in [from, to), and who changed one
// of the fields before it.
func (t *Ticket) ActsIn(from, to time.Time, fields []Field) iter.Seq[Act] {
	return func(yield func(Act) bool) {
		var few [8]Act
		acts := few[:0] // of one moment
		flush := func() bool {
			for _, a := range acts {
				if !yield(a) {
					return false
				}
			}
			acts = acts[:0]
			return true
		}
		note := func(who Account, at time.Time, kept bool) bool {
			if who.IsZero() {
				return true
			}
			if len(acts) > 0 && !acts[0].At.Equal(at) && !flush() {
				return false
			}
			key := KeyOf(t.Tracker, who)
			for i := range acts {
				if acts[i].Who == key {
					acts[i].Kept = acts[i].Kept || kept
					return true
				}
			}
			acts = append(acts, Act{key, at, kept})
			return true
		}
		if !t.Created.Before(from) && t.Created.Before(to) && !note(t.Creator, t.Created, false) {
			return
		}
		n, _ := slices.BinarySearchFunc(t.History, from, func(c Change, at time.Time) int { return c.At.Compare(at) })
		for i := range t.History {
			c := &t.History[i]
			kept := slices.Contains(fields, c.Field)
			if i < n && !kept || !c.At.Before(to) {
				continue
			}
			if !note(c.Actor, c.At, kept) {
				return
			}
		}
		flush()
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
func (b Acts) Bulk(who AccountKey, at time.Time, most int) bool { return BulkAmong(b[who], at, most) }

// BulkAmong is Bulk of one account whose times, in order, are given in microseconds
// since 1970.
func BulkAmong(times []int64, at time.Time, most int) bool {
	when := at.UnixMicro()
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
	for key, email := range t.Addresses() {
		// Of several addresses the first by name stands, whatever the order in
		// which tickets are read.
		if have := e[key]; have == "" || email < have {
			e[key] = email
		}
	}
}

// Addresses yields which e-mail address the ticket tells of which account, the same
// ones again and again.
func (t *Ticket) Addresses() iter.Seq2[AccountKey, string] {
	return func(yield func(AccountKey, string) bool) {
		note := func(a *Account) bool {
			return a.ID == "" || a.Email == "" || yield(AccountKey{t.Tracker, a.ID}, a.Email)
		}
		if !note(&t.Creator) || !note(&t.Assignee) {
			return
		}
		for i := range t.Watchers {
			if !note(&t.Watchers[i]) {
				return
			}
		}
		for i := range t.History {
			if !note(&t.History[i].Actor) {
				return
			}
		}
		for i := range t.Comments {
			if !note(&t.Comments[i].Author) {
				return
			}
		}
	}
}

// Of is the account's address: its own, or what another ticket told of its id.
func (e Addresses) Of(tracker string, a Account) string {
	return cmp.Or(a.Email, e[AccountKey{tracker, a.ID}])
}
