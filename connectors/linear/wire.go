package linear

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/fairlead-dev/fairlead/connectors"
)

// connection is one page of a list as Linear gives it.
type connection[T any] struct {
	Nodes    []T      `json:"nodes"`
	PageInfo pageInfo `json:"pageInfo"`
}

type pageInfo struct {
	HasNextPage *bool  `json:"hasNextPage"` // nil: not told
	EndCursor   string `json:"endCursor"`
}

// goesOn says that the list has another page.
func (p pageInfo) goesOn() bool { return p.HasNextPage != nil && *p.HasNextPage }

// more says that the list goes on beyond what is here.
func (c connection[T]) more() bool { return c.PageInfo.goesOn() }

// lacks finds a list that is none: without nodes, or without a word on whether
// it goes on. Taken for an empty one, it would end what is not at its end.
func (c connection[T]) lacks() error {
	switch {
	case c.Nodes == nil:
		return errors.New("an answer without the list that was asked for")
	case c.PageInfo.HasNextPage == nil:
		return errors.New("a list without a word on whether it goes on")
	}
	return nil
}

func (c connection[T]) length() int { return len(c.Nodes) }

func (c connection[T]) after() any { return c.PageInfo.after() }

// extend adds the next page.
func (c *connection[T]) extend(text json.RawMessage) error {
	var next connection[T]
	if err := json.Unmarshal(text, &next); err != nil {
		return err
	}
	if err := next.lacks(); err != nil {
		return err
	}
	if err := c.PageInfo.stalls(next.PageInfo); err != nil {
		return err
	}
	c.Nodes, c.PageInfo = append(c.Nodes, next.Nodes...), next.PageInfo
	return nil
}

// stalls finds a list that says it goes on and gives no new place to go on from.
func (p pageInfo) stalls(next pageInfo) error {
	if next.goesOn() && (next.EndCursor == "" || next.EndCursor == p.EndCursor) {
		return fmt.Errorf("a list that goes on has no further end (%q)", next.EndCursor)
	}
	return nil
}

// after is the variable that asks for what follows; GraphQL's null for the
// beginning.
func (p pageInfo) after() any {
	if p.EndCursor == "" {
		return nil
	}
	return p.EndCursor
}

// ref is how Linear names an object elsewhere: an id and a key of some kind.
type ref struct {
	ID         string `json:"id"`
	Identifier string `json:"identifier"` // of issues
	SlugID     string `json:"slugId"`     // of projects and initiatives
	Key        string `json:"key"`        // of teams
	Name       string `json:"name"`
}

// idOf is the id of what may be absent.
func idOf(r *ref) string {
	if r == nil {
		return ""
	}
	return r.ID
}

// listing is a list at the root of the interface: q asks for one such list and
// takes $first, $after and, where there is a filter, $filter.
type listing struct {
	query
	most   int            // nodes a page
	filter map[string]any // may be nil
	kind   *kind          // of the nodes; nil where they have no lists of their own
}

// readAll reads a whole list, page after page.
func readAll[T any](ctx context.Context, c *client, l listing) ([]T, error) {
	var all []T
	err := eachPage(ctx, c, l, func(page []T) error {
		all = append(all, page...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// eachPage hands on a list page by page, until take gives an error.
func eachPage[T any](ctx context.Context, c *client, l listing, take func([]T) error) error {
	var at pageInfo
	for {
		page, err := readPage[T](ctx, c, l, at, queryLimit)
		if err != nil {
			return err
		}
		if err := take(page.Nodes); err != nil || !page.more() {
			return err
		}
		at = page.PageInfo
	}
}

// readPage reads the page of a list behind a place, for no more points than
// that. Where Linear finds it too complex, it asks for a smaller one.
func readPage[T any](ctx context.Context, c *client, l listing, at pageInfo, points float64) (connection[T], error) {
	for try := 1; ; try++ {
		vars := c.paged(l, points)
		vars["after"] = at.after()
		var reply map[string]connection[T]
		if err := c.ask(ctx, l.query, vars, &reply); c.shrinks(l.query, vars, err, try) {
			continue
		} else if err != nil {
			return connection[T]{}, err
		}
		page := reply[l.root()]
		if err := cmp.Or(page.lacks(), at.stalls(page.PageInfo)); err != nil {
			return connection[T]{}, c.odd(l.query, err)
		}
		return page, nil
	}
}

// paged are the variables that ask for as large a page as so many points, and
// the limit on one query, allow.
func (c *client) paged(l listing, points float64) map[string]any {
	vars := map[string]any{}
	if l.filter != nil {
		vars["filter"] = l.filter
	}
	if l.kind == nil {
		l.fit(vars, l.most, min(points, c.tariff.room(l.query)))
		return vars
	}
	shape := c.shapes[l.kind]
	maps.Copy(vars, shape.vars())
	if l.fit(vars, l.most, min(points, c.tariff.room(l.query))); l.points(vars) > c.tariff.room(l.query) {
		maps.Copy(vars, shape.least())
	}
	return vars
}

// odd is an error about a reply that reads well and makes no sense.
func (c *client) odd(q query, err error) error {
	return &connectors.Error{
		Source: c.source, Place: fmt.Sprintf("POST %s (%s)", c.url, q.name), Said: shorten(c.hide(err.Error())),
		Fix: "if this stays, report it with these words",
	}
}
