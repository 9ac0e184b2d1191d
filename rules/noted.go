package rules

import (
	"hash/maphash"
	"math"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// noted is what is noted while something is looked at: until when the answer holds
// by itself, and what else was asked for. See Memory.
type noted struct {
	// until is the earliest moment later than now at which anything that was asked
	// may turn out otherwise by the passing of time alone, in nanoseconds since 1970.
	until int64
	// people has bits set for every account that what other tickets tell of was
	// asked: its address, and whether it acted in bulk.
	people crowd
	asked  []uint32 // what else was asked for, by hash
	// deep says that much may be asked for: what many tickets come to.
	deep bool
	most int // the fewest changes that were asked whether they are bulk
}

// everyTime is until of what has to be looked at every time.
const everyTime = math.MinInt64

// never is until of what no passing of time changes.
const never = math.MaxInt64

func (n *noted) clear() {
	*n = noted{until: never, asked: n.asked[:0], most: math.MaxInt, deep: n.deep}
}

// asks notes what was asked for.
func (n *noted) asks(key uint32) { n.asked = append(n.asked, key) }

// once sorts what was asked for and leaves out what was asked again.
func (n *noted) once() []uint32 {
	slices.Sort(n.asked)
	n.asked = slices.Compact(n.asked)
	return n.asked
}

// into tells what was noted of one ticket.
func (n *noted) into(l *looking) {
	l.until, l.people, l.most, l.asked = n.until, n.people, n.most, slices.Clone(n.once())
}

// asks notes that what is looked at depends on the key.
func (w *world) asks(key uint32) {
	if w.noted != nil {
		w.noted.asks(key)
	}
}

// turns notes that what is looked at may turn out otherwise at the moment, where
// that is yet to come.
func (w *world) turns(at time.Time) {
	if w.noted != nil && at.After(w.now) {
		w.noted.until = min(w.noted.until, nanos(at))
	}
}

// nanos is the moment in nanoseconds since 1970, or never.
func nanos(at time.Time) int64 {
	const last = 2200
	if at.Year() > last {
		return never
	}
	return at.UnixNano()
}

// turnsWithPeople notes that the directory was asked about now.
func (w *world) turnsWithPeople() {
	if w.noted != nil {
		w.turns(w.dated.After(w.now))
	}
}

// asksFor notes that another ticket was asked for.
func (w *world) asksFor(source string, r ticket.Ref) {
	if w.noted == nil {
		return
	}
	if r.ID != "" {
		w.noted.asks(askedTicket(source, r.ID, false))
	}
	if r.Key != "" {
		w.noted.asks(askedTicket(source, r.Key, true))
	}
}

// askedKind tells apart what may be asked for.
type askedKind uint8

const (
	askTicket askedKind = iota
	askTicketByKey
	askShelf
	askSprint
	askSprints // those of a team
	askAccount
	askBegun
)

// askedKey is what was asked for, before it is made short.
type askedKey struct {
	source, id string
	number     int32
	kind       askedKind
}

var askedSeed = maphash.MakeSeed()

func (k askedKey) short() uint32 { return uint32(maphash.Comparable(askedSeed, k)) }

func askedTicket(source, id string, byKey bool) uint32 {
	kind := askTicket
	if byKey {
		kind = askTicketByKey
	}
	return askedKey{source: source, id: id, kind: kind}.short()
}

func askedSprint(source, id string) uint32 {
	return askedKey{source: source, id: id, kind: askSprint}.short()
}

func askedSprints(team int16) uint32 { return askedKey{number: int32(team), kind: askSprints}.short() }
func askedAccount(n int32) uint32    { return askedKey{number: n, kind: askAccount}.short() }
func askedBegun(team int16) uint32   { return askedKey{number: int32(team), kind: askBegun}.short() }

func (k shelfKey) asked() uint32 { return uint32(maphash.Comparable(askedSeed, k)) }

// crowd is a set of accounts that may hold some more than were put into it.
type crowd uint64

// peopleOf is the set of the one account.
func peopleOf(a account) crowd {
	const bits = 3
	h := maphash.Comparable(askedSeed, a)
	var out crowd
	for range bits {
		out |= 1 << (h & 63)
		h >>= 6
	}
	return out
}

// mayHold is only false where the account was not put into the set.
func (p crowd) mayHold(one crowd) bool { return p&one == one }

// inBulk reports whether what the account did at the moment was one of more than so
// many changes at once.
func (w *world) inBulk(who account, at time.Time, most int) bool {
	bulk := w.bulk.Bulk(who, at, most)
	if w.noted != nil {
		w.noted.people |= peopleOf(who)
		w.noted.most = min(w.noted.most, max(most, 0))
		// Until then everything around is remembered. Later on less and less is, so
		// that bulk changes become changes by hand.
		if remembered := at.Add(w.remembers); remembered.After(w.now) {
			w.turns(remembered)
		} else if bulk {
			w.turns(w.now.Add(1))
		}
	}
	return bulk
}
