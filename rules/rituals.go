package rules

import (
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// ritual is something the team meets for again and again.
type ritual struct {
	*org.Ritual
	number int // its place among those of the team
	team   *org.Team
	w      *world
}

func (r *ritual) Identity() string { return name(r.team.ID, r.Name) }

func (r *ritual) words() string { return r.Name }

func (r *ritual) subject() finding.Subject {
	return finding.Subject{Kind: finding.AboutRitual, ID: name(r.team.ID, r.Name), Key: r.Name}
}

func (t *team) rituals() []*ritual {
	out := make([]*ritual, len(t.Rituals))
	for i := range t.Rituals {
		out[i] = &ritual{Ritual: &t.Rituals[i], number: i, team: t.Team, w: t.w}
	}
	return out
}

// gatherTraces notes since when the team's work is known, and who left a trace of
// its rituals when.
func (o *overview) gatherTraces(g *gathered) {
	if g.team == nobodys {
		return
	}
	o.begin(g)
	rituals := o.w.dir.Teams()[g.team].Rituals
	for i := range rituals {
		r := &rituals[i]
		if g.shows(&r.Evidence) {
			g.touched(i)
		}
		if r.Evidence.Update && !g.isWork() {
			g.updated(i)
		}
	}
}

// begin notes since when the team's work is known.
func (o *overview) begin(g *gathered) {
	if have, known := o.begun[g.team]; known && !g.Created.Before(have.at) {
		return
	}
	o.begun[g.team] = begun{at: g.Created, source: g.source, id: g.ID}
	if o.altered != nil {
		o.altered.add(askedBegun(g.team))
	}
}

// begun is the first known ticket of a team.
type begun struct {
	at     time.Time
	source int32
	id     string
}

// shows says that the ticket is one of those by which a ritual is seen.
func (g *gathered) shows(e *org.Trace) bool {
	if e.Label != "" && among(e.Label, g.Labels) {
		return true
	}
	return e.Title != "" && matches(g.Title, [][]string{wordsIn(e.Title)})
}

// touched notes who created, changed or commented on the ticket.
func (g *gathered) touched(ritual int) {
	g.trace(ritual, g.Creator, g.Created)
	for i := range g.History {
		g.trace(ritual, g.History[i].Actor, g.History[i].At)
	}
	for i := range g.Comments {
		g.trace(ritual, g.Comments[i].Author, g.Comments[i].Created)
	}
}

// updated notes when whoever owned the epic or project then wrote an update.
func (g *gathered) updated(ritual int) {
	owned := func(a ticket.Account, at time.Time) bool {
		return !a.IsZero() && accountOf(g.Tracker, a) == accountOf(g.Tracker, g.AssigneeAt(at))
	}
	for i := range g.Comments {
		if c := &g.Comments[i]; owned(c.Author, c.Created) {
			g.trace(ritual, c.Author, c.Created)
		}
	}
	for i := range g.History {
		if c := &g.History[i]; c.Field == ticket.FieldDescription && owned(c.Actor, c.At) {
			g.trace(ritual, c.Actor, c.At)
		}
	}
}

// trace is what a ritual left on a ticket.
type trace struct {
	ritual int   // its place among those of the team
	by     int32 // who left it
	at     time.Time
}

// trace keeps the latest one of each account: whether it belongs to a bot is
// known only once all tickets are read.
func (g *gathered) trace(ritual int, who ticket.Account, at time.Time) {
	n := g.o.people.number(g.Tracker, who)
	if n < 0 {
		return
	}
	for i := range g.traces {
		if one := &g.traces[i]; one.ritual == ritual && one.by == n {
			one.at = later(one.at, at)
			return
		}
	}
	g.traces = append(g.traces, trace{ritual, n, at})
	g.lay(shelfKey{kind: onTrace, team: g.team, source: int32(ritual)})
}

// last is when the ritual left its latest trace; zero when it never did.
func (r *ritual) last() time.Time {
	var last time.Time
	o := r.w.overview
	for _, n := range o.look(shelfKey{kind: onTrace, team: o.teamOf(r.team), source: int32(r.number)}).notes {
		for _, one := range o.traced[n] {
			if one.ritual == r.number && !o.person(one.by).bot {
				last = later(last, one.at)
			}
		}
	}
	for _, held := range r.Evidence.Held {
		if r.w.turns(held); !held.After(r.w.now) {
			last = later(last, held)
		}
	}
	return last.UTC()
}

// due is by when the ritual should leave its next trace: its cadence after the
// latest one, or after the beginning of what is known of it. False where that
// cannot be told: its calendar could not be read, or nothing is known of the
// team.
func (r *ritual) due() (time.Time, bool) {
	from := later(r.last(), r.Since)
	r.w.asks(askedBegun(r.w.overview.teamOf(r.team)))
	if begun, known := r.w.overview.begun[r.w.overview.teamOf(r.team)]; known {
		from = later(from, begun.at)
	}
	if r.Evidence.Unread != "" || from.IsZero() {
		return time.Time{}, false
	}
	return from.Add(r.Every).UTC(), true
}

// traceWords says by what the ritual is seen.
func (r *ritual) traceWords() string {
	var out []string
	if r.Evidence.Label != "" {
		out = append(out, `a ticket labelled "`+r.Evidence.Label+`"`)
	}
	if r.Evidence.Title != "" {
		out = append(out, `a ticket with "`+r.Evidence.Title+`" in its title`)
	}
	if r.Evidence.Update {
		out = append(out, "an update by the owner of an epic or project")
	}
	if r.Evidence.Calendar {
		out = append(out, "an entry in the calendar")
	}
	return strings.Join(out, ", or ")
}

func ritualFacts() noun {
	type R = *ritual
	return noun{typ: ritualType, help: "Something a team declared to meet for again and again.", facts: []fact{
		always("name", cel.StringType, "its name: retro", func(r R) string { return r.Name }),
		always("every", cel.DurationType, "its cadence", func(r R) time.Duration { return r.Every }),
		always("team", teamType, "the team that declared it", func(r R) *team { return &team{Team: r.team, w: r.w} }),
		always("trace", cel.StringType, `by what it is seen: a ticket labelled "retro"`, func(r R) string { return r.traceWords() }),
		sometimes("last", cel.TimestampType, "when it left its latest trace: a person created, changed or commented on such a ticket, the owner of an epic or project of the team wrote an update, "+
			"an entry of the calendar began; missing when it never did", func(r R) (time.Time, bool) { at := r.last(); return at, !at.IsZero() }),
		sometimes("due", cel.TimestampType, "by when it should leave its next trace: one cadence after the latest of its last trace, the day it was declared, and the team's first known ticket; "+
			"missing when that cannot be told, because its calendar could not be read or the team has no tickets yet", func(r R) (time.Time, bool) { return r.due() }),
	}}
}
