package linear

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// errEnough ends a pass whose caller wants no more pages.
var errEnough = errors.New("the caller wants no more")

// pass is one walk over what changed.
type pass struct {
	source    *Source
	at        cursor // how far everything is read and yielded
	yield     func(connectors.Page, error) bool
	teams     []team          // those to read
	all       []team          // those the token may read
	workspace string          // as it stands in addresses
	words     *words          // nil until something needs them
	around    connectors.Page // projects, initiatives and cycles; goes out with the first issues
	expected  int
	gaps      []string
}

// run makes the whole pass. The issues are listed before anything is yielded,
// so that the first page can say how much will come.
func (p *pass) run(ctx context.Context) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	if p.newTeams() {
		p.at = p.at.restart()
	}
	listed, err := p.list(ctx)
	if err != nil {
		return err
	}
	p.expected = len(listed)
	if err := p.surroundings(ctx); err != nil {
		return err
	}
	for batch := range slices.Chunk(listed, p.source.pageSize) {
		if err := p.issues(ctx, batch); err != nil {
			return err
		}
	}
	if len(p.around.Tickets)+len(p.around.Sprints) > 0 { // there were no issues
		return p.put(nil, p.at)
	}
	return nil
}

// newTeams says that a team has come into view: the projects and cycles of its
// past have not been read.
func (p *pass) newTeams() bool {
	return slices.ContainsFunc(p.teams, func(t team) bool { return p.at.Issues[t.Key].IsZero() })
}

// surroundings reads what the issues stand in: initiatives, projects and cycles.
// It moves the cursor on, which is yielded together with them.
func (p *pass) surroundings(ctx context.Context) error {
	initiatives, err := p.readInitiatives(ctx, p.changedFilter(p.at.Initiatives))
	if err != nil {
		return err
	}
	projects, err := p.readProjects(ctx, p.changedFilter(p.at.Projects))
	if err != nil {
		return err
	}
	if p.around.Sprints, err = p.changedCycles(ctx); err != nil {
		return err
	}
	p.around.Tickets = slices.Concat(initiatives, projects)
	p.expected += len(p.around.Tickets)
	return nil
}

// put yields one page of issues, with their surroundings if those are still to
// go out, and moves on.
func (p *pass) put(issues []ticket.Ticket, at cursor) error {
	page := connectors.Page{
		Tickets: append(p.around.Tickets, issues...), Sprints: p.around.Sprints,
		Cursor: at.encode(), Expected: p.expected, Gaps: p.gaps,
	}
	p.at, p.around, p.gaps = at, connectors.Page{}, nil
	if !p.yield(page, nil) {
		return errEnough
	}
	return nil
}

// since is a filter for what was updated from the mark on, less the overlap;
// nil for the beginning.
func (p *pass) since(mark time.Time) map[string]any {
	if mark.IsZero() {
		return nil
	}
	return map[string]any{"gte": mark.Add(-p.source.overlap).UTC().Format("2006-01-02T15:04:05.000Z")}
}

// inTeams is a filter for what belongs to one of the teams.
func inTeams(teams []team) map[string]any {
	keys := make([]string, 0, len(teams))
	for _, t := range teams {
		keys = append(keys, t.Key)
	}
	return map[string]any{"key": in(keys)}
}

// in is a filter for one of several words.
func in(words []string) map[string]any { return map[string]any{"in": words} }

// name gives the tables, reading them at the first call.
func (p *pass) name(ctx context.Context) (*words, error) {
	if p.words == nil {
		w, err := readWords(ctx, p.source, p.all)
		if err != nil {
			return nil, err
		}
		p.words = w
	}
	return p.words, nil
}
