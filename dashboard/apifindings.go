package dashboard

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

// filterParams are what a list of findings is narrowed by: the same as on its page.
func filterParams() []param {
	words := func(first string, all ...string) []string { return append(all, first) }
	var state, severity, age []string
	for _, s := range states {
		state = append(state, string(s))
	}
	for _, s := range severities {
		severity = append(severity, string(s))
	}
	for _, a := range ages {
		age = append(age, a.value)
	}
	return []param{
		{Name: "team", Help: "The id of a team; a dot for work that no team owns."},
		{Name: "rule", Help: "The id of a rule."},
		{Name: "severity", Help: "How grave it is.", Enum: severity},
		{Name: "state", Help: "Where it stands; open without it, any for all.", Enum: words(anyState, state...)},
		{Name: "age", Help: "For how long it has been open, at least.", Enum: age},
	}
}

// apiFindings answers with a page of a list. Who has it already is told so before
// any of it is looked up.
func (v *visit) apiFindings() error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	if err := v.knownNames(l); err != nil {
		return err
	}
	after, err := v.after()
	if err != nil {
		return err
	}
	if v.has(v.version(l)) {
		return nil
	}
	f := v.filter()
	items, more, ok := l.After(f.Query, after, v.asked.number("limit"))
	if !ok {
		return wrongCursor("It is not one that was given out here. Begin without it, and follow the next links.")
	}
	out := api.Findings{AsOf: l.At.UTC(), Findings: make([]api.Finding, len(items)), Page: api.Page{Total: l.Count(f.Query)}}
	for i, one := range items {
		out.Findings[i] = findingOf(l, one)
	}
	if more {
		out.Next = v.nextAfter(PlaceOf(items[len(items)-1]))
	}
	body, err := jsonOf(out)
	if err != nil {
		return err
	}
	return v.sendTagged("application/json", body)
}

// knownNames refuses a team or a rule that there is not, and was not: a typing slip
// would read as a list in which nothing is.
func (v *visit) knownNames(l *Ledger) error {
	var wrong []api.FieldError
	if team := v.asked.get("team"); team != "" && team != noTeam {
		if _, known := v.dir.Team(team); !known {
			wrong = append(wrong, api.FieldError{Field: "team", Text: unknownWord(team, idsOf(v.dir.Teams()))})
		}
	}
	if rule := v.asked.get("rule"); rule != "" && numberOf(&l.rules, rule) == noOne {
		if _, known := v.s.Data.Book().Rule(rule); !known {
			wrong = append(wrong, api.FieldError{Field: "rule", Text: unknownWord(rule, v.ruleIDs())})
		}
	}
	if len(wrong) > 0 {
		return wrongRequest(http.StatusBadRequest, "That query is not understood", wrong)
	}
	return nil
}

func (v *visit) ruleIDs() []string {
	var out []string
	for _, r := range v.s.Data.Book().Rules() {
		out = append(out, r.ID)
	}
	return out
}

func findingOf(l *Ledger, f *finding.Finding) api.Finding {
	e := exportedOf(l, f)
	return api.Finding{
		ID: string(e.ID), Self: findingSelf(f.ID), State: string(e.State), Severity: string(e.Severity), Team: e.Team, Rule: e.Rule, Kind: string(e.Kind), Key: e.Key, Title: e.Title,
		URL: e.URL, Promise: e.Promise, Reason: e.Reason, Ask: e.Ask, Audience: string(e.Audience), FirstSeen: e.FirstSeen.UTC(), OpenSince: e.OpenSince.UTC(), LastSeen: e.LastSeen.UTC(), WeeksOpen: e.Weeks,
	}
}

func findingSelf(id finding.ID) string { return apiPath + findingHref(id) }

// apiFinding answers with the one in the address.
func (v *visit) apiFinding() error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	f := v.found
	out := api.FindingDetail{Finding: findingOf(l, f), Labels: texts(f.Labels, mostLabels), Evidence: []api.Evidence{}, Spans: []api.Span{}, Changes: v.access.Changes(f.Team)}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, api.Evidence{Fact: clean(e.Fact), Value: reports.Clean(e.Value, longestExported), At: e.At.UTC(), URL: reports.SafeURL(e.URL)})
	}
	for _, s := range f.Spans {
		out.Spans = append(out.Spans, api.Span{From: s.From.UTC(), To: s.To.UTC(), End: string(s.End)})
	}
	entries, err := v.s.Data.TrailOf(v.r.Context(), f.ID)
	if err != nil {
		return err
	}
	out.Trail = v.entries(entries)
	vote, err := v.s.Data.VoteOf(v.r.Context(), f.ID, v.viewer.Person)
	if err != nil {
		return err
	}
	out.Vote = string(vote)
	return v.answerJSON(out)
}

// texts are untrusted texts, at most so many.
func texts(all []string, most int) []string {
	out := make([]string, 0, min(len(all), most))
	for _, s := range all[:min(len(all), most)] {
		out = append(out, reports.Clean(s, textLength))
	}
	return out
}

// entries are lines of the trail.
func (v *visit) entries(all []Entry) []api.Entry {
	out := make([]api.Entry, len(all))
	for i, e := range all {
		out[i] = api.Entry{
			At: e.At.UTC(), By: e.By, What: reports.Clean(e.What, textLength), Why: reports.Clean(e.Why, reasonLength), Finding: string(e.Finding), Team: e.Team, Rule: e.Rule, Configuring: e.Configuring,
		}
		if e.By != "" {
			out[i].ByName = v.personName(e.By)
		}
	}
	return out
}

// apiTrail answers with a page of the audit trail. Its pages are the store's: what of
// them is not for the viewer is left out.
func (v *visit) apiTrail() error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	from, err := v.after()
	if err == nil && len(from) > longestParam {
		err = wrongCursor("It is not one that was given out here. Begin without it, and follow the next links.")
	}
	if err != nil {
		return err
	}
	var seen []Entry
	limit := v.asked.number("limit")
	for turned := 0; turned < mostTurned && len(seen) < limit; turned++ {
		entries, next, err := v.s.Data.Trail(v.r.Context(), from, limit-len(seen))
		if err != nil {
			return err
		}
		seen = append(seen, slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return !v.seesEntry(l, &e) })...)
		if from = next; from == "" {
			break
		}
	}
	out := api.Trail{Entries: v.entries(seen)}
	if from != "" {
		out.Next = v.nextAfter(from)
	}
	return v.answerJSON(out)
}

// coversParam says what a waiver would cover.
var coversParam = param{Name: "covers", Help: "What the waiver would cover: finding, ticket, or label: and one of the finding's labels.", Default: "finding", Long: true}

// apiBreadth answers with how much that is.
func (v *visit) apiBreadth() error {
	scope, err := v.scopeAsked(v.asked.get("covers"), http.StatusBadRequest)
	if err != nil {
		return err
	}
	b, refused, err := v.breadthOf(scope)
	if err != nil {
		return err
	}
	out := api.Breadth{Open: b.Open, Allowed: refused == "", Text: breadthText(b)}
	if refused != "" {
		out.Text += " " + refused
	}
	return v.answerJSON(out)
}

func (v *visit) scopeAsked(covers string, status int) (finding.Scope, error) {
	scope, offered := scopeOf(v.found, covers)
	if offered {
		return scope, nil
	}
	var known []string
	for _, o := range scopes(v.found) {
		known = append(known, clean(o.Value))
	}
	return scope, wrongRequest(status, "That cannot be kept as it is", []api.FieldError{{Field: "covers", Text: fmt.Sprintf("%q is nothing that a waiver of this finding covers. ", clean(covers)) + perhaps(covers, known)}})
}
