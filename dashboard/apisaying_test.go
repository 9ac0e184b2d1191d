package dashboard_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/finding"
)

func TestWhatIsSaidThroughTheAPIIsKept(t *testing.T) {
	for _, c := range []struct{ target, body, said, done, self string }{
		{"/findings/TEAM/answer", `{"reason":" agreed in planning "}`, "lee answers TEAM: agreed in planning", "answered", "/api/v1/findings/TEAM"},
		{"/findings/TEAM/take-back", `{"reason":"not after all"}`, "lee takes back TEAM: not after all", "taken-back", "/api/v1/findings/TEAM"},
		{"/findings/TEAM/waive", `{"covers":"finding","reason":"later","until":"2026-12-01"}`, "lee waives {TEAM {  }  } until 2026-12-01T23:00:00Z: later", "waived", "/api/v1/findings/TEAM"},
		{"/findings/TEAM/vote", `{"vote":"not-useful"}`, `lee votes "not-useful" on TEAM`, "voted", "/api/v1/findings/TEAM"},
		{"/findings/TEAM/vote", `{"vote":""}`, `lee votes "" on TEAM`, "voted", "/api/v1/findings/TEAM"},
		{"/waivers/w-1/renew", `{"reason":"the vendor is late","until":"2026-12-20"}`, "lee renews w-1 until 2026-12-20T23:00:00Z: the vendor is late", "renewed", "/api/v1/waivers"},
		{"/waivers/w-1/end", `{"reason":"done"}`, "lee ends w-1: done", "ended", "/api/v1/waivers"},
		{"/experiments", `{"team":"payments",EXPERIMENT}`, `lee begins "n" for "payments"`, "begun", "/api/v1/experiments/begun"},
		{"/experiments/co-written-sprint-goals/end", `{"reason":"enough"}`, "lee ends the experiment co-written-sprint-goals: enough", "ended-early", "/api/v1/experiments/co-written-sprint-goals"},
		{"/experiments/co-written-sprint-goals/withdraw", `{"reason":"a slip"}`, "lee withdraws the experiment co-written-sprint-goals: a slip", "withdrawn", "/api/v1/experiments"},
	} {
		story := dashboardtest.Story()
		var done api.Done
		call(t, served(story), dashboardtest.Lee, "POST", "/api/v1"+named.Replace(c.target), named.Replace(c.body)).into(&done)
		if want := named.Replace(c.said); !slices.Equal(story.Said(), []string{want}) {
			t.Errorf("%s: said %q, want %q", c.target, story.Said(), want)
		}
		if done.Done != c.done || done.Self != named.Replace(c.self) {
			t.Errorf("%s: %+v", c.target, done)
		}
	}
}

func TestABodyThatIsNotMeantIsRefusedWithWhatToDo(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	for _, c := range []struct {
		target, body string
		status       int
		field, says  string
	}{
		{"/findings/TEAM/answer", `{"reason":""}`, 422, "reason", "Write a sentence"},
		{"/findings/TEAM/answer", `{}`, 422, "reason", "Write a sentence"},
		{"/findings/TEAM/answer", `{"reason":"` + strings.Repeat("é", 2001) + `"}`, 422, "reason", "2,000 characters"},
		{"/findings/TEAM/answer", `{"reson":"agreed"}`, 422, "reson", `Did you mean "reason"?`},
		{"/findings/TEAM/answer", `{"reason":5}`, 422, "reason", "It is text, not a number."},
		{"/findings/TEAM/answer", `{"reason":["a"]}`, 422, "reason", "It is text, not a list."},
		{"/findings/TEAM/answer", `{"reason":"a"`, 400, "", "one object with reason"},
		{"/findings/TEAM/answer", `{"reason":"a",}`, 400, "", "stops being JSON at byte"},
		{"/findings/TEAM/answer", `{"reason":"a"} {}`, 400, "", "behind the object"},
		{"/findings/TEAM/answer", `[]`, 400, "", "one object with reason"},
		{"/findings/TEAM/answer", "{\"reason\":\"\xff\"}", 400, "", "not UTF-8"},
		{"/findings/TEAM/answer", `{"reason":"` + strings.Repeat("x", 17<<10) + `"}`, 413, "", "up to 16 kB"},
		{"/findings/TEAM/waive", `{"covers":"everything","reason":"later","until":"2026-12-01"}`, 422, "covers", "is nothing that a waiver of this finding covers"},
		{"/findings/TEAM/waive", `{"covers":"finding","reason":"later","until":"2026-11-17"}`, 422, "until", "That day is over"},
		{"/findings/TEAM/waive", `{"covers":"finding","reason":"later","until":"2028-01-01"}`, 422, "until", "within a year"},
		{"/findings/TEAM/waive", `{"covers":"finding","reason":"later","until":"soon"}`, 422, "until", "Choose the last day"},
		{"/findings/TEAM/vote", `{"vote":"usefl"}`, 422, "vote", `Did you mean "useful"?`},
		{"/waivers/w-1/renew", `{"reason":"later","until":""}`, 422, "until", "Choose the last day"},
		{"/experiments/co-written-sprint-goals/end", `{"reason":""}`, 422, "reason", "Write a sentence"},
		{"/experiments/co-written-sprint-goals/end", `{"reason":"too soon"}`, 422, "reason", "It began today"},
		{"/experiments", `{"team":"payments","name":"n","hypothesis":"h","measure":"open","expect":"sideways","start":"2026-12-01","end":"2027-02-01"}`, 422, "expect", "no change that can be predicted"},
		{"/experiments", `{"team":"payments","name":"n","hypothesis":"h","measure":"nothing","expect":"down","start":"2026-12-01","end":"2027-02-01"}`, 422, "measure", "Choose what it should move"},
		{"/findings/TEAM/answer?reason=x", `{"reason":"agreed"}`, 400, "reason", "takes none"},
	} {
		p := call(t, h, dashboardtest.Lee, "POST", "/api/v1"+named.Replace(c.target), c.body).refused(c.status)
		if !strings.Contains(p.Detail, c.says) || (c.field != "") != (len(p.Errors) == 1) || c.field != "" && p.Errors[0].Field != c.field {
			t.Errorf("%s with %.60s: %+v, want %q about %q", c.target, c.body, p, c.says, c.field)
		}
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"} {
		p := call(t, h, dashboardtest.Lee, "POST", named.Replace("/api/v1/findings/TEAM/answer"), `{"reason":"agreed"}`, "Content-Type", kind).refused(http.StatusUnsupportedMediaType)
		if !strings.Contains(p.Detail, "application/json") {
			t.Errorf("%q: %+v", kind, p)
		}
	}
	if said := story.Said(); len(said) > 0 {
		t.Errorf("something was kept: %q", said)
	}
}

