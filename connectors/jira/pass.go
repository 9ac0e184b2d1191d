package jira

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// pager walks through a site's tickets, oldest update first, and knows how its
// deployment tells histories.
type pager interface {
	// page reads one page of tickets as the site searches them and moves the
	// cursor's window behind it; it closes the window when no more follow. total
	// is how many the whole search brings, 0 when the site does not tell.
	page(ctx context.Context, c *cursor) (issues []issue, total int, err error)
	// next makes the next step: it reads something and hands tickets on once
	// they are whole. The cursor then stands for what came and may be stored.
	next(ctx context.Context, c *cursor) (batch, error)
	// histories gives the whole history of each ticket, by issue id, and what
	// could not be had of it.
	histories(ctx context.Context, issues []issue) (map[string][]history, []string, error)
}

// batch is what one step hands on.
type batch struct {
	issues    []issue
	histories map[string][]history // by issue id
	gaps      []string
	total     int  // how many tickets the pass brings; 0 when the site does not tell
	more      bool // the next step has no need to ask the site for anything
}

// pass is one walk over a site.
type pass struct {
	source  *Source
	site    string // the address people open, without a slash at the end
	own     string // id of the account whose acts count as automation; empty: none
	catalog *catalog
	pager   pager
	sprints *sprints
	users   *users
	known   *memory
	extras  *extras
	cursor  cursor
	// late says that the pass began where the one before had read everything and
	// not yet handed it on: what is new since is still to be looked for.
	late bool
	gaps []string
}

