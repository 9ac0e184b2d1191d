package dashboard

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// field is something to fill in.
type field struct {
	Name, Label string
	Kind        string // line, long, lines, measured, amount, choice, date
	Value       string
	Unit        string   // stands inside the field
	Units       []option // of an amount
	Options     []option
	Given       string // what holds when it is left empty, in the field
	Help        string
	Today       string // what holds today, and who said so
	Held        string // who holds it fast; empty where it may be changed
	Numeric     bool   // digits are typed
	Most        int    // characters
	Wrong       []string
}

// ID is what its label and its words refer to.
func (f *field) ID() string { return "f-" + f.Name }

// Bounds of what may be written into the form, in characters and entries.
const (
	longestPromise = 500
	longestSetting = 2000
	longestEntry   = 200
	mostEntries    = 200
)

// words are the fields of what is promised and asked.
func (b *bench) words(d *AgreementDraft) []field {
	return []field{
		b.field(field{Name: "promise", Label: "What was agreed", Kind: "line", Value: d.Promise, Given: b.given.Promise, Most: longestPromise, Help: "In your own words: “We agreed that…”"}),
		b.field(field{Name: "ask", Label: "What is asked", Kind: "long", Value: d.Ask, Given: b.given.Ask, Most: longestPromise, Help: "One thing that takes less than five minutes."}),
	}
}

// telling are the fields of who is told, and how.
func (b *bench) telling(d *AgreementDraft) []field {
	return []field{
		b.field(field{Name: "stage", Label: "How it is told", Kind: "choice", Value: d.Stage, Options: b.stages(d.Stage), Help: "Watch first; report once you trust it; remind where people want that."}),
		b.field(field{Name: "tell", Label: "Who sees findings with names", Kind: "choice", Value: d.Tell, Options: b.audiences(d.Tell), Help: "Never more people than a rule that names people was made for."}),
		b.field(field{Name: "remind.after", Label: "Remind after", Kind: "measured", Value: d.RemindAfter, Unit: "working days", Numeric: true, Most: 4, Given: strconv.Itoa(b.given.RemindAfter), Help: "Only where it is told with reminders."}),
		b.field(field{Name: "remind.comment", Label: "Leave one comment on the ticket", Kind: "choice", Value: d.RemindComment, Options: b.yesOrNo("remind.comment", "yes", "no", d.RemindComment, b.given.RemindComment), Help: "A comment is read by everybody who sees the ticket."}),
		b.field(field{Name: "review_on", Label: "Look at it again on", Kind: "date", Value: dayOf(d.ReviewOn), Help: "From that day on the agreement says that it is time."}),
	}
}

// dayOf is a day as the browser's own field takes it; nothing else fits in there.
func dayOf(d ticket.Date) string {
	if _, err := ticket.ParseDate(string(d)); err != nil {
		return ""
	}
	return string(d)
}

// exceptions are the fields of what is left out.
func (b *bench) exceptions(d *AgreementDraft) []field {
	out := []field{
		b.field(field{Name: "except.labels", Label: "Labels that are not looked at", Kind: "lines", Value: strings.Join(d.ExceptLabels, "\n"), Help: "One on each line."}),
		b.field(field{Name: "except.projects", Label: "Projects and epics that are not looked at", Kind: "lines", Value: strings.Join(d.ExceptProjects, "\n"), Help: "Keys, one on each line: a Jira project, a Linear team, or what a ticket stands directly below."}),
	}
	for i := range out {
		out[i].Today = ""
		if words := b.exceptedAbove(out[i].Name); words != "" {
			out[i].Today = "The organisation leaves out " + words + " as well."
		}
	}
	return out
}

// exceptedAbove is what the organisation leaves out beside the team.
func (b *bench) exceptedAbove(name string) string {
	if b.id == "" {
		return ""
	}
	for _, val := range b.givenValues {
		if val.Name == name {
			return strings.Trim(reports.Clean(val.Words, textLength), "[]")
		}
	}
	return ""
}

// tuning are the fields of the settings.
func (b *bench) tuning(d *AgreementDraft) []field {
	out := make([]field, len(b.holds.Settings))
	for i := range b.holds.Settings {
		out[i] = b.setting(&b.holds.Settings[i], &b.given.Settings[i], d.Settings[b.holds.Settings[i].Name])
	}
	return out
}