// slow is data that waits before it keeps an answer, and may not keep it.
type slow struct {
	*dashboardtest.Data
	begun, goOn chan struct{}
	err         error
}

func (s *slow) Answer(ctx context.Context, by dashboard.Viewer, id finding.ID, reason string) error {
	if s.begun != nil {
		s.begun <- struct{}{}
		<-s.goOn
	}
	if s.err != nil {
		return s.err
	}
	return s.Data.Answer(ctx, by, id, reason)
}

func TestAChangeThatIsNamedIsMadeOnce(t *testing.T) {
	story := dashboardtest.Story()
	now := dashboardtest.Now
	data := &slow{Data: story}
	h := dashboard.New(dashboard.Options{Data: story, Changes: data, Now: func() time.Time { return now }})
	target := named.Replace("/api/v1/findings/TEAM/answer")
	post := func(who dashboard.Viewer, key, body string) called {
		return call(t, h, who, "POST", target, body, "Idempotency-Key", key)
	}
	first := post(dashboardtest.Lee, "k-1", `{"reason":"agreed"}`)
	again := post(dashboardtest.Lee, "k-1", `{"reason":"agreed"}`)
	if first.Code != 200 || again.Code != 200 || again.Body.String() != first.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" || first.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("first %d %v, then %d %v", first.Code, first.Header(), again.Code, again.Header())
	}
	if n := len(story.Said()); n != 1 {
		t.Errorf("it was kept %d times", n)
	}
	p := post(dashboardtest.Lee, "k-1", `{"reason":"something else"}`).refused(http.StatusUnprocessableEntity)
	if !strings.Contains(p.Detail, "a key of its own") {
		t.Errorf("the same key for something else: %+v", p)
	}
	if w := post(dashboardtest.Sam, "k-1", `{"reason":"agreed"}`); w.Code != 200 || len(story.Said()) != 2 {
		t.Errorf("somebody else's key: %d, %q", w.Code, story.Said())
	}
	for _, key := range []string{" ", "a b", "é", strings.Repeat("k", 201)} {
		post(dashboardtest.Lee, key, `{"reason":"agreed"}`).refused(http.StatusBadRequest)
	}
	// What came to nothing may be sent again under the same key.
	post(dashboardtest.Lee, "k-2", `{"reason":""}`).refused(http.StatusUnprocessableEntity)
	data.err = errors.New("the disk is full")
	if p := post(dashboardtest.Lee, "k-2", `{"reason":"agreed"}`).refused(http.StatusInternalServerError); strings.Contains(p.Detail, "disk") {
		t.Errorf("the problem tells too much: %+v", p)
	}
	data.err = nil
	if w := post(dashboardtest.Lee, "k-2", `{"reason":"agreed"}`); w.Code != 200 || len(story.Said()) != 3 {
		t.Errorf("after it came to nothing: %d, %q", w.Code, story.Said())
	}
	now = now.Add(24 * time.Hour)
	if w := post(dashboardtest.Lee, "k-1", `{"reason":"agreed"}`); w.Code != 200 || len(story.Said()) != 4 {
		t.Errorf("a day later: %d, %q", w.Code, story.Said())
	}
}

