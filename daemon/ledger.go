package daemon

import (
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
	noticed []finding.Finding // what runs noticed
	words   []finding.Word    // what people said
	// findings are what is told now. Runs leave them out: see readNoticed.
	findings []finding.Finding
	watching
	mutes []finding.Mute
}

// readLedger reads the books for whoever tells something of them.
func (f *Fairlead) readLedger(ctx context.Context) (books, error) {
	b, err := f.readNoticed(ctx)
	if err == nil {
		b.findings = b.told(b.noticed, f.now())
	}
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

// readNoticed reads the books for a run, which works on what runs noticed.
func (f *Fairlead) readNoticed(ctx context.Context) (books, error) {
	var b books
	var err error
	if b.noticed, err = f.store.Findings(ctx); err != nil {
		return b, fmt.Errorf("read the ledger: %w", err)
	}
	if b.words, err = f.store.Words(ctx); err != nil {
		return b, err
	}
	if b.watching, err = f.readWatching(ctx, b.noticed); err != nil {
		return b, err
	}
	b.mutes, err = f.store.Mutes(ctx)
	return b, err
}

// told is a ledger of runs as everybody is told it at the moment.
func (b *books) told(noticed []finding.Finding, at time.Time) []finding.Finding {
	return finding.Judge(noticed, b.words, at)
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
func (b *books) unspoken(seen []finding.Seen, at time.Time) func(*finding.Seen) bool {
	ledger := make([]finding.Finding, len(seen))
	for i := range seen {
		ledger[i] = finding.Finding{Seen: seen[i], State: finding.Open, Spans: []finding.Span{{From: at}}}
	}
	quiet := map[finding.ID]bool{}
	for _, e := range b.told(ledger, at) {
		quiet[e.ID] = e.State != finding.Open
	}
	return func(s *finding.Seen) bool { return !quiet[s.ID] }
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
}

// step evaluates at one moment and stores nothing. Findings of sources that are
// not due are frozen; those that are neither seen nor watched any more are
// withdrawn.
func (f *Fairlead) step(ctx context.Context, ledger []finding.Finding, w rules.Work, s stepping) (step, error) {
	outcome, err := f.evaluate(ctx, w, s.at, nil)
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
