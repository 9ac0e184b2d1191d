package dashboard_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

const apiBench = "/api/v1" + benchOf

func TestAProgramReadsTriesAndSavesADraft(t *testing.T) {
	d := dashboardtest.Story()
	h := served(d)
	got := call(t, h, dashboardtest.Lee, "GET", apiBench+"/draft", "")
	var was api.AgreementDraft
	got.into(&was)
	if was.Draft.Base != 3 || was.Draft.Settings["min_chars"] != "120" || was.Draft.ReviewOn != "2027-01-15" {
		t.Fatalf("the draft is %+v", was)
	}
	var p api.Preview
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/preview", `{"draft":{"base":3,"settings":{"min_chars":"200"}}}`).into(&p)
	if p.Numbers == nil || p.Numbers.Raised != 14 || p.Numbers.Today.More != 4 || len(p.Numbers.Weeks) != 13 || p.Numbers.Weeks[12].Week != "2026-W47" || len(p.MoreSamples) == 0 || !strings.Contains(p.Text, "14 exceptions") {
		t.Errorf("the preview is %+v", p)
	}
	if len(d.Said()) != 0 {
		t.Fatalf("trying saved something: %v", d.Said())
	}
	save := `{"draft":{"base":3,"settings":{"min_chars":"100"}},"reason":"shorter ones are fine"}`
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/draft", save, "If-Match", `"another"`).refused(http.StatusPreconditionFailed)
	var done api.Done
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/draft", save, "If-Match", got.Header().Get("ETag")).into(&done)
	if done.Done != "agreed" || done.Self != apiBench {
		t.Errorf("it says %+v", done)
	}
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/draft", save).refused(http.StatusConflict)
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/draft", save, "If-Match", got.Header().Get("ETag")).refused(http.StatusPreconditionFailed)
	var now api.AgreementDraft
	call(t, h, dashboardtest.Lee, "GET", apiBench+"/draft", "").into(&now)
	if now.Draft.Base != 5 || now.Draft.Settings["min_chars"] != "100" || now.Draft.Promise != "" {
		t.Errorf("the draft is %+v afterwards", now)
	}
	var list api.Revisions
	call(t, h, dashboardtest.Mina, "GET", apiBench+"/revisions?limit=2", "").into(&list)
	if list.Total != 4 || list.Revisions[0].Number != 5 || list.Revisions[0].Why != "shorter ones are fine" || list.Next == "" {
		t.Errorf("the revisions are %+v", list)
	}
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/revisions/1", `{"reason":"back"}`).into(&done)
	if after, _ := d.Draft(t.Context(), "payments", "feature-without-problem"); done.Done != "rolled-back" || after.Settings["min_chars"] != "80" {
		t.Errorf("%+v, and %+v holds", done, after)
	}
}

func TestAProgramIsToldEverythingThatCannotBeInADraft(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, c := range []struct {
		name, body, field string
		line, column      int
	}{
		{"a setting that is no number", `{"draft":{"base":3,"settings":{"min_chars":"few"}},"reason":"r"}`, "draft.settings.min_chars", 0, 0},
		{"a number of days that is none", `{"draft":{"base":3,"remind_after":"soon"},"reason":"r"}`, "draft.remind_after", 0, 0},
		{"no reason", `{"draft":{"base":3},"reason":" "}`, "reason", 0, 0},
		{"a field that there is not", `{"draft":{"base":3},"reason":"r","why":"r"}`, "why", 0, 0},
		{"a base that is text", `{"draft":{"base":"3"},"reason":"r"}`, "draft.base", 0, 0},
		{"another condition, of who does not configure", `{"draft":{"base":3,"when":"true"},"reason":"r"}`, "draft.when", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := call(t, h, dashboardtest.Lee, "POST", apiBench+"/draft", c.body).refused(http.StatusUnprocessableEntity)
			if len(p.Errors) != 1 || p.Errors[0].Field != c.field || p.Errors[0].Text == "" {
				t.Errorf("it is told %+v, want %s", p.Errors, c.field)
			}
		})
	}
	p := call(t, h, dashboardtest.Lee, "POST", apiBench+"/preview", `{"draft":{"base":3,"when":"ticket.in_flight\n&& ticket.kin == \"x\"","settings":{"depth":"deep"}}}`).refused(http.StatusUnprocessableEntity)
	if len(p.Errors) != 2 || p.Errors[0].Field != "draft.when" || p.Errors[0].Line != 2 || p.Errors[0].Column != 11 {
		t.Errorf("it is told %+v", p.Errors)
	}
}

// To try and to change agreements takes the scope that configures; the same change
// sent twice is made once.
func TestATokenNeedsItsScopeForAgreements(t *testing.T) {
	for _, c := range []struct {
		path   string
		body   string
		scope  dashboard.Scope
		status int
	}{
		{"/draft", `{"draft":{"base":3},"reason":"r"}`, dashboard.ScopeAnswer, 403}, {"/draft", `{"draft":{"base":3},"reason":"r"}`, dashboard.ScopeConfigure, 200},
		{"/preview", `{"draft":{"base":3}}`, dashboard.ScopeRead, 403}, {"/preview", `{"draft":{"base":3}}`, dashboard.ScopeConfigure, 200}, {"/revisions/1", `{"reason":"r"}`, dashboard.ScopeAnswer, 403},
	} {
		if w := byToken(served(dashboardtest.Story()), dashboardtest.Lee, []dashboard.Scope{c.scope}, "POST", apiBench+c.path, c.body); w.Code != c.status {
			t.Errorf("%s with %s: %d, want %d", c.path, c.scope, w.Code, c.status)
		}
	}
	d := dashboardtest.Story()
	h := served(d)
	for range 2 {
		call(t, h, dashboardtest.Lee, "POST", apiBench+"/draft", `{"draft":{"base":3},"reason":"r"}`, "Idempotency-Key", "one").into(&api.Done{})
	}
	if len(d.Said()) != 1 {
		t.Errorf("said was %v", d.Said())
	}
}

func TestAPreviewTellsAProgramNoMoreThanThePage(t *testing.T) {
	var p api.Preview
	h := served(dashboardtest.Story())
	call(t, h, dashboardtest.Sam, "POST", "/api/v1/teams/payments/agreements/assigned-bypassing-em/preview", `{"draft":{"base":0}}`).into(&p)
	if p.Numbers != nil || len(p.Samples) != 0 || p.Hidden == "" {
		t.Errorf("the PM is told %+v", p)
	}
	call(t, h, dashboardtest.Pat, "POST", "/api/v1/agreements/date-imposed/preview", `{"draft":{"base":0}}`).into(&p)
	if p.Numbers == nil || len(p.Samples)+len(p.MoreSamples)+len(p.FewerSamples) != 0 {
		t.Errorf("an admin in no team is told %+v", p)
	}
}

func TestAProgramSavesNothingWhereAgreementsAreKeptElsewhere(t *testing.T) {
	d := dashboardtest.Story()
	d.KeptIn = "the repository acme/agreements"
	h := served(d)
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/draft", `{"draft":{"base":3},"reason":"r"}`).refused(http.StatusConflict)
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/revisions/1", `{"reason":"r"}`).refused(http.StatusConflict)
	var text api.DraftText
	call(t, h, dashboardtest.Lee, "POST", apiBench+"/text", `{"draft":{"base":3,"settings":{"min_chars":"150"}}}`).into(&text)
	if text.File != "teams/payments.yaml" || !strings.Contains(text.YAML, "min_chars: 150") || !strings.Contains(text.Patch, "+") || len(d.Said()) != 0 {
		t.Errorf("%+v, %v", text, d.Said())
	}
}
