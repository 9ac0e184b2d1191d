package trends

import (
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// start is a ticket on which work began, with who took part up to the end of that
// week.
type start struct {
	noted
	tracker string
	at      time.Time
	parts   []part
}

// part is an account that took part, and when; of those no later than the
// beginning of work only that they did.
type part struct {
	id, email string
	at        time.Time
}

func (f *Flow) begun(t *ticket.Ticket, parent [2]uint64) {
	at, began := t.WorkBegan(func(a ticket.Account) bool {
		p, _ := f.dir.Resolve(t.Tracker, a.ID, a.Email)
		return p.Bot || a.Bot
	})
	if !began {
		return
	}
	n, counts := f.note(t, at, parent)
	if !counts {
		return
	}
	one, end := start{noted: n, tracker: t.Tracker, at: at}, f.end(&n)
	seen := map[part]bool{}
	for p := range t.Parts() {
		if p.Way == ticket.WatchesItNow || !p.At.Before(end) {
			continue
		}
		took := part{p.Account.ID, p.Account.Email, p.At}
		if undated(&p, t) || took.at.Before(at) {
			took.at = at
		}
		if !seen[took] {
			seen[took] = true
			one.parts = append(one.parts, took)
		}
	}
	f.starts = append(f.starts, one)
}

// undated says that nobody knows when the account was mentioned: the description
// is known as it is now.
func undated(p *ticket.Part, t *ticket.Ticket) bool {
	return p.Way == ticket.MentionedIn && p.At.Equal(t.Created)
}

// awareness is how long it took until somebody took part who counted as EM then
// or when work began; aware is false while nobody had at the end of the week. Where
// nobody counted as EM when work began, led is false.
func (f *Flow) awareness(s *start) (hours float64, aware, led bool) {
	then := f.dir.EMsAt(s.team, s.at)
	if len(then) == 0 {
		return 0, false, false
	}
	var first time.Time
	for _, p := range s.parts {
		if !first.IsZero() && !p.at.Before(first) {
			continue
		}
		who, known := f.dir.Resolve(s.tracker, p.id, f.addresses.Of(s.tracker, ticket.Account{ID: p.id, Email: p.email}))
		if known && (slices.Contains(then, who.ID) || slices.Contains(f.dir.EMsAt(s.team, p.at), who.ID)) {
			first = p.at
		}
	}
	if first.IsZero() {
		return 0, false, true
	}
	return first.Sub(s.at).Hours(), true, true
}
