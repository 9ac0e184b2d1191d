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
	// Holds are the stretches in which it holds, oldest first; a renewal makes the
	// latest longer or, after a lapse, begins another.
	Holds    []Span
	Renewals int
}

// Given is when it was given.
func (w *Waiver) Given() time.Time { return w.Holds[0].From }

// Expires is when its latest stretch ends or ended, exclusive.
func (w *Waiver) Expires() time.Time { return w.Holds[len(w.Holds)-1].To }

// HoldsAt reports whether it holds at the moment.
func (w *Waiver) HoldsAt(at time.Time) bool { return holdsAt(w.Holds, at) }

// Covers reports whether it is about such a finding, whenever.
func (w *Waiver) Covers(s *Seen) bool {
	switch c := w.Scope; {
	case c.Finding != "":
		return c.Finding == s.ID
	case c.Ticket.ID != "":
		return s.Subject.Kind == AboutTicket && s.Subject.Source == c.Ticket.Source && s.Subject.ID == c.Ticket.ID
	case c.Rule != "" && c.Label != "":
		return s.Rule == c.Rule && slices.ContainsFunc(s.Labels, func(l string) bool { return strings.EqualFold(l, c.Label) })
	}
	return false
}

// Waivers works out every waiver from what people said, in the order given. Words
// about waivers that nobody gave mean nothing.
func Waivers(words []Word) []Waiver {
	var out []Waiver
	at := map[string]int{}
	for _, w := range inOrder(words) {
		i, known := at[w.Waiver]
		switch {
		case w.Kind == WaivedFor:
			at[w.ID] = len(out)
			out = append(out, Waiver{ID: w.ID, Scope: w.Scope, By: w.By, Reason: w.Reason, Holds: []Span{{From: w.At, To: w.Expires}}})
		case known && w.Kind == RenewedFor:
			out[i].renew(w)
		case known && w.Kind == EndedEarly:
			if last := &out[i].Holds[len(out[i].Holds)-1]; w.At.Before(last.To) {
				last.To = w.At
			}
		}
	}
	return out
}

func (w *Waiver) renew(word Word) {
	w.Renewals++
	w.Reason = cmp.Or(word.Reason, w.Reason)
	if last := &w.Holds[len(w.Holds)-1]; !word.At.After(last.To) {
		last.To = word.Expires
	} else {
		w.Holds = append(w.Holds, Span{From: word.At, To: word.Expires})
	}
}

// inOrder are the words as they were said; of one moment, by id.
func inOrder(words []Word) []Word {
	return slices.SortedStableFunc(slices.Values(words), func(a, b Word) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	})
}

// Judge lays what people said over what runs noticed, and gives the ledger as
// everybody is told it at the moment, in the same order. It is the one place
// that decides what is answered and what is waived: reports, commands, pages and
// metrics all ask it, and runs never see its outcome, so that no run can undo a
// person's word.
//
// A stretch in which a finding was open ends where an answer or a waiver begins
// to hold, and begins again where none does any more and the finding is still
// there. A finding that was never open but for waivers keeps an empty stretch
// from the moment it was noticed.
func Judge(ledger []Finding, words []Word, at time.Time) []Finding {
	answered, waivers := answers(words), Waivers(words)
	out := make([]Finding, len(ledger))
	for i, f := range ledger {
		said := heard{answered: answered[f.ID]}
		for k := range waivers {
			if waivers[k].Covers(&f.Seen) {
				said.waived = append(said.waived, waivers[k].Holds...)
			}
		}
		out[i] = said.over(f, at)
	}
	return out
}

// answers are the stretches in which each finding is answered.
func answers(words []Word) map[ID][]Span {
	out := map[ID][]Span{}
	for _, w := range inOrder(words) {
		all := out[w.Finding]
		holds := len(all) > 0 && all[len(all)-1].To.IsZero()
		switch {
		case w.Kind == AnsweredSo && !holds:
			out[w.Finding] = append(all, Span{From: w.At})
		case w.Kind == TookBack && holds:
			all[len(all)-1].To = w.At
		}
	}
	return out
}

// heard is what people said of one finding.
type heard struct{ answered, waived []Span }

func (h *heard) over(f Finding, at time.Time) Finding {
	if len(h.answered)+len(h.waived) == 0 {
		return f
	}
	var spans []Span
	for _, s := range f.Spans {
		spans = append(spans, h.cut(s, at)...)
	}
	if len(spans) == 0 {
		spans = []Span{{From: f.Spans[0].From, To: f.Spans[0].From, End: h.at(f.Spans[0].From)}}
	}
	f.Spans = spans
	if state := h.at(at); state == Answered && f.State != Withdrawn || state != "" && f.State == Open {
		f.State = state
	}
	return f
}

// at is what people's words make of a finding at the moment; empty when nothing.
func (h *heard) at(at time.Time) State {
	switch {
	case holdsAt(h.answered, at):
		return Answered
	case holdsAt(h.waived, at):
		return Waived
	}
	return ""
}

// cut leaves what is told of a stretch by the moment: the parts in which nobody's
// word held.
func (h *heard) cut(s Span, at time.Time) []Span {
	var out []Span
	from := s.From
	for _, edge := range append(h.edges(s, at), time.Time{}) {
		if h.at(from) == "" {
			out = append(out, h.part(s, from, edge))
		}
		from = edge
	}
	return out
}

// part is the stretch from one edge to the next, or to its own end.
func (h *heard) part(s Span, from, to time.Time) Span {
	if to.IsZero() {
		return Span{From: from, To: s.To, End: s.End}
	}
	return Span{From: from, To: to, End: h.at(to)}
}

// edges are the moments within the stretch, up to at, at which words begin or
// cease to make a difference, in order.
func (h *heard) edges(s Span, at time.Time) []time.Time {
	var out []time.Time
	for _, w := range slices.Concat(h.answered, h.waived) {
		for _, edge := range []time.Time{w.From, w.To} {
			inside := edge.After(s.From) && !edge.After(at) && (s.To.IsZero() || edge.Before(s.To))
			if inside && h.at(edge) != h.at(edge.Add(-1)) {
				out = append(out, edge)
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// holdsAt reports whether one of the stretches holds the moment; one without an
// end lasts.
func holdsAt(spans []Span, at time.Time) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To)) })
}
