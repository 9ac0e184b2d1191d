package dashboard

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/reports"
)

// changePage is the workbench: everything that can be said of an agreement, what it
// would notice, and how it is saved.
type changePage struct {
	Headline string
	Lead     string
	Back     link
	Action   string
	Rule     string
	Kept     string // where agreements are managed, when that is not here
	Draft    AgreementDraft
	Off      field
	Because  field
	Words    []field
	Tuning   []field
	Telling  []field
	Excepts  []field
	Pins     []option // the organisation's
	Org      bool
	AllHeld  bool // the organisation has pinned everything
	Editor   editor
	Reason   field
	Mend     []mending
	Refused  bool // it was to be saved
	Clash    *clash
	Tried    *tried
	Text     *draftText
}

// draftText is the draft as a file holds it.
type draftText struct{ File, Text, Patch string }

// clash is what somebody else saved meanwhile.
type clash struct {
	Text   string
	Others []revisionRow
	Apart  []parted
}

// parted is a field in which two drafts differ.
type parted struct{ Label, Yours, Theirs string }

// changing shows the form with what was said so far.
func (v *visit) changing() error {
	b, err := v.bench()
	if err != nil {
		return err
	}
	d := b.said
	d.Off = d.Off || !b.holds.On // whoever says anything of a rule that is off switches it on
	return b.page(http.StatusOK, b.changePage(&d, nil))
}

// change takes the form in: what is done with it stands in the button.
func (v *visit) change() error {
	b, err := v.bench()
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	d := b.read()
	switch v.r.PostFormValue("do") {
	case "save":
		return b.save(&d)
	case "text":
		return b.showText(&d)
	case "yaml":
		return b.download(&d)
	}
	t, wrong, err := b.preview(&d)
	if err != nil {
		return err
	}
	p := b.changePage(&d, wrong)
	p.Tried = t
	status := http.StatusOK
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return b.page(status, p)
}

// changePreview answers the form while somebody fills it in.
func (v *visit) changePreview() error {
	b, err := v.bench()
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	d := b.read()
	t, wrong, err := b.preview(&d)
	if err != nil {
		return err
	}
	return v.fragment("change", "answer", struct {
		Tried  *tried
		Editor editor
	}{t, b.editor(&d, wrong)})
}

// save makes the draft what holds.
func (b *bench) save(d *AgreementDraft) error {
	reason, why := b.reason()
	wrong := slices.Concat(b.tooMuch(d), b.mayNotSave(d))
	if why != "" {
		wrong = append(wrong, Mistake{Field: "reason", Text: why})
	}
	if b.kept != "" {
		return b.page(http.StatusConflict, b.changePage(d, Mistakes{{Text: "Agreements are kept in " + b.kept + ", so nothing is saved here.", Hint: "Take the text below and change it there."}}))
	}
	if len(wrong) > 0 {
		return b.refused(d, wrong)
	}
	err := b.s.Workbench.SaveAgreement(b.r.Context(), b.viewer, *d, reason)
	var refusal *Refusal
	switch {
	case err == nil:
		return b.seeOther(b.href() + "?done=agreed")
	case errors.Is(err, ErrChanged):
		return b.clashed(d)
	case errors.As(err, &wrong):
	case errors.As(err, &refusal):
		wrong = Mistakes{{Field: refusal.Field, Text: refusal.Text}}
	default:
		return err
	}
	return b.page(http.StatusUnprocessableEntity, b.changePage(d, wrong))
}

// refused shows the form with everything that stands in the way, what only trying the
// draft tells included.
func (b *bench) refused(d *AgreementDraft, wrong Mistakes) error {
	t, more, err := b.preview(d)
	if err != nil {
		return err
	}
	for _, m := range more {
		if !slices.Contains(wrong, m) {
			wrong = append(wrong, m)
		}
	}
	p := b.changePage(d, wrong)
	if len(t.Mend) == 0 {
		p.Tried = t
	}
	p.Refused = true
	return b.page(http.StatusUnprocessableEntity, p)
}

// mostOthers is how many changes of others are told at once.
const mostOthers = 10

