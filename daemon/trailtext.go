package daemon

import (
	"cmp"
	"fmt"
	"io"

	"github.com/fairlead-dev/fairlead/finding"
)

// Text writes it for a terminal. Nothing that people wrote can colour it or move
// its lines.
func (s *Shown) Text(w io.Writer) error {
	var p explanationPrinter
	p.line(0, "%s%s, finding %s", s.Key, quotedAfter(s.Title), s.ID)
	p.line(1, "%s, %s, %s; told to %s", s.Rule, s.Severity, cmp.Or(s.Team, "of no team"), s.Audience)
	p.line(1, "We agreed: %s", s.Promise)
	p.line(1, "%s", s.Reason)
	p.line(1, "Asked: %s", s.Ask)
	if s.Mirror != "" {
		p.line(1, "Told to %s alone: %s", s.Actor, s.Mirror)
	}
	if s.URL != "" {
		p.line(1, "%s", s.URL)
	}
	p.line(0, "\nIt is %s", s.Now)
	if s.Weeks > 0 {
		p.line(1, "Open for %s, begun ones counted", numbered(s.Weeks, "week"))
	}
	p.line(1, "First seen %s", moment(s.First))
	p.line(1, "Last seen %s", moment(s.Last))
	if !s.Expires.IsZero() && s.State == string(finding.Open) {
		p.line(1, "Ages out %s", moment(s.Expires))
	}
	p.proof(s.Evidence)
	p.history(s)
	_, err := io.WriteString(w, p.String())
	return err
}

func quotedAfter(title string) string {
	if title == "" {
		return ""
	}
	return fmt.Sprintf(" %q", title)
}

func (p *explanationPrinter) proof(all []ExplainedFact) {
	if len(all) > 0 {
		p.line(0, "\nEvidence")
	}
	for _, e := range all {
		p.evidence(e)
	}
}

func (p *explanationPrinter) history(s *Shown) {
	for i, w := range s.Waivers {
		if i == 0 {
			p.line(0, "\nWaivers that cover it")
		}
		p.line(1, "%s until %s, by %s: %s", w.ID, moment(w.Until), w.ByName, w.Why)
	}
	p.line(0, "\nWhat happened to it")
	for _, t := range s.Trail {
		p.line(1, "%s  %s: %s; from then on %s", t.At.UTC().Format("2006-01-02 15:04"), t.Name, t.What, t.State)
		if t.Why != "" {
			p.line(2, "%s", t.Why)
		}
	}
}
