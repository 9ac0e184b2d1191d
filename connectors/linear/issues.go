package linear

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// listed is an issue as the list of changes names it.
type listed struct {
	ID        string    `json:"id"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// list finds the issues changed since the last pass and puts the oldest change
// first. Teams that were read to the same moment are asked for together; a team
// that came into view later is asked for from its beginning.
func (p *pass) list(ctx context.Context) ([]listed, error) {
	groups := map[time.Time][]team{}
	for _, t := range p.teams {
		mark := p.at.Issues[t.Key]
		groups[mark] = append(groups[mark], t)
	}
	var all []listed
	for mark, teams := range groups {
		filter := p.changedFilter(mark)
		filter["team"] = inTeams(teams)
		found, err := readAll[listed](ctx, p.source.client, docIssueList, listPage, filter)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return oldestFirst(all), nil
}

// oldestFirst sorts by time and id. An issue that changed while it was being
// listed can stand there twice; its later time counts.
func oldestFirst(all []listed) []listed {
	newest := make(map[string]time.Time, len(all))
	for _, l := range all {
		if l.UpdatedAt.After(newest[l.ID]) {
			newest[l.ID] = l.UpdatedAt
		}
	}
	once := make([]listed, 0, len(newest))
	for id, at := range newest {
		once = append(once, listed{ID: id, UpdatedAt: at})
	}
	slices.SortFunc(once, func(a, b listed) int {
		return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(a.ID, b.ID))
	})
	return once
}

// issues reads one batch of the list whole and yields it. The batch ends at its
// last issue's listed time, not at the time the issue bears by now: what changed
// in between stays for the next pass.
func (p *pass) issues(ctx context.Context, batch []listed) error {
	ids := make([]string, 0, len(batch))
	for _, l := range batch {
		ids = append(ids, l.ID)
	}
	tickets, missing, err := p.wholeIssues(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range missing {
		p.gaps = append(p.gaps, fmt.Sprintf("issue %s was listed as changed, but could not be read: it may have been deleted or moved out of reach", id))
	}
	return p.put(tickets, p.at.issuesReached(p.teams, batch[len(batch)-1].UpdatedAt))
}

// wholeIssues reads issues by id, whole and in the order of the ids. missing are
// the ids that Linear does not hold, or no longer in these teams.
func (p *pass) wholeIssues(ctx context.Context, ids []string) (tickets []ticket.Ticket, missing []string, err error) {
	w, err := p.name(ctx)
	if err != nil {
		return nil, nil, err
	}
	found, err := p.readIssues(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	missing = without(ids, idsOf(found))
	if found, err = p.readHistories(ctx, found); err != nil {
		return nil, nil, err
	}
	for i := range found {
		if err := p.completeIssue(ctx, &found[i]); err != nil {
			return nil, nil, err
		}
		tickets = append(tickets, w.ticket(p.source.blank(), &found[i]))
	}
	return tickets, missing, nil
}

// without is all but the given ids, in their order.
func without(all, ids []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(ids, id) })
}

// readIssues reads issues in the order of their ids, without histories. What has
// left the teams since it was listed does not come.
func (p *pass) readIssues(ctx context.Context, ids []string) ([]issue, error) {
	c := p.source.client
	var found []issue
	for len(ids) > 0 {
		portion := ids[:min(len(ids), c.sizes.fit(docIssues, len(ids)))]
		vars := map[string]any{"first": len(portion), "filter": map[string]any{"id": in(portion), "team": inTeams(p.teams)}}
		var reply struct{ Issues connection[issue] }
		if err := c.ask(ctx, docIssues, vars, &reply); c.shrinks(docIssues, vars, err) {
			continue
		} else if err != nil {
			return nil, err
		}
		for _, id := range portion {
			if i := slices.IndexFunc(reply.Issues.Nodes, func(i issue) bool { return i.ID == id }); i >= 0 {
				found = append(found, reply.Issues.Nodes[i])
			}
		}
		ids = ids[len(portion):]
	}
	return found, nil
}

// readHistories reads the histories of a batch: the beginning of each in one
// request, then those that go on in a second one, for as many entries as the
// complexity limit allows. completeIssue follows what is longer still. An issue whose history Linear does not give is left out: an
// issue without its past would take the place of a whole one in the store.
func (p *pass) readHistories(ctx context.Context, found []issue) ([]issue, error) {
	read := map[string]connection[entry]{}
	if err := p.readEntries(ctx, found, historyFirst, read); err != nil {
		return nil, err
	}
	var long []issue
	for _, i := range found {
		if read[i.ID].more() {
			long = append(long, i)
		}
	}
	if entries := entriesFor(len(long)); len(long) > 1 && entries > historyFirst {
		if err := p.readEntries(ctx, long, entries, read); err != nil {
			return nil, err
		}
	}
	whole := found[:0]
	for _, i := range found {
		history, ok := read[i.ID]
		if !ok {
			p.gaps = append(p.gaps, fmt.Sprintf("the history of %s (%s) could not be read; it stays as it was", i.Identifier, i.URL))
			continue
		}
		i.History = history
		whole = append(whole, i)
	}
	return whole, nil
}

// entriesFor is how many history entries of each of n issues fit one request.
func entriesFor(n int) int { return min(historySecond, queryBudget/(entryCost*max(n, 1))) }

// readEntries reads the first entries of these issues' histories into read.
func (p *pass) readEntries(ctx context.Context, issues []issue, entries int, read map[string]connection[entry]) error {
	c := p.source.client
	for len(issues) > 0 {
		fit := c.sizes.fit(docHistories, len(issues)*entries)
		portion := issues[:min(len(issues), max(1, fit/entries))]
		var reply struct {
			Issues connection[struct {
				ID      string            `json:"id"`
				History connection[entry] `json:"history"`
			}]
		}
		vars := map[string]any{"ids": idsOf(portion), "issues": len(portion), "entries": min(entries, fit)}
		if err := c.ask(ctx, docHistories, vars, &reply); c.shrinks(docHistories, vars, err) {
			continue
		} else if err != nil {
			return err
		}
		for _, n := range reply.Issues.Nodes {
			read[n.ID] = n.History
		}
		issues = issues[len(portion):]
	}
	return nil
}

func idsOf(issues []issue) []string {
	ids := make([]string, 0, len(issues))
	for _, i := range issues {
		ids = append(ids, i.ID)
	}
	return ids
}

// completeIssue reads the lists of an issue to their ends.
func (p *pass) completeIssue(ctx context.Context, i *issue) error {
	for i.more() {
		vars := i.after(p.source.client.sizes.fit(docIssueMore, followPage))
		vars["id"] = i.ID
		var reply struct{ Issue issueLists }
		if err := p.source.client.ask(ctx, docIssueMore, vars, &reply); p.source.client.shrinks(docIssueMore, vars, err) {
			continue
		} else if err != nil {
			return err
		}
		if err := i.grow(reply.Issue); err != nil {
			return p.source.client.odd(docIssueMore, err)
		}
	}
	return nil
}
