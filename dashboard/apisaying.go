package dashboard

import (
	"net/http"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/ticket"
)

// mended is nil where nothing is wrong with what was sent.
func mended(wrong ...api.FieldError) error {
	var out []api.FieldError
	for _, w := range wrong {
		if w.Text != "" {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return wrongRequest(http.StatusUnprocessableEntity, "That cannot be kept as it is", out)
}

// reasonSent reads a body that holds a reason and nothing else.
func (v *visit) reasonSent() (string, error) {
	b, err := sent[api.Reasoned](v)
	if err != nil {
		return "", err
	}
	reason, wrong := checkedReason(b.Reason)
	return reason, mended(api.FieldError{Field: "reason", Text: wrong})
}

func (v *visit) apiAnswer() error {
	reason, err := v.reasonSent()
	if err != nil {
		return err
	}
	return v.done("answered", findingSelf(v.found.ID), v.s.Changes.Answer(v.r.Context(), v.viewer, v.found.ID, reason))
}

func (v *visit) apiTakeBack() error {
	reason, err := v.reasonSent()
	if err != nil {
		return err
	}
	return v.done("taken-back", findingSelf(v.found.ID), v.s.Changes.TakeBack(v.r.Context(), v.viewer, v.found.ID, reason))
}

// apiWaive gives a waiver, as far as the viewer may give one so broad.
func (v *visit) apiWaive() error {
	b, err := sent[api.Waive](v)
	if err != nil {
		return err
	}
	reason, wrong := checkedReason(b.Reason)
	t, _ := v.dir.Team(v.found.Team)
	end, late := v.checkedUntil(b.Until, v.clock(t).loc)
	if err := mended(api.FieldError{Field: "reason", Text: wrong}, api.FieldError{Field: "until", Text: late}); err != nil {
		return err
	}
	scope, err := v.scopeAsked(b.Covers, http.StatusUnprocessableEntity)
	if err != nil {
		return err
	}
	_, refused, err := v.breadthOf(scope)
	if err != nil {
		return err
	}
	if refused != "" {
		return problem{Status: http.StatusForbidden, Title: notYoursToChange.Title, Text: "Nothing was changed. " + refused}
	}
	return v.done("waived", findingSelf(v.found.ID), v.s.Changes.Waive(v.r.Context(), v.viewer, scope, reason, end))
}

func (v *visit) apiVote() error {
	b, err := sent[api.Vote](v)
	if err != nil {
		return err
	}
	vote := Vote(b.Vote)
	if vote != NoVote && vote != Useful && vote != NotUseful {
		return mended(api.FieldError{Field: "vote", Text: unknownWord(b.Vote, []string{string(Useful), string(NotUseful)})})
	}
	return v.done("voted", findingSelf(v.found.ID), v.s.Changes.Vote(v.r.Context(), v.viewer, v.found.ID, vote))
}

func (v *visit) apiRenew() error {
	b, err := sent[api.Renew](v)
	if err != nil {
		return err
	}
	reason, wrong := checkedReason(b.Reason)
	end, late := v.checkedUntil(b.Until, v.clock(nil).loc)
	if err := mended(api.FieldError{Field: "reason", Text: wrong}, api.FieldError{Field: "until", Text: late}); err != nil {
		return err
	}
	return v.done("renewed", apiPath+"/waivers", v.s.Changes.Renew(v.r.Context(), v.viewer, v.waiver.ID, reason, end))
}

func (v *visit) apiEnd() error {
	reason, err := v.reasonSent()
	if err != nil {
		return err
	}
	return v.done("ended", apiPath+"/waivers", v.s.Changes.EndWaiver(v.r.Context(), v.viewer, v.waiver.ID, reason))
}

func (v *visit) apiEndExperiment() error {
	if err := v.trialElsewhere(); err != nil {
		return err
	}
	reason, err := v.reasonSent()
	if err != nil {
		return err
	}
	return v.done("ended-early", experimentSelf(v.trial.ID), v.s.Changes.EndExperiment(v.r.Context(), v.viewer, v.trial.ID, reason))
}

func (v *visit) apiWithdrawExperiment() error {
	if err := v.trialElsewhere(); err != nil {
		return err
	}
	reason, err := v.reasonSent()
	if err != nil {
		return err
	}
	return v.done("withdrawn", apiPath+"/experiments", v.s.Changes.WithdrawExperiment(v.r.Context(), v.viewer, v.trial.ID, reason))
}

// apiBegin keeps a new experiment.
func (v *visit) apiBegin() error {
	if where := v.s.Data.ExperimentsIn(); where != "" {
		return managedElsewhere(where)
	}
	b, err := sent[api.Begin](v)
	if err != nil {
		return err
	}
	text := func(s string) string { return reports.Clean(s, longestReason) }
	d := ExperimentDraft{
		Name: text(b.Name), Hypothesis: text(b.Hypothesis), Team: text(b.Team), Measure: text(b.Measure), Expect: text(b.Expect),
		Guardrail: text(b.Guardrail), Guarded: text(b.Guarded), Start: ticket.Date(text(b.Start)), End: ticket.Date(text(b.End)),
	}
	if !v.access.Changes(d.Team) {
		return notYoursToChange
	}
	var wrong []api.FieldError
	for field, text := range v.wrongDraft(&d) {
		wrong = append(wrong, api.FieldError{Field: field, Text: text})
	}
	if err := mended(inOrderOf(wrong)...); err != nil {
		return err
	}
	id, err := v.s.Changes.Begin(v.r.Context(), v.viewer, d)
	return v.done("begun", experimentSelf(id), err)
}
