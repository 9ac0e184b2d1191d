package dashboard_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

// roles are who looks, in the order of the columns below.
var roles = []struct {
	name string
	dashboard.Viewer
}{
	{"nobody", dashboardtest.None}, {"a stranger", dashboardtest.Eve}, {"a member", dashboardtest.Mina}, {"the EM", dashboardtest.Lee}, {"the PM", dashboardtest.Sam},
	{"another EM", dashboardtest.Omar}, {"a director", dashboardtest.Dana}, {"an admin", dashboardtest.Pat},
}

// matrix says what each role gets of each route: of a page of Payments, and of a
// finding that all of Payments may see, unless the address says otherwise. Every
// route that is registered stands here at least once.
var matrix = []struct {
	route  string
	target string
	form   string
	want   string // status by role
}{
	{"GET /{$}", "/", "", "401 403 200 200 200 200 200 200"},
	{"GET /teams", "/teams", "", "401 403 200 200 200 200 200 200"},
	{"GET /teams/{team}", "/teams/payments", "", "401 403 200 200 200 403 200 403"},
	{"GET /teams/{team}", "/teams/nowhere", "", "401 403 404 404 404 404 404 404"},
	{"GET /teams/{team}/agreements", "/teams/payments/agreements", "", "401 403 200 200 200 403 200 200"},
	{"GET /teams/{team}/agreements/{rule}", "/teams/payments/agreements/date-imposed", "", "401 403 200 200 200 403 200 200"},
	{"GET /teams/{team}/agreements/{rule}", "/teams/payments/agreements/no-such-rule", "", "401 403 404 404 404 403 404 404"},
	{"GET /teams/{team}/agreements/{rule}/change", "BENCH/change", "", "401 403 403 200 200 403 403 403"},
	{"GET /teams/{team}/agreements/{rule}/change", "/teams/payments/agreements/no-such-rule/change", "", "401 403 403 404 404 403 403 403"},
	{"GET /teams/{team}/agreements/{rule}/change", "/teams/nowhere/agreements/date-imposed/change", "", "401 403 404 404 404 404 404 404"},
	{"POST /teams/{team}/agreements/{rule}/change", "BENCH/change", tried + "&reason=shorter&do=save", "401 403 403 303 303 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/change", "BENCH/change", tried + "&do=save", "401 403 403 422 422 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/change", "BENCH/change", "base=1&off=on&reason=shorter&do=save", "401 403 403 409 409 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/change", "BENCH/change", tried + "&when=true&reason=shorter&do=save", "401 403 403 422 422 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/change", "BENCH/change", tried + "&do=preview", "401 403 403 200 200 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/change", "BENCH/change", tried + "&do=text", "401 403 403 200 200 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/change", "BENCH/change", tried + "&do=yaml", "401 403 403 200 200 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/preview", "BENCH/preview", tried, "401 403 403 200 200 403 403 403"},
	{"GET /teams/{team}/agreements/{rule}/revisions", "BENCH/revisions", "", "401 403 200 200 200 403 200 200"},
	{"POST /teams/{team}/agreements/{rule}/revisions/{number}", "BENCH/revisions/1", "reason=back&confirmed=yes", "401 403 403 303 303 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/revisions/{number}", "BENCH/revisions/0", "reason=back&confirmed=yes", "401 403 403 303 303 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/revisions/{number}", "BENCH/revisions/1", "reason=&confirmed=yes", "401 403 403 422 422 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/revisions/{number}", "BENCH/revisions/3", "reason=back&confirmed=yes", "401 403 403 404 404 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/revisions/{number}", "BENCH/revisions/4", "reason=back&confirmed=yes", "401 403 403 404 404 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/revisions/{number}", "BENCH/revisions/-1", "reason=back&confirmed=yes", "401 403 403 404 404 403 403 403"},
	{"POST /teams/{team}/agreements/{rule}/revisions/{number}", "/teams/core/agreements/feature-without-problem/revisions/1", "reason=back&confirmed=yes", "401 403 403 403 403 404 403 403"},
	{"POST /teams/{team}/agreements/{rule}/revisions/{number}", "/teams/payments/agreements/date-imposed/revisions/1", "reason=back&confirmed=yes", "401 403 403 404 404 403 403 403"},
	{"GET /teams/{team}/agreements/{rule}/agreement.yaml", "BENCH/agreement.yaml", "", "401 403 200 200 200 403 200 200"},
	{"GET /agreements/{rule}/change", "/agreements/no-accountable-owner/change", "", "401 403 403 403 403 403 403 200"},
	{"POST /agreements/{rule}/change", "/agreements/no-accountable-owner/change", "base=4&off=on&stage=report&reason=enough&do=save", "401 403 403 403 403 403 403 303"},
	{"POST /agreements/{rule}/change", "/agreements/no-accountable-owner/change", "base=4&off=on&when=true&reason=enough&do=save", "401 403 403 403 403 403 403 303"},
	{"POST /agreements/{rule}/preview", "/agreements/no-accountable-owner/preview", "base=4&off=on", "401 403 403 403 403 403 403 200"},
	{"GET /agreements/{rule}/revisions", "/agreements/no-accountable-owner/revisions", "", "401 403 200 200 200 200 200 200"},
	{"POST /agreements/{rule}/revisions/{number}", "/agreements/no-accountable-owner/revisions/0", "reason=back&confirmed=yes", "401 403 403 403 403 403 403 303"},
	{"POST /agreements/{rule}/revisions/{number}", "/agreements/no-accountable-owner/revisions/1", "reason=back&confirmed=yes", "401 403 403 403 403 403 403 404"},
	{"GET /agreements/{rule}/agreement.yaml", "/agreements/no-accountable-owner/agreement.yaml", "", "401 403 200 200 200 200 200 200"},
	{"GET /rules/{rule}/words/{version}", "/rules/date-imposed/words/WORDS", "", "401 403 200 200 200 200 200 200"},
	{"GET /rules/{rule}/words/{version}", "/rules/date-imposed/words/old", "", "401 403 404 404 404 404 404 404"},
	{"GET /rules/{rule}/words/{version}", "/rules/nothing/words/WORDS", "", "401 403 404 404 404 404 404 404"},
	{"GET /teams/{team}/reports/{week}", "/teams/payments/reports/2026-W46", "", "401 403 200 200 200 403 403 403"},
	{"GET /teams/{team}/reports/{week}", "/teams/payments/reports/2026-W46?for=em-pm", "", "401 403 403 200 200 403 403 403"},
	{"GET /teams/{team}/reports/{week}", "/teams/payments/reports/2026-W46?for=em", "", "401 403 403 200 403 403 403 403"},
	{"GET /teams/{team}/reports/{week}", "/teams/payments/reports/2026-W46?for=org", "", "401 403 403 403 403 403 403 403"},
	{"GET /teams/{team}/reports/{week}", "/teams/payments/reports/2027-W10", "", "401 403 404 404 404 403 403 403"},
	{"GET /rules/{rule}", "/rules/date-imposed", "", "401 403 200 200 200 200 200 200"},
	{"GET /rules/{rule}", "/rules/nothing", "", "401 403 404 404 404 404 404 404"},
	{"GET /findings", "/findings", "", "401 403 200 200 200 200 200 200"},
	{"GET /findings.csv", "/findings.csv", "", "401 403 200 200 200 200 200 200"},
	{"GET /findings.json", "/findings.json", "", "401 403 200 200 200 200 200 200"},
	{"GET /findings/{id}", "/findings/TEAM", "", "401 403 200 200 200 404 404 404"},
	{"GET /findings/{id}", "/findings/EM", "", "401 403 404 200 404 404 404 404"},
	{"GET /findings/{id}", "/findings/CORE", "", "401 403 404 404 404 200 404 404"},
	{"GET /findings/{id}", "/findings/none", "", "401 403 404 404 404 404 404 404"},
	{"POST /findings/{id}/answer", "/findings/TEAM/answer", "reason=agreed", "401 403 403 303 303 404 404 404"},
	{"POST /findings/{id}/answer", "/findings/EM/answer", "reason=agreed", "401 403 404 303 404 404 404 404"},
	{"POST /findings/{id}/take-back", "/findings/TEAM/take-back", "reason=agreed", "401 403 403 303 303 404 404 404"},
	{"GET /findings/{id}/breadth", "/findings/TEAM/breadth?scope=ticket", "", "401 403 403 200 200 404 404 404"},
	{"POST /findings/{id}/waive", "/findings/TEAM/waive", "scope=finding&reason=later&until=2026-12-01&confirmed=yes", "401 403 403 303 303 404 404 404"},
	{"POST /findings/{id}/vote", "/findings/TEAM/vote", "vote=useful", "401 403 303 303 303 404 404 404"},
	{"GET /waivers", "/waivers", "", "401 403 200 200 200 200 200 200"},
	{"POST /waivers/{waiver}/renew", "/waivers/w-1/renew", "reason=later&until=2026-12-20", "401 403 404 303 303 404 404 404"},
	{"POST /waivers/{waiver}/end", "/waivers/w-1/end", "reason=done", "401 403 404 303 303 404 404 404"},
	{"GET /agreements", "/agreements", "", "401 403 200 200 200 200 200 200"},
	{"GET /agreements/{rule}", "/agreements/date-imposed", "", "401 403 200 200 200 200 200 200"},
	{"GET /experiments", "/experiments", "", "401 403 200 200 200 200 200 200"},
	{"GET /experiments/new", "/experiments/new", "", "401 403 403 200 200 200 403 200"},
	{"POST /experiments", "/experiments", "team=payments&name=n&hypothesis=h&measure=open&expect=down&start=2026-12-01&end=2027-02-01", "401 403 403 303 303 403 403 403"},
	{"POST /experiments", "/experiments", "team=&name=n&hypothesis=h&measure=open&expect=down&start=2026-12-01&end=2027-02-01", "401 403 403 403 403 403 403 303"},
	{"GET /experiments/{experiment}", "/experiments/co-written-sprint-goals", "", "401 403 200 200 200 404 200 200"},
	{"GET /experiments/{experiment}", "/experiments/pairing-on-estimates", "", "401 403 404 404 404 200 404 200"},
	{"POST /experiments/{experiment}/end", "/experiments/co-written-sprint-goals/end", "reason=enough", "401 403 403 303 303 404 403 403"},
	{"POST /experiments/{experiment}/end", "/experiments/pairing-on-estimates/end", "reason=enough", "401 403 404 404 404 303 404 403"},
	{"POST /experiments/{experiment}/end", "/experiments/demo-every-friday/end", "reason=enough", "401 403 403 403 403 403 403 303"},
	{"POST /experiments/{experiment}/withdraw", "/experiments/co-written-sprint-goals/withdraw", "reason=mistake", "401 403 403 303 303 404 403 403"},
	{"POST /experiments/{experiment}/withdraw", "/experiments/nothing/withdraw", "reason=mistake", "401 403 404 404 404 404 404 404"},
	{"GET /reports", "/reports", "", "401 403 200 200 200 200 200 200"},
	{"GET /reports/{week}", "/reports/2026-W46", "", "401 403 403 403 403 403 200 403"},
	{"GET /data", "/data", "", "401 403 200 200 200 200 200 200"},
	{"GET /trail", "/trail", "", "401 403 200 200 200 200 200 200"},
	{"GET /healthz", "/healthz", "", "200 200 200 200 200 200 200 200"},
	{"GET /readyz", "/readyz", "", "200 200 200 200 200 200 200 200"},
	{"POST /csp-report", "/csp-report", "{}", "204 204 204 204 204 204 204 204"},
	{"GET /metrics", "/metrics", "", "401 403 403 403 403 403 403 200"},
	{"GET /api/v1/teams", "/api/v1/teams", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/teams/{team}", "/api/v1/teams/payments", "", "401 403 200 200 200 403 200 403"},
	{"GET /api/v1/teams/{team}", "/api/v1/teams/nowhere", "", "401 403 404 404 404 404 404 404"},
	{"GET /api/v1/teams/{team}/agreements", "/api/v1/teams/payments/agreements", "", "401 403 200 200 200 403 200 200"},
	{"GET /api/v1/teams/{team}/agreements/{rule}", "/api/v1/teams/payments/agreements/date-imposed", "", "401 403 200 200 200 403 200 200"},
	{"GET /api/v1/teams/{team}/agreements/{rule}", "/api/v1/teams/payments/agreements/no-such-rule", "", "401 403 404 404 404 403 404 404"},
	{"GET /api/v1/teams/{team}/agreements/{rule}/draft", "/api/v1BENCH/draft", "", "401 403 403 200 200 403 403 403"},
	{"POST /api/v1/teams/{team}/agreements/{rule}/draft", "/api/v1BENCH/draft", `{"draft":{"base":3,"settings":{"min_chars":"100"}},"reason":"shorter"}`, "401 403 403 200 200 403 403 403"},
	{"POST /api/v1/teams/{team}/agreements/{rule}/draft", "/api/v1BENCH/draft", `{"draft":{"base":2},"reason":"shorter"}`, "401 403 403 409 409 403 403 403"},
	{"POST /api/v1/teams/{team}/agreements/{rule}/draft", "/api/v1BENCH/draft", `{"draft":{"base":3,"when":"true"},"reason":"shorter"}`, "401 403 403 422 422 403 403 403"},
	{"POST /api/v1/teams/{team}/agreements/{rule}/preview", "/api/v1BENCH/preview", `{"draft":{"base":3,"settings":{"min_chars":"200"}}}`, "401 403 403 200 200 403 403 403"},
	{"POST /api/v1/teams/{team}/agreements/{rule}/preview", "/api/v1BENCH/preview", `{"draft":{"base":3,"settings":{"min_chars":"a few"}}}`, "401 403 403 422 422 403 403 403"},
	{"POST /api/v1/teams/{team}/agreements/{rule}/text", "/api/v1BENCH/text", `{"draft":{"base":3}}`, "401 403 403 200 200 403 403 403"},
	{"GET /api/v1/teams/{team}/agreements/{rule}/revisions", "/api/v1BENCH/revisions", "", "401 403 200 200 200 403 200 200"},
	{"POST /api/v1/teams/{team}/agreements/{rule}/revisions/{number}", "/api/v1BENCH/revisions/1", `{"reason":"back"}`, "401 403 403 200 200 403 403 403"},
	{"POST /api/v1/teams/{team}/agreements/{rule}/revisions/{number}", "/api/v1/teams/core/agreements/feature-without-problem/revisions/1", `{"reason":"back"}`, "401 403 403 403 403 404 403 403"},
	{"GET /api/v1/agreements/{rule}/draft", "/api/v1/agreements/no-accountable-owner/draft", "", "401 403 403 403 403 403 403 200"},
	{"POST /api/v1/agreements/{rule}/draft", "/api/v1/agreements/no-accountable-owner/draft", `{"draft":{"base":4,"stage":"report"},"reason":"enough"}`, "401 403 403 403 403 403 403 200"},
	{"POST /api/v1/agreements/{rule}/preview", "/api/v1/agreements/no-accountable-owner/preview", `{"draft":{"base":4}}`, "401 403 403 403 403 403 403 200"},
	{"POST /api/v1/agreements/{rule}/text", "/api/v1/agreements/no-accountable-owner/text", `{"draft":{"base":4}}`, "401 403 403 403 403 403 403 200"},
	{"GET /api/v1/agreements/{rule}/revisions", "/api/v1/agreements/no-accountable-owner/revisions", "", "401 403 200 200 200 200 200 200"},
	{"POST /api/v1/agreements/{rule}/revisions/{number}", "/api/v1/agreements/no-accountable-owner/revisions/0", `{"reason":"back"}`, "401 403 403 403 403 403 403 200"},
	{"GET /api/v1/teams/{team}/reports/{week}", "/api/v1/teams/payments/reports/2026-W46", "", "401 403 200 200 200 403 403 403"},
	{"GET /api/v1/teams/{team}/reports/{week}", "/api/v1/teams/payments/reports/2026-W46?for=em-pm", "", "401 403 403 200 200 403 403 403"},
	{"GET /api/v1/teams/{team}/reports/{week}", "/api/v1/teams/payments/reports/2026-W46?for=em", "", "401 403 403 200 403 403 403 403"},
	{"GET /api/v1/teams/{team}/reports/{week}", "/api/v1/teams/payments/reports/2026-W46?for=org", "", "401 403 400 400 400 403 403 403"},
	{"GET /api/v1/teams/{team}/reports/{week}", "/api/v1/teams/payments/reports/2027-W10", "", "401 403 404 404 404 403 403 403"},
	{"GET /api/v1/rules", "/api/v1/rules", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/rules/{rule}", "/api/v1/rules/date-imposed", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/rules/{rule}", "/api/v1/rules/nothing", "", "401 403 404 404 404 404 404 404"},
	{"GET /api/v1/agreements", "/api/v1/agreements", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/agreements/{rule}", "/api/v1/agreements/date-imposed", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/findings", "/api/v1/findings", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/findings", "/api/v1/findings?team=core", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/findings", "/api/v1/findings?status=open", "", "401 403 400 400 400 400 400 400"},
	{"GET /api/v1/findings/{id}", "/api/v1/findings/TEAM", "", "401 403 200 200 200 404 404 404"},
	{"GET /api/v1/findings/{id}", "/api/v1/findings/EM", "", "401 403 404 200 404 404 404 404"},
	{"GET /api/v1/findings/{id}", "/api/v1/findings/CORE", "", "401 403 404 404 404 200 404 404"},
	{"GET /api/v1/findings/{id}", "/api/v1/findings/none", "", "401 403 404 404 404 404 404 404"},
	{"GET /api/v1/findings/{id}/breadth", "/api/v1/findings/TEAM/breadth?covers=ticket", "", "401 403 403 200 200 404 404 404"},
	{"POST /api/v1/findings/{id}/answer", "/api/v1/findings/TEAM/answer", `{"reason":"agreed"}`, "401 403 403 200 200 404 404 404"},
	{"POST /api/v1/findings/{id}/answer", "/api/v1/findings/EM/answer", `{"reason":"agreed"}`, "401 403 404 200 404 404 404 404"},
	{"POST /api/v1/findings/{id}/take-back", "/api/v1/findings/TEAM/take-back", `{"reason":"agreed"}`, "401 403 403 200 200 404 404 404"},
	{"POST /api/v1/findings/{id}/waive", "/api/v1/findings/TEAM/waive", `{"covers":"finding","reason":"later","until":"2026-12-01"}`, "401 403 403 200 200 404 404 404"},
	{"POST /api/v1/findings/{id}/waive", "/api/v1/findings/TEAM/waive", `{"covers":"label:q4","reason":"later","until":"2026-12-01"}`, "401 403 403 403 403 404 404 404"},
	{"POST /api/v1/findings/{id}/vote", "/api/v1/findings/TEAM/vote", `{"vote":"useful"}`, "401 403 200 200 200 404 404 404"},
	{"GET /api/v1/waivers", "/api/v1/waivers", "", "401 403 200 200 200 200 200 200"},
	{"POST /api/v1/waivers/{waiver}/renew", "/api/v1/waivers/w-1/renew", `{"reason":"later","until":"2026-12-20"}`, "401 403 404 200 200 404 404 404"},
	{"POST /api/v1/waivers/{waiver}/end", "/api/v1/waivers/w-1/end", `{"reason":"done"}`, "401 403 404 200 200 404 404 404"},
	{"GET /api/v1/experiments", "/api/v1/experiments", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/experiments/{experiment}", "/api/v1/experiments/co-written-sprint-goals", "", "401 403 200 200 200 404 200 200"},
	{"GET /api/v1/experiments/{experiment}", "/api/v1/experiments/pairing-on-estimates", "", "401 403 404 404 404 200 404 200"},
	{"POST /api/v1/experiments", "/api/v1/experiments", `{"team":"payments",EXPERIMENT}`, "401 403 403 200 200 403 403 403"},
	{"POST /api/v1/experiments/{experiment}/end", "/api/v1/experiments/co-written-sprint-goals/end", `{"reason":"enough"}`, "401 403 403 200 200 404 403 403"},
	{"POST /api/v1/experiments/{experiment}/withdraw", "/api/v1/experiments/co-written-sprint-goals/withdraw", `{"reason":"mistake"}`, "401 403 403 200 200 404 403 403"},
	{"POST /api/v1/experiments", "/api/v1/experiments", `{EXPERIMENT}`, "401 403 403 403 403 403 403 200"},
	{"GET /api/v1/trends", "/api/v1/trends", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/trends", "/api/v1/trends?team=payments", "", "401 403 200 200 200 403 200 403"},
	{"GET /api/v1/trends", "/api/v1/trends?team=search", "", "401 403 403 403 403 200 403 403"},
	{"GET /api/v1/reports", "/api/v1/reports", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/reports/{week}", "/api/v1/reports/2026-W46", "", "401 403 403 403 403 403 200 403"},
	{"GET /api/v1/data", "/api/v1/data", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/trail", "/api/v1/trail", "", "401 403 200 200 200 200 200 200"},
	{"GET /api/v1/openapi.json", "/api/v1/openapi.json", "", "200 200 200 200 200 200 200 200"},
	{"GET /assets/{version}/{file...}", "/assets/old/page.css", "", "404 404 404 404 404 404 404 404"},
}

var named = strings.NewReplacer("TEAM", string(dashboardtest.BulkExport), "/EM", "/"+string(dashboardtest.ForTheEMAlone), "CORE", string(dashboardtest.OfCore), "BENCH", benchOf, "WORDS", dashboard.WordsVersion("date-imposed"),
	"EXPERIMENT", `"name":"n","hypothesis":"h","measure":"open","expect":"down","start":"2026-12-01","end":"2027-02-01"`)

func TestEveryRoleAgainstEveryRoute(t *testing.T) {
	for _, c := range matrix {
		t.Run(c.route+" at "+c.target, func(t *testing.T) {
			method, _, _ := strings.Cut(c.route, " ")
			story := dashboardtest.Story()
			h := served(story)
			for i, want := range strings.Fields(c.want) {
				if (strings.Contains(c.route, "agreements") || strings.Contains(c.route, "{experiment}")) && method == http.MethodPost { // what one saves, another finds changed
					story = dashboardtest.Story()
					h = served(story)
				}
				before := len(story.Said())
				var form []string
				if c.form != "" {
					form = []string{named.Replace(c.form)}
				}
				w := ask(t, h, roles[i].Viewer, method, named.Replace(c.target), form...)
				if got := fmt.Sprint(w.Code); got != want {
					t.Errorf("%s gets %s, want %s", roles[i].name, got, want)
				}
				kept := w.Code == http.StatusSeeOther || method == http.MethodPost && w.Code == http.StatusOK && !onlyTried(c.target, c.form)
				if changed := len(story.Said()) > before; changed != kept {
					t.Errorf("%s gets %d, and something was changed: %v", roles[i].name, w.Code, changed)
				}
			}
		})
	}
}

// onlyTried reports whether a request asks what would come of a change, and for no
// change.
func onlyTried(target, form string) bool {
	return strings.HasSuffix(target, "/preview") || strings.HasSuffix(target, "/text") || strings.Contains(form, "do=") && !strings.Contains(form, "do=save")
}

func TestTheMatrixCoversEveryRoute(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range matrix {
		covered[c.route] = true
		if n := len(strings.Fields(c.want)); n != len(roles) {
			t.Errorf("%s at %s tells of %d roles, want %d", c.route, c.target, n, len(roles))
		}
	}
	for _, r := range dashboard.Routes() {
		if !covered[r.Method+" "+r.Pattern] {
			t.Errorf("nobody tries %s %s", r.Method, r.Pattern)
		}
		if r.Who == "" || r.Shows == "" {
			t.Errorf("%s %s does not say whom it is for, or what it shows", r.Method, r.Pattern)
		}
	}
}

// What a token of the API may not do, it does not.
func TestATokenThatReadsChangesNothing(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	for _, c := range []struct {
		method, target string
		scopes         []dashboard.Scope
		want           int
	}{
		{"GET", "/findings.json", []dashboard.Scope{dashboard.ScopeRead}, 200},
		{"GET", "/findings.json", []dashboard.Scope{dashboard.ScopeAnswer}, 403},
		{"POST", named.Replace("/findings/TEAM/answer"), []dashboard.Scope{dashboard.ScopeRead}, 403},
		{"POST", named.Replace("/findings/TEAM/answer"), []dashboard.Scope{dashboard.ScopeAnswer}, 303},
		{"POST", "/experiments", []dashboard.Scope{dashboard.ScopeRead, dashboard.ScopeAnswer}, 403},
	} {
		r := httptest.NewRequest(c.method, c.target, strings.NewReader("reason=agreed"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r = r.WithContext(dashboard.WithScopes(dashboard.WithViewer(r.Context(), dashboardtest.Lee), c.scopes))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s %s with %v: %d, want %d", c.method, c.target, c.scopes, w.Code, c.want)
		}
	}
}

// A method that no route has is refused as such, and an address that none has is
// told apart from it.
func TestWhatIsNotARouteIsRefused(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, c := range []struct {
		method, target string
		want           int
	}{
		{"DELETE", "/findings", 405}, {"POST", "/", 405}, {"GET", "/findings/x/answer", 405}, {"GET", "/findings/", 404}, {"GET", "/api", 404},
		{"GET", "/teams/payments/../core", 307}, {"GET", "//evil.example/x", 307}, {"GET", "/findings?" + strings.Repeat("a=b&", 2000), 414}, {"HEAD", "/healthz", 200},
	} {
		if w := ask(t, h, dashboardtest.Lee, c.method, c.target); w.Code != c.want {
			t.Errorf("%s %.40s: %d, want %d", c.method, c.target, w.Code, c.want)
		}
	}
}