// clashed shows what somebody else saved, and keeps what was typed: sent again, it
// goes over that.
func (b *bench) clashed(d *AgreementDraft) error {
	all, err := b.s.Data.Revisions(b.r.Context())
	if err != nil {
		return err
	}
	now, err := b.s.Workbench.Draft(b.r.Context(), b.id, b.holds.Rule.ID)
	if err != nil {
		return err
	}
	c := &clash{Text: "Somebody saved this agreement while you were writing. Nothing of yours is lost: it stands below, and saving it again puts it in the place of theirs."}
	for i := range all {
		r := &all[i]
		if concerns := b.ofIt(r) || r.Team == "" && r.Rule == d.Rule; concerns && r.Number > d.Base && len(c.Others) < mostOthers {
			c.Others = append(c.Others, b.revisionRow(r))
		}
	}
	c.Apart = b.apart(d, &now)
	b.said = now
	d.Base = now.Base
	p := b.changePage(d, nil)
	p.Clash = c
	return b.page(http.StatusConflict, p)
}

// apart lists the fields in which two drafts differ.
func (b *bench) apart(yours, theirs *AgreementDraft) []parted {
	var out []parted
	was := b.fields(theirs)
	for i, f := range b.fields(yours) {
		if f.Value != was[i].Value {
			out = append(out, parted{f.Label, leftEmpty(f.Value), leftEmpty(was[i].Value)})
		}
	}
	if yours.When != theirs.When {
		out = append(out, parted{"The condition", "another one", "another one"})
	}
	return out
}

func leftEmpty(s string) string {
	if s == "" {
		return "left empty"
	}
	return reports.Clean(s, titleLength)
}

// showText shows the draft as a file holds it.
func (b *bench) showText(d *AgreementDraft) error {
	t, wrong, err := b.text(d)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return b.page(http.StatusUnprocessableEntity, b.changePage(d, wrong))
	}
	p := b.changePage(d, nil)
	p.Text = &t
	return b.page(http.StatusOK, p)
}

// text is the draft as a file holds it, or what keeps it from being one.
func (b *bench) text(d *AgreementDraft) (draftText, Mistakes, error) {
	if wrong := b.tooMuch(d); len(wrong) > 0 {
		return draftText{}, wrong, nil
	}
	return b.asText(d)
}

func (b *bench) asText(d *AgreementDraft) (draftText, Mistakes, error) {
	t, err := b.s.Workbench.Text(b.r.Context(), *d)
	var wrong Mistakes
	var refusal *Refusal
	switch {
	case errors.As(err, &wrong):
		return draftText{}, wrong, nil
	case errors.As(err, &refusal):
		return draftText{}, Mistakes{{Field: refusal.Field, Text: refusal.Text}}, nil
	case err != nil:
		return draftText{}, nil, err
	}
	return draftText{File: clean(t.File), Text: shownAs(t.Text), Patch: shownAs(t.Patch)}, nil, nil
}

// shownAs is text of several lines without what turns or hides a part of it.
func shownAs(s string) string {
	if s == "" {
		return ""
	}
	return typed(s) + "\n"
}

// download answers with the draft as a file.
func (b *bench) download(d *AgreementDraft) error {
	t, wrong, err := b.text(d)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return b.page(http.StatusUnprocessableEntity, b.changePage(d, wrong))
	}
	return b.sendFile(t.Text)
}

// agreementFile answers with what was said of an agreement, as a file holds it.
func (v *visit) agreementFile() error {
	b, err := v.bench()
	if err != nil {
		return err
	}
	t, wrong, err := b.asText(&b.said)
	switch {
	case err != nil:
		return err
	case len(wrong) > 0:
		return problem{Status: http.StatusConflict, Title: "It cannot be written down as it stands", Text: mistakeText(wrong[0]), Next: link{b.href(), "See the agreement"}}
	}
	return b.sendFile(t.Text)
}

func (b *bench) sendFile(text string) error {
	name := b.holds.Rule.ID + ".yaml"
	if b.id != "" {
		name = b.id + "-" + name
	}
	b.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	b.send(http.StatusOK, "application/yaml; charset=utf-8", []byte(text))
	return nil
}

// fields are all that can be filled in beside the condition, whether it is on, and the pins.
func (b *bench) fields(d *AgreementDraft) []field {
	return slices.Concat([]field{b.offField(d), b.becauseField(d)}, b.words(d), b.tuning(d), b.telling(d), b.exceptions(d))
}

