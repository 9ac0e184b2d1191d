package linear

import (
	"context"
	"errors"
	"maps"

	"github.com/fairlead-dev/fairlead/connectors"
)

// errEnough ends a pass whose caller wants no more pages.
var errEnough = errors.New("the caller wants no more")

// pageOf is from how many tickets on a page is yielded. What little changed goes
// out together.
const pageOf = 30

// pass is one walk over what changed.
type pass struct {
	source    *Source
	at        cursor // how far everything is read
	stored    connectors.Cursor
	yield     func(connectors.Page, error) bool
	teams     []team // those to read
	all       []team // those the token may read
	workspace string // as it stands in addresses
	own       string // id of the user whose acts count as automation; empty: none
	words     *words // nil until something needs them
	// out is read and not yet yielded; open are issues that are not yet whole.
	out  connectors.Page
	open []*issue
	// issues is how many issues a first pass will bring, and around how many
	// projects and initiatives have come.
	issues, around int
	gaps           []string
}

// run makes the whole pass. A page is yielded as soon as there is one.
func (p *pass) run(ctx context.Context) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	p.source.client.tariff.hope()
	p.at.seen(p.teams)
	for _, read := range []func(context.Context) error{
		p.countIssues, p.changedInitiatives, p.changedProjects, p.changedCycles, p.owedIssues, p.changedIssues, p.settle,
	} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	if len(p.out.Tickets)+len(p.out.Sprints)+len(p.gaps) > 0 || p.at.encode() != p.stored {
		return p.put()
	}
	return nil
}

// countIssues asks how many issues a first pass will bring. A workspace that
// does not tell is read all the same.
func (p *pass) countIssues(ctx context.Context) error {
	if len(p.at.Issues) > 0 {
		return nil
	}
	all, err := readAll[struct {
		IssueCount int `json:"issueCount"`
	}](ctx, p.source.client, listing{query: docCounts, most: mostNodes, filter: inTeams(p.teams)})
	if errors.Is(err, errUnknownField) || errors.Is(err, errNoAccess) {
		return nil
	}
	for _, t := range all {
		p.issues += t.IssueCount
	}
	return err
}

// full yields what has come, if that is a page.
func (p *pass) full() error {
	if len(p.out.Tickets)+len(p.out.Sprints) < min(pageOf, p.source.pageSize) {
		return nil
	}
	return p.put()
}

// put yields what has come, and how far everything is read by that.
func (p *pass) put() error {
	page := p.out
	page.Cursor, page.Gaps = p.at.encode(), p.gaps
	if p.issues > 0 {
		page.Expected = p.issues + p.around
	}
	p.out, p.gaps, p.stored = connectors.Page{}, nil, page.Cursor
	if !p.yield(page, nil) {
		return errEnough
	}
	return nil
}

// updatedSince is a filter for what is yet to be read.
func (p *pass) updatedSince(r reach) map[string]any {
	filter := map[string]any{}
	if when := r.since(p.source.overlap); when != nil {
		filter["updatedAt"] = when
	}
	return filter
}

// with is a filter with one more condition.
func with(filter map[string]any, field string, condition any) map[string]any {
	filter = maps.Clone(filter)
	filter[field] = condition
	return filter
}

// inTeams is a filter for what belongs to one of the teams.
func inTeams(teams []team) map[string]any { return map[string]any{"key": in(keysOf(teams))} }

// in is a filter for one of several words.
func in(words []string) map[string]any { return map[string]any{"in": words} }

// name gives the tables, reading them at the first call.
func (p *pass) name(ctx context.Context) (*words, error) {
	if p.words == nil {
		w, err := readWords(ctx, p.source, p.all)
		if err != nil {
			return nil, err
		}
		w.people.automate(p.own)
		p.words = w
	}
	return p.words, nil
}
