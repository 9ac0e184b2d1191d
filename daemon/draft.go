package daemon

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

const (
	// longestField is how many characters a field of a draft may have, its condition
	// aside, which rules bound.
	longestField = 2000
	// mostListed is how many entries a list of a draft may have.
	mostListed = 200
)

// drafted is a draft as a file would hold it, and what would hold with it.
type drafted struct {
	dashboard.AgreementDraft
	holds *terms     // what it was laid over
	rule  rules.Rule // with the condition of the draft
	text  string     // of the agreement
	// agreement is what the text says.
	agreement config.Agreement
	// conditioned says that the condition is another than the rule has today.
	conditioned bool
	book        *rules.Book // nil where there are mistakes
}

// subject is what a revision of the agreement would be of, and ofRule one of the
// condition.
func (d *drafted) subject() subject { return subject{store.OfAgreement, d.Team, d.Rule} }
func (d *drafted) ofRule() subject  { return subject{store.OfRule, "", d.Rule} }

// drafted reads a draft by what holds. The error is dashboard.ErrNotFound, or
// dashboard.Mistakes with everything that cannot be in it; the text is there with
// mistakes too.
func (f *Fairlead) drafted(d dashboard.AgreementDraft) (*drafted, error) {
	out := &drafted{AgreementDraft: d, holds: f.terms()}
	rule, known := f.book().Rule(d.Rule)
	if _, isTeam := f.cfg().Directory.Team(d.Team); !known || d.Team != "" && !isTeam {
		return nil, fmt.Errorf("an agreement of %q on %q: %w", d.Team, d.Rule, dashboard.ErrNotFound)
	}
	out.rule = rule
	a, wrong := agreementIn(&d, &rule)
	out.text = a.Text()
	layers := out.holds.without(out.subject())
	e := config.PageEntry{Page: "agreements", Team: d.Team, Text: out.text}
	read, err := out.holds.files.ReadAgreement(e)
	wrong = append(wrong, out.placed(err, e.Name())...)
	out.agreement = read
	layers = append(layers, layer{Revision: store.Revision{Kind: store.OfAgreement, Team: d.Team, Name: d.Rule}, agreement: &read})
	if when := strings.TrimSpace(d.When); when != "" && when != strings.TrimSpace(rule.When) {
		out.conditioned = true
		changed, found := rule.WithCondition("agreements page, condition not saved yet", when, ships(rule.ID))
		for _, m := range found {
			wrong = append(wrong, dashboard.Mistake{Field: "when", Line: m.Line, Column: m.Column, Text: m.Text, Hint: m.Hint})
		}
		if len(found) == 0 {
			out.rule = changed
			layers = slices.DeleteFunc(layers, func(l layer) bool { return subjectOf(&l.Revision) == out.ofRule() })
			layers = append(layers, layer{Revision: store.Revision{Kind: store.OfRule, Name: d.Rule}, rule: &changed})
		}
	}
	if len(wrong) > 0 {
		return out, wrong
	}
	if _, out.book, err = over(out.holds.files, out.holds.base, layers); err != nil {
		return out, out.placed(err, e.Name())
	}
	return out, nil
}

// without are the layers of all but the subject.
func (t *terms) without(of subject) []layer {
	return slices.DeleteFunc(slices.Clone(t.layers), func(l layer) bool { return subjectOf(&l.Revision) == of })
}

// placed puts mistakes beside the fields of the form. One that stands elsewhere, in a
// file or in what others said, is about the whole.
func (d *drafted) placed(err error, name string) dashboard.Mistakes {
	var found yamlfile.Mistakes
	if err != nil && !errors.As(err, &found) {
		return dashboard.Mistakes{{Text: rules.Paragraph(err.Error())}}
	}
	var out dashboard.Mistakes
	for _, m := range found {
		one := dashboard.Mistake{Text: m.Text, Hint: m.Hint}
		if m.File == name {
			one.Field = fieldAt(d.text, m.Line)
		} else {
			one.Text = saidAt(m.Place) + ": " + one.Text
		}
		out = append(out, one)
	}
	return out
}

// fieldAt is what stands in a line of an agreement's text, where each key has a line
// of its own: settings.min_chars.
func fieldAt(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	key := func(l string) string {
		name, _, _ := strings.Cut(strings.TrimSpace(l), ":")
		return name
	}
	at := lines[line-1]
	if !strings.HasPrefix(at, " ") {
		if key(at) == "rule" {
			return ""
		}
		return key(at)
	}
	for _, above := range slices.Backward(lines[:line-1]) {
		if !strings.HasPrefix(above, " ") {
			return key(above) + "." + key(at)
		}
	}
	return key(at)
}

