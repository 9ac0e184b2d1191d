package signin

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

// The API as a program meets it: through sign-in, over the network.
func TestTheAPIBehindSignIn(t *testing.T) {
	story := dashboardtest.Story()
	s := newSite(t, nil)
	s.dir = story.Dir
	pages := dashboard.New(dashboard.Options{
		Data: story, Changes: story, Now: func() time.Time { return dashboardtest.Now },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("up 1\n")) }),
	})
	in := s.open(nil)
	s.mu.Lock()
	s.handler = dashboard.Behind(in.Handler, pages)
	s.mu.Unlock()
	finding := "/api/v1/findings/" + string(dashboardtest.BulkExport)
	reading, answering, metrics := s.token("lee", "read"), s.token("lee", "answer"), s.token("mina", "metrics")
	send := func(b *browser, target, body string, headers ...string) answer {
		r := b.request("POST", target, nil, append(headers, "Content-Type", "application/json")...)
		r.Body, r.ContentLength = http.NoBody, 0
		if body != "" {
			again, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL.String(), strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			again.Header = r.Header
			r = again
		}
		return b.do(r)
	}
	bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }

	got := s.browser().get("/api/v1/findings?limit=1", bearer(reading)...)
	got.expect(t, "a token that reads", 200, `"total":`)
	if cache, vary := got.Header.Get("Cache-Control"), strings.Join(got.Header.Values("Vary"), ","); cache != "private, no-cache" || !strings.Contains(vary, "Authorization") {
		t.Errorf("the answer may be kept: %q, %q", cache, vary)
	}
	s.browser().get("/api/v1/findings", append(bearer(reading), "If-None-Match", "*")...).expect(t, "who has it", 304, "")
	s.browser().get("/api/v1/findings").expect(t, "nobody", 401, "not signed in")
	s.browser().get("/api/v1/openapi.json").expect(t, "the document, for anybody", 200, `"openapi": "3.1.0"`)
	s.browser().get("/metrics", bearer(metrics)...).expect(t, "metrics with a token for them", 200, "up 1")
	s.browser().get("/metrics", bearer(reading)...).expect(t, "metrics with a token that reads, of an admin", 403, "does not reach that far")
	s.browser().get(finding, bearer(metrics)...).expect(t, "a finding with a token for metrics", 403, "does not reach that far")
	send(s.browser(), finding+"/answer", `{"reason":"agreed"}`, bearer(reading)...).expect(t, "a change with a token that reads", 403, "may not do that")
	if n := len(story.Said()); n != 0 {
		t.Fatalf("something was kept: %q", story.Said())
	}
	send(s.browser(), finding+"/answer", `{"reason":"agreed"}`, bearer(answering)...).expect(t, "a change with a token that answers", 200, `"answered"`)

	b := s.signedIn("lee")
	send(b, finding+"/answer", `{"reason":"agreed"}`).expect(t, "a change from a browser, of no page", 403, "earlier session")
	page := b.get("/findings/" + string(dashboardtest.BulkExport))
	m := regexp.MustCompile(`name="form_token" value="([^"]+)"`).FindStringSubmatch(page.body)
	if m == nil {
		t.Fatalf("the page has no form: %d", page.StatusCode)
	}
	send(b, finding+"/vote", `{"vote":"useful"}`, dashboard.FormTokenHeader, m[1]).expect(t, "a change from a page's script", 200, `"voted"`)
	var p struct{ Status int }
	if a := b.get("/api/v1/findings?limt=2"); json.Unmarshal([]byte(a.body), &p) != nil || p.Status != 400 {
		t.Errorf("a slip in a browser's address: %d %s", a.StatusCode, a.body)
	}
}
