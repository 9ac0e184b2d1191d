package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// books is what the store knows of findings, in two readings. Runs work on what
// runs noticed, so that no run can undo a person's word; whoever tells anybody
// anything works on what is told, in which people's words lie over it.
type books struct {
	noticed  []finding.Finding // what runs noticed, ordered by id; see readNoticed
	words    []finding.Word    // what people said
	lastWord string            // the id of the one that was kept last, where somebody asked
	// findings are what is told now. Runs leave them out: see readNoticed.
	findings []finding.Finding
	watching
	mutes []finding.Mute
}

// readLedger reads the books for whoever tells something of them.
func (f *Fairlead) readLedger(ctx context.Context) (books, error) {
	b, err := f.readWhole(ctx)
	if err == nil {
		b.findings = b.told(b.noticed, f.now())
	}
	return b, err
}

// readWhole reads the books for whoever tells people of what is over, or stores it again.
func (f *Fairlead) readWhole(ctx context.Context) (books, error) {
	b, _, err := f.readBooks(ctx, f.store.Findings)
	return b, err
}

// readNamed reads the books for what is said about one finding: of the ledger that
// finding alone where it is named by its id, and all of it otherwise.
func (f *Fairlead) readNamed(ctx context.Context, name string) (books, error) {
	e, err := f.store.Finding(ctx, finding.ID(name))
	if errors.Is(err, finding.ErrNotFound) {
		return f.readLedger(ctx)
	}
	if err != nil {
		return books{}, err
	}
	b := books{noticed: []finding.Finding{e}}
	if b.words, err = f.store.WordsAbout(ctx, e.ID); err == nil {
		b.findings = b.told(b.noticed, f.now())
	}
	return b, err
}

// readNoticed reads the books for a run, which works on what runs noticed. What is over
// stands there in outline: most of a ledger is, and a run only counts it.
func (f *Fairlead) readNoticed(ctx context.Context) (books, error) {
	if b, known, err := f.memory.recalled(ctx, f.store); known || err != nil {
		return b, err
	}
	b, mark, err := f.readBooks(ctx, f.store.Outlines)
	if err == nil {
		f.memory.forget()
		f.memory.keep(&b, mark)
	}
	return b, err
}

// readBooks reads the books and the mark that the ledger had before.
func (f *Fairlead) readBooks(ctx context.Context, ledger func(context.Context) ([]finding.Finding, error)) (b books, mark string, err error) {
	if mark, err = f.store.LedgerMark(ctx); err != nil {
		return b, "", err
	}
	if b.lastWord, err = f.store.LastWord(ctx); err != nil {
		return b, "", err
	}
	if b.noticed, err = ledger(ctx); err != nil {
		return b, "", fmt.Errorf("read the ledger: %w", err)
	}
	if b.words, err = f.store.Words(ctx); err != nil {
		return b, "", err
	}
	if b.watching, err = f.readWatching(ctx, b.noticed); err != nil {
		return b, "", err
	}
	b.mutes, err = f.store.Mutes(ctx)
	return b, mark, err
}

// told is a ledger of runs as everybody is told it at the moment.
func (b *books) told(noticed []finding.Finding, at time.Time) []finding.Finding {
	return finding.Judge(noticed, b.words, at)
}

// toldOpen is what everybody is told of those findings that runs noticed and that are
// open: nobody is told that any other is.
func (b *books) toldOpen(at time.Time) []finding.Finding { return b.told(b.open(), at) }

// open are the findings that runs noticed and that are open.
func (b *books) open() []finding.Finding {
	n := 0
	for i := range b.noticed {
		if b.noticed[i].State == finding.Open {
			n++
		}
	}
	out := make([]finding.Finding, 0, n) // each is large
	for i := range b.noticed {
		if b.noticed[i].State == finding.Open {
			out = append(out, b.noticed[i])
		}
	}
	return out
}

// about is what the books say of one finding alone; waivers are those that cover it.
func (b *books) about(e *finding.Finding, waivers []finding.Waiver) books {
	covering := map[string]bool{}
	for i := range waivers {
		covering[waivers[i].ID] = true
	}
	out := books{noticed: []finding.Finding{*e}, watching: b.watching, mutes: b.mutes}
	for i := range b.words {
		if w := &b.words[i]; w.Finding == e.ID || covering[w.ID] || covering[w.Waiver] {
			out.words = append(out.words, *w)
		}
	}
	return out
}

// unspoken reports of what is seen at the moment whether it is open to everybody:
// no answer and no waiver holds.
func (b *books) unspoken(at time.Time) func(*finding.Seen) bool {
	quiet := finding.Quiet(b.words, at)
	return func(s *finding.Seen) bool { return !quiet(s) }
}

// stepping says of what an evaluation at a moment concludes anything.
type stepping struct {
	at      time.Time
	due     map[string]bool             // sources
	watched func(*finding.Finding) bool // what is neither seen nor watched any more is withdrawn
	looked  func(*finding.Seen) bool    // nil: everything; what was not looked at is left as it is
}

// step is what an evaluation does to the ledger.
type step struct {
	outcome rules.Outcome
	moves   []finding.Transition
	ledger  []finding.Finding // as it is afterwards
	save    store.Check
	// elsewhere says that past weeks count some findings otherwise as well.
	elsewhere bool
}

