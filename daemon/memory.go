package daemon

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// memory is what a process that goes on keeps between checks, so that the next one
// takes as long as what changed since and not as long as all there is. All of it can be
// had anew from the store: what does not fit is forgotten, and that check is a full one.
// The outcome is the same either way.
type memory struct {
	mu sync.Mutex // one check at a time holds it

	*evaluations // nil: it is for one check alone, which reads the books once

	// The books as they are in the store while its ledger has the mark; empty: they
	// have to be read.
	mark  string
	books books

	weeks weeksTold
}

// remembering is f for one check that takes up what the one before left, and what ends
// that. Where this process keeps nothing, or another check is under way, only this check
// remembers what it does itself.
func (f *Fairlead) remembering() (*Fairlead, func()) {
	g := *f
	m := f.holding.memory.Load()
	if m == nil || !m.mu.TryLock() {
		g.memory = &memory{}
		return &g, func() {}
	}
	g.memory = m
	return &g, m.mu.Unlock
}

// remember lets this process keep what checks find out for the next.
func (f *Fairlead) remember() { f.holding.memory.Store(&memory{evaluations: &evaluations{}}) }

// lasting is what evaluations leave for the next check; nil where there will be none.
func (m *memory) lasting() *evaluations {
	if m == nil {
		return nil
	}
	return m.evaluations
}

// recalled are the books as the latest check left them, if nobody has changed anything
// since but people's words, which are read anew when there are others. They are for one
// run, which may change what lies in them only if it says so with forget.
func (m *memory) recalled(ctx context.Context, s store.Store) (b books, known bool, err error) {
	if m == nil || m.mark == "" {
		return books{}, false, nil
	}
	mark, err := s.LedgerMark(ctx)
	if err != nil || mark != m.mark {
		return books{}, false, err
	}
	word, err := s.LastWord(ctx)
	if err != nil {
		return books{}, false, err
	}
	if word != m.books.lastWord {
		m.weeks.counted = false
		if m.books.words, err = s.Words(ctx); err != nil {
			return books{}, false, err
		}
		m.books.lastWord = word
	}
	b = m.books
	b.mutes = slices.Clone(b.mutes)
	return b, true, nil
}

// keep keeps the books as they are in the store by the mark.
func (m *memory) keep(b *books, mark string) {
	if m != nil {
		m.books, m.mark = *b, mark
	}
}

// lend lets go of the books, which are about to be changed.
func (m *memory) lend() {
	if m != nil {
		m.mark, m.books = "", books{}
	}
}

// forget lets go of all that is known of the ledger.
func (m *memory) forget() {
	if m.lend(); m != nil {
		m.weeks.counted = false
	}
}

// stored takes over what a check of now left, once it is stored.
func (m *memory) stored(e *evaluated, b *books, of *step) {
	if m == nil {
		return
	}
	if left := m.lasting(); left != nil {
		left.stored(e, b.looks)
	}
	for i := range of.save.Findings {
		one := findingOf(b.noticed, of.save.Findings[i].ID)
		*one = one.Outline() // as reading would give it
	}
	m.keep(b, of.save.Mark)
	// Looks at sources alone say up to when; see keeper.state.
	anew := func(l finding.Look) bool { return l.LookKey != finding.LookKey{Source: l.Source} }
	m.weeks.counted = m.weeks.counted && !of.elsewhere && !slices.ContainsFunc(of.save.Looks, anew)
}

// weeksTold is what is known of the numbers that are stored of past weeks.
type weeksTold struct {
	terms   *terms
	state   string    // which weeks, and up to where everything was read and looked at
	at      time.Time // when that was found
	counted bool      // they tell what the ledger does; otherwise there is one for each
}

// weeksTold reports whether there is nothing to count in those weeks; changed says that
// the ledger did.
func (m *memory) weeksTold(by *terms, state string, changed bool) bool {
	return m != nil && m.mark != "" && m.weeks.terms == by && m.weeks.state == state && (m.weeks.counted || !changed)
}

// tellWeeks takes it that there is not.
func (m *memory) tellWeeks(by *terms, state string, at time.Time, counted bool) {
	if m == nil {
		return
	}
	same := m.weeks.terms == by && m.weeks.state == state
	m.weeks = weeksTold{by, state, at, m.mark != "" && (counted || same && m.weeks.counted)}
}
