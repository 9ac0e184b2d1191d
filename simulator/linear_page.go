package simulator

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var connectionArgs = []string{"first", "after", "orderBy", "filter", "includeArchived", "includeDisabled"}

// page answers a connection: newest first, archived ones only when asked for.
func (c *gqlCall) page(of string, all []node, f *ast.Field, args map[string]any) (obj, error) {
	byUpdate, err := orderOf(args)
	if err != nil {
		return nil, err
	}
	all, err = c.kept(of, all, args)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b node) int { return comparePlaces(placeOf(b, byUpdate), placeOf(a, byUpdate)) })
	hadBefore := false
	if cursor, ok := args["after"].(string); ok {
		last, err := readPlace(cursor)
		if err != nil {
			return nil, err
		}
		n := len(all)
		all = slices.DeleteFunc(all, func(v node) bool { return comparePlaces(placeOf(v, byUpdate), last) >= 0 })
		hadBefore = len(all) < n
	}
	size, err := pageSize(args)
	if err != nil {
		return nil, err
	}
	more := len(all) > size
	all = all[:min(size, len(all))]
	return c.renderPage(of, all, f, pageInfo{all, byUpdate, more, hadBefore})
}

func orderOf(args map[string]any) (byUpdate bool, err error) {
	switch order := cmp.Or(fmt.Sprint(args["orderBy"]), "<nil>"); order {
	case "<nil>", "createdAt":
		return false, nil
	case "updatedAt":
		return true, nil
	default:
		return false, invalid("Value \"%s\" does not exist in \"PaginationOrderBy\" enum.", order)
	}
}

func pageSize(args map[string]any) (int, error) {
	n, ok := toNumber(args["first"])
	if !ok {
		return 50, nil
	}
	if n < 1 || n > 250 {
		return 0, badInput("Argument Validation Error: first must be between 1 and 250.")
	}
	return int(n), nil
}

// kept drops what was archived and what the filter does not let through.
func (c *gqlCall) kept(of string, all []node, args map[string]any) ([]node, error) {
	filter, _ := args["filter"].(map[string]any)
	if err := c.checkFilter(of, filter); err != nil {
		return nil, err
	}
	var out []node
	for _, n := range all {
		if hidden(n, args) {
			continue
		}
		ok, err := c.matches(of, n, filter)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, n)
		}
	}
	return out, nil
}

// hidden reports whether the node shows only to who asks for archived ones or
// for people whose account is switched off.
func hidden(n node, args map[string]any) bool {
	if p, ok := n.(*Person); ok && p.Inactive {
		return args["includeDisabled"] != true
	}
	return !n.moments().archived.IsZero() && args["includeArchived"] != true
}

type pageInfo struct {
	nodes          []node
	byUpdate       bool
	more, anything bool
}

func (c *gqlCall) renderPage(of string, all []node, f *ast.Field, info pageInfo) (obj, error) {
	out := obj{}
	err := c.each(of+"Connection", f.SelectionSet, 0, func(part *ast.Field) error {
		var v any
		var err error
		switch part.Name {
		case "pageInfo":
			v, err = c.object("PageInfo", info, part.SelectionSet)
		case "edges":
			v, err = c.edges(of, all, part, info.byUpdate)
		default:
			v, err = c.listed(of, anys(all), part.SelectionSet)
		}
		out[part.Alias] = v
		return err
	})
	return out, err
}

func (c *gqlCall) edges(of string, all []node, f *ast.Field, byUpdate bool) (any, error) {
	out := []any{}
	for _, n := range all {
		edge := obj{}
		err := c.each(of+"Edge", f.SelectionSet, 0, func(e *ast.Field) error {
			if e.Name == "cursor" {
				edge[e.Alias] = placeOf(n, byUpdate).String()
				return nil
			}
			v, err := c.object(of, n, e.SelectionSet)
			edge[e.Alias] = v
			return err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, edge)
	}
	return out, nil
}

func anys(all []node) []any {
	out := make([]any, len(all))
	for i, n := range all {
		out[i] = n
	}
	return out
}

// place is where a node stands in a connection. A cursor is a place, so that a
// node which moves to the front while somebody pages is missed by that pass, as
// in the real Linear.
type place struct {
	at int64 // nanoseconds
	id string
}

func placeOf(n node, byUpdate bool) place {
	at := n.moments().created
	if byUpdate {
		at = n.moments().updated
	}
	return place{at.UnixNano(), n.gqlID()}
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.id, b.id))
}

func (p place) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", p.at, p.id))
}

func readPlace(cursor string) (place, error) {
	var p place
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "%d %s", &p.at, &p.id)
	}
	if err != nil {
		return p, refusal(http.StatusBadRequest, "INVALID_INPUT", "invalid input", "Argument Validation Error: after is no cursor of this connection.")
	}
	return p, nil
}
