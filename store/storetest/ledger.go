package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// openFinding is a finding that opened on monday.
func openFinding(id finding.ID) finding.Finding {
	return finding.Finding{
		Seen: finding.Seen{
			ID: id, Rule: "feature-without-problem", Team: "payments", Severity: finding.Warn, Audience: finding.ForTeam,
			Subject: finding.Subject{Kind: finding.AboutTicket, Source: source, ID: "1", Key: "PAY-1"},
		},
		State: finding.Open, LastSeen: monday, Spans: []finding.Span{{From: monday}},
	}
}

func (s suite) ledger(t *testing.T) {
	s.promise(t, "a finding comes back as it was stored, to the last field", func(t *testing.T, st store.Store) {
		want := Fill[finding.Finding](rand.New(rand.NewPCG(5, 6)))
		check(t, st, store.Check{Findings: []finding.Finding{want}})
		got, err := st.Finding(t.Context(), want.ID)
		must(t, err)
		same(t, got, want)
		wantFindings(t, st, want)
	})
	s.promise(t, "a finding that is not there is finding.ErrNotFound", func(t *testing.T, st store.Store) {
		if _, err := st.Finding(t.Context(), "none"); !errors.Is(err, finding.ErrNotFound) {
			t.Errorf("err = %v, want finding.ErrNotFound", err)
		}
	})
	s.promise(t, "an outline is never stored in place of the finding", func(t *testing.T, st store.Store) {
		f := Fill[finding.Finding](rand.New(rand.NewPCG(5, 6)))
		check(t, st, store.Check{Findings: []finding.Finding{f}})
		outline := f.Outline()
		if err := st.SaveCheck(t.Context(), store.Check{Findings: []finding.Finding{outline}}); err == nil {
			t.Error("it was stored")
		}
		wantFindings(t, st, f)
	})
	s.promise(t, "an empty ledger is no error", func(t *testing.T, st store.Store) { wantFindings(t, st) })
	s.promise(t, "the ledger is ordered by id and a finding stored again replaces the first", func(t *testing.T, st store.Store) {
		a, b, c := openFinding("a"), openFinding("b"), openFinding("c")
		check(t, st, store.Check{Findings: []finding.Finding{c, a}})
		c.State, c.Spans[0].To, c.Spans[0].End = finding.Settled, monday.Add(time.Hour), finding.Settled
		check(t, st, store.Check{Findings: []finding.Finding{b, c}})
		wantFindings(t, st, a, b, c)
	})
	s.promise(t, "moves come oldest first, and those that changed nothing are not kept", func(t *testing.T, st store.Store) {
		move := func(m finding.Move, hours int) finding.Transition {
			return finding.Transition{Finding: "a", Move: m, At: monday.Add(time.Duration(hours) * time.Hour)}
		}
		check(t, st, store.Check{
			Findings:    []finding.Finding{openFinding("a"), openFinding("b")},
			Transitions: []finding.Transition{move(finding.Settling, 3), move(finding.Stayed, 1), {Finding: "b", Move: finding.Opened, At: monday}},
		})
		check(t, st, store.Check{Transitions: []finding.Transition{
			move(finding.Opened, 0), move(finding.Frozen, 2), move(finding.Reopened, 4), move(finding.Aging, 5),
		}})
		got, err := st.Transitions(t.Context(), "a")
		must(t, err)
		same(t, got, []finding.Transition{
			move(finding.Opened, 0), move(finding.Settling, 3), move(finding.Reopened, 4), move(finding.Aging, 5),
		})
	})
	s.promise(t, "a finding that never moved has no moves", func(t *testing.T, st store.Store) {
		if got, err := st.Transitions(t.Context(), "none"); err != nil || len(got) != 0 {
			t.Errorf("transitions = %v, %v, want none", got, err)
		}
	})
	s.promise(t, "a check stored twice counts once", func(t *testing.T, st store.Store) {
		c := store.Check{
			Findings:    []finding.Finding{openFinding("a")},
			Transitions: []finding.Transition{{Finding: "a", Move: finding.Opened, At: monday}},
			Flights:     []finding.Flight{{Team: "payments", At: monday, InFlight: 4, Clear: 3}},
		}
		check(t, st, c)
		check(t, st, c)
		wantFindings(t, st, c.Findings...)
		got, err := st.Transitions(t.Context(), "a")
		must(t, err)
		same(t, got, c.Transitions)
		wantFlights(t, st, "payments", monday, monday.Add(time.Second), c.Flights...)
	})
	s.promise(t, "a check with a finding that was never open leaves everything as it was", func(t *testing.T, st store.Store) {
		never := openFinding("z")
		never.Spans = nil
		wantNothingKept(t.Context(), t, st, never)
	})
	s.promise(t, "a check with a finding that people's words lie over leaves everything as it was", func(t *testing.T, st store.Store) {
		word := finding.Word{ID: "w", Kind: finding.AnsweredSo, At: monday.Add(time.Hour), Finding: "z"}
		wantNothingKept(t.Context(), t, st, finding.Judge([]finding.Finding{openFinding("z")}, []finding.Word{word}, word.At)[0])
		back := finding.Word{ID: "x", Kind: finding.TookBack, At: monday.Add(2 * time.Hour), Finding: "z"}
		wantNothingKept(t.Context(), t, st, finding.Judge([]finding.Finding{openFinding("z")}, []finding.Word{word, back}, back.At)[0])
	})
	s.promise(t, "what is open was last seen as it is stored or by a sighting, whichever is later", sightings)
	s.promise(t, "sightings are taken away where a check says so", func(t *testing.T, st store.Store) {
		a, later := openFinding("a"), monday.Add(time.Hour)
		check(t, st, store.Check{Findings: []finding.Finding{a}, Sightings: []finding.Sighting{{Rule: a.Rule, Source: source, At: later}}})
		check(t, st, store.Check{Unsighted: true})
		wantFindings(t, st, a)
		sighting := finding.Sighting{Rule: a.Rule, Source: source, At: later}
		check(t, st, store.Check{Unsighted: true, Sightings: []finding.Sighting{sighting}})
		a.LastSeen = later
		wantFindings(t, st, a)
	})
	s.promise(t, "the mark of the ledger is another one after each check, and the one that a check has", func(t *testing.T, st store.Store) {
		before := map[string]bool{}
		for _, c := range []store.Check{{}, {Mark: "one"}, {Mark: "two", Findings: []finding.Finding{openFinding("a")}}, {}, {Mutes: []finding.Mute{{Rule: "a", At: monday}}}} {
			mark, err := st.LedgerMark(t.Context())
			must(t, err)
			if before[mark] {
				t.Errorf("mark %q stood there before", mark)
			}
			before[mark] = true
			check(t, st, c)
			if mark, err := st.LedgerMark(t.Context()); err != nil || mark == "" || c.Mark != "" && mark != c.Mark {
				t.Errorf("mark = %q, %v after %q", mark, err, c.Mark)
			}
		}
	})
	s.promise(t, "nothing of a check is stored once the context has ended", func(t *testing.T, st store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		wantNothingKept(ctx, t, st, openFinding("z"))
	})
}

