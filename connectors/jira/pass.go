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
	// next reads some tickets and moves the cursor behind them; it closes the
	// cursor's window when no more follow. total is how many the pass brings, 0
	// when the site does not tell.
	next(ctx context.Context, c *cursor) (issues []issue, total int, err error)
	// histories gives the whole history of each ticket, by issue id, and what
	// could not be had of it.
	histories(ctx context.Context, issues []issue) (map[string][]history, []string, error)
}

// pass is one walk over a site.
type pass struct {
	source  *Source
	site    string // the address people open, without a slash at the end
	catalog *catalog
	pager   pager
	sprints *sprints
	users   *users
	yielded *memory
	extras  *extras
	cursor  cursor
	gaps    []string
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
		for p.cursor.Window != nil {
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

// begin prepares a pass, reads the boards' sprints and finds where to go on.
func (s *Source) begin(ctx context.Context, from connectors.Cursor) (*pass, error) {
	p, err := s.prepare(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.sprints.readBoards(ctx); err != nil {
		return nil, err
	}
	var anew bool
	p.cursor, anew = readCursor(from, s.projects, s.overlap)
	if anew {
		p.gaps = append(p.gaps, "the place where the last sync ended is of no use any more (a project was added, or fairlead changed): everything is read again")
	}
	if p.cursor.Window == nil {
		p.cursor.restart(s.overlap)
	}
	p.cursor.Sprints, err = p.sprints.follow(ctx, p.cursor.Sprints)
	return p, err
}

func (s *Source) pagerFor(c *catalog) pager {
	if s.deployment == Cloud {
		return &cloud{source: s, order: byUpdate, fields: c.searchFields(), size: s.pageSize}
	}
	return &dataCenter{
		source: s, order: byUpdate, fields: c.searchFields(), size: s.pageSize, expand: "changelog", location: c.location,
	}
}

// next reads the next page of tickets and everything that belongs to them.
func (p *pass) next(ctx context.Context) (connectors.Page, error) {
	issues, total, err := p.pager.next(ctx, &p.cursor)
	if err != nil {
		return connectors.Page{}, err
	}
	tickets, err := p.tickets(ctx, p.yielded.only(p.identified(issues)))
	if err != nil {
		return connectors.Page{}, err
	}
	return p.page(tickets, total), nil
}

// tickets reads what a search leaves out of the issues and puts them into
// fairlead's words.
func (p *pass) tickets(ctx context.Context, issues []issue) ([]ticket.Ticket, error) {
	histories, gaps, err := p.pager.histories(ctx, issues)
	if err != nil {
		return nil, err
	}
	p.gaps = append(p.gaps, gaps...)
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
