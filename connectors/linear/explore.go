package linear

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// lately is how many of a team's last updated issues are looked at for assignees,
// and spacePage how many teams are asked about at once.
const (
	lately    = 40
	spacePage = 50
)

// space is a team as the document asks for it.
type space struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Issues connection[struct {
		Assignee *ref `json:"assignee"`
	}] `json:"issues"`
}

// Explore implements connectors.Explorer: the configured teams, or all there are
// where none is configured, with who was lately assigned something in them. A
// team of Linear has no lead of its own; its owner stands for one, where there
// is exactly one. People are those assigned and those who lead projects.
func (s *Source) Explore(ctx context.Context) (connectors.Catalogue, error) {
	var out connectors.Catalogue
	p := &pass{source: s}
	if err := p.start(ctx); err != nil {
		return out, err
	}
	users, err := readAll[user](ctx, s.client, listing{query: docUsers, most: mostNodes})
	if err != nil {
		return out, err
	}
	spaces, err := readAll[space](ctx, s.client, listing{query: docSpaces, most: spacePage, filter: inTeams(p.teams)})
	if err != nil {
		return out, err
	}
	owners, err := p.owners(ctx)
	if err != nil {
		return out, err
	}
	m := met{people: newPeople(users)}
	for _, sp := range spaces {
		out.Spaces = append(out.Spaces, m.space(sp, owners[sp.Key]))
	}
	slices.SortFunc(out.Spaces, func(a, b connectors.Space) int { return cmp.Compare(a.Key, b.Key) })
	if err := p.projectLeads(ctx, &m); err != nil {
		return out, err
	}
	out.People = m.list
	return out, nil
}

// owners are the ids of each team's owner, for teams that have exactly one.
func (p *pass) owners(ctx context.Context) (map[string]string, error) {
	all, err := readAll[struct {
		Key         string `json:"key"`
		Memberships connection[struct {
			Owner bool `json:"owner"`
			User  *ref `json:"user"`
		}] `json:"memberships"`
	}](ctx, p.source.client, listing{query: docOwners, most: spacePage, filter: inTeams(p.teams)})
	if errors.Is(err, errUnknownField) || errors.Is(err, errNoAccess) {
		return nil, nil // a lead is only a proposal
	}
	if err != nil {
		return nil, err
	}
	owners := map[string]string{}
	for _, t := range all {
		var ids []string
		for _, m := range t.Memberships.Nodes {
			if m.Owner {
				ids = append(ids, idOf(m.User))
			}
		}
		if len(ids) == 1 && !t.Memberships.more() {
			owners[t.Key] = ids[0]
		}
	}
	return owners, nil
}

// projectLeads meets those who lead the last updated projects, one page of them.
func (p *pass) projectLeads(ctx context.Context, m *met) error {
	enough := errors.New("one page is enough")
	err := eachPage(ctx, p.source.client, listing{query: docLeads, most: mostNodes, filter: p.ofTeams()}, func(page []project) error {
		for _, pr := range page {
			m.meet(idOf(pr.Lead))
		}
		return enough
	})
	if !errors.Is(err, enough) {
		return err
	}
	return nil
}

// met are accounts in the order in which they were met, each once. Bots and
// accounts that are switched off are left out: nobody wants them proposed.
type met struct {
	people people
	list   []ticket.Account
}

func (m *met) space(sp space, owner string) connectors.Space {
	out := connectors.Space{Key: sp.Key, Name: sp.Name}
	if owner != "" {
		out.Lead, _ = m.meet(owner)
	}
	for _, i := range sp.Issues.Nodes {
		if a, ok := m.meet(idOf(i.Assignee)); ok && !slices.Contains(out.Assignees, a) {
			out.Assignees = append(out.Assignees, a)
		}
	}
	return out
}

func (m *met) meet(id string) (ticket.Account, bool) {
	a := m.people.account(id)
	if id == "" || a.Bot || a.Inactive {
		return ticket.Account{}, false
	}
	if !slices.Contains(m.list, a) {
		m.list = append(m.list, a)
	}
	return a, true
}
