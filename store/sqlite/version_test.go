package sqlite

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
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

// What version 3 added.
var (
	oldLed = func() finding.Finding {
		f := finding.Finding{Seen: oldSeen, State: finding.Open, LastSeen: monday, Spans: []finding.Span{{From: monday}}}
		f.ID, f.Rule = "93c1a02b5e66f0d1", "assigned-bypassing-em"
		f.Labels, f.Actor, f.Mirror = []string{"q4", "regulatory"}, "dana", "PAY-1 was assigned by you"
		return f
	}()
	oldWords = []finding.Word{
		{ID: "w1", Kind: finding.AnsweredSo, By: "mina", At: monday, Reason: "Agreed in planning", Finding: oldSeen.ID},
		{ID: "w2", Kind: finding.WaivedFor, By: "lee", At: monday.Add(time.Hour), Reason: "The law", Expires: monday.AddDate(0, 3, 0),
			Scope: finding.Scope{Rule: "date-imposed", Label: "regulatory"}},
		{ID: "w3", Kind: finding.WaivedFor, By: "lee", At: monday.Add(2 * time.Hour), Reason: "Moves", Expires: monday.AddDate(0, 1, 0),
			Scope: finding.Scope{Ticket: finding.TicketScope{Source: "jira acme.atlassian.net", ID: "10001", Key: "PAY-1"}}},
		{ID: "w4", Kind: finding.RenewedFor, By: "mina", At: monday.Add(3 * time.Hour), Reason: "Late", Waiver: "w3", Expires: monday.AddDate(0, 2, 0)},
	}
	oldDelivery = store.Delivery{
		DeliveryKey: store.DeliveryKey{Report: "payments team", Week: "2026-W46", Channel: "slack:#payments"}, State: store.Delivered, Due: monday,
		Attempts: 2, First: monday, NotBefore: monday.Add(time.Minute), Delivered: monday.Add(2 * time.Minute), Place: "#payments", Ref: "C01 1762675200.000100", Digest: "9f86d081", Trouble: "",
	}
	oldSnapshot = store.Snapshot{Team: "payments", Week: "2026-W45", Taken: monday, Values: map[string]float64{"open": 5, "aligned": 0.875}}
)

// What versions 4 to 7 added, beside what sign-in keeps.
var oldRevisions = []store.Revision{
	{Number: 1, Kind: store.OfAgreement, Team: "payments", Name: oldSeen.Rule, Text: "rule: feature-without-problem\nsettings:\n  min_chars: 200\n", By: "lee", Why: "Two sentences", At: monday},
	{Number: 2, Kind: store.OfAgreement, Team: "payments", Name: oldSeen.Rule, By: "mina", Why: "Back to the file", At: monday.Add(time.Hour)},
}

func TestAFileOfVersion8IsRead(t *testing.T) {
	s := written(t, "testdata/version8.sql")
	mark, err := s.LedgerMark(t.Context())
	expect(t, "the mark", mark, "EIGHT", err)
	seen, err := s.Finding(t.Context(), oldSeen.ID)
	expect(t, "last seen", seen.LastSeen, monday.Add(time.Hour), err)
	before, err := s.Altered(t.Context(), "")
	expect(t, "known", before.Known, false, err)
	again := oldTicket
	again.Title = "Another title"
	if _, err := s.SavePage(t.Context(), again.Source, []ticket.Ticket{again}, nil, ""); err != nil {
		t.Fatal(err)
	}
	after, err := s.Altered(t.Context(), before.Position)
	expect(t, "altered", after.Tickets, []store.TicketName{{Source: oldTicket.Source, ID: oldTicket.ID}}, err)
}

func TestAFileOfVersion7IsRead(t *testing.T) {
	s := written(t, "testdata/version7.sql")
	isRead(t, s, oldLed)
	revisions, err := s.Revisions(t.Context())
	expect(t, "revisions", revisions, oldRevisions, err)
	next, err := s.AddRevision(t.Context(), store.Revision{Kind: store.OfRule, Name: oldSeen.Rule, At: monday}, 0)
	expect(t, "the next number", next.Number, 3, err)
	useful, not, err := s.CountVotes(t.Context(), oldSeen.Rule)
	expect(t, "votes", []int{useful, not}, []int{1, 0}, err)
}

