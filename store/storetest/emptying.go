package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// emptying is for stores that can be emptied where they are.
func (s suite) emptying(t *testing.T) {
	t.Run("what is emptied can be begun anew, and what lies beside it stays", func(t *testing.T) {
		place, beside := s.newPlace(t), opened(t, s.newPlace(t))
		st, err := place()
		must(t, err)
		there, can := st.(store.Emptier)
		if !can {
			must(t, st.Close())
			return // a file, which is put aside instead
		}
		fillSources(t, st)
		fillSources(t, beside)
		must(t, there.Empty(t.Context()))
		if _, err := st.Words(t.Context()); err == nil {
			t.Error("who had it open is not told that it is gone")
		}
		_ = st.Close() // what it would tidy up is gone
		again := opened(t, place)
		wantContents(t, again, store.Contents.Sources)
		wantContents(t, again, store.Contents.Secrets)
		wantContents(t, again, store.Contents.FlightTeams)
		wantContents(t, again, store.Contents.SnapshotTeams)
		wantWords(t, again)
		wantRevisions(t, again)
		wantLatest(t, again, 0)
		if left := all(t, again); len(left) > 0 {
			t.Errorf("%d tickets are left", len(left))
		}
		if _, err := again.Finding(t.Context(), "f"); !errors.Is(err, finding.ErrNotFound) {
			t.Errorf("a finding is left: %v", err)
		}
		if left := all(t, beside); len(left) != sourcesFilled*ticketsFilled {
			t.Errorf("beside it %d tickets are left of %d", len(left), sourcesFilled*ticketsFilled)
		}
		fillSources(t, again)
		if now := all(t, again); len(now) != sourcesFilled*ticketsFilled {
			t.Errorf("begun anew it holds %d tickets, want %d", len(now), sourcesFilled*ticketsFilled)
		}
	})
}

// In a Cluster so many sources lie on every server.
const sourcesFilled, ticketsFilled = 12, 60

func fillSources(t *testing.T, st store.Store) {
	t.Helper()
	ctx := t.Context()
	for n := range sourcesFilled {
		name := fmt.Sprint("jira {site} ", n)
		var page []ticket.Ticket
		for id := range ticketsFilled {
			one := small(id, monday)
			one.Source = name
			page = append(page, one)
		}
		_, err := st.SavePage(ctx, name, page, []ticket.Sprint{{Source: name, ID: "1", Name: "Sprint 1"}}, "c")
		must(t, err)
	}
	f := finding.Finding{Seen: finding.Seen{ID: "f", Rule: "r"}, State: finding.Open, LastSeen: monday, Spans: []finding.Span{{From: monday}}}
	check(t, st, store.Check{Findings: []finding.Finding{f}, Flights: []finding.Flight{{Team: "a", At: monday}}})
	must(t, st.AddWord(ctx, finding.Word{ID: "w", Kind: finding.AnsweredSo, By: "lee", At: monday, Finding: "f"}))
	must(t, st.SaveSnapshots(ctx, []store.Snapshot{{Team: "a", Week: "2026-W46"}}))
	_, err := st.AddRevision(ctx, store.Revision{Kind: store.OfRule, Name: "r", At: monday}, 0)
	must(t, err)
	_, err = st.SharedSecret(ctx, "sessions", "s")
	must(t, err)
}
