package dashboardtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// whose is whose agreement on which rule.
type whose struct{ team, rule string }

// benched is what the workbench keeps: what is said now, what was said at each
// revision, and what the files say.
type benched struct {
	said     map[whose]dashboard.AgreementDraft
	files    map[whose]dashboard.AgreementDraft
	past     map[int64]dashboard.AgreementDraft
	number   int64
	moment   time.Time // of the latest change
	teamsAre []string
}

// Draft implements dashboard.Workbench, as do the four below.
func (d *Data) Draft(_ context.Context, team, rule string) (dashboard.AgreementDraft, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.draft(whose{team, rule})
}

func (d *Data) draft(w whose) (dashboard.AgreementDraft, error) {
	_, isTeam := d.Dir.Team(w.team)
	r, isRule := d.Agreed.Rule(w.rule)
	if w.team != "" && !isTeam || !isRule {
		return dashboard.AgreementDraft{}, dashboard.ErrNotFound
	}
	out := d.bench.said[w]
	out.Settings = maps.Clone(out.Settings)
	if d.hostile != nil {
		out = d.hostile.draft(out, &r)
	}
	out.Team, out.Rule = w.team, r.ID
	return out, nil
}

// Preview notices more or less of some made-up work, by how far the whole numbers among
// the settings are from what ships: the same draft always the same.
func (d *Data) Preview(_ context.Context, draft dashboard.AgreementDraft) (dashboard.Preview, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.bookWith(draft); err != nil && d.hostile == nil {
		return dashboard.Preview{}, err
	}
	if atoi(draft.Settings["depth"]) > 50 {
		return dashboard.Preview{}, &dashboard.Refusal{Text: "looking at the last 12 weeks took longer than 10 seconds; a smaller depth is looked at faster"}
	}
	w := whose{draft.Team, draft.Rule}
	tell := d.tellOf(w, draft)
	now, before := d.noticed(w, draft), d.noticed(w, d.bench.said[w])
	out := previewOf(now, tell)
	if d.holds(w) {
		today := previewOf(before, tell)
		out.Today = &today
		only := func(these, others []made) []made {
			return slices.DeleteFunc(slices.Clone(these), func(m made) bool { return slices.Contains(others, m) })
		}
		more, fewer := previewOf(only(now, before), tell), previewOf(only(before, now), tell)
		out.More, out.MoreOpen, out.MoreSamples = more.Raised, more.Open, more.Samples
		out.Fewer, out.FewerOpen, out.FewerSamples = fewer.Raised, fewer.Open, fewer.Samples
	}
	if r, _ := d.Agreed.Rule(draft.Rule); r.ReplayNote != "" {
		out.Untold = r.ReplayNote
	}
	if d.hostile != nil {
		d.hostile.preview(&out)
	}
	return out, nil
}

func (d *Data) holds(w whose) bool { return d.Agreed.Has(w.team, w.rule) }

// Text writes the draft as a file of the team would hold it.
func (d *Data) Text(_ context.Context, draft dashboard.AgreementDraft) (dashboard.DraftText, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hostile != nil {
		return dashboard.DraftText{File: d.hostile.text(), Text: d.hostile.text() + "\n" + d.hostile.text(), Patch: d.hostile.text()}, nil
	}
	if _, err := d.bookWith(draft); err != nil {
		return dashboard.DraftText{}, err
	}
	out := dashboard.DraftText{File: "fairlead.yaml", Text: entryOf(draft)}
	if draft.Team != "" {
		out.File = "teams/" + draft.Team + ".yaml"
	}
	if d.KeptIn != "" {
		out.Patch = patchOf(out.File, entryOf(d.bench.said[whose{draft.Team, draft.Rule}]), out.Text)
	}
	return out, nil
}

