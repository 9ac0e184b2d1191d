package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
)

// Shown is a finding with all that is known of it.
type Shown struct {
	*ExplainedFinding
	First time.Time `json:"first_seen"`
	Last  time.Time `json:"last_seen"`
	Weeks int       `json:"weeks"` // for how many it has been open, begun ones counted; 0 when it is not
	Now   string    `json:"now"`   // where it stands, in words
	// Waivers are those that hold and cover it.
	Waivers []Waived     `json:"waivers,omitempty"`
	Trail   []TrailEntry `json:"trail"`
}

// TrailEntry is a change of a finding: who made it, when and why.
type TrailEntry struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"` // person id; fairlead for what runs noticed
	Name string    `json:"by_name"`
	What string    `json:"what"`
	Why  string    `json:"why,omitempty"`
	// State is what the finding was told to be from then on.
	State string `json:"state"`
}

// runsName stands for a person where a run made the change.
const runsName = "fairlead"

// Show tells of findings, named as Explain names them, with who changed them when
// and why. It stores nothing.
func (f *Fairlead) Show(ctx context.Context, name string) ([]Shown, error) {
	b, err := f.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	found, err := b.named(name, finding.Open)
	if err != nil {
		return nil, err
	}
	var out []Shown
	for i := range found {
		one, err := f.show(ctx, &b, &found[i])
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (f *Fairlead) show(ctx context.Context, b *books, e *finding.Finding) (Shown, error) {
	now := f.now()
	out := Shown{ExplainedFinding: explainedFinding(e), First: e.FirstSeen(), Last: e.LastSeen, Weeks: e.Streak(now), Now: f.standsAs(b, e)}
	waivers := slices.DeleteFunc(finding.Waivers(b.words), func(w finding.Waiver) bool { return !w.Covers(&e.Seen) })
	for i := range waivers {
		if waivers[i].HoldsAt(now) {
			out.Waivers = append(out.Waivers, f.waived(b, &waivers[i], now))
		}
	}
	moves, err := f.store.Transitions(ctx, e.ID)
	if err != nil {
		return out, fmt.Errorf("read the moves of finding %s: %w", e.ID, err)
	}
	out.Trail = f.trail(b, e, waivers, moves, now)
	return out, nil
}

// trail lays what runs noticed, what people said, and how waivers ran out one after
// the other.
func (f *Fairlead) trail(b *books, e *finding.Finding, waivers []finding.Waiver, moves []finding.Transition, now time.Time) []TrailEntry {
	var out []TrailEntry
	for _, m := range moves {
		out = append(out, TrailEntry{At: m.At, By: runsName, Name: runsName, What: string(m.Move), Why: whyMoved(m.Move, e)})
	}
	for i := range waivers {
		out = append(out, f.waiverTrail(b, &waivers[i], e.FirstSeen(), now)...)
	}
	for i := range b.words {
		if w := &b.words[i]; w.Finding == e.ID && (w.Kind == finding.AnsweredSo || w.Kind == finding.TookBack) {
			out = append(out, f.spokenEntry(w, spokenWhat[w.Kind]))
		}
	}
	slices.SortStableFunc(out, func(a, b TrailEntry) int { return a.At.Compare(b.At) })
	asNoticed := noticedOf(b, e.ID)
	for i := range out {
		at := out[i].At
		out[i].State = stateAt(b.told(finding.Rewind(asNoticed, at), at))
	}
	return out
}

// stateAt is the state of the one finding; waiting to be noticed it has none.
func stateAt(told []finding.Finding) string {
	if len(told) == 0 {
		return "not noticed yet"
	}
	return string(told[0].State)
}

// whyMoved says why a run moved a finding.
func whyMoved(m finding.Move, e *finding.Finding) string {
	switch m {
	case finding.Opened, finding.Reopened:
		return rules.Paragraph(e.Reason)
	case finding.Settling:
		return "the rule noticed it no longer"
	case finding.Aging:
		return "what it is about left the window in which the rule looks"
	case finding.Leaving:
		return "nobody looks for it any more: the agreement, the source or the ticket was gone"
	}
	return ""
}

var spokenWhat = map[finding.WordKind]string{
	finding.AnsweredSo: "answered", finding.TookBack: "took the answer back", finding.EndedEarly: "ended the waiver",
}

func (f *Fairlead) spokenEntry(w *finding.Word, what string) TrailEntry {
	return TrailEntry{At: w.At, By: rules.OneLine(w.By), Name: f.nameOf(w.By), What: what, Why: rules.Paragraph(w.Reason)}
}

// waiverTrail tells of a waiver from when it mattered to the finding: how it was
// given, renewed, ended, and when it ran out.
func (f *Fairlead) waiverTrail(b *books, w *finding.Waiver, first, now time.Time) []TrailEntry {
	if !w.Expires().After(first) {
		return nil
	}
	var out []TrailEntry
	ended := map[time.Time]bool{}
	scope := f.scopeWords(b, w.Scope)
	for i := range b.words {
		switch word := &b.words[i]; {
		case word.ID == w.ID:
			out = append(out, f.spokenEntry(word, fmt.Sprintf("waived %s until %s (waiver %s)", scope, moment(word.Expires), w.ID)))
		case word.Waiver != w.ID:
		case word.Kind == finding.RenewedFor:
			out = append(out, f.spokenEntry(word, fmt.Sprintf("renewed the waiver until %s (waiver %s)", moment(word.Expires), w.ID)))
		case word.Kind == finding.EndedEarly:
			ended[word.At] = true
			out = append(out, f.spokenEntry(word, fmt.Sprintf("%s (waiver %s)", spokenWhat[word.Kind], w.ID)))
		}
	}
	for _, s := range w.Holds {
		if !s.To.After(now) && !ended[s.To] && !s.Empty() {
			out = append(out, TrailEntry{At: s.To, By: runsName, Name: runsName, What: fmt.Sprintf("the waiver expired (waiver %s)", w.ID), Why: "it was given until then"})
		}
	}
	return out
}
