package finding

import (
	"slices"
	"time"
)

// Move is how the ledger step changed one finding.
type Move string

// The moves.
const (
	Opened   Move = "opened"
	Stayed   Move = "stayed"
	Settling Move = "settled"
	Aging    Move = "aged-out"
	Reopened Move = "reopened"
	Frozen   Move = "frozen"
	Leaving  Move = "withdrawn"
)

// Transition is one line of the ledger's history: which finding moved how.
type Transition struct {
	Finding ID
	Move    Move
	At      time.Time
}

// Covered says whether the evaluation could have seen a finding of this rule
// about this source's work: false while the source is stale or only partly
// read, and for a rule that could not be evaluated. What is not covered is
// frozen: nothing seen does not mean nothing there.
type Covered func(rule, source string) bool

// Step moves the ledger by one evaluation made at now. Given what was in the
// ledger and what the evaluation saw, it returns every finding that has to be
// stored again, ordered by id, and what happened to each, in the same order. Evaluating twice at one moment
// changes nothing the second time. Findings keep the words of the latest
// evaluation that saw them.
func Step(ledger []Finding, seen []Seen, covered Covered, now time.Time) ([]Finding, []Transition) {
	after, touched := Turn(slices.Clone(inOrderOfID(ledger)), eachOnce(seen), covered, now)
	if len(touched) == 0 {
		return nil, nil
	}
	next := make([]Finding, len(touched))
	moves := make([]Transition, len(touched))
	for i, t := range touched {
		next[i] = after[t.Place]
		moves[i] = Transition{Finding: next[i].ID, Move: t.Move, At: now.UTC()}
	}
	return next, moves
}

// Withdraw ends the open findings that nobody looks for any more, since the
// agreement or the source is gone, so that they neither stay open for ever nor
// count as settled. It returns what Step returns, for the findings it ended.
func Withdraw(ledger []Finding, watched func(*Finding) bool, now time.Time) ([]Finding, []Transition) {
	now = now.UTC()
	var next []Finding
	var moves []Transition
	for _, f := range ledger {
		if f.State != Open || watched(&f) {
			continue
		}
		f.Spans = slices.Clone(f.Spans)
		f.end(Withdrawn, now)
		next = append(next, f)
		moves = append(moves, Transition{Finding: f.ID, Move: Leaving, At: now})
	}
	return next, moves
}

// end closes the stretch in which the finding is open.
func (f *Finding) end(as State, now time.Time) {
	f.State = as
	last := &f.Spans[len(f.Spans)-1]
	last.To, last.End = now, as
}

// Rewind is the ledger as it was at the moment: what opened later is not there,
// and what closed later is open. Words, and everything else that evaluations
// rewrite, are those of now.
func Rewind(ledger []Finding, at time.Time) []Finding {
	var out []Finding
	for _, f := range ledger {
		spans, _ := split(f.Spans, at.Add(1)) // what began at the moment had begun
		if len(spans) == 0 {
			continue
		}
		if len(spans) < len(f.Spans) || f.LastSeen.After(at) {
			f.LastSeen = at
		}
		last := spans[len(spans)-1]
		switch {
		case last.To.IsZero() || last.To.After(at):
			last.To, last.End, f.State = time.Time{}, "", Open
		case len(spans) < len(f.Spans):
			f.State = last.End
		}
		f.Spans = append(slices.Clone(spans[:len(spans)-1]), last)
		out = append(out, f)
	}
	return out
}
