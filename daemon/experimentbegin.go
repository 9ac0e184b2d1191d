package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Begin keeps an experiment as a revision, once it is held against all that an
// experiment in a file is held against. In files there is no form for it.
func (p *pages) Begin(ctx context.Context, by dashboard.Viewer, d dashboard.ExperimentDraft) (string, error) {
	w, err := p.writer(ctx, by)
	if err != nil {
		return "", err
	}
	var r draftReader
	x := config.Experiment{
		Name: r.text("name", d.Name), Hypothesis: r.text("hypothesis", d.Hypothesis), Team: d.Team, Measure: d.Measure, Expect: r.text("expect", d.Expect), Start: d.Start, End: d.End,
	}
	if d.Guardrail != "" {
		x.Guardrail = config.Guardrail{Measure: d.Guardrail, Expect: r.text("guarded", d.Guarded)}
	}
	if len(r.wrong) > 0 {
		return "", &dashboard.Refusal{Field: r.wrong[0].Field, Text: formSentence(r.wrong[0].Text)}
	}
	of := experimentSubject(&x)
	if err := w.mayBegin(&x, of); err != nil {
		return "", err
	}
	return of.name, w.add(ctx, of, x.Text())
}

// mayBegin is a refusal that says what keeps the experiment from being begun.
func (w *revisionWriter) mayBegin(x *config.Experiment, of subject) error {
	t := w.terms()
	if _, isTeam := t.cfg.Directory.Team(x.Team); x.Team != "" && !isTeam {
		return &dashboard.Refusal{Field: "team", Text: fmt.Sprintf("No team has the id %q.", rules.OneLine(x.Team))}
	}
	if slices.ContainsFunc(t.cfg.Experiments, func(o config.Experiment) bool { return o.Team == x.Team && o.Name == x.Name }) {
		return &dashboard.Refusal{Field: "name", Text: "There is an experiment of this name already: choose another."}
	}
	l, err := layerOf(t.files, &store.Revision{Kind: of.kind, Team: of.team, Name: of.name, Text: x.Text()})
	if err == nil {
		_, _, err = over(t.files, t.base, append(t.without(of), l))
	}
	return experimentRefused(x.Text(), err)
}

// experimentFields are the fields of the form whose names differ from those of a file.
var experimentFields = map[string]string{"guardrail.measure": "guardrail", "guardrail.expect": "guarded"}

// experimentRefused puts the first mistake beside its field.
func experimentRefused(text string, err error) error {
	var found yamlfile.Mistakes
	if !errors.As(err, &found) || len(found) == 0 {
		return err
	}
	m := found.Sorted()[0]
	field := fieldAt(text, m.Line)
	if form, other := experimentFields[field]; other {
		field = form
	}
	if !config.OnPage(m.Place) {
		field = ""
	}
	out := formSentence(rules.OneLine(m.Text))
	if m.Hint != "" {
		out += " " + formSentence(rules.OneLine(m.Hint))
	}
	return &dashboard.Refusal{Field: field, Text: out}
}
