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
	return dashboard.New(dashboard.Options{Data: d, Changes: d, Workbench: d, Now: nowOfStory, SignOut: "/sign-out", Metrics: metrics})
}

func nowOfStory() time.Time { return dashboardtest.Now }

// metrics stand for those of the daemon.
var metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("up 1\n")) })

// ask makes one request as somebody.
func ask(t testing.TB, h http.Handler, who dashboard.Viewer, method, target string, form ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(strings.Join(form, "&")))
	if len(form) > 0 {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if len(form) > 0 && strings.HasPrefix(form[0], "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	r = r.WithContext(dashboard.WithFormToken(dashboard.WithViewer(r.Context(), who), "token-1"))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
