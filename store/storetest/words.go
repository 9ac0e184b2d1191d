package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// spoken is a word of each kind, in the order in which they were said; two in one
// moment.
func spoken() []finding.Word {
	at := func(minutes int) time.Time {
		return monday.Add(time.Duration(minutes)*time.Minute + 123456*time.Microsecond)
	}
	return []finding.Word{
		{ID: "w3", Kind: finding.AnsweredSo, By: "mina", At: at(0), Reason: "Agreed in planning", Finding: "a"},
		{ID: "w1", Kind: finding.WaivedFor, By: "lee", At: at(1), Reason: "Waits", Scope: finding.Scope{Finding: "b"}, Expires: at(9)},
		{ID: "w4", Kind: finding.WaivedFor, By: "lee", At: at(2), Reason: "Moves", Expires: at(9),
			Scope: finding.Scope{Ticket: finding.TicketScope{Source: source, ID: "10007", Key: "PAY-7"}}},
		{ID: "w2", Kind: finding.WaivedFor, By: "lee", At: at(2), Reason: "The law", Scope: finding.Scope{Rule: "date-imposed", Label: "Regulatory"}, Expires: at(9)},
		{ID: "w5", Kind: finding.RenewedFor, By: "mina", At: at(3), Reason: "Late", Waiver: "w1", Expires: at(20)},
		{ID: "w6", Kind: finding.EndedEarly, By: "mina", At: at(4), Reason: "Done", Waiver: "w1"},
		{ID: "w7", Kind: finding.TookBack, By: "lee", At: at(5), Reason: "Another was meant", Finding: "a"},
	}
}

func (s suite) words(t *testing.T) {
	s.promise(t, "words come back as they were said, oldest first, of one moment as they were kept", func(t *testing.T, st store.Store) {
		all := spoken()
		for _, i := range []int{4, 0, 2, 6, 3, 1, 5} {
			must(t, st.AddWord(t.Context(), all[i]))
		}
		wantWords(t, st, all...)
	})
	s.promise(t, "nobody has said anything at first", func(t *testing.T, st store.Store) {
		wantWords(t, st)
		wantLast(t, st, "")
	})
	s.promise(t, "what was kept since a word comes in the order in which it was kept", func(t *testing.T, st store.Store) {
		all := spoken()
		wantSince(t, st, "")
		wantSince(t, st, "w3")
		for _, i := range []int{1, 6, 3, 0} {
			must(t, st.AddWord(t.Context(), all[i]))
		}
		wantSince(t, st, "", all[1], all[6], all[3], all[0])
		wantSince(t, st, all[6].ID, all[3], all[0])
		wantSince(t, st, all[0].ID)
		wantSince(t, st, "nobody's")
	})
	s.promise(t, "words about a finding are those of its own and all about waivers", func(t *testing.T, st store.Store) {
		all := spoken()
		for _, w := range all {
			must(t, st.AddWord(t.Context(), w))
		}
		wantAbout(t, st, "a", all...)
		wantAbout(t, st, "b", all[1:6]...)
	})
	s.promise(t, "the last word is the one kept last, whenever it was said", func(t *testing.T, st store.Store) {
		all := spoken()
		for _, i := range []int{1, 6, 3, 0} {
			must(t, st.AddWord(t.Context(), all[i]))
			wantLast(t, st, all[i].ID)
		}
		must(t, st.AddWord(t.Context(), all[6])) // once more
		wantLast(t, st, all[0].ID)
		other := all[6]
		other.Reason += "."
		if st.AddWord(t.Context(), other) == nil {
			t.Error("another word with the id of one was kept")
		}
		wantLast(t, st, all[0].ID)
	})
	s.promise(t, "the same word again changes nothing", func(t *testing.T, st store.Store) {
		for _, w := range append(spoken(), spoken()...) {
			must(t, st.AddWord(t.Context(), w))
		}
		wantWords(t, st, spoken()...)
	})
	s.promise(t, "another word with the id of one is refused, whatever differs", func(t *testing.T, st store.Store) {
		first := spoken()[2]
		must(t, st.AddWord(t.Context(), first))
		for what, change := range map[string]func(*finding.Word){
			"kind":    func(w *finding.Word) { w.Kind = finding.RenewedFor },
			"person":  func(w *finding.Word) { w.By = "mina" },
			"moment":  func(w *finding.Word) { w.At = w.At.Add(time.Microsecond) },
			"reason":  func(w *finding.Word) { w.Reason += "." },
			"waiver":  func(w *finding.Word) { w.Waiver = "w1" },
			"ticket":  func(w *finding.Word) { w.Scope.Ticket.ID = "10008" },
			"key":     func(w *finding.Word) { w.Scope.Ticket.Key = "PAY-8" },
			"rule":    func(w *finding.Word) { w.Scope.Rule = "date-imposed" },
			"label":   func(w *finding.Word) { w.Scope.Label = "q4" },
			"end":     func(w *finding.Word) { w.Expires = w.Expires.Add(time.Hour) },
			"no end":  func(w *finding.Word) { w.Expires = time.Time{} },
			"finding": func(w *finding.Word) { w.Scope = finding.Scope{Finding: "a"} },
		} {
			other := first
			if change(&other); st.AddWord(t.Context(), other) == nil {
				t.Errorf("a word with another %s was taken for the first", what)
			}
		}
		wantWords(t, st, first)
	})
	s.promise(t, "a word without an id is refused", func(t *testing.T, st store.Store) {
		if st.AddWord(t.Context(), finding.Word{Kind: finding.AnsweredSo, Finding: "a", At: monday}) == nil {
			t.Error("it was kept")
		}
		wantWords(t, st)
	})
	s.promise(t, "nothing is kept once the context has ended", func(t *testing.T, st store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if st.AddWord(ctx, spoken()[0]) == nil {
			t.Error("it was kept")
		}
		wantWords(t, st)
	})
	s.promise(t, "a check stores its findings and leaves words as they are", func(t *testing.T, st store.Store) {
		must(t, st.AddWord(t.Context(), spoken()[0]))
		check(t, st, store.Check{Findings: []finding.Finding{openFinding("a")}, Transitions: []finding.Transition{{Finding: "a", Move: finding.Opened, At: monday}}})
		wantWords(t, st, spoken()[0])
		wantFindings(t, st, openFinding("a"))
	})
	for what, text := range hostile {
		s.promise(t, what+" in every text of a word", func(t *testing.T, st store.Store) {
			words := []finding.Word{
				{ID: "1" + text, Kind: finding.AnsweredSo, By: text, At: monday, Reason: text, Finding: finding.ID(text)},
				{ID: "2" + text, Kind: finding.WaivedFor, By: text, At: monday, Reason: text, Expires: monday.Add(time.Hour),
					Scope: finding.Scope{Finding: finding.ID(text), Ticket: finding.TicketScope{Source: text, ID: text, Key: text}, Rule: text, Label: text}},
				{ID: "3" + text, Kind: finding.EndedEarly, By: text, At: monday, Reason: text, Waiver: text},
			}
			for range 2 {
				for _, w := range words {
					must(t, st.AddWord(t.Context(), w))
				}
			}
			wantWords(t, st, words...)
		})
	}
	t.Run("many speak at once, in two stores of one place, and nobody is lost", s.manySpeak)
	t.Run("words are there when the place is opened again", func(t *testing.T) {
		place := s.newPlace(t)
		first, err := place()
		must(t, err)
		for _, w := range spoken() {
			must(t, first.AddWord(t.Context(), w))
		}
		must(t, first.Close())
		wantWords(t, opened(t, place), spoken()...)
	})
}

