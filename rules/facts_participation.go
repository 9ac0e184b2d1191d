package rules

import (
	"cmp"
	"slices"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

func participationFunctions() []function {
	people, at, text := cel.ListType(personType), cel.TimestampType, cel.StringType
	return []function{
		{
			name: "side_took_part", usage: "side_took_part(ticket, side, before)", args: []*cel.Type{ticketType, text, at}, result: cel.BoolType,
			help: "Somebody who stood on the side when they did it (engineering, product, leadership) took part in the ticket no later than the moment, " +
				"in the sense of took_part. Bots, and accounts the org directory does not know, stand on no side.",
			call: engine.AtNow(engine.Of3(sideTookPart), 2, false),
		},
		{
			name: "participants", usage: "participants(ticket, before)", args: []*cel.Type{ticketType, at}, result: people,
			help: "Who took part in the ticket no later than the moment, in the order in which they first did; bots left out.",
			call: engine.AtNow(engine.Of2(func(t *workTicket, before time.Time) list[*person] { return participants(t, before) }), 1, false),
		},
		{
			name: "em_took_part", usage: "em_took_part(ticket, after, until)", args: []*cel.Type{ticketType, at, at}, result: cel.BoolType,
			help: "After the first moment and no later than the second, somebody took part in the ticket who counted as its EM at the first moment or when they did it. " +
				"An EM who watches it now counts as well, since trackers do not tell since when.",
			call: engine.AtNow(engine.Of3(func(t *workTicket, after time.Time, until time.Time) bool {
				return watchedByEM(t, after) || len(emParts(t, after, until)) > 0
			}), 2, false),
		},
		{
			name: "em_parts", usage: "em_parts(ticket, after)", args: []*cel.Type{ticketType, at}, result: cel.ListType(at),
			help: "When after the moment somebody took part in the ticket who counted as its EM at the moment or when they did it, oldest first. " +
				"Watching is not among it, since trackers do not tell since when.",
			call: engine.Of2(func(t *workTicket, after time.Time) []time.Time {
				return emParts(t, after, t.now)
			}),
		},
		{
			name: "reacted", usage: "reacted(ticket, people, from, until)", args: []*cel.Type{ticketType, people, at, at}, result: cel.BoolType,
			help: "One of the people commented on the ticket or changed it, no earlier than the first moment and no later than the second.",
			call: engine.Of4(func(t *workTicket, who list[*person], from time.Time, until time.Time) bool {
				return reacted(t, who, from, until)
			}),
		},
		{
			name: "commented_since", usage: "commented_since(ticket, moment)", args: []*cel.Type{ticketType, at}, result: cel.BoolType,
			help: "Somebody other than a bot commented on the ticket at the moment or later.",
			call: engine.Of2(commentedSince),
		},
		{
			name: "of_team", usage: "of_team(person, ticket, at)", args: []*cel.Type{personType, ticketType, at}, result: cel.BoolType,
			help: "The person was a member, EM or PM of the team that owned the ticket at the moment, or stood in for its EM or PM.",
			call: engine.AtNow(engine.Of3(func(p *person, t *workTicket, at time.Time) bool {
				t, then := t, at
				return t.w.inTeam(t.ownerAt(then), p, then)
			}), 2, false),
		},
		{
			name: "teammates", usage: "teammates(person, person, at)", args: []*cel.Type{personType, personType, at}, result: cel.BoolType,
			help: "The two were members, EM or PM of the same team at the moment, or stood in for its EM or PM.",
			call: engine.AtNow(engine.Of3(teammates), 2, true),
		},
		{
			name: "manages_team", usage: "manages_team(person, ticket, at)", args: []*cel.Type{personType, ticketType, at}, result: cel.BoolType,
			help: "The person managed the team that owned the ticket at the moment directly: as its EM, or as direct manager of at least half of its members.",
			call: engine.AtNow(engine.Of3(managesTeam), 2, false),
		},
		{
			name: "pressing_since", member: true, usage: "ticket.pressing_since(priorities)", args: []*cel.Type{ticketType, cel.ListType(text)}, result: at,
			help: "Since when work on it has begun and its priority, after mapping, is one of the words: when work began, or the priority came to be one, whichever was later. " +
				"Where work has not begun, since when the priority is one.",
			call: engine.Of2(func(t *workTicket, priorities []string) time.Time { return t.pressingSince(priorities) }),
		},
	}
}

// workFacts tell how work on a ticket began; they stand among its other facts.
func workFacts() []fact {
	type T = *workTicket
	return []fact{
		sometimes("work_began", cel.TimestampType, "when work began in somebody's hands: when its status first meant so, or it was first assigned to a person, whichever was later; "+
			"by the status alone while nobody was ever assigned; missing before it began", func(t T) (time.Time, bool) { return t.workBegan() }),
		always("worked_on_by_team", cel.BoolType, "a member of the team that owned it when work began, or somebody who reports to its EM, was its assignee then or later, or moved it to a status that means work",
			func(t T) bool { return t.workedOnByTeam() }),
	}
}

// partAt is the moment whose roles tell where somebody stood who took part. A
// mention in the description, and watching, carry the time of creation for want
// of a better one; what people were at the end of the stretch looked at says more.
func partAt(part ticket.Part, t *workTicket, until time.Time) time.Time {
	undated := part.Way == ticket.WatchesItNow || part.Way == ticket.MentionedIn && part.At.Equal(t.Created)
	if !undated {
		return part.At
	}
	if until.After(t.now) {
		if t.now.Equal(t.w.now) {
			t.w.turnsWithPeople()
		}
		return t.now
	}
	return until
}

func sideTookPart(t *workTicket, side string, before time.Time) bool {
	for part := range t.Parts() {
		if part.At.After(before) {
			continue
		}
		p := t.w.person(t.Tracker, part.Account)
		if !p.bot && slices.Contains(sidesOf(p, partAt(part, t, before)), side) {
			return true
		}
	}
	return false
}

func participants(t *workTicket, before time.Time) []*person {
	type first struct {
		*person
		at time.Time
	}
	var all []first
	for part := range t.Parts() {
		if p := t.w.person(t.Tracker, part.Account); !part.At.After(before) && !p.bot {
			all = append(all, first{p, part.At})
		}
	}
	slices.SortStableFunc(all, func(a, b first) int { return a.at.Compare(b.at) })
	seen := map[string]bool{}
	var out []*person
	for _, f := range all {
		if !seen[f.Identity()] {
			seen[f.Identity()] = true
			out = append(out, f.person)
		}
	}
	return out
}

// emParts lists when an EM of the ticket took part after one moment and no later
// than the other. Whose ticket it was then and whose it is now both count, so
// that the EM of a team it was moved to does.
func emParts(t *workTicket, after, until time.Time) []time.Time {
	teams := []*org.Team{t.ownerAt(after), t.owner()}
	then := t.w.emsOf(teams[0], after)
	var out []time.Time
	for part := range t.Parts() {
		if part.Way == ticket.WatchesItNow || !part.At.After(after) || part.At.After(until) {
			continue
		}
		p := t.w.person(t.Tracker, part.Account)
		if p.among(then) || slices.ContainsFunc(teams, func(team *org.Team) bool { return p.among(t.w.emsOf(team, part.At)) }) {
			out = append(out, part.At)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

func watchedByEM(t *workTicket, at time.Time) bool {
	ems := emOf(t, at)
	return slices.ContainsFunc(t.Watchers, func(a ticket.Account) bool { return t.w.person(t.Tracker, a).among(ems) })
}

func reacted(t *workTicket, who []*person, from, until time.Time) bool {
	for part := range t.Parts() {
		active := part.Way == ticket.CommentedOn || part.Way == ticket.ChangedIt
		if active && !part.At.Before(from) && !part.At.After(until) && t.w.person(t.Tracker, part.Account).among(who) {
			return true
		}
	}
	return false
}

func commentedSince(t *workTicket, at time.Time) bool {
	return slices.ContainsFunc(t.Comments, func(c ticket.Comment) bool {
		return !c.Created.Before(at) && !t.w.person(t.Tracker, c.Author).bot
	})
}

// inTeam reports whether somebody belonged to the team at the moment.
func (w *world) inTeam(team *org.Team, p *person, at time.Time) bool {
	if team == nil || p.id == "" {
		return false
	}
	return team.MemberAt(p.id, at) || slices.Contains(w.dir.ActingEMs(team, at), p.id) || slices.Contains(w.dir.ActingPMs(team, at), p.id)
}

func teammates(a, b *person, at time.Time) bool {
	teams := a.w.dir.Teams()
	for i := range teams {
		if a.w.inTeam(&teams[i], a, at) && a.w.inTeam(&teams[i], b, at) {
			return true
		}
	}
	return false
}

// managesTeam takes somebody to whom at least half of the members report for the
// team's direct manager: one engineer who reports past the EM does not make the
// team theirs.
func managesTeam(p *person, t *workTicket, at time.Time) bool {
	team := t.ownerAt(at)
	if team == nil || p.id == "" {
		return false
	}
	if p.among(t.w.emsOf(team, at)) {
		return true
	}
	members, theirs := 0, 0
	for _, s := range team.Members {
		if !s.Holds(at) || s.Person == p.id {
			continue
		}
		members++
		if t.w.dir.Manages(p.id, s.Person, at) {
			theirs++
		}
	}
	return theirs > 0 && 2*theirs >= members
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (t *workTicket) pressingSince(priorities []string) time.Time {
	began, _ := t.workBegan()
	return later(began, t.Since(ticket.FieldPriority, func(v ticket.Value) bool { return among(cmp.Or(v.Norm, v.Text), priorities) }))
}

func (t *workTicket) workBegan() (time.Time, bool) {
	return t.WorkBegan(func(a ticket.Account) bool { return t.w.person(t.Tracker, a).bot })
}

func (t *workTicket) workedOnByTeam() bool {
	began, ok := t.workBegan()
	if !ok {
		return false
	}
	team := t.ownerAt(began)
	works := func(a ticket.Account, at time.Time) bool { return t.w.worksFor(team, t.w.person(t.Tracker, a), at) }
	if past := t.at(began); works(past.Assignee, began) {
		return true
	}
	for a := range t.Assignments() {
		if a.At.After(began) && works(a.To, a.At) {
			return true
		}
	}
	if t.Started.Equal(t.Created) && works(t.Creator, t.Created) {
		return true
	}
	return slices.ContainsFunc(t.History, func(c ticket.Change) bool {
		return c.Field == ticket.FieldStatus && len(c.To) > 0 && c.To[0].Norm == string(ticket.Started) && works(c.Actor, c.At)
	})
}

// worksFor reports whether somebody did the team's work at the moment: a member,
// or who reported to its EM. A PM has a seat in the team and does not.
func (w *world) worksFor(team *org.Team, p *person, at time.Time) bool {
	if team == nil || p.id == "" || p.bot {
		return false
	}
	member := func(s org.Seat) bool { return s.Person == p.id && s.Holds(at) }
	return slices.ContainsFunc(team.Members, member) || slices.ContainsFunc(team.EMs, func(s org.Seat) bool {
		return s.Holds(at) && (s.Person == p.id || w.dir.Manages(s.Person, p.id, at))
	})
}
