package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"

	"github.com/fairlead-dev/fairlead/finding"
)

// mostRows is how many rows an explanation tells.
const mostRows = 20

// tracer watches an evaluation and tells what it does with the rows that are
// asked for. A nil tracer watches nothing.
type tracer struct {
	q     Question
	rule  *Rule
	out   Explanation
	met   int            // rows that were asked for and looked at
	teams []string       // whose rows they are
	old   map[string]int // events that happened before the window, by the window
	parts int            // how many parts of conditions may still be told
	steps uint64         // and how many steps that may take
	// subjects are what findings about the rows would be about.
	subjects []finding.Subject
}

// start looks at the ticket asked about, before any row.
func (t *tracer) start(c *check) {
	if t == nil || t.q.Near == nil {
		return
	}
	seen := c.w.as(*t.q.Near)
	if seen == nil {
		t.say("%s did not exist yet at that moment", oneLine(t.q.Near.Key))
		return
	}
	if t.q.Team = teamID(seen.owner()); t.q.Team == "" {
		t.say("%s is stored, and no team owns it: what the organisation agreed holds for it", oneLine(t.q.Near.Key))
	}
}

func (t *tracer) say(format string, args ...any) {
	t.out.Said = append(t.out.Said, fmt.Sprintf(format, args...))
}

// begin makes the entry of a row; nil when there is no room for more.
func (t *tracer) begin(c *check, r *row) *ExplainedRow {
	if !slices.Contains(t.teams, r.team) {
		t.teams = append(t.teams, r.team)
	}
	if len(t.out.Rows) == mostRows {
		t.out.More++
		return nil
	}
	e := ExplainedRow{About: aboutRow(r, c.zone(r.team)), Team: r.team, At: r.at}
	if s, ok := subjectOf(r.looked()); ok {
		e.URL = oneLine(s.URL)
	}
	t.out.Rows = append(t.out.Rows, e)
	return &t.out.Rows[len(t.out.Rows)-1]
}

// zone is where the team's days are told.
func (c *check) zone(team string) *time.Location {
	if t, ok := c.w.dir.Team(team); ok {
		return t.Location
	}
	return time.UTC
}

// aboutRow names what the rule looks at.
func aboutRow(r *row, loc *time.Location) string {
	switch item := r.item.(type) {
	case *change:
		return oneLine(r.ticket.Key) + ", " + changeWords(item, loc)
	case *assignment:
		return oneLine(r.ticket.Key) + ", " + assignmentWords(item, loc)
	case interface{ words() string }:
		return oneLine(item.words())
	case *sprint:
		return oneLine(item.Name)
	}
	return oneLine(r.ticket.Key)
}

func assignmentWords(a *assignment, loc *time.Location) string {
	name := func(what any, known bool) string {
		if p, ok := what.(*person); ok && known {
			return p.name
		}
		return "nobody"
	}
	text := "assigned to " + name(a.of.w.maybe(a.of.Tracker, a.To)) + " on " + a.At.In(loc).Format("2 Jan 2006 15:04")
	if !a.Actor.IsZero() {
		text += " by " + name(a.of.w.maybe(a.of.Tracker, a.Actor))
	}
	return oneLine(text)
}

// passedOver is told of an event that the rule does not look at.
func (t *tracer) passedOver(c *check, r *row, e *event) {
	if t == nil || !t.q.asks(r) {
		return
	}
	t.met++
	if !e.at.Add(r.adopted.window).After(c.w.now) {
		t.old[durationWords(r.adopted.window)]++
		return
	}
	if row := t.begin(c, r); row != nil {
		row.Left = "it is one of more than " + fmt.Sprint(r.adopted.bulk) + " changes that one account made within ten minutes"
		if c.w.person(r.ticket.Tracker, e.actor).bot {
			row.Left = "automation did it"
		}
	}
}

// row is told of a row before the rule looks at it.
func (t *tracer) row(c *check, r *row) {
	if t == nil || !t.q.asks(r) {
		return
	}
	t.met++
	row := t.begin(c, r)
	if row == nil {
		return
	}
	if r.ticket != nil {
		if what := r.adopted.Except.of(&r.ticket.Ticket); what != "" {
			row.Left = what + " is excepted"
		}
	}
	f := frame{now: c.w.now, settings: c.settingsOf(r.adopted, r.team), ticket: r.ticket, scope: r.adopted.Rule.Scope, item: r.item}
	if err := t.judge(c, r, row, &f); err != nil {
		row.Left = faultWords(err)
	}
}

