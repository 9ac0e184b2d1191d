package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

func (s suite) amending(t *testing.T) {
	s.promise(t, "what is not there is no error, and is not made", func(t *testing.T, st store.Store) {
		must(t, st.Amend(t.Context(), store.Amendment{
			Words: []finding.Word{{ID: "w"}}, Revisions: []store.Revision{{Number: 1, Kind: store.OfRule, Name: "r"}},
			NoFindings: []finding.ID{"f"}, NoRuns: []string{"r"}, NoDeliveries: []store.DeliveryKey{{Report: "r"}},
			NoWords: []string{"w"}, NoRevisions: []int64{1}, NoSnapshots: []store.SnapshotKey{{Team: "t", Week: "2026-W46"}}, FlightsBefore: monday,
			NoTokens: []string{"t"}, NoEpochs: []string{"e"}, Ungathered: true,
		}))
		words, err := st.Words(t.Context())
		is(t, "words", words, []finding.Word(nil), err)
		revisions, err := st.Revisions(t.Context())
		is(t, "revisions", revisions, []store.Revision(nil), err)
	})
	s.promise(t, "words and revisions keep their place and their order", func(t *testing.T, st store.Store) {
		a := finding.Word{ID: "b", Kind: finding.AnsweredSo, By: "dana", At: monday, Reason: "one", Finding: "f"}
		b := finding.Word{ID: "a", Kind: finding.AnsweredSo, By: "lee", At: monday, Reason: "two", Finding: "f"}
		must(t, st.AddWord(t.Context(), a))
		must(t, st.AddWord(t.Context(), b))
		r, err := st.AddRevision(t.Context(), store.Revision{Kind: store.OfRule, Name: "r", Text: "x", By: "dana", At: monday}, 0)
		must(t, err)
		a.By, a.Reason, r.By = "somebody", "another", "somebody"
		must(t, st.Amend(t.Context(), store.Amendment{Words: []finding.Word{a}, Revisions: []store.Revision{r}}))
		words, err := st.Words(t.Context())
		is(t, "words", words, []finding.Word{a, b}, err)
		since, err := st.WordsSince(t.Context(), "b")
		is(t, "words since", since, []finding.Word{b}, err)
		revisions, err := st.Revisions(t.Context())
		is(t, "revisions", revisions, []store.Revision{r}, err)
	})
	s.promise(t, "what is taken away is gone, and all else stays", func(t *testing.T, st store.Store) {
		ctx := t.Context()
		for _, name := range []string{"go", "stay"} {
			f := finding.Finding{Seen: finding.Seen{ID: finding.ID(name), Rule: "r"}, State: finding.Open, LastSeen: monday, Spans: []finding.Span{{From: monday}}}
			must(t, st.SaveCheck(ctx, store.Check{Findings: []finding.Finding{f}, Transitions: []finding.Transition{{Finding: f.ID, Move: finding.Opened, At: monday}}}))
			must(t, st.SaveRun(ctx, store.Run{ID: name, Kind: store.RunSync, Started: monday}))
			_, _, err := st.Claim(ctx, store.Delivery{DeliveryKey: store.DeliveryKey{Report: name}, State: store.Pending, Due: monday}, "", monday, monday)
			must(t, err)
			must(t, st.AddToken(ctx, name, name, monday))
			_, err = st.NextEpoch(ctx, name)
			must(t, err)
		}
		must(t, st.SaveGathered(ctx, store.Gathered{Name: "g", At: monday, Parts: map[string][]byte{"": []byte("{}")}}))
		before, err := st.LedgerMark(ctx)
		must(t, err)
		gone := store.Amendment{
			NoFindings: []finding.ID{"go"}, NoRuns: []string{"go"}, NoDeliveries: []store.DeliveryKey{{Report: "go"}},
			NoTokens: []string{"go"}, NoEpochs: []string{"go"}, Ungathered: true,
		}
		must(t, st.Amend(ctx, gone))
		must(t, st.Amend(ctx, gone))
		if after, err := st.LedgerMark(ctx); err != nil || after == before {
			t.Errorf("the ledger counts as unchanged: %q, %v", after, err)
		}
		findings, err := st.Findings(ctx)
		is(t, "findings", len(findings), 1, err)
		moves, err := st.Transitions(ctx, "go")
		is(t, "moves", len(moves), 0, err)
		runs, err := st.Runs(ctx, store.RunSync, 9)
		is(t, "runs", len(runs), 1, err)
		deliveries, err := st.Deliveries(ctx, time.Time{})
		is(t, "deliveries", len(deliveries), 1, err)
		tokens, err := st.Tokens(ctx)
		is(t, "tokens", len(tokens), 1, err)
		epochs, err := st.Epochs(ctx)
		is(t, "epochs", epochs, []store.PersonEpoch{{Person: "stay", Epoch: 1}}, err)
		if _, _, err := st.Gathered(ctx, "g", ""); err == nil {
			t.Error("what was gathered is still there")
		}
	})
}

