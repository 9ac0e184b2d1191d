package daemon_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

func TestASourceIsReconciledWhenThatIsDue(t *testing.T) {
	s, dir := newSite(t), t.TempDir()
	clock := &stillClock{date(2026, time.November, 16, 8)}
	f := s.open(t, dir, clock, nil)
	for _, c := range []struct {
		name  string
		later time.Duration // than the sync before
		want  bool
	}{
		{"the first sync read everything, so nothing is due", 0, false},
		{"nor an hour later", time.Hour, false},
		{"nor just before a day has passed", 23*time.Hour - time.Second, false},
		{"a day after the first sync it is", time.Second, true},
		{"and then not again", time.Hour, false},
		{"until the next day", 23 * time.Hour, true},
	} {
		clock.at = clock.at.Add(c.later)
		results, err := f.Sync(t.Context(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := results[0].Reconciled
		if (r != nil) != c.want {
			t.Errorf("%s: reconciled %+v, want it to be %v", c.name, r, c.want)
		}
		if r != nil && (r.Listed != len(s.world.Issues("PAY")) || r.Refetched+r.StillHeld+r.Removed != 0) {
			t.Errorf("%s: reconciled %+v, want all %d listed and nothing to do", c.name, r, len(s.world.Issues("PAY")))
		}
	}
}

func TestAReconciliationCanBeForced(t *testing.T) {
	s := newSite(t)
	f := s.open(t, t.TempDir(), &stillClock{date(2026, time.November, 16, 8)}, nil)
	results, err := f.SyncAndReconcile(t.Context(), nil, false, nil)
	if err != nil || results[0].Reconciled == nil || results[0].Reconciled.Listed == 0 {
		t.Errorf("got %+v, %v, want it reconciled", results, err)
	}
}

func TestAReconciliationThatEndedEarlyIsTriedAgainAfterAWhile(t *testing.T) {
	s, dir := newSite(t), t.TempDir()
	clock := &stillClock{date(2026, time.November, 16, 8)}
	f := s.open(t, dir, clock, nil)
	sync := func() (*daemon.ReconcileResult, error) {
		t.Helper()
		results, err := f.Sync(t.Context(), nil, nil)
		return results[0].Reconciled, err
	}
	if _, err := sync(); err != nil {
		t.Fatal(err)
	}
	clock.at = clock.at.Add(24 * time.Hour)
	s.spoil(simulator.Fault{Match: isCensus, Do: simulator.Status(400)})
	if r, err := sync(); err == nil || r == nil || r.Error == "" {
		t.Fatalf("got %+v, %v, want it to end early", r, err)
	}
	var page strings.Builder
	if err := f.Report(t.Context(), &page, daemon.ReportRequest{Team: "payments", Week: "this", For: "team", Format: "text"}); err != nil {
		t.Fatal(err)
	}
	if words := "tickets that were deleted may still be counted"; !strings.Contains(strings.Join(strings.Fields(page.String()), " "), words) {
		t.Errorf("the report does not say %q:\n%s", words, page.String())
	}
	s.spoil()
	clock.at = clock.at.Add(50 * time.Minute)
	if r, err := sync(); err != nil || r != nil {
		t.Errorf("got %+v, %v, want no try so soon", r, err)
	}
	clock.at = clock.at.Add(10 * time.Minute)
	if r, err := sync(); err != nil || r == nil || r.Error != "" {
		t.Errorf("got %+v, %v, want it reconciled", r, err)
	}
}

// isCensus tells the requests that list what the site holds: they ask for next
// to no fields.
func isCensus(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/search") && r.URL.Query().Get("fields") == "updated"
}

func TestFindingsAboutARemovedTicketAreWithdrawn(t *testing.T) {
	s, dir := newSite(t), t.TempDir()
	clock := &stillClock{date(2026, time.November, 16, 8)}
	f := s.open(t, dir, clock, nil)
	if _, err := f.Run(t.Context(), "last", nil); err != nil {
		t.Fatal(err)
	}
	st := storeOf(t, dir+"/fairlead.yaml")
	defer func() { _ = st.Close() }()
	about := openFinding(t, st)
	if n, err := st.Remove(t.Context(), about.Subject.Source, []string{about.Subject.ID}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	clock.at = clock.at.Add(time.Hour)
	r, err := f.Check(t.Context())
	if err != nil || r.Withdrawn == 0 || r.Settled != 0 {
		t.Errorf("got %+v, %v, want it withdrawn and nothing settled", r, err)
	}
	after, err := st.Finding(t.Context(), about.ID)
	if err != nil || after.State != finding.Withdrawn {
		t.Errorf("finding is %q, %v, want %q", after.State, err, finding.Withdrawn)
	}
}

// openFinding is an open finding about a ticket that no other ticket hangs on.
func openFinding(t *testing.T, st store.Store) finding.Finding {
	t.Helper()
	all, err := st.Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.State == finding.Open && one.Subject.Kind == finding.AboutTicket {
			return one
		}
	}
	t.Fatal("nothing is open")
	return finding.Finding{}
}

func TestSourcesOfOneHostShareItsBudget(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	world, story := simulator.Story(7, date(2026, time.November, 16, 8))
	story.Cloud.Spaces, story.Cloud.PageCap = nil, 2
	site := world.JiraCloud(story.Cloud)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		site.ServeHTTP(w, r)
		mu.Lock()
		now--
		mu.Unlock()
	}))
	t.Cleanup(server.Close)
	var sources strings.Builder
	sources.WriteString("sources:\n")
	for _, name := range []string{"one", "two", "three", "four", "five", "six"} {
		sources.WriteString("  - {jira: \"" + server.URL + "\", deployment: cloud, name: " + name + ", user: " + story.Cloud.User +
			", token: \"${TOKEN}\", projects: [PAY]}\n")
	}
	f := openAt(t, t.TempDir(), map[string]string{"fairlead.yaml": sources.String()}, map[string]string{"TOKEN": story.Cloud.Token}, daemon.Options{})
	var told []string
	results, err := f.Sync(t.Context(), nil, func(p daemon.Progress) { told = append(told, p.Source) })
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"one", "two", "three", "four", "five", "six"} {
		if results[i].Source != name || results[i].Tickets == 0 {
			t.Errorf("result %d is %+v, want that of %s", i, results[i], name)
		}
	}
	if most > 4 || len(told) < len(results) {
		t.Errorf("%d requests at once and %d tellings, want at most 4 and one a page", most, len(told))
	}
}

