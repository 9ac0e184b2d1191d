package rules

import (
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/ticket"
)

// sprint is a Jira sprint or Linear cycle seen from the evaluation's moment.
type sprint struct {
	ticket.Sprint
	w  *world
	at time.Time // the moment it is seen at
}

// seen is the sprint as it stood at another moment.
func (s *sprint) seen(at time.Time) *sprint {
	if at.Equal(s.at) {
		return s
	}
	return &sprint{Sprint: s.Sprint, w: s.w, at: at}
}

// dated notes when it begins and ends, where it is asked about now.
func (s *sprint) dated() {
	if s.w.noted != nil && s.at.Equal(s.w.now) {
		s.w.turns(s.Start)
		s.w.turns(s.End)
		s.w.turns(s.Completed)
	}
}

// active says that it was running at the moment it is seen at.
func (s *sprint) active() bool {
	s.dated()
	return s.ActiveAt(s.at)
}

// future says that it was still ahead then.
func (s *sprint) future() bool {
	s.dated()
	return s.FutureAt(s.at)
}

func (s *sprint) Identity() string { return name(s.Source, s.ID) }

func sprintFacts() noun {
	type S = *sprint
	return noun{typ: sprintType, help: "A Jira sprint or a Linear cycle.", facts: []fact{
		always("name", cel.StringType, "its name; written by anyone", func(s S) string { return s.Name }),
		always("goal", cel.StringType, "its goal, for a cycle its description; as it is now, since trackers keep no history of it", func(s S) string { return s.Goal }),
		always("active", cel.BoolType, "it has started and nobody has completed it", func(s S) bool { return s.active() }),
		always("future", cel.BoolType, "it has not started yet", func(s S) bool { return s.future() }),
		always("url", cel.StringType, "where a person can open it; may be empty", func(s S) string { return s.URL }),
		always("tickets", cel.ListType(ticketType), "what is planned into it; none where it ended more than a year ago", func(s S) list[*workTicket] { return s.tickets() }),
		sometimes("team", teamType, "the team whose sprint it is: who claims its board or Linear team, or else the team that most of its tickets belong to; missing when no team owns any", func(s S) (*team, bool) { return s.w.team(s.owner()) }),
		sometimes("start", cel.TimestampType, "when it started or is to start", func(s S) (time.Time, bool) { return s.Start.UTC(), !s.Start.IsZero() }),
		sometimes("end", cel.TimestampType, "when it is to end", func(s S) (time.Time, bool) { return s.End.UTC(), !s.End.IsZero() }),
	}}
}

// link is a link of a ticket, read from that ticket.
type link struct {
	*ticket.Link
	from *workTicket
}

func (l *link) Identity() string {
	return name(l.from.Identity(), l.Phrase, l.Target.ID, l.Target.Key)
}

func linkFacts() noun {
	type L = *link
	return noun{typ: linkType, help: "A link from one ticket to another, read from the first.", facts: []fact{
		always("kind", cel.StringType, "what it means, after mapping: "+words(ticket.LinkKinds()), func(l L) string { return string(l.Kind) }),
		always("phrase", cel.StringType, "the tracker's own words: is blocked by", func(l L) string { return l.Phrase }),
		always("target_key", cel.StringType, "the other ticket's key; may be empty", func(l L) string { return l.Target.Key }),
		always("target_kind", cel.StringType, "the other ticket's kind: as stored, or as told with the link when it is not stored; may be empty",
			func(l L) string { return string(l.from.w.kindOf(l.from.Source, l.Target, l.TargetKind)) }),
	}}
}

// paper is something outside the tracker that a ticket points at.
type paper struct {
	*ticket.Paper
	from *workTicket
}

func (p *paper) Identity() string { return name(p.from.Identity(), p.URL, p.Title) }

func paperFacts() noun {
	type P = *paper
	return noun{typ: paperType, help: "Something outside the tracker that a ticket points at. As it is now, since trackers keep no history of it.", facts: []fact{
		always("title", cel.StringType, "what it is called; written by anyone, may be empty", func(p P) string { return p.Title }),
		always("url", cel.StringType, "where it is", func(p P) string { return p.URL }),
	}}
}

// change is one entry of a ticket's history.
type change struct {
	*ticket.Change
	of *workTicket
	// created says that the value was set while creating the ticket.
	created bool
	was     *workTicket // what before gives, once asked
}

func (c *change) Identity() string { return name(c.of.Identity(), c.ID) }

func changeFacts() noun {
	type C = *change
	return noun{typ: changeType, help: "One entry of a ticket's history.", facts: append([]fact{
		always("field", cel.StringType, "what changed: status, assignee, sprint, priority, estimate, due, type, parent, link, label, title, description, …", func(c C) string { return string(c.Field) }),
		always("at", cel.TimestampType, "when", func(c C) time.Time { return c.At }),
		whenThere("actor", personType, "who changed it; missing when the tracker names nobody", func(c C) bool { return !c.Actor.IsZero() }, func(c C) *person { return c.of.w.person(c.of.Tracker, c.Actor) }),
		always("on_creation", cel.BoolType, "set while creating the ticket", func(c C) bool { return c.created }),
		always("before", ticketType, "the ticket as it stood just before; for what was set while creating it, as it was created", func(c C) *workTicket { return c.before() }),
		always("after", ticketType, "the ticket as it stood just after", func(c C) *workTicket { return c.of.seen(c.At) }),
		always("from", cel.ListType(cel.StringType), "what stood there before, in the tracker's words", func(c C) []string { return wordsOf(c.From) }),
		always("to", cel.ListType(cel.StringType), "what stands there after, in the tracker's words", func(c C) []string { return wordsOf(c.To) }),
	}, happenedFacts()...)}
}

// wordsOf gives values the way a person reads them.
func wordsOf(values []ticket.Value) []string {
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = v.Text; v.Text == "" {
			out[i] = v.ID
		}
	}
	return out
}

// comment says who wrote when.
type comment struct {
	*ticket.Comment
	of *workTicket
}

func (c *comment) Identity() string { return name(c.of.Identity(), c.ID) }

func commentFacts() noun {
	type C = *comment
	return noun{typ: commentType, help: "A comment on a ticket. What it says is not kept.", facts: []fact{
		always("at", cel.TimestampType, "when", func(c C) time.Time { return c.Created }),
		whenThere("author", personType, "who wrote it; missing when the tracker names nobody", func(c C) bool { return !c.Author.IsZero() }, func(c C) *person { return c.of.w.person(c.of.Tracker, c.Author) }),
	}}
}
