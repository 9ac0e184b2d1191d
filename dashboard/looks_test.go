package dashboard_test

import (
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/browsertest"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

var chromium browsertest.Chromium

var only = flag.String("only", "", "look at those pages only whose names begin so")

func TestMain(m *testing.M) {
	code := m.Run()
	chromium.Stop()
	os.Exit(code)
}

// shot is a page as somebody sees it.
type shot struct {
	name, path string
	who        dashboard.Viewer
	form       string // sent to the path; empty: the page is asked for
	kept       bool   // agreements and experiments are managed elsewhere
}

// story is what the page is made from.
func (s *shot) story() *dashboardtest.Data {
	d := dashboardtest.Story()
	if s.kept {
		d.KeptIn = "the repository acme/fairlead-agreements"
	}
	return d
}

// sent is the form, where there is one.
func (s *shot) sent() []string {
	if s.form == "" {
		return nil
	}
	return []string{s.form}
}

// method is how the page is asked for.
func (s *shot) method() string {
	if s.form != "" {
		return http.MethodPost
	}
	return http.MethodGet
}

// leeConfigures is Lee, who may also change the rules.
var leeConfigures = dashboard.Viewer{Person: "lee", Name: "Lee Park", Admin: true}

// benchOf is the agreement that the workbench is looked at with, and tried what its
// form holds before anything is changed.
const (
	benchOf = "/teams/payments/agreements/feature-without-problem"
	tried   = "base=3&off=on&promise=Every+feature+we+start+says+which+problem+it+solves&review_on=2027-01-15"
)

var shots = []shot{
	{name: "overview-em", path: "/?weeks=26", who: dashboardtest.Omar},
	{name: "overview-leader", path: "/", who: dashboardtest.Dana},
	{name: "overview-nobodys", path: "/", who: dashboardtest.Pat},
	{name: "teams", path: "/teams", who: dashboardtest.Dana},
	{name: "team", path: "/teams/payments", who: dashboardtest.Lee},
	{name: "team-leader", path: "/teams/search", who: dashboardtest.Dana},
	{name: "rule", path: "/rules/feature-without-problem?weeks=26", who: dashboardtest.Omar},
	{name: "findings", path: "/findings", who: dashboardtest.Lee},
	{name: "findings-narrowed", path: "/findings?team=payments&severity=warn&state=any&age=1w", who: dashboardtest.Lee},
	{name: "findings-empty", path: "/findings?severity=high", who: dashboardtest.Mina},
	{name: "finding", path: "/findings/" + string(dashboardtest.BulkExport), who: dashboardtest.Lee},
	{name: "finding-member", path: "/findings/" + string(dashboardtest.BulkExport), who: dashboardtest.Mina},
	{name: "waivers", path: "/waivers", who: dashboardtest.Lee},
	{name: "agreements", path: "/agreements", who: dashboardtest.Pat},
	{name: "team-agreements", path: "/teams/payments/agreements", who: dashboardtest.Lee},
	{name: "agreement", path: "/teams/payments/agreements/feature-without-problem", who: dashboardtest.Lee},
	{name: "bench", path: benchOf + "/change", who: dashboardtest.Lee},
	{name: "bench-preview", path: benchOf + "/change", who: dashboardtest.Lee, form: tried + "&settings.min_chars=160&except.projects=MOB&do=preview"},
	{name: "bench-fewer", path: benchOf + "/change", who: dashboardtest.Lee, form: tried + "&settings.min_chars=60&do=preview"},
	{name: "bench-same", path: benchOf + "/change", who: dashboardtest.Lee, form: tried + "&settings.min_chars=120&do=preview"},
	{name: "bench-off", path: benchOf + "/change", who: dashboardtest.Lee, form: strings.Replace(tried, "off=on", "off=off", 1) + "&because=we+talk+about+it+in+planning&do=preview"},
	{name: "bench-mistakes", path: benchOf + "/change", who: dashboardtest.Lee, form: strings.Replace(tried, "2027-01-15", "never", 1) + "&settings.min_chars=a+few&remind.after=soon&do=preview"},
	{name: "bench-condition", path: benchOf + "/change", who: leeConfigures, form: tried + "&when=ticket.kind+%3D%3D+%22feature%22%0D%0A%26%26+ticket.statuss+%3D%3D+%22Selected%22%0D%0A%26%26+size(ticket.title)+%3E+%22long%22&do=preview"},
	{name: "bench-not-saved", path: benchOf + "/change", who: dashboardtest.Lee, form: tried + "&settings.depth=many&when=ticket.kind+%3D%3D+%22bug%22&do=save"},
	{name: "bench-clash", path: benchOf + "/change", who: dashboardtest.Lee, form: strings.Replace(tried, "base=3", "base=1", 1) + "&settings.min_chars=100&reason=a+little+less+will+do&do=save"},
	{name: "bench-too-long", path: benchOf + "/change", who: dashboardtest.Lee, form: tried + "&settings.depth=99&do=preview"},
	{name: "bench-text", path: benchOf + "/change", who: dashboardtest.Lee, form: tried + "&settings.min_chars=160&do=text"},
	{name: "bench-kept", path: benchOf + "/change", who: dashboardtest.Lee, kept: true},
	{name: "bench-kept-text", path: benchOf + "/change", who: dashboardtest.Lee, kept: true, form: tried + "&settings.min_chars=160&do=text"},
	{name: "bench-pinned", path: "/teams/payments/agreements/slip-unacknowledged/change", who: dashboardtest.Lee},
	{name: "bench-waits", path: "/teams/payments/agreements/assigned-bypassing-em/change", who: dashboardtest.Lee},
	{name: "bench-not-for-the-pm", path: "/teams/payments/agreements/assigned-bypassing-em/change", who: dashboardtest.Sam, form: "base=0&off=on&do=preview"},
	{name: "bench-organisation", path: "/agreements/decision-not-recorded/change", who: dashboardtest.Pat, form: "base=0&off=on&promise=Decisions+leave+a+trace&stage=remind&pin=stage&do=preview"},
	{name: "revisions", path: benchOf + "/revisions", who: dashboardtest.Lee},
	{name: "revisions-member", path: benchOf + "/revisions", who: dashboardtest.Mina},
	{name: "revisions-none", path: "/teams/payments/agreements/date-imposed/revisions", who: dashboardtest.Lee},
	{name: "revisions-no-reason", path: benchOf + "/revisions/1", who: dashboardtest.Lee, form: "reason="},
	{name: "revisions-back", path: benchOf + "/revisions/1", who: dashboardtest.Lee, form: "reason=it+asks+for+too+much"},
	{name: "experiments", path: "/experiments", who: dashboardtest.Lee},
	{name: "experiment", path: "/experiments/co-written-sprint-goals", who: dashboardtest.Lee},
	{name: "experiment-new", path: "/experiments/new", who: dashboardtest.Lee},
	{name: "experiment-not-yet", path: "/experiments", who: dashboardtest.Lee, form: "team=payments&name=Pairing+on+reviews&hypothesis=&measure=open&expect=sideways&start=2026-12-01&end=2026-11-01"},
	{name: "reports", path: "/reports", who: dashboardtest.Lee},
	{name: "report", path: "/teams/payments/reports/2026-W46?for=em", who: dashboardtest.Lee},
	{name: "report-organisation", path: "/reports/2026-W46", who: dashboardtest.Dana},
	{name: "report-preview", path: "/teams/payments/reports/2026-W47", who: dashboardtest.Lee},
	{name: "data", path: "/data", who: dashboardtest.Pat},
	{name: "data-em", path: "/data", who: dashboardtest.Lee},
	{name: "trail", path: "/trail", who: dashboardtest.Lee},
	{name: "not-yours", path: "/teams/core", who: dashboardtest.Lee},
	{name: "not-there", path: "/nowhere", who: dashboardtest.Lee},
	{name: "not-signed-in", path: "/teams", who: dashboardtest.None},
	{name: "not-known", path: "/", who: dashboardtest.Eve},
}

// shown serves the pages of the data to a tab as whoever it says looks at them.
type shown struct {
	*browsertest.Tab
	who  atomic.Pointer[dashboard.Viewer]
	sent atomic.Pointer[shot] // whose form is sent when its address is opened
}

func show(t *testing.T, d *dashboardtest.Data) *shown {
	t.Helper()
	s := &shown{}
	handler := served(d)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/csp-report" {
			t.Error("a browser reports that the policy refused something")
		}
		if sent := s.sent.Load(); sent != nil && r.Method == http.MethodGet && r.URL.Path == sent.path {
			r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader(sent.form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
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
	kept := shot{kept: true}
	here, elsewhere := show(t, dashboardtest.Story()), show(t, kept.story())
	for _, shot := range shots {
		if !strings.HasPrefix(shot.name, *only) {
			continue
		}
		s := here
		if shot.kept {
			s = elsewhere
		}
		s.sent.Store(nil)
		if shot.form != "" {
			s.sent.Store(&shot)
		}
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

// What the preview tells comes once the page is there.
func TestHowAPreviewOfHostileTextsLooks(t *testing.T) {
	s := show(t, dashboardtest.Hostile())
	s.who.Store(&dashboardtest.Lee)
	s.See(browsertest.Narrow, "light")
	s.Open(benchOf + "/change")
	s.Becomes("would have raised")
	s.LookHere("hostile-preview")
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
