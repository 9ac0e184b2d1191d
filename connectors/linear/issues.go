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
	w, err := p.name(ctx)
	if err != nil {
		return err
	}
	found, err := p.readIssues(ctx, batch)
	if err != nil {
		return err
	}
	if found, err = p.readHistories(ctx, found); err != nil {
		return err
	}
	tickets := make([]ticket.Ticket, 0, len(found))
	for i := range found {
		if err := p.completeIssue(ctx, &found[i]); err != nil {
			return err
		}
		tickets = append(tickets, w.ticket(p.source.blank(), &found[i]))
	}
	return p.put(tickets, p.at.issuesReached(p.teams, batch[len(batch)-1].UpdatedAt))
}

// readIssues reads the issues of a batch in its order, without histories.
func (p *pass) readIssues(ctx context.Context, batch []listed) ([]issue, error) {
	ids := make([]string, 0, len(batch))
	for _, l := range batch {
		ids = append(ids, l.ID)
	}
	var reply struct{ Issues connection[issue] }
	if err := p.source.client.ask(ctx, docIssues, map[string]any{"ids": ids, "first": len(ids)}, &reply); err != nil {
		return nil, err
	}
	var found []issue
	for _, id := range ids {
		i := slices.IndexFunc(reply.Issues.Nodes, func(i issue) bool { return i.ID == id })
		if i < 0 {
			p.gaps = append(p.gaps, fmt.Sprintf("issue %s was listed as changed, but could not be read: it may have been deleted or moved out of reach", id))
			continue
		}
		found = append(found, reply.Issues.Nodes[i])
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
	if len(issues) == 0 {
		return nil
	}
	ids := make([]string, 0, len(issues))
	for _, i := range issues {
		ids = append(ids, i.ID)
	}
	var reply struct {
		Issues connection[struct {
			ID      string            `json:"id"`
			History connection[entry] `json:"history"`
		}]
	}
	vars := map[string]any{"ids": ids, "issues": len(ids), "entries": entries}
	if err := p.source.client.ask(ctx, docHistories, vars, &reply); err != nil {
		return err
	}
	for _, n := range reply.Issues.Nodes {
		read[n.ID] = n.History
	}
	return nil
}

// completeIssue reads the lists of an issue to their ends.
func (p *pass) completeIssue(ctx context.Context, i *issue) error {
	for i.more() {
		vars := i.after()
		vars["id"] = i.ID
		var reply struct{ Issue issueLists }
		if err := p.source.client.ask(ctx, docIssueMore, vars, &reply); err != nil {
			return err
		}
		if err := i.grow(reply.Issue); err != nil {
			return p.source.client.odd(docIssueMore, err)
		}
	}
	return nil
}