// order is that of the fields in the form, by name; what is about the whole comes first.
func (b *bench) order() []string {
	out := []string{""}
	for _, f := range slices.Concat([]field{b.offField(&b.said)}, b.words(&b.said), []field{b.becauseField(&b.said)}, b.tuning(&b.said), b.telling(&b.said), b.exceptions(&b.said)) {
		out = append(out, f.Name)
	}
	return append(out, "pin", "when", "reason")
}

func (b *bench) offField(d *AgreementDraft) field {
	f := field{Name: "off", Label: "Does it hold?", Kind: "choice", Options: []option{{"on", "Yes, we keep to it", !d.Off}, {"off", "No, nobody looks", d.Off}}, Value: "on"}
	if d.Off {
		f.Value = "off"
	}
	f = b.field(f)
	f.Today = ""
	return f
}

func (b *bench) becauseField(d *AgreementDraft) field {
	return field{Name: "because", Label: "Because", Kind: "long", Value: typed(d.Because), Help: "Why it is off, or why it is as it is. Shown wherever somebody asks.", Most: longestReason}
}

// changePage is the form with a draft in it, what is wrong beside its fields.
func (b *bench) changePage(d *AgreementDraft, wrong Mistakes) *changePage {
	wrong = b.placed(wrong)
	beside := func(all []field) []field {
		for i := range all {
			all[i].Wrong = b.wrongWith(all[i].Name, wrong)
		}
		return all
	}
	one := func(f field) field { return beside([]field{f})[0] }
	p := &changePage{
		Headline: "What should hold for " + b.whose + "?", Back: link{b.href(), "The agreement as it is"}, Action: b.href(), Rule: reports.Clean(b.holds.Rule.Title, titleLength), Kept: b.kept, Draft: *d,
		Off: one(b.offField(d)), Because: one(b.becauseField(d)), Words: beside(b.words(d)), Tuning: beside(b.tuning(d)), Telling: beside(b.telling(d)), Excepts: beside(b.exceptions(d)),
		Org: b.id == "", Editor: b.editor(d, wrong), Mend: b.mendings(wrong),
		Reason: one(field{Name: "reason", Label: "Why?", Value: b.written("reason"), Kind: "long", Help: "Stands beside the change, for whoever reads it later."}),
	}
	p.Lead = "What is left empty stays as the organisation agreed it, or else as it ships."
	if p.Org {
		p.Lead = "What is left empty stays as it ships. Teams may say otherwise, except where you pin something."
		p.Pins = b.pinNames(d)
	}
	p.AllHeld = b.above.PinAll
	return p
}

// page answers with the workbench.
func (b *bench) page(status int, p *changePage) error {
	f := b.frame("Change: " + p.Rule)
	f.Plots, f.Bench = true, true
	return b.render(status, "change", f, p)
}

// placed are the mistakes with the fields of this form.
func (b *bench) placed(wrong Mistakes) Mistakes {
	out := slices.Clone(wrong)
	for i := range out {
		out[i].Field = b.fieldOf(out[i].Field)
	}
	return out
}

func (b *bench) wrongWith(name string, wrong Mistakes) []string {
	var out []string
	for _, m := range wrong {
		if m.Field == name {
			out = append(out, mistakeText(m))
		}
	}
	return out
}

// fieldOf is the field of the form that a mistake stands beside; empty where it has
// none.
func (b *bench) fieldOf(name string) string {
	for name != "" {
		if b.labelOf(name) != "" {
			return name
		}
		name = map[string]string{"except": "except.labels", "remind": "remind.after", "pins": "pin", "remind_after": "remind.after", "remind_comment": "remind.comment"}[name] + trimLast(name)
	}
	return ""
}

// trimLast leaves the last part out: pin.0 is about pin.
func trimLast(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i]
	}
	return ""
}

// labelOf is what a field is called; empty where there is none.
func (b *bench) labelOf(name string) string {
	switch name {
	case "when":
		return "The condition"
	case "reason":
		return "Why?"
	case "pin":
		return "Pins"
	}
	for _, f := range b.fields(&b.said) {
		if f.Name == name {
			return f.Label
		}
	}
	return ""
}
