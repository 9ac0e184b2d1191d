package finding

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// Judge lays what people said over what runs noticed, and gives the ledger as
// everybody is told it at the moment, in the same order. It is the one place
// that decides what is answered and what is waived: reports, commands, pages and
// metrics all ask it, and runs never see its outcome, so that no run can undo a
// person's word. What people said later than the moment is not heard.
//
// A stretch in which a finding was open ends where an answer or a waiver begins
// to hold, and goes on where none does any more and the finding is still there.
// What is noticed while one holds leaves an empty stretch at that moment, so that
// nothing loses when it was first seen.
//
// The labels that a waiver asks for are those of the latest run that saw the
// finding, also for earlier weeks.
func Judge(ledger []Finding, words []Word, at time.Time) []Finding {
	out := make([]Finding, 0, len(ledger))
	for f := range EachJudged(ledger, words, at) {
		out = append(out, *f)
	}
	return out
}

// EachJudged is Judge for whoever passes over the ledger and keeps nothing of it. What it
// yields may be what the ledger holds, and is not to be changed.
func EachJudged(ledger []Finding, words []Word, at time.Time) iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		said := hear(words, at)
		for i := range ledger {
			if !yield(said.over(&ledger[i])) {
				return
			}
		}
	}
}

// Held tells how many findings a waiver of a scope holds back at the moment: those
// that would be open but for it, and for other waivers that cover them as well.
// ledger is what runs noticed.
func Held(ledger []Finding, words []Word, at time.Time) func(Scope) int {
	said, n := hear(words, at), map[Scope]int{}
	for i := range ledger {
		f := &ledger[i]
		if f.State != Open || lasts(said.answered[f.ID]) {
			continue
		}
		keys := scopesOf(&f.Seen)
		for k, key := range keys {
			if !slices.Contains(keys[:k], key) { // a label may stand twice, in another case
				n[key]++
			}
		}
	}
	return func(s Scope) int {
		if key := s.key(); key != (Scope{}) {
			return n[key]
		}
		return 0
	}
}

// Quiet reports of what is seen at the moment whether an answer or a waiver holds, so
// that it would not be told as open.
func Quiet(words []Word, at time.Time) func(*Seen) bool {
	said := hear(words, at)
	return func(s *Seen) bool {
		return lasts(said.answered[s.ID]) || slices.ContainsFunc(said.waiving(s), lasts)
	}
}

// heard is what people had said by a moment, where it can be found quickly: a
// ledger has many findings, and many waivers cover none of them.
type heard struct {
	answered map[ID][]Span
	waived   map[Scope][]Span // by what scopes have in common
	labelled map[string]bool  // rules that are waived for a label
	folded   map[string]string
}

func hear(words []Word, at time.Time) heard {
	words = slices.DeleteFunc(slices.Clone(words), func(w Word) bool { return w.At.After(at) })
	h := heard{answered: map[ID][]Span{}, waived: map[Scope][]Span{}, labelled: map[string]bool{}, folded: map[string]string{}}
	for id, holds := range answers(words) {
		h.answered[id] = union(lasting(holds, Answered, at))
	}
	for _, w := range Waivers(words) {
		h.waived[w.Scope.key()] = append(h.waived[w.Scope.key()], lasting(w.Holds, Waived, at)...)
	}
	delete(h.waived, Scope{}) // it covers nothing
	for key, holds := range h.waived {
		h.waived[key] = union(holds)
		h.labelled[key.Rule] = true
	}
	return h
}

// lasting are the stretches that are not empty; those that hold at the moment
// have no end: whether they will end is not known yet.
func lasting(holds []Span, as State, at time.Time) []Span {
	var out []Span
	for _, s := range holds {
		if s.Empty() {
			continue
		}
		if s.To.After(at) {
			s.To = time.Time{}
		}
		s.End, s.After = as, as
		out = append(out, s)
	}
	return out
}

