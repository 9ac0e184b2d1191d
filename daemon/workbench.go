package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/store"
)

var _ dashboard.Workbench = (*pages)(nil)

// Draft is what the team has said of the rule so far, by what is newest.
func (p *pages) Draft(ctx context.Context, team, rule string) (dashboard.AgreementDraft, error) {
	f, err := p.f.steady(ctx)
	if err != nil {
		return dashboard.AgreementDraft{}, err
	}
	return f.draft(team, rule)
}

func (f *Fairlead) draft(team, rule string) (dashboard.AgreementDraft, error) {
	r, known := f.book().Rule(rule)
	if _, isTeam := f.cfg().Directory.Team(team); !known || team != "" && !isTeam {
		return dashboard.AgreementDraft{}, fmt.Errorf("an agreement of %q on %q: %w", team, rule, dashboard.ErrNotFound)
	}
	d := dashboard.AgreementDraft{Team: team, Rule: rule, Off: !f.book().Has(team, rule)}
	if a := f.terms().agreementOf(team, rule); a != nil {
		d = draftOf(a, &r)
	}
	t := f.terms()
	d.Base = max(t.latestOf(subject{store.OfAgreement, team, rule}), t.latestOf(subject{store.OfRule, "", rule}))
	if slices.ContainsFunc(t.layers, func(l layer) bool { return l.rule != nil && l.Name == rule }) {
		d.When = strings.TrimSpace(r.When)
	}
	return d, nil
}

// agreementOf is what the team itself says of the rule; nil when it says nothing.
func (t *terms) agreementOf(team, rule string) *config.Agreement {
	i := slices.IndexFunc(t.cfg.Agreements, func(a config.Agreement) bool { return a.Team == team && a.Rule == rule })
	if i < 0 {
		return nil
	}
	return &t.cfg.Agreements[i]
}

// SaveAgreement keeps the draft as revisions: one of the agreement, and one of the
// condition where that is another. Each is one row of the store, and what holds is
// sensible with the first alone too.
func (p *pages) SaveAgreement(ctx context.Context, by dashboard.Viewer, d dashboard.AgreementDraft, why string) error {
	w, err := p.writerBecause(ctx, by, why)
	if err != nil {
		return err
	}
	now, err := w.draft(d.Team, d.Rule)
	if err != nil {
		return err
	}
	if now.Base != d.Base {
		return dashboard.ErrChanged
	}
	out, err := w.drafted(d)
	if err != nil {
		return err
	}
	before, _ := agreementIn(&now, &out.rule)
	same := out.text == before.Text() && (w.terms().agreementOf(d.Team, d.Rule) != nil || !d.Off)
	if out.conditioned && !by.Admin {
		return dashboard.Mistakes{{Field: "when", Text: "the condition of a rule is for everybody, and changed by who configures fairlead", Hint: "leave it as it is, or ask one of the admins"}}
	}
	if same && !out.conditioned {
		return &dashboard.Refusal{Text: "Nothing is changed: this is what holds."}
	}
	if out.conditioned {
		if err := w.add(ctx, out.ofRule(), out.rule.Text()); err != nil {
			return err
		}
	}
	if same {
		return nil
	}
	return w.add(ctx, out.subject(), out.text)
}

// RollBack makes what an earlier revision said hold again. To what the files say goes
// back, for the organisation, the condition too.
func (p *pages) RollBack(ctx context.Context, by dashboard.Viewer, team, rule string, to int64, why string) error {
	w, err := p.writerBecause(ctx, by, why)
	if err != nil {
		return err
	}
	if _, err := w.draft(team, rule); err != nil {
		return err
	}
	back := map[subject]string{}
	agreement, condition := subject{store.OfAgreement, team, rule}, subject{store.OfRule, "", rule}
	if to == 0 {
		back[agreement] = ""
		if team == "" && by.Admin {
			back[condition] = ""
		}
	}
	for i := range w.terms().revisions {
		r := &w.terms().revisions[i]
		if of := subjectOf(r); r.Number == to && (of == agreement || of == condition && team == "") {
			back[of] = r.Text
		}
	}
	if len(back) == 0 {
		return fmt.Errorf("revision %d of %s: %w", to, rule, dashboard.ErrNotFound)
	}
	if _, changed := back[condition]; changed && !by.Admin {
		return &dashboard.Refusal{Text: "The condition of a rule is for everybody, and changed by who configures fairlead."}
	}
	maps.DeleteFunc(back, func(of subject, text string) bool { return text == w.terms().textOf(of) })
	if len(back) == 0 {
		return &dashboard.Refusal{Text: "Nothing is changed: this is what holds."}
	}
	if err := w.terms().fits(back); err != nil {
		return err
	}
	for _, of := range []subject{condition, agreement} {
		if text, is := back[of]; is {
			if err := w.add(ctx, of, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// textOf is the text of the latest revision of the subject; empty when there is none.
func (t *terms) textOf(of subject) string {
	for _, r := range slices.Backward(t.revisions) {
		if subjectOf(&r) == of {
			return r.Text
		}
	}
	return ""
}

// fits reports what keeps the texts from holding in place of what their subjects say.
func (t *terms) fits(texts map[subject]string) error {
	layers := slices.Clone(t.layers)
	for of, text := range texts {
		layers = slices.DeleteFunc(layers, func(l layer) bool { return subjectOf(&l.Revision) == of })
		if text == "" {
			continue
		}
		l, err := layerOf(t.files, &store.Revision{Kind: of.kind, Team: of.team, Name: of.name, Text: text})
		if err != nil {
			return mistaken(err)
		}
		layers = append(layers, l)
	}
	_, _, err := over(t.files, t.base, layers)
	return mistaken(err)
}

// mistaken are mistakes in what is not in a form, each with where it stands; nil for
// none.
func mistaken(err error) error {
	if err == nil {
		return nil
	}
	return (&drafted{}).placed(err, "")
}

// revisionWriter keeps revisions that somebody makes, from what held when they began.
type revisionWriter struct {
	*Fairlead
	p       *pages
	by, why string
}

// writerBecause is a writer with a reason, without which it is refused.
func (p *pages) writerBecause(ctx context.Context, by dashboard.Viewer, why string) (*revisionWriter, error) {
	w, err := p.writer(ctx, by)
	if err != nil {
		return nil, err
	}
	if w.why, err = reasonGiven(why); err != nil {
		return nil, refusal("reason", err)
	}
	return w, nil
}

// writer is refused where agreements are managed in files, and to who is nobody.
func (p *pages) writer(ctx context.Context, by dashboard.Viewer) (*revisionWriter, error) {
	f, err := p.f.steady(ctx)
	if err != nil {
		return nil, err
	}
	if in := p.AgreementsIn(); in != "" {
		return nil, &dashboard.Refusal{Text: fmt.Sprintf("Agreements and experiments are changed in %s here.", in)}
	}
	w := &revisionWriter{Fairlead: f, p: p}
	if w.by, err = f.speaker(Speaker{By: by.Person}); err != nil {
		return nil, refusal("", err)
	}
	return w, nil
}

// add keeps a revision, and lets it hold at once.
func (w *revisionWriter) add(ctx context.Context, of subject, text string) error {
	r := store.Revision{Kind: of.kind, Team: of.team, Name: of.name, Text: text, By: w.by, Why: w.why, At: w.now()}
	_, err := w.store.AddRevision(ctx, r, w.terms().latestOf(of))
	if errors.Is(err, store.ErrOutrun) {
		return dashboard.ErrChanged
	}
	if err != nil {
		return err
	}
	defer w.p.changed(ctx)
	return w.p.f.renew(context.WithoutCancel(ctx))
}
