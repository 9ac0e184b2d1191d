package dashboard_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/finding"
)

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, path := range []string{"/", "/findings.csv", "/nowhere", "/healthz", "/findings?" + strings.Repeat("a", 5000)} {
		header := ask(t, h, dashboardtest.Lee, "GET", path).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Reporting-Endpoints": `csp="/csp-report"`,
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%.20s: %s is %q, want %q", path, name, got, want)
			}
		}
		policy := header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "report-to csp"} {
			if !slices.Contains(strings.Split(policy, "; "), part) {
				t.Errorf("%.20s: the policy %q does not say %q", path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%.20s: the policy %q allows what is unsafe", path, policy)
		}
	}
}

func TestAnExportCannotBecomeAFormula(t *testing.T) {
	l := dashboardtest.Many(1, 1, []string{"a"})
	formulas := []string{`=cmd|' /C calc'!A0`, "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "fine"}
	var all []finding.Finding
	for i, text := range formulas {
		f := l[0]
		f.ID, f.Team, f.Subject.Title, f.Reason = finding.ID(strings.Repeat("a", i+1)), "payments", text, text
		all = append(all, f)
	}
	story := dashboardtest.Story()
	story.Judged = dashboard.NewLedger(all, yes, dashboardtest.Now, "f")
	w := ask(t, served(story), dashboardtest.Lee, "GET", "/findings.csv?state=any")
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(formulas)+1 {
		t.Fatalf("%d rows, want %d and a header", len(rows), len(formulas))
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a cell begins with %q", cell)
			}
		}
	}
}

func TestExportsHoldTheWholeList(t *testing.T) {
	h := served(dashboardtest.Large(20, 4000))
	csvRows, err := csv.NewReader(ask(t, h, dashboardtest.Lee, "GET", "/findings.csv?team=team-010&state=any").Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var asJSON struct {
		AsOf     time.Time        `json:"as_of"`
		Findings []map[string]any `json:"findings"`
	}
	if err := json.Unmarshal(ask(t, h, dashboardtest.Lee, "GET", "/findings.json?team=team-010&state=any").Body.Bytes(), &asJSON); err != nil {
		t.Fatal(err)
	}
	if len(csvRows)-1 != 200 || len(asJSON.Findings) != 200 {
		t.Errorf("CSV holds %d and JSON %d findings, want 200 each", len(csvRows)-1, len(asJSON.Findings))
	}
	for i, name := range csvRows[0] {
		if got, want := csvRows[1][i], asJSON.Findings[0][name]; name != "weeks_open" && got != want && got != "" {
			t.Errorf("%s is %q as CSV and %q as JSON", name, got, want)
		}
	}
	empty := ask(t, h, dashboardtest.Lee, "GET", "/findings.json?team=none")
	if err := json.Unmarshal(empty.Body.Bytes(), &asJSON); err != nil {
		t.Errorf("an empty list is no JSON: %v", err)
	}
}

func TestWhatSomebodyHasIsNotSentAgain(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	again := func(who dashboard.Viewer, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/findings.json", nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(dashboard.WithViewer(r.Context(), who)))
		return w
	}
	tag := ask(t, h, dashboardtest.Lee, "GET", "/findings.json").Header().Get("ETag")
	if w := again(dashboardtest.Lee, `"x", `+tag); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("the same again: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w := again(dashboardtest.Mina, tag); w.Code != 200 {
		t.Errorf("somebody else with the tag: %d, want 200", w.Code)
	}
	story.Judged = dashboard.NewLedger(nil, yes, dashboardtest.Now, "another")
	if w := again(dashboardtest.Lee, tag); w.Code != 200 {
		t.Errorf("after a change: %d, want 200", w.Code)
	}
}

func TestAssetsAreKeptForGoodUnderTheirHash(t *testing.T) {
	h := served(dashboardtest.Story())
	page := ask(t, h, dashboardtest.Lee, "GET", "/teams/payments").Body.String()
	found := hashes.FindAllStringIndex(page, -1)
	if len(found) != 5 {
		t.Errorf("a page with a chart names %d assets, want icon, two styles, two scripts", len(found))
	}
	for _, at := range found {
		address, _, _ := strings.Cut(page[at[0]:], `"`)
		r := httptest.NewRequest(http.MethodGet, address, nil)
		r.Header.Set("Accept-Encoding", "br, gzip;q=0.8")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Encoding") != "gzip" && !strings.Contains(address, "icon") {
			t.Errorf("%s: %d %v", address, w.Code, w.Header())
		}
	}
}

// The first load of the overview, all that it needs included.
func TestTheFirstLoadIsSmall(t *testing.T) {
	h := served(dashboardtest.Large(200, 1000))
	total := 0
	get := func(path string) []byte {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(dashboard.WithViewer(r.Context(), dashboardtest.Dana)))
		total += w.Body.Len()
		z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			return w.Body.Bytes()
		}
		page, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	page := string(get("/"))
	for _, at := range hashes.FindAllStringIndex(page, -1) {
		address, _, _ := strings.Cut(page[at[0]:], `"`)
		get(address)
	}
	if total > 150_000 {
		t.Errorf("the first load of the overview with 200 teams is %d bytes, want at most 150,000", total)
	}
	t.Logf("%d bytes sent for a page of %d", total, len(page))
}