func TestAChangeThatIsUnderWayIsNotMadeTwice(t *testing.T) {
	story := dashboardtest.Story()
	data := &slow{Data: story, begun: make(chan struct{}), goOn: make(chan struct{})}
	h := dashboard.New(dashboard.Options{Data: story, Changes: data, Now: func() time.Time { return dashboardtest.Now }})
	target := named.Replace("/api/v1/findings/TEAM/answer")
	first := make(chan *httptest.ResponseRecorder)
	go func() {
		r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(`{"reason":"agreed"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k-1")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(dashboard.WithViewer(context.Background(), dashboardtest.Lee)))
		first <- w
	}()
	<-data.begun
	w := call(t, h, dashboardtest.Lee, "POST", target, `{"reason":"agreed"}`, "Idempotency-Key", "k-1")
	w.refused(http.StatusConflict)
	if w.Header().Get("Retry-After") == "" {
		t.Error("nothing says when to ask again")
	}
	data.goOn <- struct{}{}
	if w := <-first; w.Code != http.StatusOK || len(story.Said()) != 1 {
		t.Errorf("%d, %q", w.Code, story.Said())
	}
}

func TestATokenOfTheAPIReachesAsFarAsItsScopes(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	read, answer, configure := []dashboard.Scope{dashboard.ScopeRead}, []dashboard.Scope{dashboard.ScopeAnswer}, []dashboard.Scope{dashboard.ScopeConfigure}
	for _, op := range dashboard.Operations() {
		if op.Who == dashboard.Anyone {
			continue
		}
		need := dashboard.ScopeOf(op.Route)
		target := strings.NewReplacer("{team}", "payments", "{rule}", "date-imposed", "{week}", "2026-W46", "{id}", string(dashboardtest.BulkExport), "{waiver}", "w-1", "{experiment}", "co-written-sprint-goals").Replace(op.Pattern)
		for _, scopes := range [][]dashboard.Scope{read, answer, configure} {
			w := byToken(h, dashboardtest.Lee, scopes, op.Method, target, "{}")
			narrow := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "This token does not reach that far")
			if narrow == slices.Contains(scopes, need) {
				t.Errorf("%s %s needs %s; a token with %v gets %d %s", op.Method, op.Pattern, need, scopes, w.Code, w.Body)
			}
		}
	}
}

func TestWhatIsNoRouteOfTheAPIIsRefusedAsJSON(t *testing.T) {
	h := served(dashboardtest.Story())
	call(t, h, dashboardtest.Lee, "GET", "/api/v2/findings", "").refused(http.StatusNotFound)
	call(t, h, dashboardtest.Lee, "GET", "/api", "").refused(http.StatusNotFound)
	call(t, h, dashboardtest.None, "GET", "/api/v1/nothing", "").refused(http.StatusUnauthorized)
	w := call(t, h, dashboardtest.Lee, "DELETE", "/api/v1/findings", "")
	w.refused(http.StatusMethodNotAllowed)
	if got := w.Header().Get("Allow"); got != "GET" {
		t.Errorf("allowed is %q", got)
	}
	call(t, h, dashboardtest.Lee, "GET", "/api/v1/findings?"+strings.Repeat("a=b&", 2000), "").refused(http.StatusRequestURITooLong)
	if got := call(t, h, dashboardtest.None, "GET", "/api/v1/findings", "").Header().Get("WWW-Authenticate"); got == "" {
		t.Error("nothing says how to show who one is")
	}
	story := dashboardtest.Story()
	story.Broken = errors.New("database is locked")
	if p := call(t, served(story), dashboardtest.Lee, "GET", "/api/v1/findings", "").refused(http.StatusInternalServerError); strings.Contains(p.Detail, "locked") {
		t.Errorf("the problem tells too much: %+v", p)
	}
}

// FuzzBody sends whatever a program may: nothing is kept but what is meant.
func FuzzBody(f *testing.F) {
	for _, s := range []string{`{"covers":"finding","reason":"later","until":"2026-12-01"}`, `{"covers":"label:q4","reason":"","until":""}`, `{}`, `null`, `[]`, `{"covers":1}`, `{"a":`, "\xff", `{"reason":"a","reason":"b"}`, `{"COVERS":"finding","reason":"x","until":"2026-12-01"}`} {
		f.Add(s)
	}
	target := named.Replace("/api/v1/findings/TEAM/waive")
	story := dashboardtest.Story()
	h := served(story)
	f.Fuzz(func(t *testing.T, body string) {
		before := len(story.Said())
		w := called{byToken(h, dashboardtest.Lee, []dashboard.Scope{dashboard.ScopeAnswer}, "POST", target, body), t}
		if kept := len(story.Said()) - before; kept != 0 && w.Code != http.StatusOK || kept != 1 && w.Code == http.StatusOK {
			t.Errorf("%q: %d, and %q is kept", body, w.Code, story.Said())
		}
		if w.Code != http.StatusOK {
			w.refused(w.Code)
		}
		if w.Code >= 500 {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}
