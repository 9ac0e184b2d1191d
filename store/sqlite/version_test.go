package sqlite

import (
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// What testdata/version1.sql holds: a file that the first version of the store
// wrote, as sqlite3's .dump tells it. It is never made again; a later version
// gets a file of its own with the same content and what is new to it, and must
// still read this one.
var (
	monday      = time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	oldTicket   = typical(1)
	oldSprint   = ticket.Sprint{Source: "jira acme.atlassian.net", ID: "23", Name: "Sprint 23", Goal: "Refunds under a minute", State: ticket.SprintActive, Start: monday}
	oldFinding  = finding.Finding{Seen: oldSeen, State: finding.Open, LastSeen: monday, Spans: []finding.Span{{From: monday}}}
	oldMove     = finding.Transition{Finding: oldSeen.ID, Move: finding.Opened, At: monday}
	oldFlight   = finding.Flight{Team: "payments", At: monday, InFlight: 41, Clear: 36}
	oldRun      = store.Run{ID: "1", Kind: store.RunSync, Source: "jira acme.atlassian.net", Started: monday, Ended: monday.Add(time.Minute), Tickets: 1, Gaps: []string{"PAY-1: no author"}}
	oldSubject  = finding.Subject{Kind: finding.AboutTicket, Source: "jira acme.atlassian.net", ID: "10001", Key: "PAY-1"}
	oldEvidence = finding.Evidence{Fact: "entered the sprint", Value: "Sprint 23", At: monday}
	oldSeen     = finding.Seen{
		ID: "83b131a0f4fad683", Rule: "feature-without-problem", Team: "payments", Subject: oldSubject, Reason: "no problem is linked",
		Severity: finding.Warn, Audience: finding.ForTeam, Evidence: []finding.Evidence{oldEvidence}, Tickets: []string{"PAY-1"},
	}
)

// What version 2 added.
var (
	oldLooks = []finding.Look{
		{LookKey: finding.LookKey{Source: "jira acme.atlassian.net"}, Until: monday},
		{LookKey: finding.LookKey{Source: "jira acme.atlassian.net", Rule: oldSeen.Rule, Team: "payments"}, Since: monday.AddDate(0, 0, -84), Live: monday},
	}
	oldMutes = []finding.Mute{{Rule: oldSeen.Rule, At: monday, From: monday.AddDate(0, 0, -7), New: 84, Usual: 2.5}}
)

func TestAFileOfVersion1IsRead(t *testing.T) {
	s := written(t, "testdata/version1.sql")
	isRead(t, s)
	looks, err := s.Looks(t.Context())
	expect(t, "looks", looks, []finding.Look(nil), err)
	mutes, err := s.Mutes(t.Context())
	expect(t, "mutes", mutes, []finding.Mute(nil), err)
}

func TestAFileOfVersion2IsRead(t *testing.T) {
	s := written(t, "testdata/version2.sql")
	isRead(t, s)
	looks, err := s.Looks(t.Context())
	expect(t, "looks", looks, oldLooks, err)
	mutes, err := s.Mutes(t.Context())
	expect(t, "mutes", mutes, oldMutes, err)
}

// written opens a file that an earlier version wrote.
func written(t *testing.T, dump string) *Store {
	t.Helper()
	script, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	path := newFile(t)
	run(t, path, string(script))
	return opened(t, path)
}

// isRead looks for what every version wrote.
func isRead(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()

	cursor, err := s.Cursor(ctx, oldTicket.Source)
	expect(t, "cursor", cursor, "2026-11-09T08:00", err)
	one, err := s.Ticket(ctx, oldTicket.Source, ticket.Ref{Key: "PAY-1"})
	expect(t, "ticket", one, oldTicket, err)
	sprints, err := s.Sprints(ctx)
	expect(t, "sprints", sprints, []ticket.Sprint{oldSprint}, err)
	findings, err := s.Findings(ctx)
	expect(t, "findings", findings, []finding.Finding{oldFinding}, err)
	moves, err := s.Transitions(ctx, oldSeen.ID)
	expect(t, "moves", moves, []finding.Transition{oldMove}, err)
	flights, err := s.Flights(ctx, "payments", monday, monday.Add(time.Hour))
	expect(t, "flights", flights, []finding.Flight{oldFlight}, err)
	runs, err := s.Runs(ctx, store.RunSync, 5)
	expect(t, "runs", runs, []store.Run{oldRun}, err)

	changed, err := s.SavePage(ctx, oldTicket.Source, []ticket.Ticket{oldTicket}, nil, cursor)
	expect(t, "changed by storing the same ticket again", changed, 0, err)
}

func expect[T any](t *testing.T, what string, got, want T, err error) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v, %v\nwant %+v", what, got, err, want)
	}
}