func TestWhatABrowserRefusedIsLogged(t *testing.T) {
	core, logged := observer.New(zap.WarnLevel)
	story := dashboardtest.Story()
	h := dashboard.New(dashboard.Options{Data: story, Changes: story, Now: func() time.Time { return dashboardtest.Now }, Log: zap.New(core)})
	for _, body := range []string{
		`{"csp-report":{"document-uri":"https://fairlead.example/findings?team=secret","effective-directive":"script-src-elem","blocked-uri":"inline"}}`,
		`[{"type":"csp-violation","body":{"documentURL":"https://fairlead.example/","effectiveDirective":"img-src","blockedURL":"https://evil.example/\nforged"}}]`,
		`[`, `null`, "", strings.Repeat("[", 100_000),
	} {
		if w := ask(t, h, dashboardtest.None, "POST", "/csp-report", body); w.Code != 204 {
			t.Errorf("%.30s: %d", body, w.Code)
		}
	}
	entries := logged.All()
	if len(entries) != 2 {
		t.Fatalf("%d lines, want 2", len(entries))
	}
	if got := entries[0].ContextMap()["page"]; got != "https://fairlead.example/findings" {
		t.Errorf("the page is logged as %q", got)
	}
	if got := entries[1].ContextMap()["blocked"]; got != "https://evil.example/ forged" {
		t.Errorf("what was blocked is logged as %q", got)
	}
}

func TestWhatIsWrongWithUsGoesToTheLog(t *testing.T) {
	core, logged := observer.New(zap.InfoLevel)
	story := dashboardtest.Story()
	h := dashboard.New(dashboard.Options{Data: story, Changes: story, Now: func() time.Time { return dashboardtest.Now }, Log: zap.New(core)})
	story.Broken = errors.New("the disk at /var/secret is full")
	story.NotReady = errors.New("still reading /var/secret")
	w := ask(t, h, dashboardtest.Lee, "GET", "/findings")
	if w.Code != 500 || strings.Contains(w.Body.String(), "/var/secret") || !strings.Contains(w.Body.String(), "This page could not be made") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(t, h, dashboardtest.None, "GET", "/readyz"); w.Code != 503 || strings.Contains(w.Body.String(), "/var/secret") {
		t.Errorf("not ready: %d %s", w.Code, w.Body)
	}
	if n := logged.Len(); n != 2 {
		t.Errorf("%d lines in the log, want 2", n)
	}
	story.Broken = nil
	story.Weekly = nil // a mistake of ours: the page panics
	if w := ask(t, h, dashboardtest.Lee, "GET", "/"); w.Code != 500 || !strings.Contains(w.Body.String(), "This page could not be made") {
		t.Errorf("after a panic: %d", w.Code)
	}
}

func TestOnlyWhatIsForAnyoneIsReachedWithoutSignIn(t *testing.T) {
	closed := func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	}
	h := dashboard.Behind(closed, served(dashboardtest.Story()))
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/healthz", 200}, {"GET", "/readyz", 200}, {"GET", dashboard.StyleSheets()[0], 200}, {"POST", "/csp-report", 204},
		{"GET", "/", 418}, {"GET", "/findings", 418}, {"GET", "/sign-in", 418}, {"POST", "/healthz", 418}, {"GET", "/assets/../findings", 307}, {"GET", "/assets", 418},
	} {
		if w := ask(t, h, dashboardtest.None, c.method, c.path, "{}"); w.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.want)
		}
	}
}

// Nothing in an address can keep a list from being a page.
func FuzzTheAddressOfAList(f *testing.F) {
	for _, seed := range []string{"team=payments&state=open", "page=-1", "page=99999999999999999999", "age=1w&severity=high", "%", "team=%00&rule=%ff", "a=b;c=d"} {
		f.Add(seed)
	}
	h := served(dashboardtest.Story())
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(http.MethodGet, "/findings", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(dashboard.WithViewer(r.Context(), dashboardtest.Lee)))
		if w.Code != 200 && w.Code != 414 {
			t.Errorf("%q: %d", query, w.Code)
		}
		parsed(t, w.Body.Bytes())
	})
}

// sink takes an answer as a connection does: it keeps nothing of it.
type sink struct {
	header http.Header
	code   int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(code int)        { s.code = code }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }

// Each page over 200 teams and 100,000 findings, for whoever sees most of it.
func BenchmarkPages(b *testing.B) {
	h := served(dashboardtest.Large(200, 100_000))
	for _, c := range []struct {
		path string
		who  dashboard.Viewer
	}{
		{"/", dashboardtest.Dana}, {"/?weeks=52", dashboardtest.Dana}, {"/?weeks=52", dashboardtest.Lee}, {"/teams", dashboardtest.Dana}, {"/teams/team-010", dashboardtest.Lee}, {"/rules/date-imposed?weeks=52", dashboardtest.Lee},
		{"/findings", dashboardtest.Lee}, {"/findings?state=any&page=200", dashboardtest.Lee}, {"/waivers", dashboardtest.Lee}, {"/agreements", dashboardtest.Lee}, {"/data", dashboardtest.Pat}, {"/trail", dashboardtest.Lee},
		{"/api/v1/findings?limit=200", dashboardtest.Lee}, {"/api/v1/findings?state=any", dashboardtest.Lee}, {"/api/v1/teams?limit=200", dashboardtest.Dana}, {"/api/v1/trends?weeks=104", dashboardtest.Dana}, {"/api/v1/trail", dashboardtest.Lee},
	} {
		b.Run(c.path+" for "+c.who.Person, func(b *testing.B) {
			b.ReportAllocs()
			ask(b, h, c.who, http.MethodGet, c.path) // the first of a day works out what may be told
			for b.Loop() {
				w := sink{header: http.Header{}}
				r := httptest.NewRequest(http.MethodGet, c.path, nil)
				h.ServeHTTP(&w, r.WithContext(dashboard.WithViewer(r.Context(), c.who)))
				if w.code != 200 {
					b.Fatal(w.code)
				}
			}
		})
	}
}
