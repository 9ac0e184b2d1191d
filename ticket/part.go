package ticket

import (
	"iter"
	"slices"
	"time"
)

// Way says how somebody took part in a ticket.
type Way string

// The ways of taking part.
const (
	CreatedIt    Way = "created"
	ChangedIt    Way = "changed"
	CommentedOn  Way = "commented"
	MentionedIn  Way = "mentioned"
	WasAssigned  Way = "assigned"
	WatchesItNow Way = "watches"
)

// Part is one act by which an account took part in a ticket.
type Part struct {
	Account Account // only the ID is set where the tracker told no more
	At      time.Time
	Way     Way
}

// Parts yields every act of taking part: creating the ticket, changing any
// field, commenting, being mentioned in the description or a comment, being
// assignee, and watching it. A mention in the description and watching carry
// the time of creation, since trackers do not tell when they began.
func (t *Ticket) Parts() iter.Seq[Part] {
	return func(yield func(Part) bool) {
		if !t.Creator.IsZero() && !yield(Part{t.Creator, t.Created, CreatedIt}) {
			return
		}
		for _, id := range t.Mentions {
			if !yield(Part{Account{ID: id}, t.Created, MentionedIn}) {
				return
			}
		}
		for _, w := range t.Watchers {
			if !yield(Part{w, t.Created, WatchesItNow}) {
				return
			}
		}
		for a := range t.Assignments() {
			if !a.To.IsZero() && !yield(Part{a.To, a.At, WasAssigned}) {
				return
			}
		}
		for _, c := range t.History {
			if !c.Actor.IsZero() && !yield(Part{c.Actor, c.At, ChangedIt}) {
				return
			}
		}
		for _, c := range t.Comments {
			if !c.Author.IsZero() && !yield(Part{c.Author, c.Created, CommentedOn}) {
				return
			}
			for _, id := range c.Mentions {
				if !yield(Part{Account{ID: id}, c.Created, MentionedIn}) {
					return
				}
			}
		}
	}
}

// Assignment is one change of a ticket's assignee.
type Assignment struct {
	Event string // identity within the ticket; "created" for the one made while creating it
	At    time.Time
	Actor Account // zero when the tracker names nobody
	From  Account // zero: nobody before
	To    Account // zero: nobody after
}

// CreationEvent is the identity of what happened while a ticket was created.
const CreationEvent = "created"

// Assignments yields who was made assignee by whom, oldest first, beginning
// with the assignment made while creating the ticket, which trackers keep in no
// history: it is told from what the first change says stood there before.
func (t *Ticket) Assignments() iter.Seq[Assignment] {
	return func(yield func(Assignment) bool) {
		if first := t.firstAssignee(); !first.IsZero() {
			if !yield(Assignment{Event: CreationEvent, At: t.Created, Actor: t.Creator, To: first}) {
				return
			}
		}
		for _, c := range t.History {
			if c.Field != FieldAssignee {
				continue
			}
			a := Assignment{Event: c.ID, At: c.At, Actor: c.Actor, From: accountOf(c.From), To: accountOf(c.To)}
			if !yield(a) {
				return
			}
		}
	}
}

func (t *Ticket) firstAssignee() Account {
	for _, c := range t.History {
		if c.Field == FieldAssignee {
			return accountOf(c.From)
		}
	}
	return t.Assignee
}

// InFlight says that work has begun and has not ended.
func (t *Ticket) InFlight() bool { return t.Category == Started }

// Since is when the field came to hold such a value, without a break up to now:
// the moment of creation when history tells of no time before. It is meant for
// a value that the field holds now.
func (t *Ticket) Since(f Field, holds func(Value) bool) time.Time {
	since := t.Created
	for _, c := range slices.Backward(t.History) {
		if c.Field != f {
			continue
		}
		if !slices.ContainsFunc(c.To, holds) {
			break
		}
		since = c.At
		if !slices.ContainsFunc(c.From, holds) {
			return since
		}
		since = t.Created
	}
	return since
}

// WorkBegan is when work began in somebody's hands: when its status first meant
// so, or it was first assigned to a person, whichever was later; by the status
// alone while nobody was ever assigned. It is false before it began.
func (t *Ticket) WorkBegan(bot func(Account) bool) (time.Time, bool) {
	if t.Started.IsZero() {
		return time.Time{}, false
	}
	for a := range t.Assignments() {
		if a.To.IsZero() || bot(a.To) {
			continue
		}
		if a.At.After(t.Started) {
			return a.At, true
		}
		break
	}
	return t.Started, true
}
