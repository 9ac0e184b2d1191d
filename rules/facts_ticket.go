package rules

import (
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

// workTicket is a ticket as of the evaluation's moment, with the world around
// it.
type workTicket struct {
	ticket.Ticket
	w   *world
	now time.Time // the moment it is seen at: the evaluation's, or an earlier one

	// What was asked for once; rules ask again and again.
	ownedBy   *org.Team
	owned     bool // ownedBy is known
	dueOn     time.Time
	dated     bool // dueOn is known
	changed   list[*change]
	linked    list[*link]
	planned   list[*sprint]
	remarked  list[*comment]
	documents list[*paper]
	// kept are the same as expressions look at them.
	kept struct{ changes, links, sprints, comments, papers *engine.Kept }
}

// kept is the list as expressions look at it, made once.
func kept[E identified](at **engine.Kept, make func() []E) engine.List {
	if *at == nil {
		*at = engine.Keep(list[E](make()))
	}
	return *at
}

func (t *workTicket) Identity() string { return name(t.Source, t.ID) }

func ticketFacts() noun {
	text, textList := cel.StringType, cel.ListType(cel.StringType)
	type T = *workTicket
	return noun{typ: ticketType, help: "A piece of work as of the moment looked at: a story, a bug, an epic, a project, an initiative.", facts: append([]fact{
		always("key", text, "what people call it: PAY-231", func(t T) string { return t.Key }),
		always("title", text, "its title; written by anyone", func(t T) string { return t.Title }),
		always("description", text, "its description as it is now, in the tracker's markup; has no history", func(t T) string { return t.Description }),
		always("url", text, "where a person can open it", func(t T) string { return t.URL }),
		always("kind", text, "what it is, after mapping: "+words(ticket.Kinds()), func(t T) string { return string(t.Kind) }),
		always("type", text, "the tracker's own word for what it is", func(t T) string { return t.RawType }),
		always("status", text, "the tracker's own word for where it stands", func(t T) string { return t.Status }),
		always("category", text, "what the status means: "+words(ticket.Categories()), func(t T) string { return string(t.Category) }),
		always("in_flight", cel.BoolType, "started, and neither done nor cancelled", func(t T) bool { return t.InFlight() }),
		always("priority", text, "what the priority means: "+words(ticket.Priorities()), func(t T) string { return string(t.Priority) }),
		always("labels", textList, "its labels", func(t T) []string { return t.Labels }),
		always("components", textList, "its Jira components; none in Linear", func(t T) []string { return t.Components }),
		always("project", text, "the Jira project's key; empty for Linear", func(t T) string { return t.Project }),
		always("tracker", text, "jira or linear", func(t T) string { return t.Tracker }),
		always("created", cel.TimestampType, "when it was created", func(t T) time.Time { return t.Created }),
		sometimes("started", cel.TimestampType, "when work first began; missing before", func(t T) (time.Time, bool) { return t.Started, !t.Started.IsZero() }),
		sometimes("ended", cel.TimestampType, "when it was last done or cancelled; missing while it is neither", func(t T) (time.Time, bool) { return t.Resolved, !t.Resolved.IsZero() }),
		sometimes("estimate", cel.DoubleType, "its estimate in points; missing when it has none", func(t T) (float64, bool) { return t.points() }),
		sometimes("due", cel.TimestampType, "the beginning of the day it is due, in its team's time zone; missing when it has none", func(t T) (time.Time, bool) { return t.due() }),
		whenThere("creator", personType, "who created it; missing when the tracker names nobody", func(t T) bool { return !t.Creator.IsZero() }, func(t T) *person { return t.w.person(t.Tracker, t.Creator) }),
		whenThere("assignee", personType, "whose it is; for an epic or project its lead; missing when nobody's", func(t T) bool { return !t.Assignee.IsZero() }, func(t T) *person { return t.w.person(t.Tracker, t.Assignee) }),
		always("needs", cel.IntType, "how many customer needs ask for it; always 0 in Jira", func(t T) int { return len(t.Needs) }),
		always("papers", cel.ListType(paperType), "what it points at outside the tracker: documents, runbooks, designs", func(t T) engine.List { return kept(&t.kept.papers, t.papers) }),
		always("health", text, "what its owner says of a Linear project or initiative: onTrack, atRisk, offTrack; empty when nothing", func(t T) string { return t.Health }),
		always("links", cel.ListType(linkType), "its links to other tickets, read from this end", func(t T) engine.List { return kept(&t.kept.links, t.links) }),
		always("sprints", cel.ListType(sprintType), "the sprints or cycles it is or was planned into", func(t T) engine.List { return kept(&t.kept.sprints, t.sprints) }),
		always("changes", cel.ListType(changeType), "its history, oldest first", func(t T) engine.List { return kept(&t.kept.changes, t.changes) }),
		sometimes("team", teamType, "the team that owns it; missing when none does", func(t T) (*team, bool) { return t.w.team(t.owner()) }),
		always("children", cel.ListType(ticketType), "what stands directly below it: sub-tasks, an epic's stories, a project's issues", func(t T) list[*workTicket] { return t.children() }),
		always("comments", cel.ListType(commentType), "who commented when, oldest first; never what was written", func(t T) engine.List { return kept(&t.kept.comments, t.comments) }),
	}, slices.Concat(workFacts(), standingFacts(), ownerFacts())...)}
}

func ticketFunctions() []function {
	textList := cel.ListType(cel.StringType)
	return []function{
		{
			name: "chain", member: true, usage: "ticket.chain(levels)", args: []*cel.Type{ticketType, cel.IntType}, result: cel.ListType(ticketType),
			help: "The ticket and what stands above it, up to so many levels: parent, epic, project, initiative. What is not stored is left out.",
			call: engine.Of2(func(t *workTicket, levels int) list[*workTicket] { return t.chain(levels) }),
		},
		{
			name: "highest", member: true, usage: "ticket.highest(levels)", args: []*cel.Type{ticketType, cel.IntType}, result: ticketType,
			help: "The highest ticket on the way up the chain that is no goal; the ticket itself when nothing stands above it.",
			call: engine.Of2(func(t *workTicket, levels int) *workTicket { return t.highest(levels) }),
		},
		{
			name: "committed", member: true, usage: "ticket.committed(statuses)", args: []*cel.Type{ticketType, textList}, result: cel.BoolType,
			help: "In an active or future sprint and not cancelled, or in flight, or in one of the statuses, compared without regard to case.",
			call: engine.Of2(func(t *workTicket, statuses []string) bool { return t.committed(statuses) }),
		},
		{
			name: "committed_since", member: true, usage: "ticket.committed_since(statuses)", args: []*cel.Type{ticketType, textList}, result: cel.TimestampType,
			help: "Since when it is committed, for the earliest of the reasons that hold now; when it was created where that is in no history, or where it is not committed.",
			call: engine.Of2(func(t *workTicket, statuses []string) time.Time {
				if since, ok := t.committedSince(statuses); ok {
					return since
				}
				return t.Created
			}),
		},
		{
			name: "section", member: true, usage: "ticket.section(headings)", args: []*cel.Type{ticketType, textList}, result: cel.StringType,
			help: "The text below the heading that holds one of the words, runs of white space as one space; the longest where several do, empty where none does. " +
				"Headings are h2. Problem in Jira, ## Problem in Markdown, and lines such as *Problem* or **Problem:**; a section ends at the next heading.",
			call: engine.Of2(func(t *workTicket, headings []string) string { return section(t.Description, headings) }),
		},
	}
}

// words lists what a text can be, for people.
func words[S ~string](list []S) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, ", ")
}

