package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

// served is a dashboard over the data.
func served(d *dashboardtest.Data) http.Handler {
	return dashboard.New(dashboard.Options{Data: d, Changes: d, Now: func() time.Time { return dashboardtest.Now }, SignOut: "/sign-out"})
}

// ask makes one request as somebody.
func ask(t testing.TB, h http.Handler, who dashboard.Viewer, method, target string, form ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(strings.Join(form, "&")))
	if len(form) > 0 {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r = r.WithContext(dashboard.WithFormToken(dashboard.WithViewer(r.Context(), who), "token-1"))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestSmoke(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, p := range []string{"/", "/teams", "/teams/payments", "/rules/feature-without-problem", "/findings", "/findings/" + string(dashboardtest.BulkExport), "/waivers", "/agreements", "/teams/payments/agreements/feature-without-problem", "/experiments", "/experiments/new", "/experiments/co-written-sprint-goals", "/reports", "/teams/payments/reports/2026-W46", "/data", "/trail", "/findings.csv", "/findings.json"} {
		w := ask(t, h, dashboardtest.Lee, "GET", p)
		t.Log(p, w.Code, w.Body.Len())
		if w.Code != 200 {
			t.Errorf("%s: %d %s", p, w.Code, w.Body)
		}
	}
}