// setting is a field that fits what the setting holds.
func (b *bench) setting(s, given *rules.AdoptedSetting, written string) field {
	f := field{
		Name: "settings." + s.Name, Label: upperFirst(strings.ReplaceAll(clean(s.Name), "_", " ")), Kind: "line", Value: written, Help: upperFirst(reports.Sentence(reports.Clean(s.Help, textLength))),
		Given: reports.Clean(given.Words(), textLength), Most: longestSetting,
	}
	switch s.Type {
	case rules.IntegerSetting, rules.NumberSetting:
		f.Kind, f.Unit, f.Numeric = "measured", clean(s.Unit), true
	case rules.PercentSetting:
		f.Kind, f.Unit, f.Numeric = "measured", "%", true
		f.Value, f.Given = withoutPercent(f.Value), withoutPercent(f.Given)
	case rules.DurationSetting, rules.WaitSetting:
		f.Kind, f.Numeric = "amount", true
		_, usual := amountOf(s.Words())
		f.Value, usual = amountOr(written, usual)
		f.Units = unitsOf(s.Type, usual)
		f.Given, _ = amountOf(given.Words())
	case rules.ListSetting:
		f.Kind, f.Value = "lines", linesOf(s, written)
		f.Help += " One on each line; [] for none."
		f.Given = ""
	case rules.BooleanSetting:
		on, _ := given.Value.(bool)
		f.Kind, f.Options = "choice", b.yesOrNo(f.Name, "true", "false", written, on)
	}
	return b.field(f)
}

func withoutPercent(s string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
}

// amountUnits are the units that an amount can have, in the order they are offered.
var amountUnits = []string{"minutes", "hours", "days", "weeks", "working days"}

// amountOf parts "48h" into 48 and hours; the second is empty where the text is no
// amount of a unit that is offered.
func amountOf(s string) (digits, unit string) {
	s = strings.TrimSpace(s)
	end := strings.IndexFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end <= 0 {
		return s, ""
	}
	word := strings.Join(strings.Fields(strings.ToLower(s[end:])), " ")
	for _, u := range amountUnits {
		if word == u || word+"s" == u || len(word) == 1 && word == u[:1] || word == "min" && u == "minutes" {
			return s[:end], u
		}
	}
	return s, ""
}

// amountOr is amountOf with the unit that is proposed where the text names none.
func amountOr(s, unit string) (digits, of string) {
	digits, of = amountOf(s)
	return digits, cmp.Or(of, unit)
}

// amount joins what was written into the two parts of a field. Whoever wrote a unit
// into the first meant that one.
func amount(digits, unit string) string {
	if digits == "" || strings.Trim(digits, "0123456789. ") != "" {
		return digits
	}
	return digits + " " + unit
}

func unitsOf(t rules.SettingType, chosen string) []option {
	var out []option
	for _, u := range amountUnits {
		if u != "working days" || t == rules.WaitSetting {
			out = append(out, option{u, u, u == chosen})
		}
	}
	return out
}

// linesOf is a list with an entry on each line; what cannot be read as one stays as
// it was written.
func linesOf(s *rules.AdoptedSetting, written string) string {
	if written == "" {
		return ""
	}
	list, err := s.Read(written)
	entries, ok := list.([]string)
	switch {
	case err != nil || !ok:
		return written
	case len(entries) == 0:
		return "[]"
	}
	return strings.Join(entries, "\n")
}

// listOf writes lines as a list in a file.
func listOf(lines string) string {
	entries := entriesOf(lines)
	if len(entries) == 0 || len(entries) == 1 && strings.HasPrefix(entries[0], "[") {
		return strings.Join(entries, "")
	}
	s := rules.Setting{Type: rules.ListSetting, Default: entries}
	return s.Words()
}

