package trends

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Flow counts how work flowed, for many teams and weeks at once. It is fed every
// stored ticket once, in any order, and keeps no ticket: only what happened in
// the weeks it counts. It is not safe for concurrent use.
//
// Everything is told as it stood when the week ended, from the tickets'
// histories, so that a week counted long after is the same as one counted at
// once. Work belongs to the team that owned it at the moment it is counted for.
// Epics, projects and goals do not count, and neither do sub-tasks, which are a
// part of their parent's work.
type Flow struct {
	dir     *org.Directory
	owners  *org.Owners
	weeks   map[string]Weeks  // by team
	span    org.Span          // from the first to the last moment of any week
	sprints map[string]sprint // by source and id

	oldest    map[string]time.Time // by team: when the first of its tickets was created
	work      map[uint64]bool      // what others may be a part of, by source and reference
	acts      ticket.Acts
	addresses ticket.Addresses

	finishes []finish
	bugs     []birth
	ends     []ending
	starts   []start
}

type sprint struct {
	ticket.Sprint
	ended time.Time // zero while it runs
}

// noted is what is remembered of a ticket that something happened to.
type noted struct {
	team   *org.Team
	week   int
	parent [2]uint64 // what it may be a part of; zeros for nothing
}

// NewFlow begins to count the weeks of each team, by its id. Of teams that the
// directory does not have nothing is told.
func NewFlow(dir *org.Directory, sprints []ticket.Sprint, weeks map[string]Weeks) *Flow {
	f := &Flow{
		dir: dir, owners: dir.Owners(), weeks: weeks, sprints: make(map[string]sprint, len(sprints)),
		oldest: map[string]time.Time{}, work: map[uint64]bool{}, acts: ticket.Acts{}, addresses: ticket.Addresses{},
	}
	for _, ws := range weeks {
		s := ws.span()
		if f.span.From.IsZero() || s.From.Before(f.span.From) {
			f.span.From = s.From
		}
		if s.To.After(f.span.To) {
			f.span.To = s.To
		}
	}
	for _, s := range sprints {
		f.sprints[s.Source+"\x00"+s.ID] = sprint{Sprint: s, ended: s.Ended()}
	}
	return f
}

// Add counts a ticket, as it stands now with its whole history.
func (f *Flow) Add(t *ticket.Ticket) {
	if f.span.To.IsZero() || !t.Created.Before(f.span.To) {
		return
	}
	f.addresses.Gather(t)
	f.acts.Gather(t, f.span.From.Add(-ticket.BulkSpan), f.span.To, nil)
	if t.Kind == ticket.Goal || t.Kind == ticket.Container {
		return
	}
	for _, key := range refKeys(t.Source, t.Ref()) {
		f.work[key] = true
	}
	if team := f.ownerAt(t, t.Created); team != nil {
		if first, known := f.oldest[team.ID]; !known || t.Created.Before(first) {
			f.oldest[team.ID] = t.Created
		}
	}
	parent := refKeys(t.Source, t.Parent)
	f.finished(t, parent)
	f.born(t, parent)
	f.sprintsEnded(t, parent)
	f.begun(t, parent)
}

// note finds whose ticket it was at the moment, and in which of that team's weeks
// the moment lies; false where nobody counts it.
func (f *Flow) note(t *ticket.Ticket, at time.Time, parent [2]uint64) (noted, bool) {
	if !f.span.Holds(at) {
		return noted{}, false
	}
	team := f.ownerAt(t, at)
	if team == nil {
		return noted{}, false
	}
	week := f.weeks[team.ID].of(at)
	return noted{team, week, parent}, week >= 0
}

// ownerAt is the team that owned the ticket at the moment; nil when none did.
func (f *Flow) ownerAt(t *ticket.Ticket, at time.Time) *org.Team {
	placed := t.PlacedAt(at)
	return f.owners.At(org.Work{
		JiraProject: placed.Project, JiraComponents: placed.Components, JiraBoards: placed.Boards, LinearTeam: placed.Team,
	}, at)
}

// end is when the week of what was noted ends.
func (f *Flow) end(n *noted) time.Time { return f.weeks[n.team.ID][n.week].End }

// part says that the ticket stands below another piece of work.
func (f *Flow) part(n *noted) bool {
	return slices.ContainsFunc(n.parent[:], func(key uint64) bool { return key != 0 && f.work[key] })
}

// refKeys are the ways in which others refer to a ticket, by id and by key; 0 for
// one that is not told.
func refKeys(source string, r ticket.Ref) (keys [2]uint64) {
	for i, name := range []string{r.ID, r.Key} {
		if name == "" {
			continue
		}
		h := fnv.New64a()
		_, _ = h.Write([]byte(source + "\x00" + string(rune('0'+i)) + name))
		keys[i] = h.Sum64()
	}
	return keys
}