// agreementIn is the draft as an agreement of the configuration, and what of it cannot
// be written at all.
func agreementIn(d *dashboard.AgreementDraft, rule *rules.Rule) (config.Agreement, dashboard.Mistakes) {
	r := draftReader{}
	a := config.Agreement{
		Rule: d.Rule, Team: d.Team, Off: d.Off, Because: r.text("because", d.Because), Promise: r.text("promise", d.Promise), Ask: r.text("ask", d.Ask),
		Stage: r.text("stage", d.Stage), Tell: r.text("tell", d.Tell), ReviewOn: d.ReviewOn, PinAll: d.PinAll, Pin: r.list("pin", d.Pins),
		ExceptLabels: r.list("except.labels", d.ExceptLabels), ExceptProjects: r.list("except.projects", d.ExceptProjects), Settings: r.settings(d, rule),
	}
	a.RemindAfter, a.RemindComment = r.days(d.RemindAfter), r.yesOrNo(d.RemindComment)
	return a, r.wrong
}

// draftReader reads the fields of a draft and collects what is wrong with them.
type draftReader struct{ wrong dashboard.Mistakes }

func (r *draftReader) refuse(field, text, hint string) {
	r.wrong = append(r.wrong, dashboard.Mistake{Field: field, Text: text, Hint: hint})
}

// text is what somebody wrote, without what cannot be seen.
func (r *draftReader) text(field, s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.TrimSpace(strings.Map(func(c rune) rune {
		if c != '\n' && !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, s))
	if n := utf8.RuneCountInString(s); n > longestField {
		r.refuse(field, fmt.Sprintf("this has %d characters", n), fmt.Sprintf("say it in at most %d", longestField))
		return ""
	}
	return s
}

func (r *draftReader) list(field string, list []string) []string {
	if len(list) > mostListed {
		r.refuse(field, fmt.Sprintf("this has %d entries", len(list)), fmt.Sprintf("name at most %d", mostListed))
		return nil
	}
	var out []string
	for _, s := range list {
		if s = r.text(field, s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (r *draftReader) settings(d *dashboard.AgreementDraft, rule *rules.Rule) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(d.Settings)) {
		value := r.text("settings."+name, d.Settings[name])
		if value == "" {
			continue
		}
		s, known := rule.Setting(name)
		if !known {
			r.refuse("", fmt.Sprintf("%s has no setting %q", rule.ID, rules.OneLine(name)), "load the page again: the rule has changed")
			continue
		}
		out[name] = s.FromWords(value)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (r *draftReader) days(written string) *int {
	written = r.text("remind.after", written)
	if written == "" {
		return nil
	}
	n, err := strconv.Atoi(written)
	if err != nil {
		r.refuse("remind.after", fmt.Sprintf("%q is no number of working days", rules.OneLine(written)), "write it like 1")
		return nil
	}
	return &n
}

func (r *draftReader) yesOrNo(written string) *bool {
	var is bool
	switch strings.ToLower(strings.TrimSpace(written)) {
	case "":
		return nil
	case "yes", "true":
		is = true
	case "no", "false":
	default:
		r.refuse("remind.comment", fmt.Sprintf("%q is neither yes nor no", rules.OneLine(written)), "write yes or no")
		return nil
	}
	return &is
}

// draftOf is an agreement as the form holds it.
func draftOf(a *config.Agreement, rule *rules.Rule) dashboard.AgreementDraft {
	d := dashboard.AgreementDraft{
		Team: a.Team, Rule: a.Rule, Off: a.Off, Because: a.Because, Promise: a.Promise, Ask: a.Ask, Stage: a.Stage, Tell: a.Tell, ReviewOn: a.ReviewOn,
		ExceptLabels: a.ExceptLabels, ExceptProjects: a.ExceptProjects, PinAll: a.PinAll, Pins: a.Pin,
	}
	if a.RemindAfter != nil {
		d.RemindAfter = strconv.Itoa(*a.RemindAfter)
	}
	if a.RemindComment != nil {
		d.RemindComment = map[bool]string{true: "yes", false: "no"}[*a.RemindComment]
	}
	for name, v := range a.Settings {
		if s, known := rule.Setting(name); known {
			if d.Settings == nil {
				d.Settings = map[string]string{}
			}
			d.Settings[name] = s.WordsOf(v)
		}
	}
	return d
}
