package daemon

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/ticket"
)

func TestMetricsTellHowReportsReachPeople(t *testing.T) {
	p := newPost(t, toRoom("#pay"), toRoom("#gone"), toMail("members"), toFolder(t.TempDir()))
	p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error { return errors.New("503") }
	p.trouble["slack:#gone"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		return &reports.Refusal{Err: errors.New("no such channel"), Fix: "make it"}
	}
	_ = p.run()
	p.line.at = monday.Add(30 * time.Minute)
	_ = p.run() // the first is tried again, the file looked at again
	text := metricsText(t, p)
	for _, want := range []string{
		`fairlead_delivery_attempts_total{channel="slack",outcome="retry"} 2`,
		`fairlead_delivery_attempts_total{channel="slack",outcome="refused"} 1`,
		`fairlead_delivery_attempts_total{channel="email",outcome="delivered"} 2`,
		`fairlead_delivery_attempts_total{channel="email",outcome="silent"} 1`,
		`fairlead_delivery_attempts_total{channel="file",outcome="corrected"} 1`,
		`fairlead_deliveries{channel="slack",state="pending"} 1`,
		`fairlead_deliveries{channel="slack",state="refused"} 1`,
		`fairlead_deliveries{channel="slack",state="delivered"} 0`,
		`fairlead_deliveries{channel="email",state="silent"} 1`,
		`fairlead_delivery_pending_seconds{channel="slack"} 1800`,
		`fairlead_delivery_pending_seconds{channel="email"} 0`,
		`fairlead_deliveries_troubled{channel="slack"} 1`,
		`fairlead_delivery_next_due_timestamp_seconds 1.7954208e+09`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if t.Failed() {
		ours, _, _ := strings.Cut(text, "# HELP go_")
		t.Log(ours)
	}
	for _, private := range []string{"acme.example", "#pay", "payments", "lee"} {
		if strings.Contains(text, private) {
			t.Errorf("the metrics name %s", private)
		}
	}
}

// metricsText is what fairlead serve would tell.
func metricsText(t *testing.T, p *post) string {
	t.Helper()
	p.cfg().Metrics.Listen = "127.0.0.1:0"
	closed, address, err := p.listenForMetrics(t.Context(), make(chan error, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer closed()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+metricsPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	return string(text)
}

// What the documentation lists is what is told, by name, kind and labels.
func TestTheMetricsAreThoseThatAreDocumented(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Sync(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	p.meters.answered("/findings", http.StatusOK)
	families, err := p.dashboardRegistry(dashboardtest.Story()).Gather()
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]Metric{}
	for _, m := range Metrics() {
		if !m.Shared { // the others: TestTheQueueIsTold
			documented[m.Name] = m
		}
		if m.Help == "" || m.Unit == "" {
			t.Errorf("%s says not what it is", m.Name)
		}
	}
	for _, f := range families {
		m, known := documented[f.GetName()]
		delete(documented, f.GetName())
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, l.GetName())
		}
		slices.Sort(labels)
		want := slices.Sorted(slices.Values(m.Labels))
		if !known || !strings.EqualFold(f.GetType().String(), m.Kind) || f.GetHelp() != m.Help || !slices.Equal(labels, want) {
			t.Errorf("%s is told as %s with %q, documented as %+v", f.GetName(), f.GetType(), labels, m)
		}
	}
	if len(documented) > 0 {
		t.Errorf("documented and not told: %v", documented)
	}
}

func TestServeSaysWhenItCannotTellItsMetrics(t *testing.T) {
	taken := httptest.NewServer(http.NotFoundHandler())
	defer taken.Close()
	p := newPost(t)
	p.cfg().Metrics.Listen = strings.TrimPrefix(taken.URL, "http://")
	if err := p.Serve(t.Context()); err == nil || !strings.Contains(err.Error(), "metrics cannot be told at "+p.cfg().Metrics.Listen) {
		t.Errorf("err = %v, want one that names the address", err)
	}
}

// What is about teams is told where somebody signs in, and nowhere else.
func TestTheAddressOfTheMetricsTellsWhetherAllIsWell(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	p.cfg().Metrics.Listen = "127.0.0.1:0"
	closed, address, err := p.listenForMetrics(t.Context(), make(chan error, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer closed()
	ask := func(path string) (status int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if alive, ready := ask("/healthz"), ask("/readyz"); alive != http.StatusOK || ready != http.StatusOK {
		t.Errorf("it answers %d and %d, want that it is alive and ready", alive, ready)
	}
	if err := p.store.Close(); err != nil {
		t.Fatal(err)
	}
	if alive, ready := ask("/healthz"), ask("/readyz"); alive != http.StatusOK || ready != http.StatusServiceUnavailable {
		t.Errorf("without its store it answers %d and %d, want that it is alive and not ready", alive, ready)
	}
}

func TestTheOpenListenerTellsNothingOfTeams(t *testing.T) {
	p := newPost(t)
	open, err := p.registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, f := range open {
		told[f.GetName()] = true
	}
	aside := 0
	for _, m := range Metrics() {
		if m.SignedIn {
			aside++
		}
		if m.SignedIn && told[m.Name] {
			t.Errorf("%s is told to anybody", m.Name)
		}
	}
	if aside != 2 || !told["fairlead_build_info"] {
		t.Errorf("%d metrics are the dashboard's alone, and the listener tells %v", aside, told)
	}
}

func TestMetricsTellOfSourcesRequestsAndFindings(t *testing.T) {
	p := newPost(t)
	if _, err := p.Sync(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	jira := metered{p.Fairlead, "jira"}
	jira.Sent(connectors.Limited)
	jira.Waited(t.Context(), 90*time.Second, true)
	if _, err := p.store.SavePage(t.Context(), "jira", []ticket.Ticket{{Source: "jira", ID: "1", Key: "PAY-1"}}, nil, "1"); err != nil {
		t.Fatal(err)
	}
	p.line.at = p.line.at.Add(27 * time.Hour)
	pages := dashboard.New(dashboard.Options{
		Data: dashboardtest.Story(), Changes: dashboardtest.Story(), Now: func() time.Time { return dashboardtest.Now },
		Metrics: p.dashboardMetrics(dashboardtest.Story()), Asked: p.countRequest,
	})
	ask := func(who dashboard.Viewer, target string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r.WithContext(dashboard.WithViewer(r.Context(), who)))
		return w
	}
	tag := ask(dashboardtest.Lee, "/api/v1/findings").Header().Get("ETag")
	again := httptest.NewRequest(http.MethodGet, "/api/v1/findings", http.NoBody)
	again.Header.Set("If-None-Match", tag)
	pages.ServeHTTP(httptest.NewRecorder(), again.WithContext(dashboard.WithViewer(again.Context(), dashboardtest.Lee)))
	ask(dashboardtest.Omar, "/api/v1/findings/"+string(dashboardtest.BulkExport))
	ask(dashboardtest.Omar, "/what/nobody/knows")
	text := ask(dashboardtest.Pat, "/metrics").Body.String()
	for _, want := range []string{
		`fairlead_http_requests_total{outcome="answered",route="/api/v1/findings"} 1`,
		`fairlead_http_requests_total{outcome="unchanged",route="/api/v1/findings"} 1`,
		`fairlead_http_requests_total{outcome="refused",route="/api/v1/findings/{id}"} 1`,
		`fairlead_http_requests_total{outcome="refused",route="none"} 1`,
		`fairlead_source_lag_seconds{source="jira"} 97200`,
		`fairlead_source_stale{source="jira"} 1`,
		`fairlead_tickets{source="jira"} 1`,
		`fairlead_source_requests_total{outcome="limited",source="jira"} 1`,
		`fairlead_source_requests_total{outcome="trouble",source="jira"} 0`,
		`fairlead_source_waited_seconds_total{cause="limit",source="jira"} 90`,
		`fairlead_sync_seconds_count{outcome="done",source="jira"} 1`,
		`fairlead_run_seconds_count{outcome="done",run="sync"} 1`,
		`fairlead_run_seconds_count{outcome="done",run="check"} 1`,
		`fairlead_team_findings{state="open",teams="mobile+search"} 2`,
		`fairlead_findings{rule="feature-without-problem",state="open"} 4`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if t.Failed() {
		ours, _, _ := strings.Cut(text, "# HELP go_")
		t.Log(ours)
	}
}
