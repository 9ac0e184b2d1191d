package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// group is everything one rule noticed about one subject.
type group struct {
	rule    string
	subject any // *workTicket or *sprint
	rows    []row
}

// join puts a row to the others about the same subject.
func (c *check) join(r row, subject any) {
	s, ok := subjectOf(subject)
	if !ok {
		return
	}
	key := name(r.adopted.Rule.ID, string(s.Kind), s.Source, s.ID)
	g := c.groups[key]
	if g == nil {
		g = &group{rule: r.adopted.Rule.ID, subject: subject}
		c.groups[key] = g
	}
	g.rows = append(g.rows, r)
}

// tellGroups tells every group once all its rows are known.
func (c *check) tellGroups() error {
	for _, key := range sortedKeys(c.groups) {
		g := c.groups[key]
		if c.stopped[g.rule] != nil {
			continue
		}
		slices.SortFunc(g.rows, func(a, b row) int { return cmp.Compare(a.ticket.identity(), b.ticket.identity()) })
		c.stop(g.rule, g.rows[0].ticket, c.tell(g.rule, g.subject, g.rows))
		if err := c.fault(); err != nil {
			return err
		}
	}
	return nil
}

// tell puts a finding into words and keeps it.
func (c *check) tell(rule string, subject any, rows []row) error {
	team, a := c.whose(rule, subject, rows)
	t := teller{ctx: c.ctx, adopted: a, frame: c.frameOf(a, subject, rows), loc: time.UTC}
	if found, ok := c.w.dir.Team(team); ok {
		t.loc = found.Location
	}
	about, _ := subjectOf(subject)
	seen := finding.Seen{
		Rule: rule, Team: team, Subject: about, Promise: a.Promise, Tickets: keysOf(subject, rows),
		Severity: a.Rule.Severity, Audience: a.Rule.Audience,
	}
	if event := rows[0].assignment; event != nil {
		seen.Event, seen.Expires = event.Event, event.At.Add(a.window)
	}
	seen.ID = finding.MakeID(rule, about, seen.Event)
	seen.Reason, seen.Ask, seen.Evidence = t.fill(a.Rule.code.message), t.fill(a.ask), t.evidence()
	if t.err != nil {
		return t.err
	}
	c.seen[seen.ID] = sighting{Seen: seen, visible: a.visible}
	return nil
}

// whose is the team that is told, and what it has agreed: the owner of the
// subject where it has agreed to the rule, otherwise the first by id of the
// teams whose work made the rule fire. A sprint's owner is who claims its board,
// or its Linear team; a sprint shared by several teams is one finding.
func (c *check) whose(rule string, subject any, rows []row) (string, *Adopted) {
	if rows[0].assignment != nil {
		return rows[0].team, rows[0].adopted
	}
	if team := teamID(c.ownerOf(subject)); team != "" {
		if a := c.book.adoptedBy(team, rule); a != nil {
			return team, a
		}
	}
	first := slices.MinFunc(rows, func(a, b row) int {
		if (a.team == "") != (b.team == "") {
			return cmp.Compare(b.team, a.team) // who owns nothing comes last
		}
		return cmp.Compare(a.team, b.team)
	})
	return first.team, first.adopted
}

func (c *check) ownerOf(subject any) *org.Team {
	switch s := subject.(type) {
	case *workTicket:
		return c.w.owner(&s.Ticket)
	case *sprint:
		w := org.Work{LinearTeam: s.Team}
		if s.Board != "" {
			w.JiraBoards = []string{s.Board}
		}
		return c.w.ownerOf(w)
	}
	return nil
}

// frameOf holds what the words of a finding may speak of.
func (c *check) frameOf(a *Adopted, subject any, rows []row) *frame {
	f := &frame{now: c.w.now, settings: a.values, subject: subject}
	for _, r := range rows {
		f.tickets = append(f.tickets, r.ticket)
	}
	if len(rows) == 1 {
		f.ticket, f.assignment = rows[0].ticket, rows[0].assignment
	}
	return f
}

// subjectOf names what a finding is about.
func subjectOf(subject any) (finding.Subject, bool) {
	switch s := subject.(type) {
	case *workTicket:
		return finding.Subject{Kind: finding.AboutTicket, Source: s.Source, ID: s.ID, Key: s.Key, Title: s.Title, URL: s.URL}, true
	case *sprint:
		return finding.Subject{Kind: finding.AboutSprint, Source: s.Source, ID: s.ID, Key: s.Name, URL: s.URL}, true
	}
	return finding.Subject{}, false
}

// keysOf lists the tickets a finding concerns: those that made the rule fire, and
// the subject where it is a ticket.
func keysOf(subject any, rows []row) []string {
	var keys []string
	if t, ok := subject.(*workTicket); ok {
		keys = append(keys, t.Key)
	}
	for _, r := range rows {
		keys = append(keys, r.ticket.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
