package dashboard

import (
	"net/http"
	"strings"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/reports"
)

// apiPath is where the first version of the API stands.
const apiPath = "/api/v1"

// operation is a route of the API, with what a document has to say of it. What it
// takes and gives is checked against that document in tests.
type operation struct {
	Route
	ID     string // operationId
	Params []param
	Body   any  // a zero value of what is sent; nil: nothing
	Answer any  // a zero value of what is answered
	Guards bool // takes If-Match
}

// listing are the parameters of every list.
var listing = []param{
	{Name: "limit", Help: "How many a page holds, at most 200.", Number: true, Default: "50", Most: mostAPage},
	{Name: "cursor", Help: "Where the page begins: from the next link of the one before.", Long: true},
}

// operations is every route of the API.
func operations() []operation {
	get := func(id, path string, who Who, shows string, answer any, handle func(*visit) error, params ...param) operation {
		return operation{Route: Route{http.MethodGet, apiPath + path, who, shows, handle}, ID: id, Params: params, Answer: answer}
	}
	post := func(id, path string, who Who, shows string, body any, handle func(*visit) error) operation {
		return operation{Route: Route{http.MethodPost, apiPath + path, who, shows, handle}, ID: id, Body: body, Answer: api.Done{}}
	}
	try := func(id, path string, who Who, shows string, answer any, handle func(*visit) error) operation {
		return operation{Route: Route{http.MethodPost, apiPath + path, who, shows, handle}, ID: id, Body: api.TryDraft{}, Answer: answer}
	}
	guarded := func(op operation) operation {
		op.Guards = true
		return op
	}
	return []operation{
		get("teams", "/teams", Known, "the teams, as JSON", api.Teams{}, (*visit).apiTeams, listing...),
		get("team", "/teams/{team}", OfTeam, "a team, as JSON", api.Team{}, (*visit).apiTeam),
		get("teamAgreements", "/teams/{team}/agreements", OfAgreements, "what a team has agreed, as JSON", api.Agreements{}, (*visit).apiAgreements, listing...),
		get("teamAgreement", "/teams/{team}/agreements/{rule}", OfAgreements, "one agreement of a team, as JSON", api.Agreement{}, (*visit).apiAgreement),
		get("teamDraft", "/teams/{team}/agreements/{rule}/draft", ChangesTeam, "what a team itself has said of a rule, to begin a change from, as JSON", api.AgreementDraft{}, (*visit).apiDraft),
		guarded(post("saveTeamDraft", "/teams/{team}/agreements/{rule}/draft", ChangesTeam, "changes what a team has agreed", api.SaveDraft{}, (*visit).apiSave)),
		try("previewTeamDraft", "/teams/{team}/agreements/{rule}/preview", ChangesTeam, "what a changed agreement of a team would notice, as JSON", api.Preview{}, (*visit).apiPreview),
		try("teamDraftText", "/teams/{team}/agreements/{rule}/text", ChangesTeam, "a changed agreement of a team as a file would hold it, as JSON", api.DraftText{}, (*visit).apiText),
		get("teamRevisions", "/teams/{team}/agreements/{rule}/revisions", OfAgreements, "how an agreement of a team changed, as JSON", api.Revisions{}, (*visit).apiRevisions, listing...),
		post("rollBackTeam", "/teams/{team}/agreements/{rule}/revisions/{number}", ChangesTeam, "lets an earlier revision of a team's agreement hold again", api.Reasoned{}, (*visit).apiGoBack),
		get("teamReport", "/teams/{team}/reports/{week}", InTeam, "a team's weekly report, as JSON", reports.Report{}, (*visit).apiTeamReport, readerParam),
		get("rules", "/rules", Known, "the rules, as JSON", api.Rules{}, (*visit).apiRules, listing...),
		get("rule", "/rules/{rule}", Known, "a rule, as JSON", api.Rule{}, (*visit).apiRule),
		get("agreements", "/agreements", Known, "what the organisation has agreed, as JSON", api.Agreements{}, (*visit).apiAgreements, listing...),
		get("agreement", "/agreements/{rule}", Known, "one agreement of the organisation, as JSON", api.Agreement{}, (*visit).apiAgreement),
		get("draft", "/agreements/{rule}/draft", Configures, "what the organisation itself has said of a rule, to begin a change from, as JSON", api.AgreementDraft{}, (*visit).apiDraft),
		guarded(post("saveDraft", "/agreements/{rule}/draft", Configures, "changes what the organisation has agreed", api.SaveDraft{}, (*visit).apiSave)),
		try("previewDraft", "/agreements/{rule}/preview", Configures, "what a changed agreement of the organisation would notice, as JSON", api.Preview{}, (*visit).apiPreview),
		try("draftText", "/agreements/{rule}/text", Configures, "a changed agreement of the organisation as a file would hold it, as JSON", api.DraftText{}, (*visit).apiText),
		get("revisions", "/agreements/{rule}/revisions", Known, "how an agreement of the organisation changed, as JSON", api.Revisions{}, (*visit).apiRevisions, listing...),
		post("rollBack", "/agreements/{rule}/revisions/{number}", Configures, "lets an earlier revision of the organisation's agreement hold again", api.Reasoned{}, (*visit).apiGoBack),
		get("findings", "/findings", Known, "a page of a list of findings, as JSON", api.Findings{}, (*visit).apiFindings, append(filterParams(), listing...)...),
		get("finding", "/findings/{id}", OfFinding, "a finding with its evidence and its trail, as JSON", api.FindingDetail{}, (*visit).apiFinding),
		get("breadth", "/findings/{id}/breadth", ChangesFinding, "what a waiver would cover, as JSON", api.Breadth{}, (*visit).apiBreadth, coversParam),
		post("answer", "/findings/{id}/answer", ChangesFinding, "says that a finding is done on purpose", api.Reasoned{}, (*visit).apiAnswer),
		post("takeBack", "/findings/{id}/take-back", ChangesFinding, "takes an answer back", api.Reasoned{}, (*visit).apiTakeBack),
		post("waive", "/findings/{id}/waive", ChangesFinding, "leaves a finding, its ticket or a label alone for a while", api.Waive{}, (*visit).apiWaive),
		post("vote", "/findings/{id}/vote", OfFinding, "says whether a finding is useful", api.Vote{}, (*visit).apiVote),
		get("waivers", "/waivers", Known, "the waivers, as JSON", api.Waivers{}, (*visit).apiWaivers, listing...),
		post("renew", "/waivers/{waiver}/renew", ChangesWaiver, "renews a waiver", api.Renew{}, (*visit).apiRenew),
		post("end", "/waivers/{waiver}/end", ChangesWaiver, "ends a waiver", api.Reasoned{}, (*visit).apiEnd),
		get("experiments", "/experiments", Known, "the experiments, as JSON", api.Experiments{}, (*visit).apiExperiments, listing...),
		get("experiment", "/experiments/{experiment}", Known, "an experiment, as JSON", api.Experiment{}, (*visit).apiExperiment),
		post("begin", "/experiments", ChangesSomething, "begins an experiment", api.Begin{}, (*visit).apiBegin),
		post("endExperiment", "/experiments/{experiment}/end", ChangesExperiment, "ends an experiment before its last day", api.Reasoned{}, (*visit).apiEndExperiment),
		post("withdrawExperiment", "/experiments/{experiment}/withdraw", ChangesExperiment, "withdraws an experiment that was begun by mistake", api.Reasoned{}, (*visit).apiWithdrawExperiment),
		get("trends", "/trends", Known, "numbers week by week, as JSON", api.Trends{}, (*visit).apiTrends, trendParams...),
		get("reports", "/reports", Known, "the archive of weekly reports, as JSON", api.Reports{}, (*visit).apiReports, append([]param{onlyTeamParam}, listing...)...),
		get("organisationReport", "/reports/{week}", OfOrganisation, "the organisation's weekly report, as JSON", reports.Report{}, (*visit).apiOrganisationReport),
		get("data", "/data", Known, "what the numbers rest on, as JSON", api.Health{}, (*visit).apiHealth),
		get("trail", "/trail", Known, "the audit trail, as JSON", api.Trail{}, (*visit).apiTrail, listing...),
		get("openapi", "/openapi.json", Anyone, "the description of all of this (OpenAPI 3.1)", map[string]any{}, (*visit).apiDocument),
	}
}

// apiRoutes are the operations as routes: the query is read before any of them.
func apiRoutes() []Route {
	var out []Route
	for _, op := range operations() {
		r, handle := op.Route, op.handle
		r.handle = func(v *visit) error {
			var err error
			if v.asked, err = v.read(op.Params); err != nil {
				return err
			}
			if r.Method == http.MethodPost {
				return v.once(handle)
			}
			return handle(v)
		}
		out = append(out, r)
	}
	return out
}

// forProgram reports whether a program reads the answer, whatever it is.
func forProgram(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/api" || r.URL.Path == metricsPath
}
