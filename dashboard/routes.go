package dashboard

import "net/http"

// Who says whom a route is for. It is decided before the handler is called, from
// the address and the viewer alone.
type Who string

// The circles.
const (
	// Anyone: also who is not signed in.
	Anyone Who = "anyone"
	// Known: everybody whom the directory knows; the page holds what each may see.
	Known Who = "everybody in the directory"
	// OfTeam: who may open the page of the team in the address.
	OfTeam Who = "who may open the team's page"
	// InTeam: who may see what is told to the team in the address.
	InTeam Who = "who may see the team's findings"
	// OfAgreements: who may read what the team in the address has agreed.
	OfAgreements Who = "who may read the team's agreements"
	// OfOrganisation: who may see the numbers of the whole organisation.
	OfOrganisation Who = "who may see the organisation's numbers"
	// OfFinding: who may see the finding in the address.
	OfFinding Who = "who may see the finding"
	// ChangesFinding: who may see the finding and answer for its team.
	ChangesFinding Who = "who may answer and waive the team's findings"
	// ChangesSomething: who may change what some team, or everybody, does.
	ChangesSomething Who = "who may change what a team does"
	// ChangesWaiver: who may change everything that the waiver in the address covers.
	ChangesWaiver Who = "who may change the work the waiver covers"
	// ChangesExperiment: who may see the experiment in the address and change what
	// those do who try it.
	ChangesExperiment Who = "who may change what the team that tries it does"
	// ChangesTeam: who may change what the team in the address agreed.
	ChangesTeam Who = "who may change what the team agreed"
	// Configures: who may configure.
	Configures Who = "who may configure"
	// ReadsMetrics: who may configure, and tokens of the API made for metrics.
	ReadsMetrics Who = "who may configure, and tokens with the scope metrics"
)

// Route is an address that is answered.
type Route struct {
	Method  string
	Pattern string // as http.ServeMux reads it
	Who     Who
	Shows   string // what it answers with, for documents

	handle func(*visit) error
}

// scope is what a token of the API needs for the route.
func (r *Route) scope() Scope {
	switch {
	case r.Who == ReadsMetrics:
		return ScopeMetrics
	case r.Method == http.MethodGet:
		return ScopeRead
	case r.Who == ChangesSomething, r.Who == ChangesExperiment, r.Who == ChangesTeam, r.Who == Configures:
		return ScopeConfigure
	}
	return ScopeAnswer
}

