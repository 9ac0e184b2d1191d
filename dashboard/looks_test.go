package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/browsertest"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

var chromium browsertest.Chromium

func TestMain(m *testing.M) {
	code := m.Run()
	chromium.Stop()
	os.Exit(code)
}

// shot is a page as somebody sees it.
type shot struct {
	name, path string
	who        dashboard.Viewer
}

var shots = []shot{
	{"overview-em", "/?weeks=26", dashboardtest.Omar},
	{"overview-leader", "/", dashboardtest.Dana},
	{"overview-nobodys", "/", dashboardtest.Pat},
	{"teams", "/teams", dashboardtest.Dana},
	{"team", "/teams/payments", dashboardtest.Lee},
	{"team-leader", "/teams/search", dashboardtest.Dana},
	{"rule", "/rules/feature-without-problem?weeks=26", dashboardtest.Omar},
	{"findings", "/findings", dashboardtest.Lee},
	{"findings-narrowed", "/findings?team=payments&severity=warn&state=any&age=1w", dashboardtest.Lee},
	{"findings-empty", "/findings?severity=high", dashboardtest.Mina},
	{"finding", "/findings/" + string(dashboardtest.BulkExport), dashboardtest.Lee},
	{"finding-member", "/findings/" + string(dashboardtest.BulkExport), dashboardtest.Mina},
	{"waivers", "/waivers", dashboardtest.Lee},
	{"agreements", "/agreements", dashboardtest.Pat},
	{"team-agreements", "/teams/payments/agreements", dashboardtest.Lee},
	{"agreement", "/teams/payments/agreements/feature-without-problem", dashboardtest.Lee},
	{"experiments", "/experiments", dashboardtest.Lee},
	{"experiment", "/experiments/co-written-sprint-goals", dashboardtest.Lee},
	{"experiment-new", "/experiments/new", dashboardtest.Lee},
	{"reports", "/reports", dashboardtest.Lee},
	{"report", "/teams/payments/reports/2026-W46?for=em", dashboardtest.Lee},
	{"report-organisation", "/reports/2026-W46", dashboardtest.Dana},
	{"report-preview", "/teams/payments/reports/2026-W47", dashboardtest.Lee},
	{"data", "/data", dashboardtest.Pat},
	{"data-em", "/data", dashboardtest.Lee},
	{"trail", "/trail", dashboardtest.Lee},
	{"not-yours", "/teams/core", dashboardtest.Lee},
	{"not-there", "/nowhere", dashboardtest.Lee},
	{"not-signed-in", "/teams", dashboardtest.None},
	{"not-known", "/", dashboardtest.Eve},
}

// shown serves the pages of the data to a tab as whoever it says looks at them.
type shown struct {
	*browsertest.Tab
	who atomic.Pointer[dashboard.Viewer]
}

func show(t *testing.T, d *dashboardtest.Data) *shown {
	t.Helper()
	s := &shown{}
	handler := served(d)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/csp-report" {
			t.Error("a browser reports that the policy refused something")
		}
		handler.ServeHTTP(w, r.WithContext(dashboard.WithFormToken(dashboard.WithViewer(r.Context(), *s.who.Load()), "token-1")))
	}))
	t.Cleanup(server.Close)
	s.Tab = chromium.Tab(t, server.URL)
	return s
}

// Every page, wide and narrow, light and dark, as people of every kind see it. With
// -pictures a picture is taken of each.
func TestHowPagesLook(t *testing.T) {
	s := show(t, dashboardtest.Story())
	for _, shot := range shots {
		s.who.Store(&shot.who)
		s.Look(shot.name, shot.path)
	}
}

// The same of pages that show nothing but hostile texts.
func TestHowHostileTextsLook(t *testing.T) {
	d := dashboardtest.Hostile()
	s := show(t, d)
	s.who.Store(&dashboardtest.Lee)
	for _, path := range hostilePaths(d) {
		s.Glance(path, path)
	}
}

// Who has no mouse comes to everything, in the order in which it is read, and sees
// where they are.
func TestEverythingIsReachedByKeyboard(t *testing.T) {
	s := show(t, dashboardtest.Story())
	s.See(browsertest.Wide, "light")
	for _, shot := range shots {
		s.who.Store(&shot.who)
		s.Open(shot.path)
		s.Keyboard(shot.name)
	}
	s.who.Store(&dashboardtest.Lee)
	s.Open("/findings")
	s.Key(kb.Tab)
	s.Key(kb.Enter)
	s.Key(kb.Tab)
	if got := s.Focus(); got != "Findings that are" {
		t.Errorf("after what all pages have in common comes %q", got)
	}
}
