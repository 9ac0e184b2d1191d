package daemon

import (
	"fmt"
	"io"
	"strings"

	"github.com/fairlead-dev/fairlead/rules"
)

// Text writes the explanation for a terminal. Nothing that people wrote can
// colour it or move its lines.
func (e *Explained) Text(w io.Writer) error {
	p := explanationPrinter{told: map[string]bool{}}
	p.line(0, "%s", joinedBy(": ", e.Rule, e.Title))
	if e.Finding != nil {
		p.finding(e.Finding)
	}
	p.line(0, "As of %s", moment(e.At))
	for _, s := range e.Said {
		p.line(0, "! %s", s)
	}
	for i := range e.Rows {
		p.row(&e.Rows[i])
	}
	if e.More > 0 {
		p.line(0, "and %d more of this kind", e.More)
	}
	for i := range e.Together {
		p.together(&e.Together[i])
	}
	p.verdict(e)
	_, err := io.WriteString(w, p.String())
	return err
}

// explanationPrinter writes an explanation, each fact of a row once.
type explanationPrinter struct {
	strings.Builder
	told map[string]bool
}

func (p *explanationPrinter) line(depth int, format string, args ...any) {
	p.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

func joinedBy(by string, parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, by)
}

func (p *explanationPrinter) finding(f *ExplainedFinding) {
	p.line(0, "%s%s, finding %s", f.Key, quotedAfter(f.Title), f.ID)
	p.line(1, "We agreed: %s", f.Promise)
	p.line(1, "%s", f.Reason)
	p.line(1, "Asked: %s", f.Ask)
	if f.Mirror != "" {
		p.line(1, "Told to %s alone: %s", f.Actor, f.Mirror)
	}
	for _, s := range f.Spans {
		p.stretch(s)
	}
	if f.URL != "" {
		p.line(1, "%s", f.URL)
	}
	for _, e := range f.Evidence {
		p.evidence(e)
	}
	p.WriteByte('\n')
}

func (p *explanationPrinter) evidence(e ExplainedFact) {
	at := ""
	if !e.At.IsZero() {
		at = ", " + moment(e.At)
	}
	p.line(1, "%s: %s%s", e.Fact, joinedBy(" ", e.Value, e.URL), at)
}

// stretch tells of one stretch in which the finding was open.
func (p *explanationPrinter) stretch(s ExplainedSpan) {
	again := ""
	if s.After != "" {
		again = " again, " + s.After + " before,"
	}
	switch {
	case s.To.IsZero():
		p.line(1, "Open%s since %s", again, moment(s.From))
	case s.To.Equal(s.From):
		p.line(1, "Noticed %s, while %s", moment(s.From), s.End)
	default:
		p.line(1, "Open%s from %s to %s, then %s", again, moment(s.From), moment(s.To), s.End)
	}
}

func (p *explanationPrinter) row(r *rules.ExplainedRow) {
	clear(p.told)
	whose := "no team's"
	if r.Team != "" {
		whose = "of " + r.Team
	}
	p.WriteByte('\n')
	switch about := joinedBy(" ", r.About+", "+whose, r.URL); {
	case r.Left != "":
		p.line(0, "- %s: left out, because %s", about, r.Left)
	case r.Aged != "":
		p.line(0, "- %s: %s", about, r.Aged)
	default:
		p.line(0, "%s %s", mark(r.Holds), about)
	}
	if !r.At.IsZero() {
		p.line(2, "%s", moment(r.At))
	}
	if len(r.Subjects) > 0 {
		p.line(2, "told together as %s", strings.Join(r.Subjects, ", "))
	}
	for i := range r.When {
		p.condition(&r.When[i], 1)
	}
}

// condition writes a whole condition: its operands, without saying that all of
// them have to be met.
func (p *explanationPrinter) condition(c *rules.Part, depth int) {
	if c.Each != "" {
		p.line(depth, "for %s", c.Each)
		depth++
	}
	if c.Of != "and" {
		p.part(c, depth)
		return
	}
	for i := range c.Parts {
		p.part(&c.Parts[i], depth)
	}
}

func mark(holds bool) string {
	if holds {
		return "✓"
	}
	return "✗"
}

func markOf(c *rules.Part) string {
	if c.Value == "yes" || c.Value == "no" {
		return mark(c.Holds())
	}
	return "?"
}

func (p *explanationPrinter) part(c *rules.Part, depth int) {
	text := c.Text
	switch c.Of {
	case "and":
		text = "all of"
	case "or":
		text = "one of"
	case "not":
		text = "not"
	}
	note := ""
	if c.Value != "yes" && c.Value != "no" {
		note = "   (" + c.Value + ")"
	} else if len(c.Facts) == 1 && c.Of == "" {
		note = "   (" + c.Facts[0].Value + ")"
	}
	p.line(depth, "%s %s%s", markOf(c), text, note)
	if note == "" || len(c.Facts) > 1 {
		p.facts(c.Facts, depth+2)
	}
	for i := range c.Parts {
		if c.Of == "each" {
			p.condition(&c.Parts[i], depth+2)
		} else {
			p.part(&c.Parts[i], depth+2)
		}
	}
	if c.More > 0 {
		p.line(depth+2, "and %d more", c.More)
	}
}

func (p *explanationPrinter) facts(all []rules.Fact, depth int) {
	for _, f := range all {
		text := f.Text + ": " + f.Value
		if !p.told[text] {
			p.told[text] = true
			p.line(depth, "%s", text)
		}
	}
}

func (p *explanationPrinter) together(g *rules.ExplainedGroup) {
	clear(p.told)
	p.WriteByte('\n')
	p.line(0, "%s all of it together, %s: %s", markOf(&g.Having), g.Subject, numbered(g.Rows, "row"))
	p.condition(&g.Having, 1)
}

// verdict says what comes of it.
func (p *explanationPrinter) verdict(e *Explained) {
	p.WriteByte('\n')
	switch {
	case e.Stopped != "":
		p.line(0, "The rule could not be evaluated: %s", e.Stopped)
	case len(e.Noticed) == 0:
		p.line(0, "Nothing is noticed.")
	}
	for i := range e.Noticed {
		n := &e.Noticed[i]
		p.line(0, "It is noticed: %s. %s", n.Key, n.Reason)
	}
}
