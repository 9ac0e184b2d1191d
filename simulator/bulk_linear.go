package simulator

import (
	"cmp"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// bulkPage answers Query.issues of a bulk world. Both orders Linear knows are
// the order of the numbers, newest first, so a page begins where its cursor or
// its window says and ends when it is full.
func (c *gqlCall) bulkPage(b *bulk, f *ast.Field, args map[string]any) (any, error) {
	byUpdate, err := orderOf(args)
	if err != nil {
		return nil, err
	}
	size, err := pageSize(args)
	if err != nil {
		return nil, err
	}
	all, err := c.bulkResults(b, args)
	if err != nil {
		return nil, err
	}
	start, err := bulkStart(all, args, byUpdate)
	if err != nil {
		return nil, err
	}
	var page []node
	for _, i := range cut(all, start, start+size) {
		page = append(page, i)
	}
	return c.renderPage("Issue", page, f, pageInfo{page, byUpdate, start+size < all.len(), start > 0})
}

// bulkResults reads the filter: ids are looked up, a window of update times
// becomes a run of numbers, and the rest must fit any issue, as a team does.
func (c *gqlCall) bulkResults(b *bulk, args map[string]any) (results, error) {
	filter, _ := args["filter"].(map[string]any)
	if err := c.checkFilter("Issue", filter); err != nil {
		return nil, err
	}
	out := run{b: b, hi: b.size, descending: true}
	rest := map[string]any{}
	for name, want := range filter {
		conditions, _ := want.(map[string]any)
		switch ids, listed := conditions["in"].([]any); {
		case name == "id" && listed:
			return c.bulkNamed(b, ids, filter)
		case name == "updatedAt":
			if err := out.window(conditions); err != nil {
				return nil, err
			}
		default:
			rest[name] = want
		}
	}
	if !c.l.o.shows(BulkSpace) || out.len() == 0 {
		return found(nil), nil
	}
	ok, err := c.matches("Issue", out.head(0), rest)
	if err != nil || !ok {
		return found(nil), err
	}
	return out, nil
}

func (r *run) window(conditions map[string]any) error {
	ops := map[string]string{"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "eq": "="}
	for name, v := range conditions {
		op, known := ops[name]
		text, _ := v.(string)
		at, err := time.Parse(time.RFC3339, text)
		if err != nil || !known {
			return badInput("A bulk world does not understand updatedAt: {%s: %v}.", name, v)
		}
		*r = r.narrowed(op, at)
	}
	return nil
}

func (c *gqlCall) bulkNamed(b *bulk, ids []any, filter map[string]any) (results, error) {
	var out found
	for _, id := range ids {
		text, _ := id.(string)
		i, ok := b.find(text)
		if !ok || !c.l.o.shows(BulkSpace) {
			continue
		}
		if ok, err := c.matches("Issue", i, filter); err != nil {
			return nil, err
		} else if ok {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b *Issue) int { return cmp.Compare(b.number, a.number) })
	return out, nil
}

// bulkStart is the place behind the cursor.
func bulkStart(all results, args map[string]any, byUpdate bool) (int, error) {
	cursor, ok := args["after"].(string)
	if !ok {
		return 0, nil
	}
	last, err := readPlace(cursor)
	if err != nil {
		return 0, err
	}
	lo, hi := 0, all.len()
	for lo < hi {
		mid := (lo + hi) / 2
		if comparePlaces(placeOf(all.head(mid), byUpdate), last) >= 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, nil
}
