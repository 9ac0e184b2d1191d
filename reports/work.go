package reports

import (
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Piece is a ticket as a report names it. Its texts are as people wrote them.
type Piece struct {
	Source, ID, Key, Title, URL string
	Kind                        ticket.Kind
}

// Finished is work that a team finished in its week.
type Finished struct {
	Piece
	At       time.Time
	Builders []string // names of the directory, in alphabetical order
	Purpose  *Piece   // the problem or goal it leads to; nil when nothing says so
}

// Slipped is unfinished work that moved later in the week.
type Slipped struct {
	Piece
	At       time.Time // of the latest slip
	Times    int       // slips so far, that one included
	From, To ticket.Date
	Into     string // the sprint it was carried over into; empty when a date moved
	// Written says that a person has commented since.
	Written bool
}

// Work gathers in one pass over all tickets what every team finished and what
// slipped in its week: Add them all, then ask. It reads each ticket once, keeps
// little of it, and is not safe for concurrent use.
type Work struct {
	dir     *org.Directory
	weeks   map[string]org.Week
	all     org.Span // from the first of the weeks' beginnings to the last of their ends
	sprints map[nameIn]*ticket.Sprint
	owners  *org.Owners
	emails  ticket.Addresses
	acts    ticket.Acts                 // of the weeks, to tell what was done in bulk
	sorted  bool                        // once all are gathered
	nodes   map[nameIn]*node            // by source and id, and by source and key
	parts   map[nameIn][]ticket.Account // who finished parts, by their whole
	done    map[string][]finished       // by team
	slips   map[string][]slipped
	also    []*Work // of other weeks, over the same tickets
}

// nameIn names something of a source.
type nameIn struct{ source, id string }

// node is what is kept of a ticket because it may lead others to their purpose.
type node struct {
	piece Piece // key, title and address of problems and goals only
	above []ticket.Ref
	tied  []ticket.Link
}

type finished struct {
	Finished
	node    *node
	tracker string
	by      ticket.Account
	parent  ticket.Ref
}

type slipped struct {
	Slipped
	by ticket.AccountKey // who moved its date; zero where a sprint's end moved it
}

// tying are the kinds of link that tie work to a problem, in either direction,
// as the rule feature-without-problem has them by default.
var tying = []ticket.LinkKind{ticket.Solves, ticket.SolvedBy, ticket.Implements, ticket.ImplementedBy,
	ticket.Causes, ticket.CausedBy, ticket.Relates, ticket.OtherLink}

// levelsToPurpose is how far up the chain a problem or goal may stand.
const levelsToPurpose = 6

// NewWork makes an empty collection for the weeks of teams, by team id.
func NewWork(weeks map[string]org.Week, dir *org.Directory, sprints []ticket.Sprint) *Work {
	w := &Work{
		dir: dir, weeks: weeks, sprints: map[nameIn]*ticket.Sprint{}, owners: dir.Owners(), emails: ticket.Addresses{}, acts: ticket.Acts{},
		nodes: map[nameIn]*node{}, parts: map[nameIn][]ticket.Account{},
		done: map[string][]finished{}, slips: map[string][]slipped{},
	}
	for i := range sprints {
		w.sprints[nameIn{sprints[i].Source, sprints[i].ID}] = &sprints[i]
	}
	w.all = around(weeks)
	return w
}

func around(weeks map[string]org.Week) (all org.Span) {
	for _, week := range weeks {
		if all.From.IsZero() || week.Start.Before(all.From) {
			all.From = week.Start
		}
		if week.End.After(all.To) {
			all.To = week.End
		}
	}
	return all
}

// Also is the work of other weeks, gathered in the same pass: what is added to w is
// added to it as well. It is asked for before anything is.
func (w *Work) Also(weeks map[string]org.Week) *Work {
	other := *w
	other.weeks, other.all, other.also = weeks, around(weeks), nil
	other.acts, other.done, other.slips = ticket.Acts{}, map[string][]finished{}, map[string][]slipped{}
	w.also = append(w.also, &other)
	return &other
}

// Add takes note of a ticket.
func (w *Work) Add(t *ticket.Ticket) {
	w.emails.Gather(t)
	n := w.keep(t)
	w.keepPart(t)
	w.add(t, n)
	for _, other := range w.also {
		other.add(t, n)
	}
}

// add notes what came of a ticket in the weeks.
func (w *Work) add(t *ticket.Ticket, n *node) {
	w.acts.Gather(t, w.all.From.Add(-ticket.BulkSpan), w.all.To, nil)
	if !w.touched(t) {
		return
	}
	for _, team := range w.teamsOf(t) {
		past, ok := t.AsOf(w.weeks[team].End.Add(-1))
		if !ok || w.ownerOf(&past, w.weeks[team].End.Add(-1)) != team {
			continue
		}
		w.addFinished(team, &past, n)
		w.addSlipped(team, &past)
	}
}

// touched reports whether the ticket was finished or changed in any of the weeks.
func (w *Work) touched(t *ticket.Ticket) bool {
	if w.all.Holds(t.Resolved) {
		return true
	}
	for _, c := range slices.Backward(t.History) {
		if c.At.Before(w.all.From) {
			return false
		}
		if w.all.Holds(c.At) && (c.Field == ticket.FieldStatus || c.Field == ticket.FieldDue || c.Field == ticket.FieldSprint) {
			return true
		}
	}
	return false
}

// teamsOf are the teams that may have owned the ticket at the ends of their
// weeks: all of those weeks lie within two days.
func (w *Work) teamsOf(t *ticket.Ticket) []string {
	var out []string
	for _, end := range []time.Time{w.all.To, w.all.From} {
		past := t.PlacedAt(end)
		if team := w.ownerOf(&past, end); team != "" && !slices.Contains(out, team) {
			if _, reported := w.weeks[team]; reported {
				out = append(out, team)
			}
		}
	}
	return out
}

func (w *Work) ownerOf(t *ticket.Ticket, when time.Time) string {
	team := w.owners.At(org.Work{JiraProject: t.Project, JiraComponents: t.Components, JiraBoards: t.Boards, LinearTeam: t.Team}, when)
	if team == nil {
		return ""
	}
	return team.ID
}

// keep notes what may lead to a purpose: problems and goals, what stands below
// something, and what has a link of a kind that ties.
func (w *Work) keep(t *ticket.Ticket) *node {
	n := &node{above: t.Above(), piece: Piece{Source: t.Source, Kind: t.Kind}}
	for _, l := range t.Links {
		if slices.Contains(tying, l.Kind) {
			n.tied = append(n.tied, l)
		}
	}
	if purposeful(t.Kind) {
		n.piece = pieceOf(t)
	}
	if t.ID != "" {
		w.nodes[nameIn{t.Source, t.ID}] = n
	}
	if t.Key != "" {
		w.nodes[nameIn{t.Source, "\x00" + t.Key}] = n
	}
	return n
}

func purposeful(k ticket.Kind) bool { return k == ticket.Problem || k == ticket.Goal }

func pieceOf(t *ticket.Ticket) Piece {
	return Piece{Source: t.Source, ID: t.ID, Key: t.Key, Title: t.Title, URL: t.URL, Kind: t.Kind}
}

func (w *Work) node(source string, r ticket.Ref) *node {
	if n := w.nodes[nameIn{source, r.ID}]; r.ID != "" && n != nil {
		return n
	}
	if r.Key == "" {
		return nil
	}
	return w.nodes[nameIn{source, "\x00" + r.Key}]
}

// keepPart notes who finished a part of other work: they built that as well.
func (w *Work) keepPart(t *ticket.Ticket) {
	if t.Parent.IsZero() || t.Category != ticket.Done || t.Kind == ticket.Container {
		return
	}
	by := t.Finisher()
	if by.IsZero() {
		return
	}
	key := nameIn{t.Source, t.Parent.ID}
	if t.Parent.ID == "" {
		key.id = "\x00" + t.Parent.Key
	}
	if all := w.parts[key]; !slices.Contains(all, by) {
		w.parts[key] = append(all, by)
	}
}

func (w *Work) addFinished(team string, t *ticket.Ticket, n *node) {
	week := w.weeks[team]
	if w.ofRitual(team, t) {
		return
	}
	made := t.Kind == ticket.Feature || t.Kind == ticket.Bug || t.Kind == ticket.Task
	if !made || t.Category != ticket.Done || t.Resolved.Before(week.Start) || !t.Resolved.Before(week.End) {
		return
	}
	w.done[team] = append(w.done[team], finished{
		Finished: Finished{Piece: pieceOf(t), At: t.Resolved}, node: n, tracker: t.Tracker, by: t.Finisher(), parent: t.Parent,
	})
}

// ofRitual reports whether the ticket is the trace of a ritual, as of a retro: it was
// held, not shipped.
func (w *Work) ofRitual(team string, t *ticket.Ticket) bool {
	of, known := w.dir.Team(team)
	return known && slices.ContainsFunc(of.Rituals, func(r org.Ritual) bool {
		labelled := slices.ContainsFunc(t.Labels, func(l string) bool { return r.Evidence.Label != "" && strings.EqualFold(l, r.Evidence.Label) })
		return labelled || r.Evidence.Title != "" && strings.Contains(strings.ToLower(t.Title), strings.ToLower(r.Evidence.Title))
	})
}

func (w *Work) addSlipped(team string, t *ticket.Ticket) {
	if t.Category.Ended() {
		return
	}
	slips := t.Slips(w.around(t))
	if len(slips) == 0 || slips[len(slips)-1].At.Before(w.weeks[team].Start) {
		return
	}
	last := &slips[len(slips)-1]
	s := slipped{Slipped: Slipped{Piece: pieceOf(t), At: last.At, Times: len(slips), Written: w.written(t, last.At)}}
	if last.Field == ticket.FieldDue {
		s.From, s.To = dateOf(last.From), dateOf(last.To)
		s.by = ticket.KeyOf(t.Tracker, last.Actor)
	} else if came, _ := last.Moved(); len(came) > 0 {
		s.Into = came[len(came)-1].Text
		if sprint := w.sprints[nameIn{t.Source, came[len(came)-1].ID}]; sprint != nil {
			s.Into = sprint.Name
		}
	}
	w.slips[team] = append(w.slips[team], s)
}

func dateOf(values []ticket.Value) ticket.Date {
	if len(values) == 0 {
		return ""
	}
	d, err := ticket.ParseDate(values[0].ID)
	if err != nil {
		return ""
	}
	return d
}

func (w *Work) around(t *ticket.Ticket) ticket.Around {
	return ticket.Around{
		Sprint: func(id string) *ticket.Sprint { return w.sprints[nameIn{t.Source, id}] },
		Counts: func(c *ticket.Change) bool { return !c.Actor.IsZero() && !w.bot(t.Tracker, c.Actor) },
		Same:   func(a, b ticket.Account) bool { return w.identity(t.Tracker, a) == w.identity(t.Tracker, b) },
	}
}

func (w *Work) written(t *ticket.Ticket, since time.Time) bool {
	return slices.ContainsFunc(t.Comments, func(c ticket.Comment) bool { return !c.Created.Before(since) && !w.bot(t.Tracker, c.Author) })
}

func (w *Work) person(tracker string, a ticket.Account) (org.Person, bool) {
	return w.dir.Resolve(tracker, a.ID, w.emails.Of(tracker, a))
}

func (w *Work) bot(tracker string, a ticket.Account) bool {
	p, known := w.person(tracker, a)
	return a.Bot || known && p.Bot
}

func (w *Work) identity(tracker string, a ticket.Account) string {
	if p, known := w.person(tracker, a); known {
		return p.ID
	}
	return tracker + "\x00" + a.ID
}

// Finished lists what the team finished in its week, in no order. A part of other
// work, such as a sub-task, is told with its whole.
func (w *Work) Finished(team string) []Finished {
	var out []Finished
	for i := range w.done[team] {
		f := &w.done[team][i]
		if whole := w.node(f.Source, f.parent); whole != nil && whole.piece.Kind != ticket.Container && whole.piece.Kind != ticket.Goal {
			continue
		}
		one := f.Finished
		one.Purpose, one.Builders = w.purpose(f), w.builders(f)
		out = append(out, one)
	}
	return out
}

// purpose is the nearest problem on the way up, or else the nearest goal.
func (w *Work) purpose(f *finished) *Piece {
	var goal *Piece
	for _, n := range w.chain(f.node) {
		switch {
		case n.piece.Kind == ticket.Problem:
			return &n.piece
		case n.piece.Kind == ticket.Goal && goal == nil:
			goal = &n.piece
		}
		for _, l := range n.tied {
			if to := w.node(f.Source, l.Target); to != nil && to.piece.Kind == ticket.Problem {
				return &to.piece
			}
		}
	}
	return goal
}

func (w *Work) chain(n *node) []*node {
	return ticket.Chain(n, levelsToPurpose, func(n *node) *node { return n }, func(n *node) []*node {
		var out []*node
		for _, r := range n.above {
			if up := w.node(n.piece.Source, r); up != nil {
				out = append(out, up)
			}
		}
		return out
	})
}

// builders are the people of the directory who finished the work and its parts.
// What automation finished was built by nobody it could name.
func (w *Work) builders(f *finished) []string {
	var out []string
	accounts := slices.Concat([]ticket.Account{f.by}, w.parts[nameIn{f.Source, f.ID}], w.parts[nameIn{f.Source, "\x00" + f.Key}])
	for _, a := range accounts {
		if p, known := w.person(f.tracker, a); known && !p.Bot && !a.Bot {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Slipped lists what slipped in the team's week, in no order, without dates that
// were moved in bulk: a migration says nothing of the work.
func (w *Work) Slipped(team string) []Slipped {
	if !w.sorted {
		w.acts.Sort()
		w.sorted = true
	}
	var out []Slipped
	for _, s := range w.slips[team] {
		if s.by == (ticket.AccountKey{}) || !w.acts.Bulk(s.by, s.At, ticket.HandWork) {
			out = append(out, s.Slipped)
		}
	}
	return out
}
