package dashboard

import (
	"cmp"
	"slices"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

func inOrderOf(wrong []api.FieldError) []api.FieldError {
	slices.SortFunc(wrong, func(a, b api.FieldError) int { return cmp.Compare(a.Field, b.Field) })
	return wrong
}

// apiWaivers answers with the waivers that are for the viewer to know of.
func (v *visit) apiWaivers() error {
	all, err := v.s.Data.Waivers(v.r.Context())
	if err != nil {
		return err
	}
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	seen := slices.DeleteFunc(slices.Clone(all), func(w finding.Waiver) bool { return !v.seesWaiver(l, &w) })
	page, p, err := paged(v, seen, func(w *finding.Waiver) string { return keyOf(inDigits(w.Expires().Unix()), w.ID) }, true)
	if err != nil {
		return err
	}
	out := api.Waivers{Waivers: make([]api.Waiver, len(page)), Page: p}
	for i := range page {
		out.Waivers[i] = v.waiverOf(l, &page[i])
	}
	return v.answerJSON(out)
}

func (v *visit) waiverOf(l *Ledger, w *finding.Waiver) api.Waiver {
	return api.Waiver{
		ID: w.ID, Reason: reports.Clean(w.Reason, reasonLength), By: w.By, ByName: v.personName(w.By), Given: w.Given().UTC(), Until: w.Expires().UTC(), Holds: w.HoldsAt(v.now), Renewals: w.Renewals,
		HeldBack: v.heldBack(l, w), Changes: v.changesAll(l, w),
		Covers: api.Covers{Finding: string(w.Scope.Finding), Source: w.Scope.Ticket.Source, Ticket: clean(cmp.Or(w.Scope.Ticket.Key, w.Scope.Ticket.ID)), Rule: w.Scope.Rule, Label: reports.Clean(w.Scope.Label, textLength)},
	}
}

func experimentSelf(id string) string { return apiPath + "/experiments/" + pathEscape(id) }

// apiExperiments answers with the experiments.
func (v *visit) apiExperiments() error {
	all, err := v.s.Data.Experiments(v.r.Context())
	if err != nil {
		return err
	}
	seen := slices.DeleteFunc(slices.Clone(all), func(e Experiment) bool { return !v.seesExperiment(&e) })
	page, p, err := paged(v, seen, func(e *Experiment) string { return keyOf(string(e.Start), e.ID) }, true)
	if err != nil {
		return err
	}
	out := api.Experiments{Managed: clean(v.s.Data.ExperimentsIn()), Experiments: make([]api.Experiment, len(page)), Page: p}
	for i := range page {
		out.Experiments[i] = v.experimentOf(&page[i])
	}
	return v.answerJSON(out)
}

func (v *visit) apiExperiment() error {
	e, err := v.experimentAsked()
	if err != nil {
		return err
	}
	return v.answerJSON(v.experimentOf(e))
}

func (v *visit) experimentOf(e *Experiment) api.Experiment {
	out := api.Experiment{
		ID: e.ID, Self: experimentSelf(e.ID), Name: clean(e.Name), Hypothesis: reports.Clean(e.Hypothesis, textLength), Team: e.Team, Measure: e.Measure, Expect: clean(e.Expect),
		Guardrail: reports.Clean(e.Guardrail, textLength), Start: string(e.Start), End: string(e.End), Running: v.runs(e),
	}
	if v.access.Changes(e.Team) {
		out.Managed = clean(e.KeptIn)
	}
	if end := e.Ended; end != nil {
		out.Ended = &api.EndedEarly{At: end.At.UTC(), By: end.By, ByName: v.personName(end.By), Why: reports.Clean(end.Why, reasonLength), Planned: string(end.Planned)}
	}
	if v.seesOutcome(e) {
		out.Outcome = &api.Outcome{Verdict: clean(e.Verdict), Text: reports.Clean(e.Text, textLength), Guarded: reports.Clean(e.Guarded, textLength), Before: comparedOf(&e.Before), After: comparedOf(&e.After)}
	}
	return out
}

func comparedOf(c *Compared) *api.Compared {
	if c.First == "" {
		return nil
	}
	out := &api.Compared{First: clean(c.First), Last: clean(c.Last), Known: c.Known}
	if c.Known > 0 {
		out.Mean = &c.Mean
	}
	return out
}