func sightings(t *testing.T, st store.Store) {
	a, b, closed, other := openFinding("a"), openFinding("b"), openFinding("c"), openFinding("d")
	b.LastSeen = monday.Add(3 * time.Hour)
	closed.State, closed.Spans[0].To, closed.Spans[0].End = finding.Settled, monday.Add(time.Hour), finding.Settled
	other.Subject.Source = "linear acme"
	sighting := func(hours int) store.Check {
		return store.Check{Sightings: []finding.Sighting{
			{Rule: a.Rule, Source: source, At: monday.Add(time.Duration(hours) * time.Hour)}, {Rule: "another", Source: other.Subject.Source, At: monday.Add(9 * time.Hour)},
		}}
	}
	check(t, st, store.Check{Findings: []finding.Finding{a, b, closed, other}})
	for _, hours := range []int{1, 2, 4} {
		check(t, st, sighting(hours))
		at := monday.Add(time.Duration(hours) * time.Hour)
		a.LastSeen = at
		if at.After(b.LastSeen) {
			b.LastSeen = at
		}
		wantFindings(t, st, a, b, closed, other)
		got, err := st.Finding(t.Context(), "a")
		must(t, err)
		same(t, got, a)
	}
}

// wantNothingKept saves a check that cannot be saved.
func wantNothingKept(ctx context.Context, t *testing.T, st store.Store, last finding.Finding) {
	t.Helper()
	err := st.SaveCheck(ctx, store.Check{
		Findings:    []finding.Finding{openFinding("a"), last},
		Transitions: []finding.Transition{{Finding: "a", Move: finding.Opened, At: monday}},
		Flights:     []finding.Flight{{Team: "payments", At: monday, InFlight: 1}},
	})
	if err == nil {
		t.Error("the check was stored")
	}
	wantFindings(t, st)
	wantFlights(t, st, "payments", monday, monday.Add(time.Second))
	if mark, err := st.LedgerMark(t.Context()); err != nil || mark != "" {
		t.Errorf("mark = %q, %v, want none", mark, err)
	}
}