// Changed implements connectors.Source. The first page of a pass carries the
// sprints of the projects' boards and no tickets.
func (s *Source) Changed(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		p, err := s.begin(ctx, from)
		if err != nil {
			yield(connectors.Page{}, err)
			return
		}
		if !yield(p.page(nil, 0), nil) {
			return
		}
		for p.goesOn() {
			page, err := p.next(ctx)
			if err != nil {
				yield(connectors.Page{}, err)
				return
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// goesOn says that there is something left to read or to hand on.
func (p *pass) goesOn() bool {
	if p.late && p.cursor.done() {
		p.late = false
		p.cursor.restart(p.source.overlap)
	}
	return !p.cursor.done()
}

// begin prepares a pass, reads the boards' sprints and finds where to go on.
func (s *Source) begin(ctx context.Context, from connectors.Cursor) (*pass, error) {
	p, err := s.prepare(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.sprints.readBoards(ctx); err != nil {
		return nil, err
	}
	var gap string
	if p.cursor, gap = readCursor(from, s.projects, s.overlap); gap != "" {
		p.gaps = append(p.gaps, gap)
	}
	if s.deployment == DataCenter && p.cursor.Held != nil {
		p.cursor.letGo(s.overlap) // the site was on Cloud before, and numbered its tickets otherwise
	}
	p.late = p.cursor.Window == nil
	p.remember()
	p.cursor.Sprints, err = p.sprints.follow(ctx, p.cursor.Sprints)
	return p, err
}

// remember has the pass know what it holds already.
func (p *pass) remember() {
	if p.cursor.Held == nil {
		return
	}
	for i := range p.cursor.Held.Pages {
		p.known.only(slices.Clone(p.cursor.Held.Pages[i].content))
	}
}

func (p *pass) newPager() pager {
	s, c := p.source, p.catalog
	if s.deployment == Cloud {
		return &cloud{source: s, order: byUpdate, fields: c.searchFields(), names: c, fresh: p.fresh, size: s.pageSize, most: s.pageSize}
	}
	return &dataCenter{
		source: s, order: byUpdate, fields: c.searchFields(), fresh: p.fresh, size: s.pageSize, expand: "changelog", location: c.location,
	}
}

// fresh leaves out what this pass read before in the very same state, and what
// could not be stored.
func (p *pass) fresh(issues []issue) []issue { return p.known.only(p.identified(issues)) }

// next makes the next step of the pass. A step that handed tickets on goes on
// with the next ones as long as they are at hand; once something had to be asked
// for, about one ticket or another, it is stored first.
func (p *pass) next(ctx context.Context) (connectors.Page, error) {
	var out []ticket.Ticket
	for {
		b, err := p.pager.next(ctx, &p.cursor)
		if err != nil {
			return connectors.Page{}, err
		}
		p.gaps = append(p.gaps, b.gaps...)
		before := p.source.client.sent.Load()
		tickets, err := p.tickets(ctx, b.issues, b.histories)
		if err != nil {
			return connectors.Page{}, err
		}
		out = append(out, tickets...)
		asked := p.source.client.sent.Load() != before
		if (asked || !b.more) && !p.cursor.heavy() {
			return p.page(out, b.total), nil
		}
	}
}

// tickets reads what a search leaves out of the issues and puts them into
// fairlead's words.
func (p *pass) tickets(ctx context.Context, issues []issue, histories map[string][]history) ([]ticket.Ticket, error) {
	if err := p.completeComments(ctx, issues); err != nil {
		return nil, err
	}
	if err := p.meet(ctx, issues, histories); err != nil {
		return nil, err
	}
	if err := p.askExtras(ctx, issues, histories); err != nil {
		return nil, err
	}
	out := make([]ticket.Ticket, len(issues))
	for i := range issues {
		out[i] = p.ticket(&issues[i], histories[string(issues[i].ID)])
	}
	return out, nil
}

// identified leaves out what names neither itself nor its key; it could be neither
// stored nor found again.
func (p *pass) identified(issues []issue) []issue {
	return slices.DeleteFunc(issues, func(i issue) bool {
		if i.ID != "" && i.Key != "" {
			return false
		}
		p.gaps = append(p.gaps, fmt.Sprintf("a ticket without id or key was left out (id %q, key %q)", oneLine(string(i.ID), 40), oneLine(i.Key, 40)))
		return true
	})
}

// page wraps up what was gathered since the last one.
func (p *pass) page(tickets []ticket.Ticket, total int) connectors.Page {
	sprints, gaps := p.sprints.take()
	gaps = append(gaps, p.users.takeGaps()...)
	gaps = append(gaps, p.extras.takeGaps()...)
	gaps = append(gaps, p.gaps...)
	p.gaps = nil
	return connectors.Page{Tickets: tickets, Sprints: sprints, Cursor: p.cursor.text(), Expected: total, Gaps: gaps}
}

// meet gets to know the sprints and users that tickets name, and asks for what
// the tickets do not tell of them.
func (p *pass) meet(ctx context.Context, issues []issue, histories map[string][]history) error {
	for i := range issues {
		for _, u := range usersIn(&issues[i], histories[string(issues[i].ID)]) {
			p.users.meet(u)
		}
		r := reader{issue: &issues[i]}
		for _, sp := range p.sprintsIn(&r) {
			p.sprints.meet(sp)
		}
	}
	for i := range issues {
		if err := p.ask(ctx, &issues[i], histories[string(issues[i].ID)]); err != nil {
			return err
		}
	}
	return nil
}

// ask asks for the sprints and users of one ticket that are not known yet.
func (p *pass) ask(ctx context.Context, iss *issue, hs []history) error {
	r := reader{issue: iss}
	for _, sp := range p.sprintsIn(&r) {
		if err := p.sprints.complete(ctx, string(sp.ID), iss.Key); err != nil {
			return err
		}
	}
	for it := range itemsOf(hs) {
		switch p.catalog.fieldOf(it) {
		case ticket.FieldSprint:
			for _, id := range append(splitIDs(it.From), splitIDs(it.To)...) {
				if err := p.sprints.complete(ctx, id, ""); err != nil {
					return err
				}
			}
		case ticket.FieldAssignee:
			if p.source.deployment == Cloud {
				continue // histories there name account ids
			}
			for _, key := range []text{it.From, it.To} {
				if err := p.users.learn(ctx, string(key)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func itemsOf(hs []history) iter.Seq[*item] {
	return func(yield func(*item) bool) {
		for i := range hs {
			for j := range hs[i].Items {
				if !yield(&hs[i].Items[j]) {
					return
				}
			}
		}
	}
}
