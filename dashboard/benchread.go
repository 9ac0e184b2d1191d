package dashboard

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// written reads a field of a form: text as people type it, its lines kept, without
// characters that no keyboard makes.
func (v *visit) written(name string) string { return typed(v.r.PostFormValue(name)) }

func typed(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, s)
	return strings.Trim(s, " \t\n")
}

// read is the draft that the form holds. What somebody else holds fast stays as it
// was said, whatever was sent.
func (b *bench) read() AgreementDraft {
	base, _ := strconv.ParseInt(b.r.PostFormValue("base"), 10, 64)
	d := AgreementDraft{
		Team: b.id, Rule: b.holds.Rule.ID, Base: base, Off: b.written("off") == "off", Because: b.written("because"), Promise: oneLineOf(b.written("promise")), Ask: b.written("ask"),
		Stage: b.written("stage"), Tell: b.written("tell"), ReviewOn: ticket.Date(b.written("review_on")), RemindAfter: b.written("remind.after"), RemindComment: b.written("remind.comment"),
		Settings: map[string]string{}, ExceptLabels: entriesOf(b.written("except.labels")), ExceptProjects: entriesOf(b.written("except.projects")), When: b.readCondition(),
	}
	for i := range b.holds.Settings {
		s := &b.holds.Settings[i].Setting
		if written := b.readSetting(s); written != "" {
			d.Settings[s.Name] = written
		}
	}
	if b.id == "" {
		d.PinAll = b.r.PostFormValue("pin_all") != ""
		d.Pins = slices.Clone(b.r.PostForm["pin"])
		d.Pins = d.Pins[:min(len(d.Pins), mostEntries)]
	}
	b.keepPinned(&d)
	return d
}

func oneLineOf(s string) string { return strings.Join(strings.Fields(s), " ") }

// readSetting is a setting as a file would hold it.
func (b *bench) readSetting(s *rules.Setting) string {
	name := "settings." + s.Name
	written := b.written(name)
	switch s.Type {
	case rules.PercentSetting:
		if written != "" && !strings.HasSuffix(written, "%") {
			written += " %"
		}
	case rules.DurationSetting, rules.WaitSetting:
		return amount(written, b.written("unit."+name))
	case rules.ListSetting:
		return listOf(written)
	}
	return written
}

// readCondition is the condition that was written. Left as it stands, or empty, it is
// what was said before.
func (b *bench) readCondition() string {
	when := b.written("when")
	if when == "" || when == typed(b.holds.Rule.When) {
		return b.said.When
	}
	return when
}

// keepPinned leaves what is pinned as it was said.
func (b *bench) keepPinned(d *AgreementDraft) {
	for name, keep := range map[string]func(){
		"off": func() { d.Off = b.said.Off }, "promise": func() { d.Promise = b.said.Promise }, "ask": func() { d.Ask = b.said.Ask }, "stage": func() { d.Stage = b.said.Stage },
		"tell": func() { d.Tell = b.said.Tell }, "review_on": func() { d.ReviewOn = b.said.ReviewOn }, "remind.after": func() { d.RemindAfter = b.said.RemindAfter },
		"remind.comment": func() { d.RemindComment = b.said.RemindComment }, "except.labels": func() { d.ExceptLabels = b.said.ExceptLabels },
		"except.projects": func() { d.ExceptProjects = b.said.ExceptProjects },
	} {
		if b.pinned(name) {
			keep()
		}
	}
	for i := range b.holds.Settings {
		name := b.holds.Settings[i].Name
		if !b.pinned("settings." + name) {
			continue
		}
		delete(d.Settings, name)
		if said, ok := b.said.Settings[name]; ok {
			d.Settings[name] = said
		}
	}
}

// tooMuch is what of the draft goes beyond what is kept, before anybody looks at it.
func (b *bench) tooMuch(d *AgreementDraft) Mistakes {
	var out Mistakes
	long := func(field, text string, most int) {
		if n := utf8.RuneCountInString(text); n > most {
			out = append(out, Mistake{Field: field, Text: "That is " + number(n) + " characters, and there is room for " + number(most) + ".", Hint: "Shorten it; the tracker or a page of your own is a better place for so much."})
		}
	}
	long("promise", d.Promise, longestPromise)
	long("ask", d.Ask, longestPromise)
	long("because", d.Because, longestReason)
	for i := range b.holds.Settings {
		name := b.holds.Settings[i].Name
		long("settings."+name, d.Settings[name], longestSetting)
	}
	for field, list := range map[string][]string{"except.labels": d.ExceptLabels, "except.projects": d.ExceptProjects} {
		if len(list) > mostEntries {
			out = append(out, Mistake{Field: field, Text: "These are " + number(len(list)) + " lines, and there is room for " + number(mostEntries) + "."})
		}
		for _, entry := range list {
			long(field, entry, longestEntry)
		}
	}
	if _, err := ticket.ParseDate(string(d.ReviewOn)); err != nil {
		out = append(out, Mistake{Field: "review_on", Text: "“" + clean(string(d.ReviewOn)) + "” is no day.", Hint: "Choose one, like " + b.now.AddDate(0, 3, 0).Format("2006-01-02") + ", or leave it empty."})
	}
	slices.SortStableFunc(out, func(x, y Mistake) int { return cmp.Compare(x.Field, y.Field) })
	return out
}

// Of the two texts about a condition that somebody may try and not save.
const (
	conditionNotYours = "The condition holds for everybody who has the rule, so only who configures fairlead saves another."
	conditionHint     = "Take the text to them (“See it as YAML”), or put the old condition back and save the rest."
)

// mayNotSave is what of the draft the viewer may try, and not save.
func (b *bench) mayNotSave(d *AgreementDraft) Mistakes {
	if d.When != "" && d.When != typed(b.said.When) && d.When != typed(b.holds.Rule.When) && !b.ownCondition() {
		return Mistakes{{Field: "when", Text: conditionNotYours, Hint: conditionHint}}
	}
	return nil
}