func (t *workTicket) points() (float64, bool) {
	if t.Estimate == nil {
		return 0, false
	}
	return *t.Estimate, true
}

func (t *workTicket) due() (time.Time, bool) {
	if !t.dated {
		loc := time.UTC
		if team := t.owner(); team != nil {
			loc = team.Location
		}
		t.dueOn, t.dated = t.Due.In(loc), true
	}
	return t.dueOn, !t.dueOn.IsZero()
}

// committed says that somebody counts on the ticket.
func (t *workTicket) committed(statuses []string) bool {
	_, ok := t.committedSince(statuses)
	return ok
}

// committedSince is when somebody began to count on the ticket, for the earliest
// of the reasons that hold now.
func (t *workTicket) committedSince(statuses []string) (since time.Time, ok bool) {
	reason := func(f ticket.Field, holds func(ticket.Value) bool) {
		if at := t.Since(f, holds); !ok || at.Before(since) {
			since, ok = at, true
		}
	}
	if t.InFlight() {
		reason(ticket.FieldStatus, func(v ticket.Value) bool { return v.Norm == string(ticket.Started) })
	}
	if among(t.Status, statuses) {
		reason(ticket.FieldStatus, func(v ticket.Value) bool { return among(v.Text, statuses) })
	}
	if t.Category == ticket.Cancelled {
		return since, ok
	}
	for _, s := range t.sprints() {
		if s.active() || s.future() {
			reason(ticket.FieldSprint, func(v ticket.Value) bool { return v.ID == s.ID })
		}
	}
	return since, ok
}