// entriesOf are the lines that say something.
func entriesOf(lines string) []string {
	var out []string
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (b *bench) stages(chosen string) []option {
	out := []option{{"", b.otherwise("stage") + stageIs(b.given.Stage), chosen == ""}}
	for _, s := range rules.Stages() {
		out = append(out, option{string(s), upperFirst(stageIs(s)), string(s) == chosen})
	}
	return out
}

// audiences are those who may be told, narrowest first: never more than a rule that
// names people was made for.
func (b *bench) audiences(chosen string) []option {
	all := []finding.Audience{finding.ForEM, finding.ForEMPM, finding.ForTeam, finding.ForOrg}
	if made := b.holds.Rule.Audience; made != finding.ForTeam {
		all = all[:slices.Index(all, made)+1]
	}
	out := []option{{"", b.otherwise("tell") + tellIs(b.given.Tell), chosen == ""}}
	for _, a := range all {
		out = append(out, option{string(a), upperFirst(tellIs(a)), string(a) == chosen})
	}
	return out
}

// yesOrNo are the choices of what is so or not, as it is written.
func (b *bench) yesOrNo(name, yes, no, chosen string, given bool) []option {
	word := "no"
	if given {
		word = "yes"
	}
	return []option{{"", b.otherwise(name) + word, chosen == ""}, {yes, "Yes", chosen == yes}, {no, "No", chosen == no}}
}

// otherwise begins the choice of saying nothing: who has said it then.
func (b *bench) otherwise(name string) string {
	for _, val := range b.givenValues {
		if val.Name == name && val.From == rules.FromOrganisation {
			return "As the organisation agreed: "
		}
	}
	return "As shipped: "
}

// field completes a field with what holds today, and with who holds it fast.
func (b *bench) field(f field) field {
	f.Given, f.Value = reports.Clean(f.Given, textLength), typed(f.Value)
	val, known := b.today(f.Name)
	words := b.wordsOf(f.Name, val.Words)
	if known {
		f.Today = b.todayOf(&f, val, words)
	}
	if b.pinned(f.Name) {
		f.Held, f.Today, f.Help = "Pinned by the organisation; "+b.saidBy(val)+".", "", ""
		if f.Value = words; words == "" {
			f.Held, f.Value = "Pinned by the organisation.", "nothing said"
		}
	}
	return f
}

// todayOf says what holds today and who said so. Where the field itself tells what
// comes of leaving it empty, that is not said again.
func (b *bench) todayOf(f *field, val rules.Value, words string) string {
	own := rules.FromTeam
	if b.id == "" {
		own = rules.FromOrganisation
	}
	switch {
	case f.Kind == "choice" && val.From != own:
		return ""
	case f.Name == "promise" || f.Name == "ask":
		if val.From != own {
			return "Today " + b.saidBy(val) + "."
		}
		return "Today " + b.saidBy(val) + "; otherwise “" + f.Given + "”"
	}
	s := "Today: " + words + ", " + b.saidBy(val) + "."
	if name, ok := strings.CutPrefix(f.Name, "settings."); ok && val.From != rules.FromCatalog {
		if setting, _ := b.holds.Rule.Setting(name); setting.Words() != val.Words {
			s += " Ships as " + b.wordsOf(f.Name, setting.Words()) + "."
		}
	}
	return s
}

// wordsOf is how a value is told.
func (b *bench) wordsOf(name, words string) string {
	words = reports.Clean(words, titleLength)
	if words == "" {
		return ""
	}
	switch name {
	case "off":
		return map[bool]string{true: "no, nobody looks", false: "yes, we keep to it"}[words == "true"]
	case "promise", "ask":
		return "“" + words + "”"
	case "stage":
		return stageIs(rules.Stage(words))
	case "tell":
		return tellIs(finding.Audience(words))
	case "remind.after":
		return counted(atoi(words), "working day", "working days")
	case "review_on":
		return words
	}
	switch words {
	case "[]":
		return "none"
	case "true":
		return "yes"
	case "false":
		return "no"
	}
	s, _ := b.holds.Rule.Setting(strings.TrimPrefix(name, "settings."))
	switch s.Type {
	case rules.DurationSetting, rules.WaitSetting:
		return amount(amountOf(words))
	case rules.ListSetting:
		return b.listWords(&s, words)
	}
	if s.Unit != "" {
		words += " " + clean(s.Unit)
	}
	return words
}

// fewOfList is how many entries of a list are told.
const fewOfList = 6

// listWords tells a list in a line, the first of its entries by name.
func (b *bench) listWords(s *rules.Setting, words string) string {
	val, _ := b.today("settings." + s.Name)
	list, err := s.Read(cmp.Or(val.Words, words))
	entries, ok := list.([]string)
	if err != nil || !ok || reports.Clean(val.Words, titleLength) != words {
		return strings.Trim(words, "[]")
	}
	shown := make([]string, 0, fewOfList)
	for _, e := range entries[:min(len(entries), fewOfList)] {
		shown = append(shown, clean(e))
	}
	out := strings.Join(shown, ", ")
	if more := len(entries) - len(shown); more > 0 {
		out += " and " + number(more) + " more"
	}
	return out
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// saidBy is who said a value.
func (b *bench) saidBy(val rules.Value) string {
	if val.From == rules.FromCatalog {
		return "as shipped"
	}
	return "said by " + fromIs(val.From) + b.whereOf(&val)
}

// whereOf is where it is written, to stand behind who said it.
func (b *bench) whereOf(val *rules.Value) string {
	if val.Where.File == "" {
		return ""
	}
	return " in " + b.place(val.Where)
}

// place is where a value is written, for people.
func (v *visit) place(p yamlfile.Place) string {
	if v.s.FileName != nil {
		p.File = v.s.FileName(p.File)
	}
	return clean(p.String())
}

// pinNames are what the organisation can hold fast, each with what it is called.
func (b *bench) pinNames(d *AgreementDraft) []option {
	out := []option{
		{Value: "off", Text: "Whether it is on"}, {Value: "promise", Text: "What was agreed"}, {Value: "ask", Text: "What is asked"}, {Value: "stage", Text: "How it is told"},
		{Value: "tell", Text: "Who sees names"}, {Value: "remind", Text: "Reminders"}, {Value: "review_on", Text: "When it is looked at again"}, {Value: "except", Text: "What is not looked at"},
	}
	if len(b.holds.Settings) > 0 {
		out = append(out, option{Value: "settings", Text: "All settings"})
	}
	for i := range b.holds.Settings {
		name := clean(b.holds.Settings[i].Name)
		out = append(out, option{Value: "settings." + b.holds.Settings[i].Name, Text: upperFirst(strings.ReplaceAll(name, "_", " "))})
	}
	for _, name := range d.Pins {
		if !slices.ContainsFunc(out, func(o option) bool { return o.Value == name }) {
			out = append(out, option{Value: name, Text: clean(name)})
		}
	}
	for i := range out {
		out[i].Here = slices.Contains(d.Pins, out[i].Value)
	}
	return out
}