// union joins stretches that overlap or touch. End says what held when a
// stretch began, After what held last.
func union(holds []Span) []Span {
	slices.SortFunc(holds, func(a, b Span) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.End, b.End)) // an answer before a waiver
	})
	var out []Span
	for _, s := range holds {
		n := len(out) - 1
		if n < 0 || !out[n].To.IsZero() && out[n].To.Before(s.From) {
			out = append(out, s)
		} else if last := &out[n]; !last.To.IsZero() && (s.To.IsZero() || s.To.After(last.To) || s.To.Equal(last.To) && s.After == Answered) {
			last.To, last.After = s.To, s.After
		}
	}
	return out
}

// over is the finding as words make it: itself where none is about it.
func (h *heard) over(f *Finding) *Finding {
	answered := h.answered[f.ID]
	lists := h.waiving(&f.Seen)
	if len(answered) > 0 {
		lists = append(lists, answered)
	}
	if len(lists) == 0 {
		return f
	}
	quiet := lists[0]
	if len(lists) > 1 {
		quiet = union(slices.Concat(lists...))
	}
	out := *f
	out.Spans = cutAll(f.Spans, quiet)
	out.State = judged(f.State, lasts(answered), lasts(quiet))
	return &out
}

// waiving are the stretches in which waivers cover such a finding, a list for each
// scope.
func (h *heard) waiving(s *Seen) (lists [][]Span) {
	if len(h.waived) == 0 {
		return nil
	}
	add := func(key Scope) {
		if waived := h.waived[key]; len(waived) > 0 {
			lists = append(lists, waived)
		}
	}
	add(Scope{Finding: s.ID})
	if s.Subject.Kind == AboutTicket {
		add(Scope{Ticket: TicketScope{Source: s.Subject.Source, ID: s.Subject.ID}})
	}
	if h.labelled[s.Rule] {
		for _, l := range s.Labels {
			add(Scope{Rule: s.Rule, Label: h.fold(l)})
		}
	}
	return lists
}

// fold is folded, worked out once for each label.
func (h *heard) fold(label string) string {
	out, known := h.folded[label]
	if !known {
		out = folded(label)
		h.folded[label] = out
	}
	return out
}

// judged is where a finding stands. What nobody looks for any more is no
// question of what anybody said; an answer outlasts what runs notice later.
func judged(s State, answered, quiet bool) State {
	switch {
	case s == Withdrawn:
		return s
	case answered:
		return Answered
	case quiet && s == Open:
		return Waived
	}
	return s
}

// lasts reports whether the latest stretch has not ended.
func lasts(holds []Span) bool { return len(holds) > 0 && holds[len(holds)-1].To.IsZero() }

func cutAll(spans, quiet []Span) []Span {
	out := make([]Span, 0, len(spans)+len(quiet))
	for _, s := range spans {
		out = append(out, cut(s, quiet)...)
	}
	return out
}

// cut leaves of a stretch the parts in which nobody's word held; quiet are the
// stretches in which one did, with gaps in between.
func cut(s Span, quiet []Span) []Span {
	var out []Span
	rest := s
	for _, q := range quiet {
		if !q.To.IsZero() && !q.To.After(rest.From) {
			continue // over before it began
		}
		if !s.To.IsZero() && !q.From.Before(s.To) {
			break // begins when it was over
		}
		out = append(out, Span{From: rest.From, To: latest(rest.From, q.From), End: q.End, After: rest.After})
		if q.To.IsZero() || !s.To.IsZero() && !q.To.Before(s.To) {
			return out
		}
		rest.From, rest.After = q.To, q.After
	}
	return append(out, rest)
}

// answers are the stretches in which each finding is answered. A second answer
// while one holds makes no difference, nor does taking back what nobody gave.
func answers(words []Word) map[ID][]Span {
	out := map[ID][]Span{}
	for _, w := range inOrder(words) {
		all := out[w.Finding]
		switch holds := lasts(all); {
		case w.Kind == AnsweredSo && !holds:
			out[w.Finding] = append(all, Span{From: w.At})
		case w.Kind == TookBack && holds:
			all[len(all)-1].To = w.At
		}
	}
	return out
}

// holdsAt reports whether one of the stretches holds the moment; one without an
// end lasts.
func holdsAt(spans []Span, at time.Time) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To)) })
}
