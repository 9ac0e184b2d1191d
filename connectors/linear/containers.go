package linear

import (
	"context"
	"errors"

	"github.com/fairlead-dev/fairlead/ticket"
)

func initiativeList(filter map[string]any) listing {
	return listing{query: docInitiatives, most: mostNodes, filter: filter, kind: initiativeKind}
}

func (p *pass) projectList(filter map[string]any) listing {
	return listing{query: docProjects, most: mostNodes, filter: filter, kind: projectKind}
}

// changedInitiatives reads the initiatives updated since the last pass. All of
// the workspace's are read: a project's chain leads to them whatever its team.
func (p *pass) changedInitiatives(ctx context.Context) error {
	var inside error // of what was read
	err := walk(ctx, p, route[*initiative]{
		listing: initiativeList(nil),
		from:    p.at.Initiatives,
		filter:  p.updatedSince,
		reach:   func(r reach) { p.at.Initiatives = r },
		take: func(ctx context.Context, page []*initiative) error {
			inside = takeAround(ctx, p, initiativeKind, page, (*words).initiative)
			return inside
		},
	})
	if inside != nil {
		return inside
	}
	return p.unlessClosed(err)
}

// unlessClosed lets a pass go on without initiatives. Guests and some plans have
// none; that is a gap, not the end.
func (p *pass) unlessClosed(err error) error {
	if errors.Is(err, errNoAccess) {
		p.gaps = append(p.gaps, "initiatives could not be read, so chains end at projects: "+err.Error())
		return nil
	}
	return err
}

// changedProjects reads those of the projects that the teams can see.
func (p *pass) changedProjects(ctx context.Context) error {
	return walk(ctx, p, route[*project]{
		listing: p.projectList(nil),
		from:    p.at.Projects,
		filter: func(r reach) map[string]any {
			return with(p.updatedSince(r), "accessibleTeams", map[string]any{"some": inTeams(p.teams)})
		},
		reach: func(r reach) { p.at.Projects = r },
		take: func(ctx context.Context, page []*project) error {
			return takeAround(ctx, p, projectKind, page, (*words).project)
		},
	})
}

// takeAround adds a page of what issues stand in to what is yielded next.
func takeAround[T object](ctx context.Context, p *pass, k *kind, page []T, tell func(*words, ticket.Ticket, T) ticket.Ticket) error {
	told, err := tickets(ctx, p, k, page, tell)
	if err != nil {
		return err
	}
	p.out.Tickets = append(p.out.Tickets, told...)
	p.around += len(told)
	return p.full()
}

// tickets reads the lists of these objects to their ends and tells them.
func tickets[T object](ctx context.Context, p *pass, k *kind, found []T, tell func(*words, ticket.Ticket, T) ticket.Ticket) ([]ticket.Ticket, error) {
	if len(found) == 0 {
		return nil, nil
	}
	w, err := p.name(ctx)
	if err != nil {
		return nil, err
	}
	whole, _, err := complete(ctx, p.source.client, k, found)
	if err != nil {
		return nil, err
	}
	var out []ticket.Ticket
	for _, o := range whole {
		out = append(out, tell(w, p.source.blank(), o))
	}
	return out, nil
}
