package dashboard_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

var pictures = flag.String("pictures", "", "take a picture of every page and put it into the folder")

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

// TestPictures takes a picture of every page, wide and narrow, light and dark, and
// looks for what no picture shows: something refused by the policy, an exception, a
// page that is wider than the window.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("no -pictures: no pictures are taken")
	}
	story := dashboardtest.Story()
	handler := served(story)
	var mu sync.Mutex
	who := dashboard.Viewer{}
	var refused []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		viewer := who
		if r.URL.Path == "/csp-report" {
			refused = append(refused, r.URL.Path)
		}
		mu.Unlock()
		handler.ServeHTTP(w, r.WithContext(dashboard.WithFormToken(dashboard.WithViewer(r.Context(), viewer), "token-1")))
	}))
	defer server.Close()
	ctx := browser(t)
	if err := chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*runtime.EventExceptionThrown); ok {
			t.Errorf("exception: %s %s", e.ExceptionDetails.Text, e.ExceptionDetails.URL)
		}
	}); err != nil {
		t.Fatal(err)
	}
	for _, s := range shots {
		mu.Lock()
		who = s.who
		mu.Unlock()
		for _, width := range []int64{1280, 360} {
			for _, scheme := range []string{"light", "dark"} {
				shoot(ctx, t, server.URL+s.path, fmt.Sprintf("%s-%d-%s.png", s.name, width, scheme), width, scheme)
			}
		}
	}
	if len(refused) > 0 {
		t.Errorf("browsers reported %d refusals by the policy", len(refused))
	}
}

func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.Flag("headless", true), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

func shoot(ctx context.Context, t *testing.T, url, name string, width int64, scheme string) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}) //nolint:misspell // CSS
		return err
	}), chromedp.Navigate(url))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if wide > width {
		t.Errorf("%s: the page is %d wide in a window of %d", name, wide, width)
	}
	high, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollHeight`))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, max(high, 600))); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	time.Sleep(200 * time.Millisecond) // the charts are drawn anew a moment after the window changed
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := os.WriteFile(filepath.Join(*pictures, name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
