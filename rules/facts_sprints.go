package rules

import (
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// sharers is the part of a sprint that nobody claims which a team holds at
// least for it to be a sprint of that team: one in so many tickets. One ticket
// lent to others does not make a team work in sprints.
const sharers = 5

// owner is the team whose sprint it is: who claims its board or Linear team, or
// else the team that most of its tickets belong to, the first by id of several.
func (s *sprint) owner() *org.Team {
	if t := s.claimant(); t != nil {
		return t
	}
	counts := s.counts()
	teams := s.w.dir.Teams()
	var most *org.Team
	for i := range teams { // ordered by id
		if n := counts[int16(i)]; n > 0 && (most == nil || n > counts[s.w.overview.teamOf(most)]) {
			most = &teams[i]
		}
	}
	return most
}

func (s *sprint) claimant() *org.Team {
	w := org.Work{LinearTeam: s.Team}
	if s.Board != "" {
		w.JiraBoards = []string{s.Board}
	}
	return s.w.ownerOf(w, s.at)
}

// counts is how many of its tickets belong to each team.
func (s *sprint) counts() map[int16]int {
	out := map[int16]int{}
	for _, n := range s.held() {
		if note := &s.w.overview.notes[n]; note.kind == noteWork {
			out[note.team]++
		}
	}
	return out
}

// teams lists whose sprint it is: the team that claims it, or else every team
// that a fair part of its tickets belongs to.
func (s *sprint) teams() []int16 {
	if t := s.claimant(); t != nil {
		return []int16{s.w.overview.teamOf(t)}
	}
	counts, all := s.counts(), 0
	for _, n := range counts {
		all += n
	}
	var out []int16
	for team, n := range counts {
		if team != nobodys && n*sharers >= all {
			out = append(out, team)
		}
	}
	return out
}

// sprintTimes are the sprints of a team.
type sprintTimes struct {
	open []*sprint  // those that run now and those still ahead, the earliest first
	ran  []org.Span // when those ran that ended within the memory or run now, the earliest first
}

// sprintTimes finds the sprints of a team; all are looked at with the first
// question.
func (o *overview) sprintTimes(t *org.Team) *sprintTimes {
	of := o.timesOf(o.teamOf(t))
	if o.w.noted != nil {
		o.w.noted.asks(askedSprints(o.teamOf(t)))
		for _, s := range of.open {
			o.w.noted.asks(askedSprint(s.Source, s.ID))
		}
	}
	return of
}

// timesOf is sprintTimes by the team's place.
func (o *overview) timesOf(team int16) *sprintTimes {
	if o.w.early() {
		return &sprintTimes{}
	}
	if o.sprints == nil {
		noting := o.w.noted
		o.w.noted = nil
		defer func() { o.w.noted = noting }()
		o.sprints = map[int16]*sprintTimes{}
		var keys []string
		for key, s := range o.w.sprints {
			if o.remembers(s) {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		for _, key := range keys {
			o.noteSprint(o.w.sprints[key])
		}
		for _, of := range o.sprints {
			slices.SortStableFunc(of.open, func(a, b *sprint) int { return a.Start.Compare(b.Start) })
			slices.SortFunc(of.ran, func(a, b org.Span) int { return a.From.Compare(b.From) })
		}
	}
	if of := o.sprints[team]; of != nil {
		return of
	}
	return &sprintTimes{}
}

// remembers says that the sprint runs, is ahead, or ended within the memory.
func (o *overview) remembers(s *sprint) bool {
	return s.ActiveAt(o.w.now) || s.FutureAt(o.w.now) || !s.Start.IsZero() && !s.ended().Before(o.oldest)
}

func (o *overview) noteSprint(s *sprint) {
	active := s.ActiveAt(o.w.now)
	future := s.FutureAt(o.w.now)
	for _, team := range s.teams() {
		of := o.sprints[team]
		if of == nil {
			of = &sprintTimes{}
			o.sprints[team] = of
		}
		if active || future {
			of.open = append(of.open, s)
		}
		switch {
		case active:
			of.ran = append(of.ran, org.Span{From: s.Start.UTC()})
		case !future:
			of.ran = append(of.ran, org.Span{From: s.Start.UTC(), To: s.ended()})
		}
	}
}

// running says that a sprint runs now.
func (st *sprintTimes) running() bool {
	return slices.ContainsFunc(st.ran, func(s org.Span) bool { return s.To.IsZero() })
}

// next is the first moment from at on in which a sprint ran. It is meant for a
// team with a running sprint.
func (st *sprintTimes) next(at time.Time) time.Time {
	var next time.Time
	for _, s := range st.ran {
		if !s.To.IsZero() && !s.To.After(at) {
			continue
		}
		if from := later(at, s.From); next.IsZero() || from.Before(next) {
			next = from
		}
	}
	return next
}

// outsideSprintSince is since when the ticket is in flight in no running sprint
// while its team works in them. Between two sprints no time passes: who was left
// behind by one is outside from the beginning of the next, and who was outside of
// one before still is. A sub-task is where its parent is. False where none of
// this can be said.
func (t *workTicket) outsideSprintSince() (time.Time, bool) {
	team := t.owner()
	since, flying := t.inFlightSince()
	if team == nil || !flying || t.Kind == ticket.Container || t.Kind == ticket.Goal {
		return time.Time{}, false
	}
	times := t.w.overview.sprintTimes(team)
	if !times.running() {
		return time.Time{}, false
	}
	for _, in := range t.withParents() {
		left, still := in.leftSprints()
		if still {
			return time.Time{}, false
		}
		since = later(since, left)
	}
	return times.next(since), true
}

// withParents is the ticket and the work it is a part of.
func (t *workTicket) withParents() []*workTicket {
	out := []*workTicket{t}
	for up := t; !up.Parent.IsZero() && len(out) < maxLevels; out = append(out, up) {
		up = t.w.ticket(t.Source, up.Parent)
		if up == nil || up.Kind == ticket.Container || up.Kind == ticket.Goal {
			break
		}
	}
	return out
}

// leftSprints is when the ticket was last in a running sprint, zero when it never
// was; still says that it is now.
func (t *workTicket) leftSprints() (left time.Time, still bool) {
	if slices.ContainsFunc(t.sprints(), (*sprint).active) {
		return t.now, true
	}
	in, until := t.Sprints, t.now
	for _, c := range slices.Backward(t.History) {
		if c.Field != ticket.FieldSprint {
			continue
		}
		if left = t.w.lastRan(t.Source, in, org.Span{From: c.At, To: until}); !left.IsZero() {
			return left, false
		}
		in, until = idsBefore(in, c), c.At
	}
	return t.w.lastRan(t.Source, in, org.Span{From: t.Created, To: until}), false
}

// lastRan is the end of the last part of the span in which one of the sprints
// ran; zero when none did.
func (w *world) lastRan(source string, ids []string, in org.Span) time.Time {
	var last time.Time
	for _, id := range ids {
		s := w.sprint(source, id)
		if s != nil {
			s.dated()
		}
		if s == nil || s.State == ticket.SprintFuture || s.Start.IsZero() || !s.Start.Before(in.To) {
			continue
		}
		ended := in.To
		if !s.ActiveAt(in.To) {
			ended = earliest(in.To, s.ended())
		}
		if ended.After(in.From) && ended.After(s.Start) {
			last = later(last, ended)
		}
	}
	return last
}

// ended is when somebody completed the sprint, or else when it was to end.
func (s *sprint) ended() time.Time {
	if !s.Completed.IsZero() {
		return s.Completed.UTC()
	}
	return s.End.UTC()
}

// idsBefore is what a list of ids held before the change.
func idsBefore(ids []string, c ticket.Change) []string {
	holds := func(values []ticket.Value, id string) bool {
		return slices.ContainsFunc(values, func(v ticket.Value) bool { return v.ID == id })
	}
	var out []string
	for _, id := range ids {
		if !holds(c.To, id) || holds(c.From, id) {
			out = append(out, id)
		}
	}
	for _, v := range c.From {
		if !slices.Contains(out, v.ID) && !slices.Contains(ids, v.ID) {
			out = append(out, v.ID)
		}
	}
	return out
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
