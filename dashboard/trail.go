package dashboard

import (
	"cmp"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

// trailRow is a line of the audit trail.
type trailRow struct {
	Day, Who, What, Why string
	Href, About         string
	Team                string
	Iso                 string
}

// trailPage is the audit trail, a page of it.
type trailPage struct {
	Headline string
	Rows     []trailRow
	Next     link
	Empty    *empty
}

const (
	trailAPage = 60
	// mostTurned is how many pages of the store are turned to fill one for a viewer
	// who may see little of them.
	mostTurned = 12
)

// trail lists who changed what, when and why, as far as the viewer may see it.
func (v *visit) trail() error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	from := v.query("from")
	if len(from) > 200 {
		return notThere
	}
	c := v.clock(nil)
	var p trailPage
	for turned := 0; turned < mostTurned && len(p.Rows) < trailAPage; turned++ {
		entries, next, err := v.s.Data.Trail(v.r.Context(), from, trailAPage)
		if err != nil {
			return err
		}
		for i := range entries {
			if v.seesEntry(l, &entries[i]) {
				p.Rows = append(p.Rows, v.trailRow(l, &entries[i], c))
			}
		}
		if from = next; from == "" {
			break
		}
	}
	if from != "" {
		p.Next = link{"/trail?from=" + queryEscape(from), "Earlier"}
	}
	p.Headline = "Who changed what, when and why."
	if len(p.Rows) > 0 {
		p.Headline = "The latest change that is for you to see: " + p.Rows[0].Day + "."
	} else {
		p.Empty = &empty{Title: "Nothing has been changed yet", Text: "Answers, waivers and changes of agreements stand here with who made them and why.", Next: link{"/findings", "See what is open"}}
	}
	return v.show("trail", v.frame("Audit trail"), p)
}

// seesEntry decides by the finding where it is about one, otherwise by the team;
// what is about how fairlead is set up is for who configures.
func (v *visit) seesEntry(l *Ledger, e *Entry) bool {
	switch {
	case e.Configuring:
		return v.access.Configures()
	case e.Finding != "":
		f, ok := l.Finding(e.Finding)
		return ok && v.access.SeesAudience(f.Team, f.Audience)
	case e.Team == "":
		return v.access.Known()
	}
	return v.inTeam(e.Team)
}

func (v *visit) trailRow(l *Ledger, e *Entry, c clock) trailRow {
	row := trailRow{
		Day: c.moment(e.At), Iso: e.At.UTC().Format("2006-01-02T15:04:05Z"), Who: "fairlead", What: reports.Clean(e.What, textLength), Why: reports.Clean(e.Why, textLength),
	}
	if e.By != "" {
		row.Who = v.personName(e.By)
	}
	if e.Team != "" {
		row.Team = v.teamName(e.Team)
	}
	switch f, ok := l.Finding(e.Finding); {
	case ok:
		row.Href, row.About = findingHref(f.ID), clean(cmp.Or(f.Subject.Key, f.Subject.Title, string(f.ID)))
	case e.Rule != "":
		row.Href, row.About = "/rules/"+pathEscape(e.Rule), v.ruleTitle(e.Rule)
	}
	return row
}

// trailOf is everything that happened to a finding, oldest first.
func (v *visit) trailOf(f *finding.Finding, c clock) ([]trailRow, error) {
	entries, err := v.s.Data.TrailOf(v.r.Context(), f.ID)
	if err != nil {
		return nil, err
	}
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return nil, err
	}
	out := make([]trailRow, len(entries))
	for i := range entries {
		out[i] = v.trailRow(l, &entries[i], c)
	}
	return out, nil
}
