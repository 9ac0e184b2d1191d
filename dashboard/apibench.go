package dashboard

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/ticket"
)

// apiDraft answers with what was said of an agreement so far.
func (v *visit) apiDraft() error {
	b, err := v.bench()
	if err != nil {
		return err
	}
	return v.answerJSON(b.draftAnswer())
}

func (b *bench) draftAnswer() api.AgreementDraft {
	return api.AgreementDraft{Rule: b.holds.Rule.ID, Self: apiPath + b.href() + "/draft", Team: b.id, Managed: b.kept, Draft: draftSent(&b.said)}
}

// draftSent is a draft as programs read it.
func draftSent(d *AgreementDraft) api.Draft {
	out := api.Draft{
		Base: d.Base, Off: d.Off, Because: typed(d.Because), Promise: typed(d.Promise), Ask: typed(d.Ask), Stage: typed(d.Stage), Tell: typed(d.Tell), ReviewOn: typed(string(d.ReviewOn)),
		RemindAfter: typed(d.RemindAfter), RemindComment: typed(d.RemindComment), Settings: map[string]string{}, ExceptLabels: allTyped(d.ExceptLabels),
		ExceptProjects: allTyped(d.ExceptProjects), PinAll: d.PinAll, Pins: allTyped(d.Pins), When: typed(d.When),
	}
	for name, value := range d.Settings {
		out.Settings[typed(name)] = typed(value)
	}
	return out
}

// draftOf is what a program sent. Unlike in the form nothing is left as it was said
// before: what is missing is missing.
func (b *bench) draftOf(sent *api.Draft) AgreementDraft {
	d := AgreementDraft{
		Team: b.id, Rule: b.holds.Rule.ID, Base: sent.Base, Off: sent.Off, Because: typed(sent.Because), Promise: oneLineOf(typed(sent.Promise)), Ask: typed(sent.Ask), Stage: typed(sent.Stage),
		Tell: typed(sent.Tell), ReviewOn: ticket.Date(typed(sent.ReviewOn)), RemindAfter: typed(sent.RemindAfter), RemindComment: typed(sent.RemindComment), Settings: map[string]string{},
		ExceptLabels: allTyped(sent.ExceptLabels), ExceptProjects: allTyped(sent.ExceptProjects), PinAll: sent.PinAll, Pins: allTyped(sent.Pins), When: typed(sent.When),
	}
	for name, value := range sent.Settings {
		if value = typed(value); value != "" {
			d.Settings[name] = value
		}
	}
	return d
}