// judge tells the condition, once for each subject where it asks for that.
func (t *tracer) judge(c *check, r *row, row *ExplainedRow, f *frame) error {
	code := t.rule.code
	trace := &tracing{ctx: c.ctx, loc: c.zone(r.team), left: t.parts, steps: t.steps}
	defer func() { t.parts, t.steps = trace.left, trace.steps }()
	if !code.subjectFirst {
		p, err := trace.condition(code.rows, t.rule.When, f)
		if err != nil {
			return err
		}
		row.When, row.Holds = []Part{p}, p.Holds()
	}
	t.happened(c, r, row, f)
	if code.groupBy == nil {
		t.subject(r.about())
		return nil
	}
	subjects, err := code.groupBy.value(f)
	if err != nil {
		return unlessMissing(err)
	}
	for n, s := range each(subjects) {
		if n == mostEntries {
			break
		}
		t.subject(native(s))
		words := inWords(s, trace.loc)
		row.Subjects = append(row.Subjects, words)
		if !code.subjectFirst {
			continue
		}
		f.subject = native(s)
		p, err := trace.condition(code.rows, t.rule.When, f)
		if err != nil {
			return err
		}
		p.Each, row.Holds = words, row.Holds || p.Holds()
		row.When = append(row.When, p)
	}
	return nil
}

// happened tells when the state came about that the row tells of.
func (t *tracer) happened(c *check, r *row, row *ExplainedRow, f *frame) {
	if t.rule.code.happened == nil {
		return
	}
	v, err := t.rule.code.happened.value(f)
	if err != nil || v.Type() != types.TimestampType {
		row.Aged = "it is not known when that came about"
		return
	}
	row.At = moment(v)
	if !row.At.Add(r.adopted.window).After(c.w.now) {
		row.Aged = "that came about before the window of " + durationWords(r.adopted.window)
	}
}

func (t *tracer) subject(of any) {
	if s, ok := subjectOf(of); ok {
		t.subjects = append(t.subjects, s)
	}
}

// noticed reports whether what was seen is what the question is about.
func (t *tracer) noticed(s *finding.Seen) bool {
	if t.q.Event != "" && s.Event != "" && s.Event != t.q.Event {
		return false
	}
	return slices.ContainsFunc(t.subjects, func(o finding.Subject) bool {
		return o.Kind == s.Subject.Kind && o.Source == s.Subject.Source && o.ID == s.Subject.ID
	})
}

// told is told of what one finding would tell together, before the condition on
// that is looked at.
func (t *tracer) told(c *check, a *Adopted, subject any, rows []row, f *frame) {
	if t == nil || t.rule.code.having == nil || !slices.ContainsFunc(rows, func(r row) bool { return t.q.asks(&r) }) {
		return
	}
	trace := &tracing{ctx: c.ctx, loc: c.zone(a.Team), left: t.parts, steps: t.steps}
	p, err := trace.condition(t.rule.code.findings, t.rule.Having, f)
	if err != nil {
		p = Part{Text: t.rule.Having, Value: faultWords(err)}
	}
	t.parts, t.steps = trace.left, trace.steps
	s, _ := subjectOf(subject)
	t.out.Together = append(t.out.Together, ExplainedGroup{Subject: oneLine(s.Key), Rows: len(rows), Having: p})
}

// finish says what keeps the rule from looking at all, or from telling.
func (t *tracer) finish(b *Book) {
	for _, team := range t.teams {
		t.out.Said = append(t.out.Said, b.keeps(team, t.rule.ID)...)
	}
	for window, n := range t.old {
		t.out.Said = append(t.out.Said, fmt.Sprintf("%s before the window of %s, and the rule does not look at what is so old", happenedWords(n), window))
	}
	if s, ok := scopeNamed(t.rule.Scope); ok && t.met == 0 && len(t.out.Said) == 0 {
		t.say("the rule looks at %s, and nothing of that has to do with it", s.Help)
	}
	slices.Sort(t.out.Said)
	slices.SortStableFunc(t.out.Rows, func(a, b ExplainedRow) int { return strings.Compare(a.Left, b.Left) })
}

func happenedWords(n int) string {
	if n == 1 {
		return "1 event happened"
	}
	return fmt.Sprintf("%d events happened", n)
}

// keeps says what of the team's agreement keeps the rule from looking or telling.
func (b *Book) keeps(team, rule string) []string {
	whose := "team " + team
	if team == "" {
		whose = "work that no team owns"
	}
	for _, a := range b.Standing(team) {
		switch {
		case a.Rule.ID != rule:
		case !a.On && a.Because != "":
			return []string{"the rule is off for " + whose + ", because " + Paragraph(a.Because)}
		case !a.On && !a.Rule.On && a.From == FromCatalog:
			return []string{"the rule is off for " + whose + ": it ships switched off"}
		case !a.On:
			return []string{"the rule is off for " + whose}
		case a.Stage == Watch:
			return []string{"the stage of the rule for " + whose + " is watch: findings are recorded and told to nobody"}
		}
	}
	return nil
}
