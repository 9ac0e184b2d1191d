package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// group is everything one rule noticed about one subject.
type group struct {
	rule string
	rows []row
}

// join puts a row to the others about the same subject.
func (c *check) join(r row, subject any) {
	s, ok := subjectOf(subject)
	if !ok {
		return
	}
	key := name(r.adopted.Rule.ID, string(s.Kind), s.Source, s.ID)
	if to := c.sharing.teller(&r.adopted.Rule, key); to != c.sharing.share.Part {
		c.handOver(to, &r)
		return
	}
	g := c.groups[key]
	if g == nil {
		g = &group{rule: r.adopted.Rule.ID}
		c.groups[key] = g
	}
	r.subject = subject
	g.rows = append(g.rows, r)
	if c.looking != nil {
		c.looking.joined = append(c.looking.joined, key)
	}
}

// tellGroups tells every group once all its rows are known.
func (c *check) tellGroups() error {
	for _, key := range sortedKeys(c.groups) {
		c.telling = key
		if err := c.tellGroup(c.groups[key]); err != nil {
			return err
		}
	}
	return nil
}

// tellGroup tells one; its subject is as the first of its rows has it.
func (c *check) tellGroup(g *group) error {
	if _, stopped := c.stopped[g.rule]; stopped {
		return nil
	}
	slices.SortFunc(g.rows, func(a, b row) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.looked().Identity(), b.looked().Identity()))
	})
	subject := g.rows[0].subject
	c.stop(g.rule, subject, c.tell(g.rule, subject, g.rows))
	return c.fault()
}

// tell puts a finding into words and keeps it.
func (c *check) tell(rule string, subject any, rows []row) error {
	team, a := c.whose(rule, subject, rows)
	if about, ok := subject.(*workTicket); ok && a.exempts(&about.Ticket) {
		return nil
	}
	t := teller{adopted: a, frame: c.frameOf(a, team, subject, rows), loc: time.UTC}
	c.watch.told(c, a, subject, rows, t.frame)
	if having := a.Rule.code.having; having != nil {
		if holds, err := having.holds(t.frame); err != nil || !holds {
			return err
		}
	}
	if found, ok := c.w.dir.Team(team); ok {
		t.loc = found.Location
	}
	about, _ := subjectOf(subject)
	seen := finding.Seen{
		Rule: rule, Team: team, Subject: about, Promise: a.Promise, Tickets: keysOf(subject, rows),
		Severity: a.Rule.Severity, Audience: a.Tell, Labels: labelsOf(subject, about),
	}
	if a.Rule.code.groupBy == nil {
		seen.Event = rows[0].event
	}
	if first := rows[0].at; !first.IsZero() {
		// Rows are sorted by time. When the first leaves its window, the others
		// may or may not be enough.
		seen.Expires = first.Add(a.window)
	} else if p, ok := subject.(passing); ok {
		seen.Expires = p.passes()
	}
	seen.ID = finding.MakeID(rule, about, seen.Event)
	seen.Reason, seen.Ask, seen.Evidence = t.fill(a.Rule.code.message), t.fill(a.ask), t.evidence()
	seen.Actor, seen.Mirror = t.mirror(rows)
	if t.err != nil {
		return t.err
	}
	c.see(sighting{Seen: letGo(seen), visible: a.visible})
	return nil
}

// letGo copies the texts that come from tickets. A ticket's texts are parts of one piece
// of memory, all of which would be kept for as long as the finding is.
func letGo(s finding.Seen) finding.Seen {
	own := func(texts ...*string) {
		for _, t := range texts {
			*t = strings.Clone(*t)
		}
	}
	own(&s.Subject.Source, &s.Subject.ID, &s.Subject.Key, &s.Subject.Title, &s.Subject.URL, &s.Event, &s.Reason, &s.Mirror)
	for i := range s.Tickets {
		own(&s.Tickets[i])
	}
	for i := range s.Labels {
		own(&s.Labels[i])
	}
	for i := range s.Evidence {
		own(&s.Evidence[i].Value, &s.Evidence[i].URL)
	}
	return s
}

// see keeps a finding.
func (c *check) see(s sighting) {
	if c.looking == nil {
		c.seen[s.ID] = s
		return
	}
	l := c.looking
	if i := slices.IndexFunc(l.told, func(t *sighting) bool { return t.ID == s.ID }); i >= 0 {
		l.told[i] = &s
		return
	}
	l.told = append(l.told, &s)
}

// passing is a subject whose time is over by itself: a sprint ahead begins, who
// was away is back. What was told of it then has aged out, nobody settled it.
type passing interface{ passes() time.Time }

// whose is the team that is told, and what it has agreed: the owner of the
// subject where it has agreed to the rule, otherwise the first by id of the
// teams whose work made the rule fire. A sprint's owner is who claims its board,
// or its Linear team; a sprint shared by several teams is one finding.
func (c *check) whose(rule string, subject any, rows []row) (string, *Adopted) {
	if rows[0].event != "" {
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
		return s.owner()
	case *sprint:
		return s.owner()
	case *goal:
		return s.owner()
	case *area:
		return s.team
	case *role:
		return s.team
	case *team:
		return s.Team
	case *ritual:
		return s.team
	case *plan:
		return s.team
	}
	return nil
}

// frameOf holds what the words of a finding may speak of.
func (c *check) frameOf(a *Adopted, team string, subject any, rows []row) *frame {
	f := &frame{now: c.w.now, settings: c.settingsOf(a, team), subject: subject}
	c.noteIn(f)
	for _, r := range rows {
		if r.ticket != nil && !slices.Contains(f.tickets, r.ticket) {
			f.tickets = append(f.tickets, r.ticket)
		}
		if ch, ok := r.item.(*change); ok {
			f.changes = append(f.changes, ch)
		}
	}
	if len(rows) == 1 {
		f.ticket, f.scope, f.item = rows[0].ticket, a.Rule.Scope, rows[0].item
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
	case *goal:
		return s.subject()
	case interface{ subject() finding.Subject }:
		return s.subject(), true
	case *assignment:
		return subjectOf(s.of)
	case *change:
		return subjectOf(s.of)
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
		if r.ticket != nil {
			keys = append(keys, r.ticket.Key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
