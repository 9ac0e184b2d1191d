package daemon

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// partSeer is work that notes which parts of which sources hold tickets while it
// is read: Jira projects and Linear teams.
type partSeer struct {
	rules.Work
	seen map[finding.LookKey]bool
}

// Tickets implements rules.Work.
func (p partSeer) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for t, err := range p.Work.Tickets(ctx) {
			if part := partOf(&t); err == nil && part != "" {
				p.seen[finding.LookKey{Source: t.Source, Part: part}] = true
			}
			if !yield(t, err) {
				return
			}
		}
	}
}

// partOf is the Jira project or Linear team that holds the ticket; empty for a
// Linear project or initiative of none.
func partOf(t *ticket.Ticket) string {
	if t.Project != "" {
		return t.Project
	}
	return t.Team
}

// partFinder finds the part that a finding's subject belongs to. It reads the
// store only when asked and keeps what it found; the first fault ends all
// answers and is kept.
type partFinder struct {
	ctx   context.Context //nolint:containedctx // lives for one step of the ledger
	store store.Store
	found map[finding.LookKey]string // by source and, as the part, the ticket's id
	err   error
}

func (f *Fairlead) partFinder(ctx context.Context) *partFinder {
	return &partFinder{ctx: ctx, store: f.store, found: map[finding.LookKey]string{}}
}

// of is empty for what is not about a ticket.
func (p *partFinder) of(s *finding.Seen) string {
	if s.Subject.Kind != finding.AboutTicket || p.err != nil {
		return ""
	}
	key := finding.LookKey{Source: s.Subject.Source, Part: s.Subject.ID}
	part, known := p.found[key]
	if known {
		return part
	}
	t, err := p.store.Ticket(p.ctx, s.Subject.Source, ticket.Ref{ID: s.Subject.ID})
	if err == nil {
		part = partOf(&t)
	} else if !errors.Is(err, store.ErrNotFound) {
		p.err = err
	}
	p.found[key] = part
	return part
}

// partsMatter reports whether any part was looked at later than its source, and
// not so long ago that nothing asks for the time before any more.
func (w *watching) partsMatter(now time.Time) bool {
	for key, l := range w.looks {
		if key.Part != "" && l.Live.After(now.Add(-(replayedWeeks+2)*aWeek)) {
			return true
		}
	}
	return false
}

// knowsPart reports whether somebody looked at the part of the source that a
// finding belongs to. Where no part is known yet all are there from the beginning.
func (w *watching) knowsPart(s *finding.Seen, parts *partFinder) bool {
	part := parts.of(s)
	if part == "" {
		return true
	}
	_, known := w.looks[finding.LookKey{Source: s.Subject.Source, Part: part}]
	return known || !w.inParts[s.Subject.Source]
}
