package linear

import (
	"context"
	"slices"
	"time"
)

// reach is how far a list has been read that comes newest update first. Reading
// it downwards, everything read lies between Down and Top; once it is read to
// its end, everything up to Top is.
type reach struct {
	Done time.Time `json:"done,omitzero"` // everything updated up to here is read
	Top  time.Time `json:"top,omitzero"`  // of a walk under way
	Down time.Time `json:"down,omitzero"` // likewise
}

// underWay says that a walk was begun and not ended.
func (r reach) underWay() bool { return !r.Down.IsZero() }

// through is the reach after a page with these times of updates. What is updated
// while a walk is under way moves to the front of the list and is for the next
// walk, so the first page alone tells how high this one began.
func (r reach) through(times []time.Time, end bool) reach {
	fresh := r.Top.IsZero()
	for _, t := range times {
		if fresh {
			r.Top = reached(r.Top, t)
		}
		if t = t.UTC(); believable(t) && (r.Down.IsZero() || t.Before(r.Down)) {
			r.Down = t
		}
	}
	if end {
		return reach{Done: reached(r.Done, r.Top)}
	}
	return r
}

// since is the condition on updates that leaves what is yet to be read; nil for
// everything. It looks back a little behind what is done, for changes that
// Linear shows later than it dates them.
func (r reach) since(overlap time.Duration) map[string]any {
	when := map[string]any{}
	if !r.Done.IsZero() {
		when["gte"] = instant(r.Done.Add(-overlap))
	}
	if r.underWay() { // Linear shows milliseconds and may keep more
		when["lt"] = instant(r.Down.Add(time.Millisecond))
	}
	if len(when) == 0 {
		return nil
	}
	return when
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// dated is what walks read.
type dated interface {
	comparable
	updated() time.Time
}

// solid leaves out nodes that a server gave as null.
func solid[T comparable](nodes []T) []T {
	return slices.DeleteFunc(nodes, func(n T) bool { return n == *new(T) })
}

// route is one list to walk down.
type route[T dated] struct {
	listing
	from   reach
	filter func(reach) map[string]any // for what is yet to be read
	// reach notes how far the walk has come; take gets the page that brought it
	// there.
	reach func(reach)
	take  func(context.Context, []T) error
}

// walk reads what was updated since the last walk. One that was interrupted it
// ends first: what was updated in the meantime is all newer.
func walk[T dated](ctx context.Context, p *pass, r route[T]) error {
	if r.from.underWay() {
		if err := r.down(ctx, p); err != nil {
			return err
		}
	}
	return r.down(ctx, p)
}

// down reads the list page by page. Where it was read before, little will have
// changed, so it begins with a small page.
func (r *route[T]) down(ctx context.Context, p *pass) error {
	l, points := r.listing, float64(queryLimit)
	l.filter = r.filter(r.from)
	if !r.from.Done.IsZero() && !r.from.underWay() {
		points = firstLook
	}
	var at pageInfo
	for {
		page, err := readPage[T](ctx, p.source.client, l, at, points)
		if err != nil {
			return err
		}
		page.Nodes = solid(page.Nodes)
		r.from = r.from.through(times(page.Nodes), !page.more())
		r.reach(r.from)
		if err := r.take(ctx, page.Nodes); err != nil || !page.more() {
			return err
		}
		at, points = page.PageInfo, points*growth
	}
}

func times[T dated](all []T) []time.Time {
	out := make([]time.Time, 0, len(all))
	for _, one := range all {
		out = append(out, one.updated())
	}
	return out
}
