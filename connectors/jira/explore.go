package jira

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

const (
	// lookedInto is how many projects are asked for boards and assignees, two
	// requests each, where no projects are chosen yet.
	lookedInto = 50
	// lately is how many of a project's tickets, the last updated first, are
	// looked at for assignees.
	lately = 100
)

// listed is one of the projects a site lists.
type listed struct {
	named
	Lead user `json:"lead"`
}

// Explore implements connectors.Explorer: it lists the projects of the source,
// or all that the account sees where it has none, by key. Boards and assignees
// are asked for in the first fifty of them, on Cloud those last worked in.
func (s *Source) Explore(ctx context.Context) (connectors.Catalogue, error) {
	var out connectors.Catalogue
	if _, err := s.whoAmI(ctx); err != nil {
		return out, err
	}
	projects, err := s.listProjects(ctx)
	if err != nil {
		return out, err
	}
	var met people
	for i, p := range projects {
		space := connectors.Space{Key: p.Key, Name: p.Name, Lead: p.Lead.account()}
		met.meet(space.Lead)
		if i < lookedInto || len(s.projects) > 0 {
			if err := s.lookInto(ctx, &space); err != nil {
				return out, err
			}
		}
		for _, a := range space.Assignees {
			met.meet(a)
		}
		out.Spaces = append(out.Spaces, space)
	}
	slices.SortFunc(out.Spaces, func(a, b connectors.Space) int { return cmp.Compare(a.Key, b.Key) })
	out.People = met.list
	return out, nil
}

// listProjects gives the chosen projects, or all: on Cloud page by page, those
// last worked in first.
func (s *Source) listProjects(ctx context.Context) ([]listed, error) {
	var out []listed
	var err error
	if s.deployment == Cloud {
		out, err = s.searchProjects(ctx)
	} else {
		err = s.client.get(ctx, "rest/api/2/project", url.Values{"expand": {"lead"}}, &out)
	}
	if len(s.projects) > 0 {
		out = slices.DeleteFunc(out, func(p listed) bool { return !slices.Contains(s.projects, p.Key) })
	}
	return out, err
}

func (s *Source) searchProjects(ctx context.Context) ([]listed, error) {
	var out []listed
	for {
		query := url.Values{
			"startAt": {strconv.Itoa(len(out))}, "maxResults": {"100"}, "expand": {"lead"}, "orderBy": {"-lastIssueUpdatedDate"},
		}
		var page agilePage[listed]
		if err := s.client.get(ctx, "rest/api/2/project/search", query, &page); err != nil {
			return out, err
		}
		out = append(out, page.Values...)
		if page.IsLast || len(page.Values) == 0 || len(out) >= mostOfAList {
			return out, nil
		}
	}
}

// lookInto finds a project's boards and who was lately assigned something in it.
// What the account is not shown stays empty.
func (s *Source) lookInto(ctx context.Context, space *connectors.Space) error {
	var err error
	if space.Boards, err = s.boardNames(ctx, space.Key); err != nil {
		return err
	}
	space.Assignees, err = s.assignees(ctx, space.Key)
	return err
}

func (s *Source) boardNames(ctx context.Context, project string) ([]string, error) {
	boards, err := everyPage[board](ctx, s.client, "rest/agile/1.0/board", url.Values{"projectKeyOrId": {project}})
	if hidden(err) {
		return nil, nil
	}
	var out []string
	for _, b := range boards {
		out = append(out, fmt.Sprintf("%s (%s)", b.Name, cmp.Or(b.Type, "board")))
	}
	return out, err
}

// board is a board in the agile API's list.
type board struct {
	named
	Type string `json:"type"` // scrum, kanban or simple
}

// assignees lists who the project's last tickets are assigned to, the latest first.
func (s *Source) assignees(ctx context.Context, project string) ([]ticket.Account, error) {
	issues, err := s.latest(ctx, "project in ("+quote(project)+")", "assignee", lately)
	var met people
	for i := range issues {
		r := reader{issue: &issues[i]}
		met.meet(r.account("assignee"))
	}
	return met.list, err
}

// hidden says that the account is not shown what was asked for.
func hidden(err error) bool {
	return refusedWith(err, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
}

// people are accounts in the order in which they were met, each once.
type people struct{ list []ticket.Account }

func (p *people) meet(a ticket.Account) {
	if a.IsZero() || slices.ContainsFunc(p.list, func(o ticket.Account) bool { return o.ID == a.ID }) {
		return
	}
	p.list = append(p.list, a)
}