// Deleted on the site, the ticket goes from the store, and what was said of it
// is withdrawn; nothing counts as settled.
func TestATicketThatIsDeletedOnTheSiteTakesItsFindingsAlong(t *testing.T) {
	s, dir := newSite(t), t.TempDir()
	clock := &stillClock{date(2026, time.November, 16, 8)}
	f := s.open(t, dir, clock, nil)
	if _, err := f.Run(t.Context(), "last", nil); err != nil {
		t.Fatal(err)
	}
	st := storeOf(t, dir+"/fairlead.yaml")
	defer func() { _ = st.Close() }()
	about := openFinding(t, st)
	s.world.As("").Delete(about.Subject.Key)

	clock.at = clock.at.Add(time.Hour)
	if results, err := f.Sync(t.Context(), nil, nil); err != nil || results[0].Reconciled != nil {
		t.Fatalf("got %+v, %v, want a sync that reconciles nothing yet", results, err)
	}
	if r, err := f.Check(t.Context()); err != nil || r.Withdrawn != 0 {
		t.Errorf("got %+v, %v, want the finding to stand: no list of changes tells of a deletion", r, err)
	}
	clock.at = clock.at.Add(24 * time.Hour)
	results, err := f.Sync(t.Context(), nil, nil)
	if r := results[0].Reconciled; err != nil || r == nil || r.Removed != 1 || r.Listed != len(s.world.Issues("PAY")) {
		t.Fatalf("got %+v, %v, want one ticket removed", r, err)
	}
	if _, err := st.Ticket(t.Context(), about.Subject.Source, ticket.Ref{ID: about.Subject.ID}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the ticket: err = %v, want it gone", err)
	}
	r, err := f.Check(t.Context())
	if err != nil || r.Withdrawn == 0 || r.Settled != 0 {
		t.Errorf("got %+v, %v, want it withdrawn and nothing settled", r, err)
	}
	after, err := st.Finding(t.Context(), about.ID)
	if err != nil || after.State != finding.Withdrawn {
		t.Errorf("finding is %q, %v, want %q", after.State, err, finding.Withdrawn)
	}
}

// Jira takes what is archived out of everything it lists, so it counts as gone
// until it is restored.
func TestAnArchivedJiraTicketIsGoneUntilItIsRestored(t *testing.T) {
	for _, strict := range []bool{false, true} {
		t.Run(fmt.Sprintf("names held strictly: %v", strict), func(t *testing.T) {
			s, dir := newSite(t), t.TempDir()
			_, story := simulator.Story(7, date(2026, time.November, 16, 8))
			story.Cloud.Token, story.Cloud.StrictNames = siteToken, strict
			s.calm = s.world.JiraCloud(story.Cloud)
			s.spoil()
			f := s.open(t, dir, &stillClock{date(2026, time.November, 16, 8)}, nil)
			if _, err := f.Sync(t.Context(), nil, nil); err != nil {
				t.Fatal(err)
			}
			key, before := s.world.Issues("PAY")[20].Key, len(ticketsIn(t, dir+"/fairlead.yaml"))
			reconcile := func() *daemon.ReconcileResult {
				t.Helper()
				results, err := f.SyncAndReconcile(t.Context(), nil, false, nil)
				if err != nil {
					t.Fatal(err)
				}
				return results[0].Reconciled
			}
			s.world.As("").Archive(key)
			if r := reconcile(); r.Removed != 1 || r.StillHeld != 0 || len(ticketsIn(t, dir+"/fairlead.yaml")) != before-1 {
				t.Errorf("archived: %+v, want it removed", r)
			}
			s.world.As("").Restore(key)
			if r := reconcile(); r.Removed != 0 || len(ticketsIn(t, dir+"/fairlead.yaml")) != before {
				t.Errorf("restored: %+v with %d tickets, want it back among %d", r, len(ticketsIn(t, dir+"/fairlead.yaml")), before)
			}
		})
	}
}