// manySpeak has several people say things through two stores while checks are
// stored.
func (s suite) manySpeak(t *testing.T) {
	const speakers, each = 8, 20
	place := s.newPlace(t)
	stores := []store.Store{opened(t, place), opened(t, place)}
	var speaking sync.WaitGroup
	for n := range speakers {
		speaking.Go(func() {
			for i := range each {
				w := finding.Word{ID: fmt.Sprintf("w%d-%d", n, i), Kind: finding.AnsweredSo, By: "mina", At: monday.Add(time.Duration(n*each+i) * time.Second), Finding: "a"}
				if err := stores[n%2].AddWord(t.Context(), w); err != nil {
					t.Error(err)
				}
			}
		})
	}
	speaking.Go(func() {
		for range each {
			if err := stores[0].SaveCheck(t.Context(), store.Check{Findings: []finding.Finding{openFinding("a")}}); err != nil {
				t.Error(err)
			}
		}
	})
	speaking.Wait()
	got, err := stores[1].Words(t.Context())
	must(t, err)
	if len(got) != speakers*each || !slices.IsSortedFunc(got, func(a, b finding.Word) int { return a.At.Compare(b.At) }) {
		t.Errorf("%d words, want %d in order", len(got), speakers*each)
	}
}

func wantSince(t *testing.T, st store.Store, id string, want ...finding.Word) {
	t.Helper()
	got, err := st.WordsSince(t.Context(), id)
	must(t, err)
	same(t, got, want)
}

func wantAbout(t *testing.T, st store.Store, id finding.ID, want ...finding.Word) {
	t.Helper()
	got, err := st.WordsAbout(t.Context(), id)
	must(t, err)
	same(t, got, want)
}

func wantLast(t *testing.T, st store.Store, want string) {
	t.Helper()
	got, err := st.LastWord(t.Context())
	must(t, err)
	if got != want {
		t.Errorf("the last word is %q, want %q", got, want)
	}
}

func wantWords(t *testing.T, st store.Store, want ...finding.Word) {
	t.Helper()
	got, err := st.Words(t.Context())
	must(t, err)
	same(t, got, want)
}
