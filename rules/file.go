package rules

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// ruleFile is the shape of a rule file.
type ruleFile struct {
	ID          string                 `json:"id" jsonschema:"required,minLength=1" jsonschema_description:"Short name in lower case with hyphens; agreements name the rule by it."`
	Replaces    bool                   `json:"replaces_shipped" jsonschema_description:"True to stand in place of the shipped rule of the same id. Without it, an id that a shipped rule has is refused."`
	FaultLine   string                 `json:"fault_line" jsonschema:"enum=problem,enum=goals,enum=ownership,enum=partnership,enum=memory" jsonschema_description:"Which fault line between EM, PM and leadership it watches."`
	Title       string                 `json:"title" jsonschema:"required,minLength=1" jsonschema_description:"What it notices, in a few words."`
	Scope       string                 `json:"scope" jsonschema:"required,enum=ticket,enum=assignment,enum=change,enum=sprint,enum=goal,enum=area,enum=role,enum=team" jsonschema_description:"What the condition looks at, one by one."`
	GroupBy     string                 `json:"group_by" jsonschema_description:"CEL expression for what a finding is about instead of what the scope looks at: a ticket, a sprint, a ritual, a plan, or a list of these. The condition and the words know it as subject; everything about one subject is one finding."`
	On          *bool                  `json:"on" jsonschema_description:"Whether it is in force where no agreement says otherwise; true when left out."`
	Settings    map[string]fileSetting `json:"settings" jsonschema_description:"What a team can tune. Expressions know a setting as settings.NAME."`
	When        string                 `json:"when" jsonschema:"required,minLength=1" jsonschema_description:"The condition, a CEL expression over the facts."`
	Having      string                 `json:"having" jsonschema_description:"CEL condition on everything that one finding would tell together: it knows subject, tickets and, for changes, changes. Needs group_by."`
	Happened    string                 `json:"happened" jsonschema_description:"For a state that tells of something past: CEL expression for when that was. Needs a window, after which the finding ages out."`
	Window      string                 `json:"window" jsonschema_description:"For events: CEL expression over the settings, for how long an event is looked at. Then its finding ages out."`
	BulkChanges string                 `json:"bulk_changes" jsonschema_description:"For events: CEL expression over the settings; what is one of more than so many changes by one person within ten minutes is left out. 50 when left out."`
	Evidence    []fileEvidence         `json:"evidence" jsonschema_description:"The facts shown with a finding."`
	Promise     string                 `json:"promise" jsonschema:"required,minLength=1" jsonschema_description:"What a team agrees to, in words; {expressions} over the settings."`
	Message     string                 `json:"message" jsonschema:"required,minLength=1" jsonschema_description:"The plain reason: the work is its subject, never a person. {expressions} over the facts."`
	Ask         string                 `json:"ask" jsonschema:"required,minLength=1" jsonschema_description:"The one thing asked for, less than five minutes of work. {expressions} over the facts."`
	Mirror      *fileMirror            `json:"mirror" jsonschema_description:"For a rule about a leader's act: the sentence for that leader alone. Left out of a finding where it was nobody's act, several people's, or nobody who leads."`
	Severity    string                 `json:"severity" jsonschema:"required,enum=info,enum=warn,enum=high" jsonschema_description:"How much it asks for attention."`
	Audience    string                 `json:"audience" jsonschema:"required,enum=team,enum=em,enum=em-pm,enum=org" jsonschema_description:"Who sees findings with names."`
	Why         string                 `json:"why" jsonschema_description:"Why it matters."`
	Replay      string                 `json:"replay" jsonschema:"enum=yes,enum=partly,enum=no" jsonschema_description:"Whether past weeks can be computed from history; yes when left out."`
	ReplayNote  string                 `json:"replay_note" jsonschema_description:"What of a past week is judged by what is known today, and what cannot be."`
	Tests       []Test                 `json:"tests" jsonschema_description:"Small worlds and what the rule should notice in them."`
}

type fileSetting struct {
	Type    string `json:"type" jsonschema:"required,enum=text,enum=number,enum=integer,enum=percent,enum=duration,enum=wait,enum=list,enum=boolean" jsonschema_description:"A percent is written 30 %, a duration 48h or 14 days, a wait also 3 working days, a list [one, two], a boolean true or false."`
	Default any    `json:"default" jsonschema:"required" jsonschema_description:"The value where nobody says otherwise."`
	Unit    string `json:"unit" jsonschema_description:"What a number counts, for people."`
	Help    string `json:"help" jsonschema:"required" jsonschema_description:"What it is for."`
}