// SaveAgreement keeps the draft, unless there is a newer one or it cannot be.
func (d *Data) SaveAgreement(_ context.Context, by dashboard.Viewer, draft dashboard.AgreementDraft, why string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := whose{draft.Team, draft.Rule}
	now, err := d.draft(w)
	if err != nil {
		return err
	}
	if draft.Base != now.Base {
		return dashboard.ErrChanged
	}
	if err := d.keep(w, draft, by, changesIn(now, draft), why); err != nil {
		return err
	}
	d.said = append(d.said, fmt.Sprintf("%s saves %s of %q: %s", by.Person, draft.Rule, draft.Team, why))
	return nil
}

// RollBack keeps what an earlier revision said as a new one.
func (d *Data) RollBack(_ context.Context, by dashboard.Viewer, team, rule string, to int64, why string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := whose{team, rule}
	draft, ok := d.bench.past[to]
	text := fmt.Sprintf("as revision %d had it", to)
	if to == 0 {
		draft, ok, text = d.bench.files[w], true, "as the files say"
	}
	if !ok || to > 0 && (draft.Team != team || draft.Rule != rule) {
		return dashboard.ErrNotFound
	}
	if err := d.keep(w, draft, by, text, why); err != nil {
		return err
	}
	d.said = append(d.said, fmt.Sprintf("%s goes back to %d with %s of %q: %s", by.Person, to, rule, team, why))
	return nil
}

// keep makes a draft what holds, as a revision of its own.
func (d *Data) keep(w whose, draft dashboard.AgreementDraft, by dashboard.Viewer, text, why string) error {
	b := &d.bench
	if draft.When == "" {
		draft.When = b.said[w].When // nobody says otherwise
	}
	draft.Team, draft.Rule, draft.Base = w.team, w.rule, b.number+1
	book, err := d.bookWith(draft)
	if err != nil {
		return err
	}
	b.number++
	b.moment = b.moment.Add(time.Minute)
	b.said[w], b.past[b.number] = draft, draft
	d.Agreed = book
	d.Changed = slices.Insert(slices.Clone(d.Changed), 0, dashboard.Revision{Number: b.number, Team: w.team, Rule: w.rule, At: b.moment, By: by.Person, Text: text, Why: why})
	return nil
}

