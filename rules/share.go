package rules

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Share is a part of an evaluation that several processes make together. Each of them
// is shown a part of the tickets: it gathers from them what is told across tickets, which
// the parts tell one another, and judges them by what their teams have agreed. What
// is judged beside tickets, teams and sprints for example, is divided by teams. A rule
// that groups looks at the work of several parts at once, so that they hand one
// another the tickets that belong to a group; each group is told by one of them.
// The zero value is all of it.
type Share struct {
	Part, Of int
	Others   Others // needed where there are any
}

// Others are the parts that other processes make.
type Others interface {
	// Swap tells all others something, and waits for what each of them tells in the
	// round of that name: one for each part, that of the part itself empty.
	Swap(ctx context.Context, round string, told []byte) ([][]byte, error)
	// Named yields tickets of a source that other parts are shown, by id.
	Named(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error]
}

// CheckShare is Check of a part, which w shows alone; it finds any ticket. Joined
// makes the outcome of Check out of all parts that looked at the same moment.
func (b *Book) CheckShare(ctx context.Context, w Work, dir *org.Directory, now time.Time, s Share) (Piece, error) {
	out, err := b.check(ctx, w, dir, now, nil, s)
	return Piece{share: s, outcome: out}, err
}

// Piece is what one part of an evaluation noticed.
type Piece struct {
	share   Share
	outcome Outcome
}

// Joined is the outcome of all parts.
func Joined(parts []Piece) Outcome {
	out := Outcome{Stopped: map[string]error{}, stoppedAt: map[string]string{}, watched: map[finding.ID]bool{}}
	for i := range parts {
		o := &parts[i].outcome
		out.Flights = o.Flights // of the same teams in all
		out.Tickets += o.Tickets
		out.flying = append(out.flying, o.flying...)
		out.Seen = append(out.Seen, o.Seen...)
		maps.Copy(out.watched, o.watched)
		for rule, err := range o.Stopped {
			at := o.stoppedAt[rule]
			if earlier, known := out.stoppedAt[rule]; !known || at < earlier {
				out.Stopped[rule], out.stoppedAt[rule] = err, at
			}
		}
	}
	// What a rule noticed elsewhere before it stopped is only a part of what there is.
	out.Seen = slices.DeleteFunc(out.Seen, func(s finding.Seen) bool { return out.Stopped[s.Rule] != nil })
	out.sort()
	out.CountClear(func(*finding.Seen) bool { return true })
	return out
}

// SentPiece is a part in a form that can be sent to another process.
type SentPiece struct {
	Part, Of  int
	Seen      []finding.Seen
	Watched   []finding.ID
	Stopped   map[string]string
	StoppedAt map[string]string
	Tickets   int
	Flights   []finding.Flight
	Flying    [][2]string // team and ticket
}

// Sent is the part to send.
func (p Piece) Sent() SentPiece {
	o := p.outcome
	s := SentPiece{
		Part: p.share.Part, Of: p.share.Of, Seen: o.Seen, Stopped: map[string]string{}, StoppedAt: o.stoppedAt, Tickets: o.Tickets, Flights: o.Flights,
	}
	for id, watched := range o.watched {
		if watched {
			s.Watched = append(s.Watched, id)
		}
	}
	for rule, err := range o.Stopped {
		s.Stopped[rule] = err.Error()
	}
	for _, f := range o.flying {
		s.Flying = append(s.Flying, [2]string{f.team, f.ticket})
	}
	return s
}

// Received is the part that was sent.
func (s SentPiece) Received() Piece {
	o := Outcome{
		Seen: s.Seen, Flights: s.Flights, Tickets: s.Tickets, Stopped: map[string]error{}, stoppedAt: s.StoppedAt, watched: map[finding.ID]bool{},
	}
	for _, seen := range s.Seen {
		o.watched[seen.ID] = false
	}
	for _, id := range s.Watched {
		o.watched[id] = true
	}
	for rule, why := range s.Stopped {
		o.Stopped[rule] = errors.New(why)
	}
	for _, f := range s.Flying {
		o.flying = append(o.flying, flying{team: f[0], ticket: f[1]})
	}
	return Piece{share: Share{Part: s.Part, Of: s.Of}, outcome: o}
}

// sharing says what of an evaluation is this part's.
type sharing struct {
	share  Share
	place  map[string]int  // of teams
	groups map[string]int  // of rules that group, by id
	spread map[string]bool // rules that group tickets alone, so that each part tells some of the groups
	// theirs says that tickets of other parts are looked at, for groups that are told
	// here, and by which rules; nil: own tickets are.
	theirs map[string]bool
}

func newSharing(b *Book, dir *org.Directory, s Share) *sharing {
	out := &sharing{share: s, place: map[string]int{"": 0}, groups: map[string]int{}, spread: map[string]bool{}}
	for i, t := range dir.Teams() { // ordered by id
		out.place[t.ID] = i + 1
	}
	for _, r := range b.Rules() {
		if r.code.groupBy != nil {
			out.groups[r.ID] = len(out.groups)
			scope, _ := scopeNamed(r.Scope)
			out.spread[r.ID] = r.Scope == "ticket" || scope.event
		}
	}
	return out
}

