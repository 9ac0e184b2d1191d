package linear

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// held is anything as the lists of what Linear holds name it.
type held struct {
	ID         string    `json:"id"`
	Identifier string    `json:"identifier"` // of issues
	SlugID     string    `json:"slugId"`     // of projects and initiatives
	UpdatedAt  time.Time `json:"updatedAt"`
}

func (h held) present() ticket.Present {
	return ticket.Present{Ref: ticket.Ref{ID: h.ID, Key: h.Identifier + h.SlugID}, Updated: h.UpdatedAt.UTC()}
}

// Present implements connectors.Holdings: initiatives, projects, then issues, 250
// a request. They come in the order of their creation, which no update changes:
// what is touched while the list is read neither vanishes from it nor comes
// twice. Initiatives that the token may not read are not there.
func (s *Source) Present(ctx context.Context) iter.Seq2[[]ticket.Present, error] {
	return func(yield func([]ticket.Present, error) bool) {
		p := &pass{source: s}
		if err := p.present(ctx, func(page []ticket.Present) bool { return yield(page, nil) }); err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// present walks the three lists.
func (p *pass) present(ctx context.Context, yield func([]ticket.Present) bool) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	take := func(page []held) error {
		if len(page) == 0 {
			return nil
		}
		out := make([]ticket.Present, 0, len(page))
		for _, h := range page {
			out = append(out, h.present())
		}
		if !yield(out) {
			return errEnough
		}
		return nil
	}
	c := p.source.client
	if err := eachPage(ctx, c, listing{query: docPresentInitiatives, most: mostNodes}, take); err != nil && !errors.Is(err, errNoAccess) {
		return err
	}
	if err := eachPage(ctx, c, listing{query: docPresentProjects, most: mostNodes, filter: p.ofTeams()}, take); err != nil {
		return err
	}
	return eachPage(ctx, c, listing{query: docPresentIssues, most: mostNodes, filter: map[string]any{"team": inTeams(p.teams)}}, take)
}

// ofTeams is a filter for the projects that the teams can see.
func (p *pass) ofTeams() map[string]any {
	return map[string]any{"accessibleTeams": map[string]any{"some": inTeams(p.teams)}}
}

// Fetch implements connectors.Holdings. An id does not tell what it stands for,
// so each is looked for among the issues, then the projects, then the
// initiatives.
func (s *Source) Fetch(ctx context.Context, ids []string) (connectors.Page, error) {
	p := &pass{source: s}
	ids = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(ids))), func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return connectors.Page{}, nil
	}
	if err := p.start(ctx); err != nil {
		return connectors.Page{}, err
	}
	page, err := p.fetch(ctx, ids)
	if err != nil {
		return connectors.Page{}, err
	}
	page.Gaps = p.gaps
	return page, nil
}

func (p *pass) fetch(ctx context.Context, ids []string) (page connectors.Page, err error) {
	tickets, rest, err := p.wholeIssues(ctx, ids)
	if err != nil {
		return page, err
	}
	if page.Sprints, err = p.sprintsOf(ctx, tickets); err != nil {
		return page, err
	}
	around, err := p.fetchAround(ctx, rest)
	page.Tickets = slices.Concat(tickets, around)
	return page, err
}

// fetchAround reads projects and initiatives by id.
func (p *pass) fetchAround(ctx context.Context, ids []string) ([]ticket.Ticket, error) {
	var found []ticket.Ticket
	for batch := range slices.Chunk(ids, mostNodes) {
		all, err := readAll[*project](ctx, p.source.client, p.projectList(with(p.ofTeams(), "id", in(batch))))
		if err != nil {
			return nil, err
		}
		all = solid(all)
		projects, err := tickets(ctx, p, projectKind, all, (*words).project)
		if err != nil {
			return nil, err
		}
		found = append(found, projects...)
		rest := without(batch, idsOf(all))
		if len(rest) == 0 {
			continue
		}
		initiatives, err := p.fetchInitiatives(ctx, rest)
		if err != nil {
			return nil, err
		}
		found = append(found, initiatives...)
	}
	return found, nil
}

func (p *pass) fetchInitiatives(ctx context.Context, ids []string) ([]ticket.Ticket, error) {
	all, err := readAll[*initiative](ctx, p.source.client, initiativeList(map[string]any{"id": in(ids)}))
	if err = p.unlessClosed(err); err != nil {
		return nil, err
	}
	return tickets(ctx, p, initiativeKind, solid(all), (*words).initiative)
}

// sprintsOf reads the cycles these tickets stand in.
func (p *pass) sprintsOf(ctx context.Context, ts []ticket.Ticket) ([]ticket.Sprint, error) {
	var ids []string
	for i := range ts {
		ids = append(ids, ts[i].Sprints...)
	}
	slices.Sort(ids)
	var sprints []ticket.Sprint
	for batch := range slices.Chunk(slices.Compact(ids), mostNodes) {
		found, err := readAll[*cycle](ctx, p.source.client, listing{query: docCycles, most: mostNodes,
			filter: map[string]any{"id": in(batch), "team": inTeams(p.teams)}})
		if err != nil {
			return nil, err
		}
		sprints = append(sprints, p.sprints(solid(found))...)
	}
	return sprints, nil
}