// bookWith is what would be agreed with the draft, or everything that cannot be in it.
func (d *Data) bookWith(draft dashboard.AgreementDraft) (*rules.Book, error) {
	all := d.Agreed.Rules()
	said := maps.Clone(d.bench.said)
	said[whose{draft.Team, draft.Rule}] = draft
	i := slices.IndexFunc(all, func(r rules.Rule) bool { return r.ID == draft.Rule })
	if i < 0 {
		return nil, dashboard.ErrNotFound
	}
	wrong := conditionOf(&all[i], draft.When)
	if draft.When != "" && len(wrong) == 0 {
		all[i].When = draft.When
	}
	var agreed []rules.Agreement
	for _, w := range slices.SortedFunc(maps.Keys(said), func(a, b whose) int { return strings.Compare(a.team+" "+a.rule, b.team+" "+b.rule) }) {
		r, ok := d.Agreed.Rule(w.rule)
		if !ok {
			continue
		}
		a, mistakes := agreementOf(&r, said[w])
		a.Team, a.Rule = w.team, w.rule
		if w == (whose{draft.Team, draft.Rule}) {
			wrong = append(wrong, mistakes...)
			a.Mistake = func(hint, text string, path ...any) yamlfile.Mistake {
				return yamlfile.Mistake{Place: yamlfile.Place{File: "draft:" + joined(path)}, Text: text, Hint: hint}
			}
		}
		agreed = append(agreed, a)
	}
	_, err := rules.NewBook(all, agreed, d.bench.teamsAre)
	var mistakes yamlfile.Mistakes
	if errors.As(err, &mistakes) {
		for _, m := range mistakes {
			field, _ := strings.CutPrefix(m.File, "draft:")
			wrong = append(wrong, dashboard.Mistake{Field: field, Text: m.Text, Hint: m.Hint})
		}
		err = nil
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	for i := range agreed {
		agreed[i].Mistake = d.placed(whose{agreed[i].Team, agreed[i].Rule}, said)
	}
	book, _ := rules.NewBook(all, agreed, d.bench.teamsAre)
	return book, err
}

// placed is where people find what was said: in a file, or at which revision.
func (d *Data) placed(w whose, said map[whose]dashboard.AgreementDraft) func(hint, text string, path ...any) yamlfile.Mistake {
	at := yamlfile.Place{File: "fairlead.yaml", Line: 12, Column: 5}
	switch n := said[w].Base; {
	case n > 0:
		at = yamlfile.Place{File: fmt.Sprintf("revision %d", n)}
	case w.team != "":
		at.File = "teams/" + w.team + ".yaml"
	}
	return func(hint, text string, _ ...any) yamlfile.Mistake {
		return yamlfile.Mistake{Place: at, Text: text, Hint: hint}
	}
}

func joined(path []any) string {
	parts := make([]string, len(path))
	for i, p := range path {
		parts[i] = fmt.Sprint(p)
	}
	return strings.Join(parts, ".")
}

// conditionOf compiles a condition in a rule of the same scope and settings.
func conditionOf(r *rules.Rule, when string) dashboard.Mistakes {
	if when == "" {
		return nil
	}
	head := fmt.Sprintf("id: tried\ntitle: t\nscope: %s\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: team\n", r.Scope)
	if r.GroupBy != "" {
		head += fmt.Sprintf("group_by: %q\n", r.GroupBy)
	}
	if r.Scope == "assignment" || r.Scope == "change" {
		head += "window: duration(\"24h\")\n"
	}
	if len(r.Settings) > 0 {
		head += "settings:\n"
	}
	for i := range r.Settings {
		s := &r.Settings[i]
		words := s.Words()
		if s.Type == rules.TextSetting {
			words = strconv.Quote(words)
		}
		head += fmt.Sprintf("  %s: {type: %s, default: %s, help: h}\n", s.Name, s.Type, words)
	}
	head += "when: |\n"
	_, err := rules.Parse("tried.yaml", []byte(head+"  "+strings.ReplaceAll(when, "\n", "\n  ")+"\n"))
	var mistakes yamlfile.Mistakes
	if !errors.As(err, &mistakes) {
		return nil
	}
	var out dashboard.Mistakes
	for _, m := range mistakes {
		out = append(out, dashboard.Mistake{Field: "when", Line: max(m.Line-strings.Count(head, "\n"), 0), Column: max(m.Column-2, 0), Text: m.Text, Hint: m.Hint})
	}
	return out
}

// agreementOf reads a draft as a file would be read.
func agreementOf(r *rules.Rule, d dashboard.AgreementDraft) (rules.Agreement, dashboard.Mistakes) {
	var wrong dashboard.Mistakes
	a := rules.Agreement{
		Promise: d.Promise, Ask: d.Ask, Tell: audience(d.Tell), Stage: rules.Stage(d.Stage), ReviewOn: d.ReviewOn, Off: d.Off, Because: d.Because,
		Except: rules.Exceptions{Labels: d.ExceptLabels, Projects: d.ExceptProjects}, Pin: rules.Pin{All: d.PinAll, Names: d.Pins}, Settings: map[string]any{},
	}
	if d.RemindAfter != "" {
		n, err := strconv.Atoi(d.RemindAfter)
		if err != nil || n < 0 || n > 60 {
			wrong = append(wrong, dashboard.Mistake{Field: "remind.after", Text: fmt.Sprintf("%q is no number of working days", d.RemindAfter), Hint: "write a whole number from 0 to 60"})
		}
		a.Remind.After = &n
	}
	if d.RemindComment != "" {
		yes := d.RemindComment == "yes"
		a.Remind.Comment = &yes
	}
	for name, text := range d.Settings {
		s, ok := r.Setting(name)
		if !ok {
			a.Settings[name] = text
			continue
		}
		v, err := s.Read(text)
		if err != nil {
			said, hint, _ := strings.Cut(err.Error(), "\n\t")
			wrong = append(wrong, dashboard.Mistake{Field: "settings." + name, Text: strings.TrimPrefix(said, name+": "), Hint: hint})
			continue
		}
		switch s.Type {
		case rules.PercentSetting, rules.DurationSetting, rules.WaitSetting:
			a.Settings[name] = text // as a file holds it
		default:
			a.Settings[name] = v
		}
	}
	return a, wrong
}

// changesIn tells in words what a draft changes.
func changesIn(was, is dashboard.AgreementDraft) string {
	var out []string
	change := func(name, from, to string) {
		if from != to {
			out = append(out, fmt.Sprintf("%s %s → %s", name, orNothing(from), orNothing(to)))
		}
	}
	change("off", strconv.FormatBool(was.Off), strconv.FormatBool(is.Off))
	change("promise", was.Promise, is.Promise)
	change("ask", was.Ask, is.Ask)
	change("stage", was.Stage, is.Stage)
	change("tell", was.Tell, is.Tell)
	change("review_on", string(was.ReviewOn), string(is.ReviewOn))
	names := slices.Sorted(maps.Keys(is.Settings))
	for _, name := range slices.Sorted(maps.Keys(was.Settings)) {
		if _, still := is.Settings[name]; !still {
			names = append(names, name)
		}
	}
	for _, name := range names {
		change(name, was.Settings[name], is.Settings[name])
	}
	if was.When != is.When {
		out = append(out, "another condition")
	}
	if len(out) == 0 {
		return "nothing that is noticed"
	}
	return strings.Join(out, ", ")
}

func orNothing(s string) string {
	if s == "" {
		return "(as before)"
	}
	return s
}

// entryOf is a draft as YAML.
func entryOf(d dashboard.AgreementDraft) string {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "    %s: %s\n", key, value)
		}
	}
	quoted := func(s string) string {
		if s == "" {
			return ""
		}
		return strconv.Quote(s)
	}
	fmt.Fprintf(&b, "agreements:\n  - rule: %s\n", d.Rule)
	if d.Off {
		line("off", "true")
	}
	line("because", quoted(d.Because))
	line("promise", quoted(d.Promise))
	if len(d.Settings) > 0 {
		line("settings", " ")
		for _, name := range slices.Sorted(maps.Keys(d.Settings)) {
			line("  "+name, d.Settings[name])
		}
	}
	line("ask", quoted(d.Ask))
	line("stage", d.Stage)
	line("tell", d.Tell)
	line("review_on", string(d.ReviewOn))
	if len(d.ExceptLabels) > 0 {
		line("except", "{labels: ["+strings.Join(d.ExceptLabels, ", ")+"]}")
	}
	if d.When != "" {
		fmt.Fprintf(&b, "    # the condition belongs into the rule's own file\n    # when: |\n    #   %s\n", strings.ReplaceAll(d.When, "\n", "\n    #   "))
	}
	return strings.ReplaceAll(b.String(), ":  \n", ":\n")
}

// patchOf is the difference of two entries as diff writes it.
func patchOf(file, was, is string) string {
	old, now := strings.Split(strings.TrimSuffix(was, "\n"), "\n"), strings.Split(strings.TrimSuffix(is, "\n"), "\n")
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n@@ -1,%d +1,%d @@\n", file, file, len(old), len(now))
	for _, l := range old {
		if !slices.Contains(now, l) {
			b.WriteString("-" + l + "\n")
		}
	}
	for _, l := range now {
		mark := " "
		if !slices.Contains(old, l) {
			mark = "+"
		}
		b.WriteString(mark + l + "\n")
	}
	return b.String()
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