type fileEvidence struct {
	Fact  string `json:"fact" jsonschema:"required,minLength=1" jsonschema_description:"What it is, for a reader: assigned by."`
	Value string `json:"value" jsonschema:"required,minLength=1" jsonschema_description:"CEL expression; left out of a finding where the value is missing."`
	At    string `json:"at" jsonschema_description:"CEL expression for when it happened."`
	URL   string `json:"url" jsonschema_description:"CEL expression for where to see it."`
	Each  string `json:"each" jsonschema_description:"CEL expression for a list: shown once for each of its first ten entries, which value, at and url know as it."`
}

// maxEvidence is how many entries of a list are shown as evidence.
const maxEvidence = 10

// SchemaJSON is the JSON Schema of rule files, for editors.
func SchemaJSON() ([]byte, error) {
	return yamlfile.SchemaJSON(ruleFile{}, "https://fairlead.dev/schema/rule.json", "A fairlead rule")
}

// Parse reads one rule file. The error, a yamlfile.Mistakes, holds everything
// that is wrong with it.
func Parse(name string, text []byte) (Rule, error) {
	f, mistakes := yamlfile.Parse(name, text)
	if len(mistakes) > 0 {
		return Rule{}, mistakes
	}
	var file ruleFile
	p := parser{file: f}
	if p.mistakes = f.Decode(&file); len(p.mistakes) > 0 {
		// The expressions are looked at all the same, so that one reading tells
		// everything.
		p.salvage(&file)
	}
	r := p.rule(file)
	if len(p.mistakes) > 0 {
		return Rule{}, p.mistakes.Sorted()
	}
	r.text = string(text)
	return r, nil
}

// parser turns a file's content into a rule and collects what is wrong.
type parser struct {
	file     *yamlfile.File
	mistakes yamlfile.Mistakes
	salvaged bool
	settings []Setting
}

// salvage takes over what can be read of a file whose shape is wrong.
func (p *parser) salvage(into *ruleFile) {
	p.salvaged = true
	var loose map[string]any
	if m := p.file.Decode(&loose); len(m) > 0 {
		return
	}
	for key, value := range loose {
		one, err := json.Marshal(map[string]any{key: value})
		if err == nil {
			_ = json.Unmarshal(one, into) // what does not fit was reported already
		}
	}
}

func (p *parser) mistake(hint, text string, path ...any) {
	p.mistakes = append(p.mistakes, p.file.Mistake(hint, text, path...))
}

// issues places what is wrong with the expression or template at path.
func (p *parser) issues(found []issue, path ...any) {
	for _, i := range found {
		if p.salvaged && strings.HasPrefix(i.text, "unknown setting") {
			continue // perhaps it is the settings that could not be read
		}
		p.mistakes = append(p.mistakes, yamlfile.Mistake{Place: p.file.PlaceIn(i.offset, path...), Text: i.text, Hint: i.hint})
	}
}

var idForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`) })

func (p *parser) rule(f ruleFile) Rule {
	if f.ID != "" && !idForm().MatchString(f.ID) {
		p.mistake("write it in lower case with hyphens, for example feature-without-problem", fmt.Sprintf("%q is no id", f.ID), "id")
	}
	p.readSettings(f.Settings)
	r := Rule{
		ID: f.ID, FaultLine: f.FaultLine, Title: f.Title, Scope: f.Scope, GroupBy: f.GroupBy, Having: f.Having, Happened: f.Happened, On: f.On == nil || *f.On,
		Settings: p.settings, When: f.When, Promise: oneLine(f.Promise), Message: f.Message, Ask: f.Ask,
		Severity: finding.Severity(f.Severity), Audience: finding.Audience(f.Audience),
		Why: strings.TrimSpace(f.Why), Replays: cmp.Or(Replay(f.Replay), ReplayYes), ReplayNote: strings.TrimSpace(f.ReplayNote), Tests: f.Tests,
		ReplacesShipped: f.Replaces,
	}
	if s, ok := scopeNamed(f.Scope); ok {
		r.code = p.compile(f, s)
		r.Mirror = p.mirror(r.code.findings, f.Mirror, r.code)
	}
	p.checkTests(&r)
	return r
}

func (p *parser) readSettings(in map[string]fileSetting) {
	for _, name := range slices.Sorted(maps.Keys(in)) {
		s := in[name]
		t := SettingType(s.Type)
		if !slices.Contains(SettingTypes(), t) {
			continue // said by the schema
		}
		if !settingForm().MatchString(name) {
			p.mistake("write it in lower case with underscores, for example min_chars", fmt.Sprintf("%q is no name for a setting", name), "settings", name)
			continue
		}
		value, text, hint := t.read(s.Default)
		if text != "" {
			p.mistake(hint, text, "settings", name, "default")
			value, _, _ = t.read(nil)
		}
		p.settings = append(p.settings, Setting{Name: name, Type: t, Unit: s.Unit, Help: s.Help, Default: value})
	}
}

var settingForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })

// compile compiles every expression of the file.
func (p *parser) compile(f ruleFile, s Scope) *code {
	c := &code{tuning: newLanguage(p.settings)}
	rows := newLanguage(p.settings, s.vars...)
	subject := s.itemType()
	if f.GroupBy != "" {
		c.groupBy = p.expression(rows, f.GroupBy, nil, "group_by")
		if c.groupBy != nil {
			subject = p.subjectType(c.groupBy)
			rows = rows.with(subjectVar(subject))
		}
		together := []variable{subjectVar(subject), ticketsVar()}
		if s.Name == "change" {
			together = append(together, changesVar())
		}
		c.findings = newLanguage(p.settings, together...)
	} else {
		c.findings = rows.with(subjectVar(subject), ticketsVar())
	}
	c.rows = rows
	c.when = p.expression(rows, f.When, cel.BoolType, "when")
	c.subjectFirst = c.groupBy != nil && c.when != nil && c.when.names["subject"]
	c.having = p.expression(c.findings, f.Having, cel.BoolType, "having")
	if f.Having != "" && f.GroupBy == "" {
		p.mistake("add group_by, or move the condition into when", "having is a condition on what is told together, and nothing is", "having")
	}
	c.happened = p.expression(rows, f.Happened, cel.TimestampType, "happened")
	p.eventKeys(f, s, c)
	c.promise = p.template(c.tuning, f.Promise, "promise")
	c.message = p.template(c.findings, f.Message, "message")
	c.ask = p.template(c.findings, f.Ask, "ask")
	for i, e := range f.Evidence {
		c.evidence = append(c.evidence, p.evidence(c.findings, e, i))
	}
	return c
}

// eventKeys reads what only rules about events have.
func (p *parser) eventKeys(f ruleFile, s Scope, c *code) {
	switch {
	case s.event && f.Happened != "":
		p.mistake("leave it out: an event has a moment of its own", fmt.Sprintf("a rule with the scope %s needs no happened", s.Name), "happened")
	case f.Happened != "" && f.Window == "":
		p.mistake("add one, for example window: settings.window with a setting of type duration", "what happened ages out after a window, and there is none", "happened")
	case !s.event && f.Window != "" && f.Happened == "":
		p.mistake("leave it out, or say with happened when it came about", fmt.Sprintf("a rule with the scope %s has no window", s.Name), "window")
	case !s.event && f.BulkChanges != "":
		p.mistake("leave it out", fmt.Sprintf("a rule with the scope %s tells no bulk changes", s.Name), "bulk_changes")
	case s.event && f.Window == "":
		p.mistake("add one, for example window: settings.window with a setting of type duration",
			fmt.Sprintf("a rule with the scope %s needs a window, so that old events age out", s.Name), "scope")
	}
	if s.event || f.Happened != "" {
		c.window = p.expression(c.tuning, f.Window, cel.DurationType, "window")
	}
	if s.event {
		c.bulkChanges = p.expression(c.tuning, f.BulkChanges, cel.IntType, "bulk_changes")
	}
}

// subjectType is what group_by groups by.
func (p *parser) subjectType(by *program) *cel.Type {
	t := by.typ
	if t.Kind() == types.ListKind {
		t = t.Parameters()[0]
	}
	if slices.Contains(subjectTypes(), t) {
		return t
	}
	p.mistake("give a ticket, a sprint, a ritual, a plan, or a list of these, for example ticket.sprints", "this gives "+typeWords(by.typ), "group_by")
	return ticketType
}

// subjectTypes are the types of what a finding can be about.
func subjectTypes() []*cel.Type {
	return []*cel.Type{ticketType, sprintType, goalType, areaType, roleType, teamType, ritualType, planType}
}

func (p *parser) evidence(l *language, e fileEvidence, n int) evidence {
	at := func(key string) []any { return []any{"evidence", n, key} }
	out := evidence{fact: oneLine(e.Fact)}
	if e.Each != "" {
		out.each = p.expression(l, e.Each, cel.ListType(cel.DynType), at("each")...)
		if out.each == nil {
			return out
		}
		l = l.with(variable{"it", out.each.typ.Parameters()[0], "the entry shown"})
	}
	out.value = p.expression(l, e.Value, nil, at("value")...)
	if out.value != nil && !tellable(out.value.typ) {
		p.mistake("ask for one of its facts", "this gives "+typeWords(out.value.typ)+", which is no text", at("value")...)
	}
	out.at = p.expression(l, e.At, cel.TimestampType, at("at")...)
	out.url = p.expression(l, e.URL, cel.StringType, at("url")...)
	return out
}

// expression compiles one expression; nil when there is none or it is wrong.
func (p *parser) expression(l *language, src string, want *cel.Type, path ...any) *program {
	if src == "" {
		return nil
	}
	compiled, found := l.compile(src, want)
	p.issues(found, path...)
	return compiled
}

func (p *parser) template(l *language, src string, path ...any) *template {
	t, found := l.template(src)
	p.issues(found, path...)
	return t
}