// step evaluates at one moment and stores nothing. Findings of sources that are
// not due are frozen; those that are neither seen nor watched any more are
// withdrawn.
func (f *Fairlead) step(ctx context.Context, ledger []finding.Finding, s stepping) (step, error) {
	outcome, err := f.checkPast(ctx, s.at, nil)
	if err != nil {
		return step{}, fmt.Errorf("check: %w", err)
	}
	covered := func(rule, source string) bool { return s.due[source] && outcome.Stopped[rule] == nil }
	concerned, rest := s.concerned(ledger, outcome.Seen)
	// A stale source opens nothing either: that nobody reacted in time may only
	// mean that the reaction was not read yet.
	seen := slices.DeleteFunc(slices.Clone(outcome.Seen), func(one finding.Seen) bool {
		return !covered(one.Rule, one.Subject.Source) || rest[one.ID]
	})
	still := map[finding.ID]bool{} // also of a ticket that went to a team which has the agreement
	for i := range seen {
		still[seen[i].ID] = true
	}
	left, leaving, err := f.withdraw(ctx, concerned, still, s.watched, s.at)
	if err != nil {
		return step{}, err
	}
	next, moves := finding.Step(replaced(concerned, left), seen, covered, s.at)
	out := step{outcome: outcome, moves: append(leaving, moves...), ledger: replaced(replaced(ledger, left), next)}
	out.save = store.Check{Findings: replaced(left, next), Transitions: out.moves}
	return out, nil
}

// turn is what an evaluation of now does to the ledger of the books, which it changes in
// place: what is as it was is not stored again, a sighting stands for all of it. As with
// step, findings of sources that are not due are frozen, and those that are neither seen
// nor watched any more are withdrawn.
func (f *Fairlead) turn(b *books, e *evaluated, due map[string]bool, now time.Time) step {
	covered := func(rule, source string) bool { return due[source] && e.Stopped[rule] == nil }
	seen := e.Seen
	// A stale source opens nothing either: see step.
	aside := func(one finding.Seen) bool { return !covered(one.Rule, one.Subject.Source) }
	if slices.ContainsFunc(seen, aside) {
		seen = slices.DeleteFunc(slices.Clone(seen), aside)
	}
	out := step{outcome: e.Outcome}
	left := f.leave(b.noticed, seen, e.gone, now)
	var ids []finding.ID // places are others once new findings stand among them
	for _, place := range left {
		one := &b.noticed[place]
		out.moves, ids = append(out.moves, finding.Transition{Finding: one.ID, Move: finding.Leaving, At: now}), append(ids, one.ID)
		b.noted(one, now)
	}
	var touched []finding.Touched
	b.noticed, touched = finding.Turn(b.noticed, seen, covered, now)
	sightings := map[finding.Sighting]bool{}
	for _, t := range touched {
		one := &b.noticed[t.Place]
		if one.State == finding.Open && t.Move != finding.Frozen {
			sightings[finding.Sighting{Rule: one.Rule, Source: one.Subject.Source, At: now}] = true
		}
		out.elsewhere = out.elsewhere || t.Elsewhere
		if t.Move != finding.Stayed {
			out.moves = append(out.moves, finding.Transition{Finding: one.ID, Move: t.Move, At: now})
		}
		if !t.Same {
			out.save.Findings = append(out.save.Findings, *one)
		}
	}
	for _, id := range ids {
		if one := findingOf(b.noticed, id); one.State == finding.Withdrawn { // it did not open again at once
			out.save.Findings = append(out.save.Findings, *one)
		}
	}
	for s := range sightings {
		out.save.Sightings = append(out.save.Sightings, s)
	}
	out.ledger, out.save.Transitions = b.noticed, out.moves
	return out
}

// leave withdraws, in place, the open findings that nobody looks for any more, and those
// about tickets that are gone. It gives their places.
func (f *Fairlead) leave(ledger []finding.Finding, seen []finding.Seen, gone map[ticketKey]bool, now time.Time) (places []int) {
	next := 0
	for i := range ledger {
		e := &ledger[i]
		for next < len(seen) && seen[next].ID < e.ID {
			next++
		}
		if e.State != finding.Open {
			continue
		}
		still := next < len(seen) && seen[next].ID == e.ID // also of a ticket that went to a team which has the agreement
		if away := e.Subject.Kind == finding.AboutTicket && gone[ticketKey{e.Subject.Source, e.Subject.ID}]; !away && (still || f.watched(e)) {
			continue
		}
		left, _ := finding.Withdraw(ledger[i:i+1], func(*finding.Finding) bool { return false }, now)
		*e, places = left[0], append(places, i)
	}
	return places
}

// findingOf finds one of a ledger that is ordered by id, in which it is.
func findingOf(ledger []finding.Finding, id finding.ID) *finding.Finding {
	at, _ := slices.BinarySearchFunc(ledger, id, func(e finding.Finding, id finding.ID) int { return cmp.Compare(e.ID, id) })
	return &ledger[at]
}

// unsighted are the findings to store again, and with them all that are open: what tells
// of past moments takes the sightings away, which would speak of what opened in the past
// too.
func (b *books) unsighted(save []finding.Finding) []finding.Finding { return replaced(b.open(), save) }

// concerned parts what is looked at from what is not. An entry of the ledger and
// what was seen of it go together, since work changes hands.
func (s *stepping) concerned(ledger []finding.Finding, seen []finding.Seen) (in []finding.Finding, rest map[finding.ID]bool) {
	if s.looked == nil {
		return ledger, nil
	}
	looked := map[finding.ID]bool{}
	for i := range seen {
		looked[seen[i].ID] = s.looked(&seen[i])
	}
	for i := range ledger {
		e := &ledger[i]
		if _, sighted := looked[e.ID]; !sighted && e.State != finding.Open {
			continue // nothing can happen to it
		}
		if looked[e.ID] = looked[e.ID] || s.looked(&e.Seen); looked[e.ID] {
			in = append(in, *e)
		}
	}
	rest = map[finding.ID]bool{}
	for id, is := range looked {
		if !is {
			rest[id] = true
		}
	}
	return in, rest
}
