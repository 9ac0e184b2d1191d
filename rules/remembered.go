package rules

import (
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// keptActs are ticket.Acts whose tickets can be taken out again.
type keptActs map[account]*actsOf

// actsOf are the acts of one account, ordered by time.
type actsOf struct {
	times []int64  // in microseconds since 1970
	whose []uint32 // the ticket's place, twice, and one more where the act is kept however old it is
}

// add notes what was done to the ticket; Sort comes before the next question.
func (k keptActs) add(t *ticket.Ticket, n int32, within actsWithin) {
	for a := range t.ActsIn(within.from, within.to, within.always) {
		of := k[a.Who]
		if of == nil {
			of = &actsOf{}
			k[a.Who] = of
		}
		whose := uint32(n) << 1
		if a.Kept {
			whose |= 1
		}
		of.times, of.whose = append(of.times, a.At.UnixMicro()), append(of.whose, whose)
	}
}

// actsWithin is which acts matter.
type actsWithin struct {
	from, to time.Time
	always   []ticket.Field
}

// Sort puts what was added in order.
func (k keptActs) Sort() {
	for _, of := range k {
		of.sort()
	}
}

func (of *actsOf) sort() {
	if slices.IsSorted(of.times) {
		return
	}
	type act struct {
		at    int64
		whose uint32
	}
	all := make([]act, len(of.times))
	for i := range all {
		all[i] = act{of.times[i], of.whose[i]}
	}
	slices.SortFunc(all, func(a, b act) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return int(int64(a.whose) - int64(b.whose))
	})
	for i := range all {
		of.times[i], of.whose[i] = all[i].at, all[i].whose
	}
}

// Bulk is that of ticket.Acts.
func (k keptActs) Bulk(who account, at time.Time, most int) bool {
	of := k[who]
	return of != nil && ticket.BulkAmong(of.times, at, most)
}

// drop forgets the acts of some tickets, and those too old to matter. It gives the
// times of the former.
func (k keptActs) drop(tickets []int32, from time.Time) map[account][]int64 {
	gone := map[uint32]bool{}
	var filter [1 << 10]uint64 // of the lower bits: there are far more acts than tickets gone
	for _, n := range tickets {
		gone[uint32(n)] = true
		filter[n>>6&1023] |= 1 << (n & 63)
	}
	is := func(n uint32) bool { return filter[n>>6&1023]>>(n&63)&1 == 1 && gone[n] }
	dropped := map[account][]int64{}
	oldest := from.UnixMicro()
	for who, of := range k {
		to := 0
		for i, at := range of.times {
			whose := of.whose[i]
			switch {
			case is(whose >> 1):
				dropped[who] = append(dropped[who], at)
				continue
			case at < oldest && whose&1 == 0:
				continue
			}
			if to != i {
				of.times[to], of.whose[to] = at, whose
			}
			to++
		}
		of.times, of.whose = of.times[:to], of.whose[:to]
		if to == 0 {
			delete(k, who)
		}
	}
	return dropped
}

// crowded says that around one of the moments the account did more than so many
// things, those altered counted as well: whether it acted in bulk may be told
// otherwise there.
func (k keptActs) crowded(who account, altered []int64, most int) bool {
	around := func(times []int64, at int64) int {
		span := ticket.BulkSpan.Microseconds()
		first, _ := slices.BinarySearch(times, at-span)
		last, _ := slices.BinarySearch(times, at+span+1)
		return last - first
	}
	for _, at := range altered {
		n := around(altered, at)
		if of := k[who]; of != nil {
			n += around(of.times, at)
		}
		if n > most {
			return true
		}
	}
	return false
}

// keptAddresses are ticket.Addresses whose tickets can be taken out again.
type keptAddresses struct {
	told []addressTold
	at   map[addressOf]uint32
	by   map[account][]uint32
	best map[account]string // the first by name of those told
}

// addressOf is an address that some ticket tells of an account.
type addressOf struct {
	account
	email string
}

type addressTold struct {
	addressOf
	times int32
}

func newKeptAddresses() keptAddresses {
	return keptAddresses{at: map[addressOf]uint32{}, by: map[account][]uint32{}, best: map[account]string{}}
}

// Of is that of ticket.Addresses.
func (k *keptAddresses) Of(tracker string, a ticket.Account) string {
	if a.Email != "" {
		return a.Email
	}
	return k.best[account{Tracker: tracker, ID: a.ID}]
}

// tell adds what the ticket tells to the list, each once.
func (k *keptAddresses) tell(list []uint32, t *ticket.Ticket) []uint32 {
	for who, email := range t.Addresses() {
		key := addressOf{who, email}
		n, known := k.at[key]
		if !known {
			n = uint32(len(k.told))
			k.told, k.at[key] = append(k.told, addressTold{addressOf: key}), n
			k.by[who] = append(k.by[who], n)
		}
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// count counts once more, or less, what is told, and gives the accounts that have
// another address since.
func (k *keptAddresses) count(told []uint32, times int32) []account {
	var altered []account
	for _, n := range told {
		one := &k.told[n]
		if one.times += times; one.times != 0 && one.times != times {
			continue // it was told before, and still is
		}
		best := ""
		for _, other := range k.by[one.account] {
			if k.told[other].times > 0 {
				best = firstText(best, k.told[other].email)
			}
		}
		if best != k.best[one.account] {
			k.best[one.account] = best
			altered = append(altered, one.account)
		}
	}
	return altered
}