func (s suite) flights(t *testing.T) {
	s.promise(t, "flights are those of one team, from a moment up to before another, oldest first", func(t *testing.T, st store.Store) {
		at := func(hours int) finding.Flight {
			return finding.Flight{Team: "payments", At: monday.Add(time.Duration(hours) * time.Hour), InFlight: 40 + hours, Clear: hours}
		}
		check(t, st, store.Check{Flights: []finding.Flight{at(3), at(1), {Team: "orders", At: monday.Add(time.Hour)}}})
		check(t, st, store.Check{Flights: []finding.Flight{at(2), at(0)}})
		wantFlights(t, st, "payments", at(1).At, at(3).At, at(1), at(2))
		wantFlights(t, st, "payments", time.Time{}, at(9).At, at(0), at(1), at(2), at(3))
		wantFlights(t, st, "payments", at(1).At, at(1).At)
		wantFlights(t, st, "nobody", time.Time{}, at(9).At)
	})
	s.promise(t, "a flight of the same team and moment replaces the first", func(t *testing.T, st store.Store) {
		f := finding.Flight{Team: "payments", At: monday, InFlight: 4, Clear: 3}
		check(t, st, store.Check{Flights: []finding.Flight{f}})
		f.Clear = 2
		check(t, st, store.Check{Flights: []finding.Flight{f}})
		wantFlights(t, st, "payments", monday, monday.Add(time.Second), f)
	})
}

func (s suite) sprints(t *testing.T) {
	saved := func(t *testing.T, st store.Store, sprints ...ticket.Sprint) {
		t.Helper()
		_, err := st.SavePage(t.Context(), source, nil, sprints, "")
		must(t, err)
	}
	want := func(t *testing.T, st store.Store, want ...ticket.Sprint) {
		t.Helper()
		got, err := st.Sprints(t.Context())
		must(t, err)
		same(t, got, want)
	}
	s.promise(t, "a sprint comes back as it was stored, to the last field", func(t *testing.T, st store.Store) {
		sprint := Fill[ticket.Sprint](rand.New(rand.NewPCG(7, 8)))
		sprint.Source = source
		saved(t, st, sprint)
		want(t, st, sprint)
	})
	s.promise(t, "sprints are ordered by id and the latest reading replaces the first", func(t *testing.T, st store.Store) {
		a := ticket.Sprint{Source: source, ID: "23", Name: "Sprint 23", State: ticket.SprintActive, Start: monday}
		b := ticket.Sprint{Source: source, ID: "24", Name: "Sprint 24", State: ticket.SprintFuture}
		saved(t, st, b, a)
		a.State, a.Completed, a.Goal = ticket.SprintClosed, monday.Add(time.Hour), "Refunds under a minute"
		saved(t, st, a)
		want(t, st, a, b)
	})
	s.promise(t, "a store without sprints says so without an error", func(t *testing.T, st store.Store) { want(t, st) })
	s.promise(t, "a sprint of another source or without an id is refused", func(t *testing.T, st store.Store) {
		for _, wrong := range []ticket.Sprint{{Source: "linear acme", ID: "1"}, {Source: source}} {
			if _, err := st.SavePage(t.Context(), source, nil, []ticket.Sprint{wrong}, "on"); err == nil {
				t.Errorf("sprint %+v was stored", wrong)
			}
		}
		wantCursor(t, st, source, "")
	})
}

func check(t *testing.T, st store.Store, c store.Check) {
	t.Helper()
	must(t, st.SaveCheck(t.Context(), c))
}

func wantFindings(t *testing.T, st store.Store, want ...finding.Finding) {
	t.Helper()
	got, err := st.Findings(t.Context())
	must(t, err)
	same(t, got, want)
	outlines, err := st.Outlines(t.Context())
	must(t, err)
	var inOutline []finding.Finding
	for i := range want {
		inOutline = append(inOutline, want[i].Outline())
	}
	same(t, outlines, inOutline)
}

// wantFlights looks at all of them, and at the first and the last by themselves.
func wantFlights(t *testing.T, st store.Store, team string, from, to time.Time, want ...finding.Flight) {
	t.Helper()
	got, err := st.Flights(t.Context(), team, from, to)
	must(t, err)
	same(t, got, want)
	first, last, err := st.FlightEnds(t.Context(), team, from, to)
	must(t, err)
	if len(want) == 0 {
		if first != nil || last != nil {
			t.Errorf("the ends of no flights are %v and %v", first, last)
		}
		return
	}
	if first == nil || last == nil {
		t.Errorf("the ends of %d flights are %v and %v", len(want), first, last)
		return
	}
	same(t, []finding.Flight{*first, *last}, []finding.Flight{want[0], want[len(want)-1]})
}