// TestFilesOfVersions4To6AreRead reads what sign-in and votes added before version 7.
func TestFilesOfVersions4To6AreRead(t *testing.T) {
	for _, version := range []int{4, 5, 6} {
		s := written(t, fmt.Sprintf("testdata/version%d.sql", version))
		isRead(t, s, oldLed)
		words, err := s.Words(t.Context())
		expect(t, "words", words, oldWords, err)
		tokens, err := s.Tokens(t.Context())
		expect(t, "sign-in tokens", tokens, []store.Token{{Hash: "9f86d081", Person: "mina", Expires: monday}}, err)
		epoch, err := s.Epoch(t.Context(), "lee")
		expect(t, "epoch", epoch, 2, err)
		secret, err := s.SharedSecret(t.Context(), "sessions", "fresh")
		expect(t, "secret", secret, "s3cr3t", err)
		api, err := s.APITokens(t.Context())
		expect(t, "API tokens", api, []store.APIToken{{ID: "t1", Hash: "60303ae2", Person: "lee", Name: "board", Scopes: []string{"read"}, Made: monday, Expires: monday}}, err)
		if version >= 5 {
			useful, not, err := s.CountVotes(t.Context(), oldSeen.Rule)
			expect(t, "votes", []int{useful, not}, []int{1, 0}, err)
		}
		if version >= 6 {
			_, body, err := s.Gathered(t.Context(), "stock", "")
			expect(t, "gathered", string(body), "{}", err)
		}
	}
}

// TestEveryVersionIsUpgradedToTheSameSchema keeps a file for each version there was,
// and holds what migrating makes of it against a store that is begun now.
func TestEveryVersionIsUpgradedToTheSameSchema(t *testing.T) {
	names, err := numbered(migrations)
	if err != nil {
		t.Fatal(err)
	}
	want := schemaOf(t, opened(t, newFile(t)))
	for version := 1; version <= len(names); version++ {
		s := written(t, fmt.Sprintf("testdata/version%d.sql", version))
		if err := s.Sound(t.Context()); err != nil {
			t.Error(err)
		}
		if got := schemaOf(t, s); !slices.Equal(got, want) {
			t.Errorf("version %d becomes\n%s\nwant\n%s", version, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// schemaOf is what each table and trigger is made of, without comments and blanks.
func schemaOf(t *testing.T, s *Store) []string {
	t.Helper()
	all, err := list(t.Context(), s.readers, `SELECT name || ' ' || sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name`, nil, scanText)
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range all {
		all[i] = strings.Join(strings.Fields(regexp.MustCompile(`--[^\n]*`).ReplaceAllString(one, "")), " ")
	}
	return all
}

func TestAFileOfVersion3IsRead(t *testing.T) {
	s := written(t, "testdata/version3.sql")
	isRead(t, s, oldLed)
	words, err := s.Words(t.Context())
	expect(t, "words", words, oldWords, err)
	deliveries, err := s.Deliveries(t.Context(), monday)
	expect(t, "deliveries", deliveries, []store.Delivery{oldDelivery}, err)
	snapshots, err := s.Snapshots(t.Context(), "payments", "2026-W01", "2026-W46")
	expect(t, "snapshots", snapshots, []store.Snapshot{oldSnapshot}, err)
}

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

// isRead looks for what every version wrote, and more findings that a later one did.
func isRead(t *testing.T, s *Store, more ...finding.Finding) {
	t.Helper()
	ctx := t.Context()

	cursor, err := s.Cursor(ctx, oldTicket.Source)
	expect(t, "cursor", cursor, "2026-11-09T08:00", err)
	one, err := s.Ticket(ctx, oldTicket.Source, ticket.Ref{Key: "PAY-1"})
	expect(t, "ticket", one, oldTicket, err)
	sprints, err := s.Sprints(ctx)
	expect(t, "sprints", sprints, []ticket.Sprint{oldSprint}, err)
	findings, err := s.Findings(ctx)
	expect(t, "findings", findings, append([]finding.Finding{oldFinding}, more...), err)
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
