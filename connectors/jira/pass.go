package jira

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
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
	catalog *catalog
	pager   pager
	sprints *sprints
	users   *users
	yielded *memory
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

// begin makes sure that the site is the right one and answers to the account,
// and reads what does not change from ticket to ticket.
func (s *Source) begin(ctx context.Context, from connectors.Cursor) (*pass, error) {
	me, err := s.whoAmI(ctx)
	if err != nil {
		return nil, err
	}
	for _, key := range s.projects {
		if err := s.checkProject(ctx, key); err != nil {
			return nil, err
		}
	}
	p := &pass{source: s, sprints: newSprints(s), users: newUsers(s.client), yielded: newMemory(rememberedTickets)}
	if p.catalog, p.gaps, err = s.readCatalog(ctx, me); err != nil {
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
	p.pager = s.pagerFor(p.catalog)
	return p, nil
}

func (s *Source) pagerFor(c *catalog) pager {
	if s.deployment == Cloud {
		return &cloud{source: s, fields: c.searchFields()}
	}
	return &dataCenter{source: s, fields: c.searchFields(), location: c.location}
}

// whoAmI asks for the account behind the token. Without this a site that lets
// strangers in would answer every search with no tickets at all.
func (s *Source) whoAmI(ctx context.Context) (user, error) {
	var me user
	if err := s.client.get(ctx, "rest/api/2/myself", nil, &me); err != nil {
		return me, err
	}
	if me.account().ID == "" {
		return me, &connectors.Error{
			Source: s.name, Place: "GET " + s.base + "/rest/api/2/myself",
			Said: "the site took the request for a stranger's and named no account",
			Fix:  "check user and token of this source, and that its url is that of a Jira site",
		}
	}
	return me, nil
}

func (s *Source) checkProject(ctx context.Context, key string) error {
	var project named
	err := s.client.get(ctx, "rest/api/2/project/"+url.PathEscape(key), nil, &project)
	if !refusedWith(err, http.StatusNotFound) {
		return err
	}
	return &connectors.Error{
		Source: s.name, Place: fmt.Sprintf("project %q", key),
		Said: "the site does not know it, or does not show it to this account",
		Fix:  "check the key under projects of this source (it stands before the number in PAY-231), or let the account browse the project",
		Err:  err,
	}
}

// next reads the next page of tickets and everything that belongs to them.
func (p *pass) next(ctx context.Context) (connectors.Page, error) {
	issues, total, err := p.pager.next(ctx, &p.cursor)
	if err != nil {
		return connectors.Page{}, err
	}
	issues = p.yielded.only(p.identified(issues))
	histories, gaps, err := p.pager.histories(ctx, issues)
	if err != nil {
		return connectors.Page{}, err
	}
	p.gaps = append(p.gaps, gaps...)
	if err := p.completeComments(ctx, issues); err != nil {
		return connectors.Page{}, err
	}
	if err := p.meet(ctx, issues, histories); err != nil {
		return connectors.Page{}, err
	}
	tickets := make([]ticket.Ticket, len(issues))
	for i := range issues {
		tickets[i] = p.ticket(&issues[i], histories[string(issues[i].ID)])
	}
	return p.page(tickets, total), nil
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
