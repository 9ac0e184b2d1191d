package linear

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// readInitiatives reads the initiatives that a filter lets through, whole. All of
// the workspace's are read: a project's chain leads to them whatever its team.
// Guests and some plans have none; that is a gap, not the end of the pass.
func (p *pass) readInitiatives(ctx context.Context, filter map[string]any) ([]ticket.Ticket, error) {
	found, err := readAll[initiative](ctx, p.source.client, docInitiatives, containerPage, filter)
	if errors.Is(err, errNoAccess) {
		p.gaps = append(p.gaps, "initiatives could not be read, so chains end at projects: "+err.Error())
		return nil, nil
	}
	if err != nil || len(found) == 0 {
		return nil, err
	}
	w, err := p.name(ctx)
	if err != nil {
		return nil, err
	}
	var tickets []ticket.Ticket
	for n := range found {
		i := &found[n]
		if err := p.completeInitiative(ctx, i); err != nil {
			return nil, err
		}
		tickets = append(tickets, w.initiative(p.source.blank(), i))
		p.at.Initiatives = reached(p.at.Initiatives, i.UpdatedAt)
	}
	return tickets, nil
}

// readProjects does the same for the projects that the teams can see.
func (p *pass) readProjects(ctx context.Context, filter map[string]any) ([]ticket.Ticket, error) {
	maps.Copy(filter, p.ofTeams())
	found, err := readAll[project](ctx, p.source.client, docProjects, containerPage, filter)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	w, err := p.name(ctx)
	if err != nil {
		return nil, err
	}
	var tickets []ticket.Ticket
	for n := range found {
		pr := &found[n]
		if err := p.completeProject(ctx, pr); err != nil {
			return nil, err
		}
		tickets = append(tickets, w.project(p.source.blank(), pr))
		p.at.Projects = reached(p.at.Projects, pr.UpdatedAt)
	}
	return tickets, nil
}

func (p *pass) changedFilter(mark time.Time) map[string]any {
	filter := map[string]any{}
	if since := p.since(mark); since != nil {
		filter["updatedAt"] = since
	}
	return filter
}

// completeProject reads the lists of a project to their ends.
func (p *pass) completeProject(ctx context.Context, pr *project) error {
	for pr.more() {
		vars := pr.after(p.source.client.sizes.fit(docProjectMore, followPage))
		vars["id"] = pr.ID
		var reply struct{ Project projectLists }
		if err := p.source.client.ask(ctx, docProjectMore, vars, &reply); p.source.client.shrinks(docProjectMore, vars, err) {
			continue
		} else if err != nil {
			return err
		}
		if err := pr.grow(reply.Project); err != nil {
			return p.source.client.odd(docProjectMore, err)
		}
	}
	return nil
}

// completeInitiative reads the lists of an initiative to their ends.
func (p *pass) completeInitiative(ctx context.Context, i *initiative) error {
	for i.more() {
		vars := i.after(p.source.client.sizes.fit(docInitiativeMore, followPage))
		vars["id"] = i.ID
		var reply struct{ Initiative initiativeLists }
		if err := p.source.client.ask(ctx, docInitiativeMore, vars, &reply); p.source.client.shrinks(docInitiativeMore, vars, err) {
			continue
		} else if err != nil {
			return err
		}
		if err := i.grow(reply.Initiative); err != nil {
			return p.source.client.odd(docInitiativeMore, err)
		}
	}
	return nil
}