// divided reports whether there are other parts.
func (s *sharing) divided() bool { return s.share.Of > 1 }

// passes reports whether the rule is none of those for which somebody else's ticket
// is looked at.
func (s *sharing) passes(rule string) bool { return s.theirs != nil && !s.theirs[rule] }

// has reports whether this part looks at what the team has agreed to of what is no
// ticket. A rule that groups is one part's for all teams.
func (s *sharing) has(team string, a *Adopted) bool {
	place, grouped := s.groups[a.Rule.ID]
	if !grouped {
		place = s.place[team]
	}
	return !s.divided() || place%s.share.Of == s.share.Part
}

// teller is the part that tells of a group.
func (s *sharing) teller(r *Rule, group string) int {
	switch {
	case !s.divided() || r.code.groupsAlone():
		return s.share.Part
	case s.spread[r.ID]:
		sum := fnv.New32a()
		_, _ = sum.Write([]byte(group)) // it never fails
		return int(sum.Sum32()) % s.share.Of
	}
	return s.groups[r.ID] % s.share.Of // rows that are no tickets are its own
}

// groupsAlone says that the rule groups what happened to a ticket by the ticket, so
// that a group is of one ticket.
func (c *code) groupsAlone() bool {
	return c.groupBy != nil && c.groupBy.typ == ticketType && len(c.groupBy.asks) == 0 && len(c.groupBy.names) == 1 && c.groupBy.names["ticket"]
}

// swapGathered lays together what all parts gathered.
func (c *check) swapGathered(acts ticket.Acts, addresses ticket.Addresses) error {
	if !c.sharing.divided() {
		return nil
	}
	o := c.w.overview
	all, err := c.sharing.share.Others.Swap(c.ctx, "gathered", o.sent(acts, addresses))
	for part, told := range all {
		if err == nil && part != c.sharing.share.Part {
			err = o.receive(told, acts, addresses)
		}
	}
	return err
}

// handOver notes that another part needs the row's ticket for a group.
func (c *check) handOver(to int, r *row) {
	if c.sharing.theirs != nil || r.ticket == nil {
		return // whoever tells of it looks at the same
	}
	of := handed{wantedBy{to, r.ticket.Source, r.ticket.ID}, r.adopted.Rule.ID}
	if c.w.unread != nil { // it may be put off
		c.looking.handed = append(c.looking.handed, of)
		return
	}
	c.want(of.wantedBy, of.rule)
}

func (c *check) want(t wantedBy, rules ...string) {
	if c.wanted == nil {
		c.wanted = map[wantedBy][]string{}
	}
	for _, rule := range rules {
		if !slices.Contains(c.wanted[t], rule) {
			c.wanted[t] = append(c.wanted[t], rule)
		}
	}
}

// handed is a ticket that another part needs for groups of a rule.
type handed struct {
	wantedBy
	rule string
}

// wantedBy is a ticket that a part needs for groups of some rules.
type wantedBy struct {
	part       int
	source, id string
}

// swapGroups looks at the tickets of others that belong to groups which are told here.
func (c *check) swapGroups() error {
	s := c.sharing
	if !s.divided() {
		return nil
	}
	told := &sender{}
	told.count(len(c.wanted))
	for t, rules := range c.wanted {
		told.number(int64(t.part))
		told.text(t.source)
		told.once(t.id)
		told.count(len(rules))
		for _, rule := range rules {
			told.text(rule)
		}
	}
	all, err := s.share.Others.Swap(c.ctx, "groups", told.buf)
	if err != nil {
		return err
	}
	ids, by := map[string][]string{}, map[refIn]map[string]bool{}
	for part, body := range all {
		if part == s.share.Part {
			continue
		}
		r := &receiver{rest: string(body)}
		for range r.count() {
			t, rules := wantedBy{int(r.number()), r.text(), r.once()}, map[string]bool{}
			for range r.count() {
				rules[r.text()] = true
			}
			if t.part == s.share.Part {
				ids[t.source] = append(ids[t.source], t.id)
				by[refIn{t.source, ticket.Ref{ID: t.id}}] = rules
			}
		}
		if r.err != nil {
			return wrappedPart(r.err)
		}
	}
	defer func() { s.theirs = nil }()
	for _, source := range sortedKeys(ids) {
		slices.Sort(ids[source])
		for t, err := range s.share.Others.Named(c.ctx, source, ids[source]) {
			if err != nil {
				return fmt.Errorf("read tickets: %w", err)
			}
			stored := t
			s.theirs = by[refIn{source, ticket.Ref{ID: t.ID}}]
			if err := c.ticket(&stored); err != nil {
				return err
			}
		}
	}
	return nil
}
