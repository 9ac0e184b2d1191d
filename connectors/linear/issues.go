package linear

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// changedIssues reads the issues updated since the last pass.
func (p *pass) changedIssues(ctx context.Context) error {
	var shown time.Time // everything up to here was shown before the next walk begins
	for _, g := range p.groups() {
		err := walk(ctx, p, route[*issue]{
			listing: listing{query: docIssues, most: p.source.pageSize, kind: issueKind},
			from:    g.reach,
			filter:  func(r reach) map[string]any { return with(p.updatedSince(r), "team", inTeams(g.teams)) },
			reach:   func(r reach) { p.at.read(g.teams, r) },
			take:    p.takeIssues,
		})
		if err != nil {
			return err
		}
		// Not in reach: there it may be the end of a walk that an earlier pass
		// began, before the other groups showed theirs.
		shown = reached(p.at.Issues[g.teams[0].Key].Done, shown)
		p.at.read(g.teams, reach{Done: shown})
	}
	return nil
}

// group are teams whose issues were read equally far.
type group struct {
	teams []team
	reach reach
}

// groups puts those read farthest first. Whatever one group showed when it was
// read is then no later than what the next ones are read up to, so after a pass
// or two all teams are equally far and are asked for together.
func (p *pass) groups() []group {
	var all []group
	for _, t := range p.teams {
		r := p.at.Issues[t.Key]
		if i := slices.IndexFunc(all, func(g group) bool { return g.reach == r }); i >= 0 {
			all[i].teams = append(all[i].teams, t)
		} else {
			all = append(all, group{[]team{t}, r})
		}
	}
	slices.SortStableFunc(all, func(a, b group) int {
		return cmp.Or(b.reach.Done.Compare(a.reach.Done), b.reach.Top.Compare(a.reach.Top))
	})
	return all
}

// takeIssues tells the issues of a page that are whole. The others wait until a
// request is full of what is missing of them; until then the cursor says that
// they are owed.
func (p *pass) takeIssues(ctx context.Context, page []*issue) error {
	for _, i := range page {
		if err := p.source.client.lacks(issueKind, i); err != nil {
			return err
		}
		// Read again in the meantime: the newer reading counts.
		p.open = slices.DeleteFunc(p.open, func(o *issue) bool { return o.ID == i.ID })
		if more(i) {
			p.open = append(p.open, i)
			continue
		}
		p.source.client.shapes[issueKind].saw(i.lists())
		if err := p.tell(ctx, i); err != nil {
			return err
		}
	}
	p.at.Owed = idsOf(p.open)
	if err := p.full(); err != nil {
		return err
	}
	if !p.source.client.full(issueKind, openLists(objects(p.open, nil))) {
		return nil
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	return p.full()
}

// tell adds a whole issue to what is yielded next.
func (p *pass) tell(ctx context.Context, i *issue) error {
	w, err := p.name(ctx)
	if err != nil {
		return err
	}
	p.out.Tickets = append(p.out.Tickets, w.ticket(p.source.blank(), i))
	return nil
}

// settle reads the issues to their ends that are not whole.
func (p *pass) settle(ctx context.Context) error {
	whole, gone, err := complete(ctx, p.source.client, issueKind, p.open)
	if err != nil {
		return err
	}
	for _, i := range whole {
		if err := p.tell(ctx, i); err != nil {
			return err
		}
	}
	p.missing(idsOf(gone))
	p.open, p.at.Owed = nil, nil
	return nil
}

// owedIssues reads what an interrupted pass left open.
func (p *pass) owedIssues(ctx context.Context) error {
	found, missing, err := p.readIssues(ctx, p.at.Owed)
	if err != nil {
		return err
	}
	p.missing(missing)
	return p.takeIssues(ctx, found)
}

// missing says that issues are not there any more which a list still showed.
func (p *pass) missing(ids []string) {
	for _, id := range ids {
		p.gaps = append(p.gaps, fmt.Sprintf("issue %s was listed as changed, but could not be read: it may have been deleted or moved out of reach", id))
	}
}

// wholeIssues reads issues by id, whole, in whatever order Linear gives them.
// missing are the ids that Linear does not hold, or no longer in these teams.
func (p *pass) wholeIssues(ctx context.Context, ids []string) (tickets []ticket.Ticket, missing []string, err error) {
	w, err := p.name(ctx)
	if err != nil {
		return nil, nil, err
	}
	found, missing, err := p.readIssues(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	whole, gone, err := complete(ctx, p.source.client, issueKind, found)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range whole {
		tickets = append(tickets, w.ticket(p.source.blank(), i))
	}
	return tickets, append(missing, idsOf(gone)...), nil
}

// readIssues reads issues with the beginnings of their lists. An issue that comes
// on no page although there are no more is missing.
func (p *pass) readIssues(ctx context.Context, ids []string) (found []*issue, missing []string, err error) {
	for len(ids) > 0 {
		portion := ids[:min(len(ids), mostNodes)]
		l := listing{query: docIssues, most: min(len(portion), p.source.pageSize), kind: issueKind,
			filter: map[string]any{"id": in(portion), "team": inTeams(p.teams)}}
		page, err := readPage[*issue](ctx, p.source.client, l, pageInfo{}, queryLimit)
		if err != nil {
			return nil, nil, err
		}
		page.Nodes = solid(page.Nodes)
		found = append(found, page.Nodes...)
		rest := without(portion, idsOf(page.Nodes))
		if !page.more() {
			rest, missing = nil, append(missing, rest...)
		} else if len(rest) == len(portion) {
			return nil, nil, p.source.client.odd(docIssues, errNothing)
		}
		ids = append(rest, ids[len(portion):]...)
	}
	return found, missing, nil
}

// errNothing says that a page of a list that goes on holds nothing of it.
var errNothing = errors.New("a list that goes on has a page with nothing asked for")

// without is all but the given ids, in their order.
func without(all, ids []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(ids, id) })
}

func idsOf[T object](all []T) []string {
	ids := make([]string, 0, len(all))
	for _, o := range all {
		ids = append(ids, o.id())
	}
	return ids
}
