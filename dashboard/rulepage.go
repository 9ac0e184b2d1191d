package dashboard

import (
	"slices"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/trends"
)

// rulePage is a rule: what it is for, how much it noticed, and what people think
// of that.
type rulePage struct {
	Headline, Lead string
	Title          string
	Why            string
	FaultLine      string
	Spans          []chip
	Chart          *chart
	Teams          []teamRow
	Findings       []item
	More           link
	Votes          string
	Agreed         link
	Hidden         string
}

const findingsOfRule = 10

// rule shows a rule as far as the viewer may see what it noticed.
func (v *visit) rule() error {
	r, known := v.s.Data.Book().Rule(v.r.PathValue("rule"))
	if !known {
		return notThere
	}
	l, t, err := v.reading()
	if err != nil {
		return err
	}
	p := rulePage{Title: reports.Clean(r.Title, titleLength), Why: reports.Clean(r.Why, reasonLength), FaultLine: faultLineName(r.FaultLine), Agreed: link{agreementHref(v.onlyTeam(), r.ID), "The agreement, with its settings"}}
	if p.Votes, err = v.votesOn(r.ID); err != nil {
		return err
	}
	f := v.frame(p.Title)
	if err := v.ruleNumbers(&p, &r, l, t); err != nil {
		return err
	}
	f.Plots = p.Chart != nil
	v.ruleFindings(&p, &r, l)
	return v.show("rule", f, p)
}

// onlyTeam is the team of who is in one alone; otherwise it is empty.
func (v *visit) onlyTeam() string {
	if own := v.named(); len(own) == 1 {
		return own[0].ID
	}
	return ""
}

// ruleNumbers fills in what may be told of the rule in numbers.
func (v *visit) ruleNumbers(p *rulePage, r *rules.Rule, l *Ledger, t *Trends) error {
	groups, whose := v.groups()
	if v.seesOrganisation() && !v.tellsRule(r.ID) {
		groups = nil
		p.Hidden = "Too few people have agreed to this rule for its numbers to be told above their teams."
	}
	if len(groups) == 0 {
		p.Headline = p.Title + "."
		return nil
	}
	loc := v.clock(nil).loc
	weeks := weeksTo(v.now, loc, v.weeksAsked())
	s := v.summary(l, t, weeks, loc, groups)
	open := s.ofRule(trends.Open, r.ID)
	s.open, s.before = l.Open(r.ID, s.teams...), lastWeek(open)
	p.Headline = p.Title + ": " + exceptions(s.open) + s.change() + "."
	p.Lead = "In " + lowerFirst(whose) + "."
	if whose == groups[0].name {
		p.Lead = "In " + whose + "."
	}
	p.Spans = v.spanChips()
	marks, err := v.marks(weeks, loc, func(team, rule string) bool {
		return (team == "" || slices.Contains(s.teams, team)) && (rule == "" || rule == r.ID)
	})
	if err != nil {
		return err
	}
	c := newChart("rule", "Open at the end of each week", "", weeks, []series{
		{"open", "accent", open},
		{"settled", "settled", s.ofRule(trends.Settled, r.ID)},
	}, marks)
	p.Chart = &c
	if !v.seesOrganisation() && len(groups) > 1 { // groups by rules are a table whose margins would tell too much
		p.Teams = s.byTeam(r.ID)
	}
	return nil
}

// byTeam are the teams with what is open of one rule.
func (s *summary) byTeam(rule string) []teamRow {
	lines := make([][]float64, len(s.groups))
	for i, g := range s.groups {
		lines[i] = s.windows[i].sum(trends.OfRule(trends.Open, rule), g.teams...)
	}
	top := topOf(4, lines...)
	out := make([]teamRow, len(s.groups))
	for i, g := range s.groups {
		out[i] = teamRow{Name: g.name, Href: g.href, Open: s.ledger.Open(rule, g.teams...), Spark: sparkOf(lines[i], top, "Open")}
	}
	return out
}

func (v *visit) ruleFindings(p *rulePage, r *rules.Rule, l *Ledger) {
	found := l.Find(Query{Sees: v.access.SeesAudience, Rule: r.ID, State: finding.Open}, 0, findingsOfRule)
	p.Findings = v.items(l, found.Items)
	if found.Total > len(found.Items) {
		p.More = link{"/findings?rule=" + queryEscape(r.ID), "All " + number(found.Total) + " open findings"}
	}
}

// fewestVotes is how many votes are told at least: of fewer it could be guessed
// whose they are.
const fewestVotes = 5

func (v *visit) votesOn(rule string) (string, error) {
	votes, err := v.s.Data.VotesOn(v.r.Context(), rule)
	if err != nil {
		return "", err
	}
	n := votes.Useful + votes.NotUseful
	switch {
	case n == 0:
		return "Nobody has said yet whether these findings are useful.", nil
	case n < fewestVotes:
		return "Fewer than five votes so far: too few to tell.", nil
	}
	return number(votes.Useful) + " of " + counted(n, "vote", "votes") + " found these findings useful.", nil
}

func faultLineName(id string) string {
	for _, f := range faultLines {
		if f.ID == id {
			return f.Name
		}
	}
	return clean(id)
}
