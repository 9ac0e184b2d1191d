package dashboard_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/fairlead-dev/fairlead/dashboard"
)

func TestEveryRequestHasAName(t *testing.T) {
	for _, c := range []struct {
		name, sent string
		kept       bool
	}{
		{"none of its own", "", false},
		{"that of a proxy", "7f3c-91aa.b2_01", true},
		{"one that is too short", "1", false},
		{"one with a line break in it", "abcdefgh\nlevel=error", false},
		{"one that is too long", strings.Repeat("a", 65), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var inside string
			lines, seen := observer.New(zapcore.InfoLevel)
			h := dashboard.Named(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				inside = dashboard.RequestOf(r.Context())
				dashboard.LogOf(r.Context(), zap.New(lines)).Info("a page could not be made", zap.Error(errors.New("why")))
			}))
			r, w := httptest.NewRequest(http.MethodGet, "/", http.NoBody), httptest.NewRecorder()
			r.Header["X-Request-Id"] = []string{c.sent}
			h.ServeHTTP(w, r)
			told := w.Header().Get("X-Request-Id")
			if told == "" || told != inside || (told == c.sent) != c.kept {
				t.Errorf("the answer tells %q, inside it is %q", told, inside)
			}
			if all := seen.All(); len(all) != 1 || all[0].ContextMap()["request"] != told {
				t.Errorf("the log says %v, want the request %q", all, told)
			}
		})
	}
	if id := dashboard.RequestOf(context.Background()); id != "" {
		t.Errorf("without a request it is called %q", id)
	}
}
