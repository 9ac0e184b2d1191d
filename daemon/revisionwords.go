package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// Revisions tells how agreements and conditions changed, on pages and in files, the
// latest first.
func (p *pages) Revisions(ctx context.Context) ([]dashboard.Revision, error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	var out []dashboard.Revision
	for _, r := range slices.Backward(v.revisions) {
		if r.kind != store.OfExperiment {
			out = append(out, r.Revision)
		}
	}
	return out, nil
}

// toldRevision is a revision in words.
type toldRevision struct {
	dashboard.Revision
	kind store.RevisionKind
	name string
}

// toldRevisions are all of them in words, oldest first: what each changed against the
// one before it, or against what the files say. One of files is as many as there are
// agreements and rules that were changed in them.
func toldRevisions(t *terms) []toldRevision {
	out := make([]toldRevision, 0, len(t.revisions))
	last := map[subject]string{} // text
	why := map[int64]string{}
	filed := filed{}
	for _, l := range t.left {
		why[l.Number] = l.why
	}
	for i := range t.revisions {
		r := &t.revisions[i]
		if r.Kind == store.OfFiles {
			out = append(out, t.toldOfFiles(r, filed, last)...)
			continue
		}
		before := cmp.Or(last[subjectOf(r)], filed[subjectOf(r)])
		last[subjectOf(r)] = r.Text
		one := toldRevision{Revision: dashboard.Revision{Number: r.Number, Team: r.Team, Rule: r.Name, At: r.At, By: r.By, Why: r.Why}, kind: r.Kind, name: r.Name}
		one.Text = t.changed(r, before)
		if left := why[r.Number]; left != "" {
			one.Text += "; it does not hold at present: " + left
		}
		if r.Kind == store.OfExperiment {
			one.Rule = ""
		}
		out = append(out, one)
	}
	return out
}

// changed tells what a revision changed against the text before it.
func (t *terms) changed(r *store.Revision, before string) string {
	switch {
	case r.Kind == store.OfExperiment:
		return t.experimentChanged(r, before)
	case r.Text == "":
		return "back to what the files say"
	case r.Kind == store.OfRule:
		return "another condition"
	}
	rule, known := t.book.Rule(r.Name)
	is, err := t.files.ReadAgreement(entryOf(r))
	if !known || err != nil {
		return "saved"
	}
	was, err := t.before(r, before)
	if err != nil {
		return "saved"
	}
	return differing(t.valuesOf(&rule, r.Team, was), t.valuesOf(&rule, r.Team, &is))
}

// before is the agreement that a revision took the place of; nil for none.
func (t *terms) before(r *store.Revision, text string) (*config.Agreement, error) {
	if text != "" {
		old := *r
		old.Text = text
		was, err := t.files.ReadAgreement(entryOf(&old))
		return &was, err
	}
	i := slices.IndexFunc(t.files.Agreements, func(a config.Agreement) bool { return a.Team == r.Team && a.Rule == r.Name })
	if i < 0 {
		return nil, nil //nolint:nilnil // that nothing was said is an answer
	}
	return &t.files.Agreements[i], nil
}

// valuesOf is everything that holds by an agreement, over what the organisation says
// now where it is a team's.
func (t *terms) valuesOf(rule *rules.Rule, team string, a *config.Agreement) []rules.Value {
	var own, above *rules.Agreement
	if a != nil {
		own = agreementOf(a)
	}
	if organisation := t.agreementOf("", rule.ID); team != "" && organisation != nil {
		above = agreementOf(organisation)
	}
	if team == "" {
		own, above = nil, own
	}
	out := rule.Values(team, above, own)
	if a != nil {
		pins := strings.Join(a.Pin, ", ")
		if a.PinAll {
			pins = "everything"
		}
		out = append(out, rules.Value{Name: "because", Words: rules.Paragraph(a.Because)}, rules.Value{Name: "pin", Words: pins})
	}
	return out
}

// wordings are the values on which nothing depends that is noticed or told to somebody.
var wordings = []string{"promise", "ask", "because"}

// differing tells in words how values differ.
func differing(was, is []rules.Value) string {
	old, now := wordsByName(was, is), wordsByName(is, was)
	var out []string
	worded := true // nothing is different but how it is said
	for _, name := range valueNames(is, was) {
		a, b := old[name], now[name]
		label := strings.TrimPrefix(name, "settings.")
		worded = worded && (a == b || slices.Contains(wordings, name))
		switch {
		case a == b:
		case name == "off" && b == "true":
			out = append(out, "switched off")
		case name == "off":
			out = append(out, "switched on")
		case a == "":
			out = append(out, fmt.Sprintf("%s is %s", label, rules.OneLine(b)))
		case b == "":
			out = append(out, label+" taken out")
		default:
			out = append(out, fmt.Sprintf("%s from %s to %s", label, rules.OneLine(a), rules.OneLine(b)))
		}
	}
	if len(out) == 0 {
		return "agreed as it was"
	}
	if worded {
		return "only other words, " + strings.Join(out, "; ")
	}
	return strings.Join(out, "; ")
}

// wordsByName are what the values say. What ships and is only told in one of two cases
// is no difference between them.
func wordsByName(all, others []rules.Value) map[string]string {
	out := map[string]string{}
	for _, v := range all {
		if v.From != rules.FromCatalog || slices.ContainsFunc(others, func(o rules.Value) bool { return o.Name == v.Name }) {
			out[v.Name] = strings.TrimPrefix(out[v.Name]+", "+v.Words, ", ")
		}
	}
	return out
}

// valueNames lists the names of values in the order in which they are told.
func valueNames(all ...[]rules.Value) []string {
	var out []string
	for _, v := range slices.Concat(all...) {
		if !slices.Contains(out, v.Name) {
			out = append(out, v.Name)
		}
	}
	return out
}

func (t *terms) experimentChanged(r *store.Revision, before string) string {
	named := func(text string) string {
		x, err := readExperiment(text, r)
		if err != nil || text == "" {
			return rules.OneLine(r.Name)
		}
		return rules.OneLine(x.Name)
	}
	switch {
	case r.Text == "":
		return fmt.Sprintf("withdrew the experiment %q", named(before))
	case endsEarlier(before, r):
		return fmt.Sprintf("ended the experiment %q early", named(r.Text))
	case before == "":
		return fmt.Sprintf("began the experiment %q", named(r.Text))
	}
	return fmt.Sprintf("changed the experiment %q", named(r.Text))
}
