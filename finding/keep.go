package finding

import (
	"slices"
	"time"
)

// Ended is a finding that is over, and the ids of the words that were said about it and
// nothing else.
type Ended struct {
	Finding ID
	Words   []string
}

// EndedBefore lists the findings of which nothing has happened since the moment, for
// whoever keeps findings no longer than that. now is when it is asked.
//
// What is open stays, and so does what a waiver or an answer still holds back. An
// answer holds until it is taken back; about an event, which no rule looks at any more
// once it has expired, it is over with that.
func EndedBefore(ledger []Finding, words []Word, from, now time.Time) []Ended {
	k := newKeeping(words, now)
	var out []Ended
	place := map[ID]int{}
	for i := range ledger {
		if f := &ledger[i]; k.over(f, from) {
			place[f.ID] = len(out)
			out = append(out, Ended{Finding: f.ID})
		}
	}
	for i := range words {
		if n, is := place[k.about(&words[i])]; is {
			out[n].Words = append(out[n].Words, words[i].ID)
		}
	}
	return out
}

// WaiversEndedBefore names the words about waivers that had ended by the moment and
// cover nothing that is in the ledger.
func WaiversEndedBefore(ledger []Finding, words []Word, from time.Time) (said []string) {
	covering := map[Scope]bool{}
	for i := range ledger {
		for _, key := range scopesOf(&ledger[i].Seen) {
			covering[key] = true
		}
	}
	last := lastWords(words)
	over := map[string]bool{}
	for _, w := range Waivers(words) {
		over[w.ID] = !covering[w.Scope.key()] && w.Expires().Before(from) && last[w.ID].Before(from)
	}
	for i := range words {
		if w := &words[i]; over[w.ID] || w.Waiver != "" && over[w.Waiver] {
			said = append(said, w.ID)
		}
	}
	return said
}

// lastWords tells when something was said last about each waiver.
func lastWords(words []Word) map[string]time.Time {
	out := map[string]time.Time{}
	for i := range words {
		w := &words[i]
		for _, id := range []string{w.ID, w.Waiver} {
			out[id] = latest(out[id], w.At)
		}
	}
	return out
}

// keeping is what people said, where it can be found by the finding it is about.
type keeping struct {
	heard  heard
	scopes map[string]ID    // of the waivers of one finding, by waiver
	last   map[ID]time.Time // when something about it was said, or ran out
}

func newKeeping(words []Word, now time.Time) *keeping {
	k := &keeping{heard: hear(words, now), scopes: map[string]ID{}, last: map[ID]time.Time{}}
	for i := range words {
		if w := &words[i]; w.Kind == WaivedFor && w.Scope.Finding != "" {
			k.scopes[w.ID] = w.Scope.Finding
		}
	}
	for i := range words {
		w := &words[i]
		id := k.about(w)
		k.last[id] = latest(k.last[id], latest(w.At, w.Expires))
	}
	return k
}

// about is the finding that a word is about; empty for a waiver of more than one.
func (k *keeping) about(w *Word) ID {
	switch {
	case w.Finding != "":
		return w.Finding
	case w.Kind == WaivedFor:
		return k.scopes[w.ID]
	}
	return k.scopes[w.Waiver]
}

// over reports whether nothing of the finding has happened since the moment, and
// nothing that people said holds.
func (k *keeping) over(f *Finding, from time.Time) bool {
	since := func(at time.Time) bool { return !at.Before(from) }
	switch last := f.Spans[len(f.Spans)-1]; {
	case f.State == Open, last.To.IsZero(), since(last.To), since(f.LastSeen), since(k.last[f.ID]):
		return false
	case slices.ContainsFunc(k.heard.waiving(&f.Seen), lasts):
		return false
	}
	return !lasts(k.heard.answered[f.ID]) || !f.Expires.IsZero() && f.Expires.Before(from)
}