func (t *workTicket) sprints() []*sprint {
	if t.w.noted != nil {
		for _, id := range t.Sprints {
			t.w.noted.asks(askedSprint(t.Source, id))
		}
	}
	if t.planned == nil && len(t.Sprints) > 0 {
		t.planned = make(list[*sprint], 0, len(t.Sprints))
		for _, id := range t.Sprints {
			if s := t.w.sprint(t.Source, id); s != nil {
				t.planned = append(t.planned, s.seen(t.now))
			}
		}
	}
	return t.planned
}

func (t *workTicket) papers() []*paper {
	if t.documents == nil {
		t.documents = wrapped(t.Papers, func(p *ticket.Paper) paper { return paper{Paper: p, from: t} })
	}
	return t.documents
}

func (t *workTicket) links() []*link {
	if t.linked == nil {
		t.linked = wrapped(t.Links, func(l *ticket.Link) link { return link{Link: l, from: t} })
	}
	return t.linked
}

func (t *workTicket) changes() []*change {
	if t.changed == nil {
		t.changed = wrapped(t.History, func(c *ticket.Change) change { return change{Change: c, of: t} })
	}
	return t.changed
}

func (t *workTicket) comments() []*comment {
	if t.remarked == nil {
		t.remarked = wrapped(t.Comments, func(c *ticket.Comment) comment { return comment{Comment: c, of: t} })
	}
	return t.remarked
}

// wrapped makes nouns of what a ticket holds, all in one piece of memory.
func wrapped[A, B any](of []A, wrap func(*A) B) []*B {
	if len(of) == 0 {
		return nil
	}
	all, out := make([]B, len(of)), make([]*B, len(of))
	for i := range of {
		all[i] = wrap(&of[i])
		out[i] = &all[i]
	}
	return out
}

// at is the ticket as it stood at an earlier moment.
func (t *workTicket) at(moment time.Time) ticket.Ticket {
	past, ok := t.AsOf(moment)
	if !ok {
		return t.Ticket
	}
	return past
}

// seen is the ticket, with its world, as it stood at an earlier moment. What
// stands above and below it is seen as it is now.
func (t *workTicket) seen(at time.Time) *workTicket {
	return &workTicket{Ticket: t.at(at), w: t.w, now: at}
}

// owner is the team that owns the ticket, or nil.
func (t *workTicket) owner() *org.Team {
	if !t.owned {
		t.ownedBy, t.owned = t.w.owner(&t.Ticket, t.now), true
	}
	return t.ownedBy
}

// ownerAt is the team that owned the ticket at an earlier moment, or nil.
func (t *workTicket) ownerAt(at time.Time) *org.Team {
	if !t.MovedSince(at) {
		if t.w.dir.Era(at) == t.w.dir.Era(t.now) {
			return t.owner()
		}
		return t.w.owner(&t.Ticket, at)
	}
	placed := t.PlacedAt(at)
	return t.w.owner(&placed, at)
}
