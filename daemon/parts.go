package daemon

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// ticketKey names a ticket of a source.
type ticketKey struct{ source, id string }

// seer is work that is asked more while all of it is read, until once it was: which
// parts of sources hold tickets that nobody has looked at yet, which of the tickets that
// open findings are about are there, and which parts hold what findings are about.
type seer struct {
	work
	books *books
	now   time.Time

	complete bool // one reading went to its end
	fresh    freshParts
	missing  map[ticketKey]bool         // tickets of open findings that were not met
	subjects map[finding.LookKey]string // nil where nobody asks
	names    store.Texts
}

// Tickets implements rules.Work.
func (s *seer) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	if s.complete {
		return s.work.Tickets(ctx)
	}
	s.fresh = freshParts{}
	s.prepare(func(*finding.Finding) bool { return false })
	return func(yield func(ticket.Ticket, error) bool) {
		for t, err := range s.work.Tickets(ctx) {
			if err == nil {
				s.note(&t)
			}
			if !yield(t, err) || err != nil {
				return
			}
		}
		s.complete = true
	}
}

// prepare notes what is asked of the tickets. Of those that are there anyway nothing is.
func (s *seer) prepare(there func(*finding.Finding) bool) {
	s.missing = map[ticketKey]bool{}
	if s.books.partsMatter(s.now) {
		s.subjects, s.names = map[finding.LookKey]string{}, store.Texts{}
	}
	for i := range s.books.noticed {
		e := &s.books.noticed[i]
		if e.Subject.Kind != finding.AboutTicket {
			continue
		}
		if e.State == finding.Open && !there(e) {
			s.missing[ticketKey{e.Subject.Source, e.Subject.ID}] = true
		}
		if s.subjects != nil {
			s.subjects[finding.LookKey{Source: e.Subject.Source, Part: e.Subject.ID}] = ""
		}
	}
}

func (s *seer) note(t *ticket.Ticket) {
	if len(s.missing) > 0 {
		delete(s.missing, ticketKey{t.Source, t.ID})
	}
	s.fresh.enter(s.books, t)
	if s.subjects == nil {
		return
	}
	if key := (finding.LookKey{Source: t.Source, Part: t.ID}); s.subjects[key] == "" {
		if _, asked := s.subjects[key]; asked {
			s.subjects[key] = s.names.One(partOf(t))
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

// freshParts are parts of sources that hold tickets and that nobody has looked at yet,
// with the tickets that they hold, so that one that loses all of them is none any more.
type freshParts struct {
	held map[finding.LookKey]map[string]bool
	in   map[ticketKey]finding.LookKey
	text store.Texts
	over bool // there are more than are kept
}

// mostFresh is how many tickets of such parts are kept.
const mostFresh = 20_000

// enter notes that the part holds the ticket.
func (p *freshParts) enter(b *books, t *ticket.Ticket) {
	part := partOf(t)
	if part == "" {
		return
	}
	key := finding.LookKey{Source: t.Source, Part: part}
	if _, before := b.looks[key]; before {
		return
	}
	if p.held == nil {
		p.held, p.in, p.text = map[finding.LookKey]map[string]bool{}, map[ticketKey]finding.LookKey{}, store.Texts{}
	}
	key.Source, key.Part = p.text.One(key.Source), p.text.One(key.Part)
	if p.held[key] == nil {
		p.held[key] = map[string]bool{}
	}
	if len(p.in) >= mostFresh {
		p.over = true
		return
	}
	id := strings.Clone(t.ID)
	p.held[key][id], p.in[ticketKey{key.Source, id}] = true, key
}

// leave takes the ticket from the part that held it.
func (p *freshParts) leave(t ticketKey) {
	key, there := p.in[t]
	if !there {
		return
	}
	delete(p.in, t)
	if delete(p.held[key], t.id); len(p.held[key]) == 0 && !p.over {
		delete(p.held, key)
	}
}

// all are their keys.
func (p *freshParts) all() map[finding.LookKey]bool {
	out := make(map[finding.LookKey]bool, len(p.held))
	for key := range p.held {
		out[key] = true
	}
	return out
}

// looked lets go of those that somebody has looked at now.
func (p *freshParts) looked(looks finding.Looks) {
	for key, ids := range p.held {
		if _, is := looks[key]; !is {
			continue
		}
		for id := range ids {
			delete(p.in, ticketKey{key.Source, id})
		}
		delete(p.held, key)
	}
	p.over = p.over && len(p.held) > 0
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