// takingAway is of what grows with time: the words, revisions, weeks and flights.
func (s suite) takingAway(t *testing.T) {
	s.promise(t, "words that are taken away were never said, and others keep their order", func(t *testing.T, st store.Store) {
		all := spoken()
		for _, w := range all {
			must(t, st.AddWord(t.Context(), w))
		}
		before, err := st.LedgerMark(t.Context())
		must(t, err)
		must(t, st.Amend(t.Context(), store.Amendment{NoWords: []string{all[0].ID, all[6].ID, "nobody's"}}))
		wantWords(t, st, all[1:6]...)
		wantLast(t, st, all[5].ID)
		wantSince(t, st, all[6].ID)
		if after, err := st.LedgerMark(t.Context()); err != nil || after == before {
			t.Errorf("whoever remembers the words is not told: mark %q, %v", after, err)
		}
		must(t, st.AddWord(t.Context(), all[6]))
		wantSince(t, st, all[5].ID, all[6])
		var ids []string
		for _, w := range all {
			ids = append(ids, w.ID)
		}
		must(t, st.Amend(t.Context(), store.Amendment{NoWords: ids}))
		wantWords(t, st)
		wantLast(t, st, "")
		must(t, st.AddWord(t.Context(), all[0]))
		wantWords(t, st, all[0])
	})
	s.promise(t, "numbers of revisions that are taken away are not given again", func(t *testing.T, st store.Store) {
		all, after := revised()
		for i, r := range all {
			_, err := st.AddRevision(t.Context(), r, after[i])
			must(t, err)
		}
		must(t, st.Amend(t.Context(), store.Amendment{NoRevisions: []int64{1, 3, 6, 99}}))
		wantRevisions(t, st, all[1], all[3], all[4], all[6], all[7])
		next := store.Revision{Kind: store.OfAgreement, Team: "payments", Name: "date-imposed", Text: "x", At: monday}
		kept, err := st.AddRevision(t.Context(), next, 4) // the latest of it that is left
		must(t, err)
		if kept.Number != 9 {
			t.Errorf("number %d, want 9", kept.Number)
		}
		again := store.Revision{Kind: store.OfRule, Name: "date-imposed", Text: "y", At: monday}
		if kept, err = st.AddRevision(t.Context(), again, 0); err != nil || kept.Number != 10 { // none of it is left
			t.Errorf("number %d, %v, want 10", kept.Number, err)
		}
		must(t, st.Amend(t.Context(), store.Amendment{NoRevisions: []int64{10}}))
		if kept, err = st.AddRevision(t.Context(), again, 0); err != nil || kept.Number != 11 {
			t.Errorf("number %d, %v, want 11", kept.Number, err)
		}
	})
	s.promise(t, "weeks are taken away one by one, and flights up to a moment", func(t *testing.T, st store.Store) {
		ctx := t.Context()
		at := func(hour int, team string) finding.Flight {
			return finding.Flight{Team: team, At: monday.Add(time.Duration(hour) * time.Hour), InFlight: hour}
		}
		check(t, st, store.Check{Flights: []finding.Flight{at(0, "a"), at(1, "a"), at(2, "a"), at(0, "b")}})
		must(t, st.SaveSnapshots(ctx, []store.Snapshot{{Team: "a", Week: "2026-W45"}, {Team: "a", Week: "2026-W46"}, {Team: "", Week: "2026-W45"}}))
		must(t, st.Amend(ctx, store.Amendment{
			FlightsBefore: monday.Add(time.Hour), NoSnapshots: []store.SnapshotKey{{Team: "a", Week: "2026-W45"}, {Team: "", Week: "2026-W45"}},
		}))
		wantContents(t, st, store.Contents.FlightTeams, "a")
		wantContents(t, st, store.Contents.SnapshotTeams, "a")
		flights, err := st.Flights(ctx, "a", time.Time{}, monday.AddDate(1, 0, 0))
		is(t, "flights", flights, []finding.Flight{at(1, "a"), at(2, "a")}, err)
		weeks, err := st.Snapshots(ctx, "a", "", "9")
		is(t, "weeks", len(weeks), 1, err)
		must(t, st.SaveSnapshots(ctx, []store.Snapshot{{Team: "", Week: "2026-W45"}}))
		wantContents(t, st, store.Contents.SnapshotTeams, "", "a")
	})
}

func is[T any](t *testing.T, what string, got, want T, err error) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, %v\nwant %+v", what, got, err, want)
	}
}