func allTyped(all []string) []string {
	var out []string
	for _, s := range all {
		if s = oneLineOf(typed(s)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// apiPreview answers with what a draft would notice.
func (v *visit) apiPreview() error {
	b, sent, err := benchSent[api.TryDraft](v)
	if err != nil {
		return err
	}
	d := b.draftOf(&sent.Draft)
	if wrong := b.tooMuch(&d); len(wrong) > 0 {
		return mistaken(wrong)
	}
	p, err := v.s.Workbench.Preview(v.r.Context(), d)
	if err != nil {
		return b.toProgram(err)
	}
	return b.answerPreview(&d, &p)
}

func (b *bench) answerPreview(d *AgreementDraft, p *Preview) error {
	t := b.tried(d, p)
	out := api.Preview{
		Text: t.Sentence, Compared: t.Compared, Hidden: t.Hidden, Stopped: t.Stopped, Untold: t.Untold, Samples: b.samplesSent(d, p.Samples), MoreSamples: []api.Sample{}, FewerSamples: []api.Sample{},
	}
	if b.tells(d) {
		out.Numbers = &api.PreviewNumbers{Raised: p.Raised, Open: p.Open, Weeks: b.weeksSent(p)}
		if p.Today != nil {
			out.Numbers.Today = &api.PreviewToday{Raised: p.Today.Raised, Open: p.Today.Open, Weeks: b.weeksSent(p.Today), More: p.More, Fewer: p.Fewer, MoreOpen: p.MoreOpen, FewerOpen: p.FewerOpen}
			out.MoreSamples, out.FewerSamples = b.samplesSent(d, p.MoreSamples), b.samplesSent(d, p.FewerSamples)
		}
	}
	body, err := jsonOf(out)
	if err != nil {
		return err
	}
	b.send(http.StatusOK, "application/json", body)
	return nil
}

func (b *bench) weeksSent(p *Preview) []api.PreviewWeek {
	weeks := b.weekNames(p)
	out := make([]api.PreviewWeek, len(p.Weeks))
	for i, w := range p.Weeks {
		out[i] = api.PreviewWeek{Week: weeks[i], Opened: w.Opened, Closed: w.Closed, Open: w.Open}
	}
	return out
}

// samplesSent are those that the viewer may see.
func (b *bench) samplesSent(d *AgreementDraft, all []Sample) []api.Sample {
	out := []api.Sample{}
	for i := range all {
		if s := &all[i]; b.tells(d) && b.seesSample(s) {
			out = append(out, api.Sample{
				Key: clean(s.Key), Title: reports.Clean(s.Title, titleLength), URL: reports.SafeURL(s.URL), Team: s.Team, Tell: string(s.Tell), Text: reports.Clean(s.Text, textLength), Since: s.Since.UTC(), Open: s.Open,
			})
		}
	}
	return out
}

// apiText answers with a draft as a file would hold it.
func (v *visit) apiText() error {
	b, sent, err := benchSent[api.TryDraft](v)
	if err != nil {
		return err
	}
	d := b.draftOf(&sent.Draft)
	t, wrong, err := b.text(&d)
	switch {
	case err != nil:
		return err
	case len(wrong) > 0:
		return mistaken(wrong)
	}
	body, err := jsonOf(api.DraftText{File: t.File, YAML: t.Text, Patch: t.Patch})
	if err != nil {
		return err
	}
	v.send(http.StatusOK, "application/json", body)
	return nil
}

// apiSave makes a draft what holds.
func (v *visit) apiSave() error {
	b, sent, err := benchSent[api.SaveDraft](v)
	if err != nil {
		return err
	}
	if b.kept != "" {
		return agreementsElsewhere(b.kept, b.href())
	}
	if err := b.asItWas(); err != nil {
		return err
	}
	d := b.draftOf(&sent.Draft)
	reason, why := checkedReason(sent.Reason)
	wrong := append(b.tooMuch(&d), b.mayNotSave(&d)...)
	if why != "" {
		wrong = append(wrong, Mistake{Field: "reason", Text: why})
	}
	if len(wrong) > 0 {
		return mistaken(wrong)
	}
	if err := v.s.Workbench.SaveAgreement(v.r.Context(), v.viewer, d, reason); err != nil {
		return b.toProgram(err)
	}
	return v.done("agreed", apiPath+b.href(), nil)
}

// asItWas refuses to go on where the request is to hold for the draft as it was read,
// and that is another one now.
func (b *bench) asItWas() error {
	asked := b.r.Header.Get("If-Match")
	if asked == "" {
		return nil
	}
	body, err := jsonOf(b.draftAnswer())
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	if matches(asked, `"`+tag+`"`) || matches(asked, `"`+tag+`-gzip"`) {
		return nil
	}
	return problem{Status: http.StatusPreconditionFailed, Title: "It is another one by now", Text: "Nothing was changed: the agreement is not the one that the tag in If-Match was given for. Read it again, and begin from there."}
}

// apiRevisions answers with how an agreement changed.
func (v *visit) apiRevisions() error {
	b, err := v.bench()
	if err != nil {
		return err
	}
	history, err := b.history()
	if err != nil {
		return err
	}
	page, p, err := paged(v, history, func(r *Revision) string { return fmt.Sprintf("%020d %020d %s", r.At.UnixNano(), r.Number, r.Text) }, true)
	if err != nil {
		return err
	}
	out := api.Revisions{Revisions: make([]api.Revision, len(page)), Page: p}
	for i := range page {
		out.Revisions[i] = v.revisionOf(&page[i])
	}
	return v.answerJSON(out)
}

// apiGoBack lets an earlier revision hold again.
func (v *visit) apiGoBack() error {
	b, sent, err := benchSent[api.Reasoned](v)
	if err != nil {
		return err
	}
	_, to, err := b.asked()
	if err != nil {
		return err
	}
	reason, why := checkedReason(sent.Reason)
	if err := mended(api.FieldError{Field: "reason", Text: why}); err != nil {
		return err
	}
	if err := v.s.Workbench.RollBack(v.r.Context(), v.viewer, b.id, b.holds.Rule.ID, to.Number, reason); err != nil {
		return b.toProgram(err)
	}
	return v.done("rolled-back", apiPath+b.href(), nil)
}

// benchSent is the agreement in the address, and what was sent about it.
func benchSent[T any](v *visit) (*bench, T, error) {
	b, err := v.bench()
	if err != nil {
		var nothing T
		return nil, nothing, err
	}
	body, err := sent[T](v)
	return b, body, err
}

// toProgram is what came of the workbench, as a problem.
func (b *bench) toProgram(err error) error {
	var wrong Mistakes
	var refusal *Refusal
	switch {
	case errors.As(err, &wrong):
		return mistaken(wrong)
	case errors.As(err, &refusal):
		return mistaken(Mistakes{{Field: refusal.Field, Text: refusal.Text}})
	case errors.Is(err, ErrChanged):
		return problem{Status: http.StatusConflict, Title: "Somebody else saved it meanwhile", Text: "Nothing was changed: the draft begins from revision " + strconv.FormatInt(b.said.Base, 10) + " no longer, or never did. Read the draft again, lay your change over it, and send it with its base."}
	}
	return err
}

// sentFields are the names that programs know fields by, where they differ from the form.
var sentFields = strings.NewReplacer("remind.after", "remind_after", "remind.comment", "remind_comment", "except.labels", "except_labels", "except.projects", "except_projects")

// mistaken tells a program everything that cannot be in a draft.
func mistaken(wrong Mistakes) error {
	out := make([]api.FieldError, 0, len(wrong))
	for _, m := range wrong[:min(len(wrong), mostWrong)] {
		one := api.FieldError{Text: mistakeText(m), Line: m.Line, Column: m.Column}
		switch m.Field {
		case "":
		case "reason":
			one.Field = "reason"
		case "pin":
			one.Field = "draft.pins"
		default:
			one.Field = "draft." + sentFields.Replace(clean(m.Field))
		}
		out = append(out, one)
	}
	return wrongRequest(http.StatusUnprocessableEntity, "That cannot be kept as it is", out)
}
