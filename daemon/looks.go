package daemon

import (
	"context"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// everySource stands, among names of sources, for what is told from all of them
// together: of a team, of a role.
const everySource = ""

// watching is what the store knows of who looked at what, up to when.
type watching struct {
	looks finding.Looks
	// until is up to when each source has been looked at.
	until map[string]time.Time
	// inParts are the sources of which parts are known.
	inParts map[string]bool
}

// readWatching reads it. What the ledger says of a source counts as well: a
// finding can be withdrawn while nobody looks, and must not open again before
// that.
func (f *Fairlead) readWatching(ctx context.Context, ledger []finding.Finding) (watching, error) {
	all, err := f.store.Looks(ctx)
	if err != nil {
		return watching{}, err
	}
	w := watching{looks: finding.LooksOf(all), until: map[string]time.Time{}, inParts: map[string]bool{}}
	for _, l := range all {
		if l.Part != "" {
			w.inParts[l.Source] = true
		}
		if (l.LookKey == finding.LookKey{Source: l.Source}) {
			w.until[l.Source] = l.Until
		}
	}
	for i := range ledger {
		e := &ledger[i]
		moved := e.OpenSince()
		if e.State != finding.Open {
			moved = e.Spans[len(e.Spans)-1].To
		}
		w.noted(e, moved)
	}
	return w, nil
}

// noted takes it that a finding moved at the moment.
func (w *watching) noted(e *finding.Finding, moved time.Time) {
	if until, looked := w.until[e.Subject.Source]; looked && moved.After(until) {
		w.until[e.Subject.Source] = moved
	}
}

// record takes the looks over that a check stores, in place.
func (w *watching) record(looks []finding.Look, gone []finding.LookKey) {
	for _, k := range gone {
		delete(w.looks, k)
	}
	for _, l := range looks {
		w.looks[l.LookKey] = l
		if l.Part != "" {
			w.inParts[l.Source] = true
		}
		if (l.LookKey == finding.LookKey{Source: l.Source}) {
			w.until[l.Source] = l.Until
		}
	}
}

// ofCell is the look at one rule for one team's work in one source.
func (w *watching) ofCell(source, team, rule string) finding.Look {
	key := finding.LookKey{Source: source, Rule: rule, Team: team}
	l := w.looks[key]
	l.LookKey = key
	return l
}

// cells calls each for every source of the map, and each agreement in force.
func (f *Fairlead) cells(sources map[string]bool, each func(source, team, rule string)) {
	for _, team := range append([]string{""}, f.TeamIDs()...) {
		for _, rule := range f.book().RulesOf(team) {
			for source := range sources {
				each(source, team, rule)
			}
		}
	}
}

// lookedLive gives the looks to store after a live check, and the keys of those
// that nobody looks at any more: looking begins anew if somebody does again.
// seen are the parts of sources that hold tickets.
func (f *Fairlead) lookedLive(w *watching, fresh map[string]bool, stopped map[string]error, seen map[finding.LookKey]bool, now time.Time) (looks []finding.Look, gone []finding.LookKey) {
	for source := range fresh {
		looks = append(looks, finding.Look{LookKey: finding.LookKey{Source: source}, Until: now})
	}
	f.cells(fresh, func(source, team, rule string) {
		l := w.ofCell(source, team, rule)
		if !l.Live.IsZero() || stopped[rule] != nil {
			return
		}
		if l.Live = now; l.Since.IsZero() {
			l.Since = now
		}
		looks = append(looks, l)
	})
	looks = append(looks, w.newParts(fresh, seen, now)...)
	for key := range w.looks {
		if !f.configured(key.Source) || key.Rule != "" && !f.book().Has(key.Team, key.Rule) {
			gone = append(gone, key)
		}
	}
	return looks, gone
}

// newParts are the looks at parts that hold tickets for the first time. The parts
// of a source that had none were there from the beginning.
func (w *watching) newParts(fresh map[string]bool, seen map[finding.LookKey]bool, now time.Time) []finding.Look {
	var out []finding.Look
	for key := range seen {
		if _, before := w.looks[key]; before || !fresh[key.Source] {
			continue
		}
		l := finding.Look{LookKey: key}
		if w.inParts[key.Source] {
			l.Since, l.Live = now, now
		}
		out = append(out, l)
	}
	return out
}

// knownOf says from when on something is known of what a finding is about. part
// finds the part of the source it belongs to.
func (w *watching) knownOf(s *finding.Seen, part func(*finding.Seen) string) finding.Known {
	cell, _ := w.looks.Of(s)
	k := finding.Known{Since: cell.Since, Live: cell.Live}
	if cell.Since.IsZero() {
		return k
	}
	of := part(s)
	if of == "" {
		return k
	}
	if p, ok := w.looks[finding.LookKey{Source: s.Subject.Source, Part: of}]; ok {
		k.Since, k.Live = later(k.Since, p.Since), later(k.Live, p.Live)
	}
	return k
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func wrapped(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
