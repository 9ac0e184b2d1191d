package linear

import (
	"context"
	"fmt"

	"github.com/fairlead-dev/fairlead/connectors"
)

// connection is one page of a list as Linear gives it.
type connection[T any] struct {
	Nodes    []T      `json:"nodes"`
	PageInfo pageInfo `json:"pageInfo"`
}

type pageInfo struct {
	HasNextPage bool   `json:"hasNextPage"`
	EndCursor   string `json:"endCursor"`
}

// more says that the list goes on beyond what is here.
func (c connection[T]) more() bool { return c.PageInfo.HasNextPage }

// grow adds the next page to a list that went on. A list that was complete is
// left alone: it was asked for again only because a neighbour went on.
func (c *connection[T]) grow(next connection[T]) error {
	if !c.more() {
		return nil
	}
	if err := c.PageInfo.stalls(next.PageInfo); err != nil {
		return err
	}
	c.Nodes, c.PageInfo = append(c.Nodes, next.Nodes...), next.PageInfo
	return nil
}

// stalls finds a list that says it goes on and gives no new place to go on from.
func (p pageInfo) stalls(next pageInfo) error {
	if next.HasNextPage && (next.EndCursor == "" || next.EndCursor == p.EndCursor) {
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

// follow sets the variables that ask for what follows in one of several lists:
// its place, and how much. A list that is complete is asked for as little as
// Linear allows.
func (p pageInfo) follow(vars map[string]any, list string, page int) {
	vars[list], vars[list+"First"] = p.after(), 1
	if p.HasNextPage {
		vars[list+"First"] = page
	}
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

// readAll reads a whole list, page after page. q asks for one list at its root
// and takes $first and $after.
func readAll[T any](ctx context.Context, c *client, q query, first int, filter map[string]any) ([]T, error) {
	var all []T
	err := eachPage(ctx, c, q, first, filter, func(page []T) error {
		all = append(all, page...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// eachPage hands on a list page by page, until take gives an error. Where Linear
// finds a page too complex, it is asked for again in smaller ones.
func eachPage[T any](ctx context.Context, c *client, q query, first int, filter map[string]any, take func([]T) error) error {
	var at pageInfo
	for {
		vars := map[string]any{"first": c.sizes.fit(q, first), "after": at.after()}
		if filter != nil {
			vars["filter"] = filter
		}
		var reply map[string]connection[T]
		if err := c.ask(ctx, q, vars, &reply); c.shrinks(q, vars, err) {
			continue
		} else if err != nil {
			return err
		}
		var page connection[T]
		for _, page = range reply { // the one list
			if err := take(page.Nodes); err != nil {
				return err
			}
		}
		if !page.more() {
			return nil
		}
		if err := at.stalls(page.PageInfo); err != nil {
			return c.odd(q, err)
		}
		at = page.PageInfo
	}
}

// odd is an error about a reply that reads well and makes no sense.
func (c *client) odd(q query, err error) error {
	return &connectors.Error{
		Source: c.source, Place: fmt.Sprintf("POST %s (%s)", c.url, q.name), Said: shorten(c.hide(err.Error())),
		Fix: "if this stays, report it with these words",
	}
}
