package finding

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Waiver is what people's words say of one waiver.
type Waiver struct {
	ID     string
	Scope  Scope
	By     string // who gave it
	Reason string // of its latest renewal, or as it was given
	// Holds are the stretches in which it holds, oldest first, with a gap between
	// one and the next; a renewal makes the latest longer or, after a lapse, begins
	// another.
	Holds    []Span
	Renewals int
	Ended    bool // the latest stretch was ended by a person, before it expired
}

// Given is when it was given.
func (w *Waiver) Given() time.Time { return w.Holds[0].From }

// Expires is when its latest stretch ends or ended, exclusive.
func (w *Waiver) Expires() time.Time { return w.Holds[len(w.Holds)-1].To }

// HoldsAt reports whether it holds at the moment.
func (w *Waiver) HoldsAt(at time.Time) bool { return holdsAt(w.Holds, at) }

// Covers reports whether it is about such a finding, whenever.
func (w *Waiver) Covers(s *Seen) bool { return w.Scope.Covers(s) }

// Covers reports whether it takes in such a finding. A ticket's scope takes in
// what is about the ticket itself, not what only concerns it among others.
func (c Scope) Covers(s *Seen) bool {
	switch {
	case c.Finding != "":
		return c.Finding == s.ID
	case c.Ticket.ID != "":
		return s.Subject.Kind == AboutTicket && c.Ticket.Source == s.Subject.Source && c.Ticket.ID == s.Subject.ID
	case c.Rule == "" || c.Label == "" || c.Rule != s.Rule || len(s.Labels) == 0:
		return false
	}
	label := folded(c.Label)
	return slices.ContainsFunc(s.Labels, func(l string) bool { return folded(l) == label })
}

// Same reports whether both cover the same.
func (c Scope) Same(other Scope) bool { return c.key() == other.key() }

// key is what two scopes that cover the same have in common.
func (c Scope) key() Scope {
	switch {
	case c.Finding != "":
		return Scope{Finding: c.Finding}
	case c.Ticket.ID != "":
		return Scope{Ticket: TicketScope{Source: c.Ticket.Source, ID: c.Ticket.ID}}
	case c.Rule != "" && c.Label != "":
		return Scope{Rule: c.Rule, Label: folded(c.Label)}
	}
	return Scope{}
}

// FoldLabel is what labels have in common that a waiver takes for the same.
func FoldLabel(label string) string { return folded(label) }

// folded makes labels that differ only in case equal.
func folded(label string) string { return strings.ToLower(strings.ToUpper(label)) }

// scopesOf are the keys of all scopes that cover such a finding.
func scopesOf(s *Seen) []Scope {
	out := make([]Scope, 0, 2+len(s.Labels))
	out = append(out, Scope{Finding: s.ID})
	if s.Subject.Kind == AboutTicket && s.Subject.ID != "" {
		out = append(out, Scope{Ticket: TicketScope{Source: s.Subject.Source, ID: s.Subject.ID}})
	}
	for _, l := range s.Labels {
		if l != "" {
			out = append(out, Scope{Rule: s.Rule, Label: folded(l)})
		}
	}
	return out
}

// Waivers works out every waiver from what people said, in the order given. In
// which order the words come makes no difference. A word about a waiver that
// nobody gave means nothing, nor does a renewal that is over when it is said.
func Waivers(words []Word) []Waiver {
	var out []Waiver
	at := map[string]int{}
	words = inOrder(words)
	for _, w := range words {
		if _, known := at[w.ID]; w.Kind == WaivedFor && !known {
			at[w.ID] = len(out)
			hold := Span{From: w.At, To: latest(w.At, w.Expires)}
			out = append(out, Waiver{ID: w.ID, Scope: w.Scope, By: w.By, Reason: w.Reason, Holds: []Span{hold}})
		}
	}
	for _, w := range words {
		i, known := at[w.Waiver]
		switch {
		case !known || w.At.Before(out[i].Given()):
		case w.Kind == RenewedFor && w.Expires.After(w.At):
			out[i].renew(w)
		case w.Kind == EndedEarly:
			out[i].end(w.At)
		}
	}
	return out
}

func (w *Waiver) renew(word Word) {
	w.Renewals++
	w.Ended = false
	w.Reason = cmp.Or(word.Reason, w.Reason)
	if last := &w.Holds[len(w.Holds)-1]; !word.At.After(last.To) {
		last.To = word.Expires
	} else {
		w.Holds = append(w.Holds, Span{From: word.At, To: word.Expires})
	}
}

func (w *Waiver) end(at time.Time) {
	if last := &w.Holds[len(w.Holds)-1]; at.Before(last.To) {
		last.To, w.Ended = at, true
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// inOrder are the words as they were said; of one moment, by id.
func inOrder(words []Word) []Word {
	return slices.SortedStableFunc(slices.Values(words), func(a, b Word) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	})
}
