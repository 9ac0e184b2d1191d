package rules

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// Share is a part of an evaluation that several processes make together: what the
// teams of the part have agreed. A rule that groups looks at the work of several teams
// at once, so that such a rule is one part's for all teams. Every part reads all work, for
// what is told across tickets. The zero value is all of it.
type Share struct{ Part, Of int }

// CheckShare is Check of a part. Joined makes the outcome of Check out of all parts that
// looked at the same work at the same moment.
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
	var out Outcome
	for _, p := range parts {
		if p.share.Part == 0 { // it alone counts what is in flight
			out = p.outcome
			out.Stopped, out.stoppedAt, out.watched = map[string]error{}, map[string]int{}, map[finding.ID]bool{}
			out.Seen = nil
		}
	}
	for _, p := range parts {
		out.Seen = append(out.Seen, p.outcome.Seen...)
		maps.Copy(out.watched, p.outcome.watched)
		for rule, err := range p.outcome.Stopped {
			at := p.outcome.stoppedAt[rule]
			if earlier, known := out.stoppedAt[rule]; !known || at < earlier {
				out.Stopped[rule], out.stoppedAt[rule] = err, at
			}
		}
	}
	// What a rule noticed elsewhere before it stopped is only a part of what there is.
	out.Seen = slices.DeleteFunc(out.Seen, func(s finding.Seen) bool { return out.Stopped[s.Rule] != nil })
	slices.SortFunc(out.Seen, func(a, b finding.Seen) int { return strings.Compare(string(a.ID), string(b.ID)) })
	out.CountClear(func(*finding.Seen) bool { return true })
	return out
}

// SentPiece is a part in a form that can be sent to another process.
type SentPiece struct {
	Part, Of  int
	Seen      []finding.Seen
	Watched   []finding.ID
	Stopped   map[string]string
	StoppedAt map[string]int
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
	return Piece{share: Share{s.Part, s.Of}, outcome: o}
}

// sharing says of what a team has agreed which is this part's.
type sharing struct {
	share  Share
	place  map[string]int // of teams
	groups map[string]int // of rules that group, by id
}

func newSharing(b *Book, dir *org.Directory, s Share) *sharing {
	out := &sharing{share: s, place: map[string]int{"": 0}, groups: map[string]int{}}
	for i, t := range dir.Teams() { // ordered by id
		out.place[t.ID] = i + 1
	}
	for _, r := range b.Rules() {
		if r.code.groupBy != nil {
			out.groups[r.ID] = len(out.groups)
		}
	}
	return out
}

// has reports whether this part looks at what the team has agreed to.
func (s *sharing) has(team string, a *Adopted) bool {
	if s.share.Of < 2 {
		return true
	}
	place, grouped := s.groups[a.Rule.ID]
	if !grouped {
		place = s.place[team]
	}
	return place%s.share.Of == s.share.Part
}

// counts reports whether this part counts what is in flight.
func (s *sharing) counts() bool { return s.share.Part == 0 }
