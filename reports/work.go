package reports

import (
	"cmp"
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
	*record
	weeks map[string]org.Week
	all   org.Span              // from the first of the weeks' beginnings to the last of their ends
	done  map[string][]finished // by team
	slips map[string][]slipped
}

// record is what is kept of all tickets, whatever the week. No text of a ticket is
// kept as it was given: it may be a part of one that holds the whole ticket, and
// there may be a million of those.
type record struct {
	dir     *org.Directory
	sprints map[nameIn]*ticket.Sprint
	owners  *org.Owners
	emails  ticket.Addresses
	works   []*Work     // one for each week
	spans   []org.Span  // of those weeks, apart from each other
	acts    ticket.Acts // of those, to tell what was done in bulk
	sorted  bool        // once all are gathered
	lineage lineage
	parts   map[name][]int32 // who finished parts, by their whole
	parties parties
	words   words
}

// nameIn names something of a source.
type nameIn struct{ source, id string }

type finished struct {
	piece  Piece
	at     time.Time
	by     int32 // of the parties
	node   int32
	parent way
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
	r := &record{
		dir: dir, sprints: map[nameIn]*ticket.Sprint{}, owners: dir.Owners(), emails: ticket.Addresses{}, acts: ticket.Acts{},
		lineage: newLineage(), parts: map[name][]int32{}, parties: parties{of: map[party]int32{}}, words: words{},
	}
	for i := range sprints {
		r.sprints[nameIn{sprints[i].Source, sprints[i].ID}] = &sprints[i]
	}
	return r.of(weeks)
}

// Also is the work of other weeks, gathered in the same pass: what is added to one
// is added to all. It is asked for before anything is.
func (w *Work) Also(weeks map[string]org.Week) *Work { return w.of(weeks) }

func (r *record) of(weeks map[string]org.Week) *Work {
	w := &Work{record: r, weeks: weeks, all: around(weeks), done: map[string][]finished{}, slips: map[string][]slipped{}}
	r.works = append(r.works, w)
	r.spans = united(append(r.spans, org.Span{From: w.all.From.Add(-ticket.BulkSpan), To: w.all.To}))
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

// united makes one of spans that meet.
func united(spans []org.Span) []org.Span {
	slices.SortFunc(spans, func(a, b org.Span) int { return a.From.Compare(b.From) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out) - 1; n < 0 || s.From.After(out[n].To) {
			out = append(out, s)
		} else if s.To.After(out[n].To) {
			out[n].To = s.To
		}
	}
	return out
}

// Add takes note of a ticket.
func (w *Work) Add(t *ticket.Ticket) {
	w.emails.Gather(t)
	node := w.lineage.keep(t, w.words)
	w.keepPart(t)
	for _, s := range w.spans {
		w.acts.Gather(t, s.From, s.To, nil)
	}
	for _, one := range w.works {
		one.add(t, node)
	}
}

// add notes what came of a ticket in the weeks.
func (w *Work) add(t *ticket.Ticket, node int32) {
	if !w.touched(t) {
		return
	}
	for _, team := range w.teamsOf(t) {
		past, ok := t.AsOf(w.weeks[team].End.Add(-1))
		if !ok || w.ownerOf(&past, w.weeks[team].End.Add(-1)) != team {
			continue
		}
		w.addFinished(team, &past, node)
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

func (r *record) ownerOf(t *ticket.Ticket, when time.Time) string {
	team := r.owners.At(org.Work{JiraProject: t.Project, JiraComponents: t.Components, JiraBoards: t.Boards, LinearTeam: t.Team}, when)
	if team == nil {
		return ""
	}
	return team.ID
}

// keepPart notes who finished a part of other work: they built that as well.
func (r *record) keepPart(t *ticket.Ticket) {
	if t.Parent.IsZero() || t.Category != ticket.Done || t.Kind == ticket.Container {
		return
	}
	by := t.Finisher()
	if by.IsZero() {
		return
	}
	whole := r.lineage.way(t.Source, t.Parent)
	key := cmp.Or(whole.id, whole.key)
	if n := r.parties.number(t.Tracker, by); !slices.Contains(r.parts[key], n) {
		r.parts[key] = append(r.parts[key], n)
	}
}

func (w *Work) addFinished(team string, t *ticket.Ticket, node int32) {
	week := w.weeks[team]
	if w.ofRitual(team, t) {
		return
	}
	made := t.Kind == ticket.Feature || t.Kind == ticket.Bug || t.Kind == ticket.Task
	if !made || t.Category != ticket.Done || t.Resolved.Before(week.Start) || !t.Resolved.Before(week.End) {
		return
	}
	w.done[team] = append(w.done[team], finished{
		piece: w.words.piece(t), at: t.Resolved, by: w.parties.number(t.Tracker, t.Finisher()), node: node, parent: w.lineage.way(t.Source, t.Parent),
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
	s := slipped{Slipped: Slipped{Piece: w.words.piece(t), At: last.At, Times: len(slips), Written: w.written(t, last.At)}}
	if last.Field == ticket.FieldDue {
		s.From, s.To = dateOf(last.From), dateOf(last.To)
		s.by = w.words.account(ticket.KeyOf(t.Tracker, last.Actor))
	} else if came, _ := last.Moved(); len(came) > 0 {
		s.Into = came[len(came)-1].Text
		if sprint := w.sprints[nameIn{t.Source, came[len(came)-1].ID}]; sprint != nil {
			s.Into = sprint.Name
		}
		s.Into = w.words.same(s.Into)
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
	return ticket.Date(strings.Clone(string(d)))
}

func (r *record) around(t *ticket.Ticket) ticket.Around {
	return ticket.Around{
		Sprint: func(id string) *ticket.Sprint { return r.sprints[nameIn{t.Source, id}] },
		Counts: func(c *ticket.Change) bool { return !c.Actor.IsZero() && !r.bot(t.Tracker, c.Actor) },
		Same:   func(a, b ticket.Account) bool { return r.identity(t.Tracker, a) == r.identity(t.Tracker, b) },
	}
}

func (r *record) written(t *ticket.Ticket, since time.Time) bool {
	return slices.ContainsFunc(t.Comments, func(c ticket.Comment) bool { return !c.Created.Before(since) && !r.bot(t.Tracker, c.Author) })
}

func (r *record) person(tracker string, a ticket.Account) (org.Person, bool) {
	return r.dir.Resolve(tracker, a.ID, r.emails.Of(tracker, a))
}

func (r *record) bot(tracker string, a ticket.Account) bool {
	p, known := r.person(tracker, a)
	return a.Bot || known && p.Bot
}

func (r *record) identity(tracker string, a ticket.Account) string {
	if p, known := r.person(tracker, a); known {
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
		if whole := w.lineage.find(f.parent); whole >= 0 && w.lineage.nodes[whole].kind.work() {
			continue
		}
		out = append(out, Finished{Piece: f.piece, At: f.at, Purpose: w.lineage.purpose(f.node), Builders: w.builders(f)})
	}
	return out
}

// builders are the people of the directory who finished the work and its parts.
// What automation finished was built by nobody it could name.
func (w *Work) builders(f *finished) []string {
	var out []string
	own := w.lineage.way(f.piece.Source, ticket.Ref{ID: f.piece.ID, Key: f.piece.Key})
	for _, n := range slices.Concat([]int32{f.by}, w.parts[own.id], w.parts[own.key]) {
		a := &w.parties.all[n]
		if p, known := w.person(a.tracker, a.account); known && !p.Bot && !a.account.Bot {
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