// Routes is every route of the dashboard. It is the only place in which one is
// registered, so that a test of who may do what can go through all of them.
func Routes() []Route {
	return append([]Route{
		{http.MethodGet, "/{$}", Known, "the overview of organisation and teams", (*visit).overview},
		{http.MethodGet, "/teams", Known, "the teams", (*visit).teamList},
		{http.MethodGet, "/teams/{team}", OfTeam, "a team", (*visit).team},
		{http.MethodGet, "/teams/{team}/agreements", OfAgreements, "what a team has agreed", (*visit).teamAgreements},
		{http.MethodGet, "/teams/{team}/agreements/{rule}", OfAgreements, "one agreement of a team", (*visit).teamAgreement},
		{http.MethodGet, "/teams/{team}/agreements/{rule}/change", ChangesTeam, "a form to change an agreement of a team, with a preview", (*visit).changing},
		{http.MethodPost, "/teams/{team}/agreements/{rule}/change", ChangesTeam, "previews a changed agreement of a team, shows it as text, or saves it", (*visit).change},
		{http.MethodPost, "/teams/{team}/agreements/{rule}/preview", ChangesTeam, "what a changed agreement of a team would notice, for the form", (*visit).changePreview},
		{http.MethodGet, "/teams/{team}/agreements/{rule}/revisions", OfAgreements, "how an agreement of a team changed", (*visit).revisions},
		{http.MethodPost, "/teams/{team}/agreements/{rule}/revisions/{number}", ChangesTeam, "shows what going back to a revision means and, once that is confirmed, goes back", (*visit).goBack},
		{http.MethodGet, "/teams/{team}/agreements/{rule}/agreement.yaml", OfAgreements, "an agreement of a team, as a file holds it", (*visit).agreementFile},
		{http.MethodGet, "/teams/{team}/reports/{week}", InTeam, "a team's weekly report", (*visit).teamReport},
		{http.MethodGet, "/rules/{rule}", Known, "a rule: its trend, findings and votes", (*visit).rule},
		{http.MethodGet, "/rules/{rule}/words/{version}", Known, "the words that a condition of the rule may use, for its editor", (*visit).ruleWords},
		{http.MethodGet, "/findings", Known, "a list of findings", (*visit).findings},
		{http.MethodGet, "/findings.csv", Known, "a list of findings as CSV", (*visit).findingsCSV},
		{http.MethodGet, "/findings.json", Known, "a list of findings as JSON", (*visit).findingsJSON},
		{http.MethodGet, "/findings/{id}", OfFinding, "a finding", (*visit).finding},
		{http.MethodPost, "/findings/{id}/answer", ChangesFinding, "answers a finding", (*visit).answer},
		{http.MethodPost, "/findings/{id}/take-back", ChangesFinding, "takes an answer back", (*visit).takeBack},
		{http.MethodGet, "/findings/{id}/breadth", ChangesFinding, "what a waiver would cover, as JSON", (*visit).breadth},
		{http.MethodPost, "/findings/{id}/waive", ChangesFinding, "shows what a waiver would cover and, once that is confirmed, waives", (*visit).waive},
		{http.MethodPost, "/findings/{id}/vote", OfFinding, "says whether a finding is useful", (*visit).vote},
		{http.MethodGet, "/waivers", Known, "the waivers", (*visit).waivers},
		{http.MethodPost, "/waivers/{waiver}/renew", ChangesWaiver, "renews a waiver", (*visit).renewWaiver},
		{http.MethodPost, "/waivers/{waiver}/end", ChangesWaiver, "ends a waiver", (*visit).endWaiver},
		{http.MethodGet, "/agreements", Known, "what the organisation has agreed", (*visit).agreements},
		{http.MethodGet, "/agreements/{rule}", Known, "one agreement of the organisation", (*visit).agreement},
		{http.MethodGet, "/agreements/{rule}/change", Configures, "a form to change an agreement of the organisation, with a preview", (*visit).changing},
		{http.MethodPost, "/agreements/{rule}/change", Configures, "previews a changed agreement of the organisation, shows it as text, or saves it", (*visit).change},
		{http.MethodPost, "/agreements/{rule}/preview", Configures, "what a changed agreement of the organisation would notice, for the form", (*visit).changePreview},
		{http.MethodGet, "/agreements/{rule}/revisions", Known, "how an agreement of the organisation changed", (*visit).revisions},
		{http.MethodPost, "/agreements/{rule}/revisions/{number}", Configures, "shows what going back to a revision means and, once that is confirmed, goes back", (*visit).goBack},
		{http.MethodGet, "/agreements/{rule}/agreement.yaml", Known, "an agreement of the organisation, as a file holds it", (*visit).agreementFile},
		{http.MethodGet, "/experiments", Known, "the experiments", (*visit).experiments},
		{http.MethodGet, "/experiments/new", ChangesSomething, "a form for a new experiment", (*visit).newExperiment},
		{http.MethodPost, "/experiments", ChangesSomething, "begins an experiment", (*visit).beginExperiment},
		{http.MethodGet, "/experiments/{experiment}", Known, "an experiment", (*visit).experiment},
		{http.MethodPost, "/experiments/{experiment}/end", ChangesExperiment, "ends an experiment before its last day", (*visit).endExperiment},
		{http.MethodPost, "/experiments/{experiment}/withdraw", ChangesExperiment, "withdraws an experiment that was begun by mistake", (*visit).withdrawExperiment},
		{http.MethodGet, "/reports", Known, "the archive of weekly reports", (*visit).reports},
		{http.MethodGet, "/reports/{week}", OfOrganisation, "the organisation's weekly report", (*visit).organisationReport},
		{http.MethodGet, "/data", Known, "what the numbers rest on", (*visit).health},
		{http.MethodGet, "/trail", Known, "the audit trail", (*visit).trail},
		{http.MethodGet, "/healthz", Anyone, "that the process runs", (*visit).healthz},
		{http.MethodGet, "/readyz", Anyone, "that pages can be answered", (*visit).readyz},
		{http.MethodPost, "/csp-report", Anyone, "takes in what a browser refused to load", (*visit).cspReport},
		{http.MethodGet, assetsPath + "{version}/{file...}", Anyone, "styles, scripts and pictures of the pages", (*visit).asset},
		{http.MethodGet, metricsPath, ReadsMetrics, "the metrics that fairlead tells of itself", (*visit).metrics},
	}, apiRoutes()...)
}
