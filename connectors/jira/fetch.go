package jira

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// fetchSize is how many tickets are asked for by id at a time: as many as Cloud
// reconciles with its database before it answers, so that a ticket somebody has
// just edited is not read from a search index that trails behind.
const fetchSize = 50

// Fetch implements connectors.Holdings. Ids that are no numbers are none of
// Jira's and are missing like those of deleted tickets.
func (s *Source) Fetch(ctx context.Context, ids []string) (connectors.Page, error) {
	wanted := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(ids))), func(id string) bool { return !digits(id) })
	if len(wanted) == 0 {
		return connectors.Page{}, ctx.Err()
	}
	p, err := s.prepare(ctx)
	if err != nil {
		return connectors.Page{}, err
	}
	var out connectors.Page
	for batch := range slices.Chunk(wanted, fetchSize) {
		issues, err := p.byID(ctx, batch)
		if err != nil {
			return connectors.Page{}, err
		}
		tickets, err := p.whole(ctx, p.identified(issues))
		if err != nil {
			return connectors.Page{}, err
		}
		out.Tickets = append(out.Tickets, tickets...)
	}
	rest := p.page(nil, 0)
	out.Sprints, out.Gaps = rest.Sprints, rest.Gaps
	return out, nil
}

// whole reads the histories of the issues and everything else that belongs to them.
func (p *pass) whole(ctx context.Context, issues []issue) ([]ticket.Ticket, error) {
	histories, gaps, err := p.pager.histories(ctx, issues)
	if err != nil {
		return nil, err
	}
	p.gaps = append(p.gaps, gaps...)
	return p.tickets(ctx, issues, histories)
}

func digits(id string) bool {
	_, err := strconv.ParseUint(id, 10, 63)
	return err == nil
}

// byID finds issues by their ids. What an answer leaves out is asked for again
// until none of it comes: pages may be short. A site may refuse a query over an
// id it does not know; then halves of the ids are asked for, down to the one
// that is not there.
func (p *pass) byID(ctx context.Context, ids []string) ([]issue, error) {
	var out []issue
	for before := 0; len(ids) > 0 && len(ids) != before; {
		before = len(ids)
		found, err := p.searchIDs(ctx, ids)
		if refusedWith(err, http.StatusBadRequest) {
			halves, err := p.byHalves(ctx, ids, err)
			return append(out, halves...), err
		}
		if err != nil {
			return nil, err
		}
		byID := newest(found)
		ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
			iss, came := byID[id]
			if came {
				out = append(out, iss)
			}
			return came
		})
	}
	return out, nil
}

// newest gives the issues by id; of one that came twice, the later state.
func newest(issues []issue) map[string]issue {
	out := make(map[string]issue, len(issues))
	for i := range issues {
		id := string(issues[i].ID)
		if known, twice := out[id]; !twice || !issues[i].updated().Before(known.updated()) {
			out[id] = issues[i]
		}
	}
	return out
}

// byHalves goes on after a refusal. A single refused id is only taken for an
// unknown one if the site also says so when asked for that ticket alone: a site
// that dislikes something else about the query must not seem to be empty.
func (p *pass) byHalves(ctx context.Context, ids []string, refused error) ([]issue, error) {
	if len(ids) == 1 {
		there, err := p.holds(ctx, ids[0])
		if err == nil && there {
			err = refused
		}
		return nil, err
	}
	first, err := p.byID(ctx, ids[:len(ids)/2])
	if err != nil {
		return nil, err
	}
	second, err := p.byID(ctx, ids[len(ids)/2:])
	return append(first, second...), err
}

// holds says that one of the source's projects holds the ticket. An archived one
// can be looked at by who knows it, while no search tells of it: it counts as gone.
func (p *pass) holds(ctx context.Context, id string) (bool, error) {
	var iss issue
	err := p.source.client.get(ctx, "rest/api/2/issue/"+url.PathEscape(id), url.Values{"fields": {"project,archiveddate"}}, &iss)
	if refusedWith(err, http.StatusNotFound, http.StatusForbidden) {
		return false, nil
	}
	var project named
	r := reader{issue: &iss}
	r.read("project", &project)
	return r.str("archiveddate") == "" && slices.Contains(p.source.projects, strings.ToUpper(project.Key)), err
}

// searchIDs asks for whole issues by their ids, within the projects of the source.
func (p *pass) searchIDs(ctx context.Context, ids []string) ([]issue, error) {
	query := url.Values{
		"jql":        {p.source.inProjects() + " AND id in (" + strings.Join(ids, ",") + ") ORDER BY created ASC, key ASC"},
		"fields":     {strings.Join(p.catalog.searchFields(), ",")},
		"maxResults": {strconv.Itoa(len(ids))},
	}
	var page struct {
		Issues []issue `json:"issues"`
	}
	if p.source.deployment == Cloud {
		query["reconcileIssues"] = ids
		err := p.source.client.get(ctx, "rest/api/2/search/jql", query, &page)
		return page.Issues, err
	}
	query.Set("expand", "changelog")
	query.Set("validateQuery", "false") // an unknown id is no reason to refuse
	err := p.source.client.get(ctx, "rest/api/2/search", query, &page)
	return page.Issues, err
}
